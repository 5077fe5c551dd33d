/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs.h - the pairs of a kind's records that look like one.
 *
 * Owner:   daemon/api/pairs.c
 * Threads: a search belongs to one thread, that of its store
 */
#ifndef HAMLET_API_PAIRS_H
#define HAMLET_API_PAIRS_H

#include "hamlet/base/arena.h"
#include "hamlet/base/json_write.h"
#include "hamlet/record/duplicate.h"
#include "hamlet/store/store.h"

enum { HM_PAIRS_FIELDS_MAX = 64 };

/* A record with the fields that are compared; all from the arena of its search. */
struct hm_paired {
    struct hm_id id;
    struct hm_bytes unit;
    struct hm_bytes fields; /* JSON */
    struct hm_bytes key;
    const struct hm_duplicate_value *values; /* of the search's fields, in their order */
    struct hm_bytes others; /* those that it is not the same as, as a value */
    bool wanted;
};

struct hm_pair {
    const struct hm_paired *a;
    const struct hm_paired *b;
    struct hm_duplicate found;
};

struct hm_pairs {
    struct hm_store *store;
    size_t pairs_max;
    size_t looks_max; /* so many pairs are looked at: some seconds */
    enum hm_duplicate_level least;
    /* Asked once a record: pairs without one that is wanted are left out. Null: all are.
     */
    bool (*wants)(void *ctx, const struct hm_id *record);
    void *wants_ctx;

    /* What was found last. */
    const struct hm_kind *kind;
    struct hm_pair *pairs; /* the likeliest first */
    size_t pair_count;

    /* Its own. */
    const struct hm_field *compared[HM_PAIRS_FIELDS_MAX];
    size_t compared_count;
    struct hm_paired *records;
    size_t count;
    size_t room;
    struct hm_arena arena;
    struct hm_buf scratch;
};

/* `pairs_max`: more are not listed. Ended by hm_pairs_fini, also after an error. */
HM_CHECKED enum hm_status hm_pairs_init(struct hm_pairs *pairs,
                                        struct hm_store *store,
                                        size_t pairs_max,
                                        enum hm_duplicate_level least,
                                        struct hm_err *err);
void hm_pairs_fini(struct hm_pairs *pairs);

/*
 * Compare the live records of `kind`, which has `duplicates`, in the subtree of `unit`
 * (no bytes: everywhere). What was found before is gone. It looks at each record once,
 * and at pairs only of those whose names fold alike. Pairs that are marked as not the
 * same, and what is merged already, are left out.
 * HM_TOO_BIG  more records than are compared at once, or duplicates-many: of one name
 */
HM_CHECKED enum hm_status hm_pairs_search(struct hm_pairs *pairs,
                                          const struct hm_kind *kind,
                                          struct hm_bytes unit,
                                          struct hm_err *err);

/* What a record of the last search has in `field`; no bytes: nothing, or not compared. */
struct hm_bytes hm_pairs_value(const struct hm_pairs *pairs,
                               const struct hm_paired *record,
                               const struct hm_field *field);

/* Write the member `reason`: `{name, same, apart}`. */
void hm_pairs_put_reason(struct hm_json_write *out, const struct hm_duplicate *found);

#endif
