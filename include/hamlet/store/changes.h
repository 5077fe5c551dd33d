/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes.h - putting sets of changes into the store.
 *
 * Owner:      proto/store/changes.c, load.c, digest.c; layer 2
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
    unsigned verdict; /* what it gets if it is fresh; out: quarantined where `full` */
    bool bounded;     /* if it is fresh: its record must have room for it, among what
                         stands or among what was refused (HM_RECORD_WEIGHT_MAX) */
    int64_t row;      /* out: the change's row number */
    bool fresh;       /* out: it was not known */
    bool full;        /* out: there was no room: it is quarantined and not merged */
    bool gained;      /* out: it was known without values that came with it now */
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
 * or on doubt. *different: as hm_store_check_derived found it before.
 */
HM_CHECKED enum hm_status hm_store_rebuild(struct hm_store *store,
                                           size_t *different,
                                           struct hm_err *err);

#endif
