/* SPDX-License-Identifier: Apache-2.0 */
/* Which erasures and orders there are: facts that are noted once and stay. */
#include "erase.h"
#include "names.h"

/*
 * Rows of orders about one record; columns as `erasure` has them, `text` being b1. A
 * reason that is ordered may have been given with a withdrawal, which is about no record:
 * its order stands under none as well.
 */
static enum hm_status order_rows(struct hm_batch *batch,
                                 int64_t home,
                                 const struct hm_id *record,
                                 const struct hm_order *orders,
                                 size_t count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const struct hm_id none;
    struct hm_batch_row *rows = hm_arena_get_array(arena, 2 * count, sizeof(*rows));
    uint8_t *prefixes = hm_arena_get_array(arena, count, HM_PREFIX_SIZE);
    size_t n = 0;
    if (rows == NULL || prefixes == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = prefixes + HM_PREFIX_SIZE * i;
        hm_prefix_put(at, orders[i].prefix);
        rows[n] = (struct hm_batch_row){
            .n = {home}, .b = {hm_id_bytes(record), orders[i].reg, {at, HM_PREFIX_SIZE}}};
        n++;
        if (hm_bytes_are(orders[i].reg, HM_REGISTER_WHY)) {
            rows[n] = rows[n - 1];
            rows[n++].b[0] = hm_id_bytes(&none);
        }
    }
    *batch = (struct hm_batch){.rows = rows, .count = n, .text = 1U << 1};
    return HM_OK;
}

enum hm_status hm_erasure_note(struct hm_store *store,
                               int64_t home,
                               const struct hm_id *record,
                               const struct hm_order *orders,
                               size_t count,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO erasure(home, record, register, prefix, done)"
        " SELECT n0, b0, b1, b2, 0 FROM batch(:rows)";
    struct hm_batch batch;
    if (count == 0) {
        return HM_OK;
    }
    enum hm_status status = order_rows(&batch, home, record, orders, count, arena, err);
    if (status == HM_OK) {
        status = hm_sql_run_batch(store, insert, &batch, err);
    }
    if (status == HM_OK && sqlite3_changes(store->db) > 0) {
        store->has_erasures = true;
        store->erases = true;
    }
    return status;
}

enum hm_status hm_erasure_known(struct hm_store *store,
                                int64_t home,
                                const struct hm_id *record,
                                const struct hm_order *orders,
                                size_t count,
                                bool *known,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] =
        "SELECT count(*) FROM batch(:rows) x CROSS JOIN erasure e ON e.home = x.n0"
        " AND e.record = x.b0 AND e.register = x.b1 AND e.prefix = x.b2";
    struct hm_batch batch = {.count = 0};
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    *known = true;
    if (count == 0) {
        return HM_OK;
    }
    enum hm_status status = order_rows(&batch, home, record, orders, count, arena, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, &batch);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        *known = hm_column_int(stmt, 0) == (int64_t)batch.count;
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_erasure_accept(struct hm_store *store,
                                 int64_t home,
                                 const struct hm_change *erasure,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_order *orders = NULL;
    size_t count = 0;
    enum hm_status status = hm_erase_orders(&orders, &count, erasure, arena, err);
    store->listed = false;
    return status != HM_OK ? status
                           : hm_erasure_note(store, home, &erasure->record, orders, count,
                                             arena, err);
}

/* An erasure in a row (home, record, body) of a statement, read into `arena`. */
static enum hm_status read_erasure(sqlite3_stmt *stmt,
                                   struct hm_change *erasure,
                                   int64_t *home,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    *erasure = (struct hm_change){.act = HM_ACT_ERASE};
    *home = hm_column_int(stmt, 0);
    (void)hm_column_id(stmt, 1, &erasure->record);
    struct hm_bytes body = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    enum hm_status status = hm_arena_status(arena, err);
    return status != HM_OK ? status : hm_change_body_get(erasure, body, arena, err);
}

static enum hm_status accept_rows(struct hm_store *store,
                                  sqlite3_stmt *stmt,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    bool row = true;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        struct hm_change erasure;
        int64_t home = 0;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = read_erasure(stmt, &erasure, &home, arena, err);
        if (status == HM_OK) {
            status = hm_erasure_accept(store, home, &erasure, arena, err);
        }
    }
    hm_sql_done(stmt);
    return status;
}

enum hm_status hm_erasure_entries(struct hm_store *store,
                                  const struct hm_batch *entries,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT c.home, r.record, c.body FROM batch(:rows) x CROSS JOIN change c"
        " INDEXED BY change_erase ON c.act = 7 AND c.id BETWEEN x.n3 AND x.n3 + x.n2 - 1"
        " CROSS JOIN record r ON r.id = c.record WHERE x.n4 > 1";
    _Static_assert(HM_ACT_ERASE == 7, "the statements and the index say this");
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_batch(stmt, 1, entries);
    return accept_rows(store, stmt, arena, err);
}

enum hm_status hm_erasures_again(struct hm_store *store,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const char select[] =
        "SELECT c.home, r.record, c.body FROM change c INDEXED BY change_erase"
        " CROSS JOIN record r ON r.id = c.record WHERE c.act = 7 AND c.verdict > 1";
    static const char reopen[] = "UPDATE erasure SET done = 0";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = accept_rows(store, stmt, arena, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, reopen, &stmt, err);
    }
    if (status == HM_OK) {
        status = hm_sql_run(store, stmt, err);
    }
    store->erases = store->erases || store->has_erasures;
    return status;
}

/* What accepted erasures order must be noted. */
enum hm_status hm_erasures_check_accepted(struct hm_store *store,
                                          size_t *different,
                                          struct hm_arena *arena,
                                          struct hm_err *err)
{
    static const char select[] =
        "SELECT c.home, r.record, c.body FROM change c INDEXED BY change_erase CROSS JOIN"
        " record r ON r.id = c.record WHERE c.act = 7 AND c.verdict > 1 ORDER BY c.id";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    while (status == HM_OK) {
        struct hm_change erasure;
        struct hm_order *orders = NULL;
        size_t count = 0;
        int64_t home = 0;
        bool known = true;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = read_erasure(stmt, &erasure, &home, arena, err);
        if (status == HM_OK) {
            status = hm_erase_orders(&orders, &count, &erasure, arena, err);
        }
        if (status == HM_OK) {
            status = hm_erasure_known(store, home, &erasure.record, orders, count, &known,
                                      arena, err);
        }
        *different += status == HM_OK && !known;
    }
    hm_sql_done(stmt);
    return status;
}
