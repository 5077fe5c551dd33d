/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h - whether what is stored is whole, and whether two replicas agree.
 *
 * Owner:  daemon/api/digest.c, verify.c, verify_chain.c; layer 4
 * Shapes: what the JSON looks like is part of the command contract
 */
#ifndef HAMLET_API_CHECK_H
#define HAMLET_API_CHECK_H

#include "hamlet/api/view.h"
#include "hamlet/base/sign.h"

/* The state digest of a unit's subtree; `unit` null: the replica's own. */
HM_CHECKED enum hm_status hm_api_digest(const struct hm_view *view,
                                        const char *unit,
                                        struct hm_err *err);

/* The buckets as `[{unit, n, digest}]`, mailboxes and the registry left out. */
HM_CHECKED enum hm_status hm_api_buckets_json(struct hm_json_write *out,
                                              struct hm_store *store,
                                              struct hm_err *err);

/*
 * Check everything that can be checked here: the file, every change against its id, every
 * chain and signed page, the buckets against what the server signed, all that is derived.
 * Shows what was found; nothing is changed. `key` is the server's, null: as the store has
 * it.
 * HM_CORRUPT  something is wrong; it was shown
 */
HM_CHECKED enum hm_status hm_api_verify(const struct hm_view *view,
                                        const struct hm_key *key,
                                        struct hm_err *err);

/*
 * Make anew what is derived from the changes. HM_CORRUPT: it was not what it now is; the
 * facts themselves are as they were.
 */
HM_CHECKED enum hm_status hm_api_rebuild(const struct hm_view *view, struct hm_err *err);

#endif
