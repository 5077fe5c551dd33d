/* SPDX-License-Identifier: Apache-2.0 */
#include "encoding_read.h"

#include <string.h>

#include "code.h"
#include "hamlet/base/json_scan.h"

static bool begins(struct hm_bytes text, const char *with, size_t size)
{
    return text.size >= size && memcmp(text.data, with, size) == 0;
}

/* Broken UTF-8 is still UTF-8 where most of what is not ASCII is whole. */
static bool is_utf8(struct hm_bytes text)
{
    size_t whole = 0;
    size_t broken = 0;
    while (text.size > 0) {
        size_t length = hm_utf8_length(text);
        whole += length > 1;
        broken += length == 0;
        length = length == 0 ? 1 : length;
        text.data += length;
        text.size -= length;
    }
    return broken == 0 || whole > 2 * broken;
}

void hm_units_init(struct hm_units *units, struct hm_bytes text)
{
    size_t mark = 2;
    if (begins(text, "\xFF\xFE", 2)) {
        units->carrier = HM_CARRIER_UTF16LE;
    } else if (begins(text, "\xFE\xFF", 2)) {
        units->carrier = HM_CARRIER_UTF16BE;
    } else if (begins(text, "\xEF\xBB\xBF", 3)) {
        units->carrier = HM_CARRIER_UTF8;
        mark = 3;
    } else {
        units->carrier = is_utf8(text) ? HM_CARRIER_UTF8 : HM_CARRIER_BYTES;
        mark = 0;
    }
    units->rest = text;
    units->at = mark;
    if (mark > 0) {
        units->rest.data += mark;
        units->rest.size -= mark;
    }
}

static size_t next_utf16(const struct hm_units *units, uint32_t *code)
{
    const uint8_t *at = units->rest.data;
    size_t high = units->carrier == HM_CARRIER_UTF16BE ? 0 : 1;
    *code = HM_UNIT_BROKEN;
    if (units->rest.size < 2) {
        return units->rest.size;
    }
    uint32_t first = (uint32_t)at[high] << 8 | at[1 - high];
    if (first < 0xD800 || first > 0xDFFF) {
        *code = first;
        return 2;
    }
    if (first > 0xDBFF || units->rest.size < 4) {
        return 2;
    }
    uint32_t second = (uint32_t)at[2 + high] << 8 | at[3 - high];
    if (second < 0xDC00 || second > 0xDFFF) {
        return 2;
    }
    *code = 0x10000 + ((first - 0xD800) << 10 | (second - 0xDC00));
    return 4;
}

/* 80..9F of code page 1252, which all encodings of Windows have but for a few. */
static uint32_t in_1252(uint8_t byte)
{
    static const uint16_t signs[] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
        0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    return byte >= 0x80 && byte < 0xA0 ? signs[byte - 0x80] : byte;
}

bool hm_units_next(struct hm_units *units, uint32_t *code)
{
    size_t length = 1;
    if (units->rest.size == 0) {
        return false;
    }
    if (units->carrier == HM_CARRIER_BYTES) {
        *code = in_1252(units->rest.data[0]);
    } else if (units->carrier == HM_CARRIER_UTF8) {
        length = hm_code_get(units->rest, code);
        if (length == 0) {
            *code = HM_UNIT_BROKEN;
            length = 1;
        }
    } else {
        length = next_utf16(units, code);
    }
    units->rest.data += length;
    units->rest.size -= length;
    units->at += length;
    return true;
}
