/* SPDX-License-Identifier: Apache-2.0 */
/* What a laptop knew of the registry when it wrote what is not acknowledged yet. */
#include "hamlet/store/learned.h"
#include "sql.h"

enum hm_status hm_store_learned_put(struct hm_store *store,
                                    const struct hm_origin *origin,
                                    uint64_t registry_n,
                                    struct hm_err *err)
{
    static const char drop[] =
        "DELETE FROM learned WHERE origin = :origin AND seq <= :acked";
    /* Numbers of an older incarnation say nothing now: none may be above the new one. */
    static const char lower[] = "UPDATE learned SET registry = :registry"
                                " WHERE origin = :origin AND registry > :registry";
    static const char insert[] = "INSERT OR IGNORE INTO learned(origin, seq, registry)"
                                 " VALUES(:origin, :seq, :registry)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, drop, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin->row);
        hm_bind_int(stmt, 2, (int64_t)origin->acked);
        status = hm_sql_run(store, stmt, err);
    }
    if (status != HM_OK || origin->seq <= origin->acked) {
        return status;
    }
    status = hm_sql(store, lower, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, (int64_t)registry_n);
        hm_bind_int(stmt, 2, origin->row);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, insert, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin->row);
        hm_bind_int(stmt, 2, (int64_t)origin->seq);
        hm_bind_int(stmt, 3, (int64_t)registry_n);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

enum hm_status hm_store_learned_move(struct hm_store *store,
                                     const struct hm_origin *old,
                                     int64_t fresh,
                                     struct hm_err *err)
{
    static const char move[] =
        "INSERT INTO learned(origin, seq, registry) SELECT :fresh, seq - :acked, registry"
        " FROM learned WHERE origin = :origin AND seq > :acked";
    static const char drop[] = "DELETE FROM learned WHERE origin = :origin";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, move, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, fresh);
        hm_bind_int(stmt, 2, (int64_t)old->acked);
        hm_bind_int(stmt, 3, old->row);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, drop, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, old->row);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

enum hm_status hm_store_learned_at(struct hm_store *store,
                                   int64_t origin,
                                   uint64_t seq,
                                   uint64_t *end,
                                   uint64_t *registry_n,
                                   struct hm_err *err)
{
    static const char select[] = "SELECT seq, registry FROM learned"
                                 " WHERE origin = :origin AND seq >= :seq"
                                 " ORDER BY seq LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        *end = (uint64_t)hm_column_int(stmt, 0);
        *registry_n = (uint64_t)hm_column_int(stmt, 1);
        hm_sql_done(stmt);
        return HM_OK;
    }
    *end = UINT64_MAX;
    return status;
}
