/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purge.h - a laptop forgets units that it may no longer hold.
 *
 * Owner:      proto/store/purge.c; layer 2
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h; after one the caller rolls back
 */
#ifndef HAMLET_STORE_PURGE_H
#define HAMLET_STORE_PURGE_H

#include "hamlet/store/store.h"

/*
 * Homes of which a bucket or values are here, but for the registry, ascending: those of
 * which a purge would leave less. `bare`: only those of which no bucket is here.
 */
HM_CHECKED enum hm_status hm_store_homes(struct hm_store *store,
                                         bool bare,
                                         struct hm_bytes **homes,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/*
 * Forget this home: its bucket, records, changes and pages. Changes that the own mailbox
 * names stay as skeletons. The own chain must be acknowledged whole: it is given up, and
 * hm_store_purged begins another. The file is to be gone over then (hm_store_scrub).
 */
HM_CHECKED enum hm_status hm_store_purge(struct hm_store *store,
                                         struct hm_bytes home,
                                         struct hm_err *err);

/*
 * After all of them: a new epoch, which carries nothing on. What this device wrote before
 * comes back like anybody's, should it be given the unit again.
 */
HM_CHECKED enum hm_status hm_store_purged(struct hm_store *store, struct hm_err *err);

#endif
