/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/check.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "names.h"

enum { LIST_FIRST = 64 };

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

/* `*list`, of `*capacity` items of `size` bytes, with room for one more than `count`. */
static void *room(void *list,
                  size_t size,
                  size_t count,
                  size_t *capacity,
                  struct hm_arena *arena)
{
    if (count < *capacity) {
        return list;
    }
    size_t wanted = *capacity == 0 ? LIST_FIRST : *capacity * 2;
    void *more = hm_arena_get_array(arena, wanted, size);
    if (more != NULL && count > 0) {
        memcpy(more, list, count * size);
    }
    *capacity = more == NULL ? *capacity : wanted;
    return more;
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
    struct hm_origin *list = NULL;
    size_t capacity = 0;
    size_t n = 0;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list = room(list, sizeof(*list), n, &capacity, arena);
        if (list == NULL) {
            status = hm_arena_status(arena, err);
            break;
        }
        list[n] = (struct hm_origin){.row = hm_column_int(stmt, 0),
                                     .epoch = (uint32_t)hm_column_int(stmt, 2),
                                     .seq = (uint64_t)hm_column_int(stmt, 3),
                                     .sent = (uint64_t)hm_column_int(stmt, 5),
                                     .acked = (uint64_t)hm_column_int(stmt, 6)};
        (void)hm_column_id(stmt, 1, &list[n].device);
        (void)hm_column_digest(stmt, 4, &list[n].head);
        list[n].branch = (unsigned)hm_column_int(stmt, 8);
        list[n].has_parent = hm_column_digest(stmt, 7, &list[n].parent);
        n++;
    }
    hm_sql_done(stmt);
    *origins = list;
    *count = n;
    return status;
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
    struct hm_link *list = NULL;
    size_t capacity = 0;
    size_t n = 0;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list = room(list, sizeof(*list), n, &capacity, arena);
        if (list == NULL) {
            status = hm_arena_status(arena, err);
            break;
        }
        list[n].seq = (uint64_t)hm_column_int(stmt, 0);
        (void)hm_column_id(stmt, 1, &list[n].change);
        n++;
    }
    hm_sql_done(stmt);
    *links = list;
    *count = n;
    return status;
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
    struct hm_stored_page *list = NULL;
    size_t capacity = 0;
    size_t n = 0;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list = room(list, sizeof(*list), n, &capacity, arena);
        if (list == NULL) {
            break;
        }
        hm_page_row(stmt, origin, &list[n++], arena);
    }
    hm_sql_done(stmt);
    *pages = list;
    *count = n;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

enum hm_status hm_store_receipts_kept(struct hm_store *store,
                                      struct hm_kept_receipt **receipts,
                                      size_t *count,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char select[] = "SELECT message, signature FROM receipt ORDER BY id";
    struct hm_kept_receipt *list = NULL;
    size_t capacity = 0;
    size_t n = 0;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list = room(list, sizeof(*list), n, &capacity, arena);
        if (list == NULL) {
            break;
        }
        list[n].message = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        list[n++].signature = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
    }
    hm_sql_done(stmt);
    *receipts = list;
    *count = n;
    return status != HM_OK ? status : hm_arena_status(arena, err);
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
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DISTRICT, &district, err);
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
