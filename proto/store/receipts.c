/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/receipts.h"

#include "sql.h"

enum hm_status hm_store_receipt_put(struct hm_store *store,
                                    struct hm_wall time,
                                    struct hm_bytes message,
                                    struct hm_bytes signature,
                                    int64_t *receipt,
                                    struct hm_err *err)
{
    static const char insert[] = "INSERT INTO receipt(time, message, signature)"
                                 " VALUES(:time, :message, :signature)";
    /* The word on a bucket is kept as long as it is the last one. */
    static const char drop[] =
        "DELETE FROM receipt WHERE id <= (SELECT max(id) FROM receipt) - :kept"
        " AND id NOT IN (SELECT receipt FROM bucket WHERE receipt IS NOT NULL)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, time.ms);
        hm_bind_blob(stmt, 2, message);
        hm_bind_blob(stmt, 3, signature);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        *receipt = sqlite3_last_insert_rowid(store->db);
        status = hm_sql(store, drop, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, HM_RECEIPTS_KEPT);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

enum hm_status hm_store_receipt_last(struct hm_store *store,
                                     struct hm_bytes *message,
                                     struct hm_bytes *signature,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    static const char select[] =
        "SELECT message, signature FROM receipt ORDER BY id DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *message = HM_NO_BYTES;
    *signature = HM_NO_BYTES;
    if (row) {
        *message = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        *signature = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
        hm_sql_done(stmt);
    }
    return hm_arena_status(arena, err);
}
