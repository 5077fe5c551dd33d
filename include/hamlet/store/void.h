/* SPDX-License-Identifier: Apache-2.0 */
/*
 * void.h - records of which nothing stands: all that was said of them was refused or
 * taken back. No list has them, and what was said is on the disk until it is erased.
 *
 * Owner:  proto/store/void.c; layer 2
 * Errors: store.h
 */
#ifndef HAMLET_STORE_VOID_H
#define HAMLET_STORE_VOID_H

#include "hamlet/store/records.h"

struct hm_void_query {
    struct hm_bytes kind;
    struct hm_bytes search; /* as typed; no bytes: everything */
    int64_t limit;          /* 0: all */
};

/*
 * Call `each` for the void records of a kind, those that their ids mean, that hold
 * values, in the order in which they came, as they would be if all of it stood; its state
 * is HM_STATE_QUARANTINED where any of it was refused, else HM_STATE_WITHDRAWN. What it
 * is given lives for the call. It may stop the list by another status, which is given
 * back.
 */
HM_CHECKED enum hm_status hm_store_list_void(
    struct hm_store *store,
    const struct hm_void_query *query,
    enum hm_status (*each)(void *ctx, const struct hm_listed *, struct hm_err *),
    void *ctx,
    struct hm_err *err);

#endif
