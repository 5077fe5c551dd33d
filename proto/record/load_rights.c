/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

/* What the server does by itself is no right of anybody. */
static bool act_named(enum hm_act *act, struct hm_bytes name)
{
    return hm_act_find(act, name) && *act != HM_ACT_POLICY;
}

static enum hm_status read_acts(const struct hm_load *load,
                                uint16_t *acts,
                                const struct hm_json *json,
                                const char *role)
{
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        enum hm_act act = HM_ACT_COUNT;
        if (!act_named(&act, hm_json_text_or(at, HM_NO_BYTES))) {
            return hm_load_fail(load, "kind-role", role, hm_json_chars(at));
        }
        *acts = (uint16_t)(*acts | 1U << act);
    }
    return HM_OK;
}

static enum hm_status read_roles(const struct hm_load *load,
                                 struct hm_kind_rights *rights,
                                 const struct hm_json *json)
{
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        const char *name = hm_json_name(at);
        enum hm_role role = HM_ROLE_COUNT;
        if (!hm_role_find(&role, hm_text(name))) {
            return hm_load_fail(load, "kind-role", "roles", name);
        }
        if (!hm_json_is(at, HM_JSON_LIST) || hm_json_count(at) == 0) {
            return hm_load_fail(load, "kind-value", "roles", name);
        }
        enum hm_status status = read_acts(load, &rights->acts[role], at, name);
        if (status != HM_OK) {
            return status;
        }
    }
    return HM_OK;
}

enum { FIELD, VALUE, ROLES, ROWS };
static const struct hm_load_row rows[ROWS] = {
    [FIELD] = {"field", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [VALUE] = {"value", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [ROLES] = {"roles", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

static enum hm_status read_case(const struct hm_load *load,
                                struct hm_kind_rights *rights,
                                const struct hm_json *json)
{
    static const char who[] = "when";
    struct hm_load_found found;
    enum hm_status status = hm_load_part(load, &found, rows, ROWS, json, who);
    if (status != HM_OK) {
        return status;
    }
    rights->field = hm_load_field(load, found.at[FIELD]);
    if (rights->field == NULL || !rights->field->key ||
        rights->field->type != HM_FIELD_TYPE_ENUM) {
        return hm_load_fail(load, "kind-nowhere", who, hm_json_chars(found.at[FIELD]));
    }
    const struct hm_choice *choice = hm_choices_find(
        &rights->field->choices, hm_json_text_or(found.at[VALUE], HM_NO_BYTES));
    if (choice == NULL) {
        return hm_load_fail(load, "kind-nowhere", who, hm_json_chars(found.at[VALUE]));
    }
    rights->value = hm_text(choice->value);
    return read_roles(load, rights, found.at[ROLES]);
}

enum hm_status hm_load_rights(const struct hm_load *load,
                              const struct hm_json *roles,
                              const struct hm_json *when)
{
    const struct hm_json *at = hm_json_first(when);
    size_t n = hm_json_count(when);
    struct hm_kind_rights *rights =
        hm_arena_get_array(load->arena, n + 1, sizeof(*rights));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    for (size_t i = 0; status == HM_OK && i < n; i++, at = hm_json_next(at)) {
        status = read_case(load, &rights[i], at);
    }
    if (status == HM_OK) {
        status = read_roles(load, &rights[n], roles);
    }
    if (status == HM_OK) {
        load->kind->rights = rights;
        load->kind->right_count = n + 1;
    }
    return status;
}
