/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/policy.h"
#include "load.h"

static enum hm_status fail(const struct hm_load *load, const char *key, const char *what)
{
    return hm_load_fail(load, key, load->kind->name, what);
}

enum hm_status hm_load_key(const struct hm_load *load, const struct hm_json *key)
{
    enum hm_status status = hm_load_names(load, &load->kind->key, key, "key");
    for (size_t i = 0; status == HM_OK && i < load->kind->key.count; i++) {
        struct hm_field *field = &load->fields[load->kind->key.at[i] - load->fields];
        field->key = true;
        field->required = true;
        if (!hm_load_is_single(field->type) || field->lines || field->writers != 0) {
            status = fail(load, "kind-key", field->name);
        }
    }
    return status;
}

/* Members are pointed at their group at once: who has one already is in two. */
static enum hm_status read_group(const struct hm_load *load,
                                 struct hm_kind_register *reg,
                                 const struct hm_json *json)
{
    reg->name = hm_load_keep(load, hm_json_name(json));
    reg->group = true;
    if (!hm_load_is_name(reg->name) ||
        hm_kind_field(load->kind, hm_text(reg->name)) != NULL) {
        return fail(load, "kind-name", reg->name);
    }
    if (!hm_json_is(json, HM_JSON_LIST) || hm_json_count(json) < 2) {
        return hm_load_fail(load, "kind-value", reg->name, "[]");
    }
    enum hm_status status = hm_load_names(load, &reg->fields, json, reg->name);
    for (size_t i = 0; status == HM_OK && i < reg->fields.count; i++) {
        struct hm_field *field = &load->fields[reg->fields.at[i] - load->fields];
        if (field->key || field->writers != 0 || field->reg != NULL) {
            status = hm_load_fail(load, "kind-group", reg->name, field->name);
        }
        field->reg = reg;
    }
    return status;
}

static enum hm_status read_alone(const struct hm_load *load,
                                 struct hm_kind_register *reg,
                                 struct hm_field *field)
{
    const struct hm_field **at = hm_arena_get(load->arena, sizeof(struct hm_field *));
    if (at == NULL) {
        return hm_arena_status(load->arena, load->err);
    }
    at[0] = field;
    field->reg = reg;
    *reg = (struct hm_kind_register){.name = field->name, .fields = {at, 1}};
    return HM_OK;
}

static int by_first_field(const struct hm_kind_register *a,
                          const struct hm_kind_register *b)
{
    return a->fields.at[0] < b->fields.at[0] ? -1 : a->fields.at[0] > b->fields.at[0];
}

/* Registers in the order of their first fields, so that a page's columns read well. */
static void sort_registers(struct hm_kind_register *registers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct hm_kind_register moving = registers[i];
        size_t j = i;
        for (; j > 0 && by_first_field(&moving, &registers[j - 1]) < 0; j--) {
            registers[j] = registers[j - 1];
        }
        registers[j] = moving;
    }
}

static void point_fields(struct hm_field *fields,
                         const struct hm_kind_register *registers,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < registers[i].fields.count; j++) {
            fields[registers[i].fields.at[j] - fields].reg = &registers[i];
        }
    }
}

static enum hm_status read_policies(const struct hm_load *load,
                                    struct hm_kind_register *registers,
                                    const struct hm_json *json)
{
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        const char *name = hm_json_name(at);
        const struct hm_kind_register *found =
            hm_kind_register(load->kind, hm_text(name));
        enum hm_kind_policy policy = HM_KIND_POLICY_MANUAL;
        if (found == NULL) {
            return hm_load_fail(load, "kind-nowhere", "policies", name);
        }
        if (!hm_policy_find(&policy, hm_json_text_or(at, HM_NO_BYTES)) ||
            !hm_policy_fits(policy, found)) {
            return hm_load_fail(load, "kind-value", "policies", name);
        }
        registers[found - registers].policy = policy;
    }
    return HM_OK;
}

enum hm_status hm_load_registers(const struct hm_load *load,
                                 const struct hm_json *groups,
                                 const struct hm_json *policies)
{
    struct hm_kind *kind = load->kind;
    struct hm_kind_register *all =
        hm_arena_get_array(load->arena, kind->field_count, sizeof(*all));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(groups);
    size_t n = 0;
    for (; status == HM_OK && at != NULL; at = hm_json_next(at)) {
        if (n == kind->field_count) {
            return fail(load, "kind-value", "groups");
        }
        status = read_group(load, &all[n++], at);
    }
    for (size_t i = 0; status == HM_OK && i < kind->field_count; i++) {
        struct hm_field *field = &load->fields[i];
        if (!field->key && field->reg == NULL) {
            status = read_alone(load, &all[n++], field);
        }
    }
    if (status != HM_OK) {
        return status;
    }
    sort_registers(all, n);
    point_fields(load->fields, all, n);
    kind->registers = all;
    kind->register_count = n;
    return read_policies(load, all, policies);
}
