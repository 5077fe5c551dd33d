/* SPDX-License-Identifier: Apache-2.0 */
/* The state digest of a subtree (PROTOCOL.md 4.1), and remaking all that is derived. */
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"
#include "names.h"
#include "numbers.h"

enum { CHUNK = 512 };

struct digesting {
    struct hm_hash hash;
};

static enum hm_status put_record(void *ctx,
                                 struct hm_loaded *loaded,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct digesting *d = ctx;
    (void)arena;
    (void)err;
    for (size_t i = 0; i < loaded->merged.register_count; i++) {
        hm_unit_digest_put(&d->hash, &loaded->id, &loaded->merged.registers[i],
                           loaded->known);
    }
    return HM_OK;
}

/*
 * Rows of the records of a subtree, in order of their ids; an id that several homes or
 * kinds claim comes once for each of them, in their order. The registry is left out.
 */
static enum hm_status records_of(struct hm_store *store,
                                 struct hm_bytes unit,
                                 struct hm_touch **touches,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const char select[] = HM_SUBTREE(
        "SELECT :unit") " SELECT r.id, r.first FROM record r"
                        " CROSS JOIN unit u ON u.id = r.home CROSS JOIN kind k ON k.id = "
                        "r.kind"
                        " WHERE u.code <> '~' AND u.code IN (SELECT code FROM down)"
                        " AND r.flags & 1 = 1 ORDER BY r.record, u.code, k.name";
    struct hm_numbers rows = {.count = 0};
    struct hm_numbers firsts = {.count = 0};
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, unit);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = hm_numbers_add(&rows, hm_column_int(stmt, 0), arena, err);
        if (status == HM_OK) {
            status = hm_numbers_add(&firsts, hm_column_int(stmt, 1), arena, err);
        }
    }
    hm_sql_done(stmt);
    struct hm_touch *list = hm_arena_get_array(arena, rows.count, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < rows.count && status == HM_OK; i++) {
        list[i].record = rows.at[i];
        list[i].first = firsts.at[i];
    }
    *touches = list;
    *count = rows.count;
    return status;
}

enum hm_status hm_store_digest(struct hm_store *store,
                               struct hm_bytes unit,
                               struct hm_digest *digest,
                               struct hm_err *err)
{
    struct digesting d;
    struct hm_arena arena;
    struct hm_touch *touches = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_unit_digest_begin(&d.hash);
    enum hm_status status = records_of(store, unit, &touches, &count, &arena, err);
    for (size_t at = 0; at < count && status == HM_OK; at += CHUNK) {
        size_t n = count - at < CHUNK ? count - at : CHUNK;
        status = hm_load_each(store, touches + at, n, put_record, &d, err);
    }
    hm_arena_fini(&arena);
    if (status == HM_OK) {
        hm_unit_digest_end(&d.hash, digest);
    }
    return status;
}

static enum hm_status remake(struct hm_store *store,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    /* Also where marks or names stand that no withdrawal accounts for. */
    static const char homes[] =
        "SELECT home FROM change WHERE act = 6 UNION SELECT home FROM change"
        " WHERE withdrawn = 1 UNION SELECT home FROM withdrawal";
    static const char records[] = "SELECT id FROM record ORDER BY id";
    static const char forget[] = "UPDATE bucket SET leaves = NULL, stale = NULL";
    struct hm_numbers home_rows = {.count = 0};
    struct hm_numbers rows = {.count = 0};
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, forget, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        status = hm_registry_forget(store, err);
    }
    if (status == HM_OK) {
        status = hm_erasures_again(store, arena, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, homes, &stmt, err);
    }
    if (status == HM_OK) {
        status = hm_numbers_collect(&home_rows, store, stmt, arena, err);
    }
    for (size_t i = 0; i < home_rows.count && status == HM_OK; i++) {
        status = hm_withdrawals_refresh(store, home_rows.at[i], arena, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, records, &stmt, err);
    }
    if (status == HM_OK) {
        status = hm_numbers_collect(&rows, store, stmt, arena, err);
    }
    for (size_t at = 0; at < rows.count && status == HM_OK; at += CHUNK) {
        struct hm_arena piece;
        size_t n = rows.count - at < CHUNK ? rows.count - at : CHUNK;
        hm_arena_init(&piece, HM_REQUEST_ARENA_MAX);
        status = hm_refresh_rows(store, rows.at + at, n, &piece, err);
        hm_arena_fini(&piece);
    }
    return status != HM_OK ? status : hm_erasures_settle(store, err);
}

enum hm_status hm_store_rebuild(struct hm_store *store,
                                size_t *different,
                                struct hm_err *err)
{
    struct hm_arena arena;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_store_begin(store, err);
    if (status == HM_OK) {
        status = hm_store_check_derived(store, &count, different, err);
    }
    if (status == HM_OK) {
        status = remake(store, &arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    } else {
        hm_store_rollback(store);
    }
    hm_arena_fini(&arena);
    return status;
}
