/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "load.h"

#define BIT(type) (1U << HM_FIELD_TYPE_##type)

/* Types that hold one value: what keys and members may be. */
#define SINGLE                                                                           \
    (BIT(TEXT) | BIT(INTEGER) | BIT(BOOLEAN) | BIT(DATE) | BIT(PARTIAL_DATE) |           \
     BIT(ENUM) | BIT(REF))
#define LIMITED (BIT(TEXT) | BIT(INTEGER) | BIT(LIST) | BIT(STROKES))
#define CHOSEN  (BIT(ENUM) | BIT(SET))

enum { NAMED = HM_LOAD_FIELD | HM_LOAD_MEMBER, ANY = NAMED | HM_LOAD_ITEM };

/* What a value can hold: 32 KiB, of text in characters of up to four bytes. */
enum {
    TEXT_MAX = 8000,
    LIST_MAX = 1000,
    STROKES_MAX = 32000,
    MEMBERS_MAX = 40,
    WIDTH_MAX = 20
};

enum {
    NAME,
    TYPE,
    LABEL,
    HELP,
    WARN,
    ALSO,
    REQUIRED,
    WRITE,
    MIN,
    MAX,
    LINES,
    PLAIN,
    WIDTH,
    VALUES,
    KIND,
    ITEM,
    FIELDS,
    ROWS
};
static const struct hm_load_row rows[ROWS] = {
    [NAME] = {"name", HM_JSON_TEXT, NAMED, NAMED, 0, 0},
    [TYPE] = {"type", HM_JSON_TEXT, ANY, ANY, 0, 0},
    [LABEL] = {"label", HM_JSON_OBJECT, NAMED, NAMED, 0, 0},
    [HELP] = {"help", HM_JSON_OBJECT, NAMED, 0, 0, 0},
    [WARN] = {"warn", HM_JSON_OBJECT, NAMED, 0, 0, 0},
    [ALSO] = {"also", HM_JSON_LIST, HM_LOAD_FIELD, 0, 0, 0},
    [REQUIRED] = {"required", HM_JSON_BOOL, NAMED, 0, 0, 0},
    [WRITE] = {"write", HM_JSON_LIST, HM_LOAD_FIELD, 0, 0, 0},
    [MIN] = {"min", HM_JSON_INTEGER, ANY, 0, BIT(INTEGER), BIT(INTEGER)},
    [MAX] = {"max", HM_JSON_INTEGER, ANY, 0, LIMITED, LIMITED},
    [LINES] = {"lines", HM_JSON_BOOL, ANY, 0, BIT(TEXT), 0},
    [PLAIN] = {"plain", HM_JSON_BOOL, ANY, 0, BIT(INTEGER), 0},
    [WIDTH] = {"width", HM_JSON_INTEGER, HM_LOAD_FIELD, 0, BIT(TEXT), 0},
    [VALUES] = {"values", HM_JSON_LIST, ANY, 0, CHOSEN | BIT(BOOLEAN), CHOSEN},
    [KIND] = {"kind", HM_JSON_TEXT, ANY, 0, BIT(REF), BIT(REF)},
    [ITEM] = {"item", HM_JSON_OBJECT, ANY, 0, BIT(LIST), BIT(LIST)},
    [FIELDS] = {"fields", HM_JSON_LIST, ANY, 0, BIT(OBJECT), BIT(OBJECT)},
};

bool hm_load_is_single(enum hm_field_type type)
{
    return (1U << type & SINGLE) != 0;
}

/* In which places each type may stand. */
static unsigned places_of(enum hm_field_type type)
{
    if (hm_load_is_single(type)) {
        return ANY;
    }
    return type == HM_FIELD_TYPE_OBJECT ? HM_LOAD_ITEM : HM_LOAD_FIELD;
}

static enum hm_status read_type(const struct hm_load *load,
                                struct hm_field *field,
                                const struct hm_load_found *found,
                                enum hm_load_place place)
{
    const char *name = hm_json_chars(found->at[TYPE]);
    if (name == NULL) {
        return hm_load_fail(load, "kind-missing", field->name, "type");
    }
    for (int i = 0; i < HM_FIELD_TYPE_COUNT; i++) {
        enum hm_field_type type = (enum hm_field_type)i;
        if (strcmp(name, hm_field_type_name(type)) == 0 &&
            (places_of(type) & place) != 0) {
            field->type = type;
            return HM_OK;
        }
    }
    return hm_load_fail(load, "kind-type", field->name, name);
}

static enum hm_status read_limits(const struct hm_load *load,
                                  struct hm_field *field,
                                  const struct hm_load_found *found)
{
    int64_t least = 1;
    int64_t most = INT64_MAX;
    field->min = hm_json_int_or(found->at[MIN], 0);
    field->max = hm_json_int_or(found->at[MAX], 0);
    int64_t width = hm_json_int_or(found->at[WIDTH], 0);
    if (width < 0 || width > WIDTH_MAX) {
        return hm_load_fail(load, "kind-value", field->name, "width");
    }
    field->width = (size_t)width;
    switch (field->type) {
    case HM_FIELD_TYPE_TEXT:
        most = TEXT_MAX;
        break;
    case HM_FIELD_TYPE_LIST:
        most = LIST_MAX;
        break;
    case HM_FIELD_TYPE_STROKES:
        most = STROKES_MAX;
        break;
    case HM_FIELD_TYPE_INTEGER:
        least = field->min;
        break;
    default:
        return HM_OK;
    }
    return field->max < least || field->max > most
               ? hm_load_fail(load, "kind-value", field->name, "max")
               : HM_OK;
}

static enum hm_status read_field(const struct hm_load *load,
                                 struct hm_field *field,
                                 const struct hm_json *json,
                                 enum hm_load_place place,
                                 const char *who);

static enum hm_status read_item(const struct hm_load *load,
                                struct hm_field *field,
                                const struct hm_json *json)
{
    struct hm_field *item = hm_arena_get(load->arena, sizeof(*item));
    if (item == NULL) {
        return hm_arena_status(load->arena, load->err);
    }
    field->item = item;
    return read_field(load, item, json, HM_LOAD_ITEM, field->name);
}

static enum hm_status read_members(const struct hm_load *load,
                                   struct hm_field *field,
                                   const struct hm_json *json)
{
    struct hm_field *members = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_load_fields(load, &members, &count, json, HM_LOAD_MEMBER, field->name);
    return status == HM_OK ? hm_load_list(load, &field->members, members, count) : status;
}

/* The attributes that only some types have. */
static enum hm_status read_typed(const struct hm_load *load,
                                 struct hm_field *field,
                                 const struct hm_load_found *found)
{
    const struct hm_json *values = found->at[VALUES];
    field->lines = hm_json_bool_or(found->at[LINES], false);
    field->plain = hm_json_bool_or(found->at[PLAIN], false);
    switch (field->type) {
    case HM_FIELD_TYPE_SET:
        if (hm_json_count(values) > HM_FIELD_SET_MAX) {
            return hm_load_fail(load, "kind-value", field->name, "values");
        }
        return hm_load_choices(load, &field->choices, values, field->name);
    case HM_FIELD_TYPE_ENUM:
        return hm_load_choices(load, &field->choices, values, field->name);
    case HM_FIELD_TYPE_BOOLEAN:
        return values == NULL
                   ? HM_OK
                   : hm_load_booleans(load, &field->choices, values, field->name);
    case HM_FIELD_TYPE_REF:
        field->ref = hm_load_keep(load, hm_json_chars(found->at[KIND]));
        return hm_load_is_name(field->ref)
                   ? HM_OK
                   : hm_load_fail(load, "kind-name", field->name, field->ref);
    case HM_FIELD_TYPE_LIST:
        return read_item(load, field, found->at[ITEM]);
    case HM_FIELD_TYPE_OBJECT:
        return read_members(load, field, found->at[FIELDS]);
    default:
        return HM_OK;
    }
}

/* What all fields may have; an item has none of it. */
static enum hm_status read_common(const struct hm_load *load,
                                  struct hm_field *field,
                                  const struct hm_load_found *found)
{
    const struct hm_json *write = found->at[WRITE];
    field->required = hm_json_bool_or(found->at[REQUIRED], false);
    enum hm_status status =
        hm_load_label(load, &field->label, found->at[LABEL], field->name);
    if (status == HM_OK) {
        status = hm_load_label(load, &field->help, found->at[HELP], field->name);
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &field->warn, found->at[WARN], field->name);
    }
    if (status == HM_OK && found->at[ALSO] != NULL) {
        status = hm_load_texts(load, &field->also, &field->also_count, found->at[ALSO],
                               field->name);
    }
    if (status == HM_OK && write != NULL) {
        status = hm_load_roles(load, &field->writers, write, field->name);
    }
    return status;
}

/* `id` and `unit` are columns and options of their own beside every kind's fields. */
static bool reserved(const char *name, enum hm_load_place place)
{
    return place == HM_LOAD_FIELD &&
           (strcmp(name, "id") == 0 || strcmp(name, "unit") == 0);
}

static enum hm_status read_name(const struct hm_load *load,
                                struct hm_field *field,
                                const struct hm_load_found *found,
                                enum hm_load_place place,
                                const char *who)
{
    const char *name = hm_json_chars(found->at[NAME]);
    field->name = who;
    if (place == HM_LOAD_ITEM) {
        return HM_OK; /* a name here is an attribute too many, found below */
    }
    if (name == NULL) {
        return hm_load_fail(load, "kind-missing", who, "name");
    }
    field->name = hm_load_keep(load, name);
    return !hm_load_is_name(name) || reserved(name, place)
               ? hm_load_fail(load, "kind-name", who, name)
               : HM_OK;
}

static enum hm_status read_field(const struct hm_load *load,
                                 struct hm_field *field,
                                 const struct hm_json *json,
                                 enum hm_load_place place,
                                 const char *who)
{
    struct hm_load_found found;
    field->shared = load->shared;
    enum hm_status status = hm_load_find(load, &found, rows, ROWS, json, who);
    if (status == HM_OK) {
        status = read_name(load, field, &found, place, who);
    }
    if (status == HM_OK) {
        status = read_type(load, field, &found, place);
    }
    if (status == HM_OK) {
        status = hm_load_check(load, &found, place, 1U << field->type, field->name);
    }
    if (status == HM_OK) {
        status = read_common(load, field, &found);
    }
    if (status == HM_OK) {
        status = read_limits(load, field, &found);
    }
    if (status == HM_OK) {
        status = read_typed(load, field, &found);
    }
    return status;
}

enum hm_status hm_load_list(const struct hm_load *load,
                            struct hm_field_list *list,
                            const struct hm_field *fields,
                            size_t count)
{
    const struct hm_field **at =
        hm_arena_get_array(load->arena, count, sizeof(struct hm_field *));
    if (at == NULL) {
        return hm_arena_status(load->arena, load->err);
    }
    for (size_t i = 0; i < count; i++) {
        at[i] = &fields[i];
    }
    *list = (struct hm_field_list){at, count};
    return HM_OK;
}

enum hm_status hm_load_fields(const struct hm_load *load,
                              struct hm_field **fields,
                              size_t *count,
                              const struct hm_json *json,
                              enum hm_load_place place,
                              const char *who)
{
    size_t most = place == HM_LOAD_FIELD ? HM_KIND_FIELDS_MAX : MEMBERS_MAX;
    size_t n = hm_json_count(json);
    if (n == 0 || n > most) {
        return hm_load_fail(load, "kind-value", who, "fields");
    }
    struct hm_field *made = hm_arena_get_array(load->arena, n, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < n; i++, at = hm_json_next(at)) {
        status = read_field(load, &made[i], at, place, who);
        for (size_t j = 0; status == HM_OK && j < i; j++) {
            if (strcmp(made[j].name, made[i].name) == 0) {
                status = hm_load_fail(load, "kind-twice", who, made[i].name);
            }
        }
    }
    if (status == HM_OK) {
        *fields = made;
        *count = n;
    }
    return status;
}
