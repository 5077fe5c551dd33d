/* SPDX-License-Identifier: Apache-2.0 */
/* Units under the authority of one: those of which a share must be recognised. */
#include "facts.h"
#include "hamlet/model/value.h"

/* What of a unit decides under whom it counts. Text lies in the tree's arena. */
struct hm_case_place {
    struct hm_bytes code;
    struct hm_bytes parent;
    struct hm_bytes authority; /* no bytes: the unit above */
    struct hm_bytes level;
    struct hm_bytes type;
    struct hm_bytes from;
    struct hm_bytes to;
    struct hm_bytes into;
    struct hm_bytes excluded;
    struct hm_case_place *next;
};

struct below {
    struct hm_case_unit *unit;
    const struct hm_query *query;
};

void hm_case_tree_init(struct hm_case_tree *tree)
{
    *tree = (struct hm_case_tree){.read = false};
    hm_arena_init(&tree->arena, HM_REQUEST_ARENA_MAX);
}

void hm_case_tree_fini(struct hm_case_tree *tree)
{
    hm_arena_fini(&tree->arena);
}

/* ---- reading ---- */

struct reading {
    struct hm_case_tree *tree;
    const struct hm_kind_tree *fields;
};

static struct hm_bytes copy(struct reading *r,
                            const struct hm_json *fields,
                            const struct hm_field *field)
{
    return field == NULL
               ? HM_NO_BYTES
               : hm_arena_copy(&r->tree->arena, hm_case_text(fields, field->name));
}

static enum hm_status take_place(void *ctx,
                                 const struct hm_listed *record,
                                 struct hm_err *err)
{
    struct reading *r = ctx;
    struct hm_json *fields = NULL;
    enum hm_status status = hm_case_parse(&fields, record->fields, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_case_place *place = hm_arena_get(&r->tree->arena, sizeof(*place));
    if (place != NULL) {
        *place =
            (struct hm_case_place){.code = copy(r, fields, r->fields->code),
                                   .parent = copy(r, fields, r->fields->parent),
                                   .authority = copy(r, fields, r->fields->authority),
                                   .level = copy(r, fields, r->fields->level),
                                   .type = copy(r, fields, r->fields->type),
                                   .from = copy(r, fields, r->fields->from),
                                   .to = copy(r, fields, r->fields->to),
                                   .into = copy(r, fields, r->fields->into),
                                   .excluded = copy(r, fields, r->fields->excluded),
                                   .next = r->tree->first};
        r->tree->first = place;
    }
    hm_json_free(fields);
    return hm_arena_status(&r->tree->arena, err);
}

static enum hm_status read_tree(struct hm_case_tree *tree,
                                const struct hm_view *view,
                                struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_tree(hm_store_kinds(view->store));
    const struct hm_list_query list = {.kind = hm_text(kind->name), .whole = true};
    struct reading r = {.tree = tree, .fields = kind->tree};
    if (tree->read) {
        return HM_OK;
    }
    enum hm_status status = hm_store_list(view->store, &list, take_place, &r, err);
    tree->read = status == HM_OK;
    return status;
}

/* ---- counting ---- */

/* Open when the window ends: the denominator is of that day. */
static bool is_open(const struct below *below, const struct hm_case_place *place)
{
    struct hm_bytes day = hm_text(below->unit->last_day);
    return (place->from.size == 0 || hm_bytes_compare(place->from, day) <= 0) &&
           (place->to.size == 0 || hm_bytes_compare(day, place->to) <= 0) &&
           (place->to.size > 0 || place->into.size == 0);
}

/* Who has authority over it: the unit above, unless it names another. */
static bool is_under(const struct below *below, const struct hm_case_place *place)
{
    return hm_bytes_equal(place->authority.size == 0 ? place->parent : place->authority,
                          below->unit->unit);
}

static bool is_covered(const struct below *below, const struct hm_case_place *place)
{
    const struct hm_facts *facts = hm_catalogues_facts(below->unit->catalogues);
    const char *kind = hm_facts_unit_kind(facts, place->level, place->type);
    return kind != NULL && hm_texts_have(&below->query->unit_kinds, hm_text(kind)) &&
           !hm_catalogue_excludes(below->unit->catalogue, kind, place->excluded);
}

static bool count_one(void *ctx,
                      const struct hm_listed *record,
                      const struct hm_json *fields)
{
    bool *there = ctx;
    (void)record;
    (void)fields;
    *there = true;
    return false;
}

enum hm_status hm_case_below(struct hm_case_unit *unit,
                             const struct hm_query *query,
                             struct hm_fact *fact,
                             struct hm_err *err)
{
    struct below below = {.unit = unit, .query = query};
    struct hm_case_tree own;
    struct hm_case_tree *tree = unit->tree == NULL ? &own : unit->tree;
    int64_t count = 0;
    int64_t having = 0;
    hm_case_tree_init(&own);
    enum hm_status status = read_tree(tree, unit->view, err);
    for (const struct hm_case_place *at = tree->first; status == HM_OK && at != NULL;
         at = at->next) {
        bool there = false;
        if (!is_under(&below, at) || !is_covered(&below, at) || !is_open(&below, at)) {
            continue;
        }
        count++;
        if (query->kind != NULL) {
            status =
                hm_case_records(unit, at->code, query, false, count_one, &there, err);
        }
        having += there;
    }
    fact->now = (struct hm_number){status == HM_OK, query->kind == NULL ? count : having};
    hm_case_tree_fini(&own);
    return status;
}
