/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disputes.h - open conflicts as a list of work: cheap to read by the thousand.
 *
 * Owner:  proto/store/disputes.c; layer 2
 * Errors: store.h
 */
#ifndef HAMLET_STORE_DISPUTES_H
#define HAMLET_STORE_DISPUTES_H

#include "hamlet/store/conflicts.h"

/* One register that is in conflict, and of what it is. No change is read for it. */
struct hm_dispute {
    struct hm_id conflict;
    struct hm_id record;
    struct hm_bytes kind;
    struct hm_bytes home;
    struct hm_bytes above; /* the unit above the home; no bytes: none is known */
    struct hm_bytes reg;
    struct hm_bytes type; /* field, group, delete */
    struct hm_wall opened;
    bool created; /* two who differ both created the record, in one natural key */
};

/*
 * All that are open in a subtree (no bytes: everywhere), those of one record after each
 * other. Everything comes from `arena`.
 */
HM_CHECKED enum hm_status hm_store_disputes(struct hm_store *store,
                                            struct hm_bytes unit,
                                            struct hm_dispute **disputes,
                                            size_t *count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* The open conflicts of a record that is loaded, by register. */
HM_CHECKED enum hm_status hm_store_record_conflicts(struct hm_store *store,
                                                    const struct hm_loaded *loaded,
                                                    struct hm_conflict **conflicts,
                                                    size_t *count,
                                                    struct hm_arena *arena,
                                                    struct hm_err *err);

/*
 * Of this register of this kind the `most` that came last of those that a decision ended,
 * the youngest first.
 */
HM_CHECKED enum hm_status hm_store_settled_last(struct hm_store *store,
                                                struct hm_bytes kind,
                                                struct hm_bytes reg,
                                                size_t most,
                                                struct hm_conflict **conflicts,
                                                size_t *count,
                                                struct hm_arena *arena,
                                                struct hm_err *err);

#endif
