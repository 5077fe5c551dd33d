/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts.h - how people of the district prove who they are to its server.
 *
 * Owner:      proto/store/server/accounts.c; layer 2
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 *
 * Who has an account, in which role and unit, says the registry: a user with a permit on
 * the server's own device. Here stands only what cannot be in a registry that every
 * laptop reads. Nothing of it is a secret by itself: digests of what a person knows.
 */
#ifndef HAMLET_STORE_ACCOUNTS_H
#define HAMLET_STORE_ACCOUNTS_H

#include "hamlet/base/passphrase.h"
#include "hamlet/record/role.h"
#include "hamlet/store/store.h"

struct hm_account_secret {
    bool has_code;
    struct hm_digest code; /* of the first sign-in code's text … */
    struct hm_wall due;    /* … good until then */
    bool has_passphrase;
    struct hm_passphrase_cost cost;
    struct hm_digest verifier;
};

/* All false where there is none. */
HM_CHECKED enum hm_status hm_store_account_get(struct hm_store *store,
                                               const struct hm_id *user,
                                               struct hm_account_secret *secret,
                                               struct hm_err *err);
HM_CHECKED enum hm_status hm_store_account_put(struct hm_store *store,
                                               const struct hm_id *user,
                                               const struct hm_account_secret *secret,
                                               struct hm_err *err);

/* A person of the registry, in the role of the highest rank that he has on the server. */
struct hm_account {
    struct hm_id user;
    struct hm_id permit;
    struct hm_bytes name;
    enum hm_role role;
    struct hm_bytes home; /* whose subtree he works in */
};

/* All that there are; text comes from `arena`. */
HM_CHECKED enum hm_status hm_store_accounts(struct hm_store *store,
                                            struct hm_account **accounts,
                                            size_t *count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

#endif
