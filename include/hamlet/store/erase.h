/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erase.h - what is left of erased values in the file, and which orders there are.
 *
 * Owner:  proto/store/erase*.c, scrub.c; layer 2
 * Rules:  PROTOCOL.md 4.2. Values go where an accepted erasure, or an order in the
 *         registry, enters the store, in that transaction, and are dropped at the door
 *         ever after (changes.h, buckets.h).
 * Errors: store.h
 */
#ifndef HAMLET_STORE_ERASE_H
#define HAMLET_STORE_ERASE_H

#include "hamlet/store/changes.h"

/*
 * Where values were erased since it was done last: write the whole file anew, and end the
 * write-ahead log, so that no free page, no gap between rows and no old frame holds them.
 * Outside of transactions. *scrubbed: there was something to do, and it is done. What
 * fails is done at the next call; the values are out of every table before.
 * HM_LOCKED  somebody reads or writes; at a server after a moment: the writer goes on
 * HM_IO      there is no room for a second copy of the file
 */
HM_CHECKED enum hm_status hm_store_scrub(struct hm_store *store,
                                         bool *scrubbed,
                                         struct hm_err *err);

/* Whether it has something to do: the file may still hold what was erased. */
HM_CHECKED enum hm_status hm_store_scrub_due(struct hm_store *store,
                                             bool *due,
                                             struct hm_err *err);

/* An erasure that was accepted, in order of arrival. */
struct hm_erasure {
    struct hm_held held;
    uint64_t n; /* of its entry in the bucket of its home; 0: none is here */
};
HM_CHECKED enum hm_status hm_store_erasures(struct hm_store *store,
                                            struct hm_erasure **erasures,
                                            size_t *count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* Changes of which a value is not here though they were not refused: it was erased. */
HM_CHECKED enum hm_status hm_store_erased_count(struct hm_store *store,
                                                int64_t *count,
                                                struct hm_err *err);

/* The value of the registry's `over` (PROTOCOL.md 5.1): what an erasure orders. */
void hm_erasure_over_put(struct hm_buf *value, const struct hm_change *erasure);

/*
 * A server lists in the registry what it has accepted: whether there may be something
 * that is not listed, as far as this opening of the store knows; and that all is.
 */
bool hm_store_erasures_unlisted(const struct hm_store *store);
void hm_store_erasures_listed(struct hm_store *store);

#endif
