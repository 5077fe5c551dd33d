/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/value.h"

#include <string.h>

#include "hamlet/base/json_scan.h"
#include "hamlet/base/limits.h"

void hm_value_put_null(struct hm_buf *buf)
{
    hm_buf_put_byte(buf, HM_VALUE_NULL);
}

void hm_value_put_bool(struct hm_buf *buf, bool value)
{
    hm_buf_put_byte(buf, value ? HM_VALUE_TRUE : HM_VALUE_FALSE);
}

void hm_value_put_int(struct hm_buf *buf, int64_t number)
{
    hm_buf_put_byte(buf, HM_VALUE_INTEGER);
    hm_pack_int(buf, number);
}

void hm_value_put_text(struct hm_buf *buf, struct hm_bytes text)
{
    hm_buf_put_byte(buf, HM_VALUE_TEXT);
    hm_pack_bytes(buf, text);
}

void hm_value_put_list(struct hm_buf *buf, size_t count)
{
    hm_buf_put_byte(buf, HM_VALUE_LIST);
    hm_pack_uint(buf, count);
}

void hm_value_put_object(struct hm_buf *buf, size_t count)
{
    hm_buf_put_byte(buf, HM_VALUE_OBJECT);
    hm_pack_uint(buf, count);
}

void hm_value_put_name(struct hm_buf *buf, struct hm_bytes name)
{
    hm_pack_bytes(buf, name);
}

static bool text_valid(struct hm_unpack *in)
{
    struct hm_bytes text = hm_unpack_bytes(in);
    return !in->failed && hm_utf8_valid(text) &&
           (text.size == 0 || memchr(text.data, 0, text.size) == NULL);
}

/*
 * Names stand in JSON without escapes, so that equal text is an equal name; a name of one
 * tilde would make a value look withheld.
 */
static bool name_valid(struct hm_bytes name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F ||
            (c == 0xC2 && i + 1 < name.size && name.data[i + 1] < 0xA0)) {
            return false;
        }
    }
    return name.size > 0 && hm_utf8_valid(name) && !hm_bytes_are(name, "~");
}

/* Skips one value, judging it. The depth is bounded, so the recursion is. */
static bool skip(struct hm_unpack *in, size_t depth);

static bool skip_members(struct hm_unpack *in, size_t depth, bool object)
{
    size_t count = hm_unpack_count(in, object ? 2 : 1);
    struct hm_bytes last = HM_NO_BYTES;
    if (in->failed || depth == HM_VALUE_DEPTH_MAX ||
        (object && (count == 0 || count > HM_VALUE_MEMBERS_MAX))) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (object) {
            struct hm_bytes name = hm_unpack_bytes(in);
            if (in->failed || !name_valid(name) ||
                (i > 0 && hm_bytes_compare(last, name) >= 0)) {
                return false;
            }
            last = name;
        }
        if (in->at == in->end || *in->at == HM_VALUE_NULL || !skip(in, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool skip(struct hm_unpack *in, size_t depth)
{
    int64_t number = 0;
    switch (hm_unpack_byte(in)) {
    case HM_VALUE_NULL:
    case HM_VALUE_FALSE:
    case HM_VALUE_TRUE:
        return true;
    case HM_VALUE_INTEGER:
        number = hm_unpack_int(in);
        return !in->failed && number >= -HM_INTEGER_MOST && number <= HM_INTEGER_MOST;
    case HM_VALUE_TEXT:
        return text_valid(in);
    case HM_VALUE_LIST:
        return skip_members(in, depth, false);
    case HM_VALUE_OBJECT:
        return skip_members(in, depth, true);
    default:
        return false;
    }
}

bool hm_value_valid(struct hm_bytes value)
{
    struct hm_unpack in;
    hm_unpack_init(&in, value);
    return value.size <= HM_VALUE_BYTES_MAX && skip(&in, 0) && hm_unpack_done(&in);
}

struct hm_bytes hm_unpack_value(struct hm_unpack *in)
{
    const uint8_t *start = in->at;
    if (in->failed || !skip(in, 0)) {
        in->failed = true;
        in->at = in->end;
        return HM_NO_BYTES;
    }
    return (struct hm_bytes){start, (size_t)(in->at - start)};
}

enum hm_value_tag hm_value_tag(struct hm_bytes value)
{
    return value.size == 0 ? HM_VALUE_NONE : (enum hm_value_tag)value.data[0];
}

struct hm_bytes hm_value_text_or(struct hm_bytes value, struct hm_bytes other)
{
    struct hm_unpack in;
    hm_unpack_init(&in, value);
    return hm_unpack_byte(&in) == HM_VALUE_TEXT ? hm_unpack_bytes(&in) : other;
}

int64_t hm_value_int_or(struct hm_bytes value, int64_t other)
{
    struct hm_unpack in;
    hm_unpack_init(&in, value);
    return hm_unpack_byte(&in) == HM_VALUE_INTEGER ? hm_unpack_int(&in) : other;
}

void hm_value_each_init(struct hm_value_each *each, struct hm_bytes value)
{
    hm_unpack_init(&each->in, value);
    uint8_t tag = hm_unpack_byte(&each->in);
    each->object = tag == HM_VALUE_OBJECT;
    each->left = each->object || tag == HM_VALUE_LIST ? hm_unpack_count(&each->in, 1) : 0;
}

bool hm_value_each_next(struct hm_value_each *each,
                        struct hm_bytes *name,
                        struct hm_bytes *value)
{
    if (each->left == 0) {
        return false;
    }
    each->left--;
    *name = each->object ? hm_unpack_bytes(&each->in) : HM_NO_BYTES;
    *value = hm_unpack_value(&each->in);
    return !each->in.failed;
}

struct hm_bytes hm_value_member(struct hm_bytes object, struct hm_bytes name)
{
    struct hm_value_each each;
    struct hm_bytes member;
    struct hm_bytes value;
    hm_value_each_init(&each, object);
    while (each.object && hm_value_each_next(&each, &member, &value)) {
        if (hm_bytes_equal(member, name)) {
            return value;
        }
    }
    return HM_NO_BYTES;
}

void hm_value_to_json(struct hm_json_write *out, struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes member;
    bool object = hm_value_tag(value) == HM_VALUE_OBJECT;
    switch (hm_value_tag(value)) {
    case HM_VALUE_FALSE:
    case HM_VALUE_TRUE:
        hm_json_bool(out, hm_value_tag(value) == HM_VALUE_TRUE);
        break;
    case HM_VALUE_INTEGER:
        hm_json_int(out, hm_value_int_or(value, 0));
        break;
    case HM_VALUE_TEXT:
        hm_json_text(out, hm_value_text_or(value, HM_NO_BYTES));
        break;
    case HM_VALUE_LIST:
    case HM_VALUE_OBJECT:
        hm_json_open(out, object ? '{' : '[');
        hm_value_each_init(&each, value);
        while (hm_value_each_next(&each, &name, &member)) {
            if (object) {
                hm_json_key_bytes(out, name);
            }
            hm_value_to_json(out, member);
        }
        hm_json_close(out, object ? '}' : ']');
        break;
    default:
        hm_json_null(out);
    }
}

static enum hm_status from_json(struct hm_buf *buf,
                                const struct hm_json *json,
                                size_t depth,
                                struct hm_err *err);

static enum hm_status refuse(struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, "value-form", NULL, NULL, NULL);
}

/* Members in ascending order of name: repeatedly the least that is above the last. */
static enum hm_status object_from_json(struct hm_buf *buf,
                                       const struct hm_json *json,
                                       size_t depth,
                                       struct hm_err *err)
{
    size_t count = hm_json_count(json);
    struct hm_bytes last = HM_NO_BYTES;
    if (count == 0 || count > HM_VALUE_MEMBERS_MAX) {
        return refuse(err);
    }
    hm_value_put_object(buf, count);
    for (size_t i = 0; i < count; i++) {
        const struct hm_json *least = NULL;
        for (const struct hm_json *at = hm_json_first(json); at != NULL;
             at = hm_json_next(at)) {
            struct hm_bytes name = hm_text(hm_json_name(at));
            bool above = i == 0 || hm_bytes_compare(name, last) > 0;
            if (above && (least == NULL ||
                          hm_bytes_compare(name, hm_text(hm_json_name(least))) < 0)) {
                least = at;
            }
        }
        if (least == NULL || hm_json_is(least, HM_JSON_NULL) ||
            !name_valid(hm_text(hm_json_name(least)))) {
            return refuse(err);
        }
        last = hm_text(hm_json_name(least));
        hm_value_put_name(buf, last);
        enum hm_status status = from_json(buf, least, depth + 1, err);
        if (status != HM_OK) {
            return status;
        }
    }
    return HM_OK;
}

static enum hm_status list_from_json(struct hm_buf *buf,
                                     const struct hm_json *json,
                                     size_t depth,
                                     struct hm_err *err)
{
    hm_value_put_list(buf, hm_json_count(json));
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        if (hm_json_is(at, HM_JSON_NULL)) {
            return refuse(err);
        }
        enum hm_status status = from_json(buf, at, depth + 1, err);
        if (status != HM_OK) {
            return status;
        }
    }
    return HM_OK;
}

static enum hm_status from_json(struct hm_buf *buf,
                                const struct hm_json *json,
                                size_t depth,
                                struct hm_err *err)
{
    enum hm_json_type type = hm_json_type(json);
    if (depth == HM_VALUE_DEPTH_MAX && (type == HM_JSON_LIST || type == HM_JSON_OBJECT)) {
        return refuse(err);
    }
    switch (type) {
    case HM_JSON_BOOL:
        hm_value_put_bool(buf, hm_json_bool_or(json, false));
        return HM_OK;
    case HM_JSON_INTEGER:
        hm_value_put_int(buf, hm_json_int_or(json, 0));
        return HM_OK;
    case HM_JSON_TEXT:
        hm_value_put_text(buf, hm_json_text_or(json, HM_NO_BYTES));
        return HM_OK;
    case HM_JSON_LIST:
        return list_from_json(buf, json, depth, err);
    case HM_JSON_OBJECT:
        return object_from_json(buf, json, depth, err);
    default:
        hm_value_put_null(buf);
        return HM_OK;
    }
}

enum hm_status hm_value_from_json(struct hm_buf *buf,
                                  const struct hm_json *json,
                                  struct hm_err *err)
{
    size_t before = buf->size;
    enum hm_status status = from_json(buf, json, 0, err);
    if (status == HM_OK) {
        status = hm_buf_status(buf, err);
    }
    if (status != HM_OK && buf->size > before) {
        buf->size = before;
        buf->data[before] = '\0';
    }
    return status;
}
