/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/bytes.h"

#include <string.h>

struct hm_bytes hm_text(const char *text)
{
    return (struct hm_bytes){(const uint8_t *)text, text == NULL ? 0 : strlen(text)};
}

bool hm_bytes_equal(struct hm_bytes a, struct hm_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool hm_bytes_are(struct hm_bytes a, const char *text)
{
    if (a.size > 0 && text != NULL && a.data[0] != (uint8_t)*text) {
        return false; /* as most names in a table that is searched */
    }
    return hm_bytes_equal(a, hm_text(text));
}

int hm_bytes_compare(struct hm_bytes a, struct hm_bytes b)
{
    size_t least = a.size < b.size ? a.size : b.size;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    if (order != 0) {
        return order;
    }
    return (a.size > b.size) - (a.size < b.size);
}

void hm_hex_put(char *text, struct hm_bytes bytes)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        *text++ = digit[bytes.data[i] >> 4];
        *text++ = digit[bytes.data[i] & 15];
    }
    *text = '\0';
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hm_hex_get(uint8_t *data, size_t size, struct hm_bytes text)
{
    if (text.size != size * 2) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text.data[2 * i]);
        int low = hex_digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        data[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static const char b64_digit[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t hm_b64_length(size_t size)
{
    return size / 3 * 4 + (size % 3 == 0 ? 0 : size % 3 + 1);
}

void hm_b64_put(char *text, struct hm_bytes bytes)
{
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        bits = bits << 8 | bytes.data[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            *text++ = b64_digit[bits >> held & 63];
        }
    }
    if (held > 0) {
        *text++ = b64_digit[bits << (6 - held) & 63];
    }
    *text = '\0';
}

static int b64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool hm_b64_get(uint8_t *data, size_t size, struct hm_bytes text)
{
    uint32_t bits = 0;
    int held = 0;
    if (text.size != hm_b64_length(size)) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        int value = b64_value(text.data[i]);
        if (value < 0) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *data++ = (uint8_t)(bits >> held);
        }
    }
    return (bits & ((1U << held) - 1)) == 0; /* left-over bits must be zero */
}
