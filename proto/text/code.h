/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.h - one code point: reading, writing, and what the normal form makes of it.
 *
 * Owner: proto/text/code.c; private to text
 */
#ifndef HM_TEXT_CODE_H
#define HM_TEXT_CODE_H

#include "hamlet/base/bytes.h"

enum { HM_CODE_SIZE = 4 }; /* bytes of the longest character */

enum hm_code_class {
    HM_CODE_KEPT,
    HM_CODE_MARK,    /* kept; combines with what stands before it */
    HM_CODE_SPACE,   /* becomes U+0020 */
    HM_CODE_LINE,    /* LF or CR */
    HM_CODE_DROPPED, /* nobody sees it */
    HM_CODE_CONTROL, /* refused */
    HM_CODE_UNKNOWN  /* refused: no character of this version of Unicode */
};

/* The bytes read, or 0 where no character begins and `*code` is undefined. */
size_t hm_code_get(struct hm_bytes text, uint32_t *code);
size_t hm_code_put(uint8_t *to, uint32_t code);

enum hm_code_class hm_code_class(uint32_t code);

/* The d with stroke that `code` looks like, or `code`. */
uint32_t hm_code_mended(uint32_t code);

/* Whether a combining mark may begin with `lead`: no for all that Vietnamese is kept in.
 */
static inline bool hm_code_mark_leads(const uint8_t *at, size_t left)
{
    if (left == 0 || at[0] < 0xCC) {
        return false;
    }
    return at[0] != 0xE1 || left < 2 || at[1] < 0xB8 || at[1] > 0xBB;
}

/*
 * The bytes of the character at `at` if it is plain, else 0. Plain: visible ASCII, and
 * those of U+00A1..U+024F, U+1E00..U+1EFF and U+2010..U+2027 that stay as they are and
 * never combine with what stands before them, so that a text of nothing else is NFC.
 * These cover written Vietnamese; all else goes the long way through utf8proc.
 */
static inline size_t hm_code_plain(const uint8_t *at, size_t left)
{
    if (at[0] < 0x80) {
        return at[0] > ' ' && at[0] < 0x7F;
    }
    if (left < 2 || (at[1] & 0xC0) != 0x80) {
        return 0;
    }
    switch (at[0]) {
    case 0xC2:
        return at[1] > 0xA0 && at[1] != 0xAD ? 2 : 0; /* C1, no-break space, hyphen */
    case 0xC3:
        return at[1] != 0x90 && at[1] != 0xB0 ? 2 : 0; /* U+00D0, U+00F0 */
    case 0xC6:
        return at[1] != 0x89 ? 2 : 0; /* U+0189 */
    case 0xC4:
    case 0xC5:
    case 0xC7:
    case 0xC8:
        return 2;
    case 0xC9:
        return at[1] < 0x90 ? 2 : 0;
    case 0xE1:
        return left > 2 && at[1] >= 0xB8 && at[1] <= 0xBB && (at[2] & 0xC0) == 0x80 ? 3
                                                                                    : 0;
    case 0xE2:
        return left > 2 && at[1] == 0x80 && at[2] >= 0x90 && at[2] <= 0xA7 ? 3 : 0;
    default:
        return 0;
    }
}

#endif
