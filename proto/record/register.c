/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/register.h"

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"

#include "read.h"

struct hm_bytes hm_register_field(struct hm_bytes value, const struct hm_field *field)
{
    if (field->reg != NULL && field->reg->group) {
        return hm_value_member(value, hm_text(field->name));
    }
    return hm_value_tag(value) == HM_VALUE_NULL ? HM_NO_BYTES : value;
}

/* Members of what stands and of the kind together, ascending by name. */
struct merging {
    const struct hm_kind_register *reg;
    const struct hm_kind_values *values;
    struct hm_bytes shown;
    struct hm_bytes name; /* of the last one; no bytes before the first */
};

static bool is_next(const struct merging *merging,
                    struct hm_bytes name,
                    struct hm_bytes least)
{
    return hm_bytes_compare(name, merging->name) > 0 &&
           (least.size == 0 || hm_bytes_compare(name, least) < 0);
}

static bool advance(struct merging *merging)
{
    struct hm_value_each each;
    struct hm_bytes least = HM_NO_BYTES;
    struct hm_bytes name;
    struct hm_bytes value;
    for (size_t i = 0; i < merging->reg->fields.count; i++) {
        name = hm_text(merging->reg->fields.at[i]->name);
        least = is_next(merging, name, least) ? name : least;
    }
    hm_value_each_init(&each, merging->shown);
    while (each.object && hm_value_each_next(&each, &name, &value)) {
        least = is_next(merging, name, least) ? name : least;
    }
    merging->name = least;
    return least.size > 0;
}

/* The new value of the member that stands at `merging`; null or no bytes: cleared. */
static struct hm_bytes member_value(const struct merging *merging)
{
    const struct hm_field *field =
        hm_field_list_find(&merging->reg->fields, merging->name);
    struct hm_bytes value = HM_NO_BYTES;
    if (field != NULL) {
        value = merging->values->get(merging->values->ctx, field);
    }
    return value.size > 0 ? value : hm_value_member(merging->shown, merging->name);
}

static bool is_empty(struct hm_bytes value)
{
    return value.size == 0 || hm_value_tag(value) == HM_VALUE_NULL;
}

static void put_group(struct hm_buf *out,
                      const struct hm_kind_register *reg,
                      struct hm_bytes shown,
                      const struct hm_kind_values *values)
{
    const struct merging start = {reg, values, shown, HM_NO_BYTES};
    struct merging merging = start;
    size_t count = 0;
    while (advance(&merging)) {
        count += !is_empty(member_value(&merging));
    }
    if (count == 0) {
        hm_value_put_null(out);
        return;
    }
    hm_value_put_object(out, count);
    merging = start;
    while (advance(&merging)) {
        struct hm_bytes value = member_value(&merging);
        if (!is_empty(value)) {
            hm_value_put_name(out, merging.name);
            hm_buf_put_bytes(out, value);
        }
    }
}

void hm_register_put(struct hm_buf *out,
                     const struct hm_kind_register *reg,
                     struct hm_bytes shown,
                     const struct hm_kind_values *values)
{
    if (reg->group) {
        put_group(out, reg, shown, values);
        return;
    }
    struct hm_bytes value = values->get(values->ctx, reg->fields.at[0]);
    value = value.size > 0 ? value : shown;
    if (is_empty(value)) {
        hm_value_put_null(out);
    } else {
        hm_buf_put_bytes(out, value);
    }
}

enum hm_status hm_register_read_json(const struct hm_kind_register *reg,
                                     const struct hm_json *json,
                                     struct hm_buf *out,
                                     struct hm_err *err)
{
    struct hm_buf made;
    if (!reg->group) {
        return hm_field_read_json(reg->fields.at[0], json, out, err);
    }
    if (!hm_json_is(json, HM_JSON_NULL) && !hm_json_is(json, HM_JSON_OBJECT)) {
        return hm_fail(err, HM_BAD_INPUT, "field-object", reg->name, NULL, NULL);
    }
    hm_buf_init(&made, HM_FIELD_BYTES_MAX);
    enum hm_status status =
        hm_read_object(&reg->fields, json, reg->name, true, &made, err);
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

bool hm_register_valid(const struct hm_kind_register *reg, struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes at;
    if (!reg->group) {
        return hm_field_valid(reg->fields.at[0], value);
    }
    if (hm_value_tag(value) != HM_VALUE_OBJECT) {
        return false;
    }
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &at)) {
        const struct hm_field *member = hm_field_list_find(&reg->fields, name);
        if (member != NULL && !hm_field_valid(member, at)) {
            return false;
        }
    }
    return true;
}

bool hm_register_complete(const struct hm_kind_register *reg, struct hm_bytes value)
{
    for (size_t i = 0; i < reg->fields.count; i++) {
        const struct hm_field *field = reg->fields.at[i];
        if (field->required && is_empty(hm_register_field(value, field))) {
            return false;
        }
    }
    return true;
}
