/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding.h - files from before Unicode, and what is left of them inside of it.
 *
 * Owner:   proto/text/encoding.c, encoding_guess.c; layer 1, pure
 * Threads: anything here may be called from any thread
 * Errors:  outputs are written only on HM_OK
 * Sources: TCVN 5712:1993; VNI's Windows code page; Microsoft's 1252 and 1258
 *
 * TCVN3 (fonts .Vn…) and VNI write Vietnamese with the code points of Western letters,
 * among them a soft hyphen and symbols, so whatever cleans text must not have seen the
 * file before it is judged. Such text comes as bytes of one each, or copied letter by
 * letter into UTF-8 or UTF-16, read as code page 1252 or 1258: each is taken.
 *
 * The judgement rests on the words of the whole text (or column): what is a Vietnamese
 * syllable in one reading seldom is one in another. Where too few words speak, or they
 * speak for several, it is not sure, and a person must be asked.
 */
#ifndef HAMLET_TEXT_ENCODING_H
#define HAMLET_TEXT_ENCODING_H

#include "hamlet/base/buf.h"

enum hm_encoding {
    HM_ENCODING_UTF8, /* of any normal form, with a byte order mark or without */
    HM_ENCODING_UTF16,
    HM_ENCODING_TCVN3,
    HM_ENCODING_TCVN3_H, /* a font that shows all letters as capitals */
    HM_ENCODING_VNI,
    HM_ENCODING_1258
};

enum { HM_ENCODING_COUNT = HM_ENCODING_1258 + 1 };

/* As people name it to a program: "utf8", "utf16", "tcvn3", "tcvn3-h", "vni", … */
const char *hm_encoding_name(enum hm_encoding encoding);
bool hm_encoding_named(const char *name, enum hm_encoding *encoding);

/*
 * What the name of a font says, of text in a cell that bears it: ".VnTime", ".VnTimeH",
 * "VNI-Times"; false: nothing.
 */
bool hm_encoding_of_font(struct hm_bytes font, enum hm_encoding *encoding);

struct hm_encoding_guess {
    enum hm_encoding encoding; /* the likeliest */
    bool sure;                 /* else somebody must say which it is */
};

/*
 * Judge `text`: a whole file, or the cells of a column with a line end after each. Takes
 * no memory. Text of ASCII alone is UTF-8, surely.
 */
struct hm_encoding_guess hm_encoding_guess(struct hm_bytes text);

/*
 * Append `text`, which is in `encoding`, as UTF-8 without a byte order mark, the legacy
 * encodings in NFC; what an encoding has no letter for stays what it is in code page
 * 1252. TCVN3 has capitals of few letters: where the cell (up to a line end, tab, comma,
 * semicolon or quote) is in capitals but for those, or all its other words begin with
 * one, they become capitals too. UTF-8 is copied as it is, whatever is wrong with it.
 * HM_BAD_INPUT  encoding-broken (name, byte from 1): UTF-16 that is cut or unpaired
 * HM_TOO_BIG    over the cap of `out`
 */
HM_CHECKED enum hm_status hm_encoding_decode(struct hm_buf *out,
                                             struct hm_bytes text,
                                             enum hm_encoding encoding,
                                             struct hm_err *err);

#endif
