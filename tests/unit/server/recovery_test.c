/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/recovery.h"
#include "hamlet/base/sign.h"
#include "run.h"

static uint8_t key[HM_RECOVERY_SIZE];
static uint8_t back[HM_RECOVERY_SIZE];
static char text[HM_RECOVERY_TEXT_SIZE];
static struct hm_err err;

static void setup(void)
{
    ck_assert_int_eq(hm_sign_start(NULL), HM_OK);
    err = HM_ERR_NONE;
    for (size_t i = 0; i < sizeof(key); i++) {
        key[i] = (uint8_t)(7 * i + 3);
    }
    memset(back, 0xAA, sizeof(back));
    hm_recovery_put(text, key);
}

static bool is_wiped(void)
{
    uint8_t found = 0;
    for (size_t i = 0; i < sizeof(back); i++) {
        found |= back[i];
    }
    return found == 0;
}

START_TEST(a_key_is_fourteen_groups_of_four_and_reads_back)
{
    ck_assert_uint_eq(strlen(text), HM_RECOVERY_TEXT_SIZE - 1);
    for (size_t i = 0; text[i] != '\0'; i++) {
        ck_assert_int_eq(text[i] == '-', i % 5 == 4);
        ck_assert_ptr_null(strchr("ILOU", text[i]));
    }
    ck_assert_int_eq(hm_recovery_get(back, hm_text(text), &err), HM_OK);
    ck_assert_mem_eq(back, key, sizeof(key));
}
END_TEST

START_TEST(keys_of_all_zeros_and_all_ones_read_back)
{
    for (int fill = 0; fill <= 0xFF; fill += 0xFF) {
        memset(key, fill, sizeof(key));
        hm_recovery_put(text, key);
        ck_assert_int_eq(hm_recovery_get(back, hm_text(text), &err), HM_OK);
        ck_assert_mem_eq(back, key, sizeof(key));
    }
}
END_TEST

START_TEST(case_hyphens_and_blanks_do_not_matter)
{
    char typed[3 * HM_RECOVERY_TEXT_SIZE] = " ";
    size_t size = 1;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] != '-') {
            typed[size++] = (char)tolower((unsigned char)text[i]);
            typed[size++] = i % 3 == 0 ? ' ' : '-';
        }
    }
    memcpy(typed + size, "\t\r\n", 4);

    ck_assert_int_eq(hm_recovery_get(back, hm_text(typed), &err), HM_OK);

    ck_assert_mem_eq(back, key, sizeof(key));
}
END_TEST

START_TEST(letters_that_look_like_digits_are_read_as_these)
{
    memset(key, 0, sizeof(key)); /* zeros throughout, but for the checksum */
    key[31] = 0x21;
    hm_recovery_put(text, key);
    size_t changed = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == '0') {
            text[i] = 'O';
            changed++;
        } else if (text[i] == '1') {
            text[i] = "Il"[i % 2];
            changed++;
        }
    }

    ck_assert_uint_gt(changed, 40);
    ck_assert_int_eq(hm_recovery_get(back, hm_text(text), &err), HM_OK);
    ck_assert_mem_eq(back, key, sizeof(key));
}
END_TEST

START_TEST(any_other_digit_anywhere_is_noticed)
{
    size_t tried = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        char was = text[i];
        if (was == '-') {
            continue;
        }
        text[i] = was == '7' ? '8' : '7';
        memset(back, 0xAA, sizeof(back));
        ck_assert_int_eq(hm_recovery_get(back, hm_text(text), &err), HM_BAD_INPUT);
        ck_assert(is_wiped());
        text[i] = was;
        tried++;
    }
    ck_assert_uint_eq(tried, 56);
}
END_TEST

START_TEST(two_neighbours_exchanged_are_noticed)
{
    size_t tried = 0;
    for (size_t i = 0; text[i + 1] != '\0'; i++) {
        char one = text[i];
        char other = text[i + 1];
        if (one == other || one == '-' || other == '-') {
            continue;
        }
        text[i] = other;
        text[i + 1] = one;
        ck_assert_int_eq(hm_recovery_get(back, hm_text(text), &err), HM_BAD_INPUT);
        text[i] = one;
        text[i + 1] = other;
        tried++;
    }
    ck_assert_uint_gt(tried, 30);
}
END_TEST

START_TEST(what_is_no_key_is_refused_and_leaves_nothing)
{
    static const char *const wrong[] = {"", "-", "AAAA", "U", "é", "0000-0000", "*"};
    char longer[HM_RECOVERY_TEXT_SIZE + 1];
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        memset(back, 0xAA, sizeof(back));
        err = HM_ERR_NONE;
        ck_assert_int_eq(hm_recovery_get(back, hm_text(wrong[i]), &err), HM_BAD_INPUT);
        ck_assert_str_eq(err.key, "recovery-form");
        ck_assert(is_wiped());
    }
    memcpy(longer, text, sizeof(text));
    memcpy(longer + sizeof(text) - 1, "0", 2);
    ck_assert_int_eq(hm_recovery_get(back, hm_text(longer), &err), HM_BAD_INPUT);
    text[HM_RECOVERY_TEXT_SIZE - 2] = '\0';
    ck_assert_int_eq(hm_recovery_get(back, hm_text(text), &err), HM_BAD_INPUT);
    struct hm_bytes with_nul = {(const uint8_t *)text, HM_RECOVERY_TEXT_SIZE - 1};
    ck_assert_int_eq(hm_recovery_get(back, with_nul, &err), HM_BAD_INPUT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server/recovery");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, a_key_is_fourteen_groups_of_four_and_reads_back);
    tcase_add_test(tests, keys_of_all_zeros_and_all_ones_read_back);
    tcase_add_test(tests, case_hyphens_and_blanks_do_not_matter);
    tcase_add_test(tests, letters_that_look_like_digits_are_read_as_these);
    tcase_add_test(tests, any_other_digit_anywhere_is_noticed);
    tcase_add_test(tests, two_neighbours_exchanged_are_noticed);
    tcase_add_test(tests, what_is_no_key_is_refused_and_leaves_nothing);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
