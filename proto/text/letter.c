/* SPDX-License-Identifier: Apache-2.0 */
#include "letter.h"

#include <utf8proc.h>

#include "code.h"

enum {
    GRAVE = 0x0300,
    ACUTE = 0x0301,
    CIRCUMFLEX = 0x0302,
    TILDE = 0x0303,
    BREVE = 0x0306,
    HOOK = 0x0309,
    HORN = 0x031B,
    DOT_BELOW = 0x0323,
    NOT_UTF8 = 0xFFFD
};

unsigned hm_letter_tone(uint16_t mark)
{
    switch (mark) {
    case GRAVE:
        return 1;
    case HOOK:
        return 2;
    case TILDE:
        return 3;
    case ACUTE:
        return 4;
    case DOT_BELOW:
        return 5;
    default:
        return 0;
    }
}

uint32_t hm_letter_ascii(uint32_t base)
{
    switch (base) {
    case HM_LETTER_A_BREVE:
    case HM_LETTER_A_CIRCUMFLEX:
        return 'a';
    case HM_LETTER_D_STROKE:
        return 'd';
    case HM_LETTER_E_CIRCUMFLEX:
        return 'e';
    case HM_LETTER_O_CIRCUMFLEX:
    case HM_LETTER_O_HORN:
        return 'o';
    case HM_LETTER_U_HORN:
        return 'u';
    default:
        return base;
    }
}

static bool is_apostrophe(uint32_t base)
{
    return base == '\'' || base == 0x2018 || base == 0x2019 || base == 0x02BC;
}

enum hm_letter_kind hm_letter_kind(uint32_t base)
{
    if ((base >= 'a' && base <= 'z') || hm_letter_ascii(base) != base) {
        return HM_LETTER_ALPHABETIC;
    }
    if (base >= '0' && base <= '9') {
        return HM_LETTER_NUMERIC;
    }
    if (is_apostrophe(base)) {
        return HM_LETTER_APOSTROPHE;
    }
    utf8proc_category_t category =
        base < 0x80 ? UTF8PROC_CATEGORY_PO : utf8proc_category((utf8proc_int32_t)base);
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) {
        return HM_LETTER_ALPHABETIC;
    }
    return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO
               ? HM_LETTER_NUMERIC
               : HM_LETTER_OTHER;
}

/* The row and the bytes of a letter of the tables; 0 where there is none. */
static uint32_t latin(struct hm_bytes text, size_t *length)
{
    const uint8_t *at = text.data;
    *length = hm_code_plain(at, text.size);
    if (*length == 2 && at[0] >= 0xC3) {
        return hm_latin[((at[0] & 0x1FU) << 6 | (at[1] & 0x3FU)) - HM_LATIN_FIRST];
    }
    if (*length == 3 && at[0] == 0xE1) {
        return hm_latin_more[(at[1] & 0x03U) << 6 | (at[2] & 0x3FU)];
    }
    return 0;
}

/* A letter that needs nothing but a table; what follows it is no mark. */
static bool next_plain(struct hm_bytes *text, struct hm_letter *letter)
{
    uint8_t c = text->data[0];
    size_t length = 1;
    letter->marks = 0;
    if (c < 0x80) {
        letter->upper = c >= 'A' && c <= 'Z';
        letter->base = letter->upper ? c | 0x20U : c;
    } else {
        uint32_t row = latin(*text, &length);
        if (row == 0) {
            return false;
        }
        letter->base = row & (HM_LATIN_UPPER - 1);
        letter->upper = (row & HM_LATIN_UPPER) != 0;
        letter->mark[0] = (uint16_t)(row >> 16);
        letter->marks = letter->mark[0] != 0;
    }
    if (hm_code_mark_leads(text->data + length, text->size - length)) {
        return false;
    }
    text->data += length;
    text->size -= length;
    return true;
}

static int class_of(uint32_t code)
{
    return utf8proc_get_property((utf8proc_int32_t)code)->combining_class;
}

/* In canonical order: behind all that do not have to stand after it. Too many: dropped,
 * since the normal form refuses them and a key must stay small. */
static void add_mark(struct hm_letter *letter, uint32_t mark)
{
    size_t at = letter->marks;
    int class = class_of(mark);
    if (at == HM_TEXT_MARKS_MAX || mark > UINT16_MAX) {
        return;
    }
    for (; class > 0 && at > 0 && class_of(letter->mark[at - 1]) > class; at--) {
        letter->mark[at] = letter->mark[at - 1];
    }
    letter->mark[at] = (uint16_t)mark;
    letter->marks++;
}

/* One character taken apart. Hangul stays whole: its parts are no marks. */
static void add_code(struct hm_letter *letter, uint32_t code)
{
    utf8proc_int32_t part[HM_TEXT_MARKS_MAX];
    int boundary = 0;
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)code, part, HM_TEXT_MARKS_MAX,
                                UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, &boundary);
    bool whole = count < 1 || count > HM_TEXT_MARKS_MAX ||
                 (count > 1 && hm_code_class((uint32_t)part[1]) != HM_CODE_MARK);
    if (whole) {
        letter->base = code;
        return;
    }
    utf8proc_ssize_t i = 0;
    if (hm_code_class((uint32_t)part[0]) != HM_CODE_MARK) {
        letter->base = (uint32_t)part[i++];
    }
    for (; i < count; i++) {
        add_mark(letter, (uint32_t)part[i]);
    }
}

static uint32_t with_mark(uint32_t base, uint16_t mark)
{
    switch (base << 16 | mark) {
    case (uint32_t)'a' << 16 | BREVE:
        return HM_LETTER_A_BREVE;
    case (uint32_t)'a' << 16 | CIRCUMFLEX:
        return HM_LETTER_A_CIRCUMFLEX;
    case (uint32_t)'e' << 16 | CIRCUMFLEX:
        return HM_LETTER_E_CIRCUMFLEX;
    case (uint32_t)'o' << 16 | CIRCUMFLEX:
        return HM_LETTER_O_CIRCUMFLEX;
    case (uint32_t)'o' << 16 | HORN:
        return HM_LETTER_O_HORN;
    case (uint32_t)'u' << 16 | HORN:
        return HM_LETTER_U_HORN;
    default:
        return 0;
    }
}

/* Lower case, and the mark that makes a letter of its own goes into the base. */
static void settle(struct hm_letter *letter)
{
    uint32_t base = hm_code_mended(letter->base);
    uint32_t lower = (uint32_t)utf8proc_tolower((utf8proc_int32_t)base);
    letter->upper = lower != base;
    letter->base = lower;
    for (size_t i = 0; lower < 0x80 && i < letter->marks; i++) {
        uint32_t own = with_mark(lower, letter->mark[i]);
        if (own != 0) {
            letter->base = own;
            letter->marks--;
            for (; i < letter->marks; i++) {
                letter->mark[i] = letter->mark[i + 1];
            }
        }
    }
}

static size_t get(struct hm_bytes text, uint32_t *code)
{
    size_t length = hm_code_get(text, code);
    if (length == 0) {
        *code = NOT_UTF8;
        return 1;
    }
    return length;
}

static void skip(struct hm_bytes *text, size_t length)
{
    text->data += length;
    text->size -= length;
}

bool hm_letter_next(struct hm_bytes *text, struct hm_letter *letter)
{
    bool found = false;
    if (text->size == 0) {
        return false;
    }
    if (next_plain(text, letter)) {
        return true;
    }
    *letter = (struct hm_letter){0};
    while (text->size > 0) {
        uint32_t code = 0;
        size_t length = get(*text, &code);
        enum hm_code_class class = hm_code_class(code);
        if (found && class != HM_CODE_MARK && class != HM_CODE_DROPPED) {
            break;
        }
        if (class != HM_CODE_DROPPED) {
            add_code(letter, code);
            found = true;
        }
        skip(text, length);
    }
    settle(letter);
    return found;
}
