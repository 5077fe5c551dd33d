/* SPDX-License-Identifier: Apache-2.0 */
/* What others derive from a merged record: bases, conflict ids, the digest of a unit. */
#include <string.h>

#include "hamlet/model/merge.h"

struct hm_bytes hm_merged_base(const struct hm_register *reg,
                               const struct hm_known *known,
                               size_t count)
{
    const struct hm_write *first = reg->heads[0].write;
    const struct hm_write *base = NULL;
    for (size_t h = 0; h < reg->head_count; h++) {
        const struct hm_write *write = reg->heads[h].write;
        if (write->replaces_count != 1 || write->replaces[0] != first->replaces[0]) {
            return HM_NO_BYTES;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (hm_prefix_of(&known[i].change->id) == first->replaces[0]) {
            const struct hm_write *found = hm_change_write(known[i].change, reg->name);
            if (found != NULL && base != NULL) {
                return HM_NO_BYTES;
            }
            base = found == NULL ? base : found;
        }
    }
    return base == NULL ? HM_NO_BYTES : base->value;
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
