/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the criteria of a catalogue; record/catalogue.h says what they may be. */
#include <string.h>

#include "catalogue_inside.h"

enum { CRITERIA_MAX = 200, PERMILLE_MOST = 1000, NUMBER_MOST = 1000000 };

const char *hm_criterion_type_name(enum hm_criterion_type type)
{
    static const char *const names[HM_CRITERION_TYPES] = {
        [HM_CRITERION_MANUAL] = "manual_bool",
        [HM_CRITERION_RATIO] = "ratio_min",
        [HM_CRITERION_COUNT] = "count_min",
        [HM_CRITERION_NONE] = "none_occurred",
        [HM_CRITERION_MITIGATED] = "none_or_mitigated",
        [HM_CRITERION_NOT_MORE] = "not_increased",
        [HM_CRITERION_LESS] = "decreased",
        [HM_CRITERION_GRADE] = "grade_min",
        [HM_CRITERION_ALL] = "all_of",
        [HM_CRITERION_ANY] = "any_of",
        [HM_CRITERION_REF] = "ref",
        [HM_CRITERION_SCORED] = "scored"};
    return names[type];
}

enum {
    ID,
    TYPE,
    LABEL,
    VERIFY,
    PRIVACY,
    REMARK,
    SOURCE,
    NA_ALLOWED,
    NA_IF_NONE,
    PART,
    WHOLE,
    PERMILLE,
    VARIABLE,
    LEAST,
    MITIGATION,
    SERIES,
    SCALE,
    LEAST_GRADE,
    ITEMS,
    REFS,
    MOST,
    ROWS
};

#define BIT(type)   (1U << HM_CRITERION_##type)
#define SAYS_ITSELF (BIT(MANUAL) | BIT(NONE) | BIT(MITIGATED) | BIT(GRADE))

/* `types`: the types of criteria that have it; `typed`: those that must. */
static const struct hm_load_row rows[ROWS] = {
    [ID] = {"id", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [TYPE] = {"type", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [VERIFY] = {"verify", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [PRIVACY] = {"privacy", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [REMARK] = {"remark", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [SOURCE] = {"source", HM_JSON_TEXT, HM_LOAD_PART, 0, SAYS_ITSELF, 0},
    [NA_ALLOWED] = {"na_allowed", HM_JSON_BOOL, HM_LOAD_PART, 0, 0, 0},
    [NA_IF_NONE] = {"na_if_none", HM_JSON_BOOL, HM_LOAD_PART, 0, BIT(RATIO), 0},
    [PART] = {"counted", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(RATIO), BIT(RATIO)},
    [WHOLE] = {"among", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(RATIO), BIT(RATIO)},
    [PERMILLE] = {"permille", HM_JSON_INTEGER, HM_LOAD_PART, 0, BIT(RATIO), BIT(RATIO)},
    [VARIABLE] = {"variable", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(COUNT), BIT(COUNT)},
    [LEAST] = {"least", HM_JSON_INTEGER, HM_LOAD_PART, 0, BIT(COUNT), BIT(COUNT)},
    [MITIGATION] = {"mitigation", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(MITIGATED),
                    BIT(MITIGATED)},
    [SERIES] = {"series", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(NOT_MORE) | BIT(LESS),
                BIT(NOT_MORE) | BIT(LESS)},
    [SCALE] = {"scale", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(GRADE), BIT(GRADE)},
    [LEAST_GRADE] = {"least_grade", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(GRADE),
                     BIT(GRADE)},
    [ITEMS] = {"items", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(ALL) | BIT(ANY),
               BIT(ALL) | BIT(ANY)},
    [REFS] = {"refs", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(REF), BIT(REF)},
    [MOST] = {"most", HM_JSON_INTEGER, HM_LOAD_PART, 0, BIT(SCORED), BIT(SCORED)},
};

static const struct hm_criterion *find_in(const struct hm_criterion *at,
                                          size_t count,
                                          struct hm_bytes id)
{
    for (size_t i = 0; i < count; i++) {
        if (at[i].id != NULL && hm_bytes_are(id, at[i].id)) {
            return &at[i];
        }
        const struct hm_criterion *found = find_in(at[i].items, at[i].item_count, id);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

const struct hm_criterion *hm_catalogue_criterion(const struct hm_catalogue *catalogue,
                                                  struct hm_bytes id)
{
    for (size_t i = 0; catalogue != NULL && i < catalogue->unit_count; i++) {
        const struct hm_criteria *unit = &catalogue->units[i];
        const struct hm_criterion *found = find_in(unit->at, unit->count, id);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* Of the catalogue itself, or of what it extends. */
static enum hm_status find_variable(const struct hm_catalogue_load *load,
                                    const struct hm_variable **found,
                                    const struct hm_json *name,
                                    const char *who)
{
    struct hm_bytes text = hm_json_text_or(name, HM_NO_BYTES);
    const struct hm_catalogue *const places[] = {load->made, load->base};
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; places[i] != NULL && j < places[i]->variable_count; j++) {
            if (hm_bytes_are(text, places[i]->variables[j].name)) {
                *found = &places[i]->variables[j];
                return HM_OK;
            }
        }
    }
    return hm_load_fail(&load->load, "kind-nowhere", who, hm_json_chars(name));
}

static enum hm_status read_number(const struct hm_catalogue_load *load,
                                  struct hm_criterion *made,
                                  const struct hm_load_found *found)
{
    int at = made->type == HM_CRITERION_RATIO   ? PERMILLE
             : made->type == HM_CRITERION_COUNT ? LEAST
                                                : MOST;
    int64_t most = at == PERMILLE ? PERMILLE_MOST : NUMBER_MOST;
    made->least = hm_json_int_or(found->at[at], 0);
    return made->least < 1 || made->least > most
               ? hm_load_fail(&load->load, "kind-value", made->id, rows[at].name)
               : HM_OK;
}

static enum hm_status read_ratio(const struct hm_catalogue_load *load,
                                 struct hm_criterion *made,
                                 const struct hm_load_found *found)
{
    bool count = made->type == HM_CRITERION_COUNT;
    enum hm_status status =
        find_variable(load, &made->part, found->at[count ? VARIABLE : PART], made->id);
    if (status == HM_OK && !count) {
        status = find_variable(load, &made->whole, found->at[WHOLE], made->id);
    }
    return status == HM_OK ? read_number(load, made, found) : status;
}

static enum hm_status read_series(const struct hm_catalogue_load *load,
                                  struct hm_criterion *made,
                                  const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    const struct hm_variable **at =
        hm_arena_get_array(load->load.arena, count, sizeof(struct hm_variable *));
    enum hm_status status = hm_arena_status(load->load.arena, load->load.err);
    const struct hm_json *name = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, name = hm_json_next(name)) {
        status = find_variable(load, &at[i], name, made->id);
    }
    made->series = at;
    made->series_count = count;
    return status;
}

static enum hm_status read_scale(const struct hm_catalogue_load *load,
                                 struct hm_criterion *made,
                                 const struct hm_load_found *found)
{
    struct hm_bytes least = hm_json_text_or(found->at[LEAST_GRADE], HM_NO_BYTES);
    enum hm_status status =
        hm_catalogue_texts(&load->load, &made->scale, found->at[SCALE], made->id);
    for (size_t i = 0; status == HM_OK && i < made->scale.count; i++) {
        if (hm_bytes_are(least, made->scale.at[i])) {
            made->least_grade = i;
            return HM_OK;
        }
    }
    return status != HM_OK
               ? status
               : hm_load_fail(&load->load, "kind-nowhere", made->id, "least_grade");
}

static enum hm_status read_list(const struct hm_catalogue_load *load,
                                struct hm_criterion **at,
                                size_t *count,
                                const struct hm_json *json,
                                bool inside);

static enum hm_status read_typed(const struct hm_catalogue_load *load,
                                 struct hm_criterion *made,
                                 const struct hm_load_found *found)
{
    switch (made->type) {
    case HM_CRITERION_RATIO:
    case HM_CRITERION_COUNT:
        return read_ratio(load, made, found);
    case HM_CRITERION_MITIGATED:
        return hm_catalogue_texts(&load->load, &made->mitigation, found->at[MITIGATION],
                                  made->id);
    case HM_CRITERION_NOT_MORE:
    case HM_CRITERION_LESS:
        return read_series(load, made, found->at[SERIES]);
    case HM_CRITERION_GRADE:
        return read_scale(load, made, found);
    case HM_CRITERION_SCORED:
        return read_number(load, made, found);
    case HM_CRITERION_ALL:
    case HM_CRITERION_ANY:
        return read_list(load, &made->items, &made->item_count, found->at[ITEMS], true);
    default:
        return HM_OK; /* refs are looked up once all criteria are there */
    }
}

static bool find_type(enum hm_criterion_type *type, const struct hm_json *name)
{
    struct hm_bytes text = hm_json_text_or(name, HM_NO_BYTES);
    for (int i = 0; i < HM_CRITERION_TYPES; i++) {
        if (hm_bytes_are(text, hm_criterion_type_name((enum hm_criterion_type)i))) {
            *type = (enum hm_criterion_type)i;
            return true;
        }
    }
    return false;
}

/* An id that the catalogue, or what it extends, has already is no id. */
static enum hm_status read_head(const struct hm_catalogue_load *load,
                                struct hm_criterion *made,
                                const struct hm_load_found *found,
                                bool inside)
{
    const struct hm_load *in = &load->load;
    enum hm_status status = hm_catalogue_id(in, &made->id, found->at[ID], "id");
    if (status == HM_OK && !find_type(&made->type, found->at[TYPE])) {
        status = hm_load_fail(in, "kind-type", made->id, hm_json_chars(found->at[TYPE]));
    }
    bool whole = made->type == HM_CRITERION_ALL || made->type == HM_CRITERION_ANY ||
                 made->type == HM_CRITERION_REF;
    if (status == HM_OK && inside && whole) {
        status =
            hm_load_fail(in, "kind-type", made->id, hm_criterion_type_name(made->type));
    }
    if (status == HM_OK) {
        status = hm_load_check(in, found, HM_LOAD_PART, 1U << made->type, made->id);
    }
    if (status == HM_OK) {
        status = hm_load_label(in, &made->label, found->at[LABEL], made->id);
    }
    if (status == HM_OK) {
        status =
            hm_catalogue_verify(in, &made->verify, found->at[VERIFY], '\0', made->id);
    }
    return status;
}

static const char *kept(const struct hm_load *load, const struct hm_json *json)
{
    return json == NULL ? NULL : hm_load_keep(load, hm_json_chars(json));
}

static enum hm_status read_one(const struct hm_catalogue_load *load,
                               struct hm_criterion *made,
                               const struct hm_json *json,
                               bool inside)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_find(&load->load, &found, rows, ROWS, json, "criteria");
    if (status == HM_OK) {
        status = read_head(load, made, &found, inside);
    }
    if (status != HM_OK) {
        return status;
    }
    made->privacy = kept(&load->load, found.at[PRIVACY]);
    made->remark = kept(&load->load, found.at[REMARK]);
    made->source = kept(&load->load, found.at[SOURCE]);
    made->na_allowed = hm_json_bool_or(found.at[NA_ALLOWED], false);
    made->na_if_none = hm_json_bool_or(found.at[NA_IF_NONE], false);
    return read_typed(load, made, &found);
}

static enum hm_status read_list(const struct hm_catalogue_load *load,
                                struct hm_criterion **at,
                                size_t *count,
                                const struct hm_json *json,
                                bool inside)
{
    size_t n = hm_json_count(json);
    struct hm_criterion *made = hm_arena_get_array(load->load.arena, n, sizeof(*made));
    enum hm_status status = hm_arena_status(load->load.arena, load->load.err);
    const struct hm_json *one = hm_json_first(json);
    if (status == HM_OK && (n == 0 || n > CRITERIA_MAX)) {
        return hm_load_fail(&load->load, "kind-value", "criteria", "[]");
    }
    for (size_t i = 0; status == HM_OK && i < n; i++, one = hm_json_next(one)) {
        status = read_one(load, &made[i], one, inside);
    }
    *at = made;
    *count = n;
    return status;
}

/* ---- what can be known only once all are read ---- */

static void inherit(struct hm_criterion *made, size_t count, char verify)
{
    for (size_t i = 0; i < count; i++) {
        if (made[i].verify == '\0') {
            made[i].verify = verify;
        }
    }
}

static enum hm_status read_refs(const struct hm_catalogue_load *load,
                                struct hm_criterion *made,
                                const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    const struct hm_criterion **at =
        hm_arena_get_array(load->load.arena, count, sizeof(struct hm_criterion *));
    const struct hm_json *name = hm_json_first(json);
    if (at == NULL) {
        return hm_arena_status(load->load.arena, load->load.err);
    }
    for (size_t i = 0; i < count; i++, name = hm_json_next(name)) {
        struct hm_bytes id = hm_json_text_or(name, HM_NO_BYTES);
        at[i] = hm_catalogue_criterion(load->made, id);
        at[i] = at[i] == NULL ? hm_catalogue_criterion(load->base, id) : at[i];
        if (at[i] == NULL || at[i]->type == HM_CRITERION_REF) {
            return hm_load_fail(&load->load, "kind-nowhere", made->id,
                                hm_json_chars(name));
        }
    }
    if (count == 0) {
        return hm_load_fail(&load->load, "kind-value", made->id, "refs");
    }
    made->refs = at;
    made->ref_count = count;
    return HM_OK;
}

static bool same_id(const struct hm_criterion *a, const struct hm_criterion *b)
{
    return a != b && strcmp(a->id, b->id) == 0;
}

static enum hm_status finish(const struct hm_catalogue_load *load,
                             struct hm_criterion *made,
                             size_t count,
                             const struct hm_json *json,
                             char verify)
{
    const struct hm_json *one = hm_json_first(json);
    enum hm_status status = HM_OK;
    inherit(made, count, verify);
    for (size_t i = 0; status == HM_OK && i < count; i++, one = hm_json_next(one)) {
        struct hm_bytes id = hm_text(made[i].id);
        if (same_id(hm_catalogue_criterion(load->made, id), &made[i]) ||
            hm_catalogue_criterion(load->base, id) != NULL) {
            return hm_load_fail(&load->load, "kind-twice", "criteria", made[i].id);
        }
        if (made[i].type == HM_CRITERION_REF) {
            status = read_refs(load, &made[i], hm_json_get(one, "refs"));
        } else if (made[i].item_count > 0) {
            status = finish(load, made[i].items, made[i].item_count,
                            hm_json_get(one, "items"), made[i].verify);
        }
    }
    return status;
}

enum { UNIT_KINDS, UNIT_ARTICLE, UNIT_CRITERIA, UNIT_ROWS };
static const struct hm_load_row unit_rows[UNIT_ROWS] = {
    [UNIT_KINDS] = {"kinds", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [UNIT_ARTICLE] = {"article", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [UNIT_CRITERIA] = {"criteria", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

static enum hm_status read_unit(const struct hm_catalogue_load *load,
                                struct hm_criteria *made,
                                const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(&load->load, &found, unit_rows, UNIT_ROWS, json, "units");
    if (status == HM_OK) {
        status =
            hm_catalogue_texts(&load->load, &made->kinds, found.at[UNIT_KINDS], "units");
    }
    if (status == HM_OK) {
        made->article = kept(&load->load, found.at[UNIT_ARTICLE]);
        status = read_list(load, &made->at, &made->count, found.at[UNIT_CRITERIA], false);
    }
    return status;
}

enum hm_status hm_catalogue_load_units(const struct hm_catalogue_load *load,
                                       const struct hm_json *units)
{
    size_t count = hm_json_count(units);
    struct hm_criteria *made = hm_arena_get_array(load->load.arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->load.arena, load->load.err);
    const struct hm_json *at = hm_json_first(units);
    if (status == HM_OK && count == 0) {
        return hm_load_fail(&load->load, "kind-value", "units", "[]");
    }
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_unit(load, &made[i], at);
    }
    if (status != HM_OK) {
        return status;
    }
    load->made->units = made;
    load->made->unit_count = count;
    at = hm_json_first(units);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = finish(load, made[i].at, made[i].count, hm_json_get(at, "criteria"),
                        load->made->verify);
    }
    return status;
}
