/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/normal.h"

#include <check.h>
#include <utf8proc.h>

#include "random_text.h"

enum { CODES_MAX = 64, SIZE_MAX_BYTES = 4096 };

static struct hm_buf out;
static struct hm_err err;

static void start(void)
{
    hm_buf_init(&out, SIZE_MAX_BYTES);
    err = HM_ERR_NONE;
}

static void finish(void)
{
    hm_buf_fini(&out);
}

static enum hm_status normal_bytes(struct hm_bytes in, bool lines)
{
    hm_buf_clear(&out);
    hm_err_clear(&err);
    return hm_text_normal(&out, in, lines, &err);
}

static enum hm_status normal(const char *in, bool lines)
{
    return normal_bytes(hm_text(in), lines);
}

static const char *result(void)
{
    return out.size == 0 ? "" : (const char *)out.data;
}

static enum hm_status normal_code(uint32_t code, bool lines)
{
    uint8_t text[HM_CODE_SIZE + 2] = {'a'};
    size_t size = 1 + hm_code_put(text + 1, code);
    text[size++] = 'b';
    return normal_bytes((struct hm_bytes){text, size}, lines);
}

static const char *const names[] = {
    "Nguyễn Thị Hường", "Ấp Thạnh Phước",  "Đặng Văn Ước", "Trần Quốc Toản",
    "Nguyễn Thị Đường", "hòa hoà HÒA",     "thúy thuý",    "quý qúy",
    "Sơn Hạ Sơn Hà",    "Kim Qui Kim Quy", "Ea H’Leo",     "Buôn Čư Êbur Krông Păk",
};

/* Letters in their alphabet's form with the tone behind: Windows-1258, old keyboards. */
static char *tones_apart(const char *text)
{
    utf8proc_uint8_t *apart = utf8proc_NFD((const utf8proc_uint8_t *)text);
    char *mixed = malloc(strlen((char *)apart) + 1);
    struct hm_bytes rest = hm_text((char *)apart);
    utf8proc_int32_t held[3] = {0};
    size_t size = 0;
    uint32_t code = 0;
    while (rest.size > 0) {
        size_t length = hm_code_get(rest, &code);
        rest.data += length;
        rest.size -= length;
        bool shape = code == 0x302 || code == 0x306 || code == 0x31B;
        if (shape) {
            held[2] = held[1]; /* a dot below stands before its circumflex in NFD */
            held[1] = (utf8proc_int32_t)code;
            utf8proc_normalize_utf32(held, 2, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
            held[1] = held[2];
        } else if (code >= 0x300 && code < 0x370 && held[1] == 0) {
            held[1] = (utf8proc_int32_t)code;
        } else {
            for (int i = 0; i < 2 && held[i] != 0; i++) {
                size += hm_code_put((uint8_t *)mixed + size, (uint32_t)held[i]);
            }
            held[0] = (utf8proc_int32_t)code;
            held[1] = 0;
        }
    }
    for (int i = 0; i < 2 && held[i] != 0; i++) {
        size += hm_code_put((uint8_t *)mixed + size, (uint32_t)held[i]);
    }
    mixed[size] = '\0';
    free(apart);
    return mixed;
}

START_TEST(every_form_of_a_name_becomes_the_same_bytes)
{
    const char *name = names[_i];
    char *apart = (char *)utf8proc_NFD((const utf8proc_uint8_t *)name);
    char *mixed = tones_apart(name);

    ck_assert_int_eq(normal(name, false), HM_OK);
    ck_assert_str_eq(result(), name);
    ck_assert_int_eq(normal(apart, false), HM_OK);
    ck_assert_str_eq(result(), name);
    ck_assert_int_eq(normal(mixed, false), HM_OK);
    ck_assert_str_eq(result(), name);

    ck_assert(hm_text_is_normal(hm_text(name), false));
    ck_assert_int_eq(hm_text_is_normal(hm_text(apart), false), strcmp(apart, name) == 0);
    ck_assert_int_eq(hm_text_is_normal(hm_text(mixed), false), strcmp(mixed, name) == 0);
    free(apart);
    free(mixed);
}
END_TEST

START_TEST(the_three_forms_have_the_lengths_that_are_seen_in_the_field)
{
    const char *composed = "Nguyễn Thị Hường";
    const char *apart =
        "Nguye\u0302\u0303n Thi\u0323 Hu\u031Bo\u031B\u0300ng"; /* macOS, phones */
    const char *mixed = "Nguyê\u0303n Thi\u0323 Hươ\u0300ng";   /* Windows keyboard */

    ck_assert_uint_eq(strlen(composed), 23);
    ck_assert_uint_eq(hm_text_characters(hm_text(composed)), 16);
    ck_assert_uint_eq(strlen(apart), 28);
    ck_assert_uint_eq(hm_text_characters(hm_text(apart)), 22);
    ck_assert_uint_eq(strlen(mixed), 25);
    ck_assert_uint_eq(hm_text_characters(hm_text(mixed)), 19);

    ck_assert_int_eq(normal(apart, false), HM_OK);
    ck_assert_str_eq(result(), composed);
    ck_assert_int_eq(normal(mixed, false), HM_OK);
    ck_assert_str_eq(result(), composed);
}
END_TEST

START_TEST(look_alikes_of_d_with_stroke_become_that_letter)
{
    ck_assert_int_eq(normal("\u00D0ặng \u0189ặng \u00F0ặng \u0256ặng", false), HM_OK);

    ck_assert_str_eq(result(), "Đặng Đặng đặng đặng");
    ck_assert(!hm_text_is_normal(hm_text("\u00D0ặng"), false));
    ck_assert(!hm_text_is_normal(hm_text("\u0256ặng"), false));
}
END_TEST

START_TEST(what_nobody_sees_is_dropped)
{
    for (uint32_t code = 0x80; code < 0x10000; code++) {
        bool unseen =
            code == 0x00AD || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) ||
            (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069);
        if (code >= 0xD800 && code <= 0xDFFF) {
            continue;
        }
        bool gone = normal_code(code, false) == HM_OK && strcmp(result(), "ab") == 0;

        ck_assert_msg(gone == unseen, "U+%04X", code);
    }
    ck_assert_int_eq(normal("\uFEFFH\u00ADi\u200Bề\u2069n", false), HM_OK);
    ck_assert_str_eq(result(), "Hiền");
    ck_assert_int_eq(normal("e\u200B\u0302\u200D\u0303", false), HM_OK);
    ck_assert_str_eq(result(), "ễ");
}
END_TEST

START_TEST(every_space_becomes_one_space_and_none_stands_at_the_ends)
{
    static const uint32_t spaces[] = {' ',    '\t',   0xA0,   0x1680, 0x2000, 0x2001,
                                      0x2002, 0x2009, 0x200A, 0x202F, 0x205F, 0x3000};

    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        ck_assert_int_eq(normal_code(spaces[i], false), HM_OK);
        ck_assert_str_eq(result(), "a b");
    }
    ck_assert_int_eq(normal(" \t Ấp \u00A0\u3000 2\u2003 ", false), HM_OK);
    ck_assert_str_eq(result(), "Ấp 2");
    ck_assert_int_eq(normal(" \u200B ", false), HM_OK);
    ck_assert_uint_eq(out.size, 0);
    ck_assert(hm_text_is_normal(HM_NO_BYTES, false));
    ck_assert(!hm_text_is_normal(hm_text(" a"), false));
    ck_assert(!hm_text_is_normal(hm_text("a "), false));
    ck_assert(!hm_text_is_normal(hm_text("a  b"), false));
    ck_assert(!hm_text_is_normal(hm_text("a\tb"), false));
}
END_TEST

START_TEST(control_characters_are_refused_by_name_and_place)
{
    for (uint32_t code = 0; code < 0xA0; code++) {
        bool control = (code < ' ' && code != '\t') || code >= 0x7F;
        bool line = code == '\n' || code == '\r';

        ck_assert_int_eq(normal_code(code, false), control ? HM_BAD_INPUT : HM_OK);
        ck_assert_int_eq(normal_code(code, true),
                         control && !line ? HM_BAD_INPUT : HM_OK);
    }
    ck_assert_int_eq(normal("Ấp\x1B[2J", false), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "control-character");
    ck_assert_str_eq(err.arg[0], "U+001B");
    ck_assert_str_eq(err.arg[1], "5");
    ck_assert_int_eq(normal("a\u2028b", true), HM_BAD_INPUT);
    ck_assert_int_eq(normal("a\u2029b", true), HM_BAD_INPUT);
    ck_assert_int_eq(normal("a\xC2\x9B[2Jb", true), HM_BAD_INPUT);
    ck_assert_str_eq(err.arg[0], "U+009B");
    ck_assert(!hm_text_is_normal(hm_text("a\x7F"), true));
}
END_TEST

START_TEST(lines_end_in_one_way_and_carry_no_spaces)
{
    ck_assert_int_eq(normal("một \r\n\thai\rba  \n \n bốn", true), HM_OK);
    ck_assert_str_eq(result(), "một\nhai\nba\n\nbốn");
    ck_assert_int_eq(normal("\n\n một\r\n", true), HM_OK);
    ck_assert_str_eq(result(), "một");
    ck_assert_int_eq(normal("a\n\r\nb\r\r\nc", true), HM_OK);
    ck_assert_str_eq(result(), "a\n\nb\n\nc");

    ck_assert(hm_text_is_normal(hm_text("một\n\nhai ba"), true));
    ck_assert(!hm_text_is_normal(hm_text("một\nhai"), false));
    ck_assert(!hm_text_is_normal(hm_text("một \nhai"), true));
    ck_assert(!hm_text_is_normal(hm_text("một\n hai"), true));
    ck_assert(!hm_text_is_normal(hm_text("một\n"), true));
    ck_assert(!hm_text_is_normal(hm_text("\nmột"), true));
    ck_assert(!hm_text_is_normal(hm_text("một\r\nhai"), true));
}
END_TEST

START_TEST(what_is_not_utf8_is_refused_at_its_byte)
{
    static const struct {
        const char *text;
        const char *byte;
    } bad[] = {
        {"\x80", "1"},
        {"ab\xFF", "3"},
        {"\xC0\xAF", "1"},
        {"\xC3", "1"},
        {"é\xE1\xBB", "3"},
        {"\xED\xA0\x80", "1"},
        {"\xE0\x80\x80", "1"},
        {"\xF0\x80\x80\x80", "1"},
        {"\xF4\x90\x80\x80", "1"},
        {"Nguy\xD4n Th\xDE", "5"},
        {"\xE1\xBB ", "1"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(normal(bad[i].text, false), HM_BAD_INPUT);

        ck_assert_str_eq(err.key, "not-utf8");
        ck_assert_str_eq(err.arg[0], bad[i].byte);
        ck_assert(!hm_text_is_normal(hm_text(bad[i].text), false));
    }
}
END_TEST

START_TEST(a_character_that_unicode_does_not_have_is_refused)
{
    static const uint32_t none[] = {0x0378,  0xFDD0,   0xFDEF, 0xFFFE,  0xFFFF,
                                    0x1FFFE, 0x10FFFF, 0x2FE0, 0xE0FFF, 0x50000};

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        ck_assert_int_eq(normal_code(none[i], true), HM_BAD_INPUT);
        ck_assert_str_eq(err.key, "unknown-character");
        ck_assert_str_eq(err.arg[1], "2");
    }
    ck_assert_str_eq(err.arg[0], "U+50000");
    ck_assert(!hm_text_is_normal(hm_text("\uFFFF"), true));
}
END_TEST

static struct hm_bytes marked(uint8_t *text, const char *base, size_t marks)
{
    size_t size = strlen(base);
    memcpy(text, base, size);
    for (size_t i = 0; i < marks; i++) {
        size += hm_code_put(text + size, i % 2 == 0 ? 0x0323 : 0x0301);
    }
    return (struct hm_bytes){text, size};
}

START_TEST(more_than_eight_marks_on_one_base_are_refused_in_any_form)
{
    uint8_t text[64];

    ck_assert_int_eq(normal_bytes(marked(text, "q", 8), false), HM_OK);
    ck_assert_int_eq(normal_bytes(marked(text, "q", 9), false), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "too-many-marks");
    ck_assert_int_eq(normal_bytes(marked(text, "ê", 7), false), HM_OK);
    ck_assert_int_eq(normal_bytes(marked(text, "ê", 8), false), HM_BAD_INPUT);
    ck_assert_int_eq(normal_bytes(marked(text, "e\u0302", 7), false), HM_OK);
    ck_assert_int_eq(normal_bytes(marked(text, "e\u0302", 8), false), HM_BAD_INPUT);
    ck_assert_int_eq(normal_bytes(marked(text, "", 8), false), HM_OK);
    ck_assert_int_eq(normal_bytes(marked(text, "", 9), false), HM_BAD_INPUT);
}
END_TEST

START_TEST(a_flood_of_marks_is_refused_without_sorting_it)
{
    enum { FLOOD = 1000000 };
    uint8_t *text = malloc(2 * FLOOD + 2);
    struct hm_bytes flood = marked(text, "e", FLOOD);

    enum hm_status status = normal_bytes(flood, false);
    bool normal_already = hm_text_is_normal(flood, false);
    free(text);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "too-many-marks");
    ck_assert(!normal_already);
}
END_TEST

START_TEST(a_refusal_leaves_the_buffer_as_it_was)
{
    static const char *const refused[] = {"ấ\x80", "a  b\n", "a  b\uFFFF",
                                          ("  q\u0323\u0323\u0323\u0323\u0323"
                                           "\u0323\u0323\u0323\u0323")};
    hm_buf_put_text(&out, "kept");
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        hm_err_clear(&err);

        ck_assert_int_eq(hm_text_normal(&out, hm_text(refused[i]), false, &err),
                         HM_BAD_INPUT);

        ck_assert_str_eq(result(), "kept");
        ck_assert_uint_eq(out.size, 4);
    }
    ck_assert_int_eq(hm_text_normal(&out, hm_text("\x80"), false, NULL), HM_BAD_INPUT);
}
END_TEST

START_TEST(the_cap_counts_the_normal_form_and_not_what_was_typed)
{
    struct hm_buf small;
    hm_buf_init(&small, strlen("xHường"));
    hm_buf_put_text(&small, "x");

    ck_assert_int_eq(
        hm_text_normal(&small, hm_text("  Hu\u031Bo\u031B\u0300ng"), false, &err), HM_OK);
    ck_assert_str_eq((char *)small.data, "xHường");
    ck_assert_int_eq(hm_text_normal(&small, hm_text(" y"), false, &err), HM_TOO_BIG);
    ck_assert_str_eq((char *)small.data, "xHường");
    hm_buf_fini(&small);
}
END_TEST

START_TEST(normalising_twice_changes_nothing_and_is_normal_knows_when)
{
    struct random_text r;
    uint8_t text[CODES_MAX * HM_CODE_SIZE];
    uint8_t once[SIZE_MAX_BYTES];
    size_t accepted = 0;
    size_t unchanged = 0;
    random_seed(&r);
    for (int i = 0; i < 60000; i++) {
        struct hm_bytes in = random_text(&r, text, 1 + i % 24);
        bool lines = random_below(&r, 2) == 0;
        bool is_normal = hm_text_is_normal(in, lines);
        bool ok = normal_bytes(in, lines) == HM_OK;
        bool same = ok && hm_bytes_equal(hm_buf_bytes(&out), in);

        ck_assert_int_eq(is_normal, same);
        if (!ok) {
            continue;
        }
        struct hm_bytes first = {once, out.size};
        memcpy(once, result(), out.size);
        ck_assert(hm_text_is_normal(first, lines));
        ck_assert_int_eq(normal_bytes(first, lines), HM_OK);
        ck_assert(hm_bytes_equal(hm_buf_bytes(&out), first));
        accepted++;
        unchanged += same;
    }
    ck_assert_uint_gt(accepted, 20000);
    ck_assert_uint_gt(unchanged, 2000);
}
END_TEST

START_TEST(composing_and_the_check_for_it_agree_with_utf8proc)
{
    struct random_text r;
    uint8_t text[CODES_MAX * HM_CODE_SIZE + 1];
    size_t compared = 0;
    random_seed(&r);
    for (int i = 0; i < 60000; i++) {
        size_t size = 0;
        for (size_t n = 1 + random_below(&r, 10); n > 0; n--) {
            uint32_t code = random_below(&r, 3) == 0 ? 0x300 + random_below(&r, 0x2F)
                                                     : random_code(&r);
            enum hm_code_class class = hm_code_class(code);
            if (hm_code_mended(code) == code &&
                (class == HM_CODE_KEPT || class == HM_CODE_MARK)) {
                size += hm_code_put(text + size, code);
            }
        }
        text[size] = '\0';
        utf8proc_uint8_t *expected = utf8proc_NFC(text);
        struct hm_bytes in = {text, size};
        if (normal_bytes(in, false) == HM_OK) {
            ck_assert_str_eq(result(), (char *)expected);
            ck_assert_int_eq(hm_text_is_normal(in, false),
                             hm_bytes_equal(in, hm_text((char *)expected)));
            compared++;
        }
        free(expected);
    }
    ck_assert_uint_gt(compared, 50000);
}
END_TEST

START_TEST(characters_that_are_no_marks_compose_too)
{
    ck_assert_int_eq(normal("\u1100\u1161 \u1100\u1161\u11A8 \uAC00\u11A8", false),
                     HM_OK);

    ck_assert_str_eq(result(), "\uAC00 \uAC01 \uAC01");
    ck_assert(!hm_text_is_normal(hm_text("\u1100\u1161"), false));
    ck_assert(!hm_text_is_normal(hm_text("\uAC00\u11A8"), false));
    ck_assert(hm_text_is_normal(hm_text("\u1161\u1100 \u11A8\uAC01\u11A8"), false));
}
END_TEST

START_TEST(columns_do_not_depend_on_the_form)
{
    const char *composed = "Nguyễn Thị Đường";
    const char *apart = "Nguye\u0302\u0303n Thi\u0323 Đu\u031Bo\u031B\u0300ng";

    ck_assert_uint_eq(strlen(composed), 24);
    ck_assert_uint_eq(strlen(apart), 29);
    ck_assert_uint_eq(hm_text_columns(hm_text(composed)), 16);
    ck_assert_uint_eq(hm_text_columns(hm_text(apart)), 16);
    ck_assert_uint_eq(hm_text_columns(hm_text("家族")), 4);
    ck_assert_uint_eq(hm_text_columns(hm_text("a\xFFz")), 3);
    ck_assert_uint_eq(hm_text_characters(hm_text("a\xFFz\xE1\xBB")), 5);
    ck_assert_uint_eq(hm_text_columns(HM_NO_BYTES), 0);
    ck_assert_uint_eq(hm_text_characters(HM_NO_BYTES), 0);
}
END_TEST

static TCase *group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, start, finish);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("text.normal");
    TCase *form = group(suite, "form");
    TCase *refused = group(suite, "refused");
    TCase *random = group(suite, "random");
    tcase_add_loop_test(form, every_form_of_a_name_becomes_the_same_bytes, 0,
                        sizeof(names) / sizeof(names[0]));
    tcase_add_test(form, the_three_forms_have_the_lengths_that_are_seen_in_the_field);
    tcase_add_test(form, look_alikes_of_d_with_stroke_become_that_letter);
    tcase_add_test(form, what_nobody_sees_is_dropped);
    tcase_add_test(form, every_space_becomes_one_space_and_none_stands_at_the_ends);
    tcase_add_test(form, lines_end_in_one_way_and_carry_no_spaces);
    tcase_add_test(form, the_cap_counts_the_normal_form_and_not_what_was_typed);
    tcase_add_test(form, characters_that_are_no_marks_compose_too);
    tcase_add_test(form, columns_do_not_depend_on_the_form);
    tcase_add_test(refused, control_characters_are_refused_by_name_and_place);
    tcase_add_test(refused, what_is_not_utf8_is_refused_at_its_byte);
    tcase_add_test(refused, a_character_that_unicode_does_not_have_is_refused);
    tcase_add_test(refused, more_than_eight_marks_on_one_base_are_refused_in_any_form);
    tcase_add_test(refused, a_flood_of_marks_is_refused_without_sorting_it);
    tcase_add_test(refused, a_refusal_leaves_the_buffer_as_it_was);
    tcase_add_test(random, normalising_twice_changes_nothing_and_is_normal_knows_when);
    tcase_add_test(random, composing_and_the_check_for_it_agree_with_utf8proc);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
