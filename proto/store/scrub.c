/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/erase.h"
#include "sql.h"

/* A copy of the store passes through memory up to so many pages; a larger one through a
 * file without a name. */
enum { PAGES_IN_MEMORY = 16 * 1024 };

/* Who reads a server's file for longer than this is not waited for: nobody could write.
 */
enum { READERS_MS = 250 };

/* In HM_META_SCRUB, until the log is ended too; each erasure puts 1 there again. */
enum { WRITTEN_ANEW = 2 };

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

static enum hm_status note(struct hm_store *store, int64_t due, struct hm_err *err)
{
    enum hm_status status = hm_store_begin(store, err);
    if (status != HM_OK) {
        return status;
    }
    status = due == 0 ? hm_store_meta_put(store, HM_META_SCRUB, HM_NO_BYTES, err)
                      : hm_store_meta_put_int(store, HM_META_SCRUB, due, err);
    if (status == HM_OK) {
        return hm_store_commit(store, err);
    }
    hm_store_rollback(store);
    return status;
}

/* As long as somebody reads what was there before, the log before it stays. */
static enum hm_status end_log(struct hm_store *store, struct hm_err *err)
{
    static const char truncate[] = "PRAGMA wal_checkpoint(TRUNCATE)";
    int64_t busy = 0;
    (void)sqlite3_busy_timeout(store->db, READERS_MS);
    enum hm_status status = hm_sql_once(store, truncate, &busy, NULL, err);
    (void)sqlite3_busy_timeout(store->db, HM_SQL_BUSY_MS);
    return status != HM_OK || busy == 0
               ? status
               : hm_fail(err, HM_LOCKED, "store-locked", NULL, NULL, NULL);
}

enum hm_status hm_store_scrub_due(struct hm_store *store, bool *due, struct hm_err *err)
{
    int64_t found = 0;
    enum hm_status status = hm_store_meta_get_int(store, HM_META_SCRUB, 0, &found, err);
    *due = status == HM_OK && found != 0;
    return status;
}

enum hm_status hm_store_scrub(struct hm_store *store, bool *scrubbed, struct hm_err *err)
{
    int64_t due = 0;
    *scrubbed = false;
    enum hm_status status = hm_store_meta_get_int(store, HM_META_SCRUB, 0, &due, err);
    if (status != HM_OK || due == 0 || store->mode == HM_STORE_READER) {
        return status;
    }
    if (due != WRITTEN_ANEW) {
        status = write_anew(store, err);
    }
    if (status == HM_OK && store->mode == HM_STORE_SERVER) {
        status = end_log(store, err);
        if (status == HM_LOCKED && due != WRITTEN_ANEW) {
            struct hm_err none = HM_ERR_NONE; /* else it is written anew once more */
            (void)!note(store, WRITTEN_ANEW, &none);
        }
    }
    if (status == HM_OK) {
        status = note(store, 0, err);
    }
    *scrubbed = status == HM_OK;
    return status;
}
