/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/sign.h"

#include <string.h>

#include "run.h"

static struct hm_key key;
static struct hm_secret secret;
static struct hm_signature signature;

static void setup(void)
{
    uint8_t seed[32];
    memset(seed, 7, sizeof(seed));
    ck_assert_int_eq(hm_sign_start(NULL), HM_OK);
    hm_sign_pair(&key, &secret, seed);
    hm_sign_make(&signature, "hamlet-page-1", hm_text("message"), &secret);
}

/* RFC 8032 section 7.1, test 1. */
START_TEST(a_key_pair_is_that_of_its_seed)
{
    uint8_t seed[32];
    char hex[HM_HEX32_SIZE];
    ck_assert(hm_hex_get(
        seed, 32,
        hm_text("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")));

    hm_sign_pair(&key, &secret, seed);

    hm_hex_put(hex, HM_BYTES(key.at));
    ck_assert_str_eq(hex,
                     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}
END_TEST

START_TEST(a_signature_holds_for_its_message_domain_and_key_only)
{
    struct hm_key other_key;
    struct hm_secret other_secret;
    uint8_t seed[32] = {8};
    hm_sign_pair(&other_key, &other_secret, seed);

    ck_assert(hm_sign_check(&signature, "hamlet-page-1", hm_text("message"), &key));
    ck_assert(!hm_sign_check(&signature, "hamlet-page-1", hm_text("messagf"), &key));
    ck_assert(!hm_sign_check(&signature, "hamlet-request-1", hm_text("message"), &key));
    ck_assert(
        !hm_sign_check(&signature, "hamlet-page-1", hm_text("message"), &other_key));
}
END_TEST

START_TEST(any_flipped_bit_breaks_it)
{
    for (size_t bit = 0; bit < (size_t)8 * HM_SIGNATURE_SIZE; bit += 5) {
        struct hm_signature bad = signature;
        bad.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        ck_assert(!hm_sign_check(&bad, "hamlet-page-1", hm_text("message"), &key));
    }
}
END_TEST

START_TEST(a_domain_cannot_be_moved_into_the_message)
{
    struct hm_signature moved;
    hm_sign_make(&moved, "ab", hm_text("c"), &secret);
    ck_assert(!hm_sign_check(&moved, "a", hm_text("bc"), &key));
}
END_TEST

START_TEST(a_device_is_named_by_its_first_key)
{
    struct hm_digest digest;
    hm_hash_once(digest.at, HM_DIGEST_SIZE, HM_BYTES(key.at));

    struct hm_id device = hm_sign_device(&key);

    ck_assert_mem_eq(device.at, digest.at, HM_ID_SIZE);
}
END_TEST

START_TEST(a_wiped_secret_is_gone_and_secrets_are_compared_whole)
{
    uint8_t a[4] = {1, 2, 3, 4};
    uint8_t b[4] = {1, 2, 3, 5};
    ck_assert(hm_secret_equal(a, a, 4));
    ck_assert(!hm_secret_equal(a, b, 4));
    ck_assert(hm_secret_equal(a, b, 3));

    hm_secret_wipe(&secret);

    for (size_t i = 0; i < sizeof(secret.at); i++) {
        ck_assert_uint_eq(secret.at[i], 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sign");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, a_key_pair_is_that_of_its_seed);
    tcase_add_test(all, a_signature_holds_for_its_message_domain_and_key_only);
    tcase_add_test(all, any_flipped_bit_breaks_it);
    tcase_add_test(all, a_domain_cannot_be_moved_into_the_message);
    tcase_add_test(all, a_device_is_named_by_its_first_key);
    tcase_add_test(all, a_wiped_secret_is_gone_and_secrets_are_compared_whole);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
