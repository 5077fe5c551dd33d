/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/json.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "hamlet/base/json_scan.h"
#include "run.h"
#include "testenv.h"

static const struct hm_json_limits limits = {4096, 8, 200};
static struct hm_json *json;
static struct hm_err err;

static void setup(void)
{
    json = NULL;
    err = HM_ERR_NONE;
}

static void teardown(void)
{
    hm_json_free(json);
}

static enum hm_status parse_bytes(struct hm_bytes text)
{
    hm_json_free(json);
    json = NULL;
    err = HM_ERR_NONE;
    enum hm_status status = hm_json_parse(&json, text, &limits, &err);
    ck_assert_int_eq(status, err.status);
    ck_assert((status == HM_OK) == (json != NULL));
    return status;
}

static enum hm_status parse(const char *text)
{
    return parse_bytes(hm_text(text));
}

START_TEST(every_type_comes_back_exactly)
{
    ck_assert_int_eq(parse(" {\"t\":\"Út\\n\\u1EA1\",\"i\":-9007199254740991,"
                           "\"l\":[1,true,false,null],\"o\":{}} \n"),
                     HM_OK);

    const struct hm_json *list = hm_json_get(json, "l");
    ck_assert(
        hm_bytes_are(hm_json_text_or(hm_json_get(json, "t"), HM_NO_BYTES), "Út\nạ"));
    ck_assert_str_eq(hm_json_chars(hm_json_get(json, "t")), "Út\nạ");
    ck_assert_int_eq(hm_json_int_or(hm_json_get(json, "i"), 0), -9007199254740991);
    ck_assert_uint_eq(hm_json_count(list), 4);
    ck_assert_int_eq(hm_json_int_or(hm_json_at(list, 0), 0), 1);
    ck_assert(hm_json_bool_or(hm_json_at(list, 1), false));
    ck_assert(!hm_json_bool_or(hm_json_at(list, 2), true));
    ck_assert(hm_json_is(hm_json_at(list, 3), HM_JSON_NULL));
    ck_assert_ptr_null(hm_json_at(list, 4));
    ck_assert(hm_json_is(hm_json_get(json, "o"), HM_JSON_OBJECT));
    ck_assert_ptr_null(hm_json_first(hm_json_get(json, "o")));
}
END_TEST

START_TEST(members_are_walked_in_their_order)
{
    ck_assert_int_eq(parse("{\"b\":1,\"a\":2}"), HM_OK);

    const struct hm_json *first = hm_json_first(json);
    const struct hm_json *second = hm_json_next(first);

    ck_assert_str_eq(hm_json_name(first), "b");
    ck_assert_str_eq(hm_json_name(second), "a");
    ck_assert_ptr_null(hm_json_next(second));
}
END_TEST

START_TEST(another_type_gives_what_was_offered_instead)
{
    ck_assert_int_eq(parse("[1,\"x\",true]"), HM_OK);

    ck_assert_int_eq(hm_json_int_or(hm_json_at(json, 1), 7), 7);
    ck_assert(hm_bytes_are(hm_json_text_or(hm_json_at(json, 0), hm_text("y")), "y"));
    ck_assert(hm_json_bool_or(hm_json_at(json, 0), true));
    ck_assert_ptr_null(hm_json_chars(hm_json_at(json, 2)));
    ck_assert_ptr_null(hm_json_get(json, "x"));
    ck_assert_ptr_null(hm_json_get(NULL, "x"));
    ck_assert_int_eq(hm_json_int_or(NULL, 7), 7);
    ck_assert_uint_eq(hm_json_count(NULL), 0);
    ck_assert(!hm_json_is(NULL, HM_JSON_NULL));
}
END_TEST

START_TEST(bytes_in_base64url_have_exactly_the_size_asked_for)
{
    uint8_t data[3] = {0};
    ck_assert_int_eq(parse("[\"AQID\",\"AQI\",\"AQI=\",7,\"AQI_\"]"), HM_OK);

    ck_assert(hm_json_b64_get(data, 3, hm_json_at(json, 0)));
    ck_assert_mem_eq(data, "\1\2\3", 3);
    ck_assert(!hm_json_b64_get(data, 3, hm_json_at(json, 1)));
    ck_assert(hm_json_b64_get(data, 2, hm_json_at(json, 1)));
    ck_assert(!hm_json_b64_get(data, 2, hm_json_at(json, 2)));
    ck_assert(!hm_json_b64_get(data, 2, hm_json_at(json, 3)));
    ck_assert(!hm_json_b64_get(data, 2, NULL));
}
END_TEST

/* What cJSON takes and a canonical form cannot: each has a reason in json.h. */
static const char *const refused[] = {"",
                                      " ",
                                      "nul",
                                      "tru",
                                      "True",
                                      "01",
                                      "-0",
                                      "-",
                                      "+1",
                                      "1.0",
                                      "1e3",
                                      "1E3",
                                      ".5",
                                      "0x1",
                                      "NaN",
                                      "9007199254740992",
                                      "-9007199254740992",
                                      "99999999999999999999",
                                      "\"a",
                                      "\"\\q\"",
                                      "\"\\u12\"",
                                      "\"\\u0000\"",
                                      "\"\\uD800\"",
                                      "\"\\uD800x\"",
                                      "\"\\uD800\\u0041\"",
                                      "\"\\uDC00\"",
                                      "\"\x01\"",
                                      "\"\x7f\"",
                                      "\"\n\"",
                                      "\"\xff\"",
                                      "\"\xc0\xaf\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xf4\x90\x80\x80\"",
                                      "\"\xe1\xba\"",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "[1",
                                      "]",
                                      "{",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"\\u0061\":1}",
                                      "{\"a\":1]",
                                      "1 2",
                                      "[] []",
                                      "{}x",
                                      "'a'",
                                      "[1]//c",
                                      "\xef\xbb\xbf[]",
                                      "\xff"};

START_TEST(what_is_not_strict_is_refused)
{
    ck_assert_int_eq(parse(refused[_i]), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "json");
}
END_TEST

START_TEST(a_nul_inside_is_refused)
{
    ck_assert_int_eq(parse_bytes((struct hm_bytes){(const uint8_t *)"[1]\0", 4}),
                     HM_BAD_INPUT);
    ck_assert_int_eq(parse_bytes((struct hm_bytes){(const uint8_t *)"\"a\0b\"", 5}),
                     HM_BAD_INPUT);
}
END_TEST

START_TEST(the_error_names_the_byte)
{
    ck_assert_int_eq(parse("[1, 02]"), HM_BAD_INPUT);

    ck_assert_str_eq(err.arg[0], "number");
    ck_assert_int_ge(strtol(err.arg[1], NULL, 10), 5);
    ck_assert_int_le(strtol(err.arg[1], NULL, 10), 6);
}
END_TEST

START_TEST(equal_keys_may_stand_in_different_objects)
{
    ck_assert_int_eq(parse("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":{\"a\":3}}"),
                     HM_OK);
}
END_TEST

START_TEST(a_character_beyond_the_basic_plane_may_be_escaped)
{
    ck_assert_int_eq(parse("\"\\uD83D\\uDE00\""), HM_OK);
    ck_assert_str_eq(hm_json_chars(json), "\xf0\x9f\x98\x80");
}
END_TEST

static void repeat(char *text, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        memcpy(text + i * strlen(piece), piece, strlen(piece));
    }
    text[times * strlen(piece)] = '\0';
}

START_TEST(depth_is_bounded)
{
    char text[64];
    repeat(text, "[", 8);
    repeat(text + 8, "]", 8);
    ck_assert_int_eq(parse(text), HM_OK);
    repeat(text, "[", 9);
    repeat(text + 9, "]", 9);
    ck_assert_int_eq(parse(text), HM_TOO_BIG);
}
END_TEST

START_TEST(the_number_of_values_and_keys_is_bounded)
{
    char text[4096] = "[";
    repeat(text + 1, "1,", 198);
    memcpy(text + strlen(text), "1]", 3);
    ck_assert_int_eq(parse(text), HM_OK); /* 199 and the list itself */
    memcpy(text + strlen(text) - 1, ",1]", 4);
    ck_assert_int_eq(parse(text), HM_TOO_BIG);
}
END_TEST

START_TEST(size_is_bounded_before_anything_is_allocated)
{
    char text[4200];
    repeat(text, " ", 4096);
    memcpy(text, "[]", 2);
    ck_assert_int_eq(parse(text), HM_OK);
    repeat(text, " ", 4097);
    memcpy(text, "[]", 2);

    hm_fault_arm(1);
    enum hm_status status = hm_json_parse(&json, hm_text(text), &limits, NULL);
    bool fired = hm_fault_disarm();

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert(!fired);
}
END_TEST

/* Whatever the scan lets through, cJSON takes: no memory is the only failure left. */
START_TEST(no_mutilated_text_passes_the_scan_and_not_the_parser)
{
    static const char whole[] =
        "{\"a\":[1,-20,\"x\\u00e9\",true,null],\"b\":{\"c\":\"Út\"}}";
    static const char piece[] = "{}[],:\"\\u0123456789-abtruefalsn \x80\xc3\xba";
    struct hm_testenv dice;
    int good = 0;
    hm_testenv_init(&dice, hm_testenv_seed(2));
    for (int run = 0; run < 20000; run++) {
        char text[sizeof(whole)];
        memcpy(text, whole, sizeof(whole));
        for (uint64_t edits = hm_testenv_below(&dice, 4); edits > 0; edits--) {
            text[hm_testenv_below(&dice, sizeof(whole) - 1)] =
                piece[hm_testenv_below(&dice, sizeof(piece) - 1)];
        }
        enum hm_status status = parse(text);
        ck_assert_msg(status == HM_OK || status == HM_BAD_INPUT, "%s", text);
        good += status == HM_OK;
    }
    ck_assert_int_gt(good, 1000);
    ck_assert_int_lt(good, 19000);
}
END_TEST

START_TEST(the_length_of_a_character_is_that_of_its_shortest_form)
{
    ck_assert_uint_eq(hm_utf8_length(hm_text("a")), 1);
    ck_assert_uint_eq(hm_utf8_length(hm_text("Ú")), 2);
    ck_assert_uint_eq(hm_utf8_length(hm_text("ạ")), 3);
    ck_assert_uint_eq(hm_utf8_length(hm_text("\xf0\x9f\x98\x80")), 4);
    ck_assert_uint_eq(hm_utf8_length(hm_text("\xc1\x81")), 0);
    ck_assert_uint_eq(hm_utf8_length(hm_text("\xe0\x80\x81")), 0);
    ck_assert_uint_eq(hm_utf8_length(hm_text("\xf0\x80\x80\x81")), 0);
    ck_assert_uint_eq(hm_utf8_length(hm_text("\xed\xbf\xbf")), 0);
    ck_assert_uint_eq(hm_utf8_length(hm_text("\xe1\xba")), 0);
    ck_assert_uint_eq(hm_utf8_length(HM_NO_BYTES), 0);
    ck_assert(hm_utf8_valid(hm_text("Nguyễn Văn Út")));
    ck_assert(!hm_utf8_valid(hm_text("Nguy\xe1\xbb")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *reads = tcase_create("reads");
    hm_fault_start();
    tcase_add_checked_fixture(reads, setup, teardown);
    tcase_add_test(reads, every_type_comes_back_exactly);
    tcase_add_test(reads, members_are_walked_in_their_order);
    tcase_add_test(reads, another_type_gives_what_was_offered_instead);
    tcase_add_test(reads, bytes_in_base64url_have_exactly_the_size_asked_for);
    tcase_add_test(reads, equal_keys_may_stand_in_different_objects);
    tcase_add_test(reads, a_character_beyond_the_basic_plane_may_be_escaped);
    suite_add_tcase(suite, reads);

    TCase *refuses = tcase_create("refuses");
    tcase_add_checked_fixture(refuses, setup, teardown);
    tcase_add_loop_test(refuses, what_is_not_strict_is_refused, 0,
                        (int)(sizeof(refused) / sizeof(refused[0])));
    tcase_add_test(refuses, a_nul_inside_is_refused);
    tcase_add_test(refuses, the_error_names_the_byte);
    tcase_add_test(refuses, depth_is_bounded);
    tcase_add_test(refuses, the_number_of_values_and_keys_is_bounded);
    tcase_add_test(refuses, size_is_bounded_before_anything_is_allocated);
    tcase_add_test(refuses, no_mutilated_text_passes_the_scan_and_not_the_parser);
    tcase_add_test(refuses, the_length_of_a_character_is_that_of_its_shortest_form);
    suite_add_tcase(suite, refuses);
    return hm_run(suite);
}
