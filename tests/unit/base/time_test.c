/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/time.h"

#include <string.h>

#include "run.h"
#include "testenv.h"

/* From date -u -d TEXT +%s. */
static const struct {
    const char *text;
    int64_t ms;
} known[] = {{"1970-01-01T00:00:00.000Z", 0},
             {"1969-12-31T23:59:59.999Z", -1},
             {"2000-02-29T12:34:56.789Z", 951827696789},
             {"2026-03-05T01:02:03.000Z", 1772672523000},
             {"2100-03-01T00:00:00.000Z", 4107542400000},
             {"0001-01-01T00:00:00.000Z", -62135596800000},
             {"9999-12-31T23:59:59.999Z", 253402300799999}};

START_TEST(a_time_has_one_text_and_comes_back)
{
    char text[HM_TIME_TEXT_SIZE];
    struct hm_wall wall = {0};

    hm_wall_put(text, (struct hm_wall){known[_i].ms});
    ck_assert_str_eq(text, known[_i].text);

    ck_assert(hm_wall_get(&wall, hm_text(text)));
    ck_assert_int_eq(wall.ms, known[_i].ms);
}
END_TEST

START_TEST(any_time_of_ten_thousand_years_comes_back)
{
    struct hm_testenv dice;
    hm_testenv_init(&dice, hm_testenv_seed(4));
    for (int i = 0; i < 5000; i++) {
        char text[HM_TIME_TEXT_SIZE];
        struct hm_wall wall = {0};
        int64_t ms = known[5].ms + (int64_t)hm_testenv_below(
                                       &dice, (uint64_t)(known[6].ms - known[5].ms + 1));
        hm_wall_put(text, (struct hm_wall){ms});
        ck_assert_msg(hm_wall_get(&wall, hm_text(text)), "%s", text);
        ck_assert_int_eq(wall.ms, ms);
    }
}
END_TEST

START_TEST(a_clock_gone_mad_still_gives_a_text)
{
    char text[HM_TIME_TEXT_SIZE];
    hm_wall_put(text, (struct hm_wall){INT64_MAX});
    ck_assert_str_eq(text, "9999-12-31T23:59:59.999Z");
    hm_wall_put(text, (struct hm_wall){INT64_MIN});
    ck_assert_str_eq(text, "0000-01-01T00:00:00.000Z");
}
END_TEST

START_TEST(a_time_that_is_none_is_refused)
{
    static const char *const bad[] = {"",
                                      "2026-03-05",
                                      "2026-03-05T01:02:03Z",
                                      "2026-03-05T01:02:03.000",
                                      "2026-03-05t01:02:03.000Z",
                                      "2026-03-05T01:02:03.000+",
                                      "2026-02-29T01:02:03.000Z",
                                      "2100-02-29T01:02:03.000Z",
                                      "2026-13-05T01:02:03.000Z",
                                      "2026-00-05T01:02:03.000Z",
                                      "2026-03-00T01:02:03.000Z",
                                      "2026-03-05T24:02:03.000Z",
                                      "2026-03-05T01:60:03.000Z",
                                      "2026-03-05T01:02:60.000Z",
                                      "2026-03-0 T01:02:03.000Z",
                                      "+026-03-05T01:02:03.000Z"};
    struct hm_wall wall;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(!hm_wall_get(&wall, hm_text(bad[i])), "%s", bad[i]);
    }
}
END_TEST

START_TEST(dates_follow_the_gregorian_calendar)
{
    int64_t days = 0;
    ck_assert(hm_date_days(&days, 1970, 1, 1));
    ck_assert_int_eq(days, 0);
    ck_assert(hm_date_days(&days, 2024, 2, 29));
    ck_assert_int_eq(days, 19782);
    ck_assert(hm_date_days(&days, 1600, 2, 29));
    ck_assert(!hm_date_days(&days, 1900, 2, 29));
    ck_assert(!hm_date_days(&days, 2026, 4, 31));
    ck_assert(!hm_date_days(&days, 0, 1, 1));
    ck_assert(!hm_date_days(&days, 10000, 1, 1));
    ck_assert(!hm_date_days(&days, 2026, 1, -1));
}
END_TEST

START_TEST(a_duration_is_a_number_and_a_unit)
{
    int64_t ms = 0;
    ck_assert(hm_duration_get(&ms, hm_text("30s")));
    ck_assert_int_eq(ms, 30000);
    ck_assert(hm_duration_get(&ms, hm_text("30m")));
    ck_assert_int_eq(ms, 1800000);
    ck_assert(hm_duration_get(&ms, hm_text("12h")));
    ck_assert_int_eq(ms, 43200000);
    ck_assert(hm_duration_get(&ms, hm_text("7d")));
    ck_assert_int_eq(ms, 604800000);
    static const char *const bad[] = {"",    "7",   "d",    "7w",
                                      "-7d", "7 d", "1.5h", "12345678d"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(!hm_duration_get(&ms, hm_text(bad[i])), "%s", bad[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("time");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, a_time_has_one_text_and_comes_back, 0, 7);
    tcase_add_test(all, any_time_of_ten_thousand_years_comes_back);
    tcase_add_test(all, a_clock_gone_mad_still_gives_a_text);
    tcase_add_test(all, a_time_that_is_none_is_refused);
    tcase_add_test(all, dates_follow_the_gregorian_calendar);
    tcase_add_test(all, a_duration_is_a_number_and_a_unit);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
