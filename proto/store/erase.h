/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erase.h - what is erased leaves the store, and does not come back (PROTOCOL.md 4.2).
 *
 * Private to proto/store. Orders are facts; what they reach is looked for where the last
 * change of a set has been put, since one statement cannot run inside itself.
 */
#ifndef HAMLET_STORE_ERASE_INSIDE_H
#define HAMLET_STORE_ERASE_INSIDE_H

#include "hamlet/model/erase.h"
#include "hamlet/store/records.h"
#include "sql.h"

/* Note orders about a record, which need not be here. */
HM_CHECKED enum hm_status hm_erasure_note(struct hm_store *store,
                                          int64_t home,
                                          const struct hm_id *record,
                                          const struct hm_order *orders,
                                          size_t count,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/* Note what this erasure, which was accepted, orders. */
HM_CHECKED enum hm_status hm_erasure_accept(struct hm_store *store,
                                            int64_t home,
                                            const struct hm_change *erasure,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* The same for all erasures among entries that accept or release: see buckets.c. */
HM_CHECKED enum hm_status hm_erasure_entries(struct hm_store *store,
                                             const struct hm_batch *entries,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/*
 * Look for all that open orders reach, take the values out and derive the records anew.
 * Does nothing where there are none.
 */
HM_CHECKED enum hm_status hm_erasures_settle(struct hm_store *store, struct hm_err *err);

/* Note all orders of all accepted erasures again, for a rebuild. */
HM_CHECKED enum hm_status hm_erasures_again(struct hm_store *store,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* Add to *different the values that should not be here and the orders that should. */
HM_CHECKED enum hm_status hm_erasures_check(struct hm_store *store,
                                            size_t *different,
                                            struct hm_err *err);

/* The part of it that is about accepted erasures themselves. */
HM_CHECKED enum hm_status hm_erasures_check_accepted(struct hm_store *store,
                                                     size_t *different,
                                                     struct hm_arena *arena,
                                                     struct hm_err *err);

/*
 * What the registry lists: an order about a unit's record, whether that is here or not.
 * `different` null: it is noted; else counted there if it was not.
 */
HM_CHECKED enum hm_status hm_erasure_derive(struct hm_store *store,
                                            const struct hm_loaded *loaded,
                                            size_t *different,
                                            struct hm_err *err);

/* *known: all these orders are noted. */
HM_CHECKED enum hm_status hm_erasure_known(struct hm_store *store,
                                           int64_t home,
                                           const struct hm_id *record,
                                           const struct hm_order *orders,
                                           size_t count,
                                           bool *known,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/*
 * What comes in leaves at the door what is erased: such a put gets a change of `arena`
 * instead. Rows of `batch`, one a put: n0 home, b0 the change's id, b1 the record's.
 */
HM_CHECKED enum hm_status hm_erasure_door(struct hm_store *store,
                                          struct hm_put *puts,
                                          const struct hm_batch *batch,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/*
 * A change that is here without all its values gets those that `change` has of them.
 * `*gained` is set if there was one; else it stays.
 */
HM_CHECKED enum hm_status hm_change_gain(struct hm_store *store,
                                         int64_t row,
                                         const struct hm_change *change,
                                         bool *gained,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* Whether some value of it is here. */
bool hm_change_holds(const struct hm_change *change);

/* A copy that has writes of its own. */
HM_CHECKED enum hm_status hm_change_copy_writes(struct hm_change *copy,
                                                const struct hm_change *change,
                                                struct hm_arena *arena,
                                                struct hm_err *err);

/* Write the body of a change over the one that is there, leaving nothing of that. */
HM_CHECKED enum hm_status hm_change_rewrite(struct hm_store *store,
                                            int64_t row,
                                            const struct hm_change *change,
                                            struct hm_err *err);

#endif
