/* SPDX-License-Identifier: Apache-2.0 */
#include "own.h"

enum hm_status hm_own_origin(struct hm_store *store,
                             struct hm_origin *origin,
                             struct hm_err *err)
{
    struct hm_id device;
    int64_t epoch = 0;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DEVICE, &device, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_EPOCH, 0, &epoch, err);
    }
    return status != HM_OK
               ? status
               : hm_store_origin_get(store, &device, (uint32_t)epoch, false, origin, err);
}

/* Of the present epoch and of those before it, whose disk was copied or restored. */
enum hm_status hm_own_sent_row(struct hm_store *store, int64_t *row, struct hm_err *err)
{
    static const char select[] =
        "SELECT max((SELECT min(v.change + v.count - 1, v.change + o.sent - v.seq)"
        " FROM envelope v WHERE v.origin = o.id AND v.seq <= o.sent"
        " ORDER BY v.seq DESC LIMIT 1)) FROM device d CROSS JOIN origin o"
        " ON o.device = d.id AND o.sent > 0 WHERE d.device = :device";
    struct hm_id device;
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    *row = 0;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DEVICE, &device, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, &device);
        status = hm_sql_step(store, stmt, &found, err);
    }
    if (status == HM_OK && found) {
        *row = hm_column_int(stmt, 0);
        hm_sql_done(stmt);
    }
    return status;
}
