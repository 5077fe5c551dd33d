/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.h - the length-prefixed binary form in which things are hashed, signed and stored.
 *
 * Owner:  proto/base/pack.c; layer 0
 * Format: PROTOCOL.md section 2.1. A number is LEB128 in its shortest form; a signed one
 *         is zigzag-folded first; bytes are their count, then themselves.
 *
 * Reading never goes past the end: a failed read marks the reader, gives zeroes from then
 * on, and hm_unpack_done tells at the end. Nothing is allocated by either direction.
 */
#ifndef HAMLET_BASE_PACK_H
#define HAMLET_BASE_PACK_H

#include "hamlet/base/buf.h"

void hm_pack_uint(struct hm_buf *buf, uint64_t number);
void hm_pack_int(struct hm_buf *buf, int64_t number);
void hm_pack_bytes(struct hm_buf *buf, struct hm_bytes bytes);
void hm_pack_text(struct hm_buf *buf, const char *text);

struct hm_unpack {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

void hm_unpack_init(struct hm_unpack *in, struct hm_bytes bytes);
uint64_t hm_unpack_uint(struct hm_unpack *in);
int64_t hm_unpack_int(struct hm_unpack *in);
uint8_t hm_unpack_byte(struct hm_unpack *in);
struct hm_bytes hm_unpack_bytes(struct hm_unpack *in); /* borrowed from the input */
struct hm_bytes hm_unpack_raw(struct hm_unpack *in,
                              size_t size); /* no length before it */

/* A count of items of at least `least` bytes each: more than fit is a failure. */
size_t hm_unpack_count(struct hm_unpack *in, size_t least);

bool hm_unpack_done(const struct hm_unpack *in); /* all read, nothing failed */

#endif
