/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/strokes.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct hm_json_limits limits = {1 << 20, 6, 65536};

static struct hm_buf out;
static struct hm_err err;

static void start(void)
{
    hm_buf_init(&out, 1 << 20);
    err = HM_ERR_NONE;
}

static void finish(void)
{
    hm_buf_fini(&out);
}

/* The text of points in JSON, in `out`; null where they are refused. */
static const char *drawn(const char *points)
{
    struct hm_json *json = NULL;
    hm_buf_clear(&out);
    err = HM_ERR_NONE;
    ck_assert_int_eq(hm_json_parse(&json, hm_text(points), &limits, NULL), HM_OK);
    enum hm_status status = hm_strokes_from_json(&out, json, &err);
    hm_json_free(json);
    if (status != HM_OK) {
        ck_assert_uint_eq(out.size, 0);
        ck_assert_int_eq(status, err.status);
        return NULL;
    }
    return out.size == 0 ? "" : (const char *)out.data;
}

static void check_points(const char *text, const char *points)
{
    struct hm_buf json;
    struct hm_json_write write;
    hm_buf_init(&json, 1 << 20);
    hm_json_write_init(&write, &json);
    hm_strokes_to_json(&write, hm_text(text));
    ck_assert_str_eq((const char *)json.data, points);
    hm_buf_fini(&json);
}

/*
 * Worked out by hand from the header. 0 is symbol 30 = '@' ('!' + 30, less one for the
 * quotation mark that is left out); 31 is the first large one: symbols 61, 0, 0.
 */
static const struct {
    const char *points;
    const char *text;
} vectors[] = {
    {"[[[0,0]]]", "2@@"},
    {"[[[1,2]]]", "2AB"},
    {"[[[1,2],[2,4],[3,6]]]", "2AB@@@@"},
    {"[[[5,5],[6,6]],[[6,6]]]", "2EE<< 2@@"},
    {"[[1,[0,0]],[9,[0,1]]]", "1@@ 9@A"},
    {"[[[30,-30]]]", "2_!"},
    {"[[[31,-31]]]", "2`!!`!#"},
    {"[[[32,-32]]]", "2`!$`!%"},
    /* Round a square: only the first corner is news. */
    {"[[[0,0],[10,0],[10,10],[0,10],[0,0]]]", "2@@J@6J@@@@"},
    /* (-6,0) turned on from (-2,-2) is (-72,72)/16: halves go away from zero. */
    {"[[[-2,-2],[-8,-2],[-8,-2]]]", "2>><BE;"},
    /* Beside a standstill there is no angle: the movement is expected again. */
    {"[[[3,0],[3,0],[8,0]]]", "2C@=@E@"},
    /* The longest movement that turns, and the shortest jumps, as last and before it. */
    {"[[[4095,0],[4095,4095],[0,4095]]]", "2`{B@`{C`{B@@"},
    {"[[[4096,0],[4096,4096],[4096,8192]]]", "2`{D@`{E`{D@@"},
    {"[[[4096,0],[4096,4095],[4096,8190]]]", "2`{D@`{E`{B@@"},
};

START_TEST(a_drawing_has_the_text_that_the_grammar_gives)
{
    const char *text = drawn(vectors[_i].points);

    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, vectors[_i].text);
    ck_assert(hm_strokes_valid(hm_text(text)));
    check_points(text, vectors[_i].points);
}
END_TEST

START_TEST(the_default_width_may_be_named_and_is_left_out_again)
{
    const char *text = drawn("[[2,[0,0]]]");

    ck_assert_str_eq(text, "2@@");
    check_points(text, "[[[0,0]]]");
}
END_TEST

START_TEST(the_largest_jumps_there_and_back_fit)
{
    static const char points[] =
        "[[[-32767,32767],[32767,-32767],[-32767,32767],[32767,-32767]]]";

    const char *text = drawn(points);

    ck_assert_ptr_nonnull(text);
    ck_assert(hm_strokes_valid(hm_text(text)));
    check_points(text, points);
}
END_TEST

START_TEST(no_strokes_are_no_text)
{
    ck_assert_str_eq(drawn("[]"), "");
    ck_assert(!hm_strokes_valid(HM_NO_BYTES));
}
END_TEST

static const char *const refused_points[] = {"{}",
                                             "null",
                                             "5",
                                             "\"2@@\"",
                                             "[[]]",
                                             "[[3]]",
                                             "[[0,[0,0]]]",
                                             "[[10,[0,0]]]",
                                             "[[[0]]]",
                                             "[[[0,0,0]]]",
                                             "[[[0,\"1\"]]]",
                                             "[[[0,null]]]",
                                             "[[[32768,0]]]",
                                             "[[[0,-32768]]]",
                                             "[[[0,9007199254740991]]]",
                                             "[[[0,0]],[]]",
                                             "[[[0,0],3]]",
                                             "[[0,0]]",
                                             "[[[0,0]],5]",
                                             "[[[-9007199254740991,0]]]",
                                             "[[2,3,[0,0]]]"};

START_TEST(points_that_are_no_drawing_are_refused)
{
    ck_assert_ptr_null(drawn(refused_points[_i]));
    ck_assert_int_eq(err.status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "strokes");
}
END_TEST

static const char *const refused_texts[] = {
    "", " ", "2", "2@", "2@@ ", " 2@@", "2@@  2@@", "0@@", "a@@", "@@@", "2@@@", "2@\"",
    "2@\\", "2@\t", "2@\x7f", "2@\x01", "2@\xc3\xa9", "2@@ 2", "2`", "2`!", "2@`!",
    "2`!!", "2~~~@", "2~zz@", "2@@\n2@@", "2@ @", "2`!! !@",
    /* Out of the field: a large jump, then the same movement again. */
    "2de,@@@", "2@de,@@"};

START_TEST(a_text_that_breaks_the_grammar_is_refused)
{
    struct hm_strokes strokes;
    hm_strokes_init(&strokes, hm_text(refused_texts[_i]));

    enum hm_strokes_step step = HM_STROKES_GO;
    while (step < HM_STROKES_END) {
        step = hm_strokes_next(&strokes);
    }

    ck_assert_int_eq(step, HM_STROKES_BROKEN);
    ck_assert_int_eq(hm_strokes_next(&strokes), HM_STROKES_BROKEN);
    ck_assert(!hm_strokes_valid(hm_text(refused_texts[_i])));
}
END_TEST

START_TEST(a_nul_inside_is_refused)
{
    static const uint8_t text[] = {'2', '@', '@', 0, '@', '@'};

    ck_assert(!hm_strokes_valid(HM_BYTES(text)));
}
END_TEST

/* A hand: mostly small steps, at times a jump, a few strokes. */
static void random_points(struct hm_buf *json, unsigned *seed)
{
    struct hm_json_write write;
    hm_json_write_init(&write, json);
    hm_json_open(&write, '[');
    int strokes = 1 + rand_r(seed) % 5;
    for (int i = 0; i < strokes; i++) {
        int width = 1 + rand_r(seed) % 9;
        hm_json_open(&write, '[');
        if (width != HM_STROKES_WIDTH) {
            hm_json_int(&write, width);
        }
        int64_t x = rand_r(seed) % 65535 - 32767;
        int64_t y = rand_r(seed) % 65535 - 32767;
        for (int points = 1 + rand_r(seed) % 60; points > 0; points--) {
            bool jump = rand_r(seed) % 8 == 0;
            x = jump ? rand_r(seed) % 65535 - 32767 : x + rand_r(seed) % 41 - 20;
            y = jump ? rand_r(seed) % 65535 - 32767 : y + rand_r(seed) % 41 - 20;
            x = x > 32767 ? 32767 : x < -32767 ? -32767 : x;
            y = y > 32767 ? 32767 : y < -32767 ? -32767 : y;
            hm_json_open(&write, '[');
            hm_json_int(&write, x);
            hm_json_int(&write, y);
            hm_json_close(&write, ']');
        }
        hm_json_close(&write, ']');
    }
    hm_json_close(&write, ']');
}

START_TEST(random_drawings_come_back_as_they_were)
{
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    struct hm_buf json;
    hm_buf_init(&json, 1 << 20);

    for (int i = 0; i < 500; i++) {
        hm_buf_clear(&json);
        random_points(&json, &seed);
        const char *text = drawn((const char *)json.data);
        ck_assert_ptr_nonnull(text);
        ck_assert(hm_strokes_valid(hm_text(text)));
        ck_assert_ptr_null(strpbrk(text, "\"\\"));
        check_points(text, (const char *)json.data);
    }

    hm_buf_fini(&json);
}
END_TEST

/* What is accepted has one text only: reading it and writing it changes nothing. */
START_TEST(every_accepted_text_is_the_one_text_of_its_drawing)
{
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    struct hm_buf json;
    struct hm_json_write write;
    hm_buf_init(&json, 1 << 16);
    int accepted = 0;

    for (int i = 0; i < 20000; i++) {
        char text[24] = {(char)('1' + rand_r(&seed) % 9)};
        size_t length = 3 + 2 * (size_t)(rand_r(&seed) % 6);
        for (size_t j = 1; j < length; j++) {
            text[j] = (char)('!' + rand_r(&seed) % (rand_r(&seed) % 4 == 0 ? 94 : 60));
        }
        if (!hm_strokes_valid(hm_text(text))) {
            continue;
        }
        accepted++;
        hm_buf_clear(&json);
        hm_json_write_init(&write, &json);
        hm_strokes_to_json(&write, hm_text(text));
        ck_assert_str_eq(drawn((const char *)json.data), text);
    }

    ck_assert_int_gt(accepted, 1000);
    hm_buf_fini(&json);
}
END_TEST

START_TEST(a_signature_costs_about_two_bytes_a_point)
{
    struct hm_buf json;
    hm_buf_init(&json, 1 << 20);
    hm_buf_put_text(&json, "[[[0,0]");
    for (int i = 1; i < 500; i++) {
        char point[40];
        (void)snprintf(point, sizeof(point), ",[%d,%d]", 20 * i, i * i % 17);
        hm_buf_put_text(&json, point);
    }
    hm_buf_put_text(&json, "]]");

    const char *text = drawn((const char *)json.data);

    ck_assert_uint_le(strlen(text), 1100);
    hm_buf_fini(&json);
}
END_TEST

START_TEST(an_even_turn_leaves_only_small_changes)
{
    static const int circle[][2] = {{40, 0},    {35, 20},  {20, 35},  {0, 40},
                                    {-20, 35},  {-35, 20}, {-40, 0},  {-35, -20},
                                    {-20, -35}, {0, -40},  {20, -35}, {35, -20}};
    struct hm_buf json;
    hm_buf_init(&json, 1 << 20);
    hm_buf_put_text(&json, "[[[0,0]");
    int x = 0;
    int y = 0;
    for (size_t i = 0; i < 36; i++) {
        char point[40];
        x += circle[i % 12][0];
        y += circle[i % 12][1];
        (void)snprintf(point, sizeof(point), ",[%d,%d]", x, y);
        hm_buf_put_text(&json, point);
    }
    hm_buf_put_text(&json, "]]");

    const char *text = drawn((const char *)json.data);

    /* '>' to 'B' are the changes from -2 to 2; the first two movements are news. */
    ck_assert_uint_gt(strlen(text), 10);
    ck_assert_uint_eq(strspn(text + strlen(text) - 68, ">?@AB"), 68);
    hm_buf_fini(&json);
}
END_TEST

START_TEST(a_drawing_over_the_cap_is_refused_and_leaves_nothing)
{
    struct hm_json *json = NULL;
    struct hm_buf small;
    hm_buf_init(&small, 4);
    ck_assert_int_eq(hm_json_parse(&json, hm_text("[[[0,0],[0,0]]]"), &limits, NULL),
                     HM_OK);

    enum hm_status status = hm_strokes_from_json(&small, json, &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_uint_eq(small.size, 0);
    hm_buf_fini(&small);
    hm_json_free(json);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("record.strokes");
    TCase *text = tcase_create("text");
    tcase_add_checked_fixture(text, start, finish);
    tcase_add_loop_test(text, a_drawing_has_the_text_that_the_grammar_gives, 0,
                        COUNT(vectors));
    tcase_add_test(text, the_default_width_may_be_named_and_is_left_out_again);
    tcase_add_test(text, the_largest_jumps_there_and_back_fit);
    tcase_add_test(text, no_strokes_are_no_text);
    tcase_add_test(text, a_signature_costs_about_two_bytes_a_point);
    tcase_add_test(text, an_even_turn_leaves_only_small_changes);
    suite_add_tcase(suite, text);

    TCase *refused = tcase_create("refused");
    tcase_add_checked_fixture(refused, start, finish);
    tcase_add_loop_test(refused, points_that_are_no_drawing_are_refused, 0,
                        COUNT(refused_points));
    tcase_add_loop_test(refused, a_text_that_breaks_the_grammar_is_refused, 0,
                        COUNT(refused_texts));
    tcase_add_test(refused, a_nul_inside_is_refused);
    tcase_add_test(refused, a_drawing_over_the_cap_is_refused_and_leaves_nothing);
    suite_add_tcase(suite, refused);

    TCase *random = tcase_create("random");
    tcase_add_checked_fixture(random, start, finish);
    tcase_add_test(random, random_drawings_come_back_as_they_were);
    tcase_add_test(random, every_accepted_text_is_the_one_text_of_its_drawing);
    suite_add_tcase(suite, random);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
