/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/role.h"

#include <check.h>

#include "hamlet/record/reason.h"
#include "hamlet/text/words.h"

static const struct {
    const char *name;
    int rank;
} ranks[] = {
    {"viewer", 0},         {"auditor", 0},          {"recorder", 1},
    {"hamlet_head", 2},    {"unit_officer", 2},     {"commune_officer", 3},
    {"commune_chair", 4},  {"district_officer", 5}, {"district_chair", 6},
    {"district_admin", 7}, {"server", 8},
};

START_TEST(a_role_has_the_rank_that_the_protocol_gives_it)
{
    enum hm_role role = HM_ROLE_COUNT;

    bool found = hm_role_find(&role, hm_text(ranks[_i].name));

    ck_assert(found);
    ck_assert_str_eq(hm_role_name(role), ranks[_i].name);
    ck_assert_int_eq(hm_role_rank(role), ranks[_i].rank);
}
END_TEST

START_TEST(there_are_no_other_roles)
{
    static const char *const none[] = {"", "Recorder", "recorder ", "admin", "hamlet"};
    enum hm_role role = HM_ROLE_COUNT;

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        ck_assert(!hm_role_find(&role, hm_text(none[i])));
    }

    ck_assert_int_eq(role, HM_ROLE_COUNT);
    ck_assert_int_eq(HM_ROLE_COUNT, sizeof(ranks) / sizeof(ranks[0]));
}
END_TEST

START_TEST(roles_and_reasons_have_words_in_both_languages)
{
    const struct hm_words *words = hm_words_of((enum hm_lang)_i);

    for (int i = 0; i < HM_ROLE_COUNT; i++) {
        const char *key = hm_role_word((enum hm_role)i);
        ck_assert_str_ne(hm_words_ui(words, key), key);
    }
    for (int i = HM_REASON_NONE + 1; i < HM_REASON_COUNT; i++) {
        const char *key = hm_reason_word((enum hm_reason)i);
        ck_assert_str_ne(hm_words_ui(words, key), key);
    }
}
END_TEST

START_TEST(a_reason_is_found_by_its_stable_name)
{
    static const char *const names[] = {
        "revoked", "scope",  "unknown_kind", "unknown_field", "invalid",
        "missing", "role",   "bad_key",      "erased",        "storm",
        "full",    "closed", "same_person"};
    enum hm_reason reason = HM_REASON_NONE;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert(hm_reason_find(&reason, hm_text(names[i])));
        ck_assert_str_eq(hm_reason_name(reason), names[i]);
    }

    ck_assert_int_eq(HM_REASON_COUNT, 1 + sizeof(names) / sizeof(names[0]));
    ck_assert(!hm_reason_find(&reason, HM_NO_BYTES));
    ck_assert_str_eq(hm_reason_name(HM_REASON_NONE), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.role");
    TCase *roles = tcase_create("roles");
    tcase_add_loop_test(roles, a_role_has_the_rank_that_the_protocol_gives_it, 0,
                        sizeof(ranks) / sizeof(ranks[0]));
    tcase_add_test(roles, there_are_no_other_roles);
    tcase_add_loop_test(roles, roles_and_reasons_have_words_in_both_languages, HM_LANG_VI,
                        HM_LANG_EN + 1);
    tcase_add_test(roles, a_reason_is_found_by_its_stable_name);
    suite_add_tcase(suite, roles);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
