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
    struct hm_bytes failed;  /* key of the last failure; no bytes: none since */
    int64_t offset_ms;       /* INT64_MIN: never measured */
    struct hm_last_receipt receipt;
};

/* Everything comes from `arena`; in a transaction, that it is of one moment. */
HM_CHECKED enum hm_status hm_laptop_state_load(struct hm_laptop_state *state,
                                               struct hm_store *store,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

#endif
