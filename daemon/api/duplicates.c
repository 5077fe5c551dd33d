/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/duplicates.h"

#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "hamlet/base/json.h"
#include "hamlet/model/value.h"
#include "hamlet/record/duplicate.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/records.h"

enum { FIELDS_MAX = 64, RECORDS_STEP = 1024, TABLE_COLUMNS = 5 };

/* What is kept of a thousand records is half a megabyte. */
#define KEPT_BYTES_MAX ((size_t)128 * 1024 * 1024)

/* A record with the fields that are compared; all from the arena. */
struct kept {
    struct hm_id id;
    struct hm_bytes unit;
    struct hm_bytes fields; /* JSON */
    struct hm_bytes key;
    const struct hm_bytes *values; /* of searching.fields */
    struct hm_bytes others;        /* those that it is not the same as, as a value */
};

struct pair {
    const struct kept *a;
    const struct kept *b;
    struct hm_duplicate found;
};

struct searching {
    const struct hm_view *view;
    const struct hm_kind *kind;
    const struct hm_field *fields[FIELDS_MAX];
    size_t field_count;
    struct kept *records;
    size_t count;
    size_t room;
    struct pair *pairs;
    size_t pair_count;
    struct hm_arena arena;
    struct hm_buf scratch;
};

static void compare_by(struct searching *s, const struct hm_field_list *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        size_t k = 0;
        while (k < s->field_count && s->fields[k] != fields->at[i]) {
            k++;
        }
        if (k == s->field_count && k < FIELDS_MAX) {
            s->fields[s->field_count++] = fields->at[i];
        }
    }
}

struct side {
    const struct searching *searching;
    const struct hm_bytes *values;
};

static struct hm_bytes get(void *ctx, const struct hm_field *field)
{
    const struct side *side = ctx;
    for (size_t i = 0; i < side->searching->field_count; i++) {
        if (side->searching->fields[i] == field) {
            return side->values[i];
        }
    }
    return HM_NO_BYTES;
}

/* ---- reading ---- */

static enum hm_status copy_value(struct searching *s,
                                 const struct hm_json *fields,
                                 const struct hm_field *field,
                                 struct hm_bytes *value,
                                 struct hm_err *err)
{
    const struct hm_json *json = field == NULL ? NULL : hm_json_get(fields, field->name);
    *value = HM_NO_BYTES;
    if (json == NULL || hm_json_is(json, HM_JSON_NULL)) {
        return HM_OK;
    }
    hm_buf_clear(&s->scratch);
    enum hm_status status = hm_value_from_json(&s->scratch, json, err);
    if (status == HM_OK) {
        status = hm_buf_status(&s->scratch, err);
    }
    *value = hm_arena_copy(&s->arena, hm_buf_bytes(&s->scratch));
    return status;
}

static enum hm_status copy_record(struct searching *s,
                                  struct kept *kept,
                                  const struct hm_listed *listed,
                                  const struct hm_json *fields,
                                  struct hm_err *err)
{
    struct hm_bytes *values =
        hm_arena_get_array(&s->arena, s->field_count, sizeof(*values));
    enum hm_status status = hm_arena_status(&s->arena, err);
    for (size_t i = 0; status == HM_OK && i < s->field_count; i++) {
        status = copy_value(s, fields, s->fields[i], &values[i], err);
    }
    *kept = (struct kept){.id = listed->id, .values = values};
    if (status == HM_OK) {
        status = copy_value(s, fields, s->kind->duplicates->other, &kept->others, err);
    }
    if (status != HM_OK) {
        return status;
    }
    struct side side = {s, values};
    hm_buf_clear(&s->scratch);
    hm_duplicate_key(&s->scratch, s->kind, &(struct hm_kind_values){get, &side});
    kept->key = hm_arena_copy(&s->arena, hm_buf_bytes(&s->scratch));
    kept->unit = hm_arena_copy(&s->arena, listed->unit);
    kept->fields = hm_arena_copy(&s->arena, listed->fields);
    status = hm_buf_status(&s->scratch, err);
    return status == HM_OK ? hm_arena_status(&s->arena, err) : status;
}

static enum hm_status keep(void *ctx, const struct hm_listed *listed, struct hm_err *err)
{
    static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 20};
    struct searching *s = ctx;
    struct hm_json *fields = NULL;
    if (s->count == s->room) {
        size_t room = s->room + RECORDS_STEP;
        struct kept *grown = realloc(s->records, room * sizeof(*grown));
        if (grown == NULL) {
            return hm_fail_memory(err);
        }
        s->records = grown;
        s->room = room;
    }
    enum hm_status status = hm_json_parse(&fields, listed->fields, &limits, err);
    if (status == HM_OK) {
        status = copy_record(s, &s->records[s->count], listed, fields, err);
    }
    hm_json_free(fields);
    if (status == HM_OK && s->records[s->count].key.size > 0) {
        s->count++;
    }
    return status;
}

/* ---- comparing ---- */

static int by_key(const void *a, const void *b)
{
    const struct kept *x = a;
    const struct kept *y = b;
    int order = hm_bytes_compare(x->key, y->key);
    return order != 0 ? order : memcmp(&x->id, &y->id, sizeof(x->id));
}

/* An id is 32 hex digits, which nothing else in a list of ids can be. */
static bool names(struct hm_bytes others, const struct hm_id *id)
{
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(id));
    size_t size = sizeof(hex) - 1;
    for (size_t i = 0; i + size <= others.size; i++) {
        if (memcmp(others.data + i, hex, size) == 0) {
            return true;
        }
    }
    return false;
}

/* At most as many of a level as there is room for. */
static enum hm_status pair_up(struct searching *s,
                              const struct kept *a,
                              const struct kept *b,
                              enum hm_duplicate_level level,
                              struct hm_err *err)
{
    struct side x = {s, a->values};
    struct side y = {s, b->values};
    struct hm_kind_values left = {get, &x};
    struct hm_kind_values right = {get, &y};
    struct hm_duplicate found;
    enum hm_status status = hm_duplicate_judge(&found, s->kind, &left, &right, err);
    if (status == HM_OK && found.level == level && !names(a->others, &b->id) &&
        !names(b->others, &a->id)) {
        s->pairs[s->pair_count++] = (struct pair){a, b, found};
    }
    return status;
}

static enum hm_status find_pairs(struct searching *s,
                                 enum hm_duplicate_level level,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < s->count; i++) {
        for (size_t k = i + 1;
             status == HM_OK && k < s->count && s->pair_count < HM_API_DUPLICATES_MAX &&
             hm_bytes_equal(s->records[i].key, s->records[k].key);
             k++) {
            status = pair_up(s, &s->records[i], &s->records[k], level, err);
        }
    }
    return status;
}

/* ---- showing ---- */

static void put_name(struct hm_json_write *out,
                     const char *member,
                     const struct hm_field *field)
{
    hm_json_key(out, member);
    if (field == NULL) {
        hm_json_null(out);
    } else {
        hm_json_text(out, hm_text(field->name));
    }
}

static enum hm_status put_json(struct hm_rows *rows,
                               const struct pair *pair,
                               struct hm_err *err)
{
    struct hm_json_write *out = &rows->out;
    const struct kept *const both[] = {pair->a, pair->b};
    hm_json_open(out, '{');
    hm_json_put_text(out, "level", hm_text(hm_duplicate_level_name(pair->found.level)));
    hm_json_key(out, "reason");
    hm_json_open(out, '{');
    hm_json_put_text(out, "name", hm_text(hm_duplicate_match_name(pair->found.name)));
    put_name(out, "same", pair->found.same);
    put_name(out, "apart", pair->found.apart);
    hm_json_close(out, '}');
    hm_json_key(out, "records");
    hm_json_open(out, '[');
    for (size_t i = 0; i < 2; i++) {
        hm_json_open(out, '{');
        hm_json_put_hex(out, "id", hm_id_bytes(&both[i]->id));
        hm_json_put_text(out, "unit", both[i]->unit);
        hm_json_key(out, "fields");
        hm_json_raw(out, both[i]->fields);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    hm_json_close(out, '}');
    return hm_rows_flush(rows, err);
}

/* A row a record, its level in the first of the two. */
static enum hm_status put_text(const struct searching *s,
                               struct hm_grid *table,
                               const struct pair *pair,
                               struct hm_err *err)
{
    static const char *const words[] = {"", "duplicates.possible", "duplicates.probable",
                                        "duplicates.certain"};
    const struct kept *const both[] = {pair->a, pair->b};
    struct hm_buf shown;
    hm_buf_init(&shown, 4 * HM_VALUE_BYTES_MAX);
    for (size_t i = 0; i < 2; i++) {
        struct side side = {s, both[i]->values};
        const struct hm_field *fields[] = {s->kind->duplicates->name, pair->found.same};
        char id[HM_HEX16_SIZE];
        hm_hex_put(id, hm_id_bytes(&both[i]->id));
        hm_grid_put(table, i > 0 ? HM_NO_BYTES
                                 : hm_text(hm_words_ui(s->view->words,
                                                       words[pair->found.level])));
        hm_grid_put(table, hm_text(id));
        for (size_t k = 0; k < 2; k++) {
            hm_buf_clear(&shown);
            hm_field_show(&shown, fields[k], get(&side, fields[k]), s->view->lang);
            hm_grid_put(table, hm_buf_bytes(&shown));
        }
        hm_grid_put(table, both[i]->unit);
    }
    enum hm_status status = hm_buf_status(&shown, err);
    hm_buf_fini(&shown);
    return status;
}

static void put_heading(struct hm_grid *table)
{
    static const char *const keys[] = {"column.likeness", "column.id", "column.name",
                                       "column.same", "column.unit"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        hm_grid_put(table, hm_text(hm_words_ui(table->view->words, keys[i])));
    }
}

/* ---- all of it ---- */

static enum hm_status search(struct searching *s,
                             struct hm_bytes unit,
                             struct hm_err *err)
{
    const struct hm_kind_duplicates *by = s->kind->duplicates;
    struct hm_list_query query = {.kind = hm_text(s->kind->name), .unit = unit};
    s->count = 0;
    s->pair_count = 0;
    s->fields[0] = by->name;
    s->field_count = 1;
    compare_by(s, &by->certain);
    compare_by(s, &by->probable);
    compare_by(s, &by->apart);
    enum hm_status status = hm_store_list(s->view->store, &query, keep, s, err);
    if (status == HM_OK && s->count > 1) {
        qsort(s->records, s->count, sizeof(*s->records), by_key);
    }
    for (int level = HM_DUPLICATE_CERTAIN;
         status == HM_OK && level > (int)HM_DUPLICATE_NONE; level--) {
        status = find_pairs(s, (enum hm_duplicate_level)level, err);
    }
    return status;
}

static enum hm_status search_kind(struct searching *s,
                                  const struct hm_kind *kind,
                                  struct hm_bytes unit,
                                  struct hm_rows *rows,
                                  struct hm_grid *table,
                                  struct hm_err *err)
{
    s->kind = kind;
    enum hm_status status = search(s, unit, err);
    for (size_t i = 0; status == HM_OK && i < s->pair_count; i++) {
        status = s->view->json ? put_json(rows, &s->pairs[i], err)
                               : put_text(s, table, &s->pairs[i], err);
    }
    return status;
}

static enum hm_status search_kinds(struct searching *s,
                                   const char *name,
                                   struct hm_bytes unit,
                                   struct hm_rows *rows,
                                   struct hm_grid *table,
                                   struct hm_err *err)
{
    const struct hm_kinds *kinds = hm_store_kinds(s->view->store);
    const struct hm_kind *kind = NULL;
    enum hm_status status = HM_OK;
    if (name != NULL) {
        status = hm_api_kind(s->view, hm_text(name), &kind, err);
        if (status == HM_OK && kind->duplicates == NULL) {
            status =
                hm_fail(err, HM_BAD_INPUT, "kind-no-duplicates", kind->name, NULL, NULL);
        }
        return status == HM_OK ? search_kind(s, kind, unit, rows, table, err) : status;
    }
    for (size_t i = 0; status == HM_OK && i < hm_kinds_count(kinds); i++) {
        kind = hm_kinds_at(kinds, i);
        if (kind->duplicates != NULL) {
            status = search_kind(s, kind, unit, rows, table, err);
        }
    }
    return status;
}

enum hm_status hm_api_duplicates(const struct hm_view *view,
                                 const char *kind,
                                 const char *unit,
                                 struct hm_err *err)
{
    struct searching s = {.view = view};
    struct hm_rows rows;
    struct hm_grid table;
    struct hm_bytes where = HM_NO_BYTES;
    enum hm_status status = HM_OK;
    hm_arena_init(&s.arena, KEPT_BYTES_MAX);
    hm_buf_init(&s.scratch, 4 * HM_VALUE_BYTES_MAX);
    hm_rows_init(&rows, view);
    hm_grid_init(&table, view, TABLE_COLUMNS);
    put_heading(&table);
    hm_json_open(&rows.out, '[');
    s.pairs = calloc(HM_API_DUPLICATES_MAX, sizeof(*s.pairs));
    if (s.pairs == NULL) {
        status = hm_fail_memory(err);
    }
    if (status == HM_OK && unit != NULL) {
        status = hm_view_unit(view, unit, &where, &s.arena, err);
    }
    if (status == HM_OK) {
        status = search_kinds(&s, kind, where, &rows, &table, err);
    }
    hm_json_close(&rows.out, ']');
    if (status == HM_OK) {
        status = view->json ? hm_rows_end(&rows, err)
                            : hm_grid_end(&table, "duplicates.none", err);
    }
    hm_grid_fini(&table);
    hm_rows_fini(&rows);
    hm_buf_fini(&s.scratch);
    hm_arena_fini(&s.arena);
    free(s.pairs);
    free(s.records);
    return status;
}
