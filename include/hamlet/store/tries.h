/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tries.h - wrong passphrases that were given for a member of this laptop, and the
 * invitations that set one aside.
 *
 * Owner:      proto/store/tries.c; layer 2
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 *
 * Nothing here is a secret or is sent: passphrases and what they open never stand in a
 * store.
 */
#ifndef HAMLET_STORE_TRIES_H
#define HAMLET_STORE_TRIES_H

#include "hamlet/store/store.h"

struct hm_tries {
    int64_t wrong; /* in a row; 0: none */
    struct hm_mono last;
};

HM_CHECKED enum hm_status hm_store_tries_get(struct hm_store *store,
                                             const struct hm_id *user,
                                             struct hm_tries *tries,
                                             struct hm_err *err);
/* With none wrong: forget them. */
HM_CHECKED enum hm_status hm_store_tries_put(struct hm_store *store,
                                             const struct hm_id *user,
                                             const struct hm_tries *tries,
                                             struct hm_err *err);

/* This invitation is used up here. HM_DENIED  invitation-used: it was before */
HM_CHECKED enum hm_status hm_store_invitation_spend(struct hm_store *store,
                                                    const struct hm_id *invitation,
                                                    struct hm_err *err);

#endif
