/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.h - a field's value in its one canonical form.
 *
 * Owner:  proto/model/value.c; layer 1, pure
 * Format: PROTOCOL.md section 2.4. A tag byte, then the content, packed.
 *
 * A value is bytes: equal values are equal bytes, so merging compares, hashes and stores
 * them without knowing types. Text is already normalised by its author's field type.
 * There are no floats. Null means cleared. A list holds no null; an object has at least
 * one member, names ascending, and holds no null either.
 */
#ifndef HAMLET_MODEL_VALUE_H
#define HAMLET_MODEL_VALUE_H

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/pack.h"

enum hm_value_tag {
    HM_VALUE_NULL = 'n',
    HM_VALUE_FALSE = 'f',
    HM_VALUE_TRUE = 't',
    HM_VALUE_INTEGER = 'i', /* zigzag number, at most 2^53-1 either way */
    HM_VALUE_TEXT = 's',
    HM_VALUE_LIST = 'l',   /* count, values */
    HM_VALUE_OBJECT = 'o', /* count, (name, value)… */
    HM_VALUE_NONE = 0      /* what hm_value_tag says of no bytes at all */
};

#define HM_INTEGER_MOST ((INT64_C(1) << 53) - 1)

/* Writers append one whole value. For a list or object the caller writes the members. */
void hm_value_put_null(struct hm_buf *buf);
void hm_value_put_bool(struct hm_buf *buf, bool value);
void hm_value_put_int(struct hm_buf *buf, int64_t number);
void hm_value_put_text(struct hm_buf *buf, struct hm_bytes text);
void hm_value_put_list(struct hm_buf *buf, size_t count);
void hm_value_put_object(struct hm_buf *buf, size_t count);
void hm_value_put_name(struct hm_buf *buf, struct hm_bytes name);

/*
 * Whether `value` is exactly one canonical value: minimal numbers, valid UTF-8, names
 * ascending, no null inside, within HM_VALUE_BYTES_MAX and HM_VALUE_DEPTH_MAX.
 */
bool hm_value_valid(struct hm_bytes value);

/* Readers: `value` is valid. Another type than asked for gives `other`. */
enum hm_value_tag hm_value_tag(struct hm_bytes value);
struct hm_bytes hm_value_text_or(struct hm_bytes value, struct hm_bytes other);
int64_t hm_value_int_or(struct hm_bytes value, int64_t other);

/* The members of a list or object, one after the other; of an object also the name. */
struct hm_value_each {
    struct hm_unpack in;
    size_t left;
    bool object;
};
void hm_value_each_init(struct hm_value_each *each, struct hm_bytes value);
bool hm_value_each_next(struct hm_value_each *each,
                        struct hm_bytes *name,
                        struct hm_bytes *value);

/* A member of an object; no bytes if there is none of that name. */
struct hm_bytes hm_value_member(struct hm_bytes object, struct hm_bytes name);

/* Reads one value off the front of `in`, which need not end there. */
struct hm_bytes hm_unpack_value(struct hm_unpack *in);

/*
 * To JSON, and from JSON as it stands: names are put in order, text is not normalised.
 * HM_BAD_INPUT: no value can be that; nothing was appended.
 */
void hm_value_to_json(struct hm_json_write *out, struct hm_bytes value);
HM_CHECKED enum hm_status hm_value_from_json(struct hm_buf *buf,
                                             const struct hm_json *json,
                                             struct hm_err *err);

#endif
