/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "load.h"

enum {
    KIND,
    VERSION,
    LABEL,
    REGISTRY,
    AGGREGATE,
    KEY,
    HOME,
    OF_YEAR,
    TREE,
    FIELDS,
    GROUPS,
    RULES,
    POLICIES,
    ORDER,
    PERSON,
    SEARCH,
    DUPLICATES,
    COLUMNS,
    SEPARATE,
    RETAIN,
    REASONS,
    TALK,
    ROLES,
    WHEN,
    ROWS
};
static const struct hm_load_row rows[ROWS] = {
    [KIND] = {"kind", HM_JSON_TEXT, HM_LOAD_KIND, HM_LOAD_KIND, 0, 0},
    [VERSION] = {"version", HM_JSON_INTEGER, HM_LOAD_KIND, HM_LOAD_KIND, 0, 0},
    [LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_KIND, HM_LOAD_KIND, 0, 0},
    [REGISTRY] = {"registry", HM_JSON_BOOL, HM_LOAD_KIND, 0, 0, 0},
    [AGGREGATE] = {"aggregate", HM_JSON_BOOL, HM_LOAD_KIND, 0, 0, 0},
    [KEY] = {"key", HM_JSON_LIST, HM_LOAD_KIND, 0, 0, 0},
    [HOME] = {"home", HM_JSON_TEXT, HM_LOAD_KIND, 0, 0, 0},
    [OF_YEAR] = {"of_year", HM_JSON_TEXT, HM_LOAD_KIND, 0, 0, 0},
    [TREE] = {"tree", HM_JSON_OBJECT, HM_LOAD_KIND, 0, 0, 0},
    [FIELDS] = {"fields", HM_JSON_LIST, HM_LOAD_KIND, HM_LOAD_KIND, 0, 0},
    [GROUPS] = {"groups", HM_JSON_OBJECT, HM_LOAD_KIND, 0, 0, 0},
    [RULES] = {"rules", HM_JSON_LIST, HM_LOAD_KIND, 0, 0, 0},
    [POLICIES] = {"policies", HM_JSON_OBJECT, HM_LOAD_KIND, 0, 0, 0},
    [ORDER] = {"order", HM_JSON_LIST, HM_LOAD_KIND, 0, 0, 0},
    [PERSON] = {"person", HM_JSON_BOOL, HM_LOAD_KIND, 0, 0, 0},
    [SEARCH] = {"search", HM_JSON_LIST, HM_LOAD_KIND, 0, 0, 0},
    [DUPLICATES] = {"duplicates", HM_JSON_OBJECT, HM_LOAD_KIND, 0, 0, 0},
    [COLUMNS] = {"columns", HM_JSON_LIST, HM_LOAD_KIND, 0, 0, 0},
    [SEPARATE] = {"separate", HM_JSON_TEXT, HM_LOAD_KIND, 0, 0, 0},
    [RETAIN] = {"retain", HM_JSON_OBJECT, HM_LOAD_KIND, 0, 0, 0},
    [REASONS] = {"reasons", HM_JSON_LIST, HM_LOAD_KIND, 0, 0, 0},
    [TALK] = {"talk", HM_JSON_BOOL, HM_LOAD_KIND, 0, 0, 0},
    [ROLES] = {"roles", HM_JSON_OBJECT, HM_LOAD_KIND, HM_LOAD_KIND, 0, 0},
    [WHEN] = {"when", HM_JSON_LIST, HM_LOAD_KIND, 0, 0, 0},
};

struct hm_field *hm_load_field(const struct hm_load *load, const struct hm_json *name)
{
    const struct hm_field *field =
        hm_kind_field(load->kind, hm_json_text_or(name, HM_NO_BYTES));
    return field == NULL ? NULL : &load->fields[field - load->kind->fields];
}

/* A list of names of fields, none twice; null leaves the list empty. */
enum hm_status hm_load_names(const struct hm_load *load,
                             struct hm_field_list *list,
                             const struct hm_json *json,
                             const char *who)
{
    const struct hm_field **at =
        hm_arena_get_array(load->arena, hm_json_count(json), sizeof(struct hm_field *));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *name = hm_json_first(json);
    size_t n = 0;
    for (; status == HM_OK && name != NULL; name = hm_json_next(name)) {
        const struct hm_field *field = hm_load_field(load, name);
        if (field == NULL) {
            return hm_load_fail(load, "kind-nowhere", who, hm_json_chars(name));
        }
        for (size_t i = 0; i < n; i++) {
            if (at[i] == field) {
                return hm_load_fail(load, "kind-twice", who, field->name);
            }
        }
        at[n++] = field;
    }
    if (status == HM_OK && json != NULL && n == 0) {
        status = hm_load_fail(load, "kind-value", who, "[]");
    }
    if (status == HM_OK) {
        *list = (struct hm_field_list){at, n};
    }
    return status;
}

static const struct hm_load_row tree_rows[] = {
    {"code", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"parent", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"level", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"type", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"name", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"from", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"to", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"into", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    {"system", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    {"versions", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    {"authority", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    {"excluded", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    {"widths", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
};
enum {
    TREE_ROWS = sizeof(tree_rows) / sizeof(tree_rows[0]),
    TREE_FIELDS = TREE_ROWS - 1
};
enum { WIDTH_MOST = 20 };

static enum hm_status read_width(const struct hm_load *load,
                                 struct hm_kind_width *made,
                                 const char *system,
                                 const struct hm_json *json)
{
    int64_t digits = hm_json_int_or(json, 0);
    if (digits < 1 || digits > WIDTH_MOST) {
        return hm_load_fail(load, "kind-value", "tree", "widths");
    }
    *made = (struct hm_kind_width){system, hm_load_keep(load, hm_json_name(json)),
                                   (size_t)digits};
    return HM_OK;
}

static enum hm_status read_widths(const struct hm_load *load,
                                  struct hm_kind_tree *tree,
                                  const struct hm_json *json)
{
    size_t count = 0;
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        count += hm_json_count(at);
    }
    struct hm_kind_width *made = hm_arena_get_array(load->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    for (const struct hm_json *at = hm_json_first(json); status == HM_OK && at != NULL;
         at = hm_json_next(at)) {
        const char *system = hm_load_keep(load, hm_json_name(at));
        for (const struct hm_json *one = hm_json_first(at);
             status == HM_OK && one != NULL; one = hm_json_next(one)) {
            status = read_width(load, &made[tree->width_count++], system, one);
        }
    }
    tree->widths = made;
    return status;
}

static enum hm_status read_tree(const struct hm_load *load, const struct hm_json *json)
{
    const struct hm_field *at[TREE_FIELDS];
    struct hm_kind_tree *tree = hm_arena_get(load->arena, sizeof(*tree));
    if (tree == NULL) {
        return hm_arena_status(load->arena, load->err);
    }
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, tree_rows, TREE_ROWS, json, "tree");
    for (size_t i = 0; status == HM_OK && i < TREE_FIELDS; i++) {
        at[i] = found.at[i] == NULL ? NULL : hm_load_field(load, found.at[i]);
        if (at[i] == NULL && found.at[i] != NULL) {
            status =
                hm_load_fail(load, "kind-nowhere", "tree", hm_json_chars(found.at[i]));
        }
    }
    if (status != HM_OK) {
        return status;
    }
    if (load->kind->key.count != 1 || load->kind->key.at[0] != at[0]) {
        return hm_load_fail(load, "kind-key", "tree", at[0]->name);
    }
    if (at[9] != NULL && (at[9]->type != HM_FIELD_TYPE_LIST ||
                          at[9]->item->type != HM_FIELD_TYPE_OBJECT)) {
        return hm_load_fail(load, "kind-nowhere", "tree", at[9]->name);
    }
    *tree = (struct hm_kind_tree){at[0], at[1], at[2], at[3],  at[4],  at[5], at[6],
                                  at[7], at[8], at[9], at[10], at[11], NULL,  0};
    load->kind->tree = tree;
    return read_widths(load, tree, found.at[TREE_FIELDS]);
}

static enum hm_status read_home(const struct hm_load *load, const struct hm_json *json)
{
    const struct hm_field *field = hm_load_field(load, json);
    if (field == NULL || field->type != HM_FIELD_TYPE_REF) {
        return hm_load_fail(load, "kind-nowhere", "home", hm_json_chars(json));
    }
    load->kind->home = field;
    return HM_OK;
}

static enum hm_status read_separate(const struct hm_load *load,
                                    const struct hm_json *json)
{
    const struct hm_field *field = hm_load_field(load, json);
    if (field == NULL || !field->key || field->type != HM_FIELD_TYPE_ENUM) {
        return hm_load_fail(load, "kind-nowhere", "separate", hm_json_chars(json));
    }
    load->kind->separate = field;
    return HM_OK;
}

/* The year itself, or a date in it. */
static enum hm_status read_year(const struct hm_load *load, const struct hm_json *json)
{
    const struct hm_field *field = hm_load_field(load, json);
    if (field == NULL ||
        (field->type != HM_FIELD_TYPE_INTEGER && field->type != HM_FIELD_TYPE_DATE &&
         field->type != HM_FIELD_TYPE_PARTIAL_DATE)) {
        return hm_load_fail(load, "kind-nowhere", "of_year", hm_json_chars(json));
    }
    load->kind->year = field;
    return HM_OK;
}

/* Without `columns` they are all fields. */
static enum hm_status read_columns(const struct hm_load *load, const struct hm_json *json)
{
    struct hm_kind *kind = load->kind;
    if (json != NULL) {
        return hm_load_names(load, &kind->columns, json, "columns");
    }
    return hm_load_list(load, &kind->columns, kind->fields, kind->field_count);
}

/* What is sorted by must have an order of its own. */
static enum hm_status read_order(const struct hm_load *load,
                                 const struct hm_json *order,
                                 bool person)
{
    struct hm_field_list *list = &load->kind->order;
    enum hm_status status = hm_load_names(load, list, order, "order");
    for (size_t i = 0; status == HM_OK && i < list->count; i++) {
        if (!hm_load_is_single(list->at[i]->type)) {
            status = hm_load_fail(load, "kind-nowhere", "order", list->at[i]->name);
        }
    }
    if (status == HM_OK && person &&
        (list->count == 0 || list->at[0]->type != HM_FIELD_TYPE_TEXT)) {
        status = hm_load_fail(load, "kind-value", load->kind->name, "person");
    }
    load->kind->person = person;
    return status;
}

static enum hm_status read_lists(const struct hm_load *load,
                                 const struct hm_load_found *found)
{
    bool person = hm_json_bool_or(found->at[PERSON], false);
    enum hm_status status = read_order(load, found->at[ORDER], person);
    if (status == HM_OK) {
        status = hm_load_names(load, &load->kind->search, found->at[SEARCH], "search");
    }
    if (status == HM_OK) {
        status = read_columns(load, found->at[COLUMNS]);
    }
    if (status == HM_OK && found->at[DUPLICATES] != NULL) {
        status = hm_load_duplicates(load, found->at[DUPLICATES]);
    }
    if (status == HM_OK && found->at[HOME] != NULL) {
        status = read_home(load, found->at[HOME]);
    }
    if (status == HM_OK && found->at[SEPARATE] != NULL) {
        status = read_separate(load, found->at[SEPARATE]);
    }
    if (status == HM_OK && found->at[RETAIN] != NULL) {
        status = hm_load_retain(load, found->at[RETAIN]);
    }
    if (status == HM_OK && found->at[REASONS] != NULL) {
        status = hm_load_choices(load, &load->kind->reasons, found->at[REASONS],
                                 load->kind->name);
    }
    if (status == HM_OK && found->at[OF_YEAR] != NULL) {
        status = read_year(load, found->at[OF_YEAR]);
    }
    if (status == HM_OK && found->at[TREE] != NULL) {
        status = read_tree(load, found->at[TREE]);
    }
    return status;
}

static enum hm_status read_head(const struct hm_load *load,
                                const struct hm_load_found *found)
{
    struct hm_kind *kind = load->kind;
    kind->version = hm_json_int_or(found->at[VERSION], 0);
    kind->registry = hm_json_bool_or(found->at[REGISTRY], false);
    kind->aggregate = hm_json_bool_or(found->at[AGGREGATE], false);
    kind->talk = hm_json_bool_or(found->at[TALK], false);
    if (!hm_load_is_name(kind->name)) {
        return hm_load_fail(load, "kind-name", "kind", kind->name);
    }
    if (kind->version < 1 || kind->version > INT32_MAX) {
        return hm_load_fail(load, "kind-value", kind->name, "version");
    }
    return hm_load_label(load, &kind->label, found->at[LABEL], kind->name);
}

static enum hm_status read_fields(struct hm_load *load, const struct hm_json *json)
{
    struct hm_kind *kind = load->kind;
    enum hm_status status = hm_load_fields(load, &load->fields, &kind->field_count, json,
                                           HM_LOAD_FIELD, kind->name);
    kind->fields = load->fields;
    for (size_t i = 0; status == HM_OK && kind->aggregate && i < kind->field_count; i++) {
        if (kind->fields[i].type == HM_FIELD_TYPE_STROKES) {
            status =
                hm_load_fail(load, "kind-aggregate", kind->name, kind->fields[i].name);
        }
    }
    return status;
}

enum hm_status hm_load_kind(struct hm_load *load, const struct hm_json *json)
{
    struct hm_load_found found;
    const char *name = hm_json_chars(hm_json_get(json, "kind"));
    load->kind->name = name == NULL ? "" : hm_load_keep(load, name);
    enum hm_status status =
        hm_load_find(load, &found, rows, ROWS, json, load->kind->name);
    if (status == HM_OK) {
        status = hm_load_check(load, &found, HM_LOAD_KIND, 0, load->kind->name);
    }
    if (status == HM_OK) {
        status = read_head(load, &found);
    }
    if (status == HM_OK) {
        status = read_fields(load, found.at[FIELDS]);
    }
    if (status == HM_OK) {
        status = hm_load_key(load, found.at[KEY]);
    }
    if (status == HM_OK) {
        status = hm_load_registers(load, found.at[GROUPS], found.at[POLICIES]);
    }
    if (status == HM_OK) {
        status = read_lists(load, &found);
    }
    if (status == HM_OK) {
        status = hm_load_rights(load, found.at[ROLES], found.at[WHEN]);
    }
    if (status == HM_OK) {
        status = hm_load_rules(load, found.at[RULES]);
    }
    return status;
}
