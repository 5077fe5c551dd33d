/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/field.h"

#include "hamlet/base/assert.h"
#include "hamlet/base/hash.h"
#include "hamlet/model/value.h"
#include "hamlet/record/strokes.h"
#include "hamlet/text/normal.h"

#include "date.h"

const char *hm_field_type_name(enum hm_field_type type)
{
    static const char *const names[] = {
#define TYPE_NAME(name, text) [HM_FIELD_TYPE_##name] = #text,
        HM_FIELD_TYPE_MAP(TYPE_NAME)
#undef TYPE_NAME
    };
    HM_ASSERT(type < HM_FIELD_TYPE_COUNT);
    return names[type];
}

const char *hm_label_text(const struct hm_label *label, enum hm_lang lang)
{
    return lang == HM_LANG_VI ? label->vi : label->en;
}

const struct hm_field *hm_field_list_find(const struct hm_field_list *fields,
                                          struct hm_bytes name)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (hm_bytes_are(name, fields->at[i]->name)) {
            return fields->at[i];
        }
    }
    return NULL;
}

const struct hm_choice *hm_choices_find(const struct hm_choices *choices,
                                        struct hm_bytes value)
{
    for (size_t i = 0; i < choices->count; i++) {
        if (hm_bytes_are(value, choices->at[i].value)) {
            return &choices->at[i];
        }
    }
    return NULL;
}

/* `~` begins what is the protocol's: a unit of that name would be the registry. */
static bool text_valid(const struct hm_field *field, struct hm_bytes text)
{
    return text.size > 0 && hm_text_is_normal(text, field->lines) &&
           hm_text_characters(text) <= (size_t)field->max &&
           !(field->key && text.data[0] == '~');
}

static bool set_valid(const struct hm_field *field, struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    struct hm_bytes last = HM_NO_BYTES;
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &item)) {
        struct hm_bytes text = hm_value_text_or(item, HM_NO_BYTES);
        if (hm_choices_find(&field->choices, text) == NULL ||
            hm_bytes_compare(last, text) >= 0) {
            return false;
        }
        last = text;
    }
    return last.size > 0;
}

static bool list_valid(const struct hm_field *field, struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    hm_value_each_init(&each, value);
    if (each.left == 0 || each.left > (size_t)field->max) {
        return false;
    }
    while (hm_value_each_next(&each, &name, &item)) {
        if (!hm_field_valid(field->item, item)) {
            return false;
        }
    }
    return true;
}

/* A member that this version does not know is a newer version's and passes. */
static bool object_valid(const struct hm_field *field, struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    size_t needed = 0;
    for (size_t i = 0; i < field->members.count; i++) {
        needed += field->members.at[i]->required;
    }
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &item)) {
        const struct hm_field *member = hm_field_list_find(&field->members, name);
        if (member != NULL && !hm_field_valid(member, item)) {
            return false;
        }
        needed -= member != NULL && member->required;
    }
    return needed == 0;
}

bool hm_field_valid(const struct hm_field *field, struct hm_bytes value)
{
    enum hm_value_tag tag = hm_value_tag(value);
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    struct hm_id id;
    int64_t number = 0;
    switch (field->type) {
    case HM_FIELD_TYPE_TEXT:
        return text_valid(field, text);
    case HM_FIELD_TYPE_INTEGER:
        number = hm_value_int_or(value, INT64_MAX);
        return number >= field->min && number <= field->max;
    case HM_FIELD_TYPE_BOOLEAN:
        return tag == HM_VALUE_TRUE || tag == HM_VALUE_FALSE;
    case HM_FIELD_TYPE_DATE:
    case HM_FIELD_TYPE_PARTIAL_DATE:
        return hm_date_valid(text, field->type == HM_FIELD_TYPE_PARTIAL_DATE);
    case HM_FIELD_TYPE_ENUM:
        return hm_choices_find(&field->choices, text) != NULL;
    case HM_FIELD_TYPE_SET:
        return tag == HM_VALUE_LIST && set_valid(field, value);
    case HM_FIELD_TYPE_LIST:
        return tag == HM_VALUE_LIST && list_valid(field, value);
    case HM_FIELD_TYPE_OBJECT:
        return tag == HM_VALUE_OBJECT && object_valid(field, value);
    case HM_FIELD_TYPE_REF:
        return hm_id_get_hex(&id, text);
    case HM_FIELD_TYPE_STROKES:
        return text.size <= (size_t)field->max && hm_strokes_valid(text);
    default:
        return false;
    }
}
