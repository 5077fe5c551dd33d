/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which changes are withdrawn (PROTOCOL.md 4): those that an effective withdrawal of
 * their home names, by id or by bulk, but for withdrawals and erasures. What is named may
 * arrive later than the withdrawal, so the names are kept.
 */
#include "hamlet/store/withdraw.h"

#include "derive.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/judge.h"
#include "hamlet/record/kinds.h"
#include "names.h"
#include "numbers.h"

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
        " WHERE w.home = :home) AND c.withdrawn = 0" HM_WITHDRAWABLE " RETURNING record";
    static const char by_bulk[] =
        "UPDATE change AS c SET withdrawn = 1 WHERE c.id IN (SELECT f.id FROM withdrawal "
        "w"
        " CROSS JOIN bulk b ON b.bulk = w.name CROSS JOIN change f ON f.bulk = b.id"
        " AND f.bulk IS NOT NULL AND f.home = w.home WHERE w.home = :home)"
        " AND c.withdrawn = 0" HM_WITHDRAWABLE " RETURNING record";
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

enum hm_status hm_withdrawals_meet(struct hm_store *store,
                                   const struct hm_batch *changes,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char by_id[] =
        "UPDATE change AS c SET withdrawn = 1 WHERE c.id IN (SELECT n.id FROM "
        "batch(:rows)"
        " x CROSS JOIN change n ON n.id = x.n0 CROSS JOIN withdrawal w ON w.home = n.home"
        " AND w.name = n.change) AND c.withdrawn = 0" HM_WITHDRAWABLE " RETURNING record";
    static const char by_bulk[] =
        "UPDATE change AS c SET withdrawn = 1 WHERE c.id IN (SELECT n.id FROM "
        "batch(:rows)"
        " x CROSS JOIN change n ON n.id = x.n0 CROSS JOIN bulk b ON b.id = n.bulk"
        " CROSS JOIN withdrawal w ON w.home = n.home AND w.name = b.bulk)"
        " AND c.withdrawn = 0" HM_WITHDRAWABLE " RETURNING record";
    struct hm_numbers records = {.count = 0};
    enum hm_status status =
        hm_numbers_of_batch(&records, store, by_id, changes, arena, err);
    if (status == HM_OK) {
        status = hm_numbers_of_batch(&records, store, by_bulk, changes, arena, err);
    }
    return status != HM_OK
               ? status
               : hm_refresh_rows(store, records.at, records.count, arena, err);
}

enum { HOMES_MAX = 1024 };

enum hm_status hm_store_bulk_homes(struct hm_store *store,
                                   const struct hm_id *bulk,
                                   struct hm_bytes **homes,
                                   size_t *count,
                                   bool *withdrawn,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char select[] =
        "SELECT u.code, min(c.withdrawn OR c.act IN (6, 7)) FROM bulk b CROSS JOIN change"
        " c ON c.bulk = b.id AND c.bulk IS NOT NULL CROSS JOIN unit u ON u.id = c.home"
        " WHERE b.bulk = :bulk GROUP BY u.code";
    struct hm_bytes *list = hm_arena_get_array(arena, HOMES_MAX, sizeof(*list));
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t n = 0;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *withdrawn = false;
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, bulk);
        status = hm_arena_status(arena, err);
    }
    while (status == HM_OK && n < HOMES_MAX) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (hm_column_int(stmt, 1) != 0) {
            *withdrawn = true;
            continue;
        }
        list[n++] = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
    }
    hm_sql_done(stmt);
    *homes = list;
    *count = n;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

enum hm_status hm_store_withdrawable(struct hm_store *store,
                                     const struct hm_id *name,
                                     struct hm_withdrawable *what,
                                     struct hm_err *err)
{
    static const char select[] =
        "SELECT count(*), count(DISTINCT record), count(DISTINCT home) FROM"
        " (SELECT c.id, c.record, c.home FROM unit u CROSS JOIN change c ON c.home = u.id"
        " AND c.change = :name WHERE c.withdrawn = 0" HM_WITHDRAWABLE
        " UNION SELECT c.id, c.record, c.home FROM bulk b CROSS JOIN change c"
        " ON c.bulk = b.id AND c.bulk IS NOT NULL WHERE b.bulk = :name"
        " AND c.withdrawn = 0" HM_WITHDRAWABLE ")";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, name);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        what->changes = (uint64_t)hm_column_int(stmt, 0);
        what->records = (uint64_t)hm_column_int(stmt, 1);
        what->units = (uint64_t)hm_column_int(stmt, 2);
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_withdrawals(struct hm_store *store,
                                    struct hm_bytes home,
                                    struct hm_held **held,
                                    size_t *count,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] = HM_CHANGE_COLUMNS HM_CHANGE_FROM
        " WHERE c.home = :home AND c.act = 6 ORDER BY c.id";
    struct hm_held *list = NULL;
    sqlite3_stmt *stmt = NULL;
    struct hm_id district = {{0}};
    size_t capacity = 0;
    size_t n = 0;
    int64_t number = 0;
    bool row = true;
    enum hm_status status = hm_unit_number(store, home, false, &number, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, number);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list = hm_arena_grow(arena, list, n, &capacity, sizeof(*list));
        status = list == NULL
                     ? hm_arena_status(arena, err)
                     : hm_change_row(store, stmt, &district, &list[n++], arena, err);
    }
    hm_sql_done(stmt);
    *held = list;
    *count = n;
    return status;
}

/* What can never be outweighs what cannot be told yet. */
static enum hm_reason graver(enum hm_reason one, enum hm_reason other)
{
    return one == HM_REASON_ROLE || other == HM_REASON_NONE ? one : other;
}

enum hm_status hm_store_may_withdraw(struct hm_store *store,
                                     const struct hm_change *withdrawal,
                                     bool *here,
                                     enum hm_reason *reason,
                                     struct hm_err *err)
{
    static const char select[] =
        "SELECT DISTINCT k.name, d.device, c.act NOT IN (6, 7) FROM batch(:rows) x CROSS "
        "JOIN change c"
        " ON c.home = :home AND c.change = x.b0 CROSS JOIN author a ON a.id = c.author"
        " CROSS JOIN device d ON d.id = a.device CROSS JOIN record r ON r.id = c.record"
        " CROSS JOIN kind k ON k.id = r.kind UNION SELECT DISTINCT k.name, d.device,"
        " c.act NOT IN (6, 7) FROM batch(:rows) x CROSS JOIN bulk b ON b.bulk = x.b0 "
        "CROSS JOIN change c"
        " ON c.bulk = b.id AND c.bulk IS NOT NULL AND c.home = :home"
        " CROSS JOIN author a ON a.id = c.author CROSS JOIN device d ON d.id = a.device"
        " CROSS JOIN record r ON r.id = c.record CROSS JOIN kind k ON k.id = r.kind";
    struct hm_batch_row rows[1] = {{.n = {0}}};
    struct hm_batch batch = {.rows = rows, .count = 1};
    sqlite3_stmt *stmt = NULL;
    enum hm_role role = HM_ROLE_VIEWER;
    int64_t home = 0;
    bool row = true;
    enum hm_status status = hm_unit_number(store, withdrawal->home, false, &home, err);
    *reason = hm_role_find(&role, withdrawal->role) ? HM_REASON_NONE : HM_REASON_ROLE;
    for (size_t i = 0;
         i < withdrawal->name_count && status == HM_OK && *reason != HM_REASON_ROLE;
         i++) {
        rows[0].b[0] = hm_id_bytes(&withdrawal->names[i]);
        status = hm_sql(store, select, &stmt, err);
        if (status == HM_OK) {
            hm_bind_batch(stmt, 1, &batch);
            hm_bind_int(stmt, 2, home);
        }
        while (status == HM_OK) {
            struct hm_id device;
            status = hm_sql_step(store, stmt, &row, err);
            if (status != HM_OK || !row) {
                break;
            }
            const struct hm_kind *kind =
                hm_kinds_find(store->kinds, hm_column_bytes(stmt, 0));
            (void)hm_column_id(stmt, 1, &device);
            if (here != NULL && hm_column_int(stmt, 2) != 0) {
                here[i] = true;
            }
            *reason = graver(*reason, hm_kind_judge_withdrawn(kind, withdrawal, &device));
        }
    }
    return status;
}
