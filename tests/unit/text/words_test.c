/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/words.h"

#include <check.h>
#include <string.h>

#include "hamlet/base/json_scan.h"
#include "hamlet/text/normal.h"
#include "proto/text/words_table.h"

static struct hm_buf out;
static const struct hm_words *words;

static void start(void)
{
    hm_buf_init(&out, 4096);
    words = hm_words_of(HM_LANG_VI);
}

static void finish(void)
{
    hm_buf_fini(&out);
}

static const char *result(void)
{
    return out.size == 0 ? "" : (const char *)out.data;
}

static const char *told(const struct hm_err *err, bool hint)
{
    hm_buf_clear(&out);
    hm_words_error(&out, words, err, hint);
    return result();
}

static const char *put(const char *sentence, const char *const args[], size_t count)
{
    hm_buf_clear(&out);
    hm_words_put(&out, sentence, args, count);
    return result();
}

START_TEST(the_option_decides_before_the_locale_and_vietnamese_is_the_rule)
{
    ck_assert_int_eq(hm_lang_of("vi", "en_US.UTF-8"), HM_LANG_VI);
    ck_assert_int_eq(hm_lang_of("en", "vi_VN.UTF-8"), HM_LANG_EN);
    ck_assert_int_eq(hm_lang_of(NULL, "en_GB"), HM_LANG_EN);
    ck_assert_int_eq(hm_lang_of(NULL, "vi_VN"), HM_LANG_VI);
    ck_assert_int_eq(hm_lang_of(NULL, "C.UTF-8"), HM_LANG_VI);
    ck_assert_int_eq(hm_lang_of("fr", "en_US"), HM_LANG_EN);
    ck_assert_int_eq(hm_lang_of("", ""), HM_LANG_VI);
    ck_assert_int_eq(hm_lang_of(NULL, NULL), HM_LANG_VI);
}
END_TEST

START_TEST(an_error_is_told_in_the_language_that_is_asked_for)
{
    struct hm_err err = HM_ERR_NONE;
    (void)hm_fail(&err, HM_BAD_INPUT, "not-utf8", "17", NULL, NULL);

    ck_assert_str_eq(told(&err, false), "chữ không đúng mã UTF-8 ở byte 17");
    ck_assert_ptr_nonnull(strstr(told(&err, true), "chưa có gì thay đổi"));
    hm_buf_clear(&out);
    hm_words_error(&out, hm_words_of(HM_LANG_EN), &err, false);

    ck_assert_str_eq(result(), "the text is not UTF-8 at byte 17");
}
END_TEST

START_TEST(an_unknown_key_is_told_by_its_status_and_has_no_hint)
{
    struct hm_err err = HM_ERR_NONE;

    ck_assert_str_eq(told(&err, false), hm_status_text(HM_OK));
    (void)hm_fail(&err, HM_DENIED, "no-such-key", "a", NULL, NULL);
    ck_assert_str_eq(told(&err, false), hm_status_text(HM_DENIED));
    ck_assert_str_eq(told(&err, true), "");
    ck_assert_str_eq(hm_words_ui(words, "no-such-key"), "no-such-key");
}
END_TEST

START_TEST(an_argument_cannot_steer_a_terminal)
{
    const char *const args[] = {"\x1B]0;x\a\r\n\t\x7F", "\xC2\x9B[2J \u202E\u200B\u2028",
                                "\xFF\xE1\xBB Hường \u0301"};

    put("{1}|{2}|{3}", args, 3);

    ck_assert_str_eq(result(),
                     "\\x1B]0;x\\x07\\x0D\\x0A\\x09\\x7F|"
                     "\\xC2\\x9B[2J \\xE2\\x80\\xAE\\xE2\\x80\\x8B\\xE2\\x80\\xA8|"
                     "\\xFF\\xE1\\xBB Hường \u0301");
    ck_assert(hm_utf8_valid(hm_buf_bytes(&out)));
}
END_TEST

START_TEST(an_error_shows_its_arguments_harmlessly_too)
{
    struct hm_err err = HM_ERR_NONE;
    (void)hm_fail(&err, HM_LOCKED, "locked", "a\x1B[1m{1}", NULL, NULL);

    ck_assert_str_eq(told(&err, false), "một chương trình khác đang dùng: a\\x1B[1m{1}");
}
END_TEST

START_TEST(arguments_stand_in_their_places_and_are_not_read_again)
{
    const char *const args[] = {"một", "{1}", "ba"};

    ck_assert_str_eq(put("{2} rồi {1}, {1}", args, 2), "{1} rồi một, một");
    ck_assert_str_eq(put("{3}{2}", args, 3), "ba{1}");
    ck_assert_str_eq(put("{3} {0} {} {12} {1", args, 2), "{3} {0} {} {12} {1");
    ck_assert_str_eq(put("{{1}}", args, 1), "{một}");
    ck_assert_str_eq(put("", args, 3), "");
    ck_assert_str_eq(put("{1}", NULL, 0), "{1}");
}
END_TEST

/* A bit a place: {1} is 2. */
static unsigned places(const char *sentence)
{
    unsigned found = 0;
    for (const char *at = strchr(sentence, '{'); at != NULL; at = strchr(at + 1, '{')) {
        ck_assert_msg(at[1] >= '1' && at[1] <= '9' && at[2] == '}', "%s", sentence);
        found |= 1U << (at[1] - '0');
    }
    return found;
}

static const char *at(const struct hm_words *table, uint32_t offset)
{
    return (const char *)table->text + offset;
}

static const struct hm_words_list *list_of(const struct hm_words *table, int which)
{
    return which == 0 ? &table->error : &table->ui;
}

START_TEST(both_languages_have_the_same_keys_and_places)
{
    const struct hm_words *vi = &hm_words_vi;
    const struct hm_words *en = &hm_words_en;
    const struct hm_words_list *one = list_of(vi, _i);
    const struct hm_words_list *other = list_of(en, _i);

    ck_assert_uint_gt(one->count, 100);
    ck_assert_uint_eq(one->count, other->count);
    for (size_t i = 0; i < one->count; i++) {
        const struct hm_words_row *a = &one->row[i];
        const struct hm_words_row *b = &other->row[i];
        const char *key = at(vi, a->key);

        ck_assert_str_eq(key, at(en, b->key));
        ck_assert_msg(i == 0 || strcmp(at(vi, one->row[i - 1].key), key) < 0, "%s", key);
        ck_assert_msg(places(at(vi, a->text)) == places(at(en, b->text)), "%s", key);
        ck_assert_msg(places(at(vi, a->hint)) == places(at(en, b->hint)), "%s", key);
    }
}
END_TEST

START_TEST(every_key_is_found)
{
    const struct hm_words *table = hm_words_of(_i == 0 ? HM_LANG_VI : HM_LANG_EN);

    for (size_t i = 0; i < table->ui.count; i++) {
        const struct hm_words_row *row = &table->ui.row[i];
        ck_assert_ptr_eq(hm_words_ui(table, at(table, row->key)), at(table, row->text));
        ck_assert(hm_utf8_valid(hm_text(at(table, row->text))));
    }
    ck_assert_str_eq(hm_words_ui(table, ""), "");
    ck_assert_str_eq(hm_words_ui(table, "~"), "~");
}
END_TEST

static void check_error_sentence(const char *key, const char *text)
{
    unsigned most = (1U << (HM_ERR_ARGS + 1)) - 1;
    size_t length = strlen(text);

    ck_assert_msg(hm_text_is_normal(hm_text(text), false), "%s: %s", key, text);
    ck_assert_msg(length > 0 && text[length - 1] != '.', "%s: %s", key, text);
    ck_assert_msg((places(text) & ~most) == 0, "%s: %s", key, text);
}

START_TEST(error_sentences_are_normal_lines_without_a_stop)
{
    const struct hm_words *table = hm_words_of(_i == 0 ? HM_LANG_VI : HM_LANG_EN);

    for (size_t i = 0; i < table->error.count; i++) {
        const struct hm_words_row *row = &table->error.row[i];
        check_error_sentence(at(table, row->key), at(table, row->text));
        check_error_sentence(at(table, row->key), at(table, row->hint));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.words");
    TCase *sentence = tcase_create("sentence");
    TCase *table = tcase_create("table");
    tcase_add_checked_fixture(sentence, start, finish);
    tcase_add_test(sentence,
                   the_option_decides_before_the_locale_and_vietnamese_is_the_rule);
    tcase_add_test(sentence, an_error_is_told_in_the_language_that_is_asked_for);
    tcase_add_test(sentence, an_unknown_key_is_told_by_its_status_and_has_no_hint);
    tcase_add_test(sentence, an_argument_cannot_steer_a_terminal);
    tcase_add_test(sentence, an_error_shows_its_arguments_harmlessly_too);
    tcase_add_test(sentence, arguments_stand_in_their_places_and_are_not_read_again);
    tcase_add_loop_test(table, both_languages_have_the_same_keys_and_places, 0, 2);
    tcase_add_loop_test(table, every_key_is_found, 0, 2);
    tcase_add_loop_test(table, error_sentences_are_normal_lines_without_a_stop, 0, 2);
    suite_add_tcase(suite, sentence);
    suite_add_tcase(suite, table);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
