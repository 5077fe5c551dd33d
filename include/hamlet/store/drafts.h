/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drafts.h - what people of this laptop have begun to type, kept through a power cut.
 *
 * Owner:      proto/store/drafts.c; layer 2
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 *
 * Drafts are of this machine alone: they are in no change, digest or message. What is
 * erased or taken away from the laptop goes out of them too.
 */
#ifndef HAMLET_STORE_DRAFTS_H
#define HAMLET_STORE_DRAFTS_H

#include "hamlet/store/store.h"

/* A form with a pen trace and every field filled is below 40 KiB. */
#define HM_DRAFT_BYTES_MAX ((size_t)64 * 1024)
/* Drafts of one laptop: more than anybody leaves open; and as many that were written. */
enum { HM_DRAFTS_MAX = 200 };

struct hm_draft {
    struct hm_id id;
    struct hm_id user;
    struct hm_bytes kind;
    struct hm_id record; /* none: of a new record that was not written yet */
    struct hm_wall saved;
    struct hm_bytes form; /* JSON; no bytes: it was written */
    struct hm_id change;  /* … by this change */
};

/*
 * Keep a draft, in place of what it was before.
 * HM_EXISTS     it was written: web-draft-done
 * HM_NOT_FOUND  it is of somebody else
 * HM_BAD_INPUT  there are HM_DRAFTS_MAX already
 */
HM_CHECKED enum hm_status hm_store_draft_put(struct hm_store *store,
                                             const struct hm_draft *draft,
                                             struct hm_err *err);

/* `*found`: there is one of that id, written or not. From `arena`. */
HM_CHECKED enum hm_status hm_store_draft_find(struct hm_store *store,
                                              const struct hm_id *id,
                                              struct hm_draft *draft,
                                              bool *found,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* Those of a user that were not written, the newest first. From `arena`. */
HM_CHECKED enum hm_status hm_store_drafts(struct hm_store *store,
                                          const struct hm_id *user,
                                          struct hm_draft **drafts,
                                          size_t *count,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/* It became this change of this record. A draft that was never kept is noted as well. */
HM_CHECKED enum hm_status hm_store_draft_done(struct hm_store *store,
                                              const struct hm_draft *draft,
                                              struct hm_err *err);

/* Forget a draft of this user, if there is one. */
HM_CHECKED enum hm_status hm_store_draft_drop(struct hm_store *store,
                                              const struct hm_id *id,
                                              const struct hm_id *user,
                                              struct hm_err *err);

#endif
