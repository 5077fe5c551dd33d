/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/store/server.h"

enum hm_status hm_store_notice_put(struct hm_store *store,
                                   const struct hm_notice *notice,
                                   struct hm_err *err)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO notice(device, epoch, parent, copied, time, moved)"
        " VALUES(:device, :epoch, :parent, :copied, :time, :moved)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, &notice->device);
    hm_bind_int(stmt, 2, notice->epoch);
    hm_bind_int(stmt, 3, notice->parent);
    hm_bind_int(stmt, 4, notice->type == HM_NOTICE_COPIED);
    hm_bind_int(stmt, 5, notice->time.ms);
    hm_bind_int(stmt, 6, notice->moved);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_notice_both(struct hm_store *store,
                                    const struct hm_id *device,
                                    uint32_t parent,
                                    struct hm_err *err)
{
    static const char update[] = "UPDATE notice SET copied = 1 WHERE device = :device"
                                 " AND parent = :parent AND copied = 0";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, device);
    hm_bind_int(stmt, 2, parent);
    return hm_sql_run(store, stmt, err);
}

static enum hm_status count_all(struct hm_store *store, size_t *count, struct hm_err *err)
{
    int64_t rows = 0;
    enum hm_status status =
        hm_sql_once(store, "SELECT count(*) FROM notice", &rows, NULL, err);
    *count = (size_t)rows;
    return status;
}

enum hm_status hm_store_notices(struct hm_store *store,
                                struct hm_notice **notices,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] = "SELECT device, epoch, parent, copied, time, moved"
                                 " FROM notice ORDER BY device, time, epoch";
    size_t room = 0;
    size_t n = 0;
    bool row = true;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = count_all(store, &room, err);
    struct hm_notice *list = hm_arena_get_array(arena, room, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    while (status == HM_OK && n < room) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_notice *notice = &list[n++];
        *notice = (struct hm_notice){
            .epoch = (uint32_t)hm_column_int(stmt, 1),
            .parent = (uint32_t)hm_column_int(stmt, 2),
            .type = hm_column_int(stmt, 3) != 0 ? HM_NOTICE_COPIED : HM_NOTICE_RESTORED,
            .time = {hm_column_int(stmt, 4)},
            .moved = hm_column_int(stmt, 5)};
        (void)hm_column_id(stmt, 0, &notice->device);
    }
    hm_sql_done(stmt);
    *notices = list;
    *count = n;
    return status;
}
