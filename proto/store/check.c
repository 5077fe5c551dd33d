/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/check.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "names.h"

/* What it says is wrong may be that a page could not be read: that is no damage yet. */
static enum hm_status fail_check(struct hm_bytes said, struct hm_err *err)
{
    static const char code[] = "error code=";
    char what[HM_ERR_ARG_MAX];
    size_t size = said.size < sizeof(what) ? said.size : sizeof(what) - 1;
    memcpy(what, said.data, size);
    what[size] = '\0';
    const char *at = strstr(what, code);
    long number = at == NULL ? SQLITE_OK : strtol(at + sizeof(code) - 1, NULL, 10);
    switch (number & 0xFF) {
    case SQLITE_NOMEM:
        return hm_fail_memory(err);
    case SQLITE_IOERR:
        return hm_fail(err, HM_IO, "io", "store", what, NULL);
    default:
        return hm_fail(err, HM_CORRUPT, "store-damaged", what, NULL, NULL);
    }
}

enum hm_status hm_store_check_file(struct hm_store *store, struct hm_err *err)
{
    static const char pragma[] = "PRAGMA integrity_check(1)";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, pragma, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row && !hm_bytes_are(hm_column_bytes(stmt, 0), "ok")) {
        status = fail_check(hm_column_bytes(stmt, 0), err);
    }
    hm_sql_done(stmt);
    return status;
}

static void read_origin(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_origin *origin = item;
    (void)arena;
    origin->row = hm_column_int(stmt, 0);
    (void)hm_column_id(stmt, 1, &origin->device);
    origin->epoch = (uint32_t)hm_column_int(stmt, 2);
    origin->seq = (uint64_t)hm_column_int(stmt, 3);
    (void)hm_column_digest(stmt, 4, &origin->head);
    origin->sent = (uint64_t)hm_column_int(stmt, 5);
    origin->acked = (uint64_t)hm_column_int(stmt, 6);
    origin->has_parent = hm_column_digest(stmt, 7, &origin->parent);
    origin->branch = (unsigned)hm_column_int(stmt, 8);
}

enum hm_status hm_store_origins(struct hm_store *store,
                                struct hm_origin **origins,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] =
        "SELECT o.id, d.device, o.epoch, o.seq, o.head, o.sent,"
        " o.acked, o.parent, o.branch FROM origin o JOIN device d ON d.id ="
        " o.device"
        " ORDER BY o.id";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_list(store, stmt, sizeof(**origins), read_origin, &list, count,
                             arena, err);
    }
    *origins = list;
    return status;
}

static void read_link(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_link *link = item;
    (void)arena;
    link->seq = (uint64_t)hm_column_int(stmt, 0);
    (void)hm_column_id(stmt, 1, &link->change);
}

enum hm_status hm_store_links(struct hm_store *store,
                              int64_t origin,
                              struct hm_link **links,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    /* In a damaged store runs may overlap: two changes of one number are both told. */
    static const char select[] =
        "SELECT DISTINCT v.seq + c.id - v.change, c.change FROM envelope v CROSS JOIN"
        " change c ON c.id BETWEEN v.change AND v.change + v.count - 1"
        " WHERE v.origin = :origin ORDER BY 1, 2";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        status = hm_sql_list(store, stmt, sizeof(**links), read_link, &list, count, arena,
                             err);
    }
    *links = list;
    return status;
}

static void read_page(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    hm_page_row(stmt, 0, item, arena);
}

enum hm_status hm_store_pages_of(struct hm_store *store,
                                 int64_t origin,
                                 struct hm_stored_page **pages,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const char select[] =
        "SELECT p.seq, p.count, u.code, p.head_before, p.head_after, p.registry,"
        " p.signature FROM page p CROSS JOIN unit u ON u.id = p.home"
        " WHERE p.origin = :origin ORDER BY p.seq, p.count";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        status = hm_sql_list(store, stmt, sizeof(**pages), read_page, &list, count, arena,
                             err);
    }
    *pages = list;
    for (size_t i = 0; status == HM_OK && i < *count; i++) {
        (*pages)[i].origin = origin;
    }
    return status;
}

static void read_receipt(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_kept_receipt *receipt = item;
    receipt->message = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
    receipt->signature = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
}

enum hm_status hm_store_receipts_kept(struct hm_store *store,
                                      struct hm_kept_receipt **receipts,
                                      size_t *count,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char select[] = "SELECT message, signature FROM receipt ORDER BY id";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_list(store, stmt, sizeof(**receipts), read_receipt, &list, count,
                             arena, err);
    }
    *receipts = list;
    return status;
}

/* The row that `stmt` stands on; one that cannot be read is given as null. */
static enum hm_status give_change(struct hm_store *store,
                                  sqlite3_stmt *stmt,
                                  const struct hm_id *district,
                                  struct hm_arena *arena,
                                  enum hm_status (*each)(void *ctx,
                                                         const struct hm_held *held,
                                                         struct hm_err *err),
                                  void *ctx,
                                  struct hm_err *err)
{
    struct hm_err broken = HM_ERR_NONE;
    struct hm_held held;
    enum hm_status status = hm_change_row(store, stmt, district, &held, arena, &broken);
    if (status != HM_OK && status != HM_CORRUPT) {
        return hm_fail(err, status, broken.key, broken.arg[0], broken.arg[1],
                       broken.arg[2]);
    }
    status = each(ctx, status == HM_OK ? &held : NULL, err);
    hm_arena_clear(arena);
    return status;
}

enum hm_status hm_store_changes_each(struct hm_store *store,
                                     enum hm_status (*each)(void *ctx,
                                                            const struct hm_held *held,
                                                            struct hm_err *err),
                                     void *ctx,
                                     struct hm_err *err)
{
    static const char select[] = HM_CHANGE_COLUMNS HM_CHANGE_FROM " ORDER BY c.id";
    struct hm_arena arena;
    struct hm_id district;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    hm_arena_init(&arena, 4 * HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_district_get(store, &district, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = give_change(store, stmt, &district, &arena, each, ctx, err);
    }
    hm_sql_done(stmt);
    hm_arena_fini(&arena);
    return status;
}
