/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.h - what a person of the district must know to sign in at its server.
 *
 * Owner:      daemon/replica/account.c; layer 4
 * Threads:    hm_account_open and hm_account_seal have no shared state, take 64 MiB and a
 *             part of a second (base/passphrase.h): one at a time. The others are of the
 *             thread of the store, inside a transaction
 * Durability: with the transaction that the caller has begun
 * Errors:     those of the store besides; none has a passphrase or a code in it
 *
 * Who is given an account gets a code of 80 random bits, good once and for a week, with
 * which he chooses a passphrase. Who forgot his gets a new code, and from then on nothing
 * else opens. Wrong tries wait as on a laptop (replica/passphrase.h); codes count too. A
 * name that nobody has is counted and judged like any other, in one of a few places, so
 * that names cannot be tried out and strangers cannot fill the store.
 */
#ifndef HAMLET_REPLICA_ACCOUNT_H
#define HAMLET_REPLICA_ACCOUNT_H

#include "hamlet/base/env.h"
#include "hamlet/store/accounts.h"

enum {
    HM_ACCOUNT_CODE_SIZE = 20, /* "ABCD-EFGH-JKMN-PQRS" and a NUL */
    HM_ACCOUNT_CODE_DAYS = 7
};

/* The account of this name, normalised by the caller. HM_NOT_FOUND: there is none */
HM_CHECKED enum hm_status hm_account_find(struct hm_store *store,
                                          struct hm_bytes name,
                                          struct hm_account *account,
                                          struct hm_arena *arena,
                                          struct hm_err *err);
/* The same by its user. */
HM_CHECKED enum hm_status hm_account_get(struct hm_store *store,
                                         const struct hm_id *user,
                                         struct hm_account *account,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* Draw a code, and let nothing but it open the account from here on. */
HM_CHECKED enum hm_status hm_account_invite(struct hm_store *store,
                                            const struct hm_id *user,
                                            const struct hm_env *env,
                                            char code[HM_ACCOUNT_CODE_SIZE],
                                            struct hm_err *err);

/* Where tries for a name are counted that nobody has. */
struct hm_id hm_account_nobody(struct hm_bytes name);

/*
 * Count a try, which is wrong until hm_account_forgive. HM_DENIED  passphrase-wait
 */
HM_CHECKED enum hm_status hm_account_try(struct hm_store *store,
                                         const struct hm_id *user,
                                         struct hm_mono now,
                                         int64_t *wait_ms,
                                         struct hm_err *err);
HM_CHECKED enum hm_status hm_account_forgive(struct hm_store *store,
                                             const struct hm_id *user,
                                             struct hm_err *err);

/* Is it the code? Typed in any case, with blanks or dashes where one likes. */
bool hm_account_code_is(const struct hm_account_secret *secret,
                        struct hm_bytes given,
                        struct hm_wall now);

/*
 * Is it the passphrase? Takes as long where there is none.
 * HM_DENIED  account-wrong
 */
HM_CHECKED enum hm_status hm_account_open(const struct hm_account_secret *secret,
                                          struct hm_bytes given,
                                          struct hm_err *err);

/*
 * Put a verifier of `fresh` into the secret, and take its code away.
 * HM_BAD_INPUT  passphrase-short, or it has characters that nobody can type again
 */
HM_CHECKED enum hm_status hm_account_seal(struct hm_account_secret *secret,
                                          struct hm_bytes fresh,
                                          const struct hm_env *env,
                                          struct hm_err *err);

#endif
