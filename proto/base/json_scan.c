/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/json_scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const int64_t integer_most = (INT64_C(1) << 53) - 1;

size_t hm_utf8_length(struct hm_bytes text)
{
    const uint8_t *at = text.data;
    size_t length = 0;
    uint32_t code = 0;
    if (text.size == 0) {
        return 0;
    }
    if (at[0] < 0x80) {
        return 1;
    }
    if (at[0] >= 0xC2 && at[0] <= 0xDF) {
        length = 2;
        code = at[0] & 0x1FU;
    } else if (at[0] >= 0xE0 && at[0] <= 0xEF) {
        length = 3;
        code = at[0] & 0x0FU;
    } else if (at[0] >= 0xF0 && at[0] <= 0xF4) {
        length = 4;
        code = at[0] & 0x07U;
    }
    if (length == 0 || length > text.size) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        code = code << 6 | (at[i] & 0x3FU);
    }
    bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return overlong || surrogate || code > 0x10FFFF ? 0 : length;
}

bool hm_utf8_valid(struct hm_bytes text)
{
    while (text.size > 0) {
        size_t length = hm_utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.data += length;
        text.size -= length;
    }
    return true;
}

/* Keys of the objects that are open now, innermost last: for finding duplicates. */
struct scan {
    struct hm_bytes in;
    size_t at;
    const struct hm_json_limits *limits;
    struct hm_err *err;
    size_t values;
    size_t depth;
    struct {
        bool object;
        size_t keys_before; /* of enclosing objects */
    } open[HM_JSON_DEPTH_MAX];
    struct hm_bytes key[HM_JSON_KEYS_MAX];
    size_t keys;
};

static enum hm_status refuse(struct scan *s, const char *what)
{
    char where[24];
    (void)snprintf(where, sizeof(where), "%zu", s->at + 1);
    return hm_fail(s->err, HM_BAD_INPUT, "json", what, where, NULL);
}

static enum hm_status too_big(struct scan *s)
{
    return hm_fail(s->err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
}

static int peek(const struct scan *s)
{
    return s->at < s->in.size ? s->in.data[s->at] : -1;
}

static void skip_space(struct scan *s)
{
    int c = peek(s);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        s->at++;
        c = peek(s);
    }
}

static bool hex4(struct scan *s, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(s);
        uint32_t digit = 0;
        if (c >= '0' && c <= '9') {
            digit = (uint32_t)(c - '0');
        } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            digit = (uint32_t)((c | 0x20) - 'a' + 10);
        } else {
            return false;
        }
        *code = *code << 4 | digit;
        s->at++;
    }
    return true;
}

/* After the backslash. A surrogate must come with its other half; NUL never. */
static enum hm_status scan_escape(struct scan *s)
{
    uint32_t code = 0;
    uint32_t low = 0;
    int c = peek(s);
    s->at++;
    if (c != 'u') {
        return c > 0 && strchr("\"\\/bfnrt", c) != NULL ? HM_OK : refuse(s, "escape");
    }
    if (!hex4(s, &code) || code == 0 || (code >= 0xDC00 && code <= 0xDFFF)) {
        return refuse(s, "escape");
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (peek(s) != '\\') {
            return refuse(s, "surrogate");
        }
        s->at++;
        if (peek(s) != 'u') {
            return refuse(s, "surrogate");
        }
        s->at++;
        if (!hex4(s, &low) || low < 0xDC00 || low > 0xDFFF) {
            return refuse(s, "surrogate");
        }
    }
    return HM_OK;
}

/* At the opening quote. `text`: what is between the quotes, escapes and all. */
static enum hm_status scan_string(struct scan *s, struct hm_bytes *text)
{
    size_t start = ++s->at;
    for (;;) {
        int c = peek(s);
        if (c < 0x20) {
            return refuse(s, c < 0 ? "end" : "control");
        }
        if (c == '"') {
            *text = (struct hm_bytes){s->in.data + start, s->at - start};
            s->at++;
            return HM_OK;
        }
        if (c == '\\') {
            s->at++;
            enum hm_status status = scan_escape(s);
            if (status != HM_OK) {
                return status;
            }
            continue;
        }
        size_t length = c < 0x80 ? 1
                                 : hm_utf8_length((struct hm_bytes){s->in.data + s->at,
                                                                    s->in.size - s->at});
        if (length == 0 || c == 0x7F) {
            return refuse(s, "utf-8");
        }
        s->at += length;
    }
}

static enum hm_status scan_number(struct scan *s)
{
    int64_t number = 0;
    bool negative = peek(s) == '-';
    s->at += negative;
    int first = peek(s);
    if (first < '0' || first > '9') {
        return refuse(s, "number");
    }
    while (peek(s) >= '0' && peek(s) <= '9') {
        number = number * 10 + (peek(s) - '0');
        s->at++;
        if (number > integer_most || (first == '0' && (number > 0 || negative))) {
            return refuse(s, "number");
        }
        if (first == '0' && peek(s) >= '0' && peek(s) <= '9') {
            return refuse(s, "number");
        }
    }
    int c = peek(s);
    bool refused = c == '.' || c == 'e' || c == 'E' || (negative && number == 0);
    return refused ? refuse(s, "number") : HM_OK;
}

static enum hm_status scan_word(struct scan *s, const char *word)
{
    size_t length = strlen(word);
    if (s->in.size - s->at < length || memcmp(s->in.data + s->at, word, length) != 0) {
        return refuse(s, "value");
    }
    s->at += length;
    return HM_OK;
}

/* A key and its colon. Keys are plain: no escapes, so equal text is an equal key. */
static enum hm_status scan_key(struct scan *s)
{
    struct hm_bytes key;
    if (peek(s) != '"') {
        return refuse(s, "key");
    }
    enum hm_status status = scan_string(s, &key);
    if (status != HM_OK) {
        return status;
    }
    if (memchr(key.data, '\\', key.size) != NULL) {
        return refuse(s, "key");
    }
    if (s->keys == HM_JSON_KEYS_MAX) {
        return too_big(s);
    }
    for (size_t i = s->open[s->depth - 1].keys_before; i < s->keys; i++) {
        if (hm_bytes_equal(s->key[i], key)) {
            return refuse(s, "duplicate");
        }
    }
    s->key[s->keys++] = key;
    skip_space(s);
    if (peek(s) != ':') {
        return refuse(s, "colon");
    }
    s->at++;
    return HM_OK;
}

static enum hm_status open_one(struct scan *s, bool object)
{
    if (s->depth == s->limits->depth_max || s->depth == HM_JSON_DEPTH_MAX) {
        return too_big(s);
    }
    s->open[s->depth].object = object;
    s->open[s->depth].keys_before = s->keys;
    s->depth++;
    s->at++;
    return HM_OK;
}

/* One value; `opened` when it was a bracket, whose members come next. */
static enum hm_status scan_value(struct scan *s, bool *opened)
{
    struct hm_bytes text;
    *opened = false;
    if (++s->values > s->limits->values_max) {
        return too_big(s);
    }
    switch (peek(s)) {
    case '{':
    case '[':
        *opened = true;
        return open_one(s, peek(s) == '{');
    case '"':
        return scan_string(s, &text);
    case 't':
        return scan_word(s, "true");
    case 'f':
        return scan_word(s, "false");
    case 'n':
        return scan_word(s, "null");
    default:
        return scan_number(s);
    }
}

/* After a value: close what ends here. `more`: another member follows. */
static enum hm_status scan_after(struct scan *s, bool *more)
{
    *more = false;
    while (s->depth > 0) {
        skip_space(s);
        int c = peek(s);
        if (c == ',') {
            s->at++;
            *more = true;
            return HM_OK;
        }
        if (c != (s->open[s->depth - 1].object ? '}' : ']')) {
            return refuse(s, c < 0 ? "end" : "comma");
        }
        s->at++;
        s->depth--;
        s->keys = s->open[s->depth].keys_before;
    }
    return HM_OK;
}

static enum hm_status scan_document(struct scan *s)
{
    enum hm_status status = HM_OK;
    bool more = true;
    bool opened = false;
    while (more) {
        skip_space(s);
        if (opened && peek(s) == (s->open[s->depth - 1].object ? '}' : ']')) {
            opened = false;
        } else {
            if (s->depth > 0 && s->open[s->depth - 1].object) {
                status = scan_key(s);
                skip_space(s);
            }
            if (status == HM_OK) {
                status = scan_value(s, &opened);
            }
            if (status != HM_OK) {
                return status;
            }
            if (opened) {
                continue;
            }
        }
        status = scan_after(s, &more);
        if (status != HM_OK) {
            return status;
        }
    }
    skip_space(s);
    return s->at == s->in.size ? HM_OK : refuse(s, "trailing");
}

enum hm_status hm_json_scan(struct hm_bytes text,
                            const struct hm_json_limits *limits,
                            struct hm_err *err)
{
    struct scan s; /* not cleared: `open` and `key` are as large as their counts say */
    s.in = text;
    s.at = 0;
    s.limits = limits;
    s.err = err;
    s.values = 0;
    s.depth = 0;
    s.keys = 0;
    if (text.size > limits->size_max) {
        return too_big(&s);
    }
    return scan_document(&s);
}
