/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words_file.h - one words file, read in place.
 *
 * Owner: proto/text/words_file.c; private to text
 *
 * Not hm_json_parse: a node for each of many hundred sentences would cost every command
 * more than its own work, and no object there may have so many members. The reader takes
 * one copy of the file, ends each string where it stands, and keeps the keys in order.
 */
#ifndef HM_TEXT_WORDS_FILE_H
#define HM_TEXT_WORDS_FILE_H

#include "hamlet/base/bytes.h"
#include "hamlet/base/err.h"

struct hm_words_entry {
    const char *key;
    const char *text;
    const char *hint; /* null in `ui` */
};

struct hm_words_list {
    struct hm_words_entry *entry; /* keys ascending */
    size_t count;
    size_t capacity;
};

struct hm_words_file {
    char *copy;
    struct hm_words_list error;
    struct hm_words_list ui;
};

/*
 * The file is the caller's (hm_words_file_fini), also after a failure.
 * HM_CORRUPT  not of the form in words.h: other members, a key twice, a word missing
 */
HM_CHECKED enum hm_status hm_words_file_init(struct hm_words_file *file,
                                             struct hm_bytes json,
                                             struct hm_err *err);
void hm_words_file_fini(struct hm_words_file *file);

const struct hm_words_entry *hm_words_find(const struct hm_words_list *list,
                                           const char *key); /* null: unknown */

#endif
