/* SPDX-License-Identifier: Apache-2.0 */
#include "grid.h"
#include "hamlet/api/evaluate.h"

static void put_texts(struct hm_json_write *out,
                      const char *name,
                      const struct hm_texts *texts)
{
    hm_json_key(out, name);
    hm_json_open(out, '[');
    for (size_t i = 0; i < texts->count; i++) {
        hm_json_text(out, hm_text(texts->at[i]));
    }
    hm_json_close(out, ']');
}

static void put_label(struct hm_json_write *out, const struct hm_label *label)
{
    hm_json_key(out, "label");
    hm_json_open(out, '{');
    hm_json_put_text(out, "vi", hm_text(label->vi));
    hm_json_put_text(out, "en", hm_text(label->en));
    hm_json_close(out, '}');
}

static void put_verify(struct hm_json_write *out, char verify)
{
    hm_json_put_text(out, "verify", (struct hm_bytes){(const uint8_t *)&verify, 1});
}

/* Parts follow what they are parts of; a part has none of its own. */
static void put_criteria(struct hm_json_write *out,
                         const struct hm_criterion *at,
                         size_t count,
                         int depth)
{
    for (size_t i = 0; i < count; i++) {
        hm_json_open(out, '{');
        hm_json_put_text(out, "id", hm_text(at[i].id));
        hm_json_put_int(out, "depth", depth);
        hm_json_put_text(out, "type", hm_text(hm_criterion_type_name(at[i].type)));
        put_label(out, &at[i].label);
        put_verify(out, at[i].verify);
        hm_json_close(out, '}');
        put_criteria(out, at[i].items, at[i].item_count, depth + 1);
    }
}

static void put_units(struct hm_json_write *out, const struct hm_catalogue *catalogue)
{
    hm_json_key(out, "units");
    hm_json_open(out, '[');
    for (size_t i = 0; i < catalogue->unit_count; i++) {
        const struct hm_criteria *unit = &catalogue->units[i];
        hm_json_open(out, '{');
        put_texts(out, "kinds", &unit->kinds);
        if (unit->article != NULL) {
            hm_json_put_text(out, "article", hm_text(unit->article));
        }
        hm_json_key(out, "criteria");
        hm_json_open(out, '[');
        put_criteria(out, unit->at, unit->count, 0);
        hm_json_close(out, ']');
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_catalogue(struct hm_json_write *out,
                          const struct hm_catalogue *catalogue,
                          bool whole)
{
    hm_json_open(out, '{');
    hm_json_put_text(out, "catalogue", hm_text(catalogue->name));
    hm_json_put_text(out, "version", hm_text(catalogue->version));
    put_label(out, &catalogue->label);
    hm_json_put_text(out, "purpose", hm_text(catalogue->purpose));
    hm_json_put_text(out, "number", hm_text(catalogue->number));
    hm_json_put_text(out, "from", hm_text(catalogue->from));
    if (catalogue->to != NULL) {
        hm_json_put_text(out, "to", hm_text(catalogue->to));
    }
    if (catalogue->extends != NULL) {
        hm_json_put_text(out, "extends", hm_text(catalogue->extends));
    }
    put_verify(out, catalogue->verify);
    if (whole) {
        put_units(out, catalogue);
    }
    hm_json_close(out, '}');
}

static enum hm_status put_json(const struct hm_view *view,
                               const struct hm_catalogues *catalogues,
                               const struct hm_catalogue *one,
                               struct hm_err *err)
{
    struct hm_rows rows;
    hm_rows_init(&rows, view);
    if (one != NULL) {
        put_catalogue(&rows.out, one, true);
    } else {
        hm_json_open(&rows.out, '[');
        for (size_t i = 0; i < hm_catalogues_count(catalogues); i++) {
            put_catalogue(&rows.out, hm_catalogues_at(catalogues, i), false);
        }
        hm_json_close(&rows.out, ']');
    }
    enum hm_status status = hm_rows_end(&rows, err);
    hm_rows_fini(&rows);
    return status;
}

static void say_rows(struct hm_grid *table, const struct hm_criterion *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hm_grid_put(table, hm_text(at[i].id));
        hm_grid_put(table, hm_text(hm_label_text(&at[i].label, table->view->lang)));
        say_rows(table, at[i].items, at[i].item_count);
    }
}

/* The catalogues by name and label, or the criteria of one. */
static enum hm_status say(const struct hm_view *view,
                          const struct hm_catalogues *catalogues,
                          const struct hm_catalogue *one,
                          struct hm_err *err)
{
    struct hm_grid table;
    hm_grid_init(&table, view, 2);
    table.most = HM_GRID_NO_CUT;
    hm_grid_put(&table, hm_text(hm_words_ui(view->words, "column.name")));
    hm_grid_put(&table, hm_text(hm_words_ui(view->words, "column.text")));
    for (size_t i = 0; one == NULL && i < hm_catalogues_count(catalogues); i++) {
        const struct hm_catalogue *at = hm_catalogues_at(catalogues, i);
        hm_grid_put(&table, hm_text(at->name));
        hm_grid_put(&table, hm_text(hm_label_text(&at->label, view->lang)));
    }
    for (size_t i = 0; one != NULL && i < one->unit_count; i++) {
        say_rows(&table, one->units[i].at, one->units[i].count);
    }
    enum hm_status status = hm_grid_end(&table, "list.none", err);
    hm_grid_fini(&table);
    return status;
}

enum hm_status hm_api_catalogues(const struct hm_view *view,
                                 const struct hm_catalogues *catalogues,
                                 const char *name,
                                 struct hm_err *err)
{
    const struct hm_catalogue *one =
        name == NULL ? NULL : hm_catalogues_find(catalogues, hm_text(name));
    if (name != NULL && one == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "catalogue-unknown", name, NULL, NULL);
    }
    return view->json ? put_json(view, catalogues, one, err)
                      : say(view, catalogues, one, err);
}
