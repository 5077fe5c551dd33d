/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes.h - putting sets of changes into the store.
 *
 * Owner:      proto/store/changes.c; layer 2
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h; after one the caller rolls back
 *
 * Everything here takes sets: a page or a whole request is a handful of statements. Each
 * call leaves all that is derived (records, conflicts, units, permits) up to date.
 */
#ifndef HAMLET_STORE_CHANGES_H
#define HAMLET_STORE_CHANGES_H

#include "hamlet/store/store.h"

/* The set of entries known for a change, as bits; the verdict is their join. */
enum hm_verdict {
    HM_VERDICT_NONE = 0,
    HM_VERDICT_QUARANTINED = 1,
    HM_VERDICT_ACCEPTED = 2,
    HM_VERDICT_RELEASED = 4
};

struct hm_put {
    const struct hm_change *change; /* sealed */
    unsigned verdict;               /* what it gets if it is fresh */
    bool bounded;                   /* its record must have room for it, if it is fresh */
    int64_t row;                    /* out: the change's row number */
    bool fresh;                     /* out: it was not known */
    bool full; /* out: there was no room, so it was quarantined and is not merged */
};

/*
 * Put the changes in. One that is known already gains its values where it was a skeleton;
 * nothing else happens to it, and its verdict stays. Rows of fresh changes ascend in the
 * order given. `arena` is used for the call only.
 */
HM_CHECKED enum hm_status hm_store_changes_put(struct hm_store *store,
                                               struct hm_put *puts,
                                               size_t count,
                                               struct hm_wall received,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/* A change as it stands here. */
struct hm_held {
    struct hm_change change;
    int64_t row;
    int64_t record_row;
    unsigned verdict;
    bool withdrawn;
    bool withheld;
    struct hm_wall received;
};

bool hm_held_effective(const struct hm_held *held);

/* The change of this id, wherever its home. HM_NOT_FOUND: it is not here. */
HM_CHECKED enum hm_status hm_store_change_find(struct hm_store *store,
                                               const struct hm_id *id,
                                               struct hm_held *held,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * The changes with rows `first`…`first + count - 1`, all of them there, in that order,
 * into `held`. Their homes and kinds are filled in; everything comes from `arena`.
 */
HM_CHECKED enum hm_status hm_store_changes_get(struct hm_store *store,
                                               int64_t first,
                                               size_t count,
                                               struct hm_held *held,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * Make anew everything that is derived from changes and entries, as after a schema change
 * or on doubt. *different: records whose derived state was not what it now is.
 */
HM_CHECKED enum hm_status hm_store_rebuild(struct hm_store *store,
                                           size_t *different,
                                           struct hm_err *err);

#endif
