/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign.h - Ed25519 keys and signatures, each under a domain string.
 *
 * Owner:   proto/base/sign.c, the only user of libsodium's signing; layer 0
 * Threads: no shared state once hm_sign_start has returned
 *
 * What is signed is always BLAKE2b-256 over the packed domain string followed by the
 * message: a signature made for a page can never be shown as one for a request
 * (PROTOCOL.md 2.3).
 */
#ifndef HAMLET_BASE_SIGN_H
#define HAMLET_BASE_SIGN_H

#include "hamlet/base/err.h"
#include "hamlet/base/hash.h"

enum { HM_KEY_SIZE = 32, HM_SECRET_SIZE = 64, HM_SIGNATURE_SIZE = 64 };

struct hm_key { /* public */
    uint8_t at[HM_KEY_SIZE];
};

struct hm_secret { /* wipe with hm_secret_wipe */
    uint8_t at[HM_SECRET_SIZE];
};

struct hm_signature {
    uint8_t at[HM_SIGNATURE_SIZE];
};

/* Once, before anything else of this header. HM_IO: the system has no randomness. */
HM_CHECKED enum hm_status hm_sign_start(struct hm_err *err);

/* A key pair from a seed of 32 bytes. */
void hm_sign_pair(struct hm_key *key, struct hm_secret *secret, const uint8_t seed[32]);

/* The first 16 bytes of BLAKE2b-256 of a device's first public key. */
struct hm_id hm_sign_device(const struct hm_key *key);

void hm_sign_make(struct hm_signature *signature,
                  const char *domain,
                  struct hm_bytes message,
                  const struct hm_secret *secret);
bool hm_sign_check(const struct hm_signature *signature,
                   const char *domain,
                   struct hm_bytes message,
                   const struct hm_key *key);

void hm_secret_wipe(struct hm_secret *secret);
bool hm_secret_equal(const uint8_t *a, const uint8_t *b, size_t size); /* constant time */

#endif
