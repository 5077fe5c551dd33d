/* SPDX-License-Identifier: Apache-2.0 */
/*
 * epoch.h - a replica that finds that its disk was copied or restored begins anew.
 *
 * Owner:      proto/store/epoch.c, origins.c, pages.c; layer 2
 * Format:     PROTOCOL.md sections 3.4 and 7.6
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_EPOCH_H
#define HAMLET_STORE_EPOCH_H

#include "hamlet/store/pages.h"

/*
 * Begin a new epoch of this replica's device. Changes that the server has not
 * acknowledged get their place in the new chain and lose it in the old one; their ids,
 * all that is derived from them, and what their author knew (learned.h), stay as they
 * are. The lease and the open request are forgotten. *moved: how many changes that were.
 */
HM_CHECKED enum hm_status hm_store_epoch_begin(struct hm_store *store,
                                               uint64_t *moved,
                                               struct hm_err *err);

/* What the present epoch carries on. *found false: it is the device's first. */
HM_CHECKED enum hm_status hm_store_epoch_parent(struct hm_store *store,
                                                struct hm_parent *parent,
                                                bool *found,
                                                struct hm_err *err);

/* The head of an origin's chain at `seq`. *found false: it is not here. */
HM_CHECKED enum hm_status hm_store_head_at(struct hm_store *store,
                                           const struct hm_origin *origin,
                                           uint64_t seq,
                                           struct hm_digest *head,
                                           bool *found,
                                           struct hm_err *err);

/* Give an origin that has no change yet the head of the chain that it carries on. */
HM_CHECKED enum hm_status hm_store_origin_bind(struct hm_store *store,
                                               struct hm_origin *origin,
                                               const struct hm_digest *parent,
                                               struct hm_err *err);

/*
 * Run the chain on from `head` over the changes `seq`…`end - 1` of an origin. *whole:
 * all of them are here.
 */
HM_CHECKED enum hm_status hm_store_chain_run(struct hm_store *store,
                                             int64_t origin,
                                             uint64_t seq,
                                             uint64_t end,
                                             struct hm_digest *head,
                                             bool *whole,
                                             struct hm_err *err);

#endif
