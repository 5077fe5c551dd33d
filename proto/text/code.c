/* SPDX-License-Identifier: Apache-2.0 */
#include "code.h"

#include <utf8proc.h>

#include "hamlet/base/json_scan.h"

size_t hm_code_get(struct hm_bytes text, uint32_t *code)
{
    static const uint8_t lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    size_t length = hm_utf8_length(text);
    if (length == 0) {
        return 0;
    }
    *code = text.data[0] & lead_bits[length];
    for (size_t i = 1; i < length; i++) {
        *code = *code << 6 | (text.data[i] & 0x3FU);
    }
    return length;
}

size_t hm_code_put(uint8_t *to, uint32_t code)
{
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length; i > 1; i--) {
        to[i - 1] = (uint8_t)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    to[0] = (uint8_t)(lead[length] | code);
    return length;
}

uint32_t hm_code_mended(uint32_t code)
{
    switch (code) {
    case 0x00D0:
    case 0x0189:
        return 0x0110;
    case 0x00F0:
    case 0x0256:
        return 0x0111;
    default:
        return code;
    }
}

static bool dropped(uint32_t code)
{
    return code == 0x00AD || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069);
}

enum hm_code_class hm_code_class(uint32_t code)
{
    if (code == '\n' || code == '\r') {
        return HM_CODE_LINE;
    }
    if (code == '\t') {
        return HM_CODE_SPACE;
    }
    if (dropped(code)) {
        return HM_CODE_DROPPED;
    }
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return HM_CODE_MARK;
    case UTF8PROC_CATEGORY_ZS:
        return HM_CODE_SPACE;
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return HM_CODE_CONTROL;
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
        return HM_CODE_UNKNOWN;
    default:
        return HM_CODE_KEPT;
    }
}
