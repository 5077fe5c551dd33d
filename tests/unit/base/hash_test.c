/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/hash.h"

#include <string.h>

#include "run.h"

/* BLAKE2b of "abc" as Python's hashlib gives it, by size of the result. */
static const struct {
    size_t size;
    const char *hex;
} known[] = {{16, "cf4ab791c62b8d2b2109c90275287816"},
             {32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
             {64, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                  "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"}};

START_TEST(each_size_is_a_hash_of_its_own)
{
    uint8_t result[64];
    char hex[129];

    hm_hash_once(result, known[_i].size, hm_text("abc"));

    hm_hex_put(hex, (struct hm_bytes){result, known[_i].size});
    ck_assert_str_eq(hex, known[_i].hex);
}
END_TEST

START_TEST(in_pieces_is_as_in_one)
{
    struct hm_hash hash;
    uint8_t pieces[32];
    uint8_t once[32];
    hm_hash_init(&hash, 32);
    hm_hash_put(&hash, hm_text("a"));
    hm_hash_put(&hash, HM_NO_BYTES);
    hm_hash_put(&hash, hm_text("bc"));
    hm_hash_end(&hash, pieces, 32);

    hm_hash_once(once, 32, hm_text("abc"));

    ck_assert_mem_eq(pieces, once, 32);
}
END_TEST

START_TEST(numbers_and_lengths_are_hashed_as_they_are_packed)
{
    struct hm_hash hash;
    struct hm_id id;
    char hex[HM_HEX16_SIZE];
    hm_hash_init(&hash, HM_ID_SIZE);
    hm_hash_put_uint(&hash, 300);
    hm_hash_put_packed(&hash, hm_text("abc"));
    hm_hash_end(&hash, id.at, HM_ID_SIZE);

    hm_hex_put(hex, hm_id_bytes(&id));

    ck_assert_str_eq(hex, "dfc85732260ff0eb907056f663b66a70"); /* ac 02 03 a b c */
}
END_TEST

START_TEST(ids_are_ordered_bytewise_and_none_is_all_zero)
{
    struct hm_id low = {{0}};
    struct hm_id high = {{0}};
    high.at[15] = 0x80;

    ck_assert(hm_id_is_none(&low));
    ck_assert(!hm_id_is_none(&high));
    ck_assert_int_lt(hm_id_compare(&low, &high), 0);
    ck_assert_int_gt(hm_id_compare(&high, &low), 0);
    ck_assert(hm_id_equal(&low, &low));
    ck_assert(!hm_id_equal(&low, &high));
}
END_TEST

START_TEST(an_id_is_read_from_exactly_32_hex_digits)
{
    struct hm_id id;
    ck_assert(hm_id_get_hex(&id, hm_text("000102030405060708090a0b0c0d0eff")));
    ck_assert_uint_eq(id.at[1], 1);
    ck_assert_uint_eq(id.at[15], 0xFF);
    ck_assert(!hm_id_get_hex(&id, hm_text("000102030405060708090a0b0c0d0ef")));
    ck_assert(!hm_id_get_hex(&id, hm_text("000102030405060708090a0b0c0d0eff0")));
    ck_assert(!hm_id_get_hex(&id, hm_text("000102030405060708090A0B0C0D0EFF")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hash");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, each_size_is_a_hash_of_its_own, 0, 3);
    tcase_add_test(all, in_pieces_is_as_in_one);
    tcase_add_test(all, numbers_and_lengths_are_hashed_as_they_are_packed);
    tcase_add_test(all, ids_are_ordered_bytewise_and_none_is_all_zero);
    tcase_add_test(all, an_id_is_read_from_exactly_32_hex_digits);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
