/* SPDX-License-Identifier: Apache-2.0 */
#include "import_columns.h"

#include <string.h>

#include "hamlet/base/json_scan.h"
#include "hamlet/text/fold.h"

/* Whether two texts are the same to somebody who types without marks. */
static bool alike(struct hm_bytes a, struct hm_bytes b)
{
    struct hm_buf x;
    struct hm_buf y;
    hm_buf_init(&x, HM_VALUE_BYTES_MAX);
    hm_buf_init(&y, HM_VALUE_BYTES_MAX);
    hm_text_fold(&x, a);
    hm_text_fold(&y, b);
    bool same = x.failed == HM_OK && y.failed == HM_OK && x.size > 0 &&
                hm_bytes_equal(hm_buf_bytes(&x), hm_buf_bytes(&y));
    hm_buf_fini(&y);
    hm_buf_fini(&x);
    return same;
}

static const char *field_named(const struct hm_kind *kind, struct hm_bytes name)
{
    const struct hm_field *field = hm_kind_field(kind, name);
    if (field != NULL) {
        return field->name;
    }
    return hm_bytes_are(name, "id") ? "id" : hm_bytes_are(name, "unit") ? "unit" : NULL;
}

/* The field that a title means; null: none. A name counts before any label. */
static const char *field_titled(const struct hm_view *view,
                                const struct hm_kind *kind,
                                struct hm_bytes title)
{
    static const char *const others[] = {"id", "unit"};
    const char *found = field_named(kind, title);
    for (size_t i = 0; found == NULL && i < kind->field_count; i++) {
        const struct hm_field *field = &kind->fields[i];
        if (alike(title, hm_text(field->name)) ||
            alike(title, hm_text(field->label.vi)) ||
            alike(title, hm_text(field->label.en))) {
            found = field->name;
        }
    }
    for (size_t i = 0; found == NULL && i < sizeof(others) / sizeof(others[0]); i++) {
        const char *word = hm_words_ui(view->words, i == 0 ? "column.id" : "column.unit");
        found = alike(title, hm_text(others[i])) || alike(title, hm_text(word))
                    ? others[i]
                    : NULL;
    }
    return found;
}

static enum hm_status fail_map(const char *key, struct hm_bytes what, struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    hm_api_argument(text, what);
    return hm_fail(err, HM_BAD_INPUT, key, text, NULL, NULL);
}

/* "column=field": the last `=` parts them, for a title may hold one. */
static enum hm_status apply_map(struct hm_columns *columns,
                                const struct hm_kind *kind,
                                const char *map,
                                struct hm_err *err)
{
    const char *equals = strrchr(map, '=');
    if (equals == NULL) {
        return hm_fail(err, HM_USAGE, "map-form", map, NULL, NULL);
    }
    struct hm_bytes title = {(const uint8_t *)map, (size_t)(equals - map)};
    const char *field = field_named(kind, hm_text(equals + 1));
    size_t found = columns->count;
    if (field == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "field-unknown", equals + 1, kind->name, NULL);
    }
    for (size_t i = columns->count; i-- > 0;) {
        bool same = hm_bytes_equal(title, columns->titles[i]);
        if (same || (found == columns->count && alike(title, columns->titles[i]))) {
            found = i;
        }
    }
    if (found == columns->count) {
        return fail_map("map-column", title, err);
    }
    columns->fields[found] = hm_text(field);
    return HM_OK;
}

static bool taken(const struct hm_columns *columns, const char *field)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (hm_bytes_are(columns->fields[i], field)) {
            return true;
        }
    }
    return false;
}

static enum hm_status check_columns(const struct hm_columns *columns, struct hm_err *err)
{
    bool any = false;
    for (size_t i = 0; i < columns->count; i++) {
        for (size_t k = 0; columns->fields[i].size > 0 && k < i; k++) {
            if (hm_bytes_equal(columns->fields[i], columns->fields[k])) {
                return fail_map("column-twice", columns->titles[i], err);
            }
        }
        any = any || columns->fields[i].size > 0;
    }
    return any ? HM_OK : hm_fail(err, HM_BAD_INPUT, "column-none", NULL, NULL, NULL);
}

enum hm_status hm_columns_find(struct hm_columns *columns,
                               const struct hm_view *view,
                               const struct hm_kind *kind,
                               const struct hm_import *import,
                               const struct hm_csv_row *row,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    enum hm_status status = HM_OK;
    *columns = (struct hm_columns){.count = row->count};
    for (size_t i = 0; i < row->count; i++) {
        struct hm_bytes title = hm_csv_unguarded(row->cells[i]);
        if (!hm_utf8_valid(title)) {
            return hm_fail(err, HM_BAD_INPUT, "csv-encoding", NULL, NULL, NULL);
        }
        columns->titles[i] = hm_arena_copy(arena, title);
    }
    for (size_t i = 0; i < import->map_count && status == HM_OK; i++) {
        status = apply_map(columns, kind, import->maps[i], err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < row->count && status == HM_OK; i++) {
        if (columns->fields[i].size > 0) {
            continue; /* mapped by hand */
        }
        const char *field = field_titled(view, kind, columns->titles[i]);
        bool by_hand = field != NULL && import->map_count > 0 && taken(columns, field);
        columns->fields[i] = field == NULL || by_hand ? HM_NO_BYTES : hm_text(field);
    }
    return status != HM_OK ? status : check_columns(columns, err);
}
