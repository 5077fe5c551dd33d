/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include <string.h>

enum { ESCAPE_DIGITS = 4, DECIMAL = 10, HEX = 16 };

struct reading {
    const uint8_t *at;
    const uint8_t *end;
    struct hm_arena *arena;
};

static bool is_next(const struct reading *r, char c)
{
    return r->at < r->end && *r->at == (uint8_t)c;
}

static bool skip(struct reading *r, char c)
{
    bool is = is_next(r, c);
    r->at += is;
    return is;
}

/* What is between quotes, with its escapes. */
static bool read_quoted(struct reading *r, struct hm_bytes *raw, bool *escaped)
{
    if (!skip(r, '"')) {
        return false;
    }
    const uint8_t *from = r->at;
    *escaped = false;
    for (; r->at < r->end && *r->at != '"'; r->at++) {
        if (*r->at == '\\') {
            *escaped = true;
            r->at++;
        }
    }
    if (r->at >= r->end) {
        return false;
    }
    *raw = (struct hm_bytes){from, (size_t)(r->at++ - from)};
    return true;
}

static uint32_t hex_digit(uint8_t c)
{
    return c >= 'a' ? c - 'a' + DECIMAL : (c >= 'A' ? c - 'A' + DECIMAL : c - '0');
}

/* A code below U+0800: what is escaped is control characters. */
static size_t put_code(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (uint8_t)code;
        return 1;
    }
    to[0] = (uint8_t)(0xC0 | (code >> 6 & 0x1F));
    to[1] = (uint8_t)(0x80 | (code & 0x3F));
    return 2;
}

/* Never longer than it was with its escapes. */
static struct hm_bytes unescape(struct hm_arena *arena, struct hm_bytes raw)
{
    static const char names[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";
    uint8_t *text = hm_arena_get(arena, raw.size);
    size_t size = 0;
    for (size_t i = 0; text != NULL && i < raw.size; i++) {
        if (raw.data[i] != '\\' || i + 1 == raw.size) {
            text[size++] = raw.data[i];
            continue;
        }
        uint8_t c = raw.data[++i];
        const char *name = c == 0 ? NULL : strchr(names, c);
        if (c == 'u' && raw.size - i > ESCAPE_DIGITS) {
            uint32_t code = 0;
            for (size_t n = 0; n < ESCAPE_DIGITS; n++) {
                code = code * HEX + hex_digit(raw.data[++i]);
            }
            size += put_code(text + size, code);
        } else {
            text[size++] = name == NULL ? c : (uint8_t)meant[name - names];
        }
    }
    return (struct hm_bytes){text, size};
}

/* A list or an object, whatever is in it. */
static bool skip_nested(struct reading *r)
{
    size_t depth = 0;
    do {
        struct hm_bytes raw;
        bool escaped = false;
        if (is_next(r, '"')) {
            if (!read_quoted(r, &raw, &escaped)) {
                return false;
            }
            continue;
        }
        depth += is_next(r, '[') || is_next(r, '{');
        depth -= is_next(r, ']') || is_next(r, '}');
        r->at++;
    } while (depth > 0 && r->at < r->end);
    return depth == 0;
}

/* A number, true, false or null. */
static void read_plain(struct reading *r, struct hm_scan_value *value)
{
    bool less = skip(r, '-');
    uint64_t number = 0;
    if (is_next(r, 't') || is_next(r, 'f')) {
        *value = (struct hm_scan_value){.there = true, .number = is_next(r, 't')};
    } else if (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
            number = number * DECIMAL + (uint64_t)(*r->at - '0');
        }
        *value = (struct hm_scan_value){
            .there = true, .number = less ? -(int64_t)number : (int64_t)number};
    }
    while (r->at < r->end && *r->at != ',' && *r->at != '}') {
        r->at++;
    }
}

static bool read_value(struct reading *r, struct hm_scan_value *value)
{
    const uint8_t *from = r->at;
    bool escaped = false;
    if (is_next(r, '"')) {
        *value = (struct hm_scan_value){.there = true, .is_text = true};
        bool whole = read_quoted(r, &value->text, &escaped);
        if (whole && escaped) {
            value->text = unescape(r->arena, value->text);
        }
        return whole;
    }
    if (is_next(r, '[') || is_next(r, '{')) {
        bool whole = skip_nested(r);
        *value = (struct hm_scan_value){
            .there = true, .is_text = true, .text = {from, (size_t)(r->at - from)}};
        return whole;
    }
    read_plain(r, value);
    return true;
}

/* A name may have been asked for more than once. */
static bool read_member(struct reading *r,
                        struct hm_scan_value *values,
                        const struct hm_bytes *names,
                        size_t count)
{
    struct hm_scan_value value = {.there = false};
    struct hm_bytes name;
    bool escaped = false;
    if (!read_quoted(r, &name, &escaped) || !skip(r, ':') || !read_value(r, &value)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (hm_bytes_equal(names[i], name)) {
            values[i] = value;
        }
    }
    return true;
}

enum hm_status hm_row_fields(struct hm_scan_value *values,
                             const struct hm_bytes *names,
                             size_t count,
                             struct hm_bytes json,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct reading r = {json.data, json.data + json.size, arena};
    for (size_t i = 0; i < count; i++) {
        values[i] = (struct hm_scan_value){.there = false};
    }
    bool whole = skip(&r, '{');
    bool more = whole && !is_next(&r, '}');
    while (more) {
        whole = read_member(&r, values, names, count);
        more = whole && skip(&r, ',');
    }
    if (!whole || !is_next(&r, '}')) {
        return hm_fail(err, HM_CORRUPT, "store-damaged", "record", NULL, NULL);
    }
    return hm_arena_status(arena, err);
}
