/* SPDX-License-Identifier: Apache-2.0 */
/* numbers.h - a growing list of row numbers in an arena, as statements give them. */
#ifndef HAMLET_STORE_NUMBERS_H
#define HAMLET_STORE_NUMBERS_H

#include "sql.h"

struct hm_numbers {
    int64_t *at;
    size_t count;
    size_t capacity;
};

HM_CHECKED enum hm_status hm_numbers_add(struct hm_numbers *numbers,
                                         int64_t number,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* Add column 0 of every row that the statement gives. */
HM_CHECKED enum hm_status hm_numbers_collect(struct hm_numbers *numbers,
                                             struct hm_store *store,
                                             sqlite3_stmt *stmt,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* Add column 0 of every row that a statement gives whose only parameter is the batch. */
HM_CHECKED enum hm_status hm_numbers_of_batch(struct hm_numbers *numbers,
                                              struct hm_store *store,
                                              const char *sql,
                                              const struct hm_batch *batch,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

#endif
