/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/evaluate.h"

enum { THOUSAND = 1000 };

const char *hm_why_name(enum hm_why why)
{
    static const char *const names[] = {
#define WHY_NAME(name, text) text,
        HM_WHY_MAP(WHY_NAME)
#undef WHY_NAME
    };
    return names[why];
}

const char *hm_outcome_name(enum hm_outcome outcome)
{
    static const char *const names[] = {"pass", "fail", "na", "unknown"};
    return names[outcome];
}

const char *hm_basis_name(enum hm_basis basis)
{
    static const char *const names[] = {"none", "computed", "entered", "overridden"};
    return names[basis];
}

/* ---- figures ---- */

struct work {
    const struct hm_evidence *evidence;
    struct hm_evaluation *made;
    size_t room;
};

static const struct hm_answer *answer_to(const struct hm_evidence *evidence,
                                         const char *id)
{
    for (size_t i = 0; i < evidence->answer_count; i++) {
        if (hm_bytes_are(evidence->answers[i].id, id)) {
            return &evidence->answers[i];
        }
    }
    return NULL;
}

static struct hm_fact fact_of(const struct hm_evidence *evidence, const char *source)
{
    struct hm_fact fact = {.now = {false, 0}};
    if (source == NULL || evidence->fact == NULL ||
        !evidence->fact(evidence->ctx, source, &fact)) {
        return (struct hm_fact){.now = {false, 0}};
    }
    return fact;
}

static void raise_basis(struct hm_criterion_verdict *verdict, enum hm_basis basis)
{
    if (basis > verdict->basis) {
        verdict->basis = basis;
    }
}

/* What is counted stands, unless another figure comes with its reason. */
static struct hm_number settle(struct hm_criterion_verdict *verdict,
                               const struct hm_answer *answer,
                               struct hm_number counted,
                               struct hm_number given)
{
    bool differs = given.there && (!counted.there || given.value != counted.value);
    if (!differs) {
        raise_basis(verdict, counted.there ? HM_BASIS_COMPUTED : HM_BASIS_NONE);
        return counted;
    }
    if (!counted.there) {
        raise_basis(verdict, HM_BASIS_ENTERED);
        return given;
    }
    if (answer->reason.size > 0) {
        raise_basis(verdict, HM_BASIS_OVERRIDDEN);
        verdict->reason = answer->reason;
        return given;
    }
    raise_basis(verdict, HM_BASIS_COMPUTED);
    verdict->why = HM_WHY_UNEXPLAINED;
    return counted;
}

static void conclude(struct hm_criterion_verdict *verdict, bool good)
{
    verdict->outcome = good ? HM_OUTCOME_PASS : HM_OUTCOME_FAIL;
    if (verdict->why != HM_WHY_UNEXPLAINED) {
        verdict->why = good ? HM_WHY_HOLDS : HM_WHY_SHORT;
    }
}

static void leave_open(struct hm_criterion_verdict *verdict, enum hm_why why)
{
    verdict->outcome = HM_OUTCOME_UNKNOWN;
    verdict->why = why;
}

static const struct hm_answer no_answer = {.said = false};

/* ---- one type each; `answer` is never null ---- */

static void judge_manual(struct hm_criterion_verdict *verdict,
                         const struct hm_answer *answer,
                         const struct hm_evidence *evidence)
{
    struct hm_fact fact = fact_of(evidence, verdict->criterion->source);
    struct hm_number said = {answer->said, answer->outcome == HM_OUTCOME_PASS};
    struct hm_number value = settle(verdict, answer, fact.now, said);
    if (!value.there) {
        leave_open(verdict, HM_WHY_MISSING);
        return;
    }
    conclude(verdict, value.value != 0);
}

static void judge_ratio(struct hm_criterion_verdict *verdict,
                        const struct hm_answer *answer,
                        const struct hm_evidence *evidence)
{
    const struct hm_criterion *criterion = verdict->criterion;
    struct hm_fact part = fact_of(evidence, criterion->part->source);
    struct hm_fact whole = fact_of(evidence, criterion->whole->source);
    verdict->part = settle(verdict, answer, part.now, answer->part);
    verdict->whole = settle(verdict, answer, whole.now, answer->whole);
    if (!verdict->part.there || !verdict->whole.there) {
        leave_open(verdict, HM_WHY_MISSING);
    } else if (verdict->part.value > verdict->whole.value) {
        leave_open(verdict, HM_WHY_IMPOSSIBLE);
    } else if (verdict->whole.value == 0 && criterion->na_if_none) {
        verdict->outcome = HM_OUTCOME_NA;
        verdict->why = HM_WHY_NOT_APPLICABLE;
    } else {
        conclude(verdict,
                 verdict->whole.value > 0 && verdict->part.value * THOUSAND >=
                                                 criterion->least * verdict->whole.value);
    }
}

static void judge_count(struct hm_criterion_verdict *verdict,
                        const struct hm_answer *answer,
                        const struct hm_evidence *evidence)
{
    const struct hm_criterion *criterion = verdict->criterion;
    struct hm_fact fact = fact_of(evidence, criterion->part->source);
    verdict->part = settle(verdict, answer, fact.now, answer->now);
    if (!verdict->part.there) {
        leave_open(verdict, HM_WHY_MISSING);
        return;
    }
    conclude(verdict, verdict->part.value >= criterion->least);
}

/* Who says that nothing happened need not write a nought. */
static void judge_none(struct hm_criterion_verdict *verdict,
                       const struct hm_answer *answer,
                       const struct hm_evidence *evidence)
{
    struct hm_fact fact = fact_of(evidence, verdict->criterion->source);
    struct hm_number given = answer->now;
    if (!given.there && answer->said && answer->outcome == HM_OUTCOME_PASS) {
        given = (struct hm_number){!answer->mitigated, 0};
    }
    verdict->part = settle(verdict, answer, fact.now, given);
    bool mitigated = verdict->criterion->type == HM_CRITERION_MITIGATED &&
                     answer->mitigated &&
                     !(verdict->part.there && verdict->part.value == 0);
    if (mitigated) {
        verdict->outcome = HM_OUTCOME_PASS;
        verdict->why = HM_WHY_MITIGATED;
        raise_basis(verdict, HM_BASIS_ENTERED);
    } else if (verdict->part.there) {
        conclude(verdict, verdict->part.value == 0);
    } else {
        leave_open(verdict, HM_WHY_MISSING);
    }
}

static bool trend_holds(const struct hm_criterion *criterion, int64_t now, int64_t before)
{
    return criterion->type == HM_CRITERION_NOT_MORE
               ? now <= before
               : now < before || (now == 0 && before == 0);
}

/* Figures of people are one pair for all series; those of the system each of its own. */
static void judge_trend(struct hm_criterion_verdict *verdict,
                        const struct hm_answer *answer,
                        const struct hm_evidence *evidence)
{
    const struct hm_criterion *criterion = verdict->criterion;
    int64_t now = 0;
    int64_t before = 0;
    bool known = criterion->series_count > 0;
    bool good = true;
    for (size_t i = 0; i < criterion->series_count; i++) {
        struct hm_fact fact = fact_of(evidence, criterion->series[i]->source);
        known = known && fact.now.there && fact.before.there;
        good = good && trend_holds(criterion, fact.now.value, fact.before.value);
        now += fact.now.value;
        before += fact.before.value;
    }
    struct hm_number counted_now = {known, now};
    struct hm_number counted_before = {known, before};
    verdict->part = settle(verdict, answer, counted_now, answer->now);
    verdict->before = settle(verdict, answer, counted_before, answer->before);
    if (!verdict->part.there || !verdict->before.there) {
        leave_open(verdict, HM_WHY_MISSING);
        return;
    }
    bool counted = known && verdict->part.value == now && verdict->before.value == before;
    conclude(verdict, counted ? good
                              : trend_holds(criterion, verdict->part.value,
                                            verdict->before.value));
}

static size_t grade_in(const struct hm_texts *scale, struct hm_bytes grade)
{
    size_t i = 0;
    while (i < scale->count && !hm_bytes_are(grade, scale->at[i])) {
        i++;
    }
    return i;
}

static void judge_grade(struct hm_criterion_verdict *verdict,
                        const struct hm_answer *answer,
                        const struct hm_evidence *evidence)
{
    const struct hm_criterion *criterion = verdict->criterion;
    struct hm_fact fact = fact_of(evidence, criterion->source);
    size_t counted = grade_in(&criterion->scale, fact.word);
    size_t given = grade_in(&criterion->scale, answer->grade);
    struct hm_number a = {fact.word.size > 0, (int64_t)counted};
    struct hm_number b = {answer->grade.size > 0, (int64_t)given};
    struct hm_number grade = settle(verdict, answer, a, b);
    if (!grade.there) {
        leave_open(verdict, HM_WHY_MISSING);
        return;
    }
    verdict->grade = grade.value == a.value && a.there ? fact.word : answer->grade;
    if ((size_t)grade.value == criterion->scale.count) {
        leave_open(verdict, HM_WHY_IMPOSSIBLE); /* "not assessed" is a grade, too */
        return;
    }
    conclude(verdict, (size_t)grade.value >= criterion->least_grade);
}

static void judge_scored(struct work *work,
                         struct hm_criterion_verdict *verdict,
                         const struct hm_answer *answer)
{
    struct hm_number none = {false, 0};
    verdict->part = settle(verdict, answer, none, answer->score);
    verdict->whole = (struct hm_number){true, verdict->criterion->least};
    work->made->most += verdict->criterion->least;
    if (!verdict->part.there) {
        leave_open(verdict, HM_WHY_MISSING);
    } else if (verdict->part.value > verdict->criterion->least) {
        leave_open(verdict, HM_WHY_IMPOSSIBLE);
    } else {
        conclude(verdict, true);
        work->made->score += verdict->part.value;
    }
}

/* ---- what an answer says beside its figures ---- */

/* That it does not apply, is not known, or is not so: nobody is talked out of a no. */
static void judge_said(struct hm_criterion_verdict *verdict,
                       const struct hm_answer *answer)
{
    const struct hm_criterion *criterion = verdict->criterion;
    if (!answer->said || answer->outcome == HM_OUTCOME_PASS) {
        return;
    }
    verdict->basis = HM_BASIS_ENTERED;
    verdict->reason = answer->reason;
    verdict->outcome = HM_OUTCOME_UNKNOWN;
    if (answer->outcome == HM_OUTCOME_UNKNOWN) {
        verdict->why = HM_WHY_UNSURE;
    } else if (answer->outcome == HM_OUTCOME_FAIL) {
        verdict->outcome = HM_OUTCOME_FAIL;
        verdict->why = HM_WHY_SAID;
    } else if (criterion->na_allowed) {
        verdict->outcome = HM_OUTCOME_NA;
        verdict->why = HM_WHY_NOT_APPLICABLE;
    } else {
        verdict->why = HM_WHY_NA_REFUSED;
    }
}

static void judge_figures(struct work *work,
                          struct hm_criterion_verdict *verdict,
                          const struct hm_answer *answer)
{
    const struct hm_evidence *evidence = work->evidence;
    switch (verdict->criterion->type) {
    case HM_CRITERION_MANUAL:
        judge_manual(verdict, answer, evidence);
        break;
    case HM_CRITERION_RATIO:
        judge_ratio(verdict, answer, evidence);
        break;
    case HM_CRITERION_COUNT:
        judge_count(verdict, answer, evidence);
        break;
    case HM_CRITERION_NONE:
    case HM_CRITERION_MITIGATED:
        judge_none(verdict, answer, evidence);
        break;
    case HM_CRITERION_NOT_MORE:
    case HM_CRITERION_LESS:
        judge_trend(verdict, answer, evidence);
        break;
    case HM_CRITERION_GRADE:
        judge_grade(verdict, answer, evidence);
        break;
    default:
        judge_scored(work, verdict, answer);
        break;
    }
}

/* A no that somebody says keeps the figures that stand beside it. */
static void judge_leaf(struct work *work, struct hm_criterion_verdict *verdict)
{
    const struct hm_answer *answer = answer_to(work->evidence, verdict->criterion->id);
    answer = answer == NULL ? &no_answer : answer;
    judge_figures(work, verdict, answer);
    judge_said(verdict, answer);
}

/* ---- wholes ---- */

struct sum {
    size_t of[HM_OUTCOME_UNKNOWN + 1];
    size_t count;
};

static enum hm_outcome all_of(const struct sum *sum)
{
    if (sum->of[HM_OUTCOME_FAIL] > 0) {
        return HM_OUTCOME_FAIL;
    }
    if (sum->of[HM_OUTCOME_UNKNOWN] > 0 || sum->count == 0) {
        return HM_OUTCOME_UNKNOWN;
    }
    return sum->of[HM_OUTCOME_NA] == sum->count ? HM_OUTCOME_NA : HM_OUTCOME_PASS;
}

static enum hm_outcome any_of(const struct sum *sum)
{
    if (sum->of[HM_OUTCOME_PASS] > 0) {
        return HM_OUTCOME_PASS;
    }
    if (sum->of[HM_OUTCOME_UNKNOWN] > 0 || sum->count == 0) {
        return HM_OUTCOME_UNKNOWN;
    }
    return sum->of[HM_OUTCOME_NA] == sum->count ? HM_OUTCOME_NA : HM_OUTCOME_FAIL;
}

static void add(struct sum *sum, enum hm_outcome outcome)
{
    sum->of[outcome]++;
    sum->count++;
}

/* Depth is bounded by the loader: parts of a whole, and criteria that a ref names. */
static enum hm_outcome judge(struct work *work,
                             const struct hm_criterion *criterion,
                             int depth)
{
    size_t place = work->made->count++;
    struct hm_criterion_verdict *verdict = &work->made->at[place];
    struct sum sum = {{0}, 0};
    *verdict = (struct hm_criterion_verdict){.criterion = criterion, .depth = depth};
    if (criterion->item_count == 0 && criterion->ref_count == 0) {
        judge_leaf(work, verdict);
        return verdict->outcome;
    }
    for (size_t i = 0; i < criterion->item_count; i++) {
        add(&sum, judge(work, &criterion->items[i], depth + 1));
    }
    for (size_t i = 0; i < criterion->ref_count; i++) {
        add(&sum, judge(work, criterion->refs[i], depth + 1));
    }
    verdict->outcome = criterion->type == HM_CRITERION_ANY ? any_of(&sum) : all_of(&sum);
    verdict->why = HM_WHY_PARTS;
    return verdict->outcome;
}

static size_t size_of(const struct hm_criterion *criterion)
{
    size_t size = 1;
    for (size_t i = 0; i < criterion->item_count; i++) {
        size += size_of(&criterion->items[i]);
    }
    for (size_t i = 0; i < criterion->ref_count; i++) {
        size += size_of(criterion->refs[i]);
    }
    return size;
}

static const struct hm_grade *grade_of(const struct hm_catalogue *catalogue,
                                       int64_t score)
{
    for (size_t i = 0; i < catalogue->grade_count; i++) {
        if (score >= catalogue->grades[i].least) {
            return &catalogue->grades[i];
        }
    }
    return NULL;
}

enum hm_status hm_evaluate(const struct hm_catalogue *catalogue,
                           const struct hm_criteria *const *blocks,
                           size_t block_count,
                           const struct hm_evidence *evidence,
                           struct hm_evaluation *evaluation,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    struct hm_evaluation made = {.count = 0};
    struct work work = {evidence, &made, 0};
    struct sum sum = {{0}, 0};
    for (size_t i = 0; i < block_count; i++) {
        for (size_t j = 0; j < blocks[i]->count; j++) {
            work.room += size_of(&blocks[i]->at[j]);
        }
    }
    made.at = hm_arena_get_array(arena, work.room, sizeof(*made.at));
    if (made.at == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < block_count; i++) {
        for (size_t j = 0; j < blocks[i]->count; j++) {
            add(&sum, judge(&work, &blocks[i]->at[j], 0));
        }
    }
    made.outcome = all_of(&sum);
    if (catalogue->score && made.outcome == HM_OUTCOME_PASS) {
        made.grade = grade_of(catalogue, made.score);
    }
    *evaluation = made;
    return HM_OK;
}

static bool rules_out(struct work *work, const struct hm_criterion *criterion)
{
    struct hm_criterion_verdict verdict = {.criterion = criterion};
    bool found = false;
    if (criterion->type == HM_CRITERION_NONE ||
        criterion->type == HM_CRITERION_MITIGATED) {
        judge_leaf(work, &verdict);
        return verdict.outcome == HM_OUTCOME_FAIL;
    }
    for (size_t i = 0; !found && i < criterion->item_count; i++) {
        found = rules_out(work, &criterion->items[i]);
    }
    for (size_t i = 0; !found && i < criterion->ref_count; i++) {
        found = rules_out(work, criterion->refs[i]);
    }
    return found;
}

bool hm_evaluate_ruled_out(const struct hm_criteria *const *blocks,
                           size_t block_count,
                           const struct hm_evidence *evidence)
{
    struct work work = {.evidence = evidence};
    bool found = false;
    for (size_t i = 0; i < block_count; i++) {
        for (size_t j = 0; !found && j < blocks[i]->count; j++) {
            found = rules_out(&work, &blocks[i]->at[j]);
        }
    }
    return found;
}
