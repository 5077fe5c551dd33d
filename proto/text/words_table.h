/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words_table.h - the sentences of a language as they are built in.
 *
 * Owner: proto/words/make.c writes the tables; private to text
 *
 * Offsets and no pointers: nothing is set right when a program starts, and a page of
 * sentences that nobody reads is never loaded.
 */
#ifndef HM_TEXT_WORDS_TABLE_H
#define HM_TEXT_WORDS_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct hm_words_row {
    uint32_t key; /* where in `text` each begins; a NUL ends it */
    uint32_t text;
    uint32_t hint; /* of an error; else where an empty one stands */
};

struct hm_words_list {
    const struct hm_words_row *row; /* keys ascending as bytes */
    size_t count;
};

struct hm_words {
    const unsigned char *text;
    struct hm_words_list error;
    struct hm_words_list ui;
};

extern const struct hm_words hm_words_vi;
extern const struct hm_words hm_words_en;

#endif
