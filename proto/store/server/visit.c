/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/base/pack.h"
#include "hamlet/store/server.h"

enum hm_status hm_store_visit_get(struct hm_store *store,
                                  const struct hm_id *device,
                                  uint32_t epoch,
                                  struct hm_visit *visit,
                                  bool *found,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT current, pending, request, contact, waiting, offset_ms, version,"
        " incarnation, stated, carried, errors, late FROM visit"
        " WHERE device = :device AND epoch = :epoch";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *visit = (struct hm_visit){.device = *device, .epoch = epoch};
    *found = false;
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
        hm_bind_int(stmt, 2, epoch);
        status = hm_sql_step(store, stmt, found, err);
    }
    if (status == HM_OK && *found) {
        (void)hm_column_id(stmt, 0, &visit->current);
        (void)hm_column_id(stmt, 1, &visit->pending);
        (void)hm_column_id(stmt, 2, &visit->request);
        visit->contact.ms = hm_column_int(stmt, 3);
        visit->waiting = hm_column_int(stmt, 4);
        visit->offset_ms = hm_column_int(stmt, 5);
        visit->version = hm_arena_copy(arena, hm_column_bytes(stmt, 6));
        visit->incarnation = (uint64_t)hm_column_int(stmt, 7);
        visit->stated = hm_arena_copy(arena, hm_column_bytes(stmt, 8));
        visit->carried = (uint64_t)hm_column_int(stmt, 9);
        visit->errors = hm_arena_copy(arena, hm_column_bytes(stmt, 10));
        visit->late.ms = hm_column_int(stmt, 11);
        hm_sql_done(stmt);
        status = hm_arena_status(arena, err);
    }
    return status;
}

enum hm_status hm_store_visit_last(struct hm_store *store,
                                   const struct hm_id *device,
                                   struct hm_visit *visit,
                                   bool *found,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char select[] = "SELECT epoch FROM visit WHERE device = :device"
                                 " ORDER BY turn DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *visit = (struct hm_visit){.device = *device};
    *found = false;
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK || !row) {
        return status;
    }
    uint32_t epoch = (uint32_t)hm_column_int(stmt, 0);
    hm_sql_done(stmt);
    return hm_store_visit_get(store, device, epoch, visit, found, arena, err);
}

enum hm_status hm_store_visit_over(struct hm_store *store,
                                   const struct hm_visit *after,
                                   const struct hm_id *token,
                                   const struct hm_id *instead,
                                   bool *found,
                                   bool *any,
                                   struct hm_err *err)
{
    static const char others[] =
        "SELECT 1 FROM visit WHERE device = :device AND epoch <> :epoch"
        " AND coalesce(current, pending) IS NOT NULL LIMIT 1";
    static const char update[] =
        "UPDATE visit SET current = :instead, pending = NULL, request = NULL"
        " WHERE device = :device AND epoch <> :epoch AND :token IN (current, pending)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, others, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, &after->device);
        hm_bind_int(stmt, 2, after->epoch);
        status = hm_sql_step(store, stmt, any, err);
        hm_sql_done(stmt);
    }
    if (status == HM_OK) {
        status = hm_sql(store, update, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, instead);
        hm_bind_id(stmt, 2, &after->device);
        hm_bind_int(stmt, 3, after->epoch);
        hm_bind_id(stmt, 4, token);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        *found = sqlite3_changes(store->db) > 0;
    }
    return status;
}

enum hm_status hm_store_visit_other(struct hm_store *store,
                                    const struct hm_visit *visit,
                                    bool before,
                                    struct hm_bytes uncounted,
                                    uint32_t *epoch,
                                    bool *found,
                                    struct hm_err *err)
{
    /* One that follows another over a third is no further disk either. */
    static const char select[] =
        "WITH RECURSIVE up(epoch) AS (SELECT :epoch UNION SELECT n.parent FROM notice n"
        "  JOIN up ON n.device = :device AND n.epoch = up.epoch),"
        " down(epoch) AS (SELECT :epoch UNION SELECT n.epoch FROM notice n"
        "  JOIN down ON n.device = :device AND n.parent = down.epoch)"
        " SELECT v.epoch FROM visit v WHERE v.device = :device AND v.epoch <> :epoch"
        " AND v.current IS NOT NULL AND v.pending IS NOT NULL"
        " AND substr(v.current, 1, length(:uncounted)) <> :uncounted"
        " AND (:before OR v.turn > (SELECT o.turn FROM visit o"
        "  WHERE o.device = :device AND o.epoch = :epoch))"
        " AND CASE WHEN :before THEN v.epoch NOT IN (SELECT epoch FROM up"
        "  UNION SELECT epoch FROM down)"
        "  ELSE NOT EXISTS (SELECT 1 FROM notice n WHERE n.device = :device) END"
        " ORDER BY v.turn DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *found = false;
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, visit->epoch);
        hm_bind_id(stmt, 2, &visit->device);
        hm_bind_blob(stmt, 3, uncounted);
        hm_bind_int(stmt, 4, before ? 1 : 0);
        status = hm_sql_step(store, stmt, found, err);
    }
    if (status == HM_OK && *found) {
        *epoch = (uint32_t)hm_column_int(stmt, 0);
        hm_sql_done(stmt);
    }
    return status;
}

static struct hm_bytes id_or_null(const struct hm_id *id)
{
    return hm_id_is_none(id) ? HM_NO_BYTES : hm_id_bytes(id);
}

enum hm_status hm_store_visit_put(struct hm_store *store,
                                  const struct hm_visit *visit,
                                  struct hm_err *err)
{
    static const char put[] =
        "INSERT OR REPLACE INTO visit(device, epoch, current, pending, request, contact,"
        " waiting, offset_ms, version, incarnation, stated, carried, errors, late, turn)"
        " SELECT :device, :epoch, :current, :pending, :request, :contact, :waiting,"
        " :offset_ms, :version, :incarnation, :stated, :carried, :errors, :late,"
        " 1 + coalesce(max(turn), 0) FROM visit WHERE device = :device";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, put, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, &visit->device);
    hm_bind_int(stmt, 2, visit->epoch);
    hm_bind_blob(stmt, 3, id_or_null(&visit->current));
    hm_bind_blob(stmt, 4, id_or_null(&visit->pending));
    hm_bind_blob(stmt, 5, id_or_null(&visit->request));
    hm_bind_int(stmt, 6, visit->contact.ms);
    hm_bind_int(stmt, 7, visit->waiting);
    hm_bind_int(stmt, 8, visit->offset_ms);
    hm_bind_text(stmt, 9, visit->version);
    hm_bind_int(stmt, 10, (int64_t)visit->incarnation);
    hm_bind_blob(stmt, 11, visit->stated);
    hm_bind_int(stmt, 12, (int64_t)visit->carried);
    hm_bind_blob(stmt, 13, visit->errors);
    hm_bind_int(stmt, 14, visit->late.ms);
    return hm_sql_run(store, stmt, err);
}

void hm_visit_errors_put(struct hm_buf *packed,
                         const struct hm_visit_error *errors,
                         size_t count)
{
    hm_pack_uint(packed, count);
    for (size_t i = 0; i < count; i++) {
        hm_pack_bytes(packed, errors[i].name);
        hm_pack_int(packed, errors[i].count);
    }
}

size_t hm_visit_errors(const struct hm_visit *visit,
                       struct hm_visit_error errors[HM_VISIT_ERRORS_MAX])
{
    struct hm_unpack in;
    hm_unpack_init(&in, visit->errors);
    size_t count = visit->errors.size == 0 ? 0 : hm_unpack_count(&in, 2);
    if (count > HM_VISIT_ERRORS_MAX) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        errors[i].name = hm_unpack_bytes(&in);
        errors[i].count = hm_unpack_int(&in);
    }
    return hm_unpack_done(&in) ? count : 0;
}
