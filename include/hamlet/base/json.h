/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON from outside: a strict bounded scan first, then cJSON.
 *
 * Owner:   proto/base/json.c, the only user of cJSON; layer 0
 * Threads: a document belongs to one thread
 *
 * cJSON is a parser, not a judge: it takes duplicate keys, bad UTF-8, `01`, raw control
 * bytes, trailing text, and cuts a string at \u0000. The scan refuses all of these, every
 * number that is not an integer of at most 2^53-1, and everything over the limits, before
 * a byte is allocated. So what the accessors below give is exact.
 */
#ifndef HAMLET_BASE_JSON_H
#define HAMLET_BASE_JSON_H

#include "hamlet/base/bytes.h"
#include "hamlet/base/err.h"

struct hm_json; /* a value of a parsed document; borrowed from the document */

struct hm_json_limits {
    size_t size_max;   /* bytes of text */
    size_t depth_max;  /* nested lists and objects, at most HM_JSON_DEPTH_MAX */
    size_t values_max; /* in the whole document */
};

enum { HM_JSON_DEPTH_MAX = 16, HM_JSON_KEYS_MAX = 2048 };

enum hm_json_type {
    HM_JSON_NULL,
    HM_JSON_BOOL,
    HM_JSON_INTEGER,
    HM_JSON_TEXT,
    HM_JSON_LIST,
    HM_JSON_OBJECT
};

/*
 * The document is the caller's (hm_json_free).
 * HM_BAD_INPUT  not strict JSON; the error names the byte and what was wrong
 * HM_TOO_BIG    over a limit; nothing was allocated
 */
HM_CHECKED enum hm_status hm_json_parse(struct hm_json **json,
                                        struct hm_bytes text,
                                        const struct hm_json_limits *limits,
                                        struct hm_err *err);
void hm_json_free(struct hm_json *json);

enum hm_json_type hm_json_type(const struct hm_json *json);
bool hm_json_is(const struct hm_json *json, enum hm_json_type type); /* false on null */

size_t hm_json_count(const struct hm_json *json);                /* of a list or object */
const struct hm_json *hm_json_first(const struct hm_json *json); /* null: empty */
const struct hm_json *hm_json_next(const struct hm_json *json);  /* null: the last */
const char *hm_json_name(const struct hm_json *json); /* of a member of an object */
const struct hm_json *hm_json_get(const struct hm_json *object, const char *name);
const struct hm_json *hm_json_at(const struct hm_json *list, size_t index);

/* The value, or `other` where the value is missing or of another type. */
struct hm_bytes hm_json_text_or(const struct hm_json *json, struct hm_bytes other);
int64_t hm_json_int_or(const struct hm_json *json, int64_t other);
bool hm_json_bool_or(const struct hm_json *json, bool other);

/* Exactly `size` bytes in base64url; false: it is none of them, `data` is undefined. */
bool hm_json_b64_get(uint8_t *data, size_t size, const struct hm_json *json);

/* As a C string (no NUL can be inside), or null if it is no text. */
const char *hm_json_chars(const struct hm_json *json);

#endif
