/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/text/letter.h"

#include <check.h>
#include <utf8proc.h>

#include "hamlet/text/fold.h"
#include "hamlet/text/key.h"
#include "hamlet/text/sort.h"
#include "random_text.h"

static bool next_of(const char *text, struct hm_letter *letter)
{
    struct hm_bytes rest = hm_text(text);
    return hm_letter_next(&rest, letter) && rest.size == 0;
}

static bool same(const struct hm_letter *a, const struct hm_letter *b)
{
    return a->base == b->base && a->upper == b->upper && a->marks == b->marks &&
           memcmp(a->mark, b->mark, a->marks * sizeof(a->mark[0])) == 0;
}

START_TEST(every_letter_of_the_tables_is_what_its_decomposed_form_is)
{
    size_t rows = 0;
    for (uint32_t code = 0xA1; code < HM_LATIN_MORE_END; code++) {
        uint8_t text[HM_CODE_SIZE + 1] = {0};
        struct hm_letter letter;
        struct hm_letter long_way;
        bool more = code >= HM_LATIN_MORE_FIRST;
        if (code >= HM_LATIN_END && !more) {
            continue;
        }
        (void)hm_code_put(text, code);
        utf8proc_uint8_t *apart = utf8proc_NFD(text);
        bool decomposes = strcmp((char *)apart, (char *)text) != 0;
        uint32_t row = more ? hm_latin_more[code - HM_LATIN_MORE_FIRST]
                       : code >= HM_LATIN_FIRST ? hm_latin[code - HM_LATIN_FIRST]
                                                : 0;

        ck_assert(next_of((char *)text, &letter) || code == 0xAD);
        ck_assert(next_of((char *)apart, &long_way) || code == 0xAD);

        ck_assert_msg(same(&letter, &long_way), "U+%04X", code);
        ck_assert_msg(decomposes || row == 0 || letter.marks == 0, "U+%04X", code);
        if (row != 0 && !decomposes) {
            uint32_t lower = (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
            ck_assert_uint_eq(letter.base, lower);
            ck_assert_int_eq(letter.upper, lower != code);
        }
        rows += row != 0;
        free(apart);
    }
    ck_assert_uint_gt(rows, 400); /* all of Vietnamese is 134 */
}
END_TEST

START_TEST(all_of_vietnamese_is_read_from_the_tables)
{
    struct hm_bytes rest =
        hm_text("àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
                "ÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬĐÈẺẼÉẸÊỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢÙỦŨÚỤƯỪỬỮỨỰỲỶỸÝỴ");
    size_t count = 0;
    while (rest.size > 0) {
        uint32_t code = 0;
        size_t length = hm_code_get(rest, &code);
        uint32_t row = code < HM_LATIN_END ? hm_latin[code - HM_LATIN_FIRST]
                                           : hm_latin_more[code - HM_LATIN_MORE_FIRST];
        unsigned tone = hm_letter_tone((uint16_t)(row >> 16));

        ck_assert_uint_ne(row, 0);
        ck_assert_uint_eq(hm_code_plain(rest.data, rest.size), length);
        ck_assert_int_eq(tone == 0, row >> 16 == 0);
        rest.data += length;
        rest.size -= length;
        count++;
    }
    ck_assert_uint_eq(count, 134);
}
END_TEST

START_TEST(marks_come_in_canonical_order_and_make_letters_of_their_own)
{
    static const char *const forms[] = {"Ợ", "O\u031B\u0323", "O\u0323\u031B", "Ơ\u0323",
                                        "Ọ\u031B"};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct hm_letter letter;

        ck_assert(next_of(forms[i], &letter));

        ck_assert_uint_eq(letter.base, HM_LETTER_O_HORN);
        ck_assert(letter.upper);
        ck_assert_uint_eq(letter.marks, 1);
        ck_assert_uint_eq(letter.mark[0], 0x0323);
    }
}
END_TEST

START_TEST(marks_of_one_class_keep_their_order)
{
    struct hm_letter letter;

    ck_assert(next_of("q\u0301\u0300\u0323", &letter));

    ck_assert_uint_eq(letter.marks, 3);
    ck_assert_uint_eq(letter.mark[0], 0x0323);
    ck_assert_uint_eq(letter.mark[1], 0x0301);
    ck_assert_uint_eq(letter.mark[2], 0x0300);
}
END_TEST

START_TEST(what_is_no_letter_is_read_all_the_same)
{
    struct hm_letter letter;
    struct hm_bytes rest = hm_text("\xFF\xC3"
                                   "a");

    ck_assert(hm_letter_next(&rest, &letter));
    ck_assert_uint_eq(letter.base, 0xFFFD);
    ck_assert_uint_eq(rest.size, 2);
    ck_assert(hm_letter_next(&rest, &letter));
    ck_assert(hm_letter_next(&rest, &letter));
    ck_assert_uint_eq(letter.base, 'a');
    ck_assert(!hm_letter_next(&rest, &letter));
    ck_assert(next_of("\u0301\u0302", &letter));
    ck_assert_uint_eq(letter.base, 0);
    ck_assert_uint_eq(letter.marks, 2);
    rest = hm_text("\u200B\u00AD");
    ck_assert(!hm_letter_next(&rest, &letter));
    ck_assert(next_of("\uAC01", &letter));
    ck_assert_uint_eq(letter.base, 0xAC01);
}
END_TEST

START_TEST(more_marks_than_are_kept_are_read_over)
{
    struct hm_buf text;
    struct hm_letter letter;
    hm_buf_init(&text, 4096);
    hm_buf_put_text(&text, "e");
    for (int i = 0; i < 500; i++) {
        hm_buf_put_text(&text, i % 2 == 0 ? "\u0323" : "\u0301");
    }

    ck_assert(next_of((char *)text.data, &letter));

    ck_assert_uint_eq(letter.base, 'e');
    ck_assert_uint_eq(letter.marks, HM_TEXT_MARKS_MAX);
    hm_buf_fini(&text);
}
END_TEST

static bool has_hangul(struct hm_bytes text)
{
    while (text.size > 0) {
        uint32_t code = 0;
        size_t length = hm_code_get(text, &code);
        if ((code >= 0x1100 && code < 0x1200) || (code >= 0xAC00 && code < 0xD7B0)) {
            return true;
        }
        text.data += length;
        text.size -= length;
    }
    return false;
}

static void put_keys(struct hm_buf *out, struct hm_bytes text)
{
    hm_buf_clear(out);
    hm_text_fold(out, text);
    hm_buf_put_byte(out, 0);
    hm_text_tone_key(out, text);
    hm_buf_put_byte(out, 0);
    hm_text_sort_key(out, text, HM_TEXT_ORDER_PLAIN);
    hm_buf_put_byte(out, 0);
    hm_text_sort_key(out, text, HM_TEXT_ORDER_PERSON);
}

/* All keys are made of letters; Hangul is the one script whose parts are no marks. */
START_TEST(keys_do_not_depend_on_the_unicode_form)
{
    struct random_text r;
    uint8_t text[256];
    struct hm_buf normal;
    struct hm_buf keys;
    struct hm_buf keys_apart;
    size_t compared = 0;
    random_seed(&r);
    hm_buf_init(&normal, 4096);
    hm_buf_init(&keys, 65536);
    hm_buf_init(&keys_apart, 65536);
    for (int i = 0; i < 30000; i++) {
        hm_buf_clear(&normal);
        if (hm_text_normal(&normal, random_text(&r, text, 12), false, NULL) != HM_OK ||
            normal.size == 0 || has_hangul(hm_buf_bytes(&normal))) {
            continue;
        }
        utf8proc_uint8_t *apart = utf8proc_NFD(normal.data);

        put_keys(&keys, hm_buf_bytes(&normal));
        put_keys(&keys_apart, hm_text((char *)apart));

        ck_assert_msg(hm_bytes_equal(hm_buf_bytes(&keys), hm_buf_bytes(&keys_apart)),
                      "%s", (char *)normal.data);
        free(apart);
        compared++;
    }
    hm_buf_fini(&normal);
    hm_buf_fini(&keys);
    hm_buf_fini(&keys_apart);
    ck_assert_uint_gt(compared, 10000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.letter");
    TCase *tables = tcase_create("tables");
    TCase *reader = tcase_create("reader");
    tcase_add_test(tables, every_letter_of_the_tables_is_what_its_decomposed_form_is);
    tcase_add_test(tables, all_of_vietnamese_is_read_from_the_tables);
    tcase_add_test(reader, marks_come_in_canonical_order_and_make_letters_of_their_own);
    tcase_add_test(reader, marks_of_one_class_keep_their_order);
    tcase_add_test(reader, what_is_no_letter_is_read_all_the_same);
    tcase_add_test(reader, more_marks_than_are_kept_are_read_over);
    tcase_add_test(reader, keys_do_not_depend_on_the_unicode_form);
    tcase_set_timeout(reader, 120);
    suite_add_tcase(suite, tables);
    suite_add_tcase(suite, reader);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
