/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "../../../daemon/web/query.h"
#include "run.h"

static const char names[] = "kind search where limit ";

static struct hm_web_call call;
static struct hm_err err;

static enum hm_status take(const char *text)
{
    static char copy[512];
    (void)snprintf(copy, sizeof(copy), "%s", text);
    err = HM_ERR_NONE;
    return hm_web_query_read(call.query, &call.query_count, copy, names, &err);
}

START_TEST(pairs_are_taken_apart_and_decoded)
{
    enum hm_status status = take("kind=a&search=Nguy%E1%BB%85n+%C4%91%26&where=x=1");

    ck_assert_int_eq(status, HM_OK);
    ck_assert_uint_eq(call.query_count, 3);
    ck_assert_str_eq(hm_web_query_of(&call, "kind"), "a");
    ck_assert_str_eq(hm_web_query_of(&call, "search"), "Nguyễn đ&");
    ck_assert_str_eq(hm_web_query_of(&call, "where"), "x=1");
    ck_assert_ptr_null(hm_web_query_of(&call, "limit"));
}
END_TEST

START_TEST(nothing_and_an_empty_value_are_good)
{
    ck_assert_int_eq(take(""), HM_OK);
    ck_assert_uint_eq(call.query_count, 0);
    ck_assert_int_eq(take("search="), HM_OK);
    ck_assert_str_eq(hm_web_query_of(&call, "search"), "");
}
END_TEST

/* More than one may ask for. */
static const char seventeen[] =
    "where=1&where=2&where=3&where=4&where=5&where=6&where=7&where=8&where=9&where=10"
    "&where=11&where=12&where=13&where=14&where=15&where=16&where=17";
static const char *const wrong[] = {"kind",           "=a",
                                    "other=1",        "kin=1",
                                    "kind =1",        "kind%3D=1",
                                    "search=%",       "search=%4",
                                    "search=%zz",     "search=%00",
                                    "search=%c3",     "search=%ff",
                                    "kind=a&&kind=b", "search=%ed%a0%80",
                                    seventeen};

START_TEST(what_is_no_query_is_refused)
{
    ck_assert_int_eq(take(wrong[_i]), HM_USAGE);
    ck_assert_str_eq(err.key, "web-query");
}
END_TEST

START_TEST(a_number_is_digits_within_its_bounds)
{
    static const struct {
        const char *text;
        enum hm_status status;
        int64_t number;
    } rows[] = {{"", HM_OK, 50},
                {"limit=1", HM_OK, 1},
                {"limit=200", HM_OK, 200},
                {"limit=0", HM_BAD_INPUT, 0},
                {"limit=201", HM_BAD_INPUT, 0},
                {"limit=-1", HM_BAD_INPUT, 0},
                {"limit=1e2", HM_BAD_INPUT, 0},
                {"limit=", HM_BAD_INPUT, 0},
                {"limit=99999999999999999999", HM_BAD_INPUT, 0}};
    int64_t number = -7;
    ck_assert_int_eq(take(rows[_i].text), HM_OK);

    enum hm_status status =
        hm_web_query_number(&call, "limit", 1, 200, 50, &number, &err);

    ck_assert_int_eq(status, rows[_i].status);
    ck_assert_int_eq(number, status == HM_OK ? rows[_i].number : -7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("query");
    TCase *all = tcase_create("all");
    tcase_add_test(all, pairs_are_taken_apart_and_decoded);
    tcase_add_test(all, nothing_and_an_empty_value_are_good);
    tcase_add_loop_test(all, what_is_no_query_is_refused, 0,
                        (int)(sizeof(wrong) / sizeof(wrong[0])));
    tcase_add_loop_test(all, a_number_is_digits_within_its_bounds, 0, 9);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
