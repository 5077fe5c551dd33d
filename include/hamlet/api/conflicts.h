/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conflicts.h - what needs a person: values that differ, and changes that were refused.
 *
 * Owner:  daemon/api/conflict.c, conflicts.c, quarantine.c; layer 4
 * Shapes: what the JSON looks like is part of the command contract
 */
#ifndef HAMLET_API_CONFLICTS_H
#define HAMLET_API_CONFLICTS_H

#include "hamlet/api/view.h"
#include "hamlet/store/conflicts.h"

/*
 * Conflicts that are open, or were settled, oldest first; `unit` null: of all units.
 * HM_BAD_INPUT: there is no such unit
 */
HM_CHECKED enum hm_status hm_api_conflicts(const struct hm_view *view,
                                           bool open,
                                           const char *unit,
                                           struct hm_err *err);

/*
 * A decision is for what its person saw: `heads`, a list of the changes whose values were
 * shown, are all that the conflict has and no others. Everything comes from `arena`.
 * HM_EXISTS  case-moved: they are others now, or it is settled; nothing may be decided
 */
HM_CHECKED enum hm_status hm_api_conflict_still(struct hm_store *store,
                                                const struct hm_conflict *conflict,
                                                const struct hm_json *heads,
                                                struct hm_arena *arena,
                                                struct hm_err *err);

/* Which refused changes are shown, and how; all zero: all that there are, whole. */
struct hm_api_refused {
    struct hm_bytes scope; /* of this subtree alone; no bytes: everything */
    const char *change;    /* this one alone; null: any */
    bool closed;           /* without what was written, which may name people */
    /* As JSON: so many after so many, those first that nobody has put right, as
     * `{refused, next}`; 0: every one, a list. */
    int64_t limit;
    int64_t skip;
};
/* HM_NOT_FOUND  the one that is asked for is none, or not of this subtree */
HM_CHECKED enum hm_status hm_api_quarantine(const struct hm_view *view,
                                            const struct hm_api_refused *query,
                                            struct hm_err *err);

#endif
