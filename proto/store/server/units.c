/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/store/server.h"

static void read_unit(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_unit *unit = item;
    unit->code = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
    unit->parent = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
    unit->successor = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
}

enum hm_status hm_store_units(struct hm_store *store,
                              struct hm_unit **units,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char select[] =
        "SELECT code, parent, successor FROM unit WHERE known = 1 ORDER BY code";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_list(store, stmt, sizeof(**units), read_unit, &list, count, arena,
                             err);
    }
    if (status == HM_OK) {
        *units = list;
    }
    return status;
}
