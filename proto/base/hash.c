/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/hash.h"

#include <sodium.h>
#include <string.h>

#include "hamlet/base/assert.h"

_Static_assert(sizeof(struct hm_hash) >= sizeof(crypto_generichash_state),
               "the state must hold libsodium's");

static crypto_generichash_state *inside(struct hm_hash *hash)
{
    return (crypto_generichash_state *)(void *)hash->state;
}

/* libsodium fails only for sizes out of range, and those would be our bug. */
void hm_hash_init(struct hm_hash *hash, size_t size)
{
    int failed = crypto_generichash_init(inside(hash), NULL, 0, size);
    HM_ASSERT(failed == 0);
}

void hm_hash_put(struct hm_hash *hash, struct hm_bytes bytes)
{
    if (bytes.size > 0) {
        (void)crypto_generichash_update(inside(hash), bytes.data, bytes.size);
    }
}

void hm_hash_put_uint(struct hm_hash *hash, uint64_t number)
{
    uint8_t bytes[10];
    size_t n = 0;
    while (number >= 0x80) {
        bytes[n++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    bytes[n++] = (uint8_t)number;
    hm_hash_put(hash, (struct hm_bytes){bytes, n});
}

void hm_hash_put_packed(struct hm_hash *hash, struct hm_bytes bytes)
{
    hm_hash_put_uint(hash, bytes.size);
    hm_hash_put(hash, bytes);
}

void hm_hash_end(struct hm_hash *hash, uint8_t *result, size_t size)
{
    int failed = crypto_generichash_final(inside(hash), result, size);
    HM_ASSERT(failed == 0);
}

void hm_hash_once(uint8_t *result, size_t size, struct hm_bytes bytes)
{
    int failed = crypto_generichash(result, size, bytes.data, bytes.size, NULL, 0);
    HM_ASSERT(failed == 0);
}

bool hm_id_equal(const struct hm_id *a, const struct hm_id *b)
{
    return memcmp(a->at, b->at, HM_ID_SIZE) == 0;
}

int hm_id_compare(const struct hm_id *a, const struct hm_id *b)
{
    return memcmp(a->at, b->at, HM_ID_SIZE);
}

bool hm_id_is_none(const struct hm_id *id)
{
    static const struct hm_id none;
    return hm_id_equal(id, &none);
}

bool hm_id_get_hex(struct hm_id *id, struct hm_bytes text)
{
    return hm_hex_get(id->at, HM_ID_SIZE, text);
}

struct hm_bytes hm_id_bytes(const struct hm_id *id)
{
    return (struct hm_bytes){id->at, HM_ID_SIZE};
}

struct hm_bytes hm_digest_bytes(const struct hm_digest *digest)
{
    return (struct hm_bytes){digest->at, HM_DIGEST_SIZE};
}

bool hm_digest_equal(const struct hm_digest *a, const struct hm_digest *b)
{
    return memcmp(a->at, b->at, HM_DIGEST_SIZE) == 0;
}
