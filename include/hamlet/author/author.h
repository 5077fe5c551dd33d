/* SPDX-License-Identifier: Apache-2.0 */
/*
 * author.h - a person's edit becomes a validated, chained, committed change.
 *
 * Owner:      proto/author/; layer 3
 * Threads:    an author belongs to the thread of its store
 * Durability: nothing is kept before hm_author_commit has given HM_OK; then it is on disk
 * Errors:     what is wrong with the input is found before anything is written. After an
 *             error the transaction is rolled back, or the act left out (hm_author_add):
 *             HM_BAD_INPUT, HM_NOT_FOUND, HM_EXISTS, HM_DENIED
 *
 * Command line, page, import and the server's own acts all go through here, so nothing is
 * refused later that could have been refused while the person was still there.
 */
#ifndef HAMLET_AUTHOR_AUTHOR_H
#define HAMLET_AUTHOR_AUTHOR_H

#include "hamlet/base/json.h"
#include "hamlet/base/sign.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/records.h"

struct hm_author;
struct hm_withdrawable; /* store/withdraw.h */
struct hm_finding;      /* record/rule.h */

/*
 * Write as the device and user that the store names. `store` is borrowed until close.
 * HM_UNCONFIGURED  the store has no device yet
 */
HM_CHECKED enum hm_status hm_author_open(struct hm_author **author,
                                         struct hm_store *store,
                                         struct hm_err *err);
void hm_author_close(struct hm_author *author);

/* Write as this user of the device. HM_NOT_FOUND: there is none. */
HM_CHECKED enum hm_status hm_author_as(struct hm_author *author,
                                       struct hm_bytes name,
                                       struct hm_err *err);
/*
 * One transaction; what is done between begin and commit sees each other. hm_author_act
 * has it around `act`: committed where that gives HM_OK, else rolled back.
 */
HM_CHECKED enum hm_status hm_author_begin(struct hm_author *author, struct hm_err *err);
HM_CHECKED enum hm_status hm_author_commit(struct hm_author *author, struct hm_err *err);
void hm_author_rollback(struct hm_author *author);
HM_CHECKED enum hm_status hm_author_act(struct hm_author *author,
                                        enum hm_status (*act)(struct hm_author *author,
                                                              void *ctx,
                                                              struct hm_err *err),
                                        void *ctx,
                                        struct hm_err *err);

/* Let whoever reads the store inside the transaction see what was done so far. */
HM_CHECKED enum hm_status hm_author_flush(struct hm_author *author, struct hm_err *err);

/* All acts from here to the commit share one new bulk id, by which they can be undone. */
HM_CHECKED enum hm_status hm_author_bulk(struct hm_author *author,
                                         struct hm_id *bulk,
                                         struct hm_err *err);

/* A field as it was given: text to be read by the field's type, or JSON. */
struct hm_field_input {
    struct hm_bytes name;
    struct hm_bytes text;
    const struct hm_json *json; /* not null: instead of text */
};

/* What to look at in acts since begin or forget, 64 at most; none was refused. */
const struct hm_finding *hm_author_warnings(const struct hm_author *author, size_t *n);
void hm_author_forget_warnings(struct hm_author *author);

struct hm_added {
    struct hm_id record;
    struct hm_id change;
};

/*
 * A new record. The field `unit` names its home; without it the kind says, or it is the
 * device's own. A deleted record of the same natural key comes alive again.
 * HM_BAD_INPUT  kind, field, value or unit; a required field is missing, a rule of the
 *               kind is broken, or a record that one refers to is not here
 * HM_EXISTS     a live record of that natural key is here; the error names it
 * HM_DENIED     role or scope
 */
HM_CHECKED enum hm_status hm_author_add(struct hm_author *author,
                                        struct hm_bytes kind,
                                        const struct hm_field_input *fields,
                                        size_t count,
                                        struct hm_added *added,
                                        struct hm_err *err);

/*
 * Write the named fields, all of them, over every head of their registers that is known
 * (saw.h: was seen); one field of a group writes the group. `only_new`: leave out what
 * stands there already; then *change is none if nothing was left.
 */
HM_CHECKED enum hm_status hm_author_edit(struct hm_author *author,
                                         const struct hm_id *record,
                                         const struct hm_field_input *fields,
                                         size_t count,
                                         bool only_new,
                                         struct hm_id *change,
                                         struct hm_err *err);

/* `reason` may be empty. */
HM_CHECKED enum hm_status hm_author_delete(struct hm_author *author,
                                           const struct hm_id *record,
                                           struct hm_bytes reason,
                                           struct hm_id *change,
                                           struct hm_err *err);

/*
 * Settle a conflict: `take` one of its heads, or (`take` null) the value in `json`.
 * Exactly the heads that are here are replaced; what is concurrent reopens it.
 * HM_NOT_FOUND  no such conflict, it is not open, or the change is none of its heads
 */
HM_CHECKED enum hm_status hm_author_resolve(struct hm_author *author,
                                            const struct hm_id *conflict,
                                            const struct hm_id *take,
                                            const struct hm_json *json,
                                            struct hm_bytes reason,
                                            struct hm_id *change,
                                            struct hm_err *err);

/*
 * Withdraw a change or, by its id, a bulk: what that replaced stands again, unless
 * overwritten since. One change a home that it touched; *change is the last.
 * HM_NOT_FOUND  nothing of that id is here, or it is withdrawn already
 * HM_BAD_INPUT  it is a withdrawal or an erasure, which are final
 */
HM_CHECKED enum hm_status hm_author_withdraw(struct hm_author *author,
                                             const struct hm_id *name,
                                             struct hm_bytes reason,
                                             struct hm_id *change,
                                             struct hm_err *err);

/*
 * Make `record` part of `into`: lists show the other alone, with what refers to either.
 * Nothing of both is lost; an edit that the merge had not seen brings the record back.
 * `unmerge` withdraws the merge that holds now of `record`.
 * HM_NOT_FOUND  one of them is not here, is deleted, or (unmerge) is part of none
 * HM_BAD_INPUT  they are of different kinds or units
 * HM_EXISTS     they are one already
 * HM_DENIED     role or scope
 */
HM_CHECKED enum hm_status hm_author_merge(struct hm_author *author,
                                          const struct hm_id *record,
                                          const struct hm_id *into,
                                          struct hm_bytes reason,
                                          struct hm_id *change,
                                          struct hm_err *err);
HM_CHECKED enum hm_status hm_author_unmerge(struct hm_author *author,
                                            const struct hm_id *record,
                                            struct hm_bytes reason,
                                            struct hm_id *change,
                                            struct hm_err *err);
/*
 * Settle that `record` is not the same as `other`: the list that its kind names for that
 * gains the other's id, and nobody is shown the two as alike again. Where two people had
 * added to it without knowing of each other, both stay.
 * HM_NOT_FOUND  one of them is not here or is deleted
 * HM_BAD_INPUT  they are of different kinds, or their kind has no such list
 * HM_EXISTS     it says so already
 * HM_DENIED     role or scope
 */
HM_CHECKED enum hm_status hm_author_apart(struct hm_author *author,
                                          const struct hm_id *record,
                                          const struct hm_id *other,
                                          struct hm_bytes reason,
                                          struct hm_id *change,
                                          struct hm_err *err);

/*
 * What a withdrawal would come to: judged to the end, counted, and undone. Nothing is
 * written. Outside of a transaction; HM_NOT_FOUND, HM_BAD_INPUT as above.
 */
HM_CHECKED enum hm_status hm_author_withdraw_try(struct hm_author *author,
                                                 const struct hm_id *name,
                                                 struct hm_bytes reason,
                                                 struct hm_withdrawable *what,
                                                 struct hm_err *err);

#endif
