/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/case.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/record/catalogues.h"

enum { RECORDS_MAX = 16, SHUFFLES = 200, YEAR = 2026 };

static struct hm_catalogues *catalogues;
static struct hm_json *documents[RECORDS_MAX];
static struct hm_case_record records[RECORDS_MAX];
static size_t count;

static void setup(void)
{
    count = 0;
    ck_assert_int_eq(hm_catalogues_open(&catalogues, hm_embedded_catalogues, NULL),
                     HM_OK);
}

static void teardown(void)
{
    for (size_t i = 0; i < count; i++) {
        hm_json_free(documents[i]);
    }
    hm_catalogues_close(catalogues);
}

static void add(const char *kind, const char *fields)
{
    static const struct hm_json_limits limits = {4096, 8, 256};
    ck_assert_uint_lt(count, RECORDS_MAX);
    ck_assert_int_eq(hm_json_parse(&documents[count], hm_text(fields), &limits, NULL),
                     HM_OK);
    records[count] = (struct hm_case_record){.id = {{(uint8_t)(200 - count)}},
                                             .kind = hm_text(kind),
                                             .fields = documents[count]};
    count++;
}

static struct hm_case_derived derived;

static const char *state(void)
{
    const struct hm_case_table *table = hm_catalogues_case(catalogues);
    hm_case_derive(table, records, count, YEAR, &derived);
    return table->states[derived.state].name;
}

static bool flagged(const char *name)
{
    const struct hm_case_table *table = hm_catalogues_case(catalogues);
    (void)state();
    for (size_t i = 0; i < table->flag_count; i++) {
        if (strcmp(table->flags[i].name, name) == 0) {
            return derived.flags[i];
        }
    }
    ck_abort_msg("no %s", name);
    return false;
}

/* A year as it goes, a record a step, and the state after each. */
static const struct {
    const char *kind;
    const char *fields;
    const char *state;
} steps[] = {
    {"household", "{\"head_name\":\"An\"}", "chua_dang_ky"},
    {"registration", "{\"year\":2025,\"reg_type\":\"tieu_chuan\"}", "chua_dang_ky"},
    {"registration", "{\"year\":2026,\"reg_type\":\"mo_hinh\"}", "chua_dang_ky"},
    {"registration", "{\"year\":2026,\"reg_type\":\"tieu_chuan\"}", "da_dang_ky"},
    {"step", "{\"year\":2026,\"step\":\"tiep_nhan\",\"round\":1}", "da_tiep_nhan"},
    {"commitment", "{\"year\":2026}", "dang_cam_ket"},
    {"step", "{\"year\":2026,\"step\":\"chot_cam_ket\",\"round\":1}", "da_chot_cam_ket"},
    {"evaluation", "{\"year\":2026,\"stage\":\"tu_danh_gia\"}", "dang_tu_danh_gia"},
    {"minutes", "{\"year\":2026,\"meeting_level\":\"ap\",\"signed_on\":\"2026-11-02\"}",
     "da_tu_danh_gia"},
    {"step", "{\"year\":2026,\"step\":\"nop_ho_so\",\"round\":1}", "da_nop"},
    {"step", "{\"year\":2026,\"step\":\"tra_ho_so\",\"round\":1}", "da_tu_danh_gia"},
    {"step", "{\"year\":2026,\"step\":\"nop_ho_so\",\"round\":2}", "da_nop"},
    {"evaluation", "{\"year\":2026,\"stage\":\"tham_dinh\",\"result\":\"dat\"}",
     "da_tham_dinh"},
    {"recognition", "{\"year\":2026,\"result\":\"dat\"}", "da_cong_nhan"},
    {"step", "{\"year\":2026,\"step\":\"cong_bo\",\"round\":1}", "da_cong_bo"},
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

START_TEST(the_state_follows_the_records_of_the_year)
{
    for (size_t i = 0; i < STEPS; i++) {
        add(steps[i].kind, steps[i].fields);
        ck_assert_msg(strcmp(state(), steps[i].state) == 0, "%zu: %s", i, state());
    }
}
END_TEST

START_TEST(the_order_in_which_records_came_changes_nothing)
{
    unsigned seed = 20260815;
    printf("seed %u\n", seed);
    srandom(seed);
    for (size_t size = 1; size <= STEPS; size++) {
        add(steps[size - 1].kind, steps[size - 1].fields);
        (void)state();
        struct hm_case_derived first = derived;
        for (int n = 0; n < SHUFFLES; n++) {
            for (size_t i = count; i > 1; i--) {
                size_t j = (size_t)random() % i;
                struct hm_case_record swap = records[i - 1];
                records[i - 1] = records[j];
                records[j] = swap;
            }
            ck_assert_str_eq(state(), steps[size - 1].state);
            ck_assert_int_eq(derived.has_since, first.has_since);
            ck_assert(!first.has_since || hm_id_equal(&derived.since, &first.since));
            ck_assert_mem_eq(derived.holds, first.holds, sizeof(first.holds));
            ck_assert_mem_eq(derived.flags, first.flags, sizeof(first.flags));
        }
    }
}
END_TEST

START_TEST(what_was_skipped_stops_nothing)
{
    add("recognition", "{\"year\":2026,\"result\":\"chua_dat\"}");

    ck_assert_str_eq(state(), "chua_dat");
    ck_assert(!derived.holds[1]);
}
END_TEST

START_TEST(a_conflict_and_a_correction_are_flags_beside_the_state)
{
    add("recognition", "{\"year\":2026,\"result\":\"dat\"}");
    ck_assert(!flagged("xung_dot"));
    records[0].conflict = true;
    ck_assert(flagged("xung_dot"));
    ck_assert(!flagged("thu_hoi"));

    add("correction", "{\"year\":2026,\"effect\":\"thu_hoi\"}");

    ck_assert(flagged("thu_hoi"));
    ck_assert(!flagged("dinh_chinh"));
    ck_assert_str_eq(state(), "da_cong_nhan");
}
END_TEST

START_TEST(a_returned_registration_waits_until_it_is_sent_again)
{
    add("registration", "{\"year\":2026,\"reg_type\":\"tieu_chuan\"}");
    add("step", "{\"year\":2026,\"step\":\"tra_dang_ky\",\"round\":1}");
    ck_assert(flagged("da_tra_dang_ky"));
    ck_assert_str_eq(state(), "da_dang_ky");

    add("step", "{\"year\":2026,\"step\":\"gui_lai_dang_ky\",\"round\":1}");
    ck_assert(!flagged("da_tra_dang_ky"));

    add("step", "{\"year\":2026,\"step\":\"tra_dang_ky\",\"round\":2}");
    ck_assert(flagged("da_tra_dang_ky"));
}
END_TEST

static const char *const refused[] = {
    "{\"case\":{\"states\":[],\"flags\":[]}}",
    "{\"case\":{\"states\":[{\"state\":\"a\"}],\"flags\":[]}}",
    "{\"case\":{\"states\":[{\"state\":\"a\",\"label\":{\"vi\":\"A\",\"en\":\"A\"}},"
    "{\"state\":\"b\",\"label\":{\"vi\":\"A\",\"en\":\"A\"}}],\"flags\":[]}}",
    "{\"case\":{\"states\":[{\"state\":\"a\",\"label\":{\"vi\":\"A\",\"en\":\"A\"}}],"
    "\"flags\":[{\"flag\":\"f\",\"label\":{\"vi\":\"A\",\"en\":\"A\"},\"what\":\"odd\"}]}"
    "}",
    "{\"case\":{\"states\":[{\"state\":\"a\",\"label\":{\"vi\":\"A\",\"en\":\"A\"}}],"
    "\"flags\":[{\"flag\":\"f\",\"label\":{\"vi\":\"A\",\"en\":\"A\"},\"what\":\"when\"}]"
    "}}",
    "{\"case\":{\"states\":[{\"state\":\"a\",\"label\":{\"vi\":\"A\",\"en\":\"A\"}}],"
    "\"flags\":[]},\"more\":1}",
    "{\"case\":{\"states\":[{\"state\":\"a\",\"label\":{\"vi\":\"A\",\"en\":\"A\"}}],"
    "\"flags\":[],\"dossier\":[7]}}",
};

START_TEST(a_broken_table_leaves_the_one_that_is_there)
{
    size_t before = hm_catalogues_case(catalogues)->state_count;

    ck_assert_int_eq(hm_catalogues_add(catalogues, hm_text(refused[_i]), "x.json", NULL),
                     HM_BAD_INPUT);

    ck_assert_uint_eq(hm_catalogues_case(catalogues)->state_count, before);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.case");
    TCase *tests = tcase_create("case");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_state_follows_the_records_of_the_year);
    tcase_add_test(tests, the_order_in_which_records_came_changes_nothing);
    tcase_add_test(tests, what_was_skipped_stops_nothing);
    tcase_add_test(tests, a_conflict_and_a_correction_are_flags_beside_the_state);
    tcase_add_test(tests, a_returned_registration_waits_until_it_is_sent_again);
    tcase_add_loop_test(tests, a_broken_table_leaves_the_one_that_is_there, 0,
                        (int)(sizeof(refused) / sizeof(refused[0])));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
