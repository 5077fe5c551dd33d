/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/base/json_write.h"
#include "hamlet/model/value.h"
#include "hamlet/record/field.h"

#include "date.h"

struct form {
    bool data; /* for files and programs: the language does not matter */
    enum hm_lang lang;
};

static void show(struct hm_buf *out,
                 const struct hm_field *field,
                 struct hm_bytes value,
                 struct form form);

/* Thousands apart, as the language writes them; years and numbers of sheets are not. */
static void show_integer(struct hm_buf *out,
                         const struct hm_field *field,
                         int64_t number,
                         struct form form)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%" PRId64, number);
    bool plain = field->plain || form.data;
    for (int i = 0; i < length; i++) {
        bool inside = i > 0 && text[i - 1] != '-';
        if (!plain && inside && (length - i) % 3 == 0) {
            hm_buf_put_byte(out, form.lang == HM_LANG_VI ? '.' : ',');
        }
        hm_buf_put_byte(out, (uint8_t)text[i]);
    }
}

static void show_choice(struct hm_buf *out,
                        const struct hm_choices *choices,
                        struct hm_bytes value,
                        struct form form)
{
    const struct hm_choice *choice = hm_choices_find(choices, value);
    if (choice == NULL || form.data) {
        hm_buf_put_bytes(out, value);
    } else {
        hm_buf_put_text(out, hm_label_text(&choice->label, form.lang));
    }
}

static void show_boolean(struct hm_buf *out,
                         const struct hm_field *field,
                         bool value,
                         struct form form)
{
    const struct hm_choices *choices =
        field->choices.count > 0 ? &field->choices : &field->shared->boolean;
    show_choice(out, choices, hm_text(value ? "true" : "false"), form);
}

static void show_set(struct hm_buf *out,
                     const struct hm_field *field,
                     struct hm_bytes value,
                     struct form form)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    const char *between = "";
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &item)) {
        hm_buf_put_text(out, between);
        show_choice(out, &field->choices, hm_value_text_or(item, HM_NO_BYTES), form);
        between = form.data ? ";" : "; ";
    }
}

static void show_list(struct hm_buf *out,
                      const struct hm_field *field,
                      struct hm_bytes value,
                      struct form form)
{
    struct hm_value_each each;
    struct hm_json_write json;
    struct hm_bytes name;
    struct hm_bytes item;
    const char *between = "";
    if (form.data) {
        hm_json_write_init(&json, out);
        hm_value_to_json(&json, value);
        return;
    }
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &item)) {
        hm_buf_put_text(out, between);
        show(out, field->item, item, form);
        between = "; ";
    }
}

/* In the order of the form, not in that of the names. */
static void show_object(struct hm_buf *out,
                        const struct hm_field *field,
                        struct hm_bytes value,
                        struct form form)
{
    const char *between = "";
    for (size_t i = 0; i < field->members.count; i++) {
        const struct hm_field *member = field->members.at[i];
        struct hm_bytes at = hm_value_member(value, hm_text(member->name));
        if (at.size > 0) {
            hm_buf_put_text(out, between);
            hm_buf_put_text(out, hm_label_text(&member->label, form.lang));
            hm_buf_put_text(out, ": ");
            show(out, member, at, form);
            between = ", ";
        }
    }
}

static void show_strokes(struct hm_buf *out,
                         const struct hm_field *field,
                         struct hm_bytes text,
                         struct form form)
{
    const struct hm_label *label = &field->shared->strokes;
    if (form.data) {
        hm_buf_put_bytes(out, text);
    } else if (label->vi != NULL) {
        hm_buf_put_text(out, hm_label_text(label, form.lang));
    }
}

static void show(struct hm_buf *out,
                 const struct hm_field *field,
                 struct hm_bytes value,
                 struct form form)
{
    enum hm_value_tag tag = hm_value_tag(value);
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    if (tag == HM_VALUE_NULL || tag == HM_VALUE_NONE) {
        return;
    }
    switch (field->type) {
    case HM_FIELD_TYPE_INTEGER:
        show_integer(out, field, hm_value_int_or(value, 0), form);
        break;
    case HM_FIELD_TYPE_BOOLEAN:
        show_boolean(out, field, tag == HM_VALUE_TRUE, form);
        break;
    case HM_FIELD_TYPE_DATE:
    case HM_FIELD_TYPE_PARTIAL_DATE:
        if (form.data) {
            hm_buf_put_bytes(out, text);
        } else {
            hm_date_show(out, text);
        }
        break;
    case HM_FIELD_TYPE_ENUM:
        show_choice(out, &field->choices, text, form);
        break;
    case HM_FIELD_TYPE_SET:
        show_set(out, field, value, form);
        break;
    case HM_FIELD_TYPE_LIST:
        show_list(out, field, value, form);
        break;
    case HM_FIELD_TYPE_OBJECT:
        show_object(out, field, value, form);
        break;
    case HM_FIELD_TYPE_STROKES:
        show_strokes(out, field, text, form);
        break;
    default: /* texts and references are what they are */
        hm_buf_put_bytes(out, text);
    }
}

void hm_field_show(struct hm_buf *out,
                   const struct hm_field *field,
                   struct hm_bytes value,
                   enum hm_lang lang)
{
    show(out, field, value, (struct form){.lang = lang});
}

void hm_field_write(struct hm_buf *out,
                    const struct hm_field *field,
                    struct hm_bytes value)
{
    show(out, field, value, (struct form){.data = true});
}
