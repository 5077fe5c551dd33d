/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prefix.h - how a write names what it replaces: the first 8 bytes of a change's id.
 *
 * Owner:  proto/model/prefix.c; layer 1, pure
 * Format: PROTOCOL.md section 3.1
 *
 * A prefix means every write of that register of that record whose id begins with it. It
 * is resolved when read and never bound on arrival, so no order of arrival can matter.
 */
#ifndef HAMLET_MODEL_PREFIX_H
#define HAMLET_MODEL_PREFIX_H

#include "hamlet/base/arena.h"
#include "hamlet/base/hash.h"
#include "hamlet/base/pack.h"

/* As a number whose order is that of the bytes. */
typedef uint64_t hm_prefix;

hm_prefix hm_prefix_of(const struct hm_id *id);
hm_prefix hm_prefix_from(const uint8_t at[HM_PREFIX_SIZE]);
void hm_prefix_put(uint8_t at[HM_PREFIX_SIZE], hm_prefix prefix);

/* A packed list of raw8. Reading takes the array from `arena`; null where it is empty. */
void hm_prefixes_put(struct hm_buf *buf, const hm_prefix *prefixes, size_t count);
const hm_prefix *hm_prefixes_get(struct hm_unpack *in,
                                 struct hm_arena *arena,
                                 size_t *count);

/* Ascending order without doubles; gives the new count. */
size_t hm_prefixes_sort(hm_prefix *prefixes, size_t count);
bool hm_prefixes_have(const hm_prefix *prefixes, size_t count, hm_prefix prefix);

#endif
