/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what is derived is what deriving it now would give. Records are taken in
 * pieces: what stands of each is boiled down to a print, then compared with the print of
 * what the changes make of it.
 */
#include "derive.h"
#include "erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"

enum { PIECE = 512 };

struct print {
    struct hm_id stored;
    struct hm_id cases;
};

struct checking {
    struct hm_store *store;
    struct hm_touch touches[PIECE];
    struct print prints[PIECE];
    size_t count; /* of the piece at hand */
    size_t next;  /* to be derived */
    size_t different;
    struct hm_registry_check registry;
};

static void begin_print(struct hm_hash *hash)
{
    hm_hash_init(hash, HM_ID_SIZE);
}

static struct hm_id end_print(struct hm_hash *hash)
{
    struct hm_id print;
    hm_hash_end(hash, print.at, HM_ID_SIZE);
    return print;
}

static struct hm_id print_row(int64_t flags,
                              struct hm_bytes sort,
                              struct hm_bytes fold,
                              struct hm_bytes fields,
                              struct hm_bytes heads,
                              int64_t weight,
                              int64_t refused,
                              int64_t year)
{
    struct hm_hash hash;
    begin_print(&hash);
    hm_hash_put_uint(&hash, (uint64_t)flags);
    hm_hash_put_packed(&hash, sort);
    hm_hash_put_packed(&hash, fold);
    hm_hash_put_packed(&hash, fields);
    hm_hash_put_packed(&hash, heads);
    hm_hash_put_uint(&hash, (uint64_t)weight);
    hm_hash_put_uint(&hash, (uint64_t)refused);
    hm_hash_put_uint(&hash, (uint64_t)year);
    return end_print(&hash);
}

static void put_case(struct hm_hash *hash,
                     struct hm_bytes id,
                     struct hm_bytes reg,
                     struct hm_bytes type,
                     bool open,
                     int64_t opened,
                     int64_t resolution)
{
    hm_hash_put_packed(hash, id);
    hm_hash_put_packed(hash, reg);
    hm_hash_put_packed(hash, type);
    hm_hash_put_uint(hash, open);
    hm_hash_put_uint(hash, (uint64_t)opened);
    hm_hash_put_uint(hash, (uint64_t)resolution);
}

static enum hm_status read_piece(struct checking *c, int64_t after, struct hm_err *err)
{
    static const char select[] =
        "SELECT id, first, flags, sort, fold, fields, heads, weight, refused, year"
        " FROM record WHERE id > :after ORDER BY id LIMIT :most";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(c->store, select, &stmt, err);
    c->count = 0;
    c->next = 0;
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, after);
        hm_bind_int(stmt, 2, PIECE);
    }
    while (status == HM_OK) {
        status = hm_sql_step(c->store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        c->touches[c->count] = (struct hm_touch){.record = hm_column_int(stmt, 0),
                                                 .first = hm_column_int(stmt, 1)};
        c->prints[c->count++].stored = print_row(
            hm_column_int(stmt, 2), hm_column_bytes(stmt, 3), hm_column_bytes(stmt, 4),
            hm_column_bytes(stmt, 5), hm_column_bytes(stmt, 6), hm_column_int(stmt, 7),
            hm_column_int(stmt, 8), hm_column_int(stmt, 9));
    }
    hm_sql_done(stmt);
    return status;
}

/* The conflicts of the records at hand, each in order of register. */
static enum hm_status read_cases(struct checking *c, struct hm_err *err)
{
    static const char select[] =
        "SELECT x.i, c.conflict, c.register, c.type, c.open, c.opened, c.resolution"
        " FROM batch(:rows) x CROSS JOIN conflict c ON c.record = x.n0"
        " ORDER BY x.i, c.register";
    struct hm_batch_row rows[PIECE];
    struct hm_batch batch = {.rows = rows, .count = c->count};
    struct hm_hash hash;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t at = 0;
    for (size_t i = 0; i < c->count; i++) {
        rows[i] = (struct hm_batch_row){.n = {c->touches[i].record}};
    }
    enum hm_status status = hm_sql(c->store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, &batch);
    }
    begin_print(&hash);
    while (status == HM_OK && row) {
        status = hm_sql_step(c->store, stmt, &row, err);
        size_t of = status == HM_OK && row ? (size_t)hm_column_int(stmt, 0) : c->count;
        for (; at < of; at++) {
            c->prints[at].cases = end_print(&hash);
            begin_print(&hash);
        }
        if (status == HM_OK && row) {
            put_case(&hash, hm_column_bytes(stmt, 1), hm_column_bytes(stmt, 2),
                     hm_column_bytes(stmt, 3), hm_column_int(stmt, 4) != 0,
                     hm_column_int(stmt, 5), hm_column_int(stmt, 6));
        }
    }
    hm_sql_done(stmt);
    return status;
}

static enum hm_status compare(void *ctx,
                              struct hm_loaded *loaded,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct checking *c = ctx;
    struct hm_derived derived;
    const struct hm_case *cases = NULL;
    size_t count = 0;
    struct hm_hash hash;
    for (; c->next < c->count && c->touches[c->next].record != loaded->row; c->next++) {
        c->different++; /* a record of which no change is here */
    }
    if (c->next == c->count) {
        c->different++; /* a record that names the change of another as its first */
        return HM_OK;
    }
    const struct print *print = &c->prints[c->next++];
    enum hm_status status = hm_derive(&derived, loaded, arena, err);
    if (status == HM_OK) {
        status = hm_derive_cases(&cases, &count, loaded, arena, err);
    }
    if (status == HM_OK) {
        status = hm_registry_compare(c->store, loaded, &c->registry, err);
    }
    if (status != HM_OK) {
        return status;
    }
    begin_print(&hash);
    for (size_t i = 0; i < count; i++) {
        put_case(&hash, hm_id_bytes(&cases[i].id), cases[i].reg, hm_text(cases[i].type),
                 cases[i].open, cases[i].opened.ms, cases[i].resolution);
    }
    struct hm_id made = end_print(&hash);
    struct hm_id row = print_row(derived.flags, derived.sort, derived.fold,
                                 derived.fields, derived.heads, (int64_t)derived.weight,
                                 (int64_t)derived.refused, derived.year);
    c->different +=
        !hm_id_equal(&row, &print->stored) || !hm_id_equal(&made, &print->cases);
    return HM_OK;
}

static enum hm_status check_records(struct checking *c, size_t *count, struct hm_err *err)
{
    int64_t after = 0;
    enum hm_status status = HM_OK;
    do {
        status = read_piece(c, after, err);
        if (status == HM_OK && c->count > 0) {
            status = read_cases(c, err);
        }
        if (status == HM_OK && c->count > 0) {
            status = hm_load_each(c->store, c->touches, c->count, compare, c, err);
            c->different += c->count - c->next;
            after = c->touches[c->count - 1].record;
            *count += c->count;
        }
    } while (status == HM_OK && c->count > 0);
    return status;
}

static enum hm_status check_withdrawn(struct checking *c, struct hm_err *err)
{
    static const char select[] =
        "SELECT count(*) FROM change c WHERE c.withdrawn <> (c.act NOT IN (6, 7) AND"
        " (EXISTS(SELECT 1 FROM withdrawal w WHERE w.home = c.home AND w.name = c.change)"
        " OR EXISTS(SELECT 1 FROM bulk b JOIN withdrawal w ON w.home = c.home"
        " AND w.name = b.bulk WHERE b.id = c.bulk)))";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(c->store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(c->store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        c->different += (size_t)hm_column_int(stmt, 0);
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_check_derived(struct hm_store *store,
                                      size_t *count,
                                      size_t *different,
                                      struct hm_err *err)
{
    struct hm_arena arena;
    size_t records = 0;
    hm_arena_init(&arena, sizeof(struct checking) + HM_NAME_MAX);
    struct checking *c = hm_arena_get(&arena, sizeof(*c));
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        c->store = store;
        status = check_records(c, &records, err);
    }
    if (status == HM_OK) {
        status = check_withdrawn(c, err);
    }
    if (status == HM_OK) {
        status = hm_erasures_check(store, &c->different, err);
    }
    if (status == HM_OK) {
        status = hm_registry_compare_end(store, &c->registry, err);
    }
    if (status == HM_OK) {
        *count = records;
        *different = c->different + c->registry.different;
    }
    hm_arena_fini(&arena);
    return status;
}
