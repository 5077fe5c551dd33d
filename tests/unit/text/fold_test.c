/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/fold.h"

#include <check.h>

#include "random_text.h"

static struct hm_buf out;

static void start(void)
{
    hm_buf_init(&out, 65536);
}

static void finish(void)
{
    hm_buf_fini(&out);
}

static const char *fold(const char *text)
{
    hm_buf_clear(&out);
    hm_text_fold(&out, hm_text(text));
    return out.size == 0 ? "" : (const char *)out.data;
}

static bool finds(const char *text, const char *query)
{
    struct hm_buf folded;
    struct hm_buf folded_query;
    hm_buf_init(&folded, 4096);
    hm_buf_init(&folded_query, 4096);
    hm_text_fold(&folded, hm_text(text));
    hm_text_fold(&folded_query, hm_text(query));
    bool found = hm_text_matches(hm_buf_bytes(&folded), hm_buf_bytes(&folded_query));
    hm_buf_fini(&folded);
    hm_buf_fini(&folded_query);
    return found;
}

static const struct {
    const char *text;
    const char *folded;
} vectors[] = {
    {"hòa", "hoa"},
    {"hoà", "hoa"},
    {"HÒA", "hoa"},
    {"thúy", "thuy"},
    {"thuý", "thuy"},
    {"quý", "quy"},
    {"qúy", "quy"},
    {"Đặng", "dang"},
    {"\u00D0ặng", "dang"},
    {"\u0189ặng \u0256 \u00F0", "dang d d"},
    {"Sơn Hạ", "son ha"},
    {"Sơn Hà", "son ha"},
    {"Nguyê\u0303n", "nguyen"},
    {"Nguye\u0302\u0303n Thi\u0323 Hu\u031Bo\u031B\u0300ng", "nguyen thi huong"},
    {"Kim Qui", "kim qui"},
    {"Kim Quy", "kim quy"},
    {"Nguyễn Thị Đường", "nguyen thi duong"},
    {"Trần Quốc Toản", "tran quoc toan"},
    {"ẤP THẠNH PHƯỚC", "ap thanh phuoc"},
    {"", ""},
    {" -- , ", ""},
    {"  Tổ 3/Ấp  2 (cũ). ", "to 3 ap 2 cu"},
    {"Ea H'Leo", "ea hleo"},
    {"Ea H’Leo", "ea hleo"},
    {"Ea HʼLeo", "ea hleo"},
    {"‘Ấp’ “văn hóa”", "ap van hoa"},
    {"M'Drắk, Krông Păk, Čư Êbur", "mdrak krong pak cu ebur"},
    {"a\u00A0\u200Bb\tc\nd", "a b c d"},
    {"Straße ﬁn Ｄ２ №5 m²", "strasse fin d2 no5 m2"},
    {"Α Ж 家", "α ж 家"},
    {"a\xFF\xC3z", "a z"},
    {"\u0301\u0302", ""},
};

START_TEST(the_folded_form_has_no_marks_case_or_punctuation)
{
    ck_assert_str_eq(fold(vectors[_i].text), vectors[_i].folded);
    ck_assert_int_eq(out.failed, HM_OK);
}
END_TEST

START_TEST(all_vietnamese_letters_fold_to_their_ascii_letter)
{
    ck_assert_str_eq(fold("àảãáạăằẳẵắặâầẩẫấậ"), "aaaaaaaaaaaaaaaaa");
    ck_assert_str_eq(fold("ÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ"), "aaaaaaaaaaaaaaaaa");
    ck_assert_str_eq(fold("èẻẽéẹêềểễếệÈẺẼÉẸÊỀỂỄẾỆ"), "eeeeeeeeeeeeeeeeeeeeee");
    ck_assert_str_eq(fold("ìỉĩíịÌỈĨÍỊỳỷỹýỵỲỶỸÝỴ"), "iiiiiiiiiiyyyyyyyyyy");
    ck_assert_str_eq(fold("òỏõóọôồổỗốộơờởỡớợ"), "ooooooooooooooooo");
    ck_assert_str_eq(fold("ÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ"), "ooooooooooooooooo");
    ck_assert_str_eq(fold("ùủũúụưừửữứựÙỦŨÚỤƯỪỬỮỨỰđĐ"), "uuuuuuuuuuuuuuuuuuuuuudd");
}
END_TEST

START_TEST(folding_appends_and_separates_only_its_own_words)
{
    hm_buf_put_text(&out, "x ");

    hm_text_fold(&out, hm_text("...Ấp"));

    ck_assert_str_eq((char *)out.data, "x ap");
}
END_TEST

START_TEST(a_full_buffer_says_so)
{
    struct hm_buf small;
    hm_buf_init(&small, 3);

    hm_text_fold(&small, hm_text("Hường"));

    ck_assert_int_eq(hm_buf_status(&small, NULL), HM_TOO_BIG);
    hm_buf_fini(&small);
}
END_TEST

START_TEST(every_word_of_the_query_must_occur)
{
    ck_assert(finds("Nguyễn Thị Hường", "huong"));
    ck_assert(finds("Nguyễn Thị Hường", "HƯỜNG nguyễn"));
    ck_assert(finds("Nguyễn Thị Hường", "guye"));
    ck_assert(!finds("Nguyễn Thị Hường", "huong lan"));
    ck_assert(!finds("Nguyễn Thị Hường", "thihuong"));
    ck_assert(finds("Trần Văn Đạt", "dat"));
    ck_assert(finds("Đỗ Đức", "duc do"));
    ck_assert(finds("Ea H'Leo", "hleo"));
    ck_assert(finds("Ea HLeo", "h’leo"));
    ck_assert(finds("Ea H'Leo", "h leo"));
    ck_assert(finds("anything", ""));
    ck_assert(finds("", " . "));
    ck_assert(!finds("", "a"));
    ck_assert(!finds("aab", "aabb"));
    ck_assert(finds("aaab", "aab"));
    ck_assert(finds("Ấp 10", "10"));
}
END_TEST

START_TEST(folding_twice_changes_nothing)
{
    struct random_text r;
    uint8_t text[256];
    uint8_t once[4096];
    random_seed(&r);
    for (int i = 0; i < 30000; i++) {
        struct hm_bytes in = random_text(&r, text, 24);
        hm_buf_clear(&out);
        hm_text_fold(&out, in);
        struct hm_bytes first = {once, out.size};
        memcpy(once, out.size == 0 ? (const uint8_t *)"" : out.data, out.size);

        hm_buf_clear(&out);
        hm_text_fold(&out, first);

        ck_assert(hm_bytes_equal(hm_buf_bytes(&out), first));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.fold");
    TCase *fold_case = tcase_create("fold");
    TCase *match = tcase_create("match");
    tcase_add_checked_fixture(fold_case, start, finish);
    tcase_add_loop_test(fold_case, the_folded_form_has_no_marks_case_or_punctuation, 0,
                        sizeof(vectors) / sizeof(vectors[0]));
    tcase_add_test(fold_case, all_vietnamese_letters_fold_to_their_ascii_letter);
    tcase_add_test(fold_case, folding_appends_and_separates_only_its_own_words);
    tcase_add_test(fold_case, a_full_buffer_says_so);
    tcase_add_test(fold_case, folding_twice_changes_nothing);
    tcase_add_test(match, every_word_of_the_query_must_occur);
    tcase_set_timeout(fold_case, 120);
    suite_add_tcase(suite, fold_case);
    suite_add_tcase(suite, match);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
