/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/seal.h"

#include <sodium.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/hash.h"

/*
 * To a public key: libsodium's sealed box (crypto_box_seal) over H32(packed domain) and
 * the message. With a shared secret: a random nonce, then crypto_secretbox under
 * H32(packed domain, secret).
 */
_Static_assert(HM_SEAL_TO_EXTRA == crypto_box_SEALBYTES + HM_DIGEST_SIZE, "sealed box");
_Static_assert((int)HM_SEAL_WITH_EXTRA ==
                   (int)(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES),
               "secret box");
_Static_assert(HM_SEAL_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "public key");
_Static_assert(HM_SEAL_KEY_SIZE == crypto_box_SECRETKEYBYTES, "secret key");
_Static_assert(HM_SEAL_KEY_SIZE == crypto_box_SEEDBYTES, "seed");
_Static_assert(HM_SEAL_KEY_SIZE == crypto_secretbox_KEYBYTES, "shared secret");

static void domain_digest(struct hm_digest *digest,
                          const char *domain,
                          struct hm_bytes more)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text(domain));
    hm_hash_put(&hash, more);
    hm_hash_end(&hash, digest->at, HM_DIGEST_SIZE);
    sodium_memzero(&hash, sizeof(hash));
}

static enum hm_status broken(struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, "seal-broken", NULL, NULL, NULL);
}

void hm_seal_pair(struct hm_seal_key *key,
                  struct hm_seal_secret *secret,
                  const uint8_t seed[32])
{
    int failed = crypto_box_seed_keypair(key->at, secret->at, seed);
    HM_ASSERT(failed == 0);
}

/* As crypto_box_seal has it, whose own key pair would come from the system. */
static void seal_nonce(uint8_t nonce[crypto_box_NONCEBYTES],
                       const struct hm_seal_key *once,
                       const struct hm_seal_key *key)
{
    struct hm_hash hash;
    hm_hash_init(&hash, crypto_box_NONCEBYTES);
    hm_hash_put(&hash, HM_BYTES(once->at));
    hm_hash_put(&hash, HM_BYTES(key->at));
    hm_hash_end(&hash, nonce, crypto_box_NONCEBYTES);
}

static enum hm_status pair_once(struct hm_seal_key *key,
                                struct hm_seal_secret *secret,
                                const struct hm_env *env,
                                struct hm_err *err)
{
    uint8_t seed[crypto_box_SEEDBYTES];
    enum hm_status status = hm_env_random(env, seed, sizeof(seed), err);
    if (status == HM_OK) {
        hm_seal_pair(key, secret, seed);
    }
    sodium_memzero(seed, sizeof(seed));
    return status;
}

enum hm_status hm_seal_to(struct hm_buf *out,
                          const char *domain,
                          struct hm_bytes message,
                          const struct hm_seal_key *key,
                          const struct hm_env *env,
                          struct hm_err *err)
{
    struct hm_seal_key once;
    struct hm_seal_secret once_secret;
    struct hm_digest digest;
    uint8_t nonce[crypto_box_NONCEBYTES];
    uint8_t *room = hm_buf_reserve(out, message.size + HM_SEAL_TO_EXTRA);
    if (room == NULL) {
        return hm_buf_status(out, err);
    }
    enum hm_status status = pair_once(&once, &once_secret, env, err);
    if (status != HM_OK) {
        return status;
    }
    domain_digest(&digest, domain, HM_NO_BYTES);
    seal_nonce(nonce, &once, key);
    uint8_t *text = room + crypto_box_SEALBYTES;
    memcpy(room, once.at, HM_SEAL_KEY_SIZE);
    memcpy(text, digest.at, HM_DIGEST_SIZE);
    if (message.size > 0) {
        memcpy(text + HM_DIGEST_SIZE, message.data, message.size);
    }
    int failed =
        crypto_box_easy(room + HM_SEAL_KEY_SIZE, text, message.size + HM_DIGEST_SIZE,
                        nonce, key->at, once_secret.at);
    hm_seal_wipe(&once_secret);
    if (failed != 0) {
        sodium_memzero(room, message.size + HM_SEAL_TO_EXTRA);
        return hm_fail(err, HM_BAD_INPUT, "seal-key", NULL, NULL, NULL);
    }
    hm_buf_commit(out, message.size + HM_SEAL_TO_EXTRA);
    return HM_OK;
}

enum hm_status hm_seal_open(struct hm_buf *out,
                            const char *domain,
                            struct hm_bytes sealed,
                            const struct hm_seal_key *key,
                            const struct hm_seal_secret *secret,
                            struct hm_err *err)
{
    struct hm_digest digest;
    if (sealed.size < HM_SEAL_TO_EXTRA) {
        return broken(err);
    }
    size_t size = sealed.size - HM_SEAL_TO_EXTRA;
    uint8_t *room = hm_buf_reserve(out, size + HM_DIGEST_SIZE);
    if (room == NULL) {
        return hm_buf_status(out, err);
    }
    domain_digest(&digest, domain, HM_NO_BYTES);
    if (crypto_box_seal_open(room, sealed.data, sealed.size, key->at, secret->at) != 0 ||
        sodium_memcmp(room, digest.at, HM_DIGEST_SIZE) != 0) {
        sodium_memzero(room, size + HM_DIGEST_SIZE);
        return broken(err);
    }
    memmove(room, room + HM_DIGEST_SIZE, size);
    sodium_memzero(room + size, HM_DIGEST_SIZE);
    hm_buf_commit(out, size);
    return HM_OK;
}

enum hm_status hm_seal_with(struct hm_buf *out,
                            const char *domain,
                            struct hm_bytes message,
                            const struct hm_seal_secret *secret,
                            const struct hm_env *env,
                            struct hm_err *err)
{
    struct hm_digest sub;
    uint8_t nonce[crypto_secretbox_NONCEBYTES];
    uint8_t *room = hm_buf_reserve(out, message.size + HM_SEAL_WITH_EXTRA);
    if (room == NULL) {
        return hm_buf_status(out, err);
    }
    enum hm_status status = hm_env_random(env, nonce, sizeof(nonce), err);
    if (status != HM_OK) {
        return status;
    }
    domain_digest(&sub, domain, HM_BYTES(secret->at));
    memcpy(room, nonce, sizeof(nonce));
    int failed = crypto_secretbox_easy(room + sizeof(nonce), message.data, message.size,
                                       nonce, sub.at);
    HM_ASSERT(failed == 0); /* only for messages larger than any buffer */
    sodium_memzero(&sub, sizeof(sub));
    hm_buf_commit(out, message.size + HM_SEAL_WITH_EXTRA);
    return HM_OK;
}

enum hm_status hm_seal_open_with(struct hm_buf *out,
                                 const char *domain,
                                 struct hm_bytes sealed,
                                 const struct hm_seal_secret *secret,
                                 struct hm_err *err)
{
    struct hm_digest sub;
    if (sealed.size < HM_SEAL_WITH_EXTRA) {
        return broken(err);
    }
    size_t size = sealed.size - HM_SEAL_WITH_EXTRA;
    uint8_t *room = hm_buf_reserve(out, size);
    if (room == NULL) {
        return hm_buf_status(out, err);
    }
    domain_digest(&sub, domain, HM_BYTES(secret->at));
    int failed = crypto_secretbox_open_easy(
        room, sealed.data + crypto_secretbox_NONCEBYTES,
        sealed.size - crypto_secretbox_NONCEBYTES, sealed.data, sub.at);
    sodium_memzero(&sub, sizeof(sub));
    if (failed != 0) {
        return broken(err);
    }
    hm_buf_commit(out, size);
    return HM_OK;
}

void hm_seal_wipe(struct hm_seal_secret *secret)
{
    sodium_memzero(secret->at, HM_SEAL_KEY_SIZE);
}
