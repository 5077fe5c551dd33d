/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/prefix.h"

#include <stdlib.h>

hm_prefix hm_prefix_from(const uint8_t at[HM_PREFIX_SIZE])
{
    hm_prefix prefix = 0;
    for (int i = 0; i < HM_PREFIX_SIZE; i++) {
        prefix = prefix << 8 | at[i];
    }
    return prefix;
}

hm_prefix hm_prefix_of(const struct hm_id *id)
{
    return hm_prefix_from(id->at);
}

void hm_prefix_put(uint8_t at[HM_PREFIX_SIZE], hm_prefix prefix)
{
    for (int i = HM_PREFIX_SIZE - 1; i >= 0; i--) {
        at[i] = (uint8_t)prefix;
        prefix >>= 8;
    }
}

void hm_prefixes_put(struct hm_buf *buf, const hm_prefix *prefixes, size_t count)
{
    hm_pack_uint(buf, count);
    for (size_t i = 0; i < count; i++) {
        uint8_t at[HM_PREFIX_SIZE];
        hm_prefix_put(at, prefixes[i]);
        hm_buf_put(buf, at, sizeof(at));
    }
}

const hm_prefix *hm_prefixes_get(struct hm_unpack *in,
                                 struct hm_arena *arena,
                                 size_t *count)
{
    size_t n = hm_unpack_count(in, HM_PREFIX_SIZE);
    *count = 0;
    if (n == 0) {
        return NULL;
    }
    hm_prefix *prefixes = hm_arena_get_array(arena, n, sizeof(*prefixes));
    if (prefixes == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        struct hm_bytes raw = hm_unpack_raw(in, HM_PREFIX_SIZE);
        prefixes[i] = raw.size == 0 ? 0 : hm_prefix_from(raw.data);
    }
    *count = n;
    return prefixes;
}

static int by_number(const void *a, const void *b)
{
    hm_prefix x = *(const hm_prefix *)a;
    hm_prefix y = *(const hm_prefix *)b;
    return (x > y) - (x < y);
}

size_t hm_prefixes_sort(hm_prefix *prefixes, size_t count)
{
    size_t kept = 0;
    if (count > 1) {
        qsort(prefixes, count, sizeof(*prefixes), by_number);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || prefixes[kept - 1] != prefixes[i]) {
            prefixes[kept++] = prefixes[i];
        }
    }
    return kept;
}

bool hm_prefixes_have(const hm_prefix *prefixes, size_t count, hm_prefix prefix)
{
    return count > 0 &&
           bsearch(&prefix, prefixes, count, sizeof(*prefixes), by_number) != NULL;
}
