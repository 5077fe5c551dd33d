/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - whether the server lets a change that arrived stand.
 *
 * Owner:   proto/sync/judge.c, rejudge.c; layer 3
 * Rules:   PROTOCOL.md 5; what a record may be: hamlet/record/judge.h
 *
 * Accept, then judge: a refused change is kept, answered and never blocks what follows.
 * The registry of the moment of the commit decides, with permits that ended of which the
 * author could not have heard; a later one re-judges nothing. Only what a server could
 * not read, because its kind was not known, is judged again, and what the registry
 * refused before a refill had brought all of it, and a withdrawal that came before what
 * it names.
 */
#ifndef HAMLET_SYNC_JUDGE_H
#define HAMLET_SYNC_JUDGE_H

#include "hamlet/model/change.h"
#include "hamlet/record/reason.h"
#include "hamlet/store/registry.h"
#include "hamlet/sync/inbox.h"

/* Remembers the last answers, since the changes of a page are alike. */
struct hm_judge {
    struct hm_store *store;
    struct hm_id district;
    const struct hm_inbox *beside; /* changes that arrived together, not stored yet … */
    const enum hm_reason *reasons; /* … of which so many are judged */
    size_t judged;
    struct hm_written written; /* set by the caller: where the change stands */
    struct hm_id device;
    struct hm_id user;
    struct hm_bytes role;
    struct hm_bytes home;
    bool permitted;
    bool revoked; /* … before this change was accepted */
    bool asked;
};

void hm_judge_init(struct hm_judge *judge,
                   struct hm_store *store,
                   const struct hm_id *district);

/* Where the change with this index stands. What contradicts its chain stands beyond it.
 */
struct hm_written hm_inbox_written(const struct hm_inbox_page *in, size_t index);

/* HM_REASON_NONE: it is accepted. `arena` is for the call. */
HM_CHECKED enum hm_status hm_judge_change(struct hm_judge *judge,
                                          const struct hm_change *change,
                                          enum hm_reason *reason,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/*
 * Judge what was refused because its kind was not known once more, with the store's
 * kinds. What may stand is released, to the readers of its unit and to its author; the
 * rest keeps its verdict. One transaction.
 */
HM_CHECKED enum hm_status hm_judge_again(struct hm_store *store,
                                         const struct hm_id *district,
                                         struct hm_err *err);

/*
 * These changes, rows, came: judge the withdrawals among them, and those that waited for
 * them, once more, if they were refused as `missing` and all that they name is here now.
 * What may stand is released in the same way. In the caller's transaction.
 */
HM_CHECKED enum hm_status hm_judge_met(struct hm_store *store,
                                       const struct hm_id *district,
                                       const int64_t *came,
                                       size_t count,
                                       struct hm_arena *arena,
                                       struct hm_err *err);

/*
 * Close the refill that is open, and judge what the registry refused since it was opened
 * once more, in the same way. In the caller's transaction. Where none is open nothing is
 * judged: a registry of later is none that was not whole.
 */
HM_CHECKED enum hm_status hm_judge_refilled(struct hm_store *store,
                                            const struct hm_id *district,
                                            struct hm_err *err);

#endif
