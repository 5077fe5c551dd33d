/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h - BLAKE2b, in the sizes that the protocol uses.
 *
 * Owner:   proto/base/hash.c, the only user of libsodium's hashing; layer 0
 * Threads: a state belongs to one thread
 */
#ifndef HAMLET_BASE_HASH_H
#define HAMLET_BASE_HASH_H

#include "hamlet/base/bytes.h"

enum {
    HM_ID_SIZE = 16,     /* change, record, device, conflict… (PROTOCOL.md 2.2) */
    HM_DIGEST_SIZE = 32, /* chain heads, digests */
    HM_PREFIX_SIZE = 8,  /* a predecessor as named by `replaces` */
    HM_SALT_SIZE = 16
};

struct hm_id {
    uint8_t at[HM_ID_SIZE];
};

struct hm_digest {
    uint8_t at[HM_DIGEST_SIZE];
};

struct hm_hash {
    _Alignas(64) uint8_t state[384];
};

/* `size` bytes of result, 16..64. */
void hm_hash_init(struct hm_hash *hash, size_t size);
void hm_hash_put(struct hm_hash *hash, struct hm_bytes bytes);
void hm_hash_put_uint(struct hm_hash *hash, uint64_t number); /* as hm_pack_uint */
void hm_hash_put_packed(struct hm_hash *hash, struct hm_bytes bytes); /* length first */
void hm_hash_end(struct hm_hash *hash, uint8_t *result, size_t size);

/* The whole of it in one call. */
void hm_hash_once(uint8_t *result, size_t size, struct hm_bytes bytes);

bool hm_id_equal(const struct hm_id *a, const struct hm_id *b);
int hm_id_compare(const struct hm_id *a, const struct hm_id *b);
bool hm_id_is_none(const struct hm_id *id); /* all zero: there is none */
bool hm_id_get_hex(struct hm_id *id, struct hm_bytes text);
struct hm_bytes hm_id_bytes(const struct hm_id *id);
struct hm_bytes hm_digest_bytes(const struct hm_digest *digest);
bool hm_digest_equal(const struct hm_digest *a, const struct hm_digest *b);

#endif
