/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/words.h"

#include <check.h>
#include <string.h>

#include "hamlet/base/embed.h"
#include "hamlet/base/json_scan.h"
#include "hamlet/text/normal.h"
#include "proto/text/words_file.h"

static struct hm_buf out;
static struct hm_words *words;

static void start(void)
{
    struct hm_err err = HM_ERR_NONE;
    hm_buf_init(&out, 4096);
    ck_assert_int_eq(hm_words_open(&words, HM_LANG_VI, &err), HM_OK);
}

static void finish(void)
{
    hm_words_close(words);
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

START_TEST(an_error_is_told_in_the_language_that_was_opened)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_words *english = NULL;
    (void)hm_fail(&err, HM_BAD_INPUT, "not-utf8", "17", NULL, NULL);
    ck_assert_int_eq(hm_words_open(&english, HM_LANG_EN, NULL), HM_OK);

    ck_assert_str_eq(told(&err, false), "chữ không đúng mã UTF-8 ở byte 17");
    ck_assert_ptr_nonnull(strstr(told(&err, true), "chưa có gì thay đổi"));
    hm_buf_clear(&out);
    hm_words_error(&out, english, &err, false);

    ck_assert_str_eq(result(), "the text is not UTF-8 at byte 17");
    hm_words_close(english);
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

static bool reads(struct hm_words_file *file, const char *json)
{
    struct hm_err err = HM_ERR_NONE;
    enum hm_status status = hm_words_file_init(file, hm_text(json), &err);
    ck_assert(status == HM_OK || status == HM_CORRUPT);
    ck_assert_str_eq(status == HM_OK ? "words-broken" : err.key, "words-broken");
    return status == HM_OK;
}

START_TEST(a_words_file_is_read_in_place)
{
    struct hm_words_file file;

    ck_assert(reads(&file, "{ \"error\" : {\"b\":{\"hint\":\"H\",\"text\":\"T\"}},\n"
                           "\"ui\":{\"z\":\"\\\"q\\\" \\\\ \\n\\u1Ea5p\\/\",\"a\":\"\","
                           "\"m\":\"x\"} } \n"));

    ck_assert_str_eq(hm_words_find(&file.error, "b")->text, "T");
    ck_assert_str_eq(hm_words_find(&file.error, "b")->hint, "H");
    ck_assert_str_eq(hm_words_find(&file.ui, "z")->text, "\"q\" \\ \nấp/");
    ck_assert_str_eq(hm_words_find(&file.ui, "a")->text, "");
    ck_assert_str_eq(hm_words_find(&file.ui, "m")->text, "x");
    ck_assert_ptr_null(hm_words_find(&file.ui, "b"));
    hm_words_file_fini(&file);
    ck_assert(reads(&file, "{\"ui\":{},\"error\":{}}"));
    ck_assert_ptr_null(hm_words_find(&file.ui, "b"));
    hm_words_file_fini(&file);
}
END_TEST

static const char *const broken[] = {
    "",
    "{}",
    "[]",
    "{\"error\":{}}",
    "{\"ui\":{}}",
    "{\"error\":{},\"ui\":{}",
    "{\"error\":{},\"ui\":{}}x",
    "{\"error\":{},\"ui\":{}}{",
    "{\"error\":{} \"ui\":{}}",
    "{,\"error\":{},\"ui\":{}}",
    "{\"error\":{},\"ui\":{},}",
    "{\"error\":{},\"ui\":{},\"ui\":{}}",
    "{\"error\":{},\"ui\":{},\"more\":{}}",
    "{\"error\":{},\"ui\":{\"a\":1}}",
    "{\"error\":{},\"ui\":{\"a\" \"b\"}}",
    "{\"error\":{},\"ui\":{\"a\":\"b\",\"a\":\"c\"}}",
    "{\"error\":{},\"ui\":{\"b\":\"b\",\"a\":\"c\",\"b\":\"\"}}",
    "{\"error\":{},\"ui\":{\"a\":\"b}}",
    "{\"error\":{},\"ui\":{\"a\":\"\\",
    "{\"error\":{},\"ui\":{\"a\":\"\\x\"}}",
    "{\"error\":{},\"ui\":{\"a\":\"\\u12\"}}",
    "{\"error\":{},\"ui\":{\"a\":\"\\u0000\"}}",
    "{\"error\":{},\"ui\":{\"a\":\"\\uD800\"}}",
    "{\"error\":{},\"ui\":{\"a\":\"\\u-123\"}}",
    "{\"error\":{\"a\":{\"text\":\"t\"}},\"ui\":{}}",
    "{\"error\":{\"a\":{\"hint\":\"t\"}},\"ui\":{}}",
    "{\"error\":{\"a\":{\"text\":\"t\",\"hint\":\"h\",\"text\":\"t\"}},\"ui\":{}}",
    "{\"error\":{\"a\":{\"text\":\"t\",\"hint\":\"h\",\"more\":\"m\"}},\"ui\":{}}",
    "{\"error\":{\"a\":\"t\"},\"ui\":{}}",
};

START_TEST(what_is_no_words_file_is_refused)
{
    struct hm_words_file file;

    ck_assert_msg(!reads(&file, broken[_i]), "%s", broken[_i]);

    hm_words_file_fini(&file);
}
END_TEST

static void open_embedded(struct hm_words_file *file, const char *name)
{
    const struct hm_embedded *row = hm_embedded_words;
    while (row->name != NULL && strcmp(row->name, name) != 0) {
        row++;
    }
    ck_assert_ptr_nonnull(row->name);
    struct hm_bytes json = {row->data, row->size};
    ck_assert_int_eq(hm_words_file_init(file, json, NULL), HM_OK);
}

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

static void check_alike(const struct hm_words_list *a, const struct hm_words_list *b)
{
    ck_assert_uint_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct hm_words_entry *one = &a->entry[i];
        const struct hm_words_entry *other = &b->entry[i];

        ck_assert_str_eq(one->key, other->key);
        ck_assert_msg(places(one->text) == places(other->text), "%s", one->key);
        ck_assert_int_eq(one->hint == NULL, other->hint == NULL);
        if (one->hint != NULL) {
            ck_assert_msg(places(one->hint) == places(other->hint), "%s", one->key);
        }
    }
}

START_TEST(both_languages_have_the_same_keys_and_places)
{
    struct hm_words_file vi;
    struct hm_words_file en;
    open_embedded(&vi, "vi.json");
    open_embedded(&en, "en.json");

    ck_assert_uint_gt(vi.error.count, 5);
    check_alike(&vi.error, &en.error);
    check_alike(&vi.ui, &en.ui);

    hm_words_file_fini(&vi);
    hm_words_file_fini(&en);
}
END_TEST

static void check_error_sentence(const struct hm_words_entry *entry, const char *text)
{
    unsigned most = (1U << (HM_ERR_ARGS + 1)) - 1;
    size_t length = strlen(text);

    ck_assert_msg(hm_text_is_normal(hm_text(text), false), "%s: %s", entry->key, text);
    ck_assert_msg(length > 0 && text[length - 1] != '.', "%s: %s", entry->key, text);
    ck_assert_msg((places(text) & ~most) == 0, "%s: %s", entry->key, text);
}

START_TEST(error_sentences_are_normal_lines_without_a_stop)
{
    static const char *const files[] = {"vi.json", "en.json"};
    struct hm_words_file file;
    open_embedded(&file, files[_i]);

    ck_assert_uint_gt(file.error.count, 0);
    ck_assert_uint_gt(file.ui.count, 0);
    for (size_t i = 0; i < file.error.count; i++) {
        check_error_sentence(&file.error.entry[i], file.error.entry[i].text);
        check_error_sentence(&file.error.entry[i], file.error.entry[i].hint);
    }
    for (size_t i = 0; i < file.ui.count; i++) {
        ck_assert(hm_utf8_valid(hm_text(file.ui.entry[i].text)));
    }
    hm_words_file_fini(&file);
}
END_TEST

START_TEST(closing_nothing_is_harmless)
{
    hm_words_close(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.words");
    TCase *sentence = tcase_create("sentence");
    TCase *file = tcase_create("file");
    tcase_add_checked_fixture(sentence, start, finish);
    tcase_add_test(sentence,
                   the_option_decides_before_the_locale_and_vietnamese_is_the_rule);
    tcase_add_test(sentence, an_error_is_told_in_the_language_that_was_opened);
    tcase_add_test(sentence, an_unknown_key_is_told_by_its_status_and_has_no_hint);
    tcase_add_test(sentence, an_argument_cannot_steer_a_terminal);
    tcase_add_test(sentence, an_error_shows_its_arguments_harmlessly_too);
    tcase_add_test(sentence, arguments_stand_in_their_places_and_are_not_read_again);
    tcase_add_test(sentence, closing_nothing_is_harmless);
    tcase_add_test(file, a_words_file_is_read_in_place);
    tcase_add_loop_test(file, what_is_no_words_file_is_refused, 0,
                        sizeof(broken) / sizeof(broken[0]));
    tcase_add_test(file, both_languages_have_the_same_keys_and_places);
    tcase_add_loop_test(file, error_sentences_are_normal_lines_without_a_stop, 0, 2);
    suite_add_tcase(suite, sentence);
    suite_add_tcase(suite, file);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
