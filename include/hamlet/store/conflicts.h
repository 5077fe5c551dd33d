/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conflicts.h - registers that hold more than one value, and changes that were refused.
 *
 * Owner:  proto/store/conflicts.c, load.c; layer 2
 * Errors: store.h
 */
#ifndef HAMLET_STORE_CONFLICTS_H
#define HAMLET_STORE_CONFLICTS_H

#include "hamlet/store/records.h"

struct hm_conflict {
    struct hm_id id;
    struct hm_id record;
    int64_t record_row; /* whose it is: an edit elsewhere may claim the same id */
    struct hm_bytes reg;
    struct hm_bytes type; /* field, group, delete */
    bool open;
    struct hm_wall opened;
    int64_t resolution; /* row of the change that settled it; 0 while open */
};

/*
 * Conflicts of a subtree (no bytes: everywhere), oldest first. `open`: those that are,
 * else those that a decision ended. Everything comes from `arena`.
 */
HM_CHECKED enum hm_status hm_store_conflicts(struct hm_store *store,
                                             struct hm_bytes unit,
                                             bool open,
                                             struct hm_conflict **conflicts,
                                             size_t *count,
                                             struct hm_arena *arena,
                                             struct hm_err *err);
/* HM_NOT_FOUND */
HM_CHECKED enum hm_status hm_store_conflict_find(struct hm_store *store,
                                                 const struct hm_id *id,
                                                 struct hm_conflict *conflict,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

/*
 * Load the record that disagrees: the very one, whatever other home has of its id.
 * Everything comes from `arena`.
 */
HM_CHECKED enum hm_status hm_store_conflict_load(struct hm_store *store,
                                                 const struct hm_conflict *conflict,
                                                 struct hm_loaded *loaded,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

struct hm_refused {
    struct hm_held held;
    struct hm_id record;
    struct hm_bytes reason;
    bool corrected; /* what it meant has been written again (rules.h) */
};

/* Which of them; all zero: all. */
struct hm_refused_query {
    struct hm_bytes unit;       /* of this subtree alone; no bytes: everywhere */
    const struct hm_id *change; /* this one alone; null: any */
    bool due_first;             /* those before the others that are not corrected */
    size_t skip;
    size_t limit; /* 0: no */
};
HM_CHECKED enum hm_status hm_store_refused(struct hm_store *store,
                                           const struct hm_refused_query *query,
                                           struct hm_refused **refused,
                                           size_t *count,
                                           struct hm_arena *arena,
                                           struct hm_err *err);
/* Changes that are quarantined, in order of arrival. */
HM_CHECKED enum hm_status hm_store_quarantine(struct hm_store *store,
                                              struct hm_refused **refused,
                                              size_t *count,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* How many changes stand where. The six after `changes` add up to it. */
struct hm_counts {
    int64_t changes;
    int64_t local;
    int64_t sent;
    int64_t received;
    int64_t accepted;
    int64_t conflict;
    int64_t quarantined;
    int64_t dropped; /* of them, withdrawn: nobody needs to look at these */
};

/* `own`: only what this device wrote; else everything that is here. */
HM_CHECKED enum hm_status hm_store_counts(struct hm_store *store,
                                          bool own,
                                          struct hm_counts *counts,
                                          struct hm_err *err);

#endif
