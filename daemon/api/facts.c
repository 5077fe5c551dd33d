/* SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/model/value.h"
#include "hamlet/store/registry.h"

enum { ANSWERS_MAX = 1000 };

static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 20};

enum hm_status hm_case_parse(struct hm_json **fields,
                             struct hm_bytes text,
                             struct hm_err *err)
{
    return hm_json_parse(fields, text, &limits, err);
}

/* ---- which records ---- */

struct hm_bytes hm_case_text(const struct hm_json *fields, const char *name)
{
    const struct hm_json *at = hm_json_get(fields, name);
    if (hm_json_is(at, HM_JSON_BOOL)) {
        return hm_text(hm_json_bool_or(at, false) ? "true" : "false");
    }
    return hm_json_text_or(at, HM_NO_BYTES);
}

static bool is_empty(const struct hm_json *fields, const char *name)
{
    const struct hm_json *at = hm_json_get(fields, name);
    return at == NULL || hm_json_is(at, HM_JSON_NULL);
}

struct looking {
    struct hm_case_unit *unit;
    struct hm_bytes home; /* whose records count, with what was merged into it */
    struct hm_bytes last; /* the home that was looked at last … */
    bool belongs;         /* … and whether its records count */
    bool ended;
    const struct hm_query *query; /* the year, where it has one, is asked of the store */
    bool reads;                   /* its fields are looked at */
    bool (*each)(void *ctx, const struct hm_listed *record, const struct hm_json *fields);
    void *ctx;
};

/* A subtree holds the units below as well, which have a year of their own. */
static enum hm_status belongs(struct looking *looking,
                              struct hm_bytes home,
                              struct hm_err *err)
{
    struct hm_case_unit *unit = looking->unit;
    struct hm_bytes successor = HM_NO_BYTES;
    if (hm_bytes_equal(home, looking->last)) {
        return HM_OK;
    }
    looking->last = hm_arena_copy(unit->arena, home);
    looking->belongs = hm_bytes_equal(home, looking->home);
    if (looking->belongs) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_unit_successor(unit->view->store, home, &successor, unit->arena, err);
    looking->belongs = hm_bytes_equal(successor, looking->home);
    return status;
}

static enum hm_status look_at(void *ctx,
                              const struct hm_listed *record,
                              struct hm_err *err)
{
    struct looking *looking = ctx;
    struct hm_json *fields = NULL;
    enum hm_status status = looking->ended ? HM_OK : belongs(looking, record->unit, err);
    if (status != HM_OK || looking->ended || !looking->belongs) {
        return status;
    }
    if (looking->reads) {
        status = hm_json_parse(&fields, record->fields, &limits, err);
    }
    if (status == HM_OK &&
        (!looking->reads || hm_query_fits(looking->query, fields, looking->unit->year))) {
        looking->ended = !looking->each(looking->ctx, record, fields);
    }
    hm_json_free(fields);
    return status;
}

enum hm_status hm_case_records(struct hm_case_unit *unit,
                               struct hm_bytes home,
                               const struct hm_query *query,
                               bool reads,
                               bool (*each)(void *ctx,
                                            const struct hm_listed *record,
                                            const struct hm_json *fields),
                               void *ctx,
                               struct hm_err *err)
{
    struct looking looking = {.unit = unit,
                              .home = home,
                              .query = query,
                              .reads = reads || hm_query_reads(query),
                              .each = each,
                              .ctx = ctx};
    const struct hm_kinds *kinds = hm_store_kinds(unit->view->store);
    struct hm_list_query list = {
        .kind = hm_text(query->kind), .unit = home, .whole = true, .stateless = true};
    struct hm_key_field year;
    struct hm_buf value;
    if (hm_kinds_find(kinds, list.kind) == NULL) {
        return HM_OK; /* another program's kinds: nothing of it is here */
    }
    hm_buf_init(&value, HM_NAME_MAX);
    hm_value_put_int(&value, unit->year);
    if (query->year != NULL) {
        year = (struct hm_key_field){hm_text(query->year), hm_buf_bytes(&value)};
        list.where = &year;
        list.where_count = 1;
    }
    enum hm_status status = hm_buf_status(&value, err);
    if (status == HM_OK) {
        status = hm_store_list(unit->view->store, &list, look_at, &looking, err);
    }
    hm_buf_fini(&value);
    return status;
}

/* ---- one query ---- */

struct tally {
    const struct hm_query *query;
    struct hm_arena *arena;
    int64_t count;
    int64_t sum;
    struct hm_fact taken;
    bool has;
};

static struct hm_number number_of(const struct hm_json *fields, const char *name)
{
    const struct hm_json *at = name == NULL ? NULL : hm_json_get(fields, name);
    bool there = hm_json_is(at, HM_JSON_INTEGER);
    return (struct hm_number){there, hm_json_int_or(at, 0)};
}

static bool count_record(void *ctx,
                         const struct hm_listed *record,
                         const struct hm_json *fields)
{
    struct tally *tally = ctx;
    const struct hm_query *query = tally->query;
    (void)record;
    tally->count++;
    if (query->field == NULL) {
        return query->type != HM_QUERY_EXISTS;
    }
    struct hm_number number = number_of(fields, query->field);
    tally->sum += number.value;
    if (query->type == HM_QUERY_TAKE && !is_empty(fields, query->field)) {
        tally->taken.now = number;
        tally->taken.before = number_of(fields, query->before);
        tally->taken.word =
            hm_arena_copy(tally->arena, hm_case_text(fields, query->field));
        tally->has = true;
    }
    return !tally->has;
}

/* ---- facts ---- */

/* The last query may say that there is nothing; one before it then leaves it to others.
 */
static enum hm_status ask(struct hm_case_unit *unit,
                          const struct hm_query *query,
                          bool last,
                          struct hm_fact *fact,
                          struct hm_err *err)
{
    struct tally tally = {.query = query, .arena = unit->arena};
    if (query->type == HM_QUERY_BELOW) {
        return hm_case_below(unit, query, fact, err);
    }
    enum hm_status status = hm_case_records(unit, unit->unit, query, query->field != NULL,
                                            count_record, &tally, err);
    if (status != HM_OK) {
        return status;
    }
    bool known = tally.count > 0 || last;
    switch (query->type) {
    case HM_QUERY_COUNT:
        fact->now = (struct hm_number){known, tally.count};
        break;
    case HM_QUERY_SUM:
        fact->now = (struct hm_number){tally.count > 0, tally.sum};
        break;
    case HM_QUERY_EXISTS:
        fact->now = (struct hm_number){known, tally.count > 0};
        break;
    default:
        *fact = tally.taken;
        break;
    }
    return HM_OK;
}

bool hm_case_fact(void *ctx, const char *source, struct hm_fact *fact)
{
    struct hm_case_unit *unit = ctx;
    const struct hm_fact_source *found =
        hm_facts_find(hm_catalogues_facts(unit->catalogues), source);
    *fact = (struct hm_fact){.now = {false, 0}};
    for (size_t i = 0; found != NULL && i < found->count && unit->status == HM_OK; i++) {
        unit->status =
            ask(unit, &found->queries[i], i + 1 == found->count, fact, unit->err);
        if (fact->now.there || fact->word.size > 0) {
            return unit->status == HM_OK;
        }
    }
    return false;
}

/* ---- answers ---- */

struct answering {
    const char *const *parts;
    struct hm_arena *arena;
    struct hm_answer *at;
    size_t count;
};

static struct hm_bytes copied(const struct answering *answering,
                              const struct hm_json *item,
                              enum hm_answer_part part)
{
    return hm_arena_copy(answering->arena, hm_case_text(item, answering->parts[part]));
}

static void read_answer(const struct answering *answering,
                        struct hm_answer *made,
                        const struct hm_json *item)
{
    static const enum hm_outcome outcomes[] = {HM_OUTCOME_PASS, HM_OUTCOME_FAIL,
                                               HM_OUTCOME_NA, HM_OUTCOME_UNKNOWN};
    const char *const *parts = answering->parts;
    struct hm_bytes says = hm_case_text(item, parts[HM_ANSWER_VERDICT]);
    *made = (struct hm_answer){.id = copied(answering, item, HM_ANSWER_ID)};
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        if (hm_bytes_are(says, parts[HM_ANSWER_PASS + i])) {
            made->said = true;
            made->outcome = outcomes[i];
        }
    }
    made->part = number_of(item, parts[HM_ANSWER_PART]);
    made->whole = number_of(item, parts[HM_ANSWER_WHOLE]);
    made->now = number_of(item, parts[HM_ANSWER_NOW]);
    made->before = number_of(item, parts[HM_ANSWER_BEFORE]);
    made->score = number_of(item, parts[HM_ANSWER_SCORE]);
    made->grade = copied(answering, item, HM_ANSWER_GRADE);
    made->reason = copied(answering, item, HM_ANSWER_REASON);
    made->mitigated =
        hm_json_bool_or(hm_json_get(item, parts[HM_ANSWER_MITIGATED]), false);
}

static void read_answers(struct answering *answering, const struct hm_json *list)
{
    for (const struct hm_json *at = hm_json_first(list);
         at != NULL && answering->at != NULL && answering->count < ANSWERS_MAX;
         at = hm_json_next(at)) {
        read_answer(answering, &answering->at[answering->count++], at);
    }
}

static bool take_answers(void *ctx,
                         const struct hm_listed *record,
                         const struct hm_json *fields)
{
    struct answering *answering = ctx;
    (void)record;
    read_answers(answering, hm_json_get(fields, answering->parts[HM_ANSWER_LIST]));
    return false;
}

/* The value of a stage as it was typed; of none, the first. */
static enum hm_status read_stage(const struct hm_case_unit *unit,
                                 const struct hm_facts *facts,
                                 const char *given,
                                 const char **stage,
                                 struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_find(hm_store_kinds(unit->view->store),
                                               hm_text(facts->answers[HM_ANSWER_KIND]));
    const struct hm_field *field =
        kind == NULL ? NULL
                     : hm_kind_field(kind, hm_text(facts->answers[HM_ANSWER_STAGE]));
    struct hm_buf value;
    if (field == NULL || field->choices.count == 0) {
        return hm_fail(err, HM_UNCONFIGURED, "kind-unknown",
                       facts->answers[HM_ANSWER_KIND], NULL, NULL);
    }
    *stage = field->choices.at[0].value;
    if (given == NULL || given[0] == '\0') {
        return HM_OK;
    }
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_field_read(field, hm_text(given), &value, err);
    if (status == HM_OK) {
        struct hm_bytes text = hm_value_text_or(hm_buf_bytes(&value), HM_NO_BYTES);
        const struct hm_choice *choice = hm_choices_find(&field->choices, text);
        *stage = choice == NULL ? *stage : choice->value;
    }
    hm_buf_fini(&value);
    return status;
}

enum hm_status hm_case_answers(struct hm_case_unit *unit,
                               const char *stage,
                               const struct hm_json *given,
                               const char **chosen,
                               const struct hm_answer **answers,
                               size_t *count,
                               struct hm_err *err)
{
    const struct hm_facts *facts = hm_catalogues_facts(unit->catalogues);
    struct answering answering = {.parts = facts->answers, .arena = unit->arena};
    enum hm_status status = read_stage(unit, facts, stage, chosen, err);
    if (status != HM_OK) {
        return status;
    }
    const struct hm_query_where where = {.field = facts->answers[HM_ANSWER_STAGE],
                                         .is = {chosen, 1}};
    const struct hm_query query = {.kind = facts->answers[HM_ANSWER_KIND],
                                   .year = facts->answers[HM_ANSWER_YEAR],
                                   .where = &where,
                                   .where_count = 1};
    answering.at = hm_arena_get_array(unit->arena, ANSWERS_MAX, sizeof(*answering.at));
    if (given != NULL) {
        read_answers(&answering, given);
    } else {
        status = hm_case_records(unit, unit->unit, &query, true, take_answers, &answering,
                                 err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(unit->arena, err);
    }
    if (status == HM_OK) {
        *answers = answering.at;
        *count = answering.count;
    }
    return status;
}

/* ---- the unit ---- */

static bool ends_in(const struct hm_case_unit *made, struct hm_bytes to)
{
    char year[HM_FACTS_DAY_SIZE];
    int size = snprintf(year, sizeof(year), "%04d", made->year);
    return to.size >= (size_t)size && memcmp(to.data, year, (size_t)size) == 0;
}

static enum hm_status read_unit(struct hm_case_unit *made,
                                const struct hm_listed *record,
                                struct hm_err *err)
{
    const struct hm_kind_tree *tree =
        hm_kinds_tree(hm_store_kinds(made->view->store))->tree;
    struct hm_json *fields = NULL;
    enum hm_status status = hm_json_parse(&fields, record->fields, &limits, err);
    if (status == HM_OK) {
        made->unit_kind = hm_facts_unit_kind(hm_catalogues_facts(made->catalogues),
                                             hm_case_text(fields, tree->level->name),
                                             hm_case_text(fields, tree->type->name));
        made->ended = ends_in(made, hm_case_text(fields, tree->to->name));
        made->excluded =
            tree->excluded == NULL
                ? HM_NO_BYTES
                : hm_arena_copy(made->arena, hm_case_text(fields, tree->excluded->name));
    }
    hm_json_free(fields);
    return status;
}

static enum hm_status find_unit(struct hm_case_unit *made, struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_tree(hm_store_kinds(made->view->store));
    struct hm_listed record;
    struct hm_id id;
    struct hm_buf value;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&value, made->unit);
    enum hm_status status = hm_buf_status(&value, err);
    if (status == HM_OK) {
        const struct hm_key_field key = {hm_text(kind->tree->code->name),
                                         hm_buf_bytes(&value)};
        hm_record_id(&id, hm_text(HM_HOME_REGISTRY), hm_text(kind->name), &key, 1);
        status = hm_store_record_show(made->view->store, &id, &record, made->arena, err);
    }
    if (status == HM_OK) {
        status = read_unit(made, &record, err);
    }
    hm_buf_fini(&value);
    return status;
}

enum hm_status hm_case_unit_find(struct hm_case_unit *made,
                                 const char *unit,
                                 const char *purpose,
                                 struct hm_err *err)
{
    char code[HM_ERR_ARG_MAX];
    char year[HM_FACTS_DAY_SIZE];
    made->err = err;
    enum hm_status status = hm_view_unit(made->view, unit, &made->unit, made->arena, err);
    if (status == HM_OK) {
        status = find_unit(made, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_api_argument(code, made->unit);
    (void)snprintf(year, sizeof(year), "%d", made->year);
    if (made->unit_kind != NULL) {
        made->catalogue =
            hm_catalogue_of(made->catalogues, purpose, made->year, made->unit_kind);
    }
    if (made->catalogue == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "catalogue-none", code, year, NULL);
    }
    if (!hm_catalogue_excludes(made->catalogue, made->unit_kind, made->excluded)) {
        made->excluded = HM_NO_BYTES;
    }
    made->window = hm_catalogue_window(made->catalogue, made->unit_kind);
    (void)snprintf(made->last_day, sizeof(made->last_day), "%04d-%s",
                   made->year + made->window->year, made->window->to);
    return HM_OK;
}
