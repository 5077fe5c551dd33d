/* SPDX-License-Identifier: Apache-2.0 */
/*
 * laptop_state.h - what a laptop says about itself.
 *
 * Owner: daemon/api/laptop_state.c; layer 4
 */
#ifndef HAMLET_API_LAPTOP_STATE_H
#define HAMLET_API_LAPTOP_STATE_H

#include "hamlet/api/receipt.h"
#include "hamlet/store/conflicts.h"

struct hm_laptop_state {
    struct hm_id device;
    struct hm_bytes unit;
    int64_t epoch;
    struct hm_counts counts; /* of its own changes */
    int64_t synced_ms;       /* 0: never */
    int64_t offset_ms;       /* INT64_MIN: never measured */
    struct hm_err failed;    /* of the last conversation; HM_OK: none since */
    struct hm_last_receipt receipt;
};

/* Everything comes from `arena`; in a transaction, that it is of one moment. */
HM_CHECKED enum hm_status hm_laptop_state_load(struct hm_laptop_state *state,
                                               struct hm_store *store,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * Inside a transaction: keep why a conversation failed, with its arguments, until one
 * goes well (HM_META_LAST_ERROR). Nothing else of the store is touched.
 */
HM_CHECKED enum hm_status hm_laptop_failure_put(struct hm_store *store,
                                                const struct hm_err *failed,
                                                struct hm_err *err);

#endif
