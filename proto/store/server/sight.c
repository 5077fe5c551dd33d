/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/server.h"

#define MOST                                                                             \
    "min(:seq, :most + coalesce((SELECT o.seq FROM device d JOIN origin o"               \
    " ON o.device = d.id AND o.epoch = :epoch AND o.branch = 0"                          \
    " WHERE d.device = :device), 0))"

enum hm_status hm_store_sight_first(struct hm_store *store,
                                    const struct hm_id *device,
                                    uint32_t epoch,
                                    uint64_t seq,
                                    struct hm_err *err)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO sight(device, registry, epoch, seq)"
        " SELECT :device, -:epoch, :epoch, " MOST " WHERE EXISTS(SELECT 1 FROM sight s"
        " WHERE s.device = zeroblob(16) AND s.registry = 0)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, device);
    hm_bind_int(stmt, 2, epoch);
    hm_bind_int(stmt, 3, (int64_t)seq);
    hm_bind_int(stmt, 4, HM_LATE_CHANGES_MAX);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_sight_put(struct hm_store *store,
                                  const struct hm_visit *visit,
                                  uint64_t seq,
                                  struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO sight(device, registry, epoch, seq) SELECT :device, :registry,"
        " :epoch, " MOST
        " WHERE :registry > max(0, coalesce((SELECT max(s.registry) FROM sight s"
        " WHERE s.device = :device), 0))";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, &visit->device);
    hm_bind_int(stmt, 2, (int64_t)visit->carried);
    hm_bind_int(stmt, 3, visit->epoch);
    hm_bind_int(stmt, 4, (int64_t)seq);
    hm_bind_int(stmt, 5, HM_LATE_CHANGES_MAX);
    return hm_sql_run(store, stmt, err);
}
