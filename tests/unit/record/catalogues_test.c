/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/catalogues.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/record/dossier.h"
#include "hamlet/record/evaluate.h"

static struct hm_catalogues *catalogues;
static struct hm_arena arena;
static struct hm_err err;

static void setup(void)
{
    err = HM_ERR_NONE;
    hm_arena_init(&arena, (size_t)16 * 1024 * 1024);
    ck_assert_int_eq(hm_catalogues_open(&catalogues, hm_embedded_catalogues, &err),
                     HM_OK);
}

static void teardown(void)
{
    hm_catalogues_close(catalogues);
    hm_arena_fini(&arena);
    catalogues = NULL;
}

static enum hm_status add_text(const char *json)
{
    err = HM_ERR_NONE;
    return hm_catalogues_add(catalogues, hm_text(json), "x.json", &err);
}

static enum hm_status add_file(const char *name)
{
    static char text[65536];
    char path[512];
    (void)snprintf(path, sizeof(path), HM_SOURCE_DIR "/tests/data/catalogues/%s", name);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(text, 1, sizeof(text) - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    return add_text(text);
}

/* ---- which ---- */

static const struct {
    int year;
    const char *kind;
    const char *name;
} chosen[] = {
    {2011, "khu_dan_cu", NULL},
    {2012, "khu_dan_cu", "tt23-2012"},
    {2021, "khu_dan_cu", "tt23-2012"},
    {2021, "co_so_giao_duc", "tt23-2012"},
    {2022, "khu_dan_cu", "tt124-2021"},
    {2022, "xa", "tt124-2021"},
    {2026, "doanh_nghiep", "tt124-2021"},
    {2026, "co_so_giao_duc", "tt124-2021"},
    {2026, "tinh", NULL},
};

START_TEST(the_year_and_the_kind_of_unit_choose_the_catalogue)
{
    const struct hm_catalogue *found =
        hm_catalogue_of(catalogues, "standard", chosen[_i].year, chosen[_i].kind);

    ck_assert(chosen[_i].name == NULL ? found == NULL : found != NULL);
    ck_assert(found == NULL || strcmp(found->name, chosen[_i].name) == 0);
}
END_TEST

START_TEST(who_recognises_a_commune_changes_on_the_first_of_july_2025)
{
    const struct hm_catalogue *at = hm_catalogues_find(catalogues, hm_text("tt124-2021"));

    ck_assert_str_eq(hm_catalogue_level(at, "xa", "2025-06-30")->recogniser, "huyen");
    ck_assert_str_eq(hm_catalogue_level(at, "xa", "2025-07-01")->recogniser, "tinh");
    ck_assert_str_eq(hm_catalogue_level(at, "khu_dan_cu", "2026-01-01")->appraiser, "xa");
    ck_assert_str_eq(hm_catalogue_level(at, "co_quan", "2026-01-01")->with,
                     "managing_or_delegated");
    ck_assert_ptr_null(hm_catalogue_level(at, "xa", "2022-02-09"));
    ck_assert_int_eq(hm_catalogue_level(at, "xa", "2025-07-01")->verify, 'P');
}
END_TEST

START_TEST(what_is_not_verified_stays_marked)
{
    const struct hm_catalogue *at = hm_catalogues_find(catalogues, hm_text("tt23-2012"));
    const struct hm_criteria *hamlet = hm_catalogue_criteria(at, "khu_dan_cu");

    ck_assert_int_eq(hm_catalogue_window(at, "khu_dan_cu")->verify, 'U');
    ck_assert_int_eq(hamlet->at[0].verify, 'V');
    ck_assert_int_eq(hamlet->at[1].verify, 'U');
    ck_assert_int_eq(hamlet->at[3].items[0].verify, 'U'); /* as what it is a part of */
}
END_TEST

/* ---- unseen cases of the worked catalogues ---- */

struct world {
    const char *part;
    const char *whole;
    int64_t counted;
    int64_t among;
};

static bool fact(void *ctx, const char *source, struct hm_fact *made)
{
    const struct world *world = ctx;
    *made = (struct hm_fact){.now = {false, 0}};
    if (strcmp(source, world->part) == 0) {
        made->now = (struct hm_number){true, world->counted};
    } else if (strcmp(source, world->whole) == 0) {
        made->now = (struct hm_number){true, world->among};
    }
    return made->now.there;
}

static const struct {
    const char *catalogue;
    const char *kind;
    const char *id;
    struct world world;
    enum hm_outcome outcome;
} cases[] = {
    {"tt23-2012",
     "xa",
     "6.4",
     {"hamlets_recognised", "hamlets_total", 16, 25},
     HM_OUTCOME_FAIL},
    {"tt23-2012",
     "xa",
     "6.4",
     {"hamlets_recognised", "hamlets_total", 17, 25},
     HM_OUTCOME_FAIL},
    {"tt23-2012",
     "xa",
     "6.4",
     {"hamlets_recognised", "hamlets_total", 18, 25},
     HM_OUTCOME_PASS},
    {"tt23-2012",
     "xa",
     "6.4",
     {"hamlets_recognised", "hamlets_total", 7, 10},
     HM_OUTCOME_PASS},
    {"tt23-2012",
     "xa",
     "6.4",
     {"hamlets_recognised", "hamlets_total", 0, 0},
     HM_OUTCOME_FAIL},
    {"tt124-2021",
     "xa",
     "5.4.b",
     {"below_recognised", "below_total", 16, 25},
     HM_OUTCOME_FAIL},
    {"tt124-2021",
     "xa",
     "5.4.b",
     {"below_recognised", "below_total", 18, 25},
     HM_OUTCOME_PASS},
    {"tt124-2021",
     "khu_dan_cu",
     "4.1.c",
     {"households_signed", "households_resident", 249, 250},
     HM_OUTCOME_FAIL},
    {"tt124-2021",
     "khu_dan_cu",
     "4.1.c",
     {"households_signed", "households_resident", 250, 250},
     HM_OUTCOME_PASS},
    {"tt124-2021",
     "khu_dan_cu",
     "4.1.c",
     {"households_signed", "households_resident", 251, 250},
     HM_OUTCOME_UNKNOWN},
};

static struct hm_evaluation judge(const char *name,
                                  const char *kind,
                                  struct hm_evidence *evidence)
{
    struct hm_evaluation made;
    const struct hm_catalogue *at = hm_catalogues_find(catalogues, hm_text(name));
    const struct hm_criteria *block = hm_catalogue_criteria(at, kind);
    ck_assert_int_eq(hm_evaluate(at, &block, 1, evidence, &made, &arena, &err), HM_OK);
    return made;
}

static const struct hm_criterion_verdict *of(const struct hm_evaluation *made,
                                             const char *id)
{
    for (size_t i = 0; i < made->count; i++) {
        if (strcmp(made->at[i].criterion->id, id) == 0) {
            return &made->at[i];
        }
    }
    ck_abort_msg("no %s", id);
    return NULL;
}

/* A name that no fact has would be missing for ever, or never. */
START_TEST(what_is_to_show_a_paper_is_a_fact)
{
    const struct hm_facts *facts = hm_catalogues_facts(catalogues);
    size_t seen = 0;
    for (size_t i = 0; i < hm_catalogues_count(catalogues); i++) {
        const struct hm_catalogue *catalogue = hm_catalogues_at(catalogues, i);
        for (size_t d = 0; d < catalogue->dossier_count; d++) {
            for (size_t p = 0; p < catalogue->dossiers[d].paper_count; p++) {
                const struct hm_paper *paper = &catalogue->dossiers[d].papers[p];
                ck_assert(paper->source == NULL ||
                          hm_facts_find(facts, paper->source) != NULL);
                ck_assert(paper->not_if == NULL ||
                          hm_facts_find(facts, paper->not_if) != NULL);
                seen++;
            }
        }
    }
    ck_assert_uint_eq(seen, 7);
}
END_TEST

START_TEST(a_share_is_held_to_its_permille_in_whole_numbers)
{
    struct world world = cases[_i].world;
    struct hm_evidence evidence = {.fact = fact, .ctx = &world};

    struct hm_evaluation made = judge(cases[_i].catalogue, cases[_i].kind, &evidence);

    const struct hm_criterion_verdict *verdict = of(&made, cases[_i].id);
    ck_assert_int_eq(verdict->outcome, cases[_i].outcome);
    ck_assert_int_eq(verdict->basis, HM_BASIS_COMPUTED);
    ck_assert_int_eq(verdict->part.value, world.counted);
}
END_TEST

START_TEST(nothing_known_is_never_good)
{
    for (size_t i = 0; i < hm_catalogues_count(catalogues); i++) {
        const struct hm_catalogue *at = hm_catalogues_at(catalogues, i);
        for (size_t j = 0; j < at->unit_count; j++) {
            struct hm_evidence none = {.answer_count = 0};
            struct hm_evaluation made = judge(at->name, at->units[j].kinds.at[0], &none);
            ck_assert_int_eq(made.outcome, HM_OUTCOME_UNKNOWN);
            for (size_t k = 0; k < made.count; k++) {
                ck_assert_int_eq(made.at[k].outcome, HM_OUTCOME_UNKNOWN);
            }
        }
    }
}
END_TEST

static bool rules_out(const struct hm_criteria *block, const struct hm_criterion *missed)
{
    struct hm_answer answer = {
        .id = hm_text(missed->id), .said = true, .outcome = HM_OUTCOME_FAIL};
    struct hm_evidence said = {.answers = &answer, .answer_count = 1};
    bool found = hm_evaluate_ruled_out(&block, 1, &said);
    ck_assert_int_eq(found, missed->type == HM_CRITERION_NONE ||
                                missed->type == HM_CRITERION_MITIGATED);
    return found;
}

START_TEST(what_must_not_be_rules_a_unit_out_and_nothing_else_does)
{
    size_t ruled_out = 0;
    for (size_t i = 0; i < hm_catalogues_count(catalogues); i++) {
        const struct hm_catalogue *at = hm_catalogues_at(catalogues, i);
        for (size_t j = 0; j < at->unit_count; j++) {
            const char *kind = at->units[j].kinds.at[0];
            const struct hm_criteria *block = hm_catalogue_criteria(at, kind);
            struct hm_evidence none = {.answer_count = 0};
            struct hm_evaluation all = judge(at->name, kind, &none);
            ck_assert(!hm_evaluate_ruled_out(&block, 1, &none));
            for (size_t k = 0; k < all.count; k++) {
                ruled_out += rules_out(block, all.at[k].criterion);
            }
        }
    }
    ck_assert_uint_ge(ruled_out, 4);
}
END_TEST

START_TEST(scores_make_a_grade_once_all_are_there)
{
    struct hm_answer answers[] = {
        {.id = hm_text("7.1"), .score = {true, 30}},
        {.id = hm_text("7.2"), .score = {true, 25}},
    };
    struct hm_evidence evidence = {.answers = answers, .answer_count = 1};
    ck_assert_int_eq(add_file("pt-510-2022.json"), HM_OK);
    ck_assert_ptr_null(hm_catalogue_of(catalogues, "standard", 2023, "huyen"));

    struct hm_evaluation half = judge("pt-510-2022", "co_quan", &evidence);
    evidence.answer_count = 2;
    struct hm_evaluation whole = judge("pt-510-2022", "co_quan", &evidence);

    ck_assert_ptr_null(half.grade);
    ck_assert_int_eq(whole.score, 55);
    ck_assert_int_eq(whole.most, 60);
    ck_assert_str_eq(whole.grade->name, "yeu");
    ck_assert_ptr_eq(hm_catalogue_of(catalogues, "rating", 2023, "co_quan"),
                     hm_catalogues_find(catalogues, hm_text("pt-510-2022")));
}
END_TEST

START_TEST(an_overlay_only_adds)
{
    ck_assert_int_eq(add_file("overlay-27.json"), HM_OK);
    const struct hm_catalogue *overlay =
        hm_catalogues_find(catalogues, hm_text("tt124-2021+gso2004-27"));
    const struct hm_catalogue *base =
        hm_catalogues_find(catalogues, hm_text("tt124-2021"));
    const struct hm_span *window = hm_catalogue_window(base, "khu_dan_cu");

    ck_assert_str_eq(overlay->code, "27");
    ck_assert(hm_catalogue_holds(overlay, window, 2024));
    ck_assert(!hm_catalogue_holds(overlay, window, 2022));
    ck_assert(!hm_catalogue_holds(overlay, window, 2025));
    ck_assert_ptr_eq(hm_catalogue_of(catalogues, "standard", 2024, "khu_dan_cu"), base);
    ck_assert_int_eq(add_file("overlay-27.json"), HM_BAD_INPUT);
}
END_TEST

/* ---- what is no catalogue ---- */

#define L "\"label\":{\"vi\":\"A\",\"en\":\"A\"}"
#define HEAD                                                                             \
    "\"version\":\"1\"," L ",\"legal\":{\"number\":\"1\",\"date\":\"2020-01-01\"},"      \
    "\"from\":\"2020-01-01\","
#define FILE_OF(criteria)                                                                \
    "{\"catalogue\":\"x\"," HEAD "\"variables\":{\"v\":{" L "}},"                        \
    "\"units\":[{\"kinds\":[\"k\"],\"criteria\":[" criteria "]}]}"
#define MANUAL(id) "{\"id\":\"" id "\",\"type\":\"manual_bool\"," L "}"

/* … that asks for this paper. */
#define ASKING(paper)                                                                    \
    "{\"catalogue\":\"x\"," HEAD "\"dossiers\":[{\"dossier\":\"d\"," L                   \
    ",\"papers\":[" paper                                                                \
    "]}],\"units\":[{\"kinds\":[\"k\"],\"criteria\":[" MANUAL("1") "]}]}"

static const char *const refused[] = {
    "{}",
    "{\"catalogue\":\"x\"," HEAD "\"units\":[]}",
    "{\"catalogue\":\"tt23-2012\"," HEAD
    "\"units\":[{\"kinds\":[\"k\"],\"criteria\":[" MANUAL("1") "]}]}",
    "{\"overlay\":\"x\",\"extends\":\"none\",\"unit\":{\"system\":\"s\",\"code\":\"1\"}"
    "," HEAD "\"units\":[{\"kinds\":[\"k\"],\"criteria\":[" MANUAL("1") "]}]}",
    "{\"overlay\":\"x\",\"extends\":\"tt124-2021\",\"unit\":{\"system\":\"s\",\"code\":"
    "\"1\"}," HEAD "\"units\":[{\"kinds\":[\"k\"],\"criteria\":[" MANUAL("4.1.a") "]}]}",
    FILE_OF(MANUAL("1") "," MANUAL("1")),
    FILE_OF("{\"id\":\"1\",\"type\":\"guess\"," L "}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"manual_bool\"," L ",\"colour\":1}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"manual_bool\"," L ",\"most\":1}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"ratio_min\"," L
            ",\"counted\":\"v\",\"among\":\"w\",\"permille\":1}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"ratio_min\"," L
            ",\"counted\":\"v\",\"among\":\"v\",\"permille\":1001}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"ratio_min\"," L
            ",\"counted\":\"v\",\"among\":\"v\",\"permille\":0}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"grade_min\"," L
            ",\"scale\":[\"a\"],\"least_grade\":\"b\"}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"all_of\"," L ",\"items\":[]}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"all_of\"," L ",\"items\":[{\"id\":\"2\",\"type\":"
            "\"any_of\"," L ",\"items\":[" MANUAL("3") "]}]}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"ref\"," L ",\"refs\":[\"2\"]}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"ref\"," L ",\"refs\":[\"1\"]}"),
    FILE_OF("{\"id\":\"1\",\"type\":\"ref\"," L ",\"refs\":[]}," MANUAL("2")),
    FILE_OF("{\"id\":\"1\",\"type\":\"manual_bool\"," L ",\"verify\":\"X\"}"),
    ASKING("{\"paper\":\"p\"," L ",\"source\":\"s\"}"),
    ASKING("{\"paper\":\"p\"," L ",\"how\":{\"vi\":\"A\",\"en\":\"A\"}}"),
    ASKING("{\"paper\":\"p\"," L ",\"optional\":true,\"kinds\":[]}"),
};

START_TEST(what_breaks_a_rule_of_the_format_is_no_catalogue)
{
    size_t before = hm_catalogues_count(catalogues);

    ck_assert_msg(add_text(refused[_i]) == HM_BAD_INPUT, "%s", refused[_i]);

    ck_assert_uint_eq(hm_catalogues_count(catalogues), before);
}
END_TEST

START_TEST(a_catalogue_of_the_least_is_one)
{
    ck_assert_int_eq(add_text(FILE_OF(MANUAL("1"))), HM_OK);
}
END_TEST

START_TEST(a_paper_of_which_nothing_is_entered_is_optional)
{
    ck_assert_int_eq(add_text(ASKING("{\"paper\":\"p\"," L ",\"optional\":true}")),
                     HM_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.catalogues");
    TCase *tests = tcase_create("catalogues");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, the_year_and_the_kind_of_unit_choose_the_catalogue, 0,
                        (int)(sizeof(chosen) / sizeof(chosen[0])));
    tcase_add_test(tests, who_recognises_a_commune_changes_on_the_first_of_july_2025);
    tcase_add_test(tests, what_is_not_verified_stays_marked);
    tcase_add_test(tests, what_is_to_show_a_paper_is_a_fact);
    tcase_add_loop_test(tests, a_share_is_held_to_its_permille_in_whole_numbers, 0,
                        (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_test(tests, nothing_known_is_never_good);
    tcase_add_test(tests, what_must_not_be_rules_a_unit_out_and_nothing_else_does);
    tcase_add_test(tests, scores_make_a_grade_once_all_are_there);
    tcase_add_test(tests, an_overlay_only_adds);
    tcase_add_loop_test(tests, what_breaks_a_rule_of_the_format_is_no_catalogue, 0,
                        (int)(sizeof(refused) / sizeof(refused[0])));
    tcase_add_test(tests, a_catalogue_of_the_least_is_one);
    tcase_add_test(tests, a_paper_of_which_nothing_is_entered_is_optional);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
