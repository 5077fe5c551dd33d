/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal.h - bytes that only one key can open: sealed to a public key, or with a shared
 * one.
 *
 * Owner:   proto/base/seal.c, the only user of libsodium's encryption; layer 0
 * Threads: no shared state once hm_sign_start has returned
 * Errors:  a failed call leaves `out` as it was
 *
 * Whoever seals to a public key (X25519) cannot open it again: a server seals the keys in
 * its backups to a recovery key that lies in a safe. What is sealed can be neither read
 * nor changed by others; that it is there, how long it is and when it was made, they see.
 *
 * Every call names a domain, as signatures do (sign.h): what was sealed for one purpose
 * does not open for another. Randomness comes from `env`.
 */
#ifndef HAMLET_BASE_SEAL_H
#define HAMLET_BASE_SEAL_H

#include "hamlet/base/buf.h"
#include "hamlet/base/env.h"

enum {
    HM_SEAL_KEY_SIZE = 32,
    /* What sealing adds to a message: to a public key, with a shared one. */
    HM_SEAL_TO_EXTRA = 32 + 16 + 32,
    HM_SEAL_WITH_EXTRA = 24 + 16
};

struct hm_seal_key { /* public */
    uint8_t at[HM_SEAL_KEY_SIZE];
};

struct hm_seal_secret { /* of a pair, or shared; wipe with hm_seal_wipe */
    uint8_t at[HM_SEAL_KEY_SIZE];
};

/* A key pair from a seed of 32 bytes. */
void hm_seal_pair(struct hm_seal_key *key,
                  struct hm_seal_secret *secret,
                  const uint8_t seed[32]);

/*
 * Append `message`, sealed to the holder of the secret that belongs to `key`.
 * HM_BAD_INPUT  seal-key: no such key can exist
 */
HM_CHECKED enum hm_status hm_seal_to(struct hm_buf *out,
                                     const char *domain,
                                     struct hm_bytes message,
                                     const struct hm_seal_key *key,
                                     const struct hm_env *env,
                                     struct hm_err *err);

/*
 * Append what hm_seal_to was given.
 * HM_BAD_INPUT  seal-broken: damaged, of another domain, or sealed to another key; which
 *               of these cannot be told
 */
HM_CHECKED enum hm_status hm_seal_open(struct hm_buf *out,
                                       const char *domain,
                                       struct hm_bytes sealed,
                                       const struct hm_seal_key *key,
                                       const struct hm_seal_secret *secret,
                                       struct hm_err *err);

/* Append `message`, sealed with a shared secret: who can open it could have made it. */
HM_CHECKED enum hm_status hm_seal_with(struct hm_buf *out,
                                       const char *domain,
                                       struct hm_bytes message,
                                       const struct hm_seal_secret *secret,
                                       const struct hm_env *env,
                                       struct hm_err *err);

/* Append what hm_seal_with was given. HM_BAD_INPUT: as of hm_seal_open. */
HM_CHECKED enum hm_status hm_seal_open_with(struct hm_buf *out,
                                            const char *domain,
                                            struct hm_bytes sealed,
                                            const struct hm_seal_secret *secret,
                                            struct hm_err *err);

void hm_seal_wipe(struct hm_seal_secret *secret);

#endif
