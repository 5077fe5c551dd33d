/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/forms.h"

#include "inside.h"

static void put_label(struct hm_json_write *out,
                      const char *name,
                      const struct hm_label *label)
{
    if (label->vi == NULL) {
        return;
    }
    hm_json_key(out, name);
    hm_json_open(out, '{');
    hm_json_put_text(out, "vi", hm_text(label->vi));
    hm_json_put_text(out, "en", hm_text(label->en));
    hm_json_close(out, '}');
}

static void put_choices(struct hm_json_write *out,
                        const char *name,
                        const struct hm_choices *choices)
{
    if (choices->count == 0) {
        return;
    }
    hm_json_key(out, name);
    hm_json_open(out, '[');
    for (size_t i = 0; i < choices->count; i++) {
        hm_json_open(out, '{');
        hm_json_put_text(out, "value", hm_text(choices->at[i].value));
        put_label(out, "label", &choices->at[i].label);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_names(struct hm_json_write *out,
                      const char *name,
                      const struct hm_field_list *list)
{
    hm_json_key(out, name);
    hm_json_open(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        hm_json_text(out, hm_text(list->at[i]->name));
    }
    hm_json_close(out, ']');
}

static void put_true(struct hm_json_write *out, const char *name, bool value)
{
    if (value) {
        hm_json_put_bool(out, name, true);
    }
}

/* What a field, an item and a member of an item have alike. */
static void put_shape(struct hm_json_write *out, const struct hm_field *field)
{
    bool sized = field->type == HM_FIELD_TYPE_INTEGER;
    hm_json_put_text(out, "type", hm_text(hm_field_type_name(field->type)));
    put_label(out, "label", &field->label);
    put_label(out, "help", &field->help);
    put_label(out, "warn", &field->warn);
    put_true(out, "lines", field->lines);
    put_true(out, "plain", field->plain);
    put_choices(out, "values", &field->choices);
    if (sized) {
        hm_json_put_int(out, "min", field->min);
    }
    if (sized || field->max > 0) {
        hm_json_put_int(out, "max", field->max);
    }
    if (field->ref != NULL) {
        hm_json_put_text(out, "refers", hm_text(field->ref));
    }
}

static void put_members(struct hm_json_write *out, const struct hm_field *object)
{
    if (object->members.count == 0) {
        return;
    }
    hm_json_key(out, "members");
    hm_json_open(out, '[');
    for (size_t i = 0; i < object->members.count; i++) {
        const struct hm_field *member = object->members.at[i];
        hm_json_open(out, '{');
        hm_json_put_text(out, "name", hm_text(member->name));
        hm_json_put_bool(out, "required", member->required);
        put_shape(out, member);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_field(struct hm_json_write *out,
                      const struct hm_field *field,
                      enum hm_role role)
{
    unsigned int bit = role == HM_ROLE_COUNT ? 0U : 1U << (unsigned int)role;
    hm_json_open(out, '{');
    hm_json_put_text(out, "name", hm_text(field->name));
    hm_json_put_bool(out, "required", field->required || field->key);
    hm_json_put_bool(out, "key", field->key);
    hm_json_put_bool(out, "may", field->writers == 0 || (field->writers & bit) != 0);
    if (field->reg != NULL && field->reg->group) {
        hm_json_put_text(out, "group", hm_text(field->reg->name));
    }
    put_shape(out, field);
    if (field->item != NULL) {
        hm_json_key(out, "item");
        hm_json_open(out, '{');
        put_shape(out, field->item);
        put_members(out, field->item);
        hm_json_close(out, '}');
    }
    hm_json_close(out, '}');
}

/* What the role may do to some record of the kind, if not to all of them. */
static void put_rights(struct hm_json_write *out,
                       const struct hm_kind *kind,
                       enum hm_role role)
{
    static const enum hm_act acts[] = {HM_ACT_CREATE,  HM_ACT_EDIT,  HM_ACT_DELETE,
                                       HM_ACT_RESOLVE, HM_ACT_MERGE, HM_ACT_WITHDRAW,
                                       HM_ACT_ERASE};
    hm_json_key(out, "may");
    hm_json_open(out, '[');
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        bool may = false;
        for (size_t at = 0; role != HM_ROLE_COUNT && at < kind->right_count; at++) {
            may = may || (kind->rights[at].acts[role] >> (unsigned int)acts[i] & 1U) != 0;
        }
        if (may) {
            hm_json_text(out, hm_text(hm_act_name(acts[i])));
        }
    }
    hm_json_close(out, ']');
}

static void put_groups(struct hm_json_write *out, const struct hm_kind *kind)
{
    hm_json_key(out, "groups");
    hm_json_open(out, '[');
    for (size_t i = 0; i < kind->register_count; i++) {
        if (kind->registers[i].group) {
            hm_json_open(out, '{');
            hm_json_put_text(out, "name", hm_text(kind->registers[i].name));
            put_names(out, "fields", &kind->registers[i].fields);
            hm_json_close(out, '}');
        }
    }
    hm_json_close(out, ']');
}

static void put_kind(struct hm_json_write *out,
                     const struct hm_kind *kind,
                     enum hm_role role)
{
    hm_json_open(out, '{');
    hm_json_put_text(out, "kind", hm_text(kind->name));
    hm_json_put_int(out, "version", kind->version);
    put_label(out, "label", &kind->label);
    hm_json_put_bool(out, "registry", kind->registry);
    put_names(out, "key", &kind->key);
    put_names(out, "order", &kind->order);
    put_names(out, "search", &kind->search);
    put_names(out, "columns", &kind->columns);
    put_groups(out, kind);
    put_choices(out, "reasons",
                kind->reasons.count > 0 ? &kind->reasons
                                        : &kind->fields[0].shared->reasons);
    put_rights(out, kind, role);
    hm_json_key(out, "fields");
    hm_json_open(out, '[');
    for (size_t i = 0; i < kind->field_count; i++) {
        put_field(out, &kind->fields[i], role);
    }
    hm_json_close(out, ']');
    hm_json_close(out, '}');
}

enum hm_status hm_api_forms(const struct hm_view *view,
                            const char *kind,
                            struct hm_bytes role,
                            struct hm_err *err)
{
    const struct hm_kinds *kinds = hm_store_kinds(view->store);
    const struct hm_kind *one = NULL;
    enum hm_role known = HM_ROLE_COUNT;
    enum hm_status status =
        kind == NULL ? HM_OK : hm_api_kind(view, hm_text(kind), &one, err);
    struct hm_rows rows;
    if (!hm_role_find(&known, role)) {
        known = HM_ROLE_COUNT;
    }
    hm_rows_init(&rows, view);
    if (status == HM_OK && one != NULL) {
        put_kind(&rows.out, one, known);
    } else if (status == HM_OK) {
        hm_json_open(&rows.out, '[');
        for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
            put_kind(&rows.out, hm_kinds_at(kinds, i), known);
        }
        hm_json_close(&rows.out, ']');
    }
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}
