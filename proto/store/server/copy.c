/* SPDX-License-Identifier: Apache-2.0 */
#include "../sql.h"
#include "hamlet/store/server.h"

/*
 * What failed is a file other than the store's: the store itself must not be taken for
 * broken because of it.
 */
static enum hm_status copy_failed(sqlite3 *copy,
                                  int code,
                                  const char *path,
                                  struct hm_err *err)
{
    const char *what = copy == NULL ? "" : sqlite3_errmsg(copy);
    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return hm_fail_memory(err);
    case SQLITE_FULL:
        return hm_fail(err, HM_IO, "disk-full", path, NULL, NULL);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return hm_fail(err, HM_LOCKED, "store-locked", NULL, NULL, NULL);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return hm_fail(err, HM_CORRUPT, "store-damaged", what, NULL, NULL);
    default:
        return hm_fail(err, HM_IO, "io", path, what, NULL);
    }
}

enum hm_status hm_store_copy(struct hm_store *store, const char *path, struct hm_err *err)
{
    sqlite3 *copy = NULL;
    sqlite3_backup *backup = NULL;
    enum hm_status status = HM_OK;
    int code = sqlite3_open_v2(path, &copy,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                   SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                               NULL);
    if (code != SQLITE_OK) {
        status = copy_failed(copy, code, path, err);
        goto out;
    }
    backup = sqlite3_backup_init(copy, "main", store->db, "main");
    if (backup == NULL) {
        status = copy_failed(copy, sqlite3_errcode(copy), path, err);
        goto out;
    }
    /* All of it in one step is one state: a commit between two steps would begin anew. */
    code = sqlite3_backup_step(backup, -1);
    if (code != SQLITE_DONE) {
        status = copy_failed(copy, code, path, err);
    }
out:
    code = sqlite3_backup_finish(backup);
    if (status == HM_OK && code != SQLITE_OK) {
        status = copy_failed(copy, code, path, err);
    }
    (void)sqlite3_close(copy);
    return status;
}
