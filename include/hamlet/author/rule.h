/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h - settling a conflict as a rule decides it.
 *
 * Owner:      proto/author/rule.c; layer 3
 * Threads:    an author belongs to the thread of its store
 * Durability: as of author.h
 * Errors:     as of author.h
 */
#ifndef HAMLET_AUTHOR_RULE_H
#define HAMLET_AUTHOR_RULE_H

#include "hamlet/author/author.h"
#include "hamlet/store/conflicts.h"

/* Which conflicts a policy (record/policy.h) is for. */
struct hm_resolve_rule {
    bool declared; /* what each register's own kind says, and `policy` is not looked at */
    enum hm_kind_policy policy;
    struct hm_bytes kind; /* no bytes: of any */
    struct hm_bytes reg;  /* no bytes: any */
};

/*
 * Settle a conflict as the rule decides it. What it came to; texts are the author's,
 * until its next act. Where it is not open any more nothing is meant. What cannot be
 * decided here, be it that nobody knows its kind, is left to a person and no failure:
 * one odd conflict must not stop those after it.
 */
struct hm_decided {
    bool meant;   /* the rule is for it; only then the rest is said */
    bool decided; /* false: a person has to; nothing was written */
    struct hm_id record;
    struct hm_id change;
    struct hm_bytes kind;
    struct hm_bytes home;
    struct hm_bytes reg;
    struct hm_bytes value; /* canonical */
};
HM_CHECKED enum hm_status hm_author_resolve_by(struct hm_author *author,
                                               const struct hm_conflict *conflict,
                                               const struct hm_resolve_rule *rule,
                                               struct hm_bytes reason,
                                               struct hm_decided *decided,
                                               struct hm_err *err);

#endif
