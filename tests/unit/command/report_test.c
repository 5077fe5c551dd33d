/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/report.h"

#include <stdlib.h>

#include "capture.h"

static struct capture capture;
static const struct hm_words *vi;
static const struct hm_words *en;
static struct hm_err err;
static int code;

static void start(void)
{
    err = HM_ERR_NONE;
    vi = hm_words_of(HM_LANG_VI);
    en = hm_words_of(HM_LANG_EN);
}

static const char *report(const struct hm_words *words, enum hm_status status)
{
    capture_start(&capture, STDERR_FILENO);
    code = hm_report("hamlet", words, status, &err);
    return capture_stop(&capture);
}

START_TEST(a_failure_is_two_lines_what_happened_and_what_to_do)
{
    (void)hm_fail(&err, HM_LOCKED, "locked", "/d/lock", NULL, NULL);

    ck_assert_str_eq(report(en, HM_LOCKED),
                     "hamlet: another program is using /d/lock\n"
                     "HINT: wait until it has finished and try again\n");
    ck_assert_int_eq(code, 75);
    ck_assert_str_eq(report(vi, HM_LOCKED),
                     "hamlet: một chương trình khác đang dùng: /d/lock\n"
                     "HINT: đợi chương trình kia xong rồi thử lại\n");
}
END_TEST

START_TEST(success_says_nothing)
{
    ck_assert_str_eq(report(en, HM_OK), "");
    ck_assert_int_eq(code, 0);
}
END_TEST

START_TEST(an_argument_cannot_make_a_line_or_reach_the_terminal)
{
    (void)hm_fail(&err, HM_LOCKED, "locked", "a\nHINT: rm -rf\x1B[2J", NULL, NULL);

    const char *said = report(en, HM_LOCKED);

    ck_assert_ptr_nonnull(strstr(said, "using a\\x0AHINT: rm -rf\\x1B[2J\nHINT: wait"));
}
END_TEST

START_TEST(a_failure_without_a_record_has_the_text_of_its_status)
{
    const char *said = report(en, HM_NOT_FOUND);

    ck_assert_int_eq(strncmp(said, "hamlet: ", 8), 0);
    ck_assert_ptr_nonnull(strstr(said, hm_status_text(HM_NOT_FOUND)));
    ck_assert_ptr_null(strstr(said, "HINT"));
    ck_assert_int_eq(code, 66);
}
END_TEST

START_TEST(a_failure_of_the_words_themselves_is_told_without_them)
{
    (void)hm_fail_memory(&err);

    ck_assert_str_eq(report(NULL, HM_NO_MEMORY), "hamlet: out of memory\n");
    ck_assert_int_eq(code, 71);
    capture_start(&capture, STDERR_FILENO);
    ck_assert_int_eq(hm_report("hamlet", NULL, HM_IO, NULL), 74);
    ck_assert_int_gt(strlen(capture_stop(&capture)), strlen("hamlet: \n"));
}
END_TEST

/* Those that the modules beside this one and this one itself name. */
static const char *const keys[] = {
    "command-missing",
    "command-unknown",
    "command-unknown-far",
    "disk-full",
    "file-denied",
    "file-exists",
    "file-kind",
    "file-link",
    "file-missing",
    "file-name-long",
    "file-too-big",
    "file-wide",
    "io",
    "key-broken",
    "local-cut",
    "local-foreign",
    "local-none",
    "local-slow",
    "locked",
    "operand-extra",
    "operand-missing",
    "option-choice",
    "option-empty",
    "option-missing",
    "option-twice",
    "option-unknown",
    "option-unknown-far",
    "option-value-extra",
    "output-closed",
    "program-missing",
    "option-value-missing",
    "store-nowhere",
    "system",
    "no-randomness",
    "too-big",
    "no-memory",
};

START_TEST(every_failure_has_its_words_and_says_what_to_do_in_both_languages)
{
    (void)hm_fail(&err, HM_USAGE, keys[_i], "<a>", "<b>", "<c>");

    const char *english = report(en, HM_USAGE);
    ck_assert_ptr_nonnull(strstr(english, "\nHINT: "));
    ck_assert_ptr_null(strchr(english, '{'));
    const char *vietnamese = report(vi, HM_USAGE);
    ck_assert_ptr_nonnull(strstr(vietnamese, "\nHINT: "));
    ck_assert_ptr_null(strchr(vietnamese, '{'));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("command.report");
    TCase *all = tcase_create("report");
    tcase_add_checked_fixture(all, start, NULL);
    suite_add_tcase(suite, all);
    tcase_add_test(all, a_failure_is_two_lines_what_happened_and_what_to_do);
    tcase_add_test(all, success_says_nothing);
    tcase_add_test(all, an_argument_cannot_make_a_line_or_reach_the_terminal);
    tcase_add_test(all, a_failure_without_a_record_has_the_text_of_its_status);
    tcase_add_test(all, a_failure_of_the_words_themselves_is_told_without_them);
    tcase_add_loop_test(all,
                        every_failure_has_its_words_and_says_what_to_do_in_both_languages,
                        0, sizeof(keys) / sizeof(keys[0]));

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
