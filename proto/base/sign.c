/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/sign.h"

#include <sodium.h>
#include <string.h>

#include "hamlet/base/assert.h"

enum hm_status hm_sign_start(struct hm_err *err)
{
    if (sodium_init() < 0) {
        return hm_fail(err, HM_IO, "no-randomness", NULL, NULL, NULL);
    }
    return HM_OK;
}

void hm_sign_pair(struct hm_key *key, struct hm_secret *secret, const uint8_t seed[32])
{
    int failed = crypto_sign_seed_keypair(key->at, secret->at, seed);
    HM_ASSERT(failed == 0);
}

struct hm_id hm_sign_device(const struct hm_key *key)
{
    struct hm_digest digest;
    struct hm_id device;
    hm_hash_once(digest.at, HM_DIGEST_SIZE, (struct hm_bytes){key->at, HM_KEY_SIZE});
    memcpy(device.at, digest.at, HM_ID_SIZE);
    return device;
}

static void message_digest(struct hm_digest *digest,
                           const char *domain,
                           struct hm_bytes message)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text(domain));
    hm_hash_put(&hash, message);
    hm_hash_end(&hash, digest->at, HM_DIGEST_SIZE);
}

void hm_sign_make(struct hm_signature *signature,
                  const char *domain,
                  struct hm_bytes message,
                  const struct hm_secret *secret)
{
    struct hm_digest digest;
    message_digest(&digest, domain, message);
    (void)crypto_sign_detached(signature->at, NULL, digest.at, HM_DIGEST_SIZE,
                               secret->at);
}

bool hm_sign_check(const struct hm_signature *signature,
                   const char *domain,
                   struct hm_bytes message,
                   const struct hm_key *key)
{
    struct hm_digest digest;
    message_digest(&digest, domain, message);
    return crypto_sign_verify_detached(signature->at, digest.at, HM_DIGEST_SIZE,
                                       key->at) == 0;
}

void hm_secret_wipe(struct hm_secret *secret)
{
    sodium_memzero(secret->at, HM_SECRET_SIZE);
}

bool hm_secret_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}
