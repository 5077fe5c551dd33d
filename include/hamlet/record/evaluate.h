/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evaluate.h - a unit's year held to the criteria, with the reason for each.
 *
 * Owner:   proto/record/evaluate.c; layer 1, pure: the same answers and facts give the
 *          same verdicts on every replica
 * Threads: nothing is kept between calls
 *
 * The verdict is advice: a meeting and a chairman decide. What nobody knows is unknown
 * and never good. What the system counts stands, unless somebody gives another figure
 * with a reason.
 */
#ifndef HAMLET_RECORD_EVALUATE_H
#define HAMLET_RECORD_EVALUATE_H

#include "hamlet/base/arena.h"
#include "hamlet/record/catalogue.h"

enum hm_outcome { HM_OUTCOME_PASS, HM_OUTCOME_FAIL, HM_OUTCOME_NA, HM_OUTCOME_UNKNOWN };

/* Where the figures come from; the last that applies to any of them. */
enum hm_basis {
    HM_BASIS_NONE,
    HM_BASIS_COMPUTED,
    HM_BASIS_ENTERED,
    HM_BASIS_OVERRIDDEN, /* counted otherwise, with a reason */
};

/* Why: each has a sentence, `criteria.NAME` in the words. */
#define HM_WHY_MAP(X)                                                                    \
    X(HOLDS, "holds")             /* it is so */                                         \
    X(SHORT, "short")             /* the figures do not reach it */                      \
    X(SAID, "said")               /* somebody says that it is not so */                  \
    X(MITIGATED, "mitigated")     /* it occurred, on a ground that counts */             \
    X(MISSING, "missing")         /* figures or an answer are missing */                 \
    X(UNSURE, "unsure")           /* somebody says that it is not known */               \
    X(NOT_APPLICABLE, "na")       /* it does not apply here */                           \
    X(NA_REFUSED, "na-refused")   /* somebody says so, and it always applies */          \
    X(IMPOSSIBLE, "impossible")   /* more than the whole, or no grade of the scale */    \
    X(UNEXPLAINED, "unexplained") /* as counted: another figure had no reason */         \
    X(PARTS, "parts")             /* by its parts */

enum hm_why {
#define HM_WHY_ENUM(name, text) HM_WHY_##name,
    HM_WHY_MAP(HM_WHY_ENUM)
#undef HM_WHY_ENUM
        HM_WHY_COUNT
};
const char *hm_why_name(enum hm_why why);
const char *hm_outcome_name(enum hm_outcome outcome);
const char *hm_basis_name(enum hm_basis basis);

/* A number that may not be there. */
struct hm_number {
    bool there;
    int64_t value;
};

/* What people answered to one criterion. */
struct hm_answer {
    struct hm_bytes id;
    bool said; /* a verdict is there: */
    enum hm_outcome outcome;
    struct hm_number part;
    struct hm_number whole;
    struct hm_number now;
    struct hm_number before;
    struct hm_number score;
    struct hm_bytes grade;
    bool mitigated;
    struct hm_bytes reason; /* for figures that differ from what the system counts */
};

/* What the system knows: a number, two, a word, or yes and no (1, 0). */
struct hm_fact {
    struct hm_number now;
    struct hm_number before;
    struct hm_bytes word;
};

struct hm_evidence {
    const struct hm_answer *answers;
    size_t answer_count;
    /* False: the source knows nothing. */
    bool (*fact)(void *ctx, const char *source, struct hm_fact *fact);
    void *ctx;
};

struct hm_criterion_verdict {
    const struct hm_criterion *criterion;
    int depth; /* 0 for those of the catalogue, 1 for their parts … */
    enum hm_outcome outcome;
    enum hm_basis basis;
    enum hm_why why;
    struct hm_number part; /* of a ratio; of all others what is there or happened */
    struct hm_number whole;
    struct hm_number before;
    struct hm_bytes grade;
    struct hm_bytes reason;
};

struct hm_evaluation {
    struct hm_criterion_verdict
        *at; /* every criterion, its parts after it; from the arena */
    size_t count;
    enum hm_outcome outcome;
    int64_t score; /* tenths, of what is scored */
    int64_t most;
    const struct hm_grade *grade; /* null: not by score, or a score is missing */
};

/* `blocks`: the criteria of the catalogue, then those of its overlays. HM_NO_MEMORY */
HM_CHECKED enum hm_status hm_evaluate(const struct hm_catalogue *catalogue,
                                      const struct hm_criteria *const *blocks,
                                      size_t block_count,
                                      const struct hm_evidence *evidence,
                                      struct hm_evaluation *evaluation,
                                      struct hm_arena *arena,
                                      struct hm_err *err);

/*
 * Whether something occurred that must not, and counts (HM_CRITERION_NONE, _MITIGATED).
 * No other criterion is looked at, and no fact for it: to count signatures takes long.
 */
bool hm_evaluate_ruled_out(const struct hm_criteria *const *blocks,
                           size_t block_count,
                           const struct hm_evidence *evidence);

#endif
