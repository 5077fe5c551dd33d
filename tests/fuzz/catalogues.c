/* SPDX-License-Identifier: Apache-2.0 */
/* A catalogue's file: a year is judged by it, or the catalogues stay as they were. */
#include "hamlet/record/catalogues.h"

#include "fuzz.h"
#include "hamlet/record/evaluate.h"

enum { ANSWERS_MAX = 64, RECORDS_MAX = 3, FIGURE_MOST = 999999999 };

/* What an overlay of the corpus extends. */
static const char base[] =
    "{\"catalogue\":\"base\",\"version\":\"1\",\"label\":{\"vi\":\"a\",\"en\":\"a\"},"
    "\"legal\":{\"number\":\"1\",\"date\":\"2012-04-27\"},\"from\":\"2012-06-18\","
    "\"windows\":{\"any\":{\"from\":\"-1/11-16\",\"to\":\"0/11-15\"}},\"variables\":{"
    "\"all\":{\"label\":{\"vi\":\"b\",\"en\":\"b\"}}},\"units\":[{\"kinds\":[\"xa\"],"
    "\"criteria\":[{\"id\":\"1\",\"type\":\"manual_bool\",\"label\":{\"vi\":\"c\","
    "\"en\":\"c\"}}]}]}";

static const char *const records[RECORDS_MAX] = {
    "{\"year\":2026,\"status\":\"da_ky\",\"reg_type\":\"tieu_chuan\",\"total\":7}",
    "{\"year\":2026,\"step\":\"nop_ho_so\",\"round\":1,\"signed_on\":\"2026-11-05\"}",
    "{\"window_to\":\"2026-11-15\",\"indicator\":\"crime\",\"amount\":3,\"previous\":4}",
};

static bool fact(void *ctx, const char *source, struct hm_fact *made)
{
    int64_t *turn = ctx;
    int64_t value = (*turn)++ % 4;
    *made = (struct hm_fact){.now = {value != 0, value == 3 ? FIGURE_MOST : value},
                             .before = {value == 2, value},
                             .word = hm_text(value == 1 ? source : "")};
    return value != 0;
}

/* An answer each; what a field takes is at most FIGURE_MOST. */
static size_t answer_all(struct hm_answer answers[ANSWERS_MAX],
                         const struct hm_criterion *at,
                         size_t count,
                         size_t made)
{
    for (size_t i = 0; i < count && made < ANSWERS_MAX; i++) {
        struct hm_number figure = {made % 3 != 0, made % 5 == 0 ? FIGURE_MOST : 1};
        answers[made] = (struct hm_answer){.id = hm_text(at[i].id),
                                           .said = made % 2 == 0,
                                           .outcome = (enum hm_outcome)(made % 4),
                                           .part = figure,
                                           .whole = {made % 7 != 0, (int64_t)made % 4},
                                           .now = figure,
                                           .before = figure,
                                           .score = figure,
                                           .mitigated = made % 4 == 1,
                                           .reason = hm_text(made % 6 == 0 ? "x" : "")};
        made = answer_all(answers, at[i].items, at[i].item_count, made + 1);
    }
    return made;
}

/* Each criterion comes once or, named by others, more often; none is left out. */
static void judge_unit(const struct hm_catalogue *catalogue,
                       const struct hm_criteria *unit)
{
    struct hm_answer answers[ANSWERS_MAX];
    int64_t turn = 0;
    struct hm_evidence evidence = {answers, 0, fact, &turn};
    struct hm_evaluation made = {.count = 0};
    struct hm_arena arena;
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    evidence.answer_count = answer_all(answers, unit->at, unit->count, 0);
    HM_ASSERT(hm_evaluate(catalogue, &unit, 1, &evidence, &made, &arena, NULL) == HM_OK);
    HM_ASSERT(made.count >= unit->count && made.score <= made.most);
    for (size_t i = 0; i < made.count; i++) {
        HM_ASSERT(made.at[i].why < HM_WHY_COUNT && made.at[i].criterion != NULL);
    }
    hm_arena_fini(&arena);
}

static void work_with(const struct hm_catalogues *catalogues,
                      const struct hm_catalogue *catalogue)
{
    HM_ASSERT(hm_catalogues_find(catalogues, hm_text(catalogue->name)) == catalogue);
    for (size_t i = 0; i < catalogue->unit_count; i++) {
        const struct hm_criteria *unit = &catalogue->units[i];
        judge_unit(catalogue, unit);
        for (size_t k = 0; k < unit->kinds.count; k++) {
            const char *kind = unit->kinds.at[k];
            const struct hm_span *window = hm_catalogue_window(catalogue, kind);
            HM_ASSERT(hm_catalogue_criteria(catalogue, kind) != NULL);
            HM_ASSERT(window == NULL || (window->from_year <= window->year));
            (void)hm_catalogue_level(catalogue, kind, "2026-03-05");
            (void)hm_catalogue_of(catalogues, catalogue->purpose, 2026, kind);
        }
    }
}

/* Queries are asked of a record that has what ours ask for. */
static void ask(const struct hm_catalogues *catalogues)
{
    static const struct hm_json_limits limits = {4096, 4, 64};
    const struct hm_facts *facts = hm_catalogues_facts(catalogues);
    const struct hm_case_table *table = hm_catalogues_case(catalogues);
    struct hm_json *fields[RECORDS_MAX] = {NULL};
    struct hm_case_record rows[RECORDS_MAX];
    struct hm_case_derived derived;
    for (size_t i = 0; i < RECORDS_MAX; i++) {
        HM_ASSERT(hm_json_parse(&fields[i], hm_text(records[i]), &limits, NULL) == HM_OK);
        rows[i] = (struct hm_case_record){
            .id = {{(uint8_t)i}}, .kind = hm_text("step"), .fields = fields[i]};
    }
    for (size_t i = 0; i < facts->source_count; i++) {
        HM_ASSERT(hm_facts_find(facts, facts->sources[i].name) != NULL);
        for (size_t k = 0; k < facts->sources[i].count; k++) {
            (void)hm_query_fits(&facts->sources[i].queries[k], fields[k % RECORDS_MAX],
                                2026);
        }
    }
    HM_ASSERT(table->state_count <= HM_CASE_STATES_MAX);
    hm_case_derive(table, rows, RECORDS_MAX, 2026, &derived);
    HM_ASSERT(derived.state == 0 || derived.state < table->state_count);
    for (size_t i = 0; i < RECORDS_MAX; i++) {
        hm_json_free(fields[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes json = {data, size};
    struct hm_catalogues *catalogues = NULL;
    struct hm_err err = HM_ERR_NONE;
    HM_ASSERT(hm_catalogues_open(&catalogues, NULL, NULL) == HM_OK);
    HM_ASSERT(hm_catalogues_add(catalogues, hm_text(base), "base", NULL) == HM_OK);
    enum hm_status status = hm_catalogues_add(catalogues, json, "x.json", &err);
    size_t count = hm_catalogues_count(catalogues);
    if (status != HM_OK) {
        HM_ASSERT(status == HM_BAD_INPUT || status == HM_TOO_BIG);
        HM_ASSERT(count == 1 && err.key != NULL);
        HM_ASSERT(hm_catalogues_facts(catalogues)->source_count == 0);
        HM_ASSERT(hm_catalogues_case(catalogues)->state_count == 0);
    } else if (count == 1) { /* facts.json and case.json are no catalogues */
        ask(catalogues);
    } else {
        work_with(catalogues, hm_catalogues_at(catalogues, 1));
        HM_ASSERT(hm_catalogues_add(catalogues, json, "y.json", NULL) == HM_BAD_INPUT);
    }
    hm_catalogues_close(catalogues);
    return 0;
}
