/* SPDX-License-Identifier: Apache-2.0 */
#include "migrate.h"

#include <stdio.h>
#include <stdlib.h>

#include "hamlet/base/embed.h"

enum { APPLICATION_ID = 0x484d4c31 /* "HML1" */ };

/* The one place where SQL text is run as a script: files of ours, built in. */
static enum hm_status run_script(struct hm_store *store,
                                 const char *sql,
                                 struct hm_err *err)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? HM_OK : hm_sql_failed(store, code, err);
}

/* 001-schema.sql brings version 1. */
static int64_t version_of(const struct hm_embedded *file)
{
    return strtol(file->name, NULL, 10);
}

static int64_t newest_version(void)
{
    int64_t newest = 0;
    for (const struct hm_embedded *file = hm_embedded_sql; file->name != NULL; file++) {
        newest = version_of(file) > newest ? version_of(file) : newest;
    }
    return newest;
}

enum hm_status hm_migrate_check(struct hm_store *store,
                                bool create,
                                bool *old,
                                struct hm_err *err)
{
    int64_t application = 0;
    int64_t version = 0;
    int64_t tables = 0;
    enum hm_status status =
        hm_sql_once(store, "PRAGMA application_id", &application, NULL, err);
    if (status == HM_OK) {
        status = hm_sql_once(store, "PRAGMA user_version", &version, NULL, err);
    }
    if (status == HM_OK) {
        status =
            hm_sql_once(store, "SELECT count(*) FROM sqlite_schema", &tables, NULL, err);
    }
    if (status != HM_OK) {
        return status;
    }
    /* Most programs leave both numbers at 0: what they made is known by its tables. */
    bool empty = version == 0 && application == 0 && tables == 0;
    if (application != APPLICATION_ID && !empty) {
        return hm_fail(err, HM_CORRUPT, "store-foreign", NULL, NULL, NULL);
    }
    if (version > newest_version()) {
        return hm_fail(err, HM_UNCONFIGURED, "store-newer", NULL, NULL, NULL);
    }
    if (version == 0 && !create) {
        return hm_fail(err, HM_UNCONFIGURED, "store-missing", NULL, NULL, NULL);
    }
    *old = version < newest_version();
    return HM_OK;
}

/* A new store holds nothing that other kinds would have derived otherwise. */
static enum hm_status note_kinds(struct hm_store *store, struct hm_err *err)
{
    if (store->kinds == NULL) {
        return HM_OK;
    }
    const struct hm_digest now = hm_kinds_digest(store->kinds);
    return hm_store_meta_put(store, HM_META_KINDS, hm_digest_bytes(&now), err);
}

static enum hm_status run_steps(struct hm_store *store, struct hm_err *err)
{
    char pragma[96];
    int64_t version = 0;
    /* Another process may have done it while this one waited for the lock. */
    enum hm_status status =
        hm_sql_once(store, "PRAGMA user_version", &version, NULL, err);
    for (const struct hm_embedded *file = hm_embedded_sql;
         file->name != NULL && status == HM_OK; file++) {
        if (version_of(file) > version) {
            hm_env_step(store->env, "store-migrate");
            status = run_script(store, (const char *)file->data, err);
        }
    }
    if (status == HM_OK && newest_version() > version) {
        (void)snprintf(pragma, sizeof(pragma),
                       "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID,
                       (int)newest_version());
        status = run_script(store, pragma, err);
    }
    if (status == HM_OK && version == 0) {
        status = note_kinds(store, err);
    }
    return status;
}

enum hm_status hm_migrate(struct hm_store *store, struct hm_err *err)
{
    enum hm_status status = hm_sql_once(store, "BEGIN IMMEDIATE", NULL, NULL, err);
    if (status != HM_OK) {
        return status;
    }
    status = run_steps(store, err);
    if (status == HM_OK) {
        status = hm_sql_once(store, "COMMIT", NULL, NULL, err);
    }
    if (status != HM_OK) {
        /* What cannot be rolled back now is when the store is closed. */
        enum hm_status undone = hm_sql_once(store, "ROLLBACK", NULL, NULL, NULL);
        (void)undone;
    }
    return status;
}
