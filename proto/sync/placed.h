/* SPDX-License-Identifier: Apache-2.0 */
/*
 * placed.h - what the numbers of a reply mean to the laptop that takes it.
 *
 * Private to proto/sync.
 *
 * Branches are each store's own (PROTOCOL.md 7.4): what is the chain to the server, which
 * names changes by their number in it, may be a branch here. The pages that came with the
 * numbers say which changes they mean, wherever they stand.
 */
#ifndef HAMLET_SYNC_PLACED_H
#define HAMLET_SYNC_PLACED_H

#include "hamlet/store/pages.h"
#include "hamlet/sync/inbox.h"

/* Once the inbox's pages are in the store: those that stand in branches. */
HM_CHECKED enum hm_status hm_placed_note(struct hm_inbox *inbox, struct hm_err *err);

/*
 * The row of the origin, or of a branch of it, where the reply's number `seq` is to be
 * looked up, and the numbers behind it: *count, lowered to as many as are there as well.
 */
int64_t hm_placed_row(const struct hm_inbox *inbox,
                      const struct hm_origin *origin,
                      uint64_t seq,
                      uint64_t *count);

/* The rows of `count` changes from `seq` on; fewer where not all of them are here. */
HM_CHECKED enum hm_status hm_placed_stretches(struct hm_inbox *inbox,
                                              const struct hm_origin *origin,
                                              uint64_t seq,
                                              uint64_t count,
                                              struct hm_stretch **stretches,
                                              size_t *found,
                                              struct hm_err *err);

#endif
