/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of a unit and all below it, counted where they stand and without reading rows.
 */
#include "../names.h"
#include "../sql.h"
#include "hamlet/store/server.h"

static const char laptops[] = HM_SUBTREE(
    "SELECT :unit") " SELECT count(*), total(v.contact IS NULL),"
                    " total(v.contact <= :silent),"
                    " total(v.contact > :silent AND v.contact <= :quiet),"
                    " total(coalesce(v.waiting, 0)), total(EXISTS(SELECT 1 FROM notice n"
                    " WHERE n.device = d.device AND n.copied = 1 AND n.time > :copied))"
                    " FROM device d"
                    " LEFT JOIN visit v ON v.device = d.device AND v.epoch ="
                    " (SELECT s.epoch FROM visit s WHERE s.device = d.device"
                    " ORDER BY s.turn DESC LIMIT 1)"
                    " WHERE d.key IS NOT NULL AND d.revoked IS NULL"
                    " AND d.device <> :server"
                    " AND (:unit IS NULL OR d.home IN (SELECT code FROM down))";

static enum hm_status count_laptops(struct hm_store *store,
                                    const struct hm_sums_query *query,
                                    struct hm_sums *sums,
                                    struct hm_err *err)
{
    struct hm_id server;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DISTRICT, &server, err);
    if (status == HM_OK) {
        status = hm_sql(store, laptops, &stmt, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, query->unit);
    hm_bind_int(stmt, 2, query->silent.ms);
    hm_bind_int(stmt, 3, query->quiet.ms);
    hm_bind_int(stmt, 4, query->copied.ms);
    hm_bind_id(stmt, 5, &server);
    status = hm_sql_step(store, stmt, &row, err);
    if (status == HM_OK && row) {
        sums->laptops = hm_column_int(stmt, 0);
        sums->never = hm_column_int(stmt, 1);
        sums->silent = hm_column_int(stmt, 2);
        sums->quiet = hm_column_int(stmt, 3);
        sums->waiting = hm_column_int(stmt, 4);
        sums->copied = hm_column_int(stmt, 5);
    }
    hm_sql_done(stmt);
    return status;
}

/* Two numbers of a subtree, or of everything: then no row but those counted is looked at.
 */
static enum hm_status count_two(struct hm_store *store,
                                const char *all,
                                const char *below,
                                struct hm_bytes unit,
                                int64_t found[2],
                                struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, unit.size == 0 ? all : below, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    if (unit.size > 0) {
        hm_bind_text(stmt, 1, unit);
    }
    status = hm_sql_step(store, stmt, &row, err);
    if (status == HM_OK && row) {
        found[0] = hm_column_int(stmt, 0);
        found[1] = hm_column_int(stmt, 1);
    }
    hm_sql_done(stmt);
    return status;
}

static enum hm_status count_conflicts(struct hm_store *store,
                                      struct hm_bytes unit,
                                      struct hm_sums *sums,
                                      struct hm_err *err)
{
    static const char all[] =
        "SELECT count(*), min(c.opened) FROM conflict c WHERE c.open = 1";
    static const char below[] = HM_SUBTREE(
        "SELECT :unit") " SELECT count(*), min(c.opened) FROM conflict c"
                        " CROSS JOIN record r ON r.id = c.record"
                        " CROSS JOIN unit u ON u.id = r.home"
                        " WHERE c.open = 1 AND u.code IN (SELECT code FROM down)";
    int64_t found[2] = {0};
    enum hm_status status = count_two(store, all, below, unit, found, err);
    sums->conflicts = found[0];
    sums->oldest.ms = found[1];
    return status;
}

static enum hm_status count_refused(struct hm_store *store,
                                    struct hm_bytes unit,
                                    struct hm_sums *sums,
                                    struct hm_err *err)
{
    static const char all[] = "SELECT count(*), 0 FROM change c INDEXED BY"
                              " change_not_accepted WHERE c.verdict <> 2"
                              " AND c.verdict = 1"
                              " AND c.id NOT IN (SELECT change FROM corrected)";
    static const char below[] = HM_SUBTREE(
        "SELECT :unit") " SELECT count(*), 0 FROM change c INDEXED BY"
                        " change_not_accepted CROSS JOIN unit u ON u.id = c.home"
                        " WHERE c.verdict <> 2 AND c.verdict = 1"
                        " AND c.id NOT IN (SELECT change FROM corrected)"
                        " AND u.code IN (SELECT code FROM down)";
    int64_t found[2] = {0};
    enum hm_status status = count_two(store, all, below, unit, found, err);
    sums->refused = found[0];
    return status;
}

enum hm_status hm_store_sums(struct hm_store *store,
                             const struct hm_sums_query *query,
                             struct hm_sums *sums,
                             struct hm_err *err)
{
    *sums = (struct hm_sums){0};
    enum hm_status status = count_laptops(store, query, sums, err);
    if (status == HM_OK) {
        status = count_conflicts(store, query->unit, sums, err);
    }
    return status != HM_OK ? status : count_refused(store, query->unit, sums, err);
}
