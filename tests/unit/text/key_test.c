/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/key.h"

#include <check.h>

static struct hm_buf out;

static void start(void)
{
    hm_buf_init(&out, 4096);
}

static void finish(void)
{
    hm_buf_fini(&out);
}

static const char *key(const char *text)
{
    hm_buf_clear(&out);
    hm_text_tone_key(&out, hm_text(text));
    return out.size == 0 ? "" : (const char *)out.data;
}

static const struct {
    const char *text;
    const char *key;
} vectors[] = {
    {"hòa", "hoa1"},
    {"hoà", "hoa1"},
    {"HÒA", "hoa1"},
    {"ho\u0300a", "hoa1"},
    {"HOA\u0300", "hoa1"},
    {"thúy", "thuy4"},
    {"thuý", "thuy4"},
    {"quý", "quy4"},
    {"qúy", "quy4"},
    {"Đặng", "đăng5"},
    {"\u00D0ặng", "đăng5"},
    {"\u0189ặng", "đăng5"},
    {"Sơn Hạ", "sơn0 ha5"},
    {"Sơn Hà", "sơn0 ha1"},
    {"Nguyễn", "nguyên3"},
    {"Nguyê\u0303n", "nguyên3"},
    {"Nguye\u0302\u0303n", "nguyên3"},
    {"Kim Qui", "kim0 qui0"},
    {"Kim Quy", "kim0 quy0"},
    {"hỏa hoả", "hoa2 hoa2"},
    {"Ấp Thạnh Phước", "âp4 thanh5 phươc4"},
    {"ộ o\u0323\u0302 ô\u0323 o\u0302\u0323", "ô5 ô5 ô5 ô5"},
    {"ợ ơ\u0323 o\u031B\u0323", "ơ5 ơ5 ơ5"},
    {"", ""},
    {" ,. ", ""},
    {"  Ấp  10, Tổ-2 ", "âp4 10 tô2 2"},
    {"Khu A2", "khu0 a0 2"},
    {"Khu A 2", "khu0 a0 2"},
    {"2 20", "2 20"},
    {"Ea H'Leo", "ea0 hleo0"},
    {"Ea H’Leo", "ea0 hleo0"},
    {"Čư", "c\u030Cư0"},
    {"C\u030Cu\u031B", "c\u030Cư0"},
    {"tháilạn", "thailan45"},
    {"àààààààààà", "aaaaaaaaaa11111111"},
    {"a\xFF\x80z", "a0 z0"},
    {"\u0301a", "a0"},
};

START_TEST(the_key_is_the_letters_of_each_syllable_then_its_tone)
{
    ck_assert_str_eq(key(vectors[_i].text), vectors[_i].key);
    ck_assert_int_eq(out.failed, HM_OK);
}
END_TEST

static bool same_key(const char *a, const char *b)
{
    struct hm_buf first;
    hm_buf_init(&first, 4096);
    hm_text_tone_key(&first, hm_text(a));
    bool same = hm_bytes_are(hm_buf_bytes(&first), key(b));
    hm_buf_fini(&first);
    return same;
}

START_TEST(only_the_place_of_the_tone_is_forgotten)
{
    ck_assert(same_key("Ấp Hòa Thúy", "ấp hoà thuý"));
    ck_assert(!same_key("Sơn Hạ", "Sơn Hà"));
    ck_assert(!same_key("Kim Qui", "Kim Quy"));
    ck_assert(!same_key("Đan", "Dan"));
    ck_assert(!same_key("Tân Thạnh", "Tân Thành"));
    ck_assert(!same_key("Ấp 1 2", "Ấp 12"));
}
END_TEST

START_TEST(a_key_is_appended_behind_what_is_there)
{
    hm_buf_put_text(&out, "x");

    hm_text_tone_key(&out, hm_text("Ấp 2"));

    ck_assert_str_eq((char *)out.data, "xâp4 2");
}
END_TEST

START_TEST(a_full_buffer_says_so)
{
    struct hm_buf small;
    hm_buf_init(&small, 3);

    hm_text_tone_key(&small, hm_text("Hường"));

    ck_assert_int_eq(hm_buf_status(&small, NULL), HM_TOO_BIG);
    hm_buf_fini(&small);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.key");
    TCase *tcase = tcase_create("tone key");
    tcase_add_checked_fixture(tcase, start, finish);
    tcase_add_loop_test(tcase, the_key_is_the_letters_of_each_syllable_then_its_tone, 0,
                        sizeof(vectors) / sizeof(vectors[0]));
    tcase_add_test(tcase, only_the_place_of_the_tone_is_forgotten);
    tcase_add_test(tcase, a_key_is_appended_behind_what_is_there);
    tcase_add_test(tcase, a_full_buffer_says_so);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
