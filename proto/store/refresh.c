/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bringing what is derived up to date, for a set of records at once: one statement writes
 * all new rows, one all changed rows, and conflicts are replaced as a set.
 */
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "hamlet/base/assert.h"
#include "hamlet/base/limits.h"
#include "names.h"

/* Rows for one statement, growing in an arena. */
struct rows {
    struct hm_batch_row *at;
    size_t count;
    size_t capacity;
};

struct refresh {
    struct hm_store *store;
    struct hm_arena *arena;
    struct hm_id district;
    const struct hm_touch *touches;
    size_t count;
    size_t next; /* of the touches that are streamed */
    struct rows made;
    struct rows changed;
    struct rows cases;
    struct rows disputed;
    struct rows incomplete;
};

static struct hm_batch_row *add_row(struct refresh *r, struct rows *rows)
{
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity == 0 ? 32 : rows->capacity * 2;
        struct hm_batch_row *at = hm_arena_get_array(r->arena, capacity, sizeof(*at));
        if (at == NULL) {
            return NULL;
        }
        if (rows->at != NULL) {
            memcpy(at, rows->at, rows->count * sizeof(*at));
        }
        rows->at = at;
        rows->capacity = capacity;
    }
    return &rows->at[rows->count++];
}

static enum hm_status note_cases(struct refresh *r,
                                 const struct hm_loaded *loaded,
                                 struct hm_err *err)
{
    const struct hm_case *cases = NULL;
    size_t count = 0;
    enum hm_status status = hm_derive_cases(&cases, &count, loaded, r->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        struct hm_batch_row *row = add_row(r, &r->cases);
        if (row == NULL) {
            return hm_arena_status(r->arena, err);
        }
        row->n[0] = loaded->row;
        row->n[1] = cases[i].open;
        row->n[2] = cases[i].opened.ms;
        row->n[3] = cases[i].resolution;
        row->b[0] = hm_arena_copy(r->arena, hm_id_bytes(&cases[i].id));
        row->b[1] = hm_arena_copy(r->arena, cases[i].reg);
        row->b[2] = hm_text(cases[i].type);
    }
    return status != HM_OK ? status : hm_arena_status(r->arena, err);
}

static enum hm_status note_marks(struct refresh *r,
                                 const struct hm_loaded *loaded,
                                 struct hm_err *err)
{
    for (size_t i = 0; i < loaded->count; i++) {
        struct hm_batch_row *row = NULL;
        if (loaded->known[i].disputed) {
            row = add_row(r, &r->disputed);
            if (row != NULL) {
                row->n[0] = loaded->row;
                row->n[1] = loaded->held[i].row;
            }
        }
        if (loaded->known[i].incomplete) {
            row = add_row(r, &r->incomplete);
            if (row != NULL) {
                row->n[0] = loaded->row;
                row->n[1] = loaded->held[i].row;
            }
        }
    }
    return hm_arena_status(r->arena, err);
}

static enum hm_status note_record(struct refresh *r,
                                  const struct hm_loaded *loaded,
                                  const struct hm_touch *touch,
                                  struct rows *rows,
                                  struct hm_err *err)
{
    struct hm_derived derived;
    enum hm_status status = hm_derive(&derived, loaded, r->arena, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_batch_row *row = add_row(r, rows);
    if (row == NULL) {
        return hm_arena_status(r->arena, err);
    }
    *row = (struct hm_batch_row){
        .n = {touch->record, touch->home, touch->kind, touch->first, derived.flags,
              (int64_t)derived.weight, (int64_t)derived.refused, derived.year},
        .b = {hm_id_bytes(&touch->id), derived.sort, derived.fold, derived.fields,
              derived.heads}};
    status = note_cases(r, loaded, err);
    if (status == HM_OK) {
        status = note_marks(r, loaded, err);
    }
    bool registry = loaded->kind_name.size > 0 &&
                    (loaded->kind_name.data[0] == '~' ||
                     (loaded->kind != NULL && loaded->kind->tree != NULL));
    if (status == HM_OK && registry) {
        status = hm_registry_derive(r->store, loaded, err);
    }
    return status;
}

/* A record with one change that is in memory: nothing needs to be read. */
static enum hm_status note_alone(struct refresh *r,
                                 const struct hm_touch *touch,
                                 struct hm_err *err)
{
    struct hm_held held = {.change = *touch->alone->change,
                           .row = touch->first,
                           .record_row = touch->record,
                           .verdict = touch->alone->verdict,
                           .received = touch->received};
    struct hm_loaded loaded = {.row = touch->record,
                               .id = touch->id,
                               .home = held.change.home,
                               .kind_name = held.change.kind,
                               .held = &held,
                               .count = 1};
    enum hm_status status = hm_loaded_merge(&loaded, r->store->kinds, r->arena, err);
    return status != HM_OK ? status : note_record(r, &loaded, touch, &r->made, err);
}

static enum hm_status note_placeholder(struct refresh *r,
                                       const struct hm_touch *touch,
                                       struct hm_err *err)
{
    struct hm_batch_row *row = add_row(r, &r->made);
    if (row == NULL) {
        return hm_arena_status(r->arena, err);
    }
    *row = (struct hm_batch_row){
        .n = {touch->record, touch->home, touch->kind, touch->first, 0},
        .b = {hm_id_bytes(&touch->id)}};
    return HM_OK;
}

static enum hm_status note_loaded(void *ctx,
                                  struct hm_loaded *loaded,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct refresh *r = ctx;
    (void)arena;
    while (r->next < r->count && r->touches[r->next].record != loaded->row) {
        r->next++;
    }
    if (r->next == r->count) { /* a record names the change of another as its first */
        return hm_fail(err, HM_CORRUPT, "store-damaged", "record", NULL, NULL);
    }
    return note_record(r, loaded, &r->touches[r->next], &r->changed, err);
}

static enum hm_status run_rows(struct refresh *r,
                               const char *sql,
                               const struct rows *rows,
                               unsigned text,
                               struct hm_err *err)
{
    struct hm_batch batch = {.rows = rows->at, .count = rows->count, .text = text};
    return rows->count == 0 ? HM_OK : hm_sql_run_batch(r->store, sql, &batch, err);
}

static enum hm_status write_made(struct refresh *r, struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO record(id, home, kind, record, first, flags, sort, fold, fields,"
        " heads, weight, refused, year) SELECT n0, n1, n2, b0, n3, n4, b1, b2, b3, b4,"
        " n5, n6, n7 FROM batch(:rows)";
    return run_rows(r, insert, &r->made, 1U << 2 | 1U << 3, err);
}

static enum hm_status write_changed(struct refresh *r, struct hm_err *err)
{
    static const char update[] =
        "UPDATE record SET flags = x.n4, sort = x.b1, fold = x.b2, fields = x.b3,"
        " heads = x.b4, weight = x.n5, refused = x.n6, year = x.n7 FROM batch(:rows) x"
        " WHERE record.id = x.n0";
    static const char drop_cases[] =
        "DELETE FROM conflict WHERE record IN (SELECT n0 FROM batch(:rows))";
    static const char drop_disputed[] =
        "DELETE FROM disputed WHERE record IN (SELECT n0 FROM batch(:rows))";
    static const char drop_incomplete[] =
        "DELETE FROM incomplete WHERE record IN (SELECT n0 FROM batch(:rows))";
    enum hm_status status = run_rows(r, update, &r->changed, 1U << 2 | 1U << 3, err);
    if (status == HM_OK) {
        status = run_rows(r, drop_cases, &r->changed, 0, err);
    }
    if (status == HM_OK) {
        status = run_rows(r, drop_disputed, &r->changed, 0, err);
    }
    return status != HM_OK ? status : run_rows(r, drop_incomplete, &r->changed, 0, err);
}

static enum hm_status write_marks(struct refresh *r, struct hm_err *err)
{
    static const char insert_cases[] =
        "INSERT INTO conflict(conflict, record, register, type, open, opened, resolution)"
        " SELECT b0, n0, b1, b2, n1, n2, nullif(n3, 0) FROM batch(:rows)";
    static const char insert_disputed[] =
        "INSERT INTO disputed(record, change) SELECT n0, n1 FROM batch(:rows)";
    static const char insert_incomplete[] =
        "INSERT INTO incomplete(record, change) SELECT n0, n1 FROM batch(:rows)";
    enum hm_status status = run_rows(r, insert_cases, &r->cases, 1U << 1 | 1U << 2, err);
    if (status == HM_OK) {
        status = run_rows(r, insert_disputed, &r->disputed, 0, err);
    }
    return status != HM_OK ? status
                           : run_rows(r, insert_incomplete, &r->incomplete, 0, err);
}

/* New rows first: reading a record joins its row. */
static enum hm_status derive_all(struct refresh *r,
                                 const struct hm_touch *touches,
                                 size_t count,
                                 struct hm_err *err)
{
    struct hm_touch *streamed = hm_arena_get_array(r->arena, count, sizeof(*streamed));
    size_t streams = 0;
    enum hm_status status = hm_arena_status(r->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (touches[i].alone != NULL) {
            status = note_alone(r, &touches[i], err);
            continue;
        }
        if (touches[i].fresh) {
            status = note_placeholder(r, &touches[i], err);
        }
        streamed[streams++] = touches[i];
    }
    if (status == HM_OK) {
        status = write_made(r, err);
    }
    if (status == HM_OK && streams > 0) {
        r->touches = streamed;
        r->count = streams;
        status = hm_load_each(r->store, streamed, streams, note_loaded, r, err);
    }
    return status;
}

enum hm_status hm_refresh(struct hm_store *store,
                          const struct hm_touch *touches,
                          size_t count,
                          struct hm_err *err)
{
    /* Not the caller's, who may touch the same record once a line of entries. */
    struct hm_arena arena;
    struct refresh r = {.store = store, .arena = &arena};
    if (count == 0) {
        return HM_OK;
    }
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_district_get(store, &r.district, err);
    if (status == HM_OK) {
        status = derive_all(&r, touches, count, err);
    }
    if (status == HM_OK) {
        status = write_changed(&r, err);
    }
    if (status == HM_OK) {
        status = write_marks(&r, err);
    }
    hm_arena_fini(&arena);
    return status;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

enum hm_status hm_refresh_rows(struct hm_store *store,
                               int64_t *records,
                               size_t count,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const char select[] =
        "SELECT x.i, r.id, r.first, r.home, r.kind, r.record FROM batch(:rows) x"
        " CROSS JOIN record r ON r.id = x.n0";
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    struct hm_touch *touches = hm_arena_get_array(arena, count, sizeof(*touches));
    struct hm_batch batch = {.rows = rows};
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t n = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK || count == 0) {
        return status;
    }
    qsort(records, count, sizeof(*records), by_number);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || records[i] != records[i - 1]) {
            rows[batch.count++].n[0] = records[i];
        }
    }
    status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, &batch);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        touches[n] = (struct hm_touch){.record = hm_column_int(stmt, 1),
                                       .first = hm_column_int(stmt, 2),
                                       .home = hm_column_int(stmt, 3),
                                       .kind = hm_column_int(stmt, 4)};
        (void)hm_column_id(stmt, 5, &touches[n++].id);
    }
    return status != HM_OK ? status : hm_refresh(store, touches, n, err);
}
