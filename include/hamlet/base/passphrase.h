/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passphrase.h - a key out of what a person can remember.
 *
 * Owner:   proto/base/passphrase.c, the only user of libsodium's Argon2id; layer 0
 * Threads: no shared state once hm_sign_start has returned; each call has memory of its
 *          own, so who must bound it lets one run at a time
 *
 * People choose what can be guessed, so each guess is made to cost: Argon2id (RFC 9106)
 * over 64 MiB in three passes, 84 ms on a desk machine and about half a second on a
 * laptop of ten years ago, which is as long as a person waits before pressing again.
 * More memory would push a laptop of 2 GiB with a browser open into its swap; less makes
 * a guess cheap on a graphics card. The memory is held for that moment alone. The cost
 * stands beside each salt, so that it can be raised without asking anybody; a file never
 * makes a laptop spend more than it would by itself.
 */
#ifndef HAMLET_BASE_PASSPHRASE_H
#define HAMLET_BASE_PASSPHRASE_H

#include "hamlet/base/seal.h"

enum {
    HM_PASSPHRASE_SALT_SIZE = 16,
    HM_PASSPHRASE_PASSES = 3,
    HM_PASSPHRASE_MEMORY_KIB = 64 * 1024,
    HM_PASSPHRASE_CHARACTERS_MIN = 8,
    HM_PASSPHRASE_BYTES_MAX = 512
};

struct hm_passphrase_cost {
    int64_t passes;
    int64_t memory_kib;
    uint8_t salt[HM_PASSPHRASE_SALT_SIZE];
};

/* What a new passphrase costs, with a salt that was never used. */
HM_CHECKED enum hm_status hm_passphrase_cost(struct hm_passphrase_cost *cost,
                                             const struct hm_env *env,
                                             struct hm_err *err);

/*
 * The key; wipe it with hm_seal_wipe.
 * HM_CORRUPT    passphrase-broken: no cost of ours, or a larger one
 * HM_NO_MEMORY  as much is not to be had just now
 */
HM_CHECKED enum hm_status hm_passphrase_key(struct hm_seal_secret *key,
                                            struct hm_bytes passphrase,
                                            const struct hm_passphrase_cost *cost,
                                            struct hm_err *err);

#endif
