/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/server.h"

static enum hm_status count(struct hm_store *store,
                            struct hm_bytes mailbox,
                            struct hm_bytes reason,
                            size_t *refused,
                            struct hm_err *err)
{
    static const char select[] =
        "SELECT count(*) FROM bucket b CROSS JOIN entry e ON e.bucket = b.id"
        " CROSS JOIN change c ON c.id = e.change WHERE b.name = :mailbox"
        " AND e.kind = 'q' AND e.reason <> :reason AND c.verdict = 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, mailbox);
        hm_bind_text(stmt, 2, reason);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        *refused = row ? (size_t)hm_column_int(stmt, 0) : 0;
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_refusals_left(struct hm_store *store,
                                      const struct hm_id *device,
                                      struct hm_bytes reason,
                                      size_t wanted,
                                      size_t *left,
                                      struct hm_err *err)
{
    char mailbox[HM_MAILBOX_SIZE];
    uint64_t n = 0;
    size_t refused = 0;
    hm_mailbox_name(mailbox, device);
    enum hm_status status = hm_store_bucket_n(store, hm_text(mailbox), &n, err);
    /* Nearly always the number of entries says enough, and none has to be looked at. */
    if (status == HM_OK && n + wanted > HM_REFUSED_DEVICE_MAX) {
        status = count(store, hm_text(mailbox), reason, &refused, err);
    }
    if (status == HM_OK) {
        size_t most =
            refused < HM_REFUSED_DEVICE_MAX ? HM_REFUSED_DEVICE_MAX - refused : 0;
        *left = wanted < most ? wanted : most;
    }
    return status;
}
