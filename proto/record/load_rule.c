/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the rules of a kind; rule.h says what they may be. */
#include <string.h>

#include "hamlet/record/rule.h"
#include "load.h"

enum {
    NAME,
    SAY,
    SINCE,
    WARN,
    IN,
    IF,
    AT_MOST,
    SUM,
    DIFFER,
    NEEDS,
    LETTERS,
    MARKS,
    CASE,
    BETWEEN,
    OF,
    EQUAL,
    ROWS
};
static const struct hm_load_row rows[ROWS] = {
    [NAME] = {"name", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SAY] = {"say", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SINCE] = {"since", HM_JSON_INTEGER, HM_LOAD_PART, 0, 0, 0},
    [WARN] = {"warn", HM_JSON_BOOL, HM_LOAD_PART, 0, 0, 0},
    [IN] = {"in", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [IF] = {"if", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [AT_MOST] = {"at_most", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [SUM] = {"sum", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [DIFFER] = {"differ", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [NEEDS] = {"needs", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [LETTERS] = {"letters", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [MARKS] = {"marks", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [CASE] = {"case", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [BETWEEN] = {"between", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [OF] = {"of", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [EQUAL] = {"equal", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

static bool is_date(const struct hm_field *field)
{
    return field->type == HM_FIELD_TYPE_DATE || field->type == HM_FIELD_TYPE_PARTIAL_DATE;
}

static bool is_number(const struct hm_field *field)
{
    return field->type == HM_FIELD_TYPE_INTEGER;
}

static enum hm_status fail(const struct hm_load *load,
                           const struct hm_rule *rule,
                           const char *what)
{
    return hm_load_fail(load, "kind-rule", rule->name, what);
}

/* A field of the record, or of the items that the rule is about. */
static enum hm_status find(const struct hm_load *load,
                           const struct hm_rule *rule,
                           const struct hm_json *name,
                           const struct hm_field **field)
{
    struct hm_bytes text = hm_json_text_or(name, HM_NO_BYTES);
    *field = rule->in == NULL ? hm_kind_field(load->kind, text)
                              : hm_field_list_find(&rule->in->item->members, text);
    return *field == NULL
               ? hm_load_fail(load, "kind-nowhere", rule->name, hm_json_chars(name))
               : HM_OK;
}

static enum hm_status find_all(const struct hm_load *load,
                               const struct hm_rule *rule,
                               const struct hm_json *names,
                               struct hm_field_list *list)
{
    size_t count = hm_json_count(names);
    const struct hm_field **at =
        hm_arena_get_array(load->arena, count, sizeof(struct hm_field *));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *name = hm_json_first(names);
    for (size_t i = 0; status == HM_OK && i < count; i++, name = hm_json_next(name)) {
        status = find(load, rule, name, &at[i]);
    }
    if (status == HM_OK) {
        *list = (struct hm_field_list){at, count};
    }
    return status;
}

/* ---- if ---- */

enum { IF_FIELD, IF_IS, IF_DIFFER, IF_ROWS };
static const struct hm_load_row if_rows[IF_ROWS] = {
    [IF_FIELD] = {"field", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [IF_IS] = {"is", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [IF_DIFFER] = {"differ", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
};

/* Values that the field can have, and at least one. */
static bool values_fit(const struct hm_rule *rule)
{
    const struct hm_field *field = rule->only;
    for (size_t i = 0; i < rule->is_count; i++) {
        bool fits =
            field->type == HM_FIELD_TYPE_BOOLEAN
                ? strcmp(rule->is[i], "true") == 0 || strcmp(rule->is[i], "false") == 0
                : field->type == HM_FIELD_TYPE_ENUM &&
                      hm_choices_find(&field->choices, hm_text(rule->is[i])) != NULL;
        if (!fits) {
            return false;
        }
    }
    return rule->is_count > 0;
}

static enum hm_status read_if(const struct hm_load *load,
                              struct hm_rule *rule,
                              const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status = HM_OK;
    if (json == NULL) {
        return HM_OK;
    }
    status = hm_load_part(load, &found, if_rows, IF_ROWS, json, rule->name);
    if (status != HM_OK) {
        return status;
    }
    if (found.at[IF_DIFFER] != NULL) {
        status = find_all(load, rule, found.at[IF_DIFFER], &rule->apart);
        bool two = status == HM_OK && rule->apart.count == 2;
        return two && found.at[IF_FIELD] == NULL ? HM_OK : fail(load, rule, "if");
    }
    status = find(load, rule, found.at[IF_FIELD], &rule->only);
    if (status == HM_OK) {
        status =
            hm_load_texts(load, &rule->is, &rule->is_count, found.at[IF_IS], rule->name);
    }
    return status == HM_OK && !values_fit(rule) ? fail(load, rule, "if") : status;
}

/* ---- between ---- */

enum { SPAN_FIELD, SPAN_YEAR, SPAN_FROM, SPAN_TO, SPAN_ROWS };
static const struct hm_load_row span_rows[SPAN_ROWS] = {
    [SPAN_FIELD] = {"field", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SPAN_YEAR] = {"of", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SPAN_FROM] = {"from", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SPAN_TO] = {"to", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

/* "MM-DD", of any month: the 31st of February only makes a span that ends with it. */
static bool read_day(char day[HM_RULE_DAY_SIZE], const struct hm_json *json)
{
    const char *text = hm_json_chars(json);
    if (strlen(text) != HM_RULE_DAY_SIZE - 1 || text[2] != '-' ||
        strspn(text, "01") < 1 || strspn(text + 3, "0123") < 1 ||
        strspn(text + 1, "0123456789") != 1 || strspn(text + 4, "0123456789") != 1) {
        return false;
    }
    memcpy(day, text, HM_RULE_DAY_SIZE);
    return true;
}

static enum hm_status read_between(const struct hm_load *load,
                                   struct hm_rule *rule,
                                   const struct hm_json *json)
{
    struct hm_load_found found;
    const struct hm_field **date = hm_arena_get(load->arena, sizeof(struct hm_field *));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    if (status == HM_OK) {
        status = hm_load_part(load, &found, span_rows, SPAN_ROWS, json, rule->name);
    }
    if (status == HM_OK) {
        status = find(load, rule, found.at[SPAN_FIELD], date);
    }
    if (status == HM_OK) {
        status = find(load, rule, found.at[SPAN_YEAR], &rule->of);
    }
    if (status != HM_OK) {
        return status;
    }
    rule->fields = (struct hm_field_list){date, 1};
    return is_date(date[0]) && is_number(rule->of) &&
                   read_day(rule->from, found.at[SPAN_FROM]) &&
                   read_day(rule->to, found.at[SPAN_TO])
               ? HM_OK
               : fail(load, rule, "between");
}

/* ---- a rule ---- */

static bool all_are(const struct hm_field_list *list,
                    bool (*is)(const struct hm_field *field))
{
    for (size_t i = 0; i < list->count; i++) {
        if (!is(list->at[i])) {
            return false;
        }
    }
    return true;
}

static bool is_text(const struct hm_field *field)
{
    return field->type == HM_FIELD_TYPE_TEXT;
}

static bool types_fit(const struct hm_rule *rule)
{
    const struct hm_field_list *list = &rule->fields;
    switch (rule->type) {
    case HM_RULE_AT_MOST:
        return list->count == 2 && (all_are(list, is_number) || all_are(list, is_date));
    case HM_RULE_SUM:
        return list->count >= 2 && all_are(list, is_number) && rule->of != NULL &&
               is_number(rule->of);
    case HM_RULE_DIFFER:
        return list->count == 2 && list->at[0]->type == list->at[1]->type;
    case HM_RULE_LETTERS:
    case HM_RULE_MARKS:
    case HM_RULE_CASE:
        return list->count > 0 && all_are(list, is_text);
    default:
        return list->count > 0;
    }
}

/* The one thing that the rule says; -1: none or more than one. */
static int type_of(const struct hm_load_found *found)
{
    int type = -1;
    for (int i = 0; i < HM_RULE_TYPES; i++) {
        if (found->at[AT_MOST + i] != NULL) {
            type = type == -1 ? i : HM_RULE_TYPES;
        }
    }
    return type == HM_RULE_TYPES ? -1 : type;
}

static enum hm_status read_sum(const struct hm_load *load,
                               struct hm_rule *rule,
                               const struct hm_load_found *found)
{
    bool of = found->at[OF] != NULL;
    rule->equal = found->at[EQUAL] != NULL;
    if (rule->type != HM_RULE_SUM) {
        return of || rule->equal ? fail(load, rule, of ? "of" : "equal") : HM_OK;
    }
    if (of == rule->equal) {
        return fail(load, rule, "of");
    }
    return find(load, rule, found->at[of ? OF : EQUAL], &rule->of);
}

static enum hm_status read_in(const struct hm_load *load,
                              struct hm_rule *rule,
                              const struct hm_json *json)
{
    if (json == NULL) {
        return HM_OK;
    }
    const struct hm_field *field = hm_load_field(load, json);
    if (field == NULL || field->item == NULL || field->item->members.count == 0) {
        return hm_load_fail(load, "kind-nowhere", rule->name, hm_json_chars(json));
    }
    rule->in = field;
    return HM_OK;
}

static enum hm_status read_head(const struct hm_load *load,
                                struct hm_rule *rule,
                                const struct hm_load_found *found)
{
    rule->name = hm_load_keep(load, hm_json_chars(found->at[NAME]));
    rule->since = hm_json_int_or(found->at[SINCE], 1);
    rule->warn = hm_json_bool_or(found->at[WARN], false);
    if (!hm_load_is_name(rule->name)) {
        return hm_load_fail(load, "kind-name", "rules", rule->name);
    }
    if (rule->since < 1 || rule->since > load->kind->version) {
        return fail(load, rule, "since");
    }
    enum hm_status status = hm_load_label(load, &rule->say, found->at[SAY], rule->name);
    return status == HM_OK ? read_in(load, rule, found->at[IN]) : status;
}

static enum hm_status read_rule(const struct hm_load *load,
                                struct hm_rule *rule,
                                const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status = hm_load_part(load, &found, rows, ROWS, json, "rules");
    if (status == HM_OK) {
        status = read_head(load, rule, &found);
    }
    if (status != HM_OK) {
        return status;
    }
    int type = type_of(&found);
    if (type < 0) {
        return fail(load, rule, "rules");
    }
    rule->type = (enum hm_rule_type)type;
    status = type == HM_RULE_BETWEEN
                 ? read_between(load, rule, found.at[BETWEEN])
                 : find_all(load, rule, found.at[AT_MOST + type], &rule->fields);
    if (status == HM_OK) {
        status = read_sum(load, rule, &found);
    }
    if (status == HM_OK) {
        status = read_if(load, rule, found.at[IF]);
    }
    return status == HM_OK && !types_fit(rule)
               ? fail(load, rule, rows[AT_MOST + type].name)
               : status;
}

enum hm_status hm_load_rules(const struct hm_load *load, const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    struct hm_rule *rules = hm_arena_get_array(load->arena, count, sizeof(*rules));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_rule(load, &rules[i], at);
        for (size_t j = 0; status == HM_OK && j < i; j++) {
            if (strcmp(rules[j].name, rules[i].name) == 0) {
                status = hm_load_fail(load, "kind-twice", "rules", rules[i].name);
            }
        }
    }
    if (status == HM_OK) {
        load->kind->rules = rules;
        load->kind->rule_count = count;
    }
    return status;
}
