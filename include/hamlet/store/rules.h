/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.h - what somebody of the district settled once and for all: rules that decide
 * conflicts as they come, what each of them did, and refusals that were put right.
 *
 * Owner:      proto/store/server/rules.c; layer 2
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_RULES_H
#define HAMLET_STORE_RULES_H

#include "hamlet/base/time.h"
#include "hamlet/store/store.h"

struct hm_standing {
    struct hm_id rule;
    struct hm_id user;      /* who said so; he decides what it decides */
    struct hm_bytes policy; /* as in a kind's file */
    struct hm_bytes kind;
    struct hm_bytes reg;
    struct hm_bytes unit; /* in its subtree */
    struct hm_bytes reason;
    struct hm_wall begun;
    bool ended;
    struct hm_wall ended_at;
    struct hm_id ender; /* none: it ended by itself */
    int64_t settled;    /* so many conflicts until now */
};

/* `begun` is given; the members behind it are not looked at. */
HM_CHECKED enum hm_status hm_store_rule_add(struct hm_store *store,
                                            const struct hm_standing *rule,
                                            struct hm_err *err);
/* HM_NOT_FOUND  rule-missing: none of that name stands. `ender` null: by itself */
HM_CHECKED enum hm_status hm_store_rule_end(struct hm_store *store,
                                            const struct hm_id *rule,
                                            const struct hm_id *ender,
                                            struct hm_wall now,
                                            struct hm_err *err);
/* All that there ever were, or those that stand; the newest first, from `arena`. */
HM_CHECKED enum hm_status hm_store_rules(struct hm_store *store,
                                         bool standing,
                                         struct hm_standing **rules,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* One time that a rule settled something. */
struct hm_rule_act {
    struct hm_id bulk;
    struct hm_wall time;
    int64_t settled;
};
HM_CHECKED enum hm_status hm_store_rule_acted(struct hm_store *store,
                                              const struct hm_id *rule,
                                              const struct hm_rule_act *act,
                                              struct hm_err *err);
/* The last `most` of them, the newest first, from `arena`. */
HM_CHECKED enum hm_status hm_store_rule_acts(struct hm_store *store,
                                             const struct hm_id *rule,
                                             size_t most,
                                             struct hm_rule_act **acts,
                                             size_t *count,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* What the refused change of this row meant has been written again. Again: nothing. */
HM_CHECKED enum hm_status hm_store_corrected_put(struct hm_store *store,
                                                 int64_t change,
                                                 struct hm_err *err);

#endif
