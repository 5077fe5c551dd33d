/* SPDX-License-Identifier: Apache-2.0 */
/*
 * withdraw.h - which changes are withdrawn, and who may withdraw them.
 *
 * Owner:  proto/store/withdraw.c, server/awaited.c; layer 2
 * Errors: store.h
 */
#ifndef HAMLET_STORE_WITHDRAW_H
#define HAMLET_STORE_WITHDRAW_H

#include "hamlet/record/reason.h"
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
 * The gravest of what hm_kind_judge_withdrawn says of each change that this withdrawal
 * names, as far as that is here: HM_REASON_ROLE before HM_REASON_UNKNOWN_KIND before
 * HM_REASON_NONE. Unless it is HM_REASON_ROLE, here[i] is set where names[i] means
 * something in its home; nothing else is written there. `here` may be null.
 */
HM_CHECKED enum hm_status hm_store_may_withdraw(struct hm_store *store,
                                                const struct hm_change *withdrawal,
                                                bool *here,
                                                enum hm_reason *reason,
                                                struct hm_err *err);

/* ---- a server: withdrawals that came before what they name ---- */

/* The change `row`, which was refused, waits for those of its names that mean nothing in
 * its home yet. In the caller's transaction, as what follows. */
HM_CHECKED enum hm_status hm_store_awaited_add(struct hm_store *store,
                                               int64_t row,
                                               const struct hm_change *withdrawal,
                                               struct hm_arena *arena,
                                               struct hm_err *err);
/*
 * These changes came, rows: nothing waits for them any more. *due, from `arena`: the
 * withdrawals of those that waited for them, and of themselves if they were refused as
 * `missing` or `unknown_kind`, that wait for nothing now.
 */
HM_CHECKED enum hm_status hm_store_awaited_meet(struct hm_store *store,
                                                const int64_t *came,
                                                size_t count,
                                                int64_t **due,
                                                size_t *due_count,
                                                struct hm_arena *arena,
                                                struct hm_err *err);

#endif
