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

static enum hm_status fail_map(const char *key, struct hm_bytes what, struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    hm_api_argument(text, what);
    return hm_fail(err, HM_BAD_INPUT, key, text, NULL, NULL);
}

/* "column=field": the last `=` parts them, for a title may hold one. */
static struct hm_bytes mapped_title(const char *map)
{
    const char *equals = strrchr(map, '=');
    return (struct hm_bytes){(const uint8_t *)map,
                             equals == NULL ? 0 : (size_t)(equals - map)};
}

/* The column of this title, the last one that is exactly so; `count`: there is none. */
static size_t titled(struct hm_bytes title, const struct hm_bytes *at, size_t count)
{
    size_t found = count;
    for (size_t i = count; i-- > 0;) {
        bool same = hm_bytes_equal(title, at[i]);
        if (same || (found == count && alike(title, at[i]))) {
            found = i;
        }
    }
    return found;
}

static enum hm_status apply_map(struct hm_columns *columns,
                                const struct hm_kind *kind,
                                const char *map,
                                struct hm_err *err)
{
    const char *equals = strrchr(map, '=');
    if (equals == NULL) {
        return hm_fail(err, HM_USAGE, "map-form", map, NULL, NULL);
    }
    const char *field = hm_field_named(kind, hm_text(equals + 1));
    if (field == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "field-unknown", equals + 1, kind->name, NULL);
    }
    size_t found = titled(mapped_title(map), columns->titles, columns->count);
    if (found == columns->count) {
        return fail_map("map-column", mapped_title(map), err);
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

/* A cell over many columns has one title for all: only different fields count. */
size_t hm_columns_guess(const struct hm_titles *titles,
                        const struct hm_import *import,
                        const struct hm_bytes *at,
                        size_t count)
{
    const char *fields[HM_TABLE_COLUMNS_MAX];
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const char *field = at[i].size == 0 ? NULL : hm_title_means(titles, at[i]).field;
        size_t k = 0;
        while (field != NULL && k < found && strcmp(fields[k], field) != 0) {
            k++;
        }
        if (field != NULL && k == found) {
            fields[found++] = field;
        }
    }
    for (size_t i = 0; i < import->map_count; i++) {
        size_t column = titled(mapped_title(import->maps[i]), at, count);
        found += column < count && hm_title_means(titles, at[column]).field == NULL;
    }
    return found;
}

/* What was not mapped by hand. A field that was is not looked for any more. */
static enum hm_status find_column(struct hm_columns *columns,
                                  const struct hm_titles *titles,
                                  size_t at,
                                  bool by_hand,
                                  struct hm_err *err)
{
    struct hm_meaning meaning = hm_title_means(titles, columns->titles[at]);
    bool had = by_hand && meaning.field != NULL && taken(columns, meaning.field);
    bool other_had = by_hand && meaning.other != NULL && taken(columns, meaning.other);
    if (meaning.other != NULL && !had && !other_had) {
        char title[HM_ERR_ARG_MAX];
        hm_api_argument(title, columns->titles[at]);
        return hm_fail(err, HM_BAD_INPUT, "column-which", title, meaning.field,
                       meaning.other);
    }
    if (had) {
        meaning.field = other_had ? NULL : meaning.other;
    }
    columns->ordinal[at] = meaning.ordinal;
    columns->fields[at] = meaning.field == NULL ? HM_NO_BYTES : hm_text(meaning.field);
    return HM_OK;
}

enum hm_status hm_columns_find(struct hm_columns *columns,
                               const struct hm_titles *titles,
                               const struct hm_import *import,
                               const struct hm_bytes *at,
                               size_t count,
                               struct hm_err *err)
{
    bool by_hand[HM_TABLE_COLUMNS_MAX] = {false};
    enum hm_status status = HM_OK;
    *columns = (struct hm_columns){.count = count};
    for (size_t i = 0; i < count; i++) {
        if (!hm_utf8_valid(at[i])) {
            return hm_fail(err, HM_BAD_INPUT, "csv-encoding", NULL, NULL, NULL);
        }
        columns->titles[i] = at[i];
    }
    for (size_t i = 0; i < import->map_count && status == HM_OK; i++) {
        status = apply_map(columns, titles->kind, import->maps[i], err);
    }
    for (size_t i = 0; i < count; i++) {
        by_hand[i] = columns->fields[i].size > 0;
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!by_hand[i]) {
            status = find_column(columns, titles, i, import->map_count > 0, err);
        }
    }
    for (size_t i = 0; i < count; i++) {
        columns->at[i] = hm_kind_field(titles->kind, columns->fields[i]);
    }
    return status != HM_OK ? status : check_columns(columns, err);
}
