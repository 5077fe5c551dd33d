/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/erase.h"
#include "sql.h"

/* A copy of the store passes through memory up to so many pages; a larger one through a
 * file without a name. */
enum { PAGES_IN_MEMORY = 16 * 1024 };

static enum hm_status write_anew(struct hm_store *store, struct hm_err *err)
{
    int64_t pages = 0;
    enum hm_status status = hm_sql_once(store, "PRAGMA page_count", &pages, NULL, err);
    bool large = pages > PAGES_IN_MEMORY;
    if (status == HM_OK && large) {
        status = hm_sql_once(store, "PRAGMA temp_store=FILE", NULL, NULL, err);
    }
    if (status == HM_OK) {
        status = hm_sql_once(store, "VACUUM", NULL, NULL, err);
    }
    if (large) { /* where this fails it is only slower from here on */
        (void)!hm_sql_once(store, "PRAGMA temp_store=MEMORY", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_store_scrub(struct hm_store *store, bool *scrubbed, struct hm_err *err)
{
    static const char truncate[] = "PRAGMA wal_checkpoint(TRUNCATE)";
    int64_t due = 0;
    int64_t busy = 0;
    *scrubbed = false;
    enum hm_status status = hm_store_meta_get_int(store, HM_META_SCRUB, 0, &due, err);
    if (status != HM_OK || due == 0 || store->mode == HM_STORE_READER) {
        return status;
    }
    status = write_anew(store, err);
    if (status == HM_OK && store->mode == HM_STORE_SERVER) {
        status = hm_sql_once(store, truncate, &busy, NULL, err);
    }
    if (status == HM_OK && busy != 0) {
        return hm_fail(err, HM_LOCKED, "store-locked", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_begin(store, err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = hm_store_meta_put(store, HM_META_SCRUB, HM_NO_BYTES, err);
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    } else {
        hm_store_rollback(store);
    }
    *scrubbed = status == HM_OK;
    return status;
}
