/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/value.h"

#include <string.h>

#include "builders.h"
#include "hamlet/base/limits.h"
#include "run.h"
#include "testenv.h"

static struct hm_arena arena;
static struct hm_maker maker;

static void setup(void)
{
    hm_arena_init(&arena, (size_t)64 * 1024 * 1024);
    hm_maker_init(&maker, &arena, 1);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
}

static const char *json_of(struct hm_bytes value)
{
    struct hm_buf buf;
    struct hm_json_write out;
    hm_buf_init(&buf, 4 * HM_VALUE_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_value_to_json(&out, value);
    const char *text = hm_arena_copy_text(&arena, hm_buf_bytes(&buf));
    hm_buf_fini(&buf);
    return text;
}

/* PROTOCOL.md 2.4: JSON, and the bytes of the canonical form in hex. */
static const struct {
    const char *json;
    const char *hex;
} forms[] = {{"null", "6e"},
             {"false", "66"},
             {"true", "74"},
             {"0", "6900"},
             {"-1", "6901"},
             {"150", "69ac02"},
             {"9007199254740991", "69feffffffffffff1f"},
             {"\"\"", "7300"},
             {"\"Út\"", "7303c39a74"},
             {"[]", "6c00"},
             {"[1,\"a\"]", "6c0269027301"
                           "61"},
             {"{\"a\":1}", "6f01016169"
                           "02"},
             {"{\"b\":true,\"a\":[false]}", "6f0201616c01660162"
                                            "74"}};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

START_TEST(a_value_has_the_bytes_of_the_protocol)
{
    char hex[128];
    struct hm_bytes value = hm_make_value(&maker, forms[_i].json);

    hm_hex_put(hex, value);

    ck_assert_str_eq(hex, forms[_i].hex);
    ck_assert(hm_value_valid(value));
}
END_TEST

START_TEST(a_value_comes_back_as_json_with_its_names_in_order)
{
    struct hm_bytes value =
        hm_make_value(&maker, "{\"z\":{\"b\":\"x\",\"a\":-3},\"m\":[[1],{\"k\":true}]}");

    ck_assert_str_eq(json_of(value),
                     "{\"m\":[[1],{\"k\":true}],\"z\":{\"a\":-3,\"b\":\"x\"}}");
}
END_TEST

/* Bytes in hex that are no value, or a second form of one. */
static const char *const bad[] = {"",                   /* nothing */
                                  "78",                 /* no such tag */
                                  "6e6e",               /* two of them */
                                  "69",                 /* cut */
                                  "698000",             /* a number in two forms */
                                  "698080808080808020", /* 2^53 */
                                  "7305c39a74",         /* text beyond the end */
                                  "7302c39ac3",         /* something after the text */
                                  "7302c328",           /* not UTF-8 */
                                  "6c016e",             /* null in a list */
                                  "6c0266",             /* one member short */
                                  "6f00",               /* an object of nothing */
                                  "6f0101616e",         /* null in an object */
                                  "6f01006674",         /* a name of no bytes */
                                  "6f02016266016166",   /* names not ascending */
                                  "6f02016166016166",   /* one name twice */
                                  "6f0101ff66",         /* a name that is not UTF-8 */
                                  "6cffffffff0f66",     /* a count of billions */
                                  "6c016c016c016c016c016c016c00"}; /* seven deep */
enum { BAD = sizeof(bad) / sizeof(bad[0]) };

START_TEST(what_is_not_canonical_is_no_value)
{
    uint8_t data[64];
    size_t size = strlen(bad[_i]) / 2;
    ck_assert(hm_hex_get(data, size, hm_text(bad[_i])));

    ck_assert(!hm_value_valid((struct hm_bytes){data, size}));
}
END_TEST

START_TEST(nesting_may_be_six_deep)
{
    uint8_t data[32];
    ck_assert(hm_hex_get(data, 12, hm_text("6c016c016c016c016c016c00")));
    ck_assert(hm_value_valid((struct hm_bytes){data, 12}));
}
END_TEST

START_TEST(a_value_may_be_32_kib_and_no_more)
{
    struct hm_buf buf;
    char *text = hm_arena_get(&arena, HM_VALUE_BYTES_MAX);
    memset(text, 'x', HM_VALUE_BYTES_MAX - 1);
    hm_buf_init(&buf, 2 * HM_VALUE_BYTES_MAX);

    hm_value_put_text(&buf, (struct hm_bytes){(uint8_t *)text, HM_VALUE_BYTES_MAX - 4});
    ck_assert_uint_eq(buf.size, HM_VALUE_BYTES_MAX);
    ck_assert(hm_value_valid(hm_buf_bytes(&buf)));
    hm_buf_clear(&buf);
    hm_value_put_text(&buf, (struct hm_bytes){(uint8_t *)text, HM_VALUE_BYTES_MAX - 3});
    ck_assert(!hm_value_valid(hm_buf_bytes(&buf)));
    hm_buf_fini(&buf);
}
END_TEST

START_TEST(readers_give_what_was_offered_where_the_type_is_another)
{
    struct hm_bytes number = hm_make_value(&maker, "-7");
    struct hm_bytes text = hm_make_value(&maker, "\"x\"");

    ck_assert_int_eq(hm_value_int_or(number, 1), -7);
    ck_assert_int_eq(hm_value_int_or(text, 1), 1);
    ck_assert(hm_bytes_are(hm_value_text_or(text, hm_text("y")), "x"));
    ck_assert(hm_bytes_are(hm_value_text_or(number, hm_text("y")), "y"));
    ck_assert(hm_bytes_are(hm_value_text_or(HM_NO_BYTES, hm_text("y")), "y"));
    ck_assert_int_eq(hm_value_tag(HM_NO_BYTES), HM_VALUE_NONE);
    ck_assert_int_eq(hm_value_tag(number), HM_VALUE_INTEGER);
}
END_TEST

START_TEST(members_are_found_by_name)
{
    struct hm_bytes object = hm_make_value(&maker, "{\"b\":\"x\",\"a\":1}");
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes value;

    ck_assert(hm_bytes_are(
        hm_value_text_or(hm_value_member(object, hm_text("b")), HM_NO_BYTES), "x"));
    ck_assert_uint_eq(hm_value_member(object, hm_text("c")).size, 0);
    ck_assert_uint_eq(hm_value_member(hm_make_value(&maker, "[1]"), hm_text("b")).size,
                      0);
    hm_value_each_init(&each, object);
    ck_assert(hm_value_each_next(&each, &name, &value));
    ck_assert(hm_bytes_are(name, "a"));
    ck_assert(hm_value_each_next(&each, &name, &value));
    ck_assert(hm_bytes_are(name, "b"));
    ck_assert(!hm_value_each_next(&each, &name, &value));
    hm_value_each_init(&each, hm_make_value(&maker, "5"));
    ck_assert(!hm_value_each_next(&each, &name, &value));
}
END_TEST

START_TEST(a_value_is_taken_off_the_front)
{
    uint8_t data[] = {'i', 2, 's', 1, 'x', 0xFF};
    struct hm_unpack in;
    hm_unpack_init(&in, HM_BYTES(data));

    ck_assert_uint_eq(hm_unpack_value(&in).size, 2);
    ck_assert_uint_eq(hm_unpack_value(&in).size, 3);
    ck_assert_uint_eq(hm_unpack_value(&in).size, 0);
    ck_assert(in.failed);
}
END_TEST

static enum hm_status status_of(const char *json)
{
    static const struct hm_json_limits limits = {65536, 16, 4096};
    struct hm_json *parsed = NULL;
    struct hm_buf buf;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    ck_assert_int_eq(hm_json_parse(&parsed, hm_text(json), &limits, NULL), HM_OK);
    enum hm_status status = hm_value_from_json(&buf, parsed, NULL);
    ck_assert(status != HM_OK || hm_value_valid(hm_buf_bytes(&buf)));
    hm_buf_fini(&buf);
    hm_json_free(parsed);
    return status;
}

START_TEST(json_that_is_no_value_is_refused)
{
    ck_assert_int_eq(status_of("[null]"), HM_BAD_INPUT);
    ck_assert_int_eq(status_of("{\"a\":null}"), HM_BAD_INPUT);
    ck_assert_int_eq(status_of("{}"), HM_BAD_INPUT);
    ck_assert_int_eq(status_of("[[[[[[1]]]]]]"), HM_OK);
    ck_assert_int_eq(status_of("[[[[[[[1]]]]]]]"), HM_BAD_INPUT);
    ck_assert_int_eq(status_of("[]"), HM_OK);
}
END_TEST

START_TEST(no_bytes_crash_the_judge_and_what_it_takes_has_one_form)
{
    struct hm_testenv dice;
    int good = 0;
    hm_testenv_init(&dice, hm_testenv_seed(5));
    for (int run = 0; run < 50000; run++) {
        static const uint8_t pieces[] = "nftislo\x00\x01\x02\x03\x04"
                                        "ab\xc3\x9a\x80";
        uint8_t data[12];
        size_t size = 1 + hm_testenv_below(&dice, sizeof(data));
        for (size_t i = 0; i < size; i++) {
            data[i] = pieces[hm_testenv_below(&dice, sizeof(pieces) - 1)];
        }
        struct hm_bytes value = {data, size};
        if (hm_value_valid(value) && hm_value_tag(value) != HM_VALUE_LIST) {
            good++;
            if (hm_value_tag(value) != HM_VALUE_OBJECT || run % 16 == 0) {
                struct hm_bytes again = hm_make_value(&maker, json_of(value));
                ck_assert(hm_bytes_equal(again, value));
            }
        }
        hm_arena_clear(&arena);
    }
    ck_assert_int_gt(good, 500);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("value");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_loop_test(all, a_value_has_the_bytes_of_the_protocol, 0, FORMS);
    tcase_add_test(all, a_value_comes_back_as_json_with_its_names_in_order);
    tcase_add_loop_test(all, what_is_not_canonical_is_no_value, 0, BAD);
    tcase_add_test(all, nesting_may_be_six_deep);
    tcase_add_test(all, a_value_may_be_32_kib_and_no_more);
    tcase_add_test(all, readers_give_what_was_offered_where_the_type_is_another);
    tcase_add_test(all, members_are_found_by_name);
    tcase_add_test(all, a_value_is_taken_off_the_front);
    tcase_add_test(all, json_that_is_no_value_is_refused);
    tcase_add_test(all, no_bytes_crash_the_judge_and_what_it_takes_has_one_form);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
