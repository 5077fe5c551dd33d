/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/judge.h"

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/register.h"
#include "hamlet/record/rule.h"
#include "hamlet/text/normal.h"

enum { WHY_MAX = 500 }; /* characters: a reason, not a report */

/* What an act may write: judge.h has the table for people. */
static const struct rule {
    bool fields;
    bool nulls_only;
    bool live_true;
    bool live_false;
    bool alias;
} rules[HM_ACT_COUNT] = {
    [HM_ACT_CREATE] = {.fields = true, .live_true = true},
    [HM_ACT_EDIT] = {.fields = true, .live_true = true},
    [HM_ACT_DELETE] = {.live_false = true},
    [HM_ACT_RESOLVE] = {.fields = true,
                        .live_true = true,
                        .live_false = true,
                        .alias = true},
    [HM_ACT_POLICY] = {.fields = true,
                       .live_true = true,
                       .live_false = true,
                       .alias = true},
    [HM_ACT_MERGE] = {.alias = true},
    [HM_ACT_ERASE] = {.fields = true, .nulls_only = true, .live_false = true},
};

/* The change with what its registers are in the kind; null: the protocol's own. */
struct judged {
    const struct hm_kind *kind;
    const struct hm_change *change;
    const struct hm_kind_register *registers[HM_CHANGE_WRITES_MAX];
    struct hm_bytes where;
};

static bool is_protocol(struct hm_bytes reg)
{
    return hm_bytes_are(reg, HM_REGISTER_LIVE) || hm_bytes_are(reg, HM_REGISTER_WHY) ||
           hm_bytes_are(reg, HM_REGISTER_ALIAS);
}

static bool all_known(struct judged *judged)
{
    for (size_t i = 0; i < judged->change->write_count; i++) {
        struct hm_bytes reg = judged->change->writes[i].reg;
        judged->registers[i] = hm_kind_register(judged->kind, reg);
        if (judged->registers[i] == NULL && !is_protocol(reg)) {
            judged->where = reg;
            return false;
        }
    }
    return true;
}

static bool why_valid(struct hm_bytes value)
{
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    return hm_value_tag(value) == HM_VALUE_NULL ||
           (text.size > 0 && hm_text_is_normal(text, true) &&
            hm_text_characters(text) <= WHY_MAX);
}

static bool alias_valid(const struct rule *rule, enum hm_act act, struct hm_bytes value)
{
    struct hm_id id;
    bool cleared = hm_value_tag(value) == HM_VALUE_NULL && act != HM_ACT_MERGE;
    return rule->alias &&
           (cleared || hm_id_get_hex(&id, hm_value_text_or(value, HM_NO_BYTES)));
}

static bool protocol_valid(const struct rule *rule,
                           enum hm_act act,
                           const struct hm_write *write)
{
    if (write->value.size == 0) {
        return true;
    }
    if (hm_bytes_are(write->reg, HM_REGISTER_WHY)) {
        return why_valid(write->value);
    }
    if (hm_bytes_are(write->reg, HM_REGISTER_ALIAS)) {
        return alias_valid(rule, act, write->value);
    }
    enum hm_value_tag tag = hm_value_tag(write->value);
    return (rule->live_true && tag == HM_VALUE_TRUE) ||
           (rule->live_false && tag == HM_VALUE_FALSE);
}

/* A required field left out of a create is `missing`, found later, not `invalid`. */
static bool field_valid(const struct rule *rule,
                        enum hm_act act,
                        const struct hm_kind_register *reg,
                        struct hm_bytes value)
{
    if (!rule->fields || value.size == 0) {
        return rule->fields;
    }
    if (hm_value_tag(value) == HM_VALUE_NULL) {
        return (rule->nulls_only || act == HM_ACT_CREATE ||
                hm_register_complete(reg, value));
    }
    return !rule->nulls_only && hm_register_valid(reg, value) &&
           (act == HM_ACT_CREATE || hm_register_complete(reg, value));
}

static bool all_valid(struct judged *judged)
{
    enum hm_act act = judged->change->act;
    const struct rule *rule = &rules[act];
    for (size_t i = 0; i < judged->change->write_count; i++) {
        const struct hm_write *write = &judged->change->writes[i];
        const struct hm_kind_register *reg = judged->registers[i];
        bool valid = reg == NULL ? protocol_valid(rule, act, write)
                                 : field_valid(rule, act, reg, write->value);
        if (!valid) {
            judged->where = write->reg;
            return false;
        }
    }
    return true;
}

/* What this change alone says of a field. */
static struct hm_bytes said(void *ctx, const struct hm_field *field)
{
    const struct judged *judged = ctx;
    const struct hm_change *change = judged->change;
    for (size_t i = 0; field->key && i < change->key_field_count; i++) {
        if (hm_bytes_are(change->key_fields[i].name, field->name)) {
            return change->key_fields[i].value;
        }
    }
    if (field->reg == NULL) {
        return HM_NO_BYTES;
    }
    const struct hm_write *write = hm_change_write(change, hm_text(field->reg->name));
    return write == NULL ? HM_NO_BYTES : hm_register_field(write->value, field);
}

/* Whether the change says all that the rule is about; of a withheld value nobody can. */
static bool says_all(const struct judged *judged, const struct hm_rule *rule)
{
    bool all = judged->change->act == HM_ACT_CREATE;
    for (size_t i = 0; i < judged->change->write_count; i++) {
        bool withheld = judged->change->writes[i].value.size == 0;
        const struct hm_kind_register *reg = judged->registers[i];
        if (reg != NULL && withheld) {
            return false;
        }
        all = all || (reg != NULL && hm_rule_within(rule, reg));
    }
    return all;
}

static bool rules_hold(struct judged *judged)
{
    const struct hm_kind_values values = {said, judged};
    enum hm_act act = judged->change->act;
    for (size_t i = 0; i < judged->kind->rule_count; i++) {
        const struct hm_rule *rule = &judged->kind->rules[i];
        const struct hm_field *at = NULL;
        bool judges = !rule->warn && rule->since <= judged->change->kind_version &&
                      rules[act].fields && !rules[act].nulls_only;
        if (judges && says_all(judged, rule) && !hm_rule_holds(rule, &values, &at)) {
            judged->where = hm_text(at->name);
            return false;
        }
    }
    return true;
}

static bool none_missing(struct judged *judged)
{
    if (judged->change->act != HM_ACT_CREATE) {
        return true;
    }
    for (size_t i = 0; i < judged->kind->register_count; i++) {
        const struct hm_kind_register *reg = &judged->kind->registers[i];
        const struct hm_write *write =
            hm_change_write(judged->change, hm_text(reg->name));
        bool withheld = write != NULL && write->value.size == 0;
        struct hm_bytes value = write == NULL ? HM_NO_BYTES : write->value;
        if (!withheld && !hm_register_complete(reg, value)) {
            judged->where = hm_text(reg->name);
            return false;
        }
    }
    return true;
}

static bool all_permitted(struct judged *judged,
                          const struct hm_key_field *key,
                          size_t key_count)
{
    const struct hm_change *change = judged->change;
    enum hm_role role = HM_ROLE_COUNT;
    if (!hm_role_find(&role, change->role) ||
        !hm_kind_may(judged->kind, role, change->act, HM_NO_BYTES, key, key_count)) {
        return false;
    }
    for (size_t i = 0; i < change->write_count; i++) {
        if (judged->registers[i] != NULL &&
            !hm_kind_may(judged->kind, role, change->act, change->writes[i].reg, key,
                         key_count)) {
            judged->where = change->writes[i].reg;
            return false;
        }
    }
    return true;
}

static bool key_fits(struct judged *judged)
{
    const struct hm_change *change = judged->change;
    const struct hm_field_list *fields = &judged->kind->key;
    struct hm_id id;
    if (change->act != HM_ACT_CREATE) {
        return change->key_field_count == 0;
    }
    if (change->key_field_count != fields->count ||
        change->record_is_own != (fields->count == 0)) {
        return false;
    }
    for (size_t i = 0; i < fields->count; i++) {
        const struct hm_key_field *at = &change->key_fields[i];
        if (!hm_bytes_are(at->name, fields->at[i]->name) ||
            !hm_field_valid(fields->at[i], at->value)) {
            judged->where = hm_text(fields->at[i]->name);
            return false;
        }
    }
    hm_record_id(&id, change->home, change->kind, change->key_fields,
                 change->key_field_count);
    return fields->count == 0 || hm_id_equal(&id, &change->record);
}

enum hm_reason hm_kind_judge(const struct hm_kind *kind,
                             const struct hm_change *change,
                             const struct hm_key_field *key,
                             size_t key_count,
                             struct hm_bytes *where)
{
    struct judged judged;
    enum hm_reason reason = HM_REASON_NONE;
    judged.kind = kind;
    judged.change = change;
    judged.where = HM_NO_BYTES;
    if (change->act == HM_ACT_CREATE) {
        key = change->key_fields;
        key_count = change->key_field_count;
    }
    if (!all_known(&judged)) {
        reason = HM_REASON_UNKNOWN_FIELD;
    } else if (!all_valid(&judged) || !rules_hold(&judged)) {
        reason = HM_REASON_INVALID;
    } else if (!none_missing(&judged)) {
        reason = HM_REASON_MISSING;
    } else if (!all_permitted(&judged, key, key_count)) {
        reason = HM_REASON_ROLE;
    } else if (!key_fits(&judged)) {
        reason = HM_REASON_BAD_KEY;
    }
    if (where != NULL) {
        *where = judged.where;
    }
    return reason;
}

enum hm_reason hm_kind_judge_withdrawn(const struct hm_kind *kind,
                                       const struct hm_change *withdrawal,
                                       const struct hm_id *device)
{
    enum hm_role role = HM_ROLE_VIEWER;
    bool known = hm_role_find(&role, withdrawal->role);
    bool own_only = hm_role_rank(role) < hm_role_rank(HM_ROLE_COMMUNE_OFFICER);
    if (!known || (own_only && !hm_id_equal(device, &withdrawal->device))) {
        return HM_REASON_ROLE;
    }
    if (kind == NULL) {
        return HM_REASON_UNKNOWN_KIND;
    }
    return hm_kind_may(kind, role, HM_ACT_WITHDRAW, HM_NO_BYTES, NULL, 0)
               ? HM_REASON_NONE
               : HM_REASON_ROLE;
}
