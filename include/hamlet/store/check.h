/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h - going through all that is stored, to see whether it still fits together.
 *
 * Owner:  proto/store/check.c, check_derived.c; layer 2
 * Errors: store.h. Nothing here writes; call it inside hm_store_begin_read, so that all
 *         of it sees one state
 *
 * What is found wrong is given back, not failed with: whoever checks wants all of it.
 */
#ifndef HAMLET_STORE_CHECK_H
#define HAMLET_STORE_CHECK_H

#include "hamlet/store/pages.h"

/* The file as SQLite sees it. HM_CORRUPT: the error says what is wrong first. */
HM_CHECKED enum hm_status hm_store_check_file(struct hm_store *store, struct hm_err *err);

/* Every origin that is here, in the order in which they were met. From `arena`. */
HM_CHECKED enum hm_status hm_store_origins(struct hm_store *store,
                                           struct hm_origin **origins,
                                           size_t *count,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/* A change in its place in a chain. */
struct hm_link {
    uint64_t seq;
    struct hm_id change;
};

/*
 * The links of an origin that are here, ascending and without doubles. Two of one
 * sequence number are two changes that both claim it.
 */
HM_CHECKED enum hm_status hm_store_links(struct hm_store *store,
                                         int64_t origin,
                                         struct hm_link **links,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* The pages of an origin, ascending. */
HM_CHECKED enum hm_status hm_store_pages_of(struct hm_store *store,
                                            int64_t origin,
                                            struct hm_stored_page **pages,
                                            size_t *count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/*
 * Call `each` for every change, in order of arrival. What it is given lives for the call;
 * a change whose body cannot be read at all is given without one: `held` is null then.
 */
HM_CHECKED enum hm_status hm_store_changes_each(
    struct hm_store *store,
    enum hm_status (*each)(void *ctx, const struct hm_held *held, struct hm_err *err),
    void *ctx,
    struct hm_err *err);

/* A receipt as it is kept (store/receipts.h). */
struct hm_kept_receipt {
    struct hm_bytes message;
    struct hm_bytes signature;
};

/* All that are kept, oldest first. */
HM_CHECKED enum hm_status hm_store_receipts_kept(struct hm_store *store,
                                                 struct hm_kept_receipt **receipts,
                                                 size_t *count,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

/*
 * Derive every record anew, beside what is stored. *count: how many there are,
 * *different: how many stand otherwise, in fields, order, heads or conflicts, plus
 * changes whose mark as withdrawn is wrong.
 */
HM_CHECKED enum hm_status hm_store_check_derived(struct hm_store *store,
                                                 size_t *count,
                                                 size_t *different,
                                                 struct hm_err *err);

#endif
