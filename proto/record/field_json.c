/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/strokes.h"

#include "read.h"

static enum hm_status read_set(const struct hm_field *field,
                               const struct hm_json *json,
                               struct hm_buf *out,
                               struct hm_err *err)
{
    uint64_t chosen = 0;
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        const struct hm_choice *choice = NULL;
        enum hm_status status =
            hm_read_choice(field, hm_json_text_or(at, HM_NO_BYTES), &choice, err);
        if (status != HM_OK) {
            return status;
        }
        chosen |= UINT64_C(1) << (choice - field->choices.at);
    }
    hm_read_put_set(field, chosen, out);
    return HM_OK;
}

/* One value after the other into `items`; empty ones vanish. */
static enum hm_status read_items(const struct hm_field *field,
                                 const struct hm_json *json,
                                 struct hm_buf *items,
                                 size_t *count,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_buf item;
    const struct hm_json *at = hm_json_first(json);
    hm_buf_init(&item, HM_FIELD_BYTES_MAX);
    for (; status == HM_OK && at != NULL; at = hm_json_next(at)) {
        hm_buf_clear(&item);
        status = hm_field_read_json(field->item, at, &item, err);
        if (status == HM_OK && hm_value_tag(hm_buf_bytes(&item)) != HM_VALUE_NULL) {
            hm_buf_put_bytes(items, hm_buf_bytes(&item));
            (*count)++;
        }
    }
    hm_buf_fini(&item);
    return status == HM_OK ? hm_buf_status(items, err) : status;
}

static enum hm_status read_list(const struct hm_field *field,
                                const struct hm_json *json,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    size_t count = 0;
    struct hm_buf items;
    hm_buf_init(&items, HM_FIELD_BYTES_MAX);
    enum hm_status status = read_items(field, json, &items, &count, err);
    if (status == HM_OK && count > (size_t)field->max) {
        status = hm_read_too_long(field, count, err);
    }
    if (status == HM_OK && count == 0) {
        hm_value_put_null(out);
    } else if (status == HM_OK) {
        hm_value_put_list(out, count);
        hm_buf_put_bytes(out, hm_buf_bytes(&items));
    }
    hm_buf_fini(&items);
    return status;
}

static enum hm_status read_strokes(const struct hm_field *field,
                                   const struct hm_json *json,
                                   struct hm_buf *out,
                                   struct hm_err *err)
{
    struct hm_buf text;
    struct hm_err cause = HM_ERR_NONE;
    hm_buf_init(&text, HM_FIELD_BYTES_MAX);
    enum hm_status status = hm_strokes_from_json(&text, json, &cause);
    if (status == HM_BAD_INPUT) {
        status = hm_read_refuse(field, err);
    } else if (status == HM_TOO_BIG || text.size > (size_t)field->max) {
        status = hm_read_too_long(field, text.size, err);
    } else if (status == HM_NO_MEMORY) {
        status = hm_fail_memory(err);
    } else if (text.size == 0) {
        hm_value_put_null(out);
    } else {
        hm_value_put_text(out, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}

/* The member with the least name above `last`; null: there is no more. */
static const struct hm_field *next_member(const struct hm_field_list *fields,
                                          const struct hm_field *last)
{
    const struct hm_field *least = NULL;
    for (size_t i = 0; i < fields->count; i++) {
        const struct hm_field *at = fields->at[i];
        struct hm_bytes name = hm_text(at->name);
        if ((last == NULL || hm_bytes_compare(name, hm_text(last->name)) > 0) &&
            (least == NULL || hm_bytes_compare(name, hm_text(least->name)) < 0)) {
            least = at;
        }
    }
    return least;
}

static enum hm_status all_known(const struct hm_field_list *fields,
                                const struct hm_json *json,
                                const char *who,
                                struct hm_err *err)
{
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        if (hm_field_list_find(fields, hm_text(hm_json_name(at))) == NULL) {
            return hm_fail(err, HM_BAD_INPUT, "field-unknown", hm_json_name(at), who,
                           NULL);
        }
    }
    return HM_OK;
}

static enum hm_status read_member(const struct hm_field *member,
                                  const struct hm_json *json,
                                  bool whole,
                                  struct hm_buf *members,
                                  size_t *count,
                                  struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_buf value;
    hm_buf_init(&value, HM_FIELD_BYTES_MAX);
    if (json == NULL) {
        hm_value_put_null(&value);
    } else {
        status = hm_field_read_json(member, json, &value, err);
    }
    bool empty = hm_value_tag(hm_buf_bytes(&value)) == HM_VALUE_NULL;
    if (status == HM_OK && empty && whole && member->required) {
        status = hm_fail(err, HM_BAD_INPUT, "field-required", member->name, NULL, NULL);
    } else if (status == HM_OK && !empty) {
        hm_value_put_name(members, hm_text(member->name));
        hm_buf_put_bytes(members, hm_buf_bytes(&value));
        (*count)++;
    }
    hm_buf_fini(&value);
    return status;
}

enum hm_status hm_read_object(const struct hm_field_list *fields,
                              const struct hm_json *json,
                              const char *who,
                              bool whole,
                              struct hm_buf *out,
                              struct hm_err *err)
{
    size_t count = 0;
    struct hm_buf members;
    hm_buf_init(&members, HM_FIELD_BYTES_MAX);
    enum hm_status status = all_known(fields, json, who, err);
    for (const struct hm_field *at = next_member(fields, NULL);
         status == HM_OK && at != NULL; at = next_member(fields, at)) {
        status =
            read_member(at, hm_json_get(json, at->name), whole, &members, &count, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&members, err);
    }
    if (status == HM_OK && count == 0) {
        hm_value_put_null(out);
    } else if (status == HM_OK) {
        hm_value_put_object(out, count);
        hm_buf_put_bytes(out, hm_buf_bytes(&members));
    }
    hm_buf_fini(&members);
    return status;
}

static enum hm_status read_value(const struct hm_field *field,
                                 const struct hm_json *json,
                                 struct hm_buf *out,
                                 struct hm_err *err)
{
    switch (hm_json_type(json)) {
    case HM_JSON_NULL:
        hm_value_put_null(out);
        return HM_OK;
    case HM_JSON_TEXT:
        return hm_field_read(field, hm_json_text_or(json, HM_NO_BYTES), out, err);
    case HM_JSON_INTEGER:
        if (field->type == HM_FIELD_TYPE_INTEGER) {
            return hm_read_integer(field, hm_json_int_or(json, 0), out, err);
        }
        break;
    case HM_JSON_BOOL:
        if (field->type == HM_FIELD_TYPE_BOOLEAN) {
            hm_value_put_bool(out, hm_json_bool_or(json, false));
            return HM_OK;
        }
        break;
    case HM_JSON_LIST:
        if (field->type == HM_FIELD_TYPE_SET) {
            return read_set(field, json, out, err);
        }
        if (field->type == HM_FIELD_TYPE_LIST) {
            return read_list(field, json, out, err);
        }
        if (field->type == HM_FIELD_TYPE_STROKES) {
            return read_strokes(field, json, out, err);
        }
        break;
    case HM_JSON_OBJECT:
        if (field->type == HM_FIELD_TYPE_OBJECT) {
            return hm_read_object(&field->members, json, field->name, true, out, err);
        }
        break;
    }
    return hm_read_refuse(field, err);
}

enum hm_status hm_field_read_json(const struct hm_field *field,
                                  const struct hm_json *json,
                                  struct hm_buf *out,
                                  struct hm_err *err)
{
    struct hm_buf made;
    hm_buf_init(&made, HM_FIELD_BYTES_MAX);
    enum hm_status status = read_value(field, json, &made, err);
    if (status == HM_OK) {
        status = hm_buf_status(&made, err);
    }
    if (status == HM_OK) {
        hm_buf_put_bytes(out, hm_buf_bytes(&made));
        status = hm_buf_status(out, err);
    }
    hm_buf_fini(&made);
    return status;
}
