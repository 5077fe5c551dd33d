/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/err.h"

#include <errno.h>
#include <string.h>

#include "hamlet/base/env.h"
#include "run.h"
#include "testenv.h"

static struct hm_err err;

static void setup(void)
{
    err = HM_ERR_NONE;
}

START_TEST(a_failure_keeps_its_key_and_arguments)
{
    ck_assert_int_eq(hm_fail(&err, HM_DENIED, "role-denied", "a", NULL, "c"), HM_DENIED);

    ck_assert_int_eq(err.status, HM_DENIED);
    ck_assert_str_eq(err.key, "role-denied");
    ck_assert_str_eq(err.arg[0], "a");
    ck_assert_str_eq(err.arg[1], "");
    ck_assert_str_eq(err.arg[2], "c");
}
END_TEST

START_TEST(the_first_cause_wins)
{
    (void)hm_fail(&err, HM_IO, "io", "first", NULL, NULL);

    ck_assert_int_eq(hm_fail(&err, HM_DENIED, "role-denied", "second", NULL, NULL),
                     HM_DENIED);

    ck_assert_int_eq(err.status, HM_IO);
    ck_assert_str_eq(err.arg[0], "first");
}
END_TEST

START_TEST(a_failure_that_was_dealt_with_makes_room_for_another)
{
    (void)hm_fail(&err, HM_IO, "io", "first", NULL, NULL);
    hm_err_clear(&err);
    hm_err_clear(NULL);

    (void)hm_fail_memory(&err);

    ck_assert_int_eq(err.status, HM_NO_MEMORY);
    ck_assert_str_eq(err.arg[0], "");
}
END_TEST

START_TEST(a_record_is_not_needed)
{
    ck_assert_int_eq(hm_fail(NULL, HM_EXISTS, "io", NULL, NULL, NULL), HM_EXISTS);
    ck_assert_int_eq(hm_fail_memory(NULL), HM_NO_MEMORY);
    ck_assert_int_eq(hm_fail_errno(NULL, ENOSPC, "x"), HM_IO);
}
END_TEST

START_TEST(a_long_argument_is_cut_between_characters)
{
    char text[200];
    for (size_t lead = 0; lead < 4; lead++) {
        memset(text, 'x', lead);
        for (size_t i = lead; i + 3 < sizeof(text); i += 3) {
            memcpy(text + i, "ạ", 3);
        }
        text[lead + (size_t)60 * 3] = '\0';
        setup();
        (void)hm_fail(&err, HM_IO, "io", text, NULL, NULL);
        size_t length = strlen(err.arg[0]);
        ck_assert_uint_le(length, HM_ERR_ARG_MAX);
        ck_assert_uint_gt(length, HM_ERR_ARG_MAX - 3);
        ck_assert_uint_eq((length - lead) % 3, 0);
    }
}
END_TEST

START_TEST(an_argument_of_the_greatest_length_is_whole)
{
    char text[HM_ERR_ARG_MAX + 1];
    memset(text, 'y', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';

    (void)hm_fail(&err, HM_IO, "io", text, NULL, NULL);

    ck_assert_str_eq(err.arg[0], text);
}
END_TEST

START_TEST(errno_decides_what_kind_of_failure_it_is)
{
    static const struct {
        int code;
        enum hm_status status;
        const char *key;
    } known[] = {{ENOSPC, HM_IO, "disk-full"}, {EDQUOT, HM_IO, "disk-full"},
                 {EIO, HM_IO, "io"},           {EAGAIN, HM_LOCKED, "locked"},
                 {EBUSY, HM_LOCKED, "locked"}, {ENOMEM, HM_NO_MEMORY, "no-memory"}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        setup();
        ck_assert_int_eq(hm_fail_errno(&err, known[i].code, "file"), known[i].status);
        ck_assert_str_eq(err.key, known[i].key);
        ck_assert(known[i].code == ENOMEM || err.code == known[i].code);
    }
}
END_TEST

START_TEST(every_outcome_has_a_name_a_retry_class_and_an_exit_code)
{
    ck_assert_str_eq(hm_status_name(HM_LOCKED), "LOCKED");
    ck_assert_int_eq(hm_status_exit(HM_OK), 0);
    ck_assert_int_eq(hm_status_exit(HM_USAGE), 64);
    ck_assert_int_eq(hm_status_exit(HM_LOCKED), 75);
    ck_assert_int_eq(hm_status_http(HM_TOO_BIG), 413);
    ck_assert_int_eq(hm_status_retry(HM_LOCKED), HM_RETRY_NOW);
    ck_assert_int_eq(hm_status_retry(HM_IO), HM_RETRY_LATER);
    ck_assert_int_eq(hm_status_retry(HM_CORRUPT), HM_RETRY_NEVER);
    for (int status = HM_OK; status <= HM_UNCONFIGURED; status++) {
        ck_assert_ptr_nonnull(hm_status_text((enum hm_status)status));
        ck_assert(status == HM_OK || hm_status_exit((enum hm_status)status) >= 64);
    }
}
END_TEST

START_TEST(without_randomness_nothing_goes_on)
{
    struct hm_testenv testenv;
    uint8_t bytes[4];
    hm_testenv_init(&testenv, 1);
    ck_assert_int_eq(hm_env_random(&testenv.env, bytes, sizeof(bytes), &err), HM_OK);

    testenv.random_fails = true;

    ck_assert_int_eq(hm_env_random(&testenv.env, bytes, sizeof(bytes), &err), HM_IO);
    ck_assert_str_eq(err.key, "no-randomness");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("err");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, a_failure_keeps_its_key_and_arguments);
    tcase_add_test(all, the_first_cause_wins);
    tcase_add_test(all, a_failure_that_was_dealt_with_makes_room_for_another);
    tcase_add_test(all, a_record_is_not_needed);
    tcase_add_test(all, a_long_argument_is_cut_between_characters);
    tcase_add_test(all, an_argument_of_the_greatest_length_is_whole);
    tcase_add_test(all, errno_decides_what_kind_of_failure_it_is);
    tcase_add_test(all, every_outcome_has_a_name_a_retry_class_and_an_exit_code);
    tcase_add_test(all, without_randomness_nothing_goes_on);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
