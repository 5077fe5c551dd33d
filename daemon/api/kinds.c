/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/kinds.h"

#include <inttypes.h>
#include <stdio.h>

#include "grid.h"

enum { RANGE_SIZE = 64 };

static void put_label(struct hm_json_write *out, const struct hm_label *label)
{
    hm_json_key(out, "label");
    hm_json_open(out, '{');
    hm_json_put_text(out, "vi", hm_text(label->vi));
    hm_json_put_text(out, "en", hm_text(label->en));
    hm_json_close(out, '}');
}

static void put_field(struct hm_json_write *out, const struct hm_field *field)
{
    bool sized = field->type == HM_FIELD_TYPE_INTEGER;
    hm_json_open(out, '{');
    hm_json_put_text(out, "name", hm_text(field->name));
    hm_json_put_text(out, "type", hm_text(hm_field_type_name(field->type)));
    put_label(out, &field->label);
    hm_json_put_bool(out, "required", field->required || field->key);
    hm_json_put_bool(out, "key", field->key);
    if (field->reg != NULL && field->reg->group) {
        hm_json_put_text(out, "group", hm_text(field->reg->name));
    }
    if (field->choices.count > 0) {
        hm_json_key(out, "values");
        hm_json_open(out, '[');
        for (size_t i = 0; i < field->choices.count; i++) {
            hm_json_open(out, '{');
            hm_json_put_text(out, "value", hm_text(field->choices.at[i].value));
            put_label(out, &field->choices.at[i].label);
            hm_json_close(out, '}');
        }
        hm_json_close(out, ']');
    }
    if (sized) {
        hm_json_put_int(out, "min", field->min);
    }
    if (sized || field->max > 0) {
        hm_json_put_int(out, "max", field->max);
    }
    if (field->ref != NULL) {
        hm_json_put_text(out, "refers", hm_text(field->ref));
    }
    hm_json_close(out, '}');
}

static void put_kind(struct hm_json_write *out, const struct hm_kind *kind, bool whole)
{
    hm_json_open(out, '{');
    hm_json_put_text(out, "kind", hm_text(kind->name));
    hm_json_put_int(out, "version", kind->version);
    put_label(out, &kind->label);
    hm_json_key(out, "key");
    hm_json_open(out, '[');
    for (size_t i = 0; i < kind->key.count; i++) {
        hm_json_text(out, hm_text(kind->key.at[i]->name));
    }
    hm_json_close(out, ']');
    if (whole) {
        hm_json_key(out, "fields");
        hm_json_open(out, '[');
        for (size_t i = 0; i < kind->field_count; i++) {
            put_field(out, &kind->fields[i]);
        }
        hm_json_close(out, ']');
    }
    hm_json_close(out, '}');
}

static enum hm_status put_json(const struct hm_view *view,
                               const struct hm_kind *one,
                               struct hm_err *err)
{
    const struct hm_kinds *kinds = hm_store_kinds(view->store);
    struct hm_rows rows;
    hm_rows_init(&rows, view);
    if (one != NULL) {
        put_kind(&rows.out, one, true);
    } else {
        hm_json_open(&rows.out, '[');
        for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
            put_kind(&rows.out, hm_kinds_at(kinds, i), false);
        }
        hm_json_close(&rows.out, ']');
    }
    enum hm_status status = hm_rows_end(&rows, err);
    hm_rows_fini(&rows);
    return status;
}

static void put_heading(struct hm_grid *table, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hm_grid_put(table, hm_text(hm_words_ui(table->view->words, keys[i])));
    }
}

static enum hm_status say_kinds(const struct hm_view *view, struct hm_err *err)
{
    static const char *const heading[] = {"column.name", "column.kind"};
    const struct hm_kinds *kinds = hm_store_kinds(view->store);
    struct hm_grid table;
    hm_grid_init(&table, view, sizeof(heading) / sizeof(heading[0]));
    put_heading(&table, heading, sizeof(heading) / sizeof(heading[0]));
    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, i);
        hm_grid_put(&table, hm_text(kind->name));
        hm_grid_put(&table, hm_text(hm_label_text(&kind->label, view->lang)));
    }
    enum hm_status status = hm_grid_end(&table, "list.none", err);
    hm_grid_fini(&table);
    return status;
}

static void put_advice(struct hm_buf *out,
                       const struct hm_field *field,
                       enum hm_lang lang)
{
    const struct hm_label *const labels[] = {&field->help, &field->warn};
    bool any = false;
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        if (labels[i]->vi != NULL) {
            hm_buf_put_text(out, any ? "; " : " (");
            hm_buf_put_text(out, hm_label_text(labels[i], lang));
            any = true;
        }
    }
    hm_buf_put_text(out, any ? ")" : "");
}

/* What may be typed: the type, and of a choice its values by their labels. */
static void put_what(struct hm_buf *out,
                     const struct hm_view *view,
                     const struct hm_field *field)
{
    static const char *const words[HM_FIELD_TYPE_COUNT] = {
        [HM_FIELD_TYPE_TEXT] = "type.text",
        [HM_FIELD_TYPE_INTEGER] = "type.integer",
        [HM_FIELD_TYPE_BOOLEAN] = "type.boolean",
        [HM_FIELD_TYPE_DATE] = "type.date",
        [HM_FIELD_TYPE_PARTIAL_DATE] = "type.partial-date",
        [HM_FIELD_TYPE_ENUM] = "type.enum",
        [HM_FIELD_TYPE_SET] = "type.set",
        [HM_FIELD_TYPE_LIST] = "type.list",
        [HM_FIELD_TYPE_OBJECT] = "type.object",
        [HM_FIELD_TYPE_REF] = "type.ref",
        [HM_FIELD_TYPE_STROKES] = "type.strokes"};
    bool chosen = field->type == HM_FIELD_TYPE_ENUM || field->type == HM_FIELD_TYPE_SET;
    hm_buf_put_text(out, hm_words_ui(view->words, words[field->type]));
    for (size_t i = 0; chosen && i < field->choices.count; i++) {
        hm_buf_put_text(out, i == 0 ? ": " : "; ");
        hm_buf_put_text(out, hm_label_text(&field->choices.at[i].label, view->lang));
    }
    if (field->ref != NULL) {
        hm_buf_put_text(out, ": ");
        hm_buf_put_text(out, field->ref);
    }
    if (field->type == HM_FIELD_TYPE_INTEGER) {
        char range[RANGE_SIZE];
        (void)snprintf(range, sizeof(range), ": %" PRId64 " \u2013 %" PRId64, field->min,
                       field->max);
        hm_buf_put_text(out, range);
    }
    put_advice(out, field, view->lang);
}

static void put_row(struct hm_grid *table,
                    struct hm_buf *what,
                    const char *above,
                    const struct hm_field *field)
{
    struct hm_buf name;
    hm_buf_init(&name, HM_KIND_FILE_MAX);
    hm_buf_put_text(&name, above);
    hm_buf_put_text(&name, field->name);
    hm_buf_clear(what);
    put_what(what, table->view, field);
    hm_grid_put(table, hm_buf_bytes(&name));
    hm_grid_put(table, hm_text(field->required || field->key ? "*" : ""));
    hm_grid_put(table, hm_text(hm_label_text(&field->label, table->view->lang)));
    hm_grid_put(table, hm_buf_bytes(what));
    hm_buf_fini(&name);
}

/* Under a list or an object what its parts are called, which JSON must name. */
static void put_members(struct hm_grid *table,
                        struct hm_buf *what,
                        const struct hm_field *field)
{
    const struct hm_field *object = field->item == NULL ? field : field->item;
    for (size_t i = 0; i < object->members.count; i++) {
        put_row(table, what, "- ", object->members.at[i]);
    }
}

static enum hm_status say_kind(const struct hm_view *view,
                               const struct hm_kind *kind,
                               struct hm_err *err)
{
    static const char *const heading[] = {"column.name", "column.must", "column.field",
                                          "column.value"};
    struct hm_grid table;
    struct hm_buf what;
    enum hm_status status = HM_OK;
    hm_buf_init(&what, HM_KIND_FILE_MAX);
    hm_grid_init(&table, view, sizeof(heading) / sizeof(heading[0]));
    table.most = HM_GRID_NO_CUT;
    put_heading(&table, heading, sizeof(heading) / sizeof(heading[0]));
    for (size_t i = 0; i < kind->field_count && status == HM_OK; i++) {
        put_row(&table, &what, "", &kind->fields[i]);
        put_members(&table, &what, &kind->fields[i]);
        status = hm_buf_status(&what, err);
    }
    if (status == HM_OK) {
        status = hm_grid_end(&table, "list.none", err);
    }
    hm_grid_fini(&table);
    hm_buf_fini(&what);
    return status;
}

enum hm_status hm_api_kinds(const struct hm_view *view,
                            const char *kind,
                            struct hm_err *err)
{
    const struct hm_kind *one = NULL;
    enum hm_status status = HM_OK;
    if (kind != NULL) {
        status = hm_api_kind(view, hm_text(kind), &one, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (view->json) {
        return put_json(view, one, err);
    }
    return one == NULL ? say_kinds(view, err) : say_kind(view, one, err);
}
