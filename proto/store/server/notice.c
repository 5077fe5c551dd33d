/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/store/server.h"

/*
 * What is there and says less is said anew, of the day on which more was seen: the board
 * tells of a notice for some time only. That there are two disks is never taken back.
 */
enum hm_status hm_store_notice_put(struct hm_store *store,
                                   const struct hm_notice *notice,
                                   struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO notice(device, epoch, parent, copied, time, moved)"
        " VALUES(:device, :epoch, :parent, :copied, :time, :moved)"
        " ON CONFLICT(device, epoch) DO UPDATE SET parent = excluded.parent,"
        " copied = max(copied, excluded.copied), time = excluded.time"
        " WHERE parent <> excluded.parent OR copied < excluded.copied";
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
                                    struct hm_wall now,
                                    struct hm_err *err)
{
    static const char update[] =
        "UPDATE notice SET copied = 1, time = :now WHERE device = :device"
        " AND parent = :parent AND copied = 0";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, now.ms);
    hm_bind_id(stmt, 2, device);
    hm_bind_int(stmt, 3, parent);
    return hm_sql_run(store, stmt, err);
}

static void read_notice(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_notice *notice = item;
    (void)arena;
    (void)hm_column_id(stmt, 0, &notice->device);
    notice->epoch = (uint32_t)hm_column_int(stmt, 1);
    notice->parent = (uint32_t)hm_column_int(stmt, 2);
    notice->type = hm_column_int(stmt, 3) != 0 ? HM_NOTICE_COPIED : HM_NOTICE_RESTORED;
    notice->time = (struct hm_wall){hm_column_int(stmt, 4)};
    notice->moved = hm_column_int(stmt, 5);
}

enum hm_status hm_store_notices(struct hm_store *store,
                                struct hm_notice **notices,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] = "SELECT device, epoch, parent, copied, time, moved"
                                 " FROM notice ORDER BY device, time, epoch";
    sqlite3_stmt *stmt = NULL;
    void *list = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_list(store, stmt, sizeof(**notices), read_notice, &list, count,
                             arena, err);
    }
    if (status == HM_OK) {
        *notices = list;
    }
    return status;
}
