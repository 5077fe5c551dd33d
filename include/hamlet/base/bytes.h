/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h - a borrowed run of bytes, and the two ways to write one as text.
 *
 * Owner:   proto/base/bytes.c; layer 0
 *
 * A `struct hm_bytes` owns nothing: it lives as long as what it points into. Text is
 * bytes that are known to be valid UTF-8. Hex and base64url (RFC 4648 section 5, without
 * padding) are lower case and canonical: one text for one value, all else is refused.
 */
#ifndef HAMLET_BASE_BYTES_H
#define HAMLET_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hm_bytes {
    const uint8_t *data;
    size_t size;
};

#define HM_BYTES(array) ((struct hm_bytes){(const uint8_t *)(array), sizeof(array)})
#define HM_NO_BYTES     ((struct hm_bytes){NULL, 0})

struct hm_bytes hm_text(const char *text); /* without its NUL; null gives no bytes */
bool hm_bytes_equal(struct hm_bytes a, struct hm_bytes b);
bool hm_bytes_are(struct hm_bytes a, const char *text);

/* As memcmp over both, a shorter one first where it is the beginning of the other. */
int hm_bytes_compare(struct hm_bytes a, struct hm_bytes b);

enum { HM_HEX16_SIZE = 33, HM_HEX32_SIZE = 65 }; /* with the NUL */
enum { HM_B64_8_SIZE = 12, HM_B64_32_SIZE = 44, HM_B64_64_SIZE = 87 };

/* `text` has room for 2 * bytes.size + 1. */
void hm_hex_put(char *text, struct hm_bytes bytes);
/* Exactly `size` bytes, or false and `data` is undefined. */
bool hm_hex_get(uint8_t *data, size_t size, struct hm_bytes text);

/* `text` has room for hm_b64_length(bytes.size) + 1. */
size_t hm_b64_length(size_t size);
void hm_b64_put(char *text, struct hm_bytes bytes);
bool hm_b64_get(uint8_t *data, size_t size, struct hm_bytes text);

#endif
