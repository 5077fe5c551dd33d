/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/embed.h"
#include "sql.h"

enum {
    APPLICATION_ID = 0x484d4c31, /* "HML1" */
    BUSY_MS = 5000,
    /* KiB of page cache: a server's working set; a laptop at rest; a laptop in an import
     */
    CACHE_SERVER = 65536,
    CACHE_REST = 1024,
    CACHE_IMPORT = 32768
};

static enum hm_status execute(struct hm_store *store, const char *sql, struct hm_err *err)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? HM_OK : hm_sql_failed(store, code, err);
}

static enum hm_status pragma_int(struct hm_store *store,
                                 const char *sql,
                                 int64_t *value,
                                 struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(stmt);
        *value = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    }
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE ? HM_OK
                                                     : hm_sql_failed(store, code, err);
}

/* A laptop's store may be open in several processes; see the header for the reasons. */
static enum hm_status configure(struct hm_store *store, struct hm_err *err)
{
    static const char common[] =
        "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
        "PRAGMA foreign_keys=OFF; PRAGMA secure_delete=ON;";
    static const char laptop[] = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA;"
                                 "PRAGMA temp_store=MEMORY;";
    static const char server[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                 "PRAGMA wal_autocheckpoint=2000;"
                                 "PRAGMA temp_store=MEMORY;";
    char cache[48];
    (void)sqlite3_busy_timeout(store->db, BUSY_MS);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (store->mode == HM_STORE_READER) {
        (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    (void)snprintf(cache, sizeof(cache), "PRAGMA cache_size=-%d",
                   store->mode == HM_STORE_SERVER ? CACHE_SERVER : CACHE_REST);
    enum hm_status status = execute(store, common, err);
    if (status == HM_OK && store->mode == HM_STORE_LAPTOP) {
        status = execute(store, laptop, err);
    } else if (status == HM_OK && store->mode == HM_STORE_SERVER) {
        status = execute(store, server, err);
    }
    return status != HM_OK ? status : execute(store, cache, err);
}

static int migration_number(const struct hm_embedded *file)
{
    return (int)strtol(file->name, NULL, 10);
}

/* Bring the schema to the newest version, all steps in one transaction. */
static enum hm_status migrate(struct hm_store *store, int64_t version, struct hm_err *err)
{
    char pragma[96];
    int64_t newest = version;
    enum hm_status status = execute(store, "BEGIN IMMEDIATE", err);
    if (status != HM_OK) {
        return status;
    }
    /* Another process may have done it while this one waited for the lock. */
    status = pragma_int(store, "PRAGMA user_version", &version, err);
    for (const struct hm_embedded *file = hm_embedded_sql;
         file->name != NULL && status == HM_OK; file++) {
        if (migration_number(file) > version) {
            hm_env_step(store->env, "store-migrate");
            status = execute(store, (const char *)file->data, err);
            newest = migration_number(file);
        }
    }
    if (status == HM_OK && newest > version) {
        (void)snprintf(pragma, sizeof(pragma),
                       "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID,
                       (int)newest);
        status = execute(store, pragma, err);
    }
    if (status == HM_OK) {
        status = execute(store, "COMMIT", err);
    }
    if (status != HM_OK) {
        (void)execute(store, "ROLLBACK", NULL);
    }
    return status;
}

static enum hm_status check_version(struct hm_store *store,
                                    bool create,
                                    struct hm_err *err)
{
    int64_t application = 0;
    int64_t version = 0;
    int64_t newest = 0;
    for (const struct hm_embedded *file = hm_embedded_sql; file->name != NULL; file++) {
        newest = migration_number(file) > newest ? migration_number(file) : newest;
    }
    enum hm_status status = pragma_int(store, "PRAGMA application_id", &application, err);
    if (status == HM_OK) {
        status = pragma_int(store, "PRAGMA user_version", &version, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (version > newest) {
        return hm_fail(err, HM_UNCONFIGURED, "store-newer", NULL, NULL, NULL);
    }
    if (version > 0 && application != APPLICATION_ID) {
        return hm_fail(err, HM_CORRUPT, "store-foreign", NULL, NULL, NULL);
    }
    if (version == 0 && !create) {
        return hm_fail(err, HM_UNCONFIGURED, "store-missing", NULL, NULL, NULL);
    }
    if (version == newest || store->mode == HM_STORE_READER) {
        return configure(store, err);
    }
    status = configure(store, err);
    return status != HM_OK ? status : migrate(store, version, err);
}

enum hm_status hm_store_open(struct hm_store **store,
                             const char *path,
                             enum hm_store_mode mode,
                             bool create,
                             const struct hm_kinds *kinds,
                             const struct hm_env *env,
                             const char *vfs,
                             struct hm_err *err)
{
    struct hm_store *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->mode = mode;
    made->kinds = kinds;
    made->env = env;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (create ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(path, &made->db, flags, vfs);
    enum hm_status status = HM_OK;
    if (code != SQLITE_OK) {
        status = (code & 0xFF) == SQLITE_CANTOPEN && !create
                     ? hm_fail(err, HM_UNCONFIGURED, "store-missing", NULL, NULL, NULL)
                     : hm_sql_failed(made, code, err);
    }
    if (status == HM_OK) {
        status = check_version(made, create, err);
    }
    if (status == HM_OK) {
        status = hm_batch_register(made, err);
    }
    if (status == HM_OK) {
        *store = made;
        made = NULL;
    }
    hm_store_close(made);
    return status;
}

void hm_store_close(struct hm_store *store)
{
    if (store == NULL) {
        return;
    }
    for (size_t i = 0; i < HM_SQL_CACHE; i++) {
        (void)sqlite3_finalize(store->cache[i].stmt);
    }
    (void)sqlite3_close(store->db);
    free(store);
}

const struct hm_kinds *hm_store_kinds(const struct hm_store *store)
{
    return store->kinds;
}

const struct hm_env *hm_store_env(const struct hm_store *store)
{
    return store->env;
}

bool hm_store_is_server(const struct hm_store *store)
{
    return store->mode != HM_STORE_LAPTOP;
}

static enum hm_status run_once(struct hm_store *store,
                               const char *sql,
                               struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, sql, &stmt, err);
    return status != HM_OK ? status : hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_begin(struct hm_store *store, struct hm_err *err)
{
    static const char next[] = "SELECT (SELECT coalesce(max(id), 0) FROM change),"
                               " (SELECT coalesce(max(id), 0) FROM record),"
                               " EXISTS(SELECT 1 FROM withdrawal)";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    HM_ASSERT(!store->in_transaction);
    if (store->broken) {
        return hm_fail(err, HM_IO, "store-broken", NULL, NULL, NULL);
    }
    enum hm_status status = run_once(store, "BEGIN IMMEDIATE", err);
    if (status != HM_OK) {
        return status;
    }
    store->in_transaction = true;
    store->writing = true;
    status = hm_sql(store, next, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        store->next_change = hm_column_int(stmt, 0) + 1;
        store->next_record = hm_column_int(stmt, 1) + 1;
        store->has_withdrawals = hm_column_int(stmt, 2) != 0;
        hm_sql_done(stmt);
    } else {
        hm_store_rollback(store);
    }
    return status;
}

enum hm_status hm_store_begin_read(struct hm_store *store, struct hm_err *err)
{
    HM_ASSERT(!store->in_transaction);
    enum hm_status status = run_once(store, "BEGIN", err);
    store->in_transaction = status == HM_OK;
    return status;
}

enum hm_status hm_store_commit(struct hm_store *store, struct hm_err *err)
{
    HM_ASSERT(store->in_transaction);
    hm_env_step(store->env, "store-commit");
    enum hm_status status = run_once(store, "COMMIT", err);
    if (status == HM_OK) {
        store->in_transaction = false;
        store->writing = false;
        hm_env_step(store->env, "store-committed");
    } else {
        hm_store_rollback(store);
    }
    return status;
}

void hm_store_rollback(struct hm_store *store)
{
    if (store->in_transaction) {
        (void)run_once(store, "ROLLBACK", NULL);
        store->in_transaction = false;
        store->writing = false;
    }
}

static void set_cache(struct hm_store *store, int kib)
{
    char pragma[48];
    (void)snprintf(pragma, sizeof(pragma), "PRAGMA cache_size=-%d", kib);
    (void)sqlite3_exec(store->db, pragma, NULL, NULL, NULL);
}

void hm_store_shrink(struct hm_store *store)
{
    if (store->mode == HM_STORE_LAPTOP) {
        set_cache(store, CACHE_REST);
    }
    (void)sqlite3_db_release_memory(store->db);
}

void hm_store_grow(struct hm_store *store)
{
    if (store->mode == HM_STORE_LAPTOP) {
        set_cache(store, CACHE_IMPORT);
    }
}
