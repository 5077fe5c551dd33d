/* SPDX-License-Identifier: Apache-2.0 */
#include "sql.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"

enum hm_status hm_sql_failed(struct hm_store *store, int code, struct hm_err *err)
{
    const char *what = store->db == NULL ? "" : sqlite3_errmsg(store->db);
    int extended = store->db == NULL ? code : sqlite3_extended_errcode(store->db);
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return hm_fail(err, HM_LOCKED, "store-locked", NULL, NULL, NULL);
    case SQLITE_FULL:
        return hm_fail(err, HM_IO, "disk-full", "store", NULL, NULL);
    case SQLITE_NOMEM:
        return hm_fail_memory(err);
    case SQLITE_IOERR:
        if (extended == SQLITE_IOERR_NOMEM) {
            return hm_fail_memory(err);
        }
        /* What an fsync failed to write may be gone from every cache but ours: going on
         * would acknowledge what is not there. */
        store->broken = store->broken || extended == SQLITE_IOERR_FSYNC ||
                        extended == SQLITE_IOERR_DIR_FSYNC ||
                        extended == SQLITE_IOERR_TRUNCATE;
        return hm_fail(err, HM_IO, "io", "store", what, NULL);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return hm_fail(err, HM_IO, "io", "store", what, NULL);
    default:
        return hm_fail(err, HM_CORRUPT, "store-damaged", what, NULL, NULL);
    }
}

enum hm_status hm_sql(struct hm_store *store,
                      const char *text,
                      sqlite3_stmt **stmt,
                      struct hm_err *err)
{
    size_t at = ((uintptr_t)text >> 3) % HM_SQL_CACHE;
    size_t tried = 0;
    /* SQLite undoes a transaction where it finds no memory, even to give a column as
     * another type: what were written then would be committed by itself. */
    if (store->in_transaction && sqlite3_get_autocommit(store->db) != 0) {
        return hm_fail_memory(err);
    }
    while (store->cache[at].text != NULL && store->cache[at].text != text) {
        at = (at + 1) % HM_SQL_CACHE;
        tried++;
        HM_ASSERT(tried < HM_SQL_CACHE);
    }
    if (store->cache[at].text == NULL) {
        sqlite3_stmt *made = NULL;
        int code = sqlite3_prepare_v3(store->db, text, -1, SQLITE_PREPARE_PERSISTENT,
                                      &made, NULL);
        if (code != SQLITE_OK) {
            return hm_sql_failed(store, code, err);
        }
        store->cache[at].text = text;
        store->cache[at].stmt = made;
    }
    *stmt = store->cache[at].stmt;
    hm_sql_done(*stmt);
    return HM_OK;
}

void hm_sql_done(sqlite3_stmt *stmt)
{
    if (stmt != NULL) { /* SQLite takes null for the first of these only */
        (void)sqlite3_reset(stmt);
        (void)sqlite3_clear_bindings(stmt);
    }
}

/* Binding fails only for a place that is not there, which would be our bug, or for sizes
 * that our limits exclude. */
static void bound(int code)
{
    HM_ASSERT(code == SQLITE_OK);
}

void hm_bind_int(sqlite3_stmt *stmt, int at, int64_t value)
{
    bound(sqlite3_bind_int64(stmt, at, value));
}

void hm_bind_text(sqlite3_stmt *stmt, int at, struct hm_bytes text)
{
    bound(text.data == NULL ? sqlite3_bind_null(stmt, at)
                            : sqlite3_bind_text(stmt, at, (const char *)text.data,
                                                (int)text.size, SQLITE_STATIC));
}

void hm_bind_blob(sqlite3_stmt *stmt, int at, struct hm_bytes blob)
{
    bound(blob.data == NULL
              ? sqlite3_bind_null(stmt, at)
              : sqlite3_bind_blob(stmt, at, blob.data, (int)blob.size, SQLITE_STATIC));
}

void hm_bind_id(sqlite3_stmt *stmt, int at, const struct hm_id *id)
{
    hm_bind_blob(stmt, at, hm_id_bytes(id));
}

static enum hm_status watched(struct hm_store *store,
                              sqlite3_stmt *stmt,
                              struct hm_err *err)
{
    struct hm_store_watch *watch = store->watch;
    watch->rows++;
    if (watch->goes_on(watch->ctx, watch->rows, watch->permille)) {
        return HM_OK;
    }
    hm_sql_done(stmt);
    return hm_fail(err, HM_LOCKED, "reading-stopped", NULL, NULL, NULL);
}

enum hm_status hm_sql_step(struct hm_store *store,
                           sqlite3_stmt *stmt,
                           bool *row,
                           struct hm_err *err)
{
    int code = sqlite3_step(stmt);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW && store->watch == NULL) {
        return HM_OK;
    }
    if (code == SQLITE_ROW) {
        return watched(store, stmt, err);
    }
    enum hm_status status = code == SQLITE_DONE ? HM_OK : hm_sql_failed(store, code, err);
    hm_sql_done(stmt);
    return status;
}

enum hm_status hm_sql_find(struct hm_store *store,
                           sqlite3_stmt *stmt,
                           const struct hm_id *id,
                           const char *missing,
                           struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    bool row = false;
    enum hm_status status = hm_sql_step(store, stmt, &row, err);
    if (status != HM_OK || row) {
        return status;
    }
    hm_hex_put(text, hm_id_bytes(id));
    return hm_fail(err, HM_NOT_FOUND, missing, text, NULL, NULL);
}

enum hm_status hm_sql_run(struct hm_store *store, sqlite3_stmt *stmt, struct hm_err *err)
{
    bool row = true;
    enum hm_status status = HM_OK;
    while (row && status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    return status;
}

static void read_first(sqlite3_stmt *stmt, int64_t *number, char *text)
{
    if (number != NULL) {
        *number = sqlite3_column_int64(stmt, 0);
    }
    if (text != NULL) {
        struct hm_bytes bytes = hm_column_bytes(stmt, 0);
        size_t size =
            bytes.size < HM_SQL_TEXT_SIZE ? bytes.size : HM_SQL_TEXT_SIZE - (size_t)1;
        if (size > 0) {
            memcpy(text, bytes.data, size);
        }
        text[size] = '\0';
    }
}

enum hm_status hm_sql_once(struct hm_store *store,
                           const char *sql,
                           int64_t *number,
                           char text[HM_SQL_TEXT_SIZE],
                           struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);
    bool first = true;
    if (number != NULL) {
        *number = 0;
    }
    if (text != NULL) {
        text[0] = '\0';
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(stmt);
    }
    while (code == SQLITE_ROW) {
        if (first) {
            read_first(stmt, number, text);
        }
        first = false;
        code = sqlite3_step(stmt);
    }
    enum hm_status status = code == SQLITE_DONE ? HM_OK : hm_sql_failed(store, code, err);
    (void)sqlite3_finalize(stmt);
    return status;
}

enum hm_status hm_sql_list(struct hm_store *store,
                           sqlite3_stmt *stmt,
                           size_t size,
                           void (*read)(sqlite3_stmt *stmt,
                                        void *item,
                                        struct hm_arena *arena),
                           void **list,
                           size_t *count,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    char *items = NULL;
    size_t capacity = 0;
    size_t n = 0;
    bool row = true;
    enum hm_status status = HM_OK;
    for (;;) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        items = hm_arena_grow(arena, items, n, &capacity, size);
        if (items == NULL) {
            hm_sql_done(stmt);
            break;
        }
        read(stmt, items + n++ * size, arena);
    }
    status = status != HM_OK ? status : hm_arena_status(arena, err);
    if (status == HM_OK) {
        *list = items;
        *count = n;
    }
    return status;
}

enum hm_status hm_sql_number(struct hm_store *store,
                             const char *sql,
                             int64_t *number,
                             struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, sql, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        *number = row ? hm_column_int(stmt, 0) : 0;
        hm_sql_done(stmt);
    }
    return status;
}

void hm_sql_read_bytes(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_bytes *bytes = item;
    *bytes = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
}

int64_t hm_column_int(sqlite3_stmt *stmt, int at)
{
    return sqlite3_column_int64(stmt, at);
}

struct hm_bytes hm_column_bytes(sqlite3_stmt *stmt, int at)
{
    const void *data = sqlite3_column_blob(stmt, at);
    return (struct hm_bytes){data, (size_t)sqlite3_column_bytes(stmt, at)};
}

bool hm_column_null(sqlite3_stmt *stmt, int at)
{
    return sqlite3_column_type(stmt, at) == SQLITE_NULL;
}

bool hm_column_id(sqlite3_stmt *stmt, int at, struct hm_id *id)
{
    struct hm_bytes bytes = hm_column_bytes(stmt, at);
    if (bytes.size != HM_ID_SIZE) {
        *id = (struct hm_id){{0}};
        return false;
    }
    memcpy(id->at, bytes.data, HM_ID_SIZE);
    return true;
}

bool hm_column_digest(sqlite3_stmt *stmt, int at, struct hm_digest *digest)
{
    struct hm_bytes bytes = hm_column_bytes(stmt, at);
    if (bytes.size != HM_DIGEST_SIZE) {
        *digest = (struct hm_digest){{0}};
        return false;
    }
    memcpy(digest->at, bytes.data, HM_DIGEST_SIZE);
    return true;
}
