/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <string.h>

#include "hamlet/base/assert.h"

enum hm_status hm_load_fail(const struct hm_load *load,
                            const char *key,
                            const char *who,
                            const char *what)
{
    enum hm_status status = hm_arena_status(load->arena, load->err);
    if (status != HM_OK) {
        return status; /* a text that could not be kept is not the file's fault */
    }
    return hm_fail(load->err, HM_BAD_INPUT, key, load->file, who, what);
}

const char *hm_load_keep(const struct hm_load *load, const char *text)
{
    const char *kept = hm_arena_copy_text(load->arena, hm_text(text));
    return kept == NULL ? "" : kept;
}

static const struct hm_json **place_of(struct hm_load_found *found, const char *name)
{
    for (size_t i = 0; i < found->count; i++) {
        const char *row = found->rows[i].name;
        if (row[0] == name[0] && strcmp(row, name) == 0) {
            return &found->at[i];
        }
    }
    return NULL;
}

enum hm_status hm_load_find(const struct hm_load *load,
                            struct hm_load_found *found,
                            const struct hm_load_row *rows,
                            size_t count,
                            const struct hm_json *object,
                            const char *who)
{
    HM_ASSERT(count <= HM_LOAD_ROWS_MAX);
    *found = (struct hm_load_found){.rows = rows, .count = count};
    if (!hm_json_is(object, HM_JSON_OBJECT)) {
        return hm_load_fail(load, "kind-value", who, "{}");
    }
    for (const struct hm_json *at = hm_json_first(object); at != NULL;
         at = hm_json_next(at)) {
        const struct hm_json **place = place_of(found, hm_json_name(at));
        if (place == NULL) {
            return hm_load_fail(load, "kind-attribute", who, hm_json_name(at));
        }
        if (!hm_json_is(at, rows[place - found->at].json)) {
            return hm_load_fail(load, "kind-value", who, hm_json_name(at));
        }
        *place = at;
    }
    return HM_OK;
}

enum hm_status hm_load_check(const struct hm_load *load,
                             const struct hm_load_found *found,
                             enum hm_load_place place,
                             unsigned type,
                             const char *who)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct hm_load_row *row = &found->rows[i];
        bool may =
            (row->places & place) != 0 && (row->types == 0 || (row->types & type) != 0);
        bool must = (row->needed & place) != 0 || (row->typed & type) != 0;
        if (found->at[i] == NULL ? must : !may) {
            return hm_load_fail(load, must ? "kind-missing" : "kind-attribute", who,
                                row->name);
        }
    }
    return HM_OK;
}

enum hm_status hm_load_part(const struct hm_load *load,
                            struct hm_load_found *found,
                            const struct hm_load_row *rows,
                            size_t count,
                            const struct hm_json *object,
                            const char *who)
{
    enum hm_status status = hm_load_find(load, found, rows, count, object, who);
    return status == HM_OK ? hm_load_check(load, found, HM_LOAD_PART, 0, who) : status;
}

enum { LABEL_VI, LABEL_EN, LABEL_ROWS };
static const struct hm_load_row label_rows[LABEL_ROWS] = {
    [LABEL_VI] = {"vi", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART},
    [LABEL_EN] = {"en", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART},
};

enum hm_status hm_load_label(const struct hm_load *load,
                             struct hm_label *label,
                             const struct hm_json *json,
                             const char *who)
{
    if (json == NULL) {
        return HM_OK;
    }
    struct hm_load_found found;
    enum hm_status status = hm_load_part(load, &found, label_rows, LABEL_ROWS, json, who);
    if (status != HM_OK) {
        return status;
    }
    label->vi = hm_load_keep(load, hm_json_chars(found.at[LABEL_VI]));
    label->en = hm_load_keep(load, hm_json_chars(found.at[LABEL_EN]));
    if (label->vi[0] == '\0' || label->en[0] == '\0') {
        return hm_load_fail(load, "kind-value", who, "vi, en");
    }
    return HM_OK;
}

enum hm_status hm_load_texts(const struct hm_load *load,
                             const char *const **texts,
                             size_t *count,
                             const struct hm_json *json,
                             const char *who)
{
    size_t n = 0;
    const char **made =
        hm_arena_get_array(load->arena, hm_json_count(json), sizeof(*made));
    if (made == NULL) {
        return hm_arena_status(load->arena, load->err);
    }
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        const char *text = hm_json_chars(at);
        if (text == NULL || text[0] == '\0') {
            return hm_load_fail(load, "kind-value", who, "[]");
        }
        made[n++] = hm_load_keep(load, text);
    }
    *texts = made;
    *count = n;
    return HM_OK;
}

enum { CHOICE_VALUE, CHOICE_LABEL, CHOICE_ALSO, CHOICE_ROWS };
static const struct hm_load_row choice_rows[CHOICE_ROWS] = {
    [CHOICE_VALUE] = {"value", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART},
    [CHOICE_LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART},
    [CHOICE_ALSO] = {"also", HM_JSON_LIST, HM_LOAD_PART, 0},
};

static enum hm_status choice(const struct hm_load *load,
                             struct hm_choice *made,
                             const struct hm_json *json,
                             const char *who)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, choice_rows, CHOICE_ROWS, json, who);
    if (status == HM_OK) {
        made->value = hm_load_keep(load, hm_json_chars(found.at[CHOICE_VALUE]));
        status = hm_load_label(load, &made->label, found.at[CHOICE_LABEL], who);
    }
    if (status == HM_OK) {
        status = hm_load_texts(load, &made->also, &made->also_count,
                               found.at[CHOICE_ALSO], who);
    }
    if (status == HM_OK && !hm_load_is_name(made->value)) {
        status = hm_load_fail(load, "kind-name", who, made->value);
    }
    return status;
}

enum hm_status hm_load_choices(const struct hm_load *load,
                               struct hm_choices *choices,
                               const struct hm_json *json,
                               const char *who)
{
    struct hm_choice *made =
        hm_arena_get_array(load->arena, hm_json_count(json), sizeof(*made));
    struct hm_choices read = {made, 0};
    enum hm_status status = hm_arena_status(load->arena, load->err);
    for (const struct hm_json *at = hm_json_first(json); status == HM_OK && at != NULL;
         at = hm_json_next(at)) {
        struct hm_choice *next = &made[read.count];
        status = choice(load, next, at, who);
        if (status == HM_OK && hm_choices_find(&read, hm_text(next->value)) != NULL) {
            status = hm_load_fail(load, "kind-twice", who, next->value);
        }
        read.count++;
    }
    if (status == HM_OK && read.count == 0) {
        status = hm_load_fail(load, "kind-value", who, "values");
    }
    if (status == HM_OK) {
        *choices = read;
    }
    return status;
}

enum hm_status hm_load_booleans(const struct hm_load *load,
                                struct hm_choices *choices,
                                const struct hm_json *json,
                                const char *who)
{
    struct hm_choices read = {NULL, 0};
    enum hm_status status = hm_load_choices(load, &read, json, who);
    if (status != HM_OK) {
        return status;
    }
    if (read.count != 2 || hm_choices_find(&read, hm_text("true")) == NULL ||
        hm_choices_find(&read, hm_text("false")) == NULL) {
        return hm_load_fail(load, "kind-value", who, "true, false");
    }
    *choices = read;
    return HM_OK;
}

enum hm_status hm_load_roles(const struct hm_load *load,
                             uint16_t *roles,
                             const struct hm_json *json,
                             const char *who)
{
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        enum hm_role role = HM_ROLE_COUNT;
        if (!hm_role_find(&role, hm_json_text_or(at, HM_NO_BYTES))) {
            return hm_load_fail(load, "kind-role", who, hm_json_chars(at));
        }
        *roles = (uint16_t)(*roles | 1U << role);
    }
    return *roles == 0 ? hm_load_fail(load, "kind-value", who, "[]") : HM_OK;
}

bool hm_load_is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length > 0 && length <= HM_LOAD_NAME_MAX && name[length] == '\0' &&
           name[0] >= 'a' && name[0] <= 'z';
}

enum {
    SHARED_BOOLEAN,
    SHARED_DATE,
    SHARED_STROKES,
    SHARED_PRIVATE,
    SHARED_ORDINAL,
    SHARED_TOTAL,
    SHARED_REASONS,
    SHARED_ROWS
};
static const struct hm_load_row shared_rows[SHARED_ROWS] = {
    [SHARED_BOOLEAN] = {"boolean", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART},
    [SHARED_DATE] = {"date", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART},
    [SHARED_STROKES] = {"strokes", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART},
    [SHARED_PRIVATE] = {"private", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART},
    [SHARED_ORDINAL] = {"ordinal", HM_JSON_LIST, HM_LOAD_PART},
    [SHARED_TOTAL] = {"sums", HM_JSON_LIST, HM_LOAD_PART},
    [SHARED_REASONS] = {"reasons", HM_JSON_LIST, HM_LOAD_PART},
};

enum hm_status hm_load_shared(const struct hm_load *load,
                              struct hm_field_shared *shared,
                              const struct hm_json *json)
{
    static const char who[] = "shared";
    struct hm_field_shared read = {.date_words = NULL};
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, shared_rows, SHARED_ROWS, json, who);
    if (status == HM_OK) {
        status = hm_load_booleans(load, &read.boolean, found.at[SHARED_BOOLEAN], who);
    }
    if (status == HM_OK) {
        status = hm_load_texts(load, &read.date_words, &read.date_word_count,
                               found.at[SHARED_DATE], who);
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &read.strokes, found.at[SHARED_STROKES], who);
    }
    if (status == HM_OK && found.at[SHARED_ORDINAL] != NULL) {
        status = hm_load_texts(load, &read.ordinal_words, &read.ordinal_word_count,
                               found.at[SHARED_ORDINAL], who);
    }
    if (status == HM_OK && found.at[SHARED_TOTAL] != NULL) {
        status = hm_load_texts(load, &read.total_words, &read.total_word_count,
                               found.at[SHARED_TOTAL], who);
    }
    if (status == HM_OK && found.at[SHARED_REASONS] != NULL) {
        status = hm_load_choices(load, &read.reasons, found.at[SHARED_REASONS], who);
    }
    if (status == HM_OK) {
        status = hm_load_private(load, &read, found.at[SHARED_PRIVATE]);
    }
    if (status == HM_OK) {
        *shared = read;
    }
    return status;
}
