/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/duplicates.h"

#include "grid.h"
#include "hamlet/base/json.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"
#include "pairs.h"

enum { TABLE_COLUMNS = 5 };

static enum hm_status put_json(struct hm_rows *rows,
                               const struct hm_kind *kind,
                               bool bare,
                               const struct hm_pair *pair,
                               struct hm_err *err)
{
    struct hm_json_write *out = &rows->out;
    const struct hm_paired *const both[] = {pair->a, pair->b};
    hm_json_open(out, '{');
    hm_json_put_text(out, "kind", hm_text(kind->name));
    hm_json_put_text(out, "level", hm_text(hm_duplicate_level_name(pair->found.level)));
    hm_pairs_put_reason(out, &pair->found);
    hm_json_key(out, "records");
    hm_json_open(out, '[');
    for (size_t i = 0; i < 2; i++) {
        hm_json_open(out, '{');
        hm_json_put_hex(out, "id", hm_id_bytes(&both[i]->id));
        hm_json_put_text(out, "unit", both[i]->unit);
        if (!bare) {
            hm_json_key(out, "fields");
            hm_json_raw(out, both[i]->fields);
        }
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    hm_json_close(out, '}');
    return hm_rows_flush(rows, err);
}

/* A row a record, its level in the first of the two. */
static enum hm_status put_text(const struct hm_pairs *pairs,
                               struct hm_grid *table,
                               const struct hm_pair *pair,
                               struct hm_err *err)
{
    static const char *const words[] = {"", "duplicates.possible", "duplicates.probable",
                                        "duplicates.certain"};
    const struct hm_paired *const both[] = {pair->a, pair->b};
    const struct hm_field *const fields[] = {pairs->kind->duplicates->name,
                                             pair->found.same};
    const struct hm_view *view = table->view;
    struct hm_buf shown;
    hm_buf_init(&shown, 4 * HM_VALUE_BYTES_MAX);
    for (size_t i = 0; i < 2; i++) {
        char id[HM_HEX16_SIZE];
        hm_hex_put(id, hm_id_bytes(&both[i]->id));
        hm_grid_put(table,
                    i > 0 ? HM_NO_BYTES
                          : hm_text(hm_words_ui(view->words, words[pair->found.level])));
        hm_grid_put(table, hm_text(id));
        for (size_t k = 0; k < 2; k++) {
            hm_buf_clear(&shown);
            hm_field_show(&shown, fields[k], hm_pairs_value(pairs, both[i], fields[k]),
                          view->lang);
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

struct showing {
    bool bare; /* without what would name people */
    struct hm_pairs pairs;
    struct hm_rows rows;
    struct hm_grid table;
};

static enum hm_status show_kind(struct showing *s,
                                const struct hm_kind *kind,
                                struct hm_bytes unit,
                                struct hm_err *err)
{
    enum hm_status status = hm_pairs_search(&s->pairs, kind, unit, err);
    for (size_t i = 0; status == HM_OK && i < s->pairs.pair_count; i++) {
        const struct hm_pair *pair = &s->pairs.pairs[i];
        status = s->table.view->json ? put_json(&s->rows, kind, s->bare, pair, err)
                                     : put_text(&s->pairs, &s->table, pair, err);
    }
    return status;
}

static enum hm_status show_kinds(struct showing *s,
                                 const char *name,
                                 struct hm_bytes unit,
                                 struct hm_err *err)
{
    const struct hm_view *view = s->table.view;
    const struct hm_kinds *kinds = hm_store_kinds(view->store);
    const struct hm_kind *kind = NULL;
    enum hm_status status = HM_OK;
    if (name != NULL) {
        status = hm_api_kind(view, hm_text(name), &kind, err);
        if (status == HM_OK && kind->duplicates == NULL) {
            status =
                hm_fail(err, HM_BAD_INPUT, "kind-no-duplicates", kind->name, NULL, NULL);
        }
        return status == HM_OK ? show_kind(s, kind, unit, err) : status;
    }
    for (size_t i = 0; status == HM_OK && i < hm_kinds_count(kinds); i++) {
        kind = hm_kinds_at(kinds, i);
        if (kind->duplicates != NULL) {
            status = show_kind(s, kind, unit, err);
        }
    }
    return status;
}

static enum hm_status show_all(const struct hm_view *view,
                               const char *kind,
                               const char *unit,
                               bool bare,
                               struct hm_err *err)
{
    struct showing s;
    struct hm_bytes where = HM_NO_BYTES;
    struct hm_arena arena;
    s.bare = bare;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_rows_init(&s.rows, view);
    hm_grid_init(&s.table, view, TABLE_COLUMNS);
    put_heading(&s.table);
    hm_json_open(&s.rows.out, '[');
    enum hm_status status = hm_pairs_init(&s.pairs, view->store, HM_API_DUPLICATES_MAX,
                                          HM_DUPLICATE_POSSIBLE, err);
    if (status == HM_OK && unit != NULL) {
        status = hm_view_unit(view, unit, &where, &arena, err);
    }
    if (status == HM_OK) {
        status = show_kinds(&s, kind, where, err);
    }
    hm_json_close(&s.rows.out, ']');
    if (status == HM_OK) {
        status = view->json ? hm_rows_end(&s.rows, err)
                            : hm_grid_end(&s.table, "duplicates.none", err);
    }
    hm_pairs_fini(&s.pairs);
    hm_grid_fini(&s.table);
    hm_rows_fini(&s.rows);
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_api_duplicates(const struct hm_view *view,
                                 const char *kind,
                                 const char *unit,
                                 struct hm_err *err)
{
    return show_all(view, kind, unit, false, err);
}

enum hm_status hm_api_duplicates_bare(const struct hm_view *view,
                                      const char *kind,
                                      const char *unit,
                                      struct hm_err *err)
{
    return show_all(view, kind, unit, true, err);
}
