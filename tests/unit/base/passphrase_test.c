/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/passphrase.h"

#include <string.h>

#include "hamlet/base/sign.h"
#include "run.h"
#include "testenv.h"

static struct hm_testenv world;
static struct hm_err err;
static struct hm_passphrase_cost cost;

static void setup(void)
{
    err = HM_ERR_NONE;
    hm_testenv_init(&world, 1);
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    ck_assert_int_eq(hm_passphrase_cost(&cost, &world.env, &err), HM_OK);
}

static struct hm_seal_secret key_of(const char *text)
{
    struct hm_seal_secret key;
    ck_assert_int_eq(hm_passphrase_key(&key, hm_text(text), &cost, &err), HM_OK);
    return key;
}

START_TEST(the_same_passphrase_and_cost_make_the_same_key)
{
    struct hm_seal_secret first = key_of("bốn con gà");

    struct hm_seal_secret again = key_of("bốn con gà");
    struct hm_seal_secret other = key_of("bốn con vịt");

    ck_assert_mem_eq(first.at, again.at, sizeof(first.at));
    ck_assert_mem_ne(first.at, other.at, sizeof(first.at));
}
END_TEST

START_TEST(two_people_with_one_passphrase_have_two_keys)
{
    struct hm_seal_secret first = key_of("bốn con gà");

    ck_assert_int_eq(hm_passphrase_cost(&cost, &world.env, &err), HM_OK);
    struct hm_seal_secret other = key_of("bốn con gà");

    ck_assert_mem_ne(first.at, other.at, sizeof(first.at));
}
END_TEST

START_TEST(the_key_is_that_of_the_published_algorithm)
{
    /* argon2id, v=19, t=3, m=65536 KiB, p=1, as the reference program computes it. */
    static const uint8_t salt[HM_PASSPHRASE_SALT_SIZE] = "somesaltsomesalt";
    static const uint8_t wanted[] = {0x76, 0x64, 0xAD, 0x4B, 0xA1, 0xA3, 0xC9, 0x99,
                                     0xFC, 0xDD, 0x09, 0x91, 0xFF, 0xC2, 0x27, 0x0F,
                                     0x78, 0x30, 0x2D, 0x23, 0x83, 0x23, 0x3D, 0xB5,
                                     0xE7, 0xBE, 0xFC, 0x85, 0xD1, 0xBB, 0x18, 0x19};
    cost = (struct hm_passphrase_cost){.passes = 3, .memory_kib = 65536};
    memcpy(cost.salt, salt, sizeof(cost.salt));

    struct hm_seal_secret key = key_of("password");

    ck_assert_mem_eq(key.at, wanted, sizeof(wanted));
}
END_TEST

START_TEST(a_file_cannot_make_it_cost_more_than_we_would_spend)
{
    static const struct {
        int64_t passes;
        int64_t memory_kib;
    } wrong[] = {{0, 65536},
                 {HM_PASSPHRASE_PASSES + 1, 65536},
                 {INT64_MAX, 65536},
                 {3, HM_PASSPHRASE_MEMORY_KIB + 1},
                 {3, INT64_MAX},
                 {3, INT64_MIN},
                 {3, 0}};
    struct hm_seal_secret key;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        cost.passes = wrong[i].passes;
        cost.memory_kib = wrong[i].memory_kib;
        err = HM_ERR_NONE;

        ck_assert_int_eq(hm_passphrase_key(&key, hm_text("x"), &cost, &err), HM_CORRUPT);
    }
}
END_TEST

START_TEST(without_randomness_there_is_no_salt)
{
    world.random_fails = true;

    ck_assert_int_ne(hm_passphrase_cost(&cost, &world.env, &err), HM_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("passphrase");
    TCase *tests = tcase_create("passphrase");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, the_same_passphrase_and_cost_make_the_same_key);
    tcase_add_test(tests, two_people_with_one_passphrase_have_two_keys);
    tcase_add_test(tests, the_key_is_that_of_the_published_algorithm);
    tcase_add_test(tests, a_file_cannot_make_it_cost_more_than_we_would_spend);
    tcase_add_test(tests, without_randomness_there_is_no_salt);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
