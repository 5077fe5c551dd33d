/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settle.h - settling the open conflicts that a rule can decide, or seeing which.
 *
 * Owner:      daemon/api/settle.c; layer 4
 * Durability: one transaction; at HM_OK all of it is on disk, or after a preview nothing
 * Shapes:     what the JSON looks like is part of the command contract
 */
#ifndef HAMLET_API_SETTLE_H
#define HAMLET_API_SETTLE_H

#include "hamlet/api/view.h"
#include "hamlet/author/rule.h"

struct hm_settle {
    struct hm_resolve_rule rule;
    struct hm_bytes unit; /* its subtree; no bytes: everywhere */
    struct hm_bytes reason;
    bool bare;    /* without values, which may name people */
    bool preview; /* show what it would come to; nothing is written */
    /* Not null: the rule that stands and finds this; what it did is written beside what
     * it decided, with a row of the log for this account. It does not write of nothing.
     */
    const struct hm_id *standing;
    struct hm_bytes account;
};

/*
 * {"bulk", "settled", "left", "cases":[{conflict, record, kind, unit, register, value}]},
 * where `bulk` names what `withdraw` takes back (null: nothing was written) and `left`
 * counts those that a person has to decide. What the rule leaves stays as it was.
 * HM_BAD_INPUT  there is no such kind or unit
 * HM_NO_MEMORY, HM_TOO_BIG  also where there is no room to say what was done: then
 *               nothing was
 */
HM_CHECKED enum hm_status hm_api_settle(const struct hm_view *view,
                                        struct hm_author *author,
                                        const struct hm_settle *settle,
                                        struct hm_err *err);

#endif
