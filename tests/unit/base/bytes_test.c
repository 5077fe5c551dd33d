/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/bytes.h"

#include <string.h>

#include "run.h"
#include "testenv.h"

START_TEST(equality_and_order_are_those_of_the_bytes)
{
    ck_assert(hm_bytes_equal(hm_text("ab"), hm_text("ab")));
    ck_assert(!hm_bytes_equal(hm_text("ab"), hm_text("abc")));
    ck_assert(hm_bytes_equal(HM_NO_BYTES, hm_text("")));
    ck_assert(hm_bytes_equal(HM_NO_BYTES, hm_text(NULL)));
    ck_assert(hm_bytes_are(hm_text("ab"), "ab"));
    ck_assert_int_lt(hm_bytes_compare(hm_text("ab"), hm_text("abc")), 0);
    ck_assert_int_gt(hm_bytes_compare(hm_text("b"), hm_text("abc")), 0);
    ck_assert_int_gt(hm_bytes_compare(hm_text("\xff"), hm_text("a")), 0);
    ck_assert_int_eq(hm_bytes_compare(hm_text("x"), hm_text("x")), 0);
    ck_assert_int_lt(hm_bytes_compare(HM_NO_BYTES, hm_text("x")), 0);
}
END_TEST

/* RFC 4648 section 10, without padding. */
static const struct {
    const char *bytes;
    const char *text;
} known[] = {{"", ""},
             {"f", "Zg"},
             {"fo", "Zm8"},
             {"foo", "Zm9v"},
             {"foob", "Zm9vYg"},
             {"fooba", "Zm9vYmE"},
             {"foobar", "Zm9vYmFy"},
             {"\xfb\xff", "-_8"}};

START_TEST(base64url_has_the_published_texts)
{
    char text[16];
    uint8_t data[8];
    size_t size = strlen(known[_i].bytes);

    hm_b64_put(text, hm_text(known[_i].bytes));

    ck_assert_str_eq(text, known[_i].text);
    ck_assert_uint_eq(hm_b64_length(size), strlen(text));
    ck_assert(hm_b64_get(data, size, hm_text(text)));
    ck_assert(size == 0 || memcmp(data, known[_i].bytes, size) == 0);
}
END_TEST

START_TEST(base64url_has_one_text_for_one_value)
{
    uint8_t data[4];
    static const char *const bad[] = {"Zh",  "Zm9", "Zg==", "Zg=",  "Z g",
                                      "+_8", "/_8", "Z",    "Zm8v", "Zm9vZ"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (size_t size = 1; size <= 2; size++) {
            ck_assert_msg(!hm_b64_get(data, size, hm_text(bad[i])), "%s", bad[i]);
        }
    }
    ck_assert(!hm_b64_get(data, 1, hm_text("Zm9v")));
    ck_assert(!hm_b64_get(data, 0, hm_text("Z")));
}
END_TEST

START_TEST(any_bytes_come_back_from_both_texts)
{
    struct hm_testenv dice;
    hm_testenv_init(&dice, hm_testenv_seed(3));
    for (int run = 0; run < 2000; run++) {
        uint8_t data[40];
        uint8_t back[40];
        char text[2 * sizeof(data) + 1];
        size_t size = hm_testenv_below(&dice, sizeof(data));
        (void)dice.env.random(&dice, data, size);
        struct hm_bytes bytes = {data, size};

        hm_b64_put(text, bytes);
        ck_assert(hm_b64_get(back, size, hm_text(text)));
        ck_assert(size == 0 || memcmp(back, data, size) == 0);
        hm_hex_put(text, bytes);
        ck_assert(hm_hex_get(back, size, hm_text(text)));
        ck_assert(size == 0 || memcmp(back, data, size) == 0);
    }
}
END_TEST

START_TEST(hex_is_lower_case_and_of_the_exact_length)
{
    uint8_t data[2] = {0};
    ck_assert(hm_hex_get(data, 2, hm_text("0aff")));
    ck_assert_mem_eq(data, "\x0a\xff", 2);
    ck_assert(!hm_hex_get(data, 2, hm_text("0AFF")));
    ck_assert(!hm_hex_get(data, 2, hm_text("0aff0")));
    ck_assert(!hm_hex_get(data, 2, hm_text("0af")));
    ck_assert(!hm_hex_get(data, 2, hm_text("0ag0")));
    ck_assert(hm_hex_get(data, 0, HM_NO_BYTES));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bytes");
    TCase *all = tcase_create("all");
    tcase_add_test(all, equality_and_order_are_those_of_the_bytes);
    tcase_add_loop_test(all, base64url_has_the_published_texts, 0, 8);
    tcase_add_test(all, base64url_has_one_text_for_one_value);
    tcase_add_test(all, any_bytes_come_back_from_both_texts);
    tcase_add_test(all, hex_is_lower_case_and_of_the_exact_length);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
