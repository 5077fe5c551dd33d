/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retain.h - how long what a record says about people is kept.
 *
 * Owner:   proto/record/retain.c; layer 1, pure
 * Threads: constant once its kind is loaded
 * Source:  Law 91/2025/QH15 and Decree 13/2023/NĐ-CP, article 3: no longer than needed.
 *          Two years after a year is closed is this project's own period
 *
 * `retain` of a kind's file (kind.h):
 *
 *   of*     FIELD: the year that a record is about, a number, or the date of its end
 *   years*  so many whole years after that one it is kept, 1 to 100
 *   erase*  [REGISTER…]: what goes then; no keys
 *   after   [QUERY…] (facts.h, of `exists` with its kind): not before one of them finds
 *           a record of the same unit and year, such as the count that stays
 */
#ifndef HAMLET_RECORD_RETAIN_H
#define HAMLET_RECORD_RETAIN_H

#include "hamlet/record/facts.h"
#include "hamlet/record/kind.h"

enum { HM_RETAIN_YEARS_MAX = 100 };

struct hm_kind_retain {
    const struct hm_field *of;
    int64_t years;
    const struct hm_kind_register *const *erase;
    size_t erase_count;
    const struct hm_query *after;
    size_t after_count;
};

/* The year in a record's value of `of`; false: it says none, and is kept. */
bool hm_retain_year(int64_t *year, struct hm_bytes value);

/* Whether what is about `year` is over in the year `now`. */
bool hm_retain_over(const struct hm_kind_retain *retain, int64_t year, int64_t now);

#endif
