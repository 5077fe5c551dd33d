/* SPDX-License-Identifier: Apache-2.0 */
/*
 * letter.h - text as Vietnamese reads it: a letter, its tone, its case.
 *
 * Owner: proto/text/letter.c; private to text
 *
 * The reader takes any Unicode form, normalised or not, and gives the same letters for
 * equivalent texts (of Hangul alone it does not), so that the keys made of them need no
 * normalising first. It never fails: what is no UTF-8 reads as U+FFFD, one a byte.
 */
#ifndef HM_TEXT_LETTER_H
#define HM_TEXT_LETTER_H

#include "hamlet/base/bytes.h"
#include "hamlet/text/normal.h"

/* The letters of the alphabet that ASCII lacks; their marks belong to them. */
enum {
    HM_LETTER_A_BREVE = 0x0103,
    HM_LETTER_A_CIRCUMFLEX = 0x00E2,
    HM_LETTER_D_STROKE = 0x0111,
    HM_LETTER_E_CIRCUMFLEX = 0x00EA,
    HM_LETTER_O_CIRCUMFLEX = 0x00F4,
    HM_LETTER_O_HORN = 0x01A1,
    HM_LETTER_U_HORN = 0x01B0
};

struct hm_letter {
    uint32_t base; /* lower case, without marks but those above; 0: marks alone */
    bool upper;
    uint8_t marks;
    uint16_t mark[HM_TEXT_MARKS_MAX]; /* in canonical order; tones are among them */
};

enum hm_letter_kind {
    HM_LETTER_ALPHABETIC,
    HM_LETTER_NUMERIC,
    HM_LETTER_APOSTROPHE, /* part of a word in names of the Central Highlands */
    HM_LETTER_OTHER
};

/* Takes one letter off the front of `text`; false at the end. */
bool hm_letter_next(struct hm_bytes *text, struct hm_letter *letter);

enum hm_letter_kind hm_letter_kind(uint32_t base);

/* 0 ngang, 1 huyền, 2 hỏi, 3 ngã, 4 sắc, 5 nặng: the tone that `mark` writes, or 0. */
unsigned hm_letter_tone(uint16_t mark);

/* The ASCII letter under one of the alphabet's own letters, or `base`. */
uint32_t hm_letter_ascii(uint32_t base);

/*
 * A row of hm_latin: the base in the low 15 bits, HM_LATIN_UPPER, the mark above. 0:
 * not a letter with at most one mark; the reader then goes the long way.
 */
#define HM_LATIN_UPPER UINT32_C(0x8000)

enum {
    HM_LATIN_FIRST = 0x00C0,
    HM_LATIN_END = 0x0250,
    HM_LATIN_MORE_FIRST = 0x1E00,
    HM_LATIN_MORE_END = 0x1F00
};

extern const uint32_t hm_latin[HM_LATIN_END - HM_LATIN_FIRST];
extern const uint32_t hm_latin_more[HM_LATIN_MORE_END - HM_LATIN_MORE_FIRST];

#endif
