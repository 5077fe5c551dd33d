/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/proper.h"

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

static const char *proper(const char *text)
{
    hm_buf_clear(&out);
    hm_text_proper(&out, hm_text(text));
    return out.size == 0 ? "" : (const char *)out.data;
}

static const struct {
    const char *typed;
    const char *meant;
} names[] = {
    {"NGUYỄN VĂN A", "Nguyễn Văn A"},
    {"nguyễn văn a", "Nguyễn Văn A"},
    {"ĐẶNG VĂN ƯỚC", "Đặng Văn Ước"},
    {"đỗ thị út", "Đỗ Thị Út"},
    {"CÔNG TẰNG TÔN NỮ THỊ ẤN", "Công Tằng Tôn Nữ Thị Ấn"},
    {"Ê BAN", "Ê Ban"},
    {"H'LEO NIÊ", "H'Leo Niê"},
    {"H’LEO", "H’Leo"},
    {"HʼLEO", "HʼLeo"},
    {"Y K'BA-LÔ", "Y K'Ba-Lô"},
    {"NG. V. ẤN", "Ng. V. Ấn"},
    {"LA\u0302M THI\u0323 A\u0301", "La\u0302m Thi\u0323 A\u0301"},
    {"ÚT (BA)", "Út (Ba)"},
    {"AN", "An"},
};

START_TEST(a_name_that_is_all_in_one_case_has_a_proper_one)
{
    ck_assert(hm_text_is_one_case(hm_text(names[_i].typed)));
    ck_assert(!hm_text_is_one_case(hm_text(names[_i].meant)));

    ck_assert_str_eq(proper(names[_i].typed), names[_i].meant);
}
END_TEST

static const char *const plain[] = {
    "Nguyễn Văn A", "H'Leo",  "Y Moan", "A",  "",     "5",
    "McDonald",     "iPhone", "Ú",      "K'", "K' 2",
};

START_TEST(a_name_as_people_write_it_is_left_alone)
{
    ck_assert(!hm_text_is_one_case(hm_text(plain[_i])));
}
END_TEST

START_TEST(bytes_that_are_no_text_are_no_name)
{
    ck_assert(!hm_text_is_one_case(hm_text("AB\xFF")));
    ck_assert_str_eq(proper("AB\xFF"), "Ab");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.proper");
    TCase *group = tcase_create("proper");
    tcase_add_checked_fixture(group, start, finish);
    tcase_add_loop_test(group, a_name_that_is_all_in_one_case_has_a_proper_one, 0,
                        sizeof(names) / sizeof(names[0]));
    tcase_add_loop_test(group, a_name_as_people_write_it_is_left_alone, 0,
                        sizeof(plain) / sizeof(plain[0]));
    tcase_add_test(group, bytes_that_are_no_text_are_no_name);
    suite_add_tcase(suite, group);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
