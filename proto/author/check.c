/* SPDX-License-Identifier: Apache-2.0 */
/* What a person's input must have to do with the rest of its record. */
#include <stdio.h>

#include "hamlet/record/rule.h"
#include "inside.h"

struct checking {
    struct hm_author *author;
    const struct hm_values *given;
    const struct hm_loaded *loaded; /* null: a new record */
    const struct hm_finding *broken;
    struct hm_finding first;
};

static struct hm_bytes value_given(const struct hm_values *values,
                                   const struct hm_field *field)
{
    return values->at[field - values->kind->fields];
}

/* A field as it will stand. */
static struct hm_bytes value_of(void *ctx, const struct hm_field *field)
{
    const struct checking *checking = ctx;
    struct hm_bytes given = value_given(checking->given, field);
    return given.size > 0 || checking->loaded == NULL
               ? given
               : hm_loaded_field(checking->loaded, field);
}

/* What stood broken before is no reason to refuse an edit of something else. */
static bool touches(const struct checking *checking, const struct hm_finding *finding)
{
    const struct hm_kind *kind = checking->given->kind;
    if (checking->loaded == NULL) {
        return true;
    }
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct hm_field *field = &kind->fields[i];
        bool about = finding->rule == NULL
                         ? finding->field == field || field->item != NULL
                         : hm_rule_names(finding->rule, field);
        if (about && value_given(checking->given, field).size > 0) {
            return true;
        }
    }
    return false;
}

static void take(void *ctx, const struct hm_finding *finding)
{
    struct checking *checking = ctx;
    struct hm_author *author = checking->author;
    if (!touches(checking, finding)) {
        return;
    }
    if (!finding->warn && checking->broken == NULL) {
        checking->first = *finding;
        checking->broken = &checking->first;
    }
    if (finding->warn && author->warning_count < HM_AUTHOR_WARNINGS_MAX) {
        struct hm_finding *kept = &author->warnings[author->warning_count++];
        *kept = *finding;
        kept->offer = hm_arena_copy(&author->found, finding->offer);
    }
}

enum hm_status hm_author_check(struct hm_author *author,
                               const struct hm_values *values,
                               const struct hm_loaded *loaded,
                               struct hm_err *err)
{
    struct checking checking = {.author = author, .given = values, .loaded = loaded};
    const struct hm_kind_values getter = {value_of, &checking};
    char rule[HM_ERR_ARG_MAX];
    size_t before = author->warning_count;
    hm_kind_check(values->kind, &getter, take, &checking);
    if (checking.broken == NULL) {
        return hm_arena_status(&author->found, err);
    }
    author->warning_count = before;
    (void)snprintf(rule, sizeof(rule), "%s.%s", values->kind->name,
                   checking.broken->rule->name);
    return hm_fail(err, HM_BAD_INPUT, "field-rule", checking.broken->field->name, rule,
                   NULL);
}

const struct hm_finding *hm_author_warnings(const struct hm_author *author, size_t *n)
{
    *n = author->warning_count;
    return author->warnings;
}

void hm_author_forget_warnings(struct hm_author *author)
{
    author->warning_count = 0;
    hm_arena_clear(&author->found);
}
