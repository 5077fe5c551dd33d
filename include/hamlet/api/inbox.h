/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox.h - the open conflicts of a district as a person's work: a list, a case, a
 * decision.
 *
 * Owner:      daemon/api/inbox.c, dispute.c, decide.c, overruled.c; layer 4
 * Reads:      in a transaction of the caller's, that what they show is of one moment
 * Durability: of a decision one transaction; at HM_OK all of it is on disk
 * Shapes:     daemon/api/API.md section 12
 * Privacy:    the list holds no value and no name of a person; the case holds both
 *
 * A case is a record with all its registers that are in conflict.
 */
#ifndef HAMLET_API_INBOX_H
#define HAMLET_API_INBOX_H

#include "hamlet/api/view.h"
#include "hamlet/author/author.h"

/* What sort of case: the first that applies. Their names are contract. */
#define HM_INBOX_TYPE_MAP(X)                                                             \
    X(DELETE, "delete")         /* one deleted what another went on with */              \
    X(SIGNATURES, "signatures") /* it was signed twice */                                \
    X(CREATED, "created")       /* both entered it, under one natural key */             \
    X(EDITS, "edits")           /* both changed it */

enum hm_inbox_type {
#define HM_INBOX_TYPE_ENUM(name, text) HM_INBOX_TYPE_##name,
    HM_INBOX_TYPE_MAP(HM_INBOX_TYPE_ENUM)
#undef HM_INBOX_TYPE_ENUM
        HM_INBOX_TYPE_COUNT
};

const char *hm_inbox_type_name(enum hm_inbox_type type);

struct hm_inbox_query {
    struct hm_bytes scope; /* whose subtree the reader may see; no bytes: everything */
    const char *unit;      /* as typed: its subtree alone; null: all of the scope */
    const char *kind;      /* null: of all */
    const char *type;      /* the name of one; null: of all */
    struct hm_wall until;  /* those that were open then; 0 ms: whenever they opened */
    int64_t skip;
    int64_t limit;
};

/*
 * `{cases, next, fit, open, units, kinds, types}`: cases, oldest first, `fit` of them
 * fit the query, `open` are in scope at all, and the last three count those.
 * HM_BAD_INPUT  there is no such kind, type or unit
 * HM_DENIED     the unit is outside of the scope
 */
HM_CHECKED enum hm_status hm_api_inbox(const struct hm_view *view,
                                       const struct hm_inbox_query *query,
                                       struct hm_err *err);

/*
 * One case with all that a person needs to decide it, names and values included: log that
 * it was opened. HM_NOT_FOUND  no such record, or nothing of it is in conflict
 */
HM_CHECKED enum hm_status hm_api_dispute(const struct hm_view *view,
                                         const char *record,
                                         struct hm_err *err);

/*
 * Two records side by side, to say whether they are one: `{kind, unit, unit_name,
 * records, flows}`, names and values included. HM_NOT_FOUND  one of them is not here
 * HM_BAD_INPUT  they are of different kinds
 */
HM_CHECKED enum hm_status hm_api_pair(const struct hm_view *view,
                                      const char *one,
                                      const char *other,
                                      struct hm_err *err);

/*
 * What others decided against this user's word, the youngest conflict first: `[{conflict,
 * record, kind, register, type, mine, value, user, role, reason, time}]`.
 */
HM_CHECKED enum hm_status hm_api_overruled(const struct hm_view *view,
                                           const struct hm_id *user,
                                           struct hm_err *err);

struct hm_decision {
    struct hm_id record;
    /* `[{conflict, heads:[change…], take | value}]`, heads as they were shown; borrowed
     */
    const struct hm_json *answers;
    struct hm_bytes reason; /* may be empty */
    struct hm_bytes unit;   /* for what is open below it a rule is proposed; or none: for
                             * all */
    bool preview;           /* show what it comes to; nothing is written */
};

/*
 * Settle registers of one record together: `{record, propose, left, change}`, where
 * `change` is what undoes all of it (null after a preview) and `left` counts those still
 * open. `propose` stands where the last decisions of one of the registers were all what a
 * rule would have decided and more are open: {policy, kind, register, alike, open}.
 * HM_EXISTS     case-moved: a register has other heads than were shown, or is settled;
 *               nothing was decided
 * HM_BAD_INPUT  a value does not fit; HM_USAGE  the answers have another form
 * HM_DENIED     role or scope
 */
HM_CHECKED enum hm_status hm_api_decide(const struct hm_view *view,
                                        struct hm_author *author,
                                        const struct hm_decision *decision,
                                        struct hm_err *err);

#endif
