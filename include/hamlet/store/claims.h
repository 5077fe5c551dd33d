/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims.h - who has a case open at the district, so that two do not decide the same.
 *
 * Owner:      proto/store/server/claims.c; layer 2
 * Durability: with the transaction that the caller has begun
 * Time:       `now` and `due` are of the wall clock of the one machine that keeps them
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_CLAIMS_H
#define HAMLET_STORE_CLAIMS_H

#include "hamlet/base/time.h"
#include "hamlet/store/store.h"

enum { HM_CLAIM_LEASE_MS = 10 * 60 * 1000 };

struct hm_claim {
    struct hm_id subject; /* the record */
    struct hm_id user;
    struct hm_wall due;
};

/*
 * Take or renew the case for HM_CLAIM_LEASE_MS. *holder: who has it then, another one if
 * his claim still stands; then nothing was written.
 */
HM_CHECKED enum hm_status hm_store_claim_take(struct hm_store *store,
                                              const struct hm_id *subject,
                                              const struct hm_id *user,
                                              struct hm_wall now,
                                              struct hm_id *holder,
                                              struct hm_err *err);
/* Does nothing to what another holds. */
HM_CHECKED enum hm_status hm_store_claim_drop(struct hm_store *store,
                                              const struct hm_id *subject,
                                              const struct hm_id *user,
                                              struct hm_err *err);
/* Who holds it; none: nobody. */
HM_CHECKED enum hm_status hm_store_claim_holder(struct hm_store *store,
                                                const struct hm_id *subject,
                                                struct hm_wall now,
                                                struct hm_id *holder,
                                                struct hm_err *err);
/* All that stand, from `arena`. */
HM_CHECKED enum hm_status hm_store_claims(struct hm_store *store,
                                          struct hm_wall now,
                                          struct hm_claim **claims,
                                          size_t *count,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

#endif
