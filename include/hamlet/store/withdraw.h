/* SPDX-License-Identifier: Apache-2.0 */
/*
 * withdraw.h - which changes are withdrawn, and who may withdraw them.
 *
 * Owner:  proto/store/withdraw.c; layer 2
 * Errors: store.h
 */
#ifndef HAMLET_STORE_WITHDRAW_H
#define HAMLET_STORE_WITHDRAW_H

#include "hamlet/store/changes.h"

/*
 * The homes that changes of this bulk have, from `arena`, as far as something of it is
 * not withdrawn there; none where it is not known. *withdrawn: there was such a home.
 */
HM_CHECKED enum hm_status hm_store_bulk_homes(struct hm_store *store,
                                              const struct hm_id *bulk,
                                              struct hm_bytes **homes,
                                              size_t *count,
                                              bool *withdrawn,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* All withdrawals that were written in this home, whatever became of them. From `arena`.
 */
HM_CHECKED enum hm_status hm_store_withdrawals(struct hm_store *store,
                                               struct hm_bytes home,
                                               struct hm_held **held,
                                               size_t *count,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/* What stands now and would not if this change or bulk were withdrawn. */
struct hm_withdrawable {
    uint64_t changes;
    uint64_t records;
    uint64_t units;
};
HM_CHECKED enum hm_status hm_store_withdrawable(struct hm_store *store,
                                                const struct hm_id *name,
                                                struct hm_withdrawable *what,
                                                struct hm_err *err);

/*
 * Whether the role of this withdrawal may withdraw what it names, as far as that is here:
 * each kind must give it the right, and a role below the commune's only its own device's.
 */
HM_CHECKED enum hm_status hm_store_may_withdraw(struct hm_store *store,
                                                const struct hm_change *withdrawal,
                                                bool *may,
                                                struct hm_err *err);

#endif
