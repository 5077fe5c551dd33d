/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding_read.h - the units of a file, and the letters that an encoding makes of them.
 *
 * Owner: proto/text/encoding_read.c, encoding_letter.c; private to text
 */
#ifndef HM_TEXT_ENCODING_READ_H
#define HM_TEXT_ENCODING_READ_H

#include "hamlet/text/encoding.h"

enum hm_carrier {
    HM_CARRIER_BYTES, /* a unit is a byte, as code page 1252 has it */
    HM_CARRIER_UTF8,
    HM_CARRIER_UTF16LE,
    HM_CARRIER_UTF16BE
};

enum { HM_UNIT_BROKEN = 0x110000 }; /* what is no character; one byte of it */

struct hm_units {
    enum hm_carrier carrier;
    struct hm_bytes rest;
    size_t at; /* where `rest` begins in the file */
};

/* The carrier of `text`, by its mark or its bytes; the mark is left out. */
void hm_units_init(struct hm_units *units, struct hm_bytes text);

/* One code point off the front; false at the end. */
bool hm_units_next(struct hm_units *units, uint32_t *code);

/*
 * The letters that the unit or two at the front of `codes` mean: at most three code
 * points, `*made` of them, a base and its marks or a composed letter. Returns the units
 * used, 1 or 2. `*known` false: no letter or sign of this encoding. UTF-8 and UTF-16 give
 * each back as it is.
 */
size_t hm_encoding_letter(enum hm_encoding encoding,
                          const uint32_t *codes,
                          size_t count,
                          uint32_t made_codes[3],
                          size_t *made,
                          bool *known);

/* The capital of a small Vietnamese letter, or `code`. Both take as many bytes. */
uint32_t hm_encoding_capital(uint32_t code);

#endif
