/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learned.h - what a laptop knew of the registry when it wrote what is still to be sent.
 *
 * Owner:      proto/store/learned.c; layer 2
 * Format:     PROTOCOL.md 3.5: a page names it
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_LEARNED_H
#define HAMLET_STORE_LEARNED_H

#include "hamlet/store/pages.h"

/*
 * What an own origin wrote up to now, and is not acknowledged, it wrote while no more
 * than `registry_n` entries of the registry were here.
 */
HM_CHECKED enum hm_status hm_store_learned_put(struct hm_store *store,
                                               const struct hm_origin *origin,
                                               uint64_t registry_n,
                                               struct hm_err *err);

/*
 * What `old` has beyond its acknowledged end begins the chain of the origin `fresh`, and
 * was written when it was.
 */
HM_CHECKED enum hm_status hm_store_learned_move(struct hm_store *store,
                                                const struct hm_origin *old,
                                                int64_t fresh,
                                                struct hm_err *err);

/*
 * How many were here when the change `seq` was written and those up to `*end`. Where
 * nothing was noted `*registry_n` stays, and it is true to the end of the chain.
 */
HM_CHECKED enum hm_status hm_store_learned_at(struct hm_store *store,
                                              int64_t origin,
                                              uint64_t seq,
                                              uint64_t *end,
                                              uint64_t *registry_n,
                                              struct hm_err *err);

#endif
