/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alias.h - records that a merge made part of others (PROTOCOL.md 4.3).
 *
 * Owner:  proto/store/alias.c; layer 2
 * Errors: store.h
 *
 * A merge writes `~alias` into one record: the id of the other. It holds as long as the
 * merge saw every value of the record: a later edit stands for itself again, and the
 * record is shown beside the other until somebody looks at both. Of aliases in a ring
 * the youngest by change id is not followed, so that one record of it is always shown.
 */
#ifndef HAMLET_STORE_ALIAS_H
#define HAMLET_STORE_ALIAS_H

#include "hamlet/store/records.h"

/* Merges of merges that are followed: each is a record that is read. */
enum { HM_ALIAS_CHAIN_MAX = 256 };

/*
 * The record that stands for this one: itself, or what it was merged into, however often.
 * Nothing that is not here stands for anything.
 * HM_NOT_FOUND  no such record
 * HM_TOO_BIG    merge-chain: more than HM_ALIAS_CHAIN_MAX records lie on the way
 */
HM_CHECKED enum hm_status hm_store_record_root(struct hm_store *store,
                                               const struct hm_id *record,
                                               struct hm_id *root,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/* The records that this one stands for, itself left out. From `arena`. */
HM_CHECKED enum hm_status hm_store_record_merged(struct hm_store *store,
                                                 const struct hm_id *root,
                                                 struct hm_id **merged,
                                                 size_t *count,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

struct hm_merge {
    struct hm_id record;
    struct hm_id into; /* what it was merged into */
    struct hm_id change;
    struct hm_bytes kind;
    struct hm_bytes home;
    struct hm_bytes role; /* of whoever did it */
    struct hm_wall time;
};

struct hm_merges_query {
    struct hm_bytes unit;      /* below it; no bytes: everywhere */
    const struct hm_id *after; /* in order of record; null: from the first */
    size_t limit;
};

/* Merges that hold, from `arena`; one record is read at a time. */
HM_CHECKED enum hm_status hm_store_merges(struct hm_store *store,
                                          const struct hm_merges_query *query,
                                          struct hm_merge **merges,
                                          size_t *count,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/*
 * The change that holds the alias of this record now; none where it has no alias that
 * holds.
 */
struct hm_id hm_loaded_alias(const struct hm_loaded *loaded, struct hm_id *to);

#endif
