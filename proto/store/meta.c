/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "names.h"

static enum hm_status find(struct hm_store *store,
                           const char *name,
                           sqlite3_stmt **stmt,
                           bool *row,
                           struct hm_err *err)
{
    static const char select[] = "SELECT value FROM meta WHERE key = :key";
    enum hm_status status = hm_sql(store, select, stmt, err);
    if (status == HM_OK) {
        hm_bind_text(*stmt, 1, hm_text(name));
        status = hm_sql_step(store, *stmt, row, err);
    }
    return status;
}

enum hm_status hm_store_meta_get(struct hm_store *store,
                                 const char *name,
                                 struct hm_arena *arena,
                                 struct hm_bytes *value,
                                 struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = find(store, name, &stmt, &row, err);
    if (status != HM_OK) {
        return status;
    }
    *value = HM_NO_BYTES;
    if (row) {
        *value = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        hm_sql_done(stmt);
    }
    return hm_arena_status(arena, err);
}

enum hm_status hm_store_meta_get_int(struct hm_store *store,
                                     const char *name,
                                     int64_t other,
                                     int64_t *value,
                                     struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = find(store, name, &stmt, &row, err);
    if (status != HM_OK) {
        return status;
    }
    *value = other;
    if (row) {
        *value = hm_column_int(stmt, 0);
        hm_sql_done(stmt);
    }
    return HM_OK;
}

enum hm_status hm_store_meta_get_id(struct hm_store *store,
                                    const char *name,
                                    struct hm_id *id,
                                    struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = find(store, name, &stmt, &row, err);
    if (status != HM_OK) {
        return status;
    }
    *id = (struct hm_id){{0}};
    if (row) {
        (void)hm_column_id(stmt, 0, id);
        hm_sql_done(stmt);
    }
    return HM_OK;
}

enum hm_status hm_district_get(struct hm_store *store,
                               struct hm_id *district,
                               struct hm_err *err)
{
    if (!store->district_known) {
        enum hm_status status =
            hm_store_meta_get_id(store, HM_META_DISTRICT, &store->district, err);
        if (status != HM_OK) {
            return status;
        }
        store->district_known = !hm_id_is_none(&store->district);
    }
    *district = store->district;
    return HM_OK;
}

static const char put[] = "INSERT INTO meta(key, value) VALUES(:key, :value)"
                          " ON CONFLICT(key) DO UPDATE SET value = excluded.value";

enum hm_status hm_store_meta_put(struct hm_store *store,
                                 const char *name,
                                 struct hm_bytes value,
                                 struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, put, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    store->district_known = store->district_known && strcmp(name, HM_META_DISTRICT) != 0;
    hm_bind_text(stmt, 1, hm_text(name));
    hm_bind_blob(stmt, 2, value.size == 0 ? HM_NO_BYTES : value);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_meta_put_int(struct hm_store *store,
                                     const char *name,
                                     int64_t value,
                                     struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, put, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, hm_text(name));
    hm_bind_int(stmt, 2, value);
    return hm_sql_run(store, stmt, err);
}
