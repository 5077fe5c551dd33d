/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/passphrase.h"

#include <sodium.h>

enum { KIB = 1024, MEMORY_KIB_MIN = 8 * KIB };

_Static_assert((int)HM_PASSPHRASE_SALT_SIZE == (int)crypto_pwhash_SALTBYTES, "salt");
_Static_assert((size_t)HM_PASSPHRASE_MEMORY_KIB *KIB >= crypto_pwhash_MEMLIMIT_MIN,
               "memory");

enum hm_status hm_passphrase_cost(struct hm_passphrase_cost *cost,
                                  const struct hm_env *env,
                                  struct hm_err *err)
{
    struct hm_passphrase_cost made = {.passes = HM_PASSPHRASE_PASSES,
                                      .memory_kib = HM_PASSPHRASE_MEMORY_KIB};
    enum hm_status status = hm_env_random(env, made.salt, sizeof(made.salt), err);
    if (status == HM_OK) {
        *cost = made;
    }
    return status;
}

enum hm_status hm_passphrase_key(struct hm_seal_secret *key,
                                 struct hm_bytes passphrase,
                                 const struct hm_passphrase_cost *cost,
                                 struct hm_err *err)
{
    if (cost->passes < 1 || cost->passes > HM_PASSPHRASE_PASSES ||
        cost->memory_kib < MEMORY_KIB_MIN ||
        cost->memory_kib > HM_PASSPHRASE_MEMORY_KIB) {
        return hm_fail(err, HM_CORRUPT, "passphrase-broken", NULL, NULL, NULL);
    }
    /* The one failure left is that the memory is not to be had. */
    if (crypto_pwhash(key->at, sizeof(key->at), (const char *)passphrase.data,
                      passphrase.size, cost->salt, (unsigned long long)cost->passes,
                      (size_t)cost->memory_kib * KIB,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return hm_fail_memory(err);
    }
    return HM_OK;
}
