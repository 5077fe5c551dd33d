/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/store_path.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    struct hm_store_places places;
    const char *path; /* null: refused */
    enum hm_status status;
} cases[] = {
    {{"opt", "var", "/", "/data", "/home"}, "opt", HM_OK},
    {{NULL, "var", "/", "/data", "/home"}, "var", HM_OK},
    {{NULL, "", "/", "/data", "/home"}, "/", HM_OK},
    {{NULL, NULL, "/", "/data", "/home"}, "/", HM_OK},
    {{NULL, NULL, "/no/such", "/data", "/home"}, "/data/hamlet", HM_OK},
    {{NULL, NULL, "/no/such", "data", "/home"}, "/home/.local/share/hamlet", HM_OK},
    {{NULL, NULL, "/no/such", "", "/home"}, "/home/.local/share/hamlet", HM_OK},
    {{NULL, NULL, "/no/such", NULL, "/home"}, "/home/.local/share/hamlet", HM_OK},
    {{NULL, NULL, "/no/such", NULL, ""}, NULL, HM_UNCONFIGURED},
    {{NULL, NULL, NULL, NULL, NULL}, NULL, HM_UNCONFIGURED},
    {{"", "var", "/", "/data", "/home"}, NULL, HM_BAD_INPUT},
};

START_TEST(the_first_place_that_applies_is_the_store)
{
    char *path = NULL;
    struct hm_err err = HM_ERR_NONE;

    enum hm_status status = hm_store_path_of(&path, &cases[_i].places, &err);

    ck_assert_int_eq(status, cases[_i].status);
    ck_assert_int_eq(path == NULL, cases[_i].path == NULL);
    ck_assert(path == NULL || strcmp(path, cases[_i].path) == 0);
    free(path);
}
END_TEST

START_TEST(the_environment_of_the_process_is_what_counts)
{
    char *given = NULL;
    char *set = NULL;
    ck_assert_int_eq(setenv("HAMLET_STORE", "/from/variable", 1), 0);

    ck_assert_int_eq(hm_store_path(&given, "/from/option", NULL), HM_OK);
    ck_assert_int_eq(hm_store_path(&set, NULL, NULL), HM_OK);

    ck_assert_str_eq(given, "/from/option");
    ck_assert_str_eq(set, "/from/variable");
    free(set);
    free(given);
}
END_TEST

START_TEST(a_path_longer_than_any_is_refused)
{
    char *path = NULL;
    char *long_path = malloc(5001);
    memset(long_path, 'p', 5000);
    long_path[5000] = '\0';

    enum hm_status status = hm_store_path(&path, long_path, NULL);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_ptr_null(path);
    free(long_path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("command.store_path");
    TCase *all = tcase_create("store_path");
    suite_add_tcase(suite, all);
    tcase_add_loop_test(all, the_first_place_that_applies_is_the_store, 0,
                        sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(all, the_environment_of_the_process_is_what_counts);
    tcase_add_test(all, a_path_longer_than_any_is_refused);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
