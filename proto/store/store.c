/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/store/audit.h"
#include "migrate.h"

enum { PERMILLE = 1000 };

/* The page cache: a server's working set; a laptop at rest; a laptop in an import. */
static const char cache_server[] = "PRAGMA cache_size=-65536";
static const char cache_rest[] = "PRAGMA cache_size=-1024";
static const char cache_import[] = "PRAGMA cache_size=-32768";

static const char begin_write[] = "BEGIN IMMEDIATE";
static const char begin_read[] = "BEGIN";
static const char end_commit[] = "COMMIT";
static const char end_rollback[] = "ROLLBACK";

static enum hm_status run_settings(struct hm_store *store,
                                   const char *const *settings,
                                   struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (; *settings != NULL && status == HM_OK; settings++) {
        status = hm_sql_once(store, *settings, NULL, NULL, err);
    }
    return status;
}

/*
 * SQLite keeps the old journal, without an error, where it cannot have the one asked for:
 * a network drive has no shared memory. Commits would then promise what they do not keep.
 */
static enum hm_status set_journal(struct hm_store *store,
                                  const char *setting,
                                  const char *mode,
                                  struct hm_err *err)
{
    char now[HM_SQL_TEXT_SIZE];
    enum hm_status status = hm_sql_once(store, setting, NULL, now, err);
    if (status == HM_OK && strcmp(now, mode) != 0) {
        return hm_fail(err, HM_IO, "store-journal", now, NULL, NULL);
    }
    return status;
}

/* A laptop's store may be open in several processes; see the header for the reasons. */
static enum hm_status configure(struct hm_store *store, struct hm_err *err)
{
    /* An automatic index is made of a whole table for a single look-up, and dropped. */
    static const char *const common[] = {"PRAGMA trusted_schema=OFF",
                                         "PRAGMA cell_size_check=ON",
                                         "PRAGMA mmap_size=0",
                                         "PRAGMA foreign_keys=OFF",
                                         "PRAGMA automatic_index=OFF",
                                         "PRAGMA secure_delete=ON",
                                         NULL};
    static const char *const laptop[] = {"PRAGMA synchronous=EXTRA",
                                         "PRAGMA temp_store=MEMORY", NULL};
    static const char *const server[] = {"PRAGMA synchronous=FULL",
                                         "PRAGMA wal_autocheckpoint=2000",
                                         "PRAGMA temp_store=MEMORY", NULL};
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    enum hm_status status = run_settings(store, common, err);
    if (status == HM_OK && store->mode == HM_STORE_LAPTOP) {
        status = set_journal(store, "PRAGMA journal_mode=TRUNCATE", "truncate", err);
        if (status == HM_OK) {
            status = run_settings(store, laptop, err);
        }
    } else if (status == HM_OK && store->mode == HM_STORE_SERVER) {
        status = set_journal(store, "PRAGMA journal_mode=WAL", "wal", err);
        if (status == HM_OK) {
            status = run_settings(store, server, err);
        }
    } else {
        (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    if (status == HM_OK) {
        const char *cache = store->mode == HM_STORE_SERVER ? cache_server : cache_rest;
        status = hm_sql_once(store, cache, NULL, NULL, err);
    }
    return status;
}

/* A transaction must end even where there is no memory left to prepare a statement. */
static enum hm_status prepare_ends(struct hm_store *store, struct hm_err *err)
{
    static const char *const texts[] = {begin_write, begin_read, end_commit,
                                        end_rollback};
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && status == HM_OK; i++) {
        sqlite3_stmt *stmt = NULL;
        status = hm_sql(store, texts[i], &stmt, err);
    }
    return status;
}

static enum hm_status prepare(struct hm_store *store, bool create, struct hm_err *err)
{
    bool old = false;
    /* First of all: even reading the version meets others who write. */
    (void)sqlite3_busy_timeout(store->db, HM_SQL_BUSY_MS);
    enum hm_status status = hm_migrate_check(store, create, &old, err);
    if (status == HM_OK) {
        status = configure(store, err);
    }
    if (status == HM_OK && old && store->mode != HM_STORE_READER) {
        status = hm_migrate(store, err);
    }
    if (status == HM_OK) {
        status = hm_batch_register(store, err);
    }
    return status != HM_OK ? status : prepare_ends(store, err);
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
        status = prepare(made, create, err);
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
                               " EXISTS(SELECT 1 FROM withdrawal),"
                               " EXISTS(SELECT 1 FROM erasure)";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    HM_ASSERT(!store->in_transaction);
    if (store->broken) {
        return hm_fail(err, HM_IO, "store-broken", NULL, NULL, NULL);
    }
    enum hm_status status = run_once(store, begin_write, err);
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
        store->has_erasures = hm_column_int(stmt, 3) != 0;
        store->erases = false;
        hm_sql_done(stmt);
    } else {
        hm_store_rollback(store);
    }
    return status;
}

enum hm_status hm_store_begin_read(struct hm_store *store, struct hm_err *err)
{
    HM_ASSERT(!store->in_transaction);
    enum hm_status status = run_once(store, begin_read, err);
    store->in_transaction = status == HM_OK;
    return status;
}

enum hm_status hm_store_commit(struct hm_store *store, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    HM_ASSERT(store->in_transaction);
    if (store->audit != NULL && store->writing) {
        status = hm_store_audit_append(store, store->audit, err);
    }
    hm_env_step(store->env, "store-commit");
    if (status == HM_OK) {
        status = run_once(store, end_commit, err);
    }
    if (status == HM_OK) {
        store->audit = store->writing ? NULL : store->audit;
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
        /* It fails where SQLite has rolled back already, and that is no harm. */
        (void)run_once(store, end_rollback, NULL);
        store->broken = store->broken || sqlite3_get_autocommit(store->db) == 0;
        store->in_transaction = false;
        store->district_known = store->district_known && !store->writing;
        store->writing = false;
    }
}

/* Only for speed: where it fails all works as before. */
static void set_cache(struct hm_store *store, const char *setting)
{
    enum hm_status status = hm_sql_once(store, setting, NULL, NULL, NULL);
    (void)status;
}

void hm_store_watch(struct hm_store *store, struct hm_store_watch *watch)
{
    store->watch = watch;
}

void hm_store_watch_part(struct hm_store *store, int part, int parts)
{
    if (store->watch != NULL) {
        store->watch->part = part;
        store->watch->parts = parts;
        hm_store_watch_put(store, 0);
    }
}

void hm_store_watch_put(struct hm_store *store, int permille)
{
    struct hm_store_watch *watch = store->watch;
    if (watch != NULL) {
        int parts = watch->parts > 0 ? watch->parts : 1;
        watch->permille = (watch->part * PERMILLE + permille) / parts;
    }
}

void hm_store_grow(struct hm_store *store)
{
    if (store->mode == HM_STORE_LAPTOP) {
        set_cache(store, cache_import);
    }
}
