/* SPDX-License-Identifier: Apache-2.0 */
/* What others derive from a merged record: bases, conflict ids, the digest of a unit. */
#include <string.h>

#include "hamlet/model/merge.h"

/*
 * Whether every write that `prefix` means has the value `*base`, which is set by the
 * first. One at least must be known, with its value: who cannot see what was replaced has
 * no base.
 */
static bool replaced_value(struct hm_bytes *base,
                           struct hm_bytes reg,
                           hm_prefix prefix,
                           const struct hm_known *known,
                           size_t count)
{
    bool met = false;
    for (size_t i = 0; i < count; i++) {
        const struct hm_write *found = hm_prefix_of(&known[i].change->id) == prefix
                                           ? hm_change_write(known[i].change, reg)
                                           : NULL;
        if (found == NULL) {
            continue;
        }
        if (base->size == 0) {
            *base = found->value;
        }
        if (found->value.size == 0 || !hm_bytes_equal(found->value, *base)) {
            return false;
        }
        met = true;
    }
    return met;
}

struct hm_bytes hm_merged_base(const struct hm_register *reg,
                               const struct hm_known *known,
                               size_t count)
{
    struct hm_bytes base = HM_NO_BYTES;
    for (size_t h = 0; h < reg->head_count; h++) {
        const struct hm_write *write = reg->heads[h].write;
        if (write->replaces_count == 0) {
            return HM_NO_BYTES;
        }
        for (size_t r = 0; r < write->replaces_count; r++) {
            if (!replaced_value(&base, reg->name, write->replaces[r], known, count)) {
                return HM_NO_BYTES;
            }
        }
    }
    return base;
}

void hm_conflict_id(struct hm_id *conflict,
                    const struct hm_id *record,
                    struct hm_bytes reg)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_ID_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-conflict-1"));
    hm_hash_put(&hash, hm_id_bytes(record));
    hm_hash_put_packed(&hash, reg);
    hm_hash_end(&hash, conflict->at, HM_ID_SIZE);
}

void hm_unit_digest_begin(struct hm_hash *hash)
{
    hm_hash_init(hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(hash, hm_text("hamlet-digest-1"));
}

void hm_unit_digest_put(struct hm_hash *hash,
                        const struct hm_id *record,
                        const struct hm_register *reg,
                        const struct hm_known *known)
{
    hm_hash_put(hash, hm_id_bytes(record));
    hm_hash_put_packed(hash, reg->name);
    hm_hash_put_uint(hash, reg->head_count);
    for (size_t i = 0; i < reg->head_count; i++) {
        hm_hash_put(hash, hm_id_bytes(&known[reg->heads[i].known].change->id));
    }
    hm_hash_put(hash, hm_id_bytes(&known[reg->heads[reg->shown].known].change->id));
}

void hm_unit_digest_end(struct hm_hash *hash, struct hm_digest *digest)
{
    hm_hash_end(hash, digest->at, HM_DIGEST_SIZE);
}
