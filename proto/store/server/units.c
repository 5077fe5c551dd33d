/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/store/server.h"

enum hm_status hm_store_units(struct hm_store *store,
                              struct hm_unit **units,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char amount[] = "SELECT count(*) FROM unit WHERE known = 1";
    static const char select[] =
        "SELECT code, parent, successor FROM unit WHERE known = 1 ORDER BY code";
    struct hm_unit *list = NULL;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
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
        status = hm_sql(store, select, &stmt, err);
    }
    while (status == HM_OK && list != NULL && n < room) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list[n].code = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        list[n].parent = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
        list[n].successor = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
        n++;
    }
    hm_sql_done(stmt);
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        *units = list;
        *count = n;
    }
    return status;
}
