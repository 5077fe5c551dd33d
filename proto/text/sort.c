/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/sort.h"

#include "letter.h"

/*
 * A key is letters, 0, tones, 0, capitals; zeros at the end are left out. (A person's:
 * letters and tones of each part, then the capitals of all.)
 *
 * Letters: a byte or, where the alphabet ends, a byte and three more for every unit of
 * the text; a unit is a character with its marks, or a whole number. No unit begins with
 * 0, and none is the beginning of another, so equal letters mean equal units.
 *
 * Tones: for every marked unit how many unmarked ones precede it. ICU compares one weight
 * a unit, unmarked the least, so that of two texts the one whose next mark comes sooner
 * is the greater: the count is stored downwards. Unmarked units behind the last mark
 * need no byte, since both texts have as many of them.
 *
 * Capitals: a bit a unit.
 */
enum {
    END = 0,
    PUNCTUATION = 0x02,  /* .. 0x3F: see `punctuation` */
    SYMBOL = 0x40,       /* and the code point */
    NUMBER = 0x41,       /* .. 0x50: and its digits, by their count */
    COUNTED_DIGITS = 15, /* a longer number has its count in two bytes more */
    LETTER = 0x51,       /* .. 0x7F: see `place` */
    FOREIGN = 0x80       /* and the code point */
};

enum {
    TONE_SKIP = 1,   /* SKIPPED unmarked units */
    TONE_FIRST = 2,  /* .. 0xF1: MARK_RANKS * (SKIPPED - 1 - unmarked) + rank - 1 */
    MARK_RANKS = 15, /* tones 1..5, other marks behind them */
    SKIPPED = 16
};

_Static_assert(TONE_FIRST + MARK_RANKS * SKIPPED - 1 <= UINT8_MAX, "a tone is a byte");

/* In ascending order, as CLDR has them; apostrophes and double quotes each count as one.
 */
static const uint32_t punctuation[] = {
    '\t', '\n',   ' ',  '_',  '-', 0x2013, 0x2014, ',', ';', ':',    '!',   '?',
    '.',  0x2026, 0xB7, '\'', '"', 0xAB,   0xBB,   '(', ')', '[',    ']',   '{',
    '}',  0xA7,   '@',  '*',  '/', '\\',   '&',    '#', '%', 0x2022, '`',   '^',
    0xB0, '+',    0xF7, 0xD7, '<', '=',    '>',    '|', '~', '$',    0x20AB};

/* The place of a..z in a ă â b ƀ c d đ e ê f g … */
static const uint8_t place[] = {0,  3,  5,  6,  8,  10, 11, 12, 13, 14, 15, 16, 17,
                                18, 19, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32, 33};

/* What ASCII lacks; ƀ is a letter of the Jarai and the Bahnar. 0: no such letter. */
static uint8_t place_more(uint32_t base)
{
    switch (base) {
    case HM_LETTER_A_BREVE:
        return 1;
    case HM_LETTER_A_CIRCUMFLEX:
        return 2;
    case 0x0180:
        return 4;
    case HM_LETTER_D_STROKE:
        return 7;
    case HM_LETTER_E_CIRCUMFLEX:
        return 9;
    case HM_LETTER_O_CIRCUMFLEX:
        return 20;
    case HM_LETTER_O_HORN:
        return 21;
    case HM_LETTER_U_HORN:
        return 28;
    default:
        return 0;
    }
}

static unsigned mark_rank(uint16_t mark)
{
    static const uint16_t others[] = {0x0306, 0x0302, 0x030C, 0x030A, 0x0308,
                                      0x030B, 0x0307, 0x0327, 0x0328};
    unsigned rank = hm_letter_tone(mark);
    if (rank > 0) {
        return rank;
    }
    for (rank = 6; rank < MARK_RANKS && others[rank - 6] != mark; rank++) {
    }
    return rank;
}

struct unit {
    struct hm_letter letter;
    struct hm_bytes digits; /* a whole number; its letter is '0' */
};

static bool unit_next(struct hm_bytes *text, struct unit *unit)
{
    size_t count = 0;
    while (count < text->size && text->data[count] >= '0' && text->data[count] <= '9') {
        count++;
    }
    unit->digits = (struct hm_bytes){text->data, count};
    if (count == 0) {
        return hm_letter_next(text, &unit->letter);
    }
    unit->letter = (struct hm_letter){.base = '0'};
    text->data += count;
    text->size -= count;
    return true;
}

static void put_code(struct hm_buf *out, uint8_t lead, uint32_t code)
{
    uint8_t bytes[] = {lead, (uint8_t)(code >> 16), (uint8_t)(code >> 8), (uint8_t)code};
    hm_buf_put(out, bytes, sizeof(bytes));
}

/* Without leading zeros, the longer number is the greater. */
static void put_number(struct hm_buf *out, struct hm_bytes digits)
{
    while (digits.size > 0 && digits.data[0] == '0') {
        digits.data++;
        digits.size--;
    }
    if (digits.size < COUNTED_DIGITS) {
        hm_buf_put_byte(out, (uint8_t)(NUMBER + digits.size));
    } else {
        size_t count = digits.size > UINT16_MAX ? UINT16_MAX : digits.size;
        hm_buf_put_byte(out, NUMBER + COUNTED_DIGITS);
        hm_buf_put_byte(out, (uint8_t)(count >> 8));
        hm_buf_put_byte(out, (uint8_t)count);
    }
    hm_buf_put_bytes(out, digits);
}

static void put_other(struct hm_buf *out, uint32_t base)
{
    enum hm_letter_kind kind = hm_letter_kind(base);
    if (kind == HM_LETTER_APOSTROPHE) {
        base = '\'';
    } else if (base == 0x201C || base == 0x201D) {
        base = '"';
    }
    for (size_t i = 0; i < sizeof(punctuation) / sizeof(punctuation[0]); i++) {
        if (punctuation[i] == base) {
            hm_buf_put_byte(out, (uint8_t)(PUNCTUATION + i));
            return;
        }
    }
    put_code(out, kind == HM_LETTER_ALPHABETIC ? FOREIGN : SYMBOL, base);
}

static void put_letters(struct hm_buf *out, struct hm_bytes text)
{
    struct unit unit;
    while (unit_next(&text, &unit)) {
        uint32_t base = unit.letter.base;
        if (unit.digits.size > 0) {
            put_number(out, unit.digits);
        } else if (base >= 'a' && base <= 'z') {
            hm_buf_put_byte(out, (uint8_t)(LETTER + place[base - 'a']));
        } else if (place_more(base) > 0) {
            hm_buf_put_byte(out, (uint8_t)(LETTER + place_more(base)));
        } else if (base != 0) {
            put_other(out, base);
        }
    }
    hm_buf_put_byte(out, END);
}

static void put_tones(struct hm_buf *out, struct hm_bytes text)
{
    struct unit unit;
    size_t unmarked = 0;
    while (unit_next(&text, &unit)) {
        unmarked += unit.letter.base != 0; /* the weight of the base itself */
        for (size_t i = 0; i < unit.letter.marks; i++) {
            for (; unmarked >= SKIPPED; unmarked -= SKIPPED) {
                hm_buf_put_byte(out, TONE_SKIP);
            }
            size_t sooner = SKIPPED - 1 - unmarked;
            unsigned rank = mark_rank(unit.letter.mark[i]);
            hm_buf_put_byte(out, (uint8_t)(TONE_FIRST + MARK_RANKS * sooner + rank - 1));
            unmarked = 0;
        }
    }
    hm_buf_put_byte(out, END);
}

struct capitals {
    uint8_t byte;
    uint8_t next; /* the bit of the next unit; 0: the byte is full */
};

static void put_capitals(struct hm_buf *out, struct hm_bytes text, struct capitals *c)
{
    struct unit unit;
    while (unit_next(&text, &unit)) {
        if (unit.letter.base == 0) {
            continue;
        }
        c->byte |= unit.letter.upper ? c->next : 0;
        c->next >>= 1;
        if (c->next == 0) {
            hm_buf_put_byte(out, c->byte);
            *c = (struct capitals){.next = 0x80};
        }
    }
}

/* The parts of a person's name in the order in which they are compared. */
static void person_parts(struct hm_bytes name, struct hm_bytes part[3])
{
    const uint8_t *at = name.data;
    size_t given = name.size; /* where the last word begins */
    size_t family = 0;        /* where the first one ends */
    while (given > 0 && at[given - 1] != ' ') {
        given--;
    }
    while (family < given && at[family] != ' ') {
        family++;
    }
    size_t middle = family < given ? family + 1 : given;
    size_t end = given > middle ? given - 1 : middle;
    part[0] = (struct hm_bytes){at + given, name.size - given};
    part[1] = (struct hm_bytes){at, family};
    part[2] = (struct hm_bytes){at + middle, end - middle};
}

void hm_text_sort_key(struct hm_buf *out, struct hm_bytes text, enum hm_text_order order)
{
    struct hm_bytes part[3] = {text};
    size_t parts = 1;
    size_t start = out->size;
    struct capitals capitals = {.next = 0x80};
    if (text.size == 0) {
        return;
    }
    if (order == HM_TEXT_ORDER_PERSON) {
        person_parts(text, part);
        parts = 3;
    }
    for (size_t i = 0; i < parts; i++) {
        put_letters(out, part[i]);
        put_tones(out, part[i]);
    }
    for (size_t i = 0; i < parts; i++) {
        put_capitals(out, part[i], &capitals);
    }
    hm_buf_put_byte(out, capitals.byte);
    while (out->size > start && out->data[out->size - 1] == END) {
        out->size--; /* the byte behind is the NUL that ends a buffer */
    }
}
