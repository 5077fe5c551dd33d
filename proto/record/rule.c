/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/rule.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/model/value.h"
#include "hamlet/text/proper.h"

enum { DATE_SIZE = 11, YEAR_MOST = 9999, OFFER_MAX = 1024 };

static struct hm_bytes get(const struct hm_kind_values *values,
                           const struct hm_field *field)
{
    struct hm_bytes value = values->get(values->ctx, field);
    return hm_value_tag(value) == HM_VALUE_NULL ? HM_NO_BYTES : value;
}

/* An item of a list, its members told apart by their names. */
static struct hm_bytes member_of(void *ctx, const struct hm_field *field)
{
    const struct hm_bytes *item = ctx;
    return hm_value_member(*item, hm_text(field->name));
}

/* As far as both dates are known: "2026-03" and "2026-03-05" are the same. */
static int compare_dates(struct hm_bytes a, struct hm_bytes b)
{
    size_t both = a.size < b.size ? a.size : b.size;
    return both == 0 ? 0 : memcmp(a.data, b.data, both);
}

static bool at_most(struct hm_bytes a, struct hm_bytes b)
{
    if (a.size == 0 || b.size == 0) {
        return true;
    }
    if (hm_value_tag(a) == HM_VALUE_INTEGER) {
        return hm_value_int_or(a, 0) <= hm_value_int_or(b, 0);
    }
    return compare_dates(hm_value_text_or(a, HM_NO_BYTES),
                         hm_value_text_or(b, HM_NO_BYTES)) <= 0;
}

/* Fields hold less than 2^53 each, and a kind has 120 of them: no sum overflows. */
static bool sum_holds(const struct hm_rule *rule, const struct hm_kind_values *values)
{
    struct hm_bytes bound = get(values, rule->of);
    int64_t sum = 0;
    for (size_t i = 0; i < rule->fields.count; i++) {
        struct hm_bytes value = get(values, rule->fields.at[i]);
        if (value.size == 0 && rule->equal) {
            return true;
        }
        sum += hm_value_int_or(value, 0);
    }
    int64_t most = hm_value_int_or(bound, sum);
    return rule->equal ? sum == most : sum <= most;
}

static bool differ(const struct hm_field_list *fields,
                   const struct hm_kind_values *values)
{
    struct hm_bytes a = get(values, fields->at[0]);
    struct hm_bytes b = get(values, fields->at[1]);
    return a.size == 0 || b.size == 0 || !hm_bytes_equal(a, b);
}

static bool is_letter(uint8_t byte)
{
    return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == ' ' || byte == '\'' || byte == '-' || byte == '.';
}

static bool all_letters(struct hm_bytes value)
{
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    for (size_t i = 0; i < text.size; i++) {
        if (!is_letter(text.data[i])) {
            return false;
        }
    }
    return true;
}

/* One word alone may well have none. */
static bool has_marks(struct hm_bytes value)
{
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    bool several = false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] >= 0x80) {
            return true;
        }
        several = several || text.data[i] == ' ';
    }
    return !several;
}

static bool has_both_cases(struct hm_bytes value)
{
    return !hm_text_is_one_case(hm_value_text_or(value, HM_NO_BYTES));
}

static bool between(const struct hm_rule *rule, const struct hm_kind_values *values)
{
    struct hm_bytes date = hm_value_text_or(get(values, rule->fields.at[0]), HM_NO_BYTES);
    int64_t year = hm_value_int_or(get(values, rule->of), -1);
    char first[DATE_SIZE];
    char last[DATE_SIZE];
    if (date.size == 0 || year < 0 || year > YEAR_MOST) {
        return true;
    }
    (void)snprintf(first, sizeof(first), "%04d-%s", (int)year, rule->from);
    (void)snprintf(last, sizeof(last), "%04d-%s", (int)year, rule->to);
    return compare_dates(date, hm_text(first)) >= 0 &&
           compare_dates(date, hm_text(last)) <= 0;
}

/* Whether the rule is about such a record, or such an item, at all. */
static bool applies(const struct hm_rule *rule, const struct hm_kind_values *values)
{
    if (rule->apart.count > 0) {
        bool both = get(values, rule->apart.at[0]).size > 0 &&
                    get(values, rule->apart.at[1]).size > 0;
        return both && differ(&rule->apart, values);
    }
    if (rule->only == NULL) {
        return true;
    }
    struct hm_bytes value = get(values, rule->only);
    enum hm_value_tag tag = hm_value_tag(value);
    struct hm_bytes text = tag == HM_VALUE_TRUE    ? hm_text("true")
                           : tag == HM_VALUE_FALSE ? hm_text("false")
                                                   : hm_value_text_or(value, HM_NO_BYTES);
    for (size_t i = 0; i < rule->is_count; i++) {
        if (hm_bytes_are(text, rule->is[i])) {
            return true;
        }
    }
    return false;
}

/* The first of several fields for which the rule does not hold; null: it holds. */
static const struct hm_field *find_fault(const struct hm_rule *rule,
                                         const struct hm_kind_values *values)
{
    for (size_t i = 0; i < rule->fields.count; i++) {
        struct hm_bytes value = get(values, rule->fields.at[i]);
        bool holds = rule->type == HM_RULE_NEEDS   ? value.size > 0
                     : rule->type == HM_RULE_MARKS ? has_marks(value)
                     : rule->type == HM_RULE_CASE  ? has_both_cases(value)
                                                   : all_letters(value);
        if (!holds) {
            return rule->fields.at[i];
        }
    }
    return NULL;
}

static bool holds_once(const struct hm_rule *rule,
                       const struct hm_kind_values *values,
                       const struct hm_field **at)
{
    const struct hm_field *fault = NULL;
    *at = rule->fields.at[0];
    if (!applies(rule, values)) {
        return true;
    }
    switch (rule->type) {
    case HM_RULE_AT_MOST:
        return at_most(get(values, rule->fields.at[0]), get(values, rule->fields.at[1]));
    case HM_RULE_SUM:
        return sum_holds(rule, values);
    case HM_RULE_DIFFER:
        return differ(&rule->fields, values);
    case HM_RULE_BETWEEN:
        return between(rule, values);
    default:
        fault = find_fault(rule, values);
        *at = fault == NULL ? *at : fault;
        return fault == NULL;
    }
}

bool hm_rule_holds(const struct hm_rule *rule,
                   const struct hm_kind_values *values,
                   const struct hm_field **at)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    if (rule->in == NULL) {
        return holds_once(rule, values, at);
    }
    struct hm_bytes list = get(values, rule->in);
    *at = rule->fields.at[0];
    if (hm_value_tag(list) != HM_VALUE_LIST) {
        return true;
    }
    hm_value_each_init(&each, list);
    while (hm_value_each_next(&each, &name, &item)) {
        const struct hm_kind_values members = {member_of, &item};
        if (!holds_once(rule, &members, at)) {
            return false;
        }
    }
    return true;
}

static bool has(const struct hm_field_list *fields, const struct hm_field *field)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->at[i] == field) {
            return true;
        }
    }
    return false;
}

bool hm_rule_names(const struct hm_rule *rule, const struct hm_field *field)
{
    return rule->in == field || rule->of == field || rule->only == field ||
           has(&rule->fields, field) || has(&rule->apart, field);
}

static bool all_within(const struct hm_field_list *fields,
                       const struct hm_kind_register *reg)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->at[i]->reg != reg) {
            return false;
        }
    }
    return true;
}

bool hm_rule_within(const struct hm_rule *rule, const struct hm_kind_register *reg)
{
    if (rule->in != NULL) {
        return rule->in->reg == reg;
    }
    return all_within(&rule->fields, reg) && all_within(&rule->apart, reg) &&
           (rule->of == NULL || rule->of->reg == reg) &&
           (rule->only == NULL || rule->only->reg == reg);
}

/* ---- digits ---- */

static bool is_run(const struct hm_field_shared *shared, size_t length)
{
    for (size_t i = 0; i < shared->run_count; i++) {
        if (shared->runs[i] == length) {
            return true;
        }
    }
    return false;
}

/* Digits count together when a space, a point or a dash stands between them. */
static bool has_private_digits(const struct hm_field_shared *shared, struct hm_bytes text)
{
    size_t run = 0;
    bool joined = false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte >= '0' && byte <= '9') {
            run++;
            joined = false;
        } else if (run > 0 && !joined && (byte == ' ' || byte == '.' || byte == '-')) {
            joined = true;
        } else if (is_run(shared, run)) {
            return true;
        } else {
            run = 0;
            joined = false;
        }
    }
    return is_run(shared, run);
}

static bool text_is_private(const struct hm_field *field, struct hm_bytes value)
{
    return field->warn.vi != NULL && field->type == HM_FIELD_TYPE_TEXT &&
           has_private_digits(field->shared, hm_value_text_or(value, HM_NO_BYTES));
}

/* The member of a list's items that holds such digits; null: none does. */
static const struct hm_field *private_member(const struct hm_field *list,
                                             struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    if (list->item == NULL || hm_value_tag(value) != HM_VALUE_LIST) {
        return NULL;
    }
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &item)) {
        for (size_t i = 0; i < list->item->members.count; i++) {
            const struct hm_field *member = list->item->members.at[i];
            if (text_is_private(member, hm_value_member(item, hm_text(member->name)))) {
                return member;
            }
        }
    }
    return NULL;
}

/* ---- all of it ---- */

void hm_kind_offer(const struct hm_kind *kind,
                   const struct hm_field *field,
                   struct hm_bytes text,
                   struct hm_buf *out)
{
    for (size_t i = 0; i < kind->rule_count; i++) {
        const struct hm_rule *rule = &kind->rules[i];
        if (rule->type == HM_RULE_CASE && has(&rule->fields, field) &&
            hm_text_is_one_case(text)) {
            hm_text_proper(out, text);
            return;
        }
    }
}

static void check_rule(const struct hm_rule *rule,
                       const struct hm_kind_values *values,
                       void (*each)(void *ctx, const struct hm_finding *),
                       void *ctx)
{
    struct hm_finding finding = {.rule = rule, .say = &rule->say, .warn = rule->warn};
    uint8_t room[OFFER_MAX];
    struct hm_buf offer;
    if (hm_rule_holds(rule, values, &finding.field)) {
        return;
    }
    hm_buf_init_fixed(&offer, room, sizeof(room));
    if (rule->type == HM_RULE_CASE && rule->in == NULL) {
        hm_text_proper(&offer, hm_value_text_or(get(values, finding.field), HM_NO_BYTES));
    }
    if (offer.failed == HM_OK) {
        finding.offer = hm_buf_bytes(&offer);
    }
    each(ctx, &finding);
}

void hm_kind_check(const struct hm_kind *kind,
                   const struct hm_kind_values *values,
                   void (*each)(void *ctx, const struct hm_finding *),
                   void *ctx)
{
    for (size_t i = 0; i < kind->rule_count; i++) {
        check_rule(&kind->rules[i], values, each, ctx);
    }
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct hm_field *field = &kind->fields[i];
        struct hm_bytes value = get(values, field);
        const struct hm_field *member = private_member(field, value);
        if (member != NULL || text_is_private(field, value)) {
            each(ctx, &(struct hm_finding){.field = member == NULL ? field : member,
                                           .say = &field->shared->private_say,
                                           .warn = true});
        }
    }
}
