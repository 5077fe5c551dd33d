/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/conflicts.h"

#include "names.h"
#include "own.h"

static void read_conflict(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_conflict *conflict = item;
    *conflict = (struct hm_conflict){.open = hm_column_int(stmt, 4) != 0,
                                     .opened = {hm_column_int(stmt, 5)},
                                     .resolution = hm_column_int(stmt, 6)};
    (void)hm_column_id(stmt, 0, &conflict->id);
    (void)hm_column_id(stmt, 1, &conflict->record);
    conflict->reg = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    conflict->type = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
}

#define CONFLICT_COLUMNS                                                                 \
    "SELECT c.conflict, r.record, c.register, c.type, c.open, c.opened, c.resolution"    \
    " FROM conflict c CROSS JOIN record r ON r.id = c.record"

static const char select_in_unit[] =
    HM_SUBTREE("SELECT :unit") " " CONFLICT_COLUMNS
                               " CROSS JOIN unit u ON u.id = r.home WHERE c.open = :open"
                               " AND (:unit IS NULL OR u.code IN (SELECT code FROM down))"
                               " ORDER BY c.opened, c.conflict";

enum hm_status hm_store_conflicts(struct hm_store *store,
                                  struct hm_bytes unit,
                                  bool open,
                                  struct hm_conflict **conflicts,
                                  size_t *count,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select_in_unit, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, unit.size == 0 ? HM_NO_BYTES : unit);
        hm_bind_int(stmt, 2, open);
        status = hm_sql_list(store, stmt, sizeof(**conflicts), read_conflict, &list,
                             count, arena, err);
    }
    *conflicts = list;
    return status;
}

enum hm_status hm_store_conflict_find(struct hm_store *store,
                                      const struct hm_id *id,
                                      struct hm_conflict *conflict,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char select[] =
        CONFLICT_COLUMNS " WHERE c.conflict = :conflict" HM_RECORD_CREATED_FIRST;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, id);
        status = hm_sql_find(store, stmt, id, "conflict-missing", err);
    }
    if (status != HM_OK) {
        return status;
    }
    read_conflict(stmt, conflict, arena);
    hm_sql_done(stmt);
    return hm_arena_status(arena, err);
}

enum hm_status hm_store_quarantine(struct hm_store *store,
                                   struct hm_refused **refused,
                                   size_t *count,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char amount[] = "SELECT count(*) FROM change WHERE verdict = 1";
    static const char select[] = HM_CHANGE_COLUMNS
        ", (SELECT e.reason FROM entry e WHERE e.change = c.id AND e.kind = 'q'"
        " LIMIT 1)" HM_CHANGE_FROM " WHERE c.verdict = 1 ORDER BY c.id";
    struct hm_refused *list = NULL;
    struct hm_id district;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t room = 0;
    size_t n = 0;
    enum hm_status status = hm_sql(store, amount, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        room = (size_t)hm_column_int(stmt, 0);
        hm_sql_done(stmt);
        list = hm_arena_get_array(arena, room, sizeof(*list));
        status = hm_store_meta_get_id(store, HM_META_DISTRICT, &district, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    while (status == HM_OK && list != NULL && n < room) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = hm_change_row(store, stmt, &district, &list[n].held, arena, err);
        list[n].record = list[n].held.change.record;
        list[n].reason =
            hm_arena_copy(arena, hm_column_bytes(stmt, HM_CHANGE_COLUMN_COUNT));
        n++;
    }
    hm_sql_done(stmt);
    *refused = list;
    *count = n;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

enum hm_status hm_store_counts(struct hm_store *store,
                               bool own,
                               struct hm_counts *counts,
                               struct hm_err *err)
{
    /* One walk; the marks are looked up in tables that hold only what is marked. */
    static const char select[] =
        "SELECT count(*), sum(c.verdict = 1), sum(c.verdict = 0 AND c.id > :sent),"
        " sum(c.verdict = 0 AND c.id <= :sent),"
        " sum(c.verdict > 1 AND EXISTS(SELECT 1 FROM disputed d WHERE d.record = c.record"
        " AND d.change = c.id)),"
        " sum(c.verdict > 1 AND NOT EXISTS(SELECT 1 FROM disputed d"
        " WHERE d.record = c.record AND d.change = c.id) AND EXISTS(SELECT 1"
        " FROM incomplete i WHERE i.record = c.record AND i.change = c.id))"
        " FROM change c WHERE :device IS NULL OR c.author IN (SELECT a.id FROM author a"
        " JOIN device d ON d.id = a.device WHERE d.device = :device)";
    struct hm_id device;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    int64_t sent = 0;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DEVICE, &device, err);
    if (status == HM_OK) {
        status = hm_own_sent_row(store, &sent, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, sent);
        hm_bind_blob(stmt, 2, own ? hm_id_bytes(&device) : HM_NO_BYTES);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        *counts = (struct hm_counts){.changes = hm_column_int(stmt, 0),
                                     .quarantined = hm_column_int(stmt, 1),
                                     .local = hm_column_int(stmt, 2),
                                     .sent = hm_column_int(stmt, 3),
                                     .conflict = hm_column_int(stmt, 4),
                                     .received = hm_column_int(stmt, 5)};
        counts->accepted = counts->changes - counts->quarantined - counts->local -
                           counts->sent - counts->conflict - counts->received;
        hm_sql_done(stmt);
    }
    return status;
}
