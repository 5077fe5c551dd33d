/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static long syncs;
static sqlite3_vfs *host;
static sqlite3_vfs counting;

/*
 * The system's file lies in memory that begins with its methods, so those are exchanged
 * for a copy of which one method is ours; where it came from is kept in this table.
 */
static const sqlite3_io_methods *originals[8];
static sqlite3_io_methods copies[8];

static int count_sync(sqlite3_file *file, int flags)
{
    size_t at = (size_t)(file->pMethods - copies);
    syncs++;
    return originals[at]->xSync(file, flags);
}

static const sqlite3_io_methods *with_count(const sqlite3_io_methods *methods)
{
    size_t at = 0;
    while (at < sizeof(originals) / sizeof(originals[0]) && originals[at] != NULL &&
           originals[at] != methods) {
        at++;
    }
    if (at == sizeof(originals) / sizeof(originals[0])) {
        hm_bench_fail("disk", "more kinds of files than room");
    }
    if (originals[at] == NULL) {
        originals[at] = methods;
        copies[at] = *methods;
        copies[at].xSync = count_sync;
    }
    return &copies[at];
}

static int open_file(sqlite3_vfs *vfs,
                     const char *name,
                     sqlite3_file *file,
                     int flags,
                     int *given)
{
    (void)vfs;
    int code = host->xOpen(host, name, file, flags, given);
    if (code == SQLITE_OK && file->pMethods != NULL) {
        file->pMethods = with_count(file->pMethods);
    }
    return code;
}

void hm_bench_disk_register(void)
{
    host = sqlite3_vfs_find(NULL);
    counting = *host;
    counting.zName = HM_BENCH_VFS;
    counting.xOpen = open_file;
    if (sqlite3_vfs_register(&counting, 0) != SQLITE_OK) {
        hm_bench_fail("disk", "cannot be counted");
    }
}

long hm_bench_disk_syncs(void)
{
    return syncs;
}

void hm_bench_sql(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        hm_bench_fail(sql, sqlite3_errmsg(db));
    }
}

sqlite3_stmt *hm_bench_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
        SQLITE_OK) {
        hm_bench_fail(sql, sqlite3_errmsg(db));
    }
    return stmt;
}

void hm_bench_step(sqlite3 *db, sqlite3_stmt *stmt)
{
    if (sqlite3_step(stmt) != SQLITE_DONE) {
        hm_bench_fail(sqlite3_sql(stmt), sqlite3_errmsg(db));
    }
    (void)sqlite3_reset(stmt);
}

sqlite3 *hm_bench_db(const char *path, bool wal)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(path, &db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        HM_BENCH_VFS) != SQLITE_OK) {
        hm_bench_fail(path, sqlite3_errmsg(db));
    }
    hm_bench_sql(db, wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=TRUNCATE");
    hm_bench_sql(db, wal ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=EXTRA");
    return db;
}
