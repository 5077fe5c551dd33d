/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/json_write.h"

#include <stdio.h>
#include <string.h>

void hm_json_write_init(struct hm_json_write *out, struct hm_buf *buf)
{
    out->buf = buf;
    out->comma = false;
}

static void begin(struct hm_json_write *out)
{
    if (out->comma) {
        hm_buf_put_byte(out->buf, ',');
    }
    out->comma = true;
}

void hm_json_open(struct hm_json_write *out, char bracket)
{
    begin(out);
    hm_buf_put_byte(out->buf, (uint8_t)bracket);
    out->comma = false;
}

void hm_json_close(struct hm_json_write *out, char bracket)
{
    hm_buf_put_byte(out->buf, (uint8_t)bracket);
    out->comma = true;
}

static void put_escaped(struct hm_buf *buf, uint8_t c)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letter[] = "\"\\bfnrt";
    const char *at = memchr(plain, c, sizeof(plain) - 1);
    if (at != NULL) {
        hm_buf_put_byte(buf, '\\');
        hm_buf_put_byte(buf, (uint8_t)letter[at - plain]);
        return;
    }
    char text[8];
    (void)snprintf(text, sizeof(text), "\\u%04x", c);
    hm_buf_put_text(buf, text);
}

static bool needs_escape(const uint8_t *at, size_t left)
{
    bool c1 = at[0] == 0xC2 && left > 1 && at[1] >= 0x80 && at[1] <= 0x9F;
    return at[0] < 0x20 || at[0] == '"' || at[0] == '\\' || at[0] == 0x7F || c1;
}

static void put_string(struct hm_buf *buf, struct hm_bytes text)
{
    size_t from = 0;
    hm_buf_put_byte(buf, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (!needs_escape(text.data + i, text.size - i)) {
            continue;
        }
        hm_buf_put(buf, text.data + from, i - from);
        i += text.data[i] == 0xC2; /* a C1 control is two bytes of UTF-8 */
        put_escaped(buf, text.data[i]);
        from = i + 1;
    }
    if (text.size > from) {
        hm_buf_put(buf, text.data + from, text.size - from);
    }
    hm_buf_put_byte(buf, '"');
}

void hm_json_key_bytes(struct hm_json_write *out, struct hm_bytes name)
{
    begin(out);
    put_string(out->buf, name);
    hm_buf_put_byte(out->buf, ':');
    out->comma = false;
}

void hm_json_key(struct hm_json_write *out, const char *name)
{
    hm_json_key_bytes(out, hm_text(name));
}

void hm_json_text(struct hm_json_write *out, struct hm_bytes text)
{
    begin(out);
    put_string(out->buf, text);
}

void hm_json_int(struct hm_json_write *out, int64_t number)
{
    begin(out);
    hm_buf_put_int(out->buf, number);
}

void hm_json_bool(struct hm_json_write *out, bool value)
{
    begin(out);
    hm_buf_put_text(out->buf, value ? "true" : "false");
}

void hm_json_null(struct hm_json_write *out)
{
    begin(out);
    hm_buf_put_text(out->buf, "null");
}

void hm_json_hex(struct hm_json_write *out, struct hm_bytes bytes)
{
    begin(out);
    hm_buf_put_byte(out->buf, '"');
    hm_buf_put_hex(out->buf, bytes);
    hm_buf_put_byte(out->buf, '"');
}

void hm_json_b64(struct hm_json_write *out, struct hm_bytes bytes)
{
    begin(out);
    hm_buf_put_byte(out->buf, '"');
    hm_buf_put_b64(out->buf, bytes);
    hm_buf_put_byte(out->buf, '"');
}

void hm_json_wall(struct hm_json_write *out, struct hm_wall wall)
{
    char text[HM_TIME_TEXT_SIZE];
    hm_wall_put(text, wall);
    hm_json_text(out, hm_text(text));
}

void hm_json_raw(struct hm_json_write *out, struct hm_bytes json)
{
    begin(out);
    hm_buf_put_bytes(out->buf, json);
}

void hm_json_put_text(struct hm_json_write *out, const char *name, struct hm_bytes text)
{
    hm_json_key(out, name);
    hm_json_text(out, text);
}

void hm_json_put_int(struct hm_json_write *out, const char *name, int64_t number)
{
    hm_json_key(out, name);
    hm_json_int(out, number);
}

void hm_json_put_bool(struct hm_json_write *out, const char *name, bool value)
{
    hm_json_key(out, name);
    hm_json_bool(out, value);
}

void hm_json_put_hex(struct hm_json_write *out, const char *name, struct hm_bytes bytes)
{
    hm_json_key(out, name);
    hm_json_hex(out, bytes);
}

void hm_json_put_wall(struct hm_json_write *out, const char *name, struct hm_wall wall)
{
    hm_json_key(out, name);
    hm_json_wall(out, wall);
}

/* Parsed text is never nested deeper than HM_JSON_DEPTH_MAX. */
void hm_json_again(struct hm_json_write *out, const struct hm_json *json)
{
    bool object = hm_json_is(json, HM_JSON_OBJECT);
    switch (hm_json_type(json)) {
    case HM_JSON_NULL:
        hm_json_null(out);
        return;
    case HM_JSON_BOOL:
        hm_json_bool(out, hm_json_bool_or(json, false));
        return;
    case HM_JSON_INTEGER:
        hm_json_int(out, hm_json_int_or(json, 0));
        return;
    case HM_JSON_TEXT:
        hm_json_text(out, hm_json_text_or(json, HM_NO_BYTES));
        return;
    case HM_JSON_LIST:
    case HM_JSON_OBJECT:
        break;
    }
    hm_json_open(out, object ? '{' : '[');
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        if (object) {
            hm_json_key(out, hm_json_name(at));
        }
        hm_json_again(out, at);
    }
    hm_json_close(out, object ? '}' : ']');
}
