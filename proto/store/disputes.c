/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/disputes.h"

#include "conflict_row.h"
#include "names.h"

static void read_dispute(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_dispute *dispute = item;
    (void)hm_column_id(stmt, 0, &dispute->conflict);
    (void)hm_column_id(stmt, 1, &dispute->record);
    dispute->kind = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    dispute->home = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
    dispute->above = hm_arena_copy(arena, hm_column_bytes(stmt, 4));
    dispute->reg = hm_arena_copy(arena, hm_column_bytes(stmt, 5));
    dispute->type = hm_arena_copy(arena, hm_column_bytes(stmt, 6));
    dispute->opened = (struct hm_wall){hm_column_int(stmt, 7)};
    dispute->created = hm_column_int(stmt, 8) > 1;
}

enum hm_status hm_store_disputes(struct hm_store *store,
                                 struct hm_bytes unit,
                                 struct hm_dispute **disputes,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const char select[] = HM_SUBTREE(
        "SELECT :unit") " SELECT c.conflict, r.record, k.name, u.code, u.parent,"
                        " c.register, c.type, c.opened, (SELECT count(*) FROM disputed d"
                        " CROSS JOIN change h ON h.id = d.change"
                        " WHERE d.record = c.record AND h.act = 0)"
                        " FROM conflict c CROSS JOIN record r ON r.id = c.record"
                        " CROSS JOIN kind k ON k.id = r.kind"
                        " CROSS JOIN unit u ON u.id = r.home WHERE c.open = 1"
                        " AND (:unit IS NULL OR u.code IN (SELECT code FROM down))"
                        " ORDER BY c.record, c.register";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, unit.size == 0 ? HM_NO_BYTES : unit);
        status = hm_sql_list(store, stmt, sizeof(**disputes), read_dispute, &list, count,
                             arena, err);
    }
    *disputes = list;
    return status;
}

enum hm_status hm_store_record_conflicts(struct hm_store *store,
                                         const struct hm_loaded *loaded,
                                         struct hm_conflict **conflicts,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err)
{
    static const char select[] = HM_CONFLICT_COLUMNS
        " WHERE c.record = :record AND c.open = 1 ORDER BY c.register";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, loaded->row);
        status = hm_sql_list(store, stmt, sizeof(**conflicts), hm_conflict_read, &list,
                             count, arena, err);
    }
    *conflicts = list;
    return status;
}

enum hm_status hm_store_settled_last(struct hm_store *store,
                                     struct hm_bytes kind,
                                     struct hm_bytes reg,
                                     size_t most,
                                     struct hm_conflict **conflicts,
                                     size_t *count,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    static const char select[] = HM_CONFLICT_COLUMNS
        " CROSS JOIN kind k ON k.id = r.kind WHERE c.open = 0 AND c.register = :register"
        " AND k.name = :kind AND c.resolution IS NOT NULL"
        " ORDER BY c.opened DESC LIMIT :most";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, reg);
        hm_bind_text(stmt, 2, kind);
        hm_bind_int(stmt, 3, (int64_t)most);
        status = hm_sql_list(store, stmt, sizeof(**conflicts), hm_conflict_read, &list,
                             count, arena, err);
    }
    *conflicts = list;
    return status;
}
