/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which changes are withdrawn (PROTOCOL.md 4): those that an effective withdrawal of
 * their home names, by id or by bulk, but for withdrawals and erasures. What is named may
 * arrive later than the withdrawal, so the names are kept.
 */
#include "derive.h"
#include "hamlet/model/change.h"
#include "names.h"
#include "numbers.h"

/* Statement text for acts that a withdrawal does not touch. */
#define NOT_FINAL " AND c.act NOT IN (6, 7)"
_Static_assert(HM_ACT_WITHDRAW == 6 && HM_ACT_ERASE == 7, "NOT_FINAL says these");

static enum hm_status add_names(struct hm_store *store,
                                int64_t home,
                                struct hm_bytes body,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char insert[] = "INSERT OR IGNORE INTO withdrawal(home, name)"
                                 " SELECT :home, b0 FROM batch(:rows)";
    struct hm_change change = {.act = HM_ACT_WITHDRAW};
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_change_body_get(&change, body, arena, err);
    struct hm_batch_row *rows =
        hm_arena_get_array(arena, change.name_count, sizeof(*rows));
    struct hm_batch batch = {.rows = rows, .count = change.name_count};
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < change.name_count && status == HM_OK; i++) {
        rows[i].b[0] = hm_id_bytes(&change.names[i]);
    }
    if (status == HM_OK) {
        status = hm_sql(store, insert, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, home);
        hm_bind_batch(stmt, 2, &batch);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

static enum hm_status gather_names(struct hm_store *store,
                                   int64_t home,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char clear[] = "DELETE FROM withdrawal WHERE home = :home";
    static const char select[] = "SELECT body FROM change WHERE home = :home"
                                 " AND act = 6 AND verdict <> 1";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, clear, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, home);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, home);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_bytes body = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        status = add_names(store, home, body, arena, err);
        store->has_withdrawals = true;
    }
    hm_sql_done(stmt);
    return status;
}

/* Set or clear the mark where it is not what it should be, collecting the records. */
static enum hm_status mark(struct hm_store *store,
                           const char *sql,
                           int64_t home,
                           struct hm_numbers *records,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, sql, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, home);
    return hm_numbers_collect(records, store, stmt, arena, err);
}

enum hm_status hm_withdrawals_refresh(struct hm_store *store,
                                      int64_t home,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char by_id[] =
        "UPDATE change AS c SET withdrawn = 1 WHERE c.id IN (SELECT f.id FROM withdrawal "
        "w"
        " CROSS JOIN change f ON f.home = w.home AND f.change = w.name"
        " WHERE w.home = :home) AND c.withdrawn = 0" NOT_FINAL " RETURNING record";
    static const char by_bulk[] =
        "UPDATE change AS c SET withdrawn = 1 WHERE c.id IN (SELECT f.id FROM withdrawal "
        "w"
        " CROSS JOIN bulk b ON b.bulk = w.name CROSS JOIN change f ON f.bulk = b.id"
        " AND f.bulk IS NOT NULL AND f.home = w.home WHERE w.home = :home)"
        " AND c.withdrawn = 0" NOT_FINAL " RETURNING record";
    static const char no_more[] =
        "UPDATE change AS c SET withdrawn = 0 WHERE c.home = :home AND c.withdrawn = 1"
        " AND NOT EXISTS(SELECT 1 FROM withdrawal w WHERE w.home = c.home"
        " AND w.name = c.change) AND NOT EXISTS(SELECT 1 FROM bulk b JOIN withdrawal w"
        " ON w.home = c.home AND w.name = b.bulk WHERE b.id = c.bulk) RETURNING record";
    struct hm_numbers records = {.count = 0};
    enum hm_status status = gather_names(store, home, arena, err);
    if (status == HM_OK) {
        status = mark(store, by_id, home, &records, arena, err);
    }
    if (status == HM_OK) {
        status = mark(store, by_bulk, home, &records, arena, err);
    }
    if (status == HM_OK) {
        status = mark(store, no_more, home, &records, arena, err);
    }
    return status != HM_OK
               ? status
               : hm_refresh_rows(store, records.at, records.count, arena, err);
}
