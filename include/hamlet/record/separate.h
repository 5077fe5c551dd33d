/* SPDX-License-Identifier: Apache-2.0 */
/*
 * separate.h - records of which one person must not write two.
 *
 * Owner:   proto/record/separate.c; layer 1, pure
 * Threads: nothing is kept between calls
 * Source:  Circular 124/2021/TT-BCA, article 9: a unit evaluates itself, the steering
 *          committee above appraises. A kind's file names a field of its key, an enum, as
 *          `separate`: of the records of a home that differ in it alone nobody writes
 *          more than one. Judged at the author's door and by the server
 */
#ifndef HAMLET_RECORD_SEPARATE_H
#define HAMLET_RECORD_SEPARATE_H

#include "hamlet/record/kind.h"

enum { HM_SEPARATE_MAX = 64 }; /* values of an enum */

/* Whether who does this is held apart from who did it to another such record. */
bool hm_separate_act(enum hm_act act);

/*
 * The records besides the one with this key in `home` that its author must not have
 * written: those whose key differs in the field `separate` alone. Gives how many; 0 too
 * where the key is not known.
 */
size_t hm_separate_ids(const struct hm_kind *kind,
                       struct hm_bytes home,
                       const struct hm_key_field *key,
                       size_t key_count,
                       struct hm_id ids[HM_SEPARATE_MAX]);

#endif
