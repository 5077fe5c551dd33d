/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erase.h - which values an erasure reaches, and what a change is without them.
 *
 * Owner:  proto/model/erase.c, change.c; layer 1, pure
 * Rules:  PROTOCOL.md section 4.2
 *
 * A function of orders and of the changes of one record, effective or not, in whatever
 * order they came. Ids, chains and the merge stay what they were: an erasure takes values
 * and salts, never a write.
 */
#ifndef HAMLET_MODEL_ERASE_H
#define HAMLET_MODEL_ERASE_H

#include "hamlet/model/merge.h"

/* In one record: the writes of this register by the changes of this prefix. */
struct hm_order {
    struct hm_bytes reg;
    hm_prefix prefix;
};

/* A write that is erased: `known` and `write` are indexes. */
struct hm_erased {
    size_t known;
    size_t write;
};

/* Whether this write of an erasure orders something: ~live and ~alias are not erased. */
bool hm_erase_names(const struct hm_write *write);

/* What an erasure orders: all that such writes of it replace. */
HM_CHECKED enum hm_status hm_erase_orders(struct hm_order **orders,
                                          size_t *count,
                                          const struct hm_change *erasure,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/*
 * The writes of a record that the orders name, and all that these reach through
 * `replaces`. Everything comes from `arena`.
 */
HM_CHECKED enum hm_status hm_erase_reach(struct hm_erased **erased,
                                         size_t *erased_count,
                                         const struct hm_known *known,
                                         size_t count,
                                         const struct hm_order *orders,
                                         size_t order_count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/*
 * Forget the value and the salt of write `i`, whose commitment stays. A key gives all
 * salts: it is forgotten as well, and the values that are left keep salts of their own.
 */
void hm_change_forget(struct hm_change *change, size_t i);

#endif
