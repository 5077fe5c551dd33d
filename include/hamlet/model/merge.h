/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h - what a record is, given all that is known about it.
 *
 * Owner:  proto/model/merge.c, merge_view.c; layer 1, pure
 * Rules:  PROTOCOL.md section 4
 *
 * A function of the set of known changes and of which of them are effective: commutative,
 * associative and idempotent, so that pages may arrive in any order, twice, or late. It
 * reads no clock and knows no kind. More than one distinct value is kept, never chosen
 * away: `shown` is only what a screen shows meanwhile.
 */
#ifndef HAMLET_MODEL_MERGE_H
#define HAMLET_MODEL_MERGE_H

#include "hamlet/model/change.h"

/* One change of the record, and what is known of it beyond itself. */
struct hm_known {
    const struct hm_change *change;
    int rank;        /* of the role in the change */
    bool effective;  /* neither quarantined nor withdrawn */
    bool incomplete; /* out: it replaces something that is not here */
    bool disputed;   /* out: it is a head of a conflict */
};

struct hm_head {
    size_t known; /* index */
    const struct hm_write *write;
};

struct hm_register {
    struct hm_bytes name;
    const struct hm_head *heads; /* ascending change id; at least one */
    size_t head_count;
    size_t shown; /* index into heads */
    bool conflict;
};

struct hm_merged {
    const struct hm_register *registers; /* with a frontier, ascending name, no ~why */
    size_t register_count;
    bool there;      /* has a head at all */
    bool deleted;    /* by a delete that saw all that stands */
    bool incomplete; /* some effective change is */

    /* The heads of the conflict on ~live: deletes and what they did not see. */
    bool live_conflict;
    const struct hm_head *live_heads; /* ascending change id; `write` null: an edit */
    size_t live_count;
    size_t live_shown; /* index: the greatest that keeps the record alive */
};

/*
 * Merge the `count` changes of one record; `known` is marked, `merged` lives as long as
 * `arena` and the changes. HM_NO_MEMORY or HM_TOO_BIG from the arena; nothing else fails.
 */
HM_CHECKED enum hm_status hm_merge(struct hm_merged *merged,
                                   struct hm_known *known,
                                   size_t count,
                                   struct hm_arena *arena,
                                   struct hm_err *err);

/* Null where the register has no frontier. */
const struct hm_register *hm_merged_register(const struct hm_merged *merged,
                                             struct hm_bytes name);

/*
 * The value that every head of a register replaced, be it in one write or in equal ones:
 * no bytes if there was none, several, or one that is not known here.
 */
struct hm_bytes hm_merged_base(const struct hm_register *reg,
                               const struct hm_known *known,
                               size_t count);

/* Whether the two writes say the same; a withheld value is unlike every other. */
bool hm_write_same(const struct hm_write *a, const struct hm_write *b);

void hm_conflict_id(struct hm_id *conflict,
                    const struct hm_id *record,
                    struct hm_bytes reg);

/*
 * A digest of a unit, fed register by register in order of (record id, name)
 * (PROTOCOL.md 4.1).
 */
void hm_unit_digest_begin(struct hm_hash *hash);
void hm_unit_digest_put(struct hm_hash *hash,
                        const struct hm_id *record,
                        const struct hm_register *reg,
                        const struct hm_known *known);
void hm_unit_digest_end(struct hm_hash *hash, struct hm_digest *digest);

#endif
