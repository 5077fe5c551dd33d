/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/void.h"

#include "derive.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/text/fold.h"
#include "names.h"

enum { CHUNK = 64 };

struct listing {
    const struct hm_void_query *query;
    struct hm_buf folded; /* what is searched for */
    int64_t given;
    enum hm_status (*each)(void *ctx, const struct hm_listed *, struct hm_err *);
    void *ctx;
};

static bool is_full(const struct listing *l)
{
    return l->query->limit > 0 && l->given == l->query->limit;
}

/* Whether a field has any value in it, which may be erased. */
static bool holds_any(const struct hm_loaded *loaded)
{
    const struct hm_kind *kind = loaded->kind;
    for (size_t i = 0; kind != NULL && i < kind->register_count; i++) {
        if (hm_loaded_holds(loaded, hm_text(kind->registers[i].name))) {
            return true;
        }
    }
    return false;
}

/* Merge it as if nothing had been refused or taken back. */
static enum hm_status suppose(struct hm_loaded *loaded,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    for (size_t i = 0; i < loaded->count; i++) {
        loaded->known[i].effective = true;
    }
    return hm_merge(&loaded->merged, loaded->known, loaded->count, arena, err);
}

static enum hm_status give(void *ctx,
                           struct hm_loaded *loaded,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    struct listing *l = ctx;
    struct hm_derived derived;
    if (is_full(l) || loaded->merged.there || !holds_any(loaded)) {
        return HM_OK;
    }
    enum hm_status status = suppose(loaded, arena, err);
    if (status == HM_OK) {
        status = hm_derive(&derived, loaded, arena, err);
    }
    if (status != HM_OK || (l->folded.size > 0 &&
                            !hm_text_matches(derived.fold, hm_buf_bytes(&l->folded)))) {
        return status;
    }
    const struct hm_listed listed = {.id = loaded->id,
                                     .kind = loaded->kind_name,
                                     .unit = loaded->home,
                                     .fields = derived.fields,
                                     .state = loaded->refused > 0 ? HM_STATE_QUARANTINED
                                                                  : HM_STATE_WITHDRAWN};
    l->given++;
    return l->each(l->ctx, &listed, err);
}

/* Whether the id means this row: an edit may claim that of a record of another home. */
static enum hm_status is_meant(struct hm_store *store,
                               const struct hm_touch *touch,
                               bool *meant,
                               struct hm_err *err)
{
    static const char select[] = "SELECT 1 WHERE :row = " HM_RECORD_FOUND;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, touch->record);
        hm_bind_id(stmt, 2, &touch->id);
        status = hm_sql_step(store, stmt, meant, err);
        hm_sql_done(stmt);
    }
    return status;
}

/* The void records of the kind, in the order in which they came. */
static enum hm_status find_void(struct hm_store *store,
                                struct hm_bytes kind,
                                struct hm_touch **touches,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] = "SELECT r.id, r.first, r.record FROM record r WHERE "
                                 "r.kind = :kind AND r.flags & 1 = 0"
                                 " ORDER BY r.id";
    struct hm_touch *list = NULL;
    size_t capacity = 0;
    int64_t number = 0;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    *count = 0;
    enum hm_status status = hm_kind_number(store, kind, false, &number, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, number);
        status = hm_sql_step(store, stmt, &row, err);
    }
    while (status == HM_OK && row) {
        list = hm_arena_grow(arena, list, *count, &capacity, sizeof(*list));
        if (list == NULL) {
            status = hm_arena_status(arena, err);
            break;
        }
        struct hm_touch *touch = &list[*count];
        bool meant = false;
        *touch = (struct hm_touch){.record = hm_column_int(stmt, 0),
                                   .first = hm_column_int(stmt, 1)};
        (void)hm_column_id(stmt, 2, &touch->id);
        status = is_meant(store, touch, &meant, err);
        *count += meant;
        if (status == HM_OK) {
            status = hm_sql_step(store, stmt, &row, err);
        }
    }
    hm_sql_done(stmt);
    *touches = list;
    return status;
}

enum hm_status hm_store_list_void(struct hm_store *store,
                                  const struct hm_void_query *query,
                                  enum hm_status (*each)(void *ctx,
                                                         const struct hm_listed *,
                                                         struct hm_err *),
                                  void *ctx,
                                  struct hm_err *err)
{
    struct listing l = {.query = query, .each = each, .ctx = ctx};
    struct hm_arena arena;
    struct hm_touch *touches = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&l.folded, HM_VALUE_BYTES_MAX);
    hm_text_fold(&l.folded, query->search);
    enum hm_status status = hm_buf_status(&l.folded, err);
    if (status == HM_OK) {
        status = find_void(store, query->kind, &touches, &count, &arena, err);
    }
    for (size_t at = 0; at < count && status == HM_OK && !is_full(&l); at += CHUNK) {
        size_t n = count - at < CHUNK ? count - at : CHUNK;
        status = hm_load_each(store, touches + at, n, give, &l, err);
    }
    hm_buf_fini(&l.folded);
    hm_arena_fini(&arena);
    return status;
}
