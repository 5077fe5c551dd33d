/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/run/backoff.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEED = 42, ROUNDS = 200, DRAWS = 2000 };

static const int64_t first_ms = 15000;
static const int64_t minute_ms = INT64_C(60) * 1000;
static const int64_t hour_ms = INT64_C(60) * 60 * 1000;

/* Randomness that can be repeated, or pinned to one end. */
struct dice {
    uint64_t state;
    bool none;
};

static bool throw_dice(void *ctx, uint8_t *to, size_t size)
{
    struct dice *dice = ctx;
    for (size_t i = 0; i < size; i++) {
        dice->state = dice->state * 6364136223846793005U + 1442695040888963407U;
        to[i] = (uint8_t)(dice->state >> 56);
    }
    return !dice->none;
}

static struct dice dice;
static struct hm_env env;
static struct hm_backoff backoff;

static void start(void)
{
    dice = (struct dice){.state = SEED};
    env = (struct hm_env){.ctx = &dice, .random = throw_dice};
    hm_backoff_init(&backoff, first_ms);
}

static int64_t next(void)
{
    return hm_backoff_next(&backoff, &env, -1);
}

/* The ceiling of the wait after `failures`, by the rule in the header. */
static int64_t ceiling_after(int failures)
{
    int64_t ceiling = first_ms;
    for (int i = 1; i < failures; i++) {
        ceiling = ceiling >= 3 * hour_ms ? 6 * hour_ms : 2 * ceiling;
    }
    return ceiling;
}

START_TEST(every_wait_lies_below_a_ceiling_that_doubles_to_six_hours)
{
    printf("seed %d\n", SEED);
    for (int round = 0; round < ROUNDS; round++) {
        hm_backoff_reset(&backoff);
        for (int failures = 1; failures <= 20; failures++) {
            int64_t wait_ms = next();

            ck_assert_int_ge(wait_ms, 1);
            ck_assert_int_le(wait_ms, ceiling_after(failures));
        }
    }
}
END_TEST

START_TEST(waits_are_spread_evenly_from_nothing_to_the_ceiling)
{
    int in_fifth[5] = {0};
    for (int i = 0; i < DRAWS; i++) {
        hm_backoff_reset(&backoff);
        in_fifth[(next() - 1) * 5 / first_ms]++;
    }
    for (int i = 0; i < 5; i++) {
        ck_assert_int_gt(in_fifth[i], DRAWS / 5 * 8 / 10);
        ck_assert_int_lt(in_fifth[i], DRAWS / 5 * 12 / 10);
    }
}
END_TEST

START_TEST(two_laptops_do_not_come_back_together)
{
    int same = 0;
    for (int i = 0; i < DRAWS; i++) {
        struct hm_backoff one = {.first_ms = first_ms};
        struct hm_backoff two = {.first_ms = first_ms};
        same += hm_backoff_next(&one, &env, -1) == hm_backoff_next(&two, &env, -1);
    }
    ck_assert_int_lt(same, DRAWS / 100);
}
END_TEST

START_TEST(without_randomness_the_ceiling_itself_is_waited)
{
    dice.none = true;
    for (int failures = 1; failures <= 20; failures++) {
        ck_assert_int_eq(next(), ceiling_after(failures));
    }
    ck_assert_int_eq(ceiling_after(20), 6 * hour_ms);
}
END_TEST

START_TEST(a_reset_begins_again_with_the_first_ceiling)
{
    dice.none = true;
    for (int i = 0; i < 10; i++) {
        (void)next();
    }

    hm_backoff_reset(&backoff);

    ck_assert_int_eq(next(), first_ms);
}
END_TEST

START_TEST(years_of_failures_stay_at_six_hours)
{
    dice.none = true;
    backoff.failures = UINT_MAX - 1;

    ck_assert_int_eq(next(), 6 * hour_ms);
    ck_assert_int_eq(next(), 6 * hour_ms);
    ck_assert_int_eq(next(), 6 * hour_ms);
}
END_TEST

START_TEST(the_smallest_and_the_largest_first_wait_are_kept)
{
    dice.none = true;
    hm_backoff_init(&backoff, 1);
    ck_assert_int_eq(next(), 1);
    ck_assert_int_eq(next(), 2);

    hm_backoff_init(&backoff, HM_BACKOFF_MOST_MS);
    ck_assert_int_eq(next(), 6 * hour_ms);
    ck_assert_int_eq(next(), 6 * hour_ms);
}
END_TEST

static const struct {
    int64_t asked_ms;
    int64_t least_ms;
    int64_t most_ms;
} asked[] = {
    {0, 30000, 37500},
    {1000, 30000, 37500},
    {30000, 30000, 37500},
    {240000, 240000, 300000},       /* 4 min, 5 min */
    {18000000, 18000000, 21600000}, /* 5 h, 6 h */
    {21600000, 21600000, 21600000},
    {INT64_MAX, 21600000, 21600000},
};

START_TEST(what_the_server_asks_for_is_never_undercut)
{
    int64_t least_ms = INT64_MAX;
    int64_t most_ms = 0;
    for (int i = 0; i < DRAWS; i++) {
        int64_t wait_ms = hm_backoff_next(&backoff, &env, asked[_i].asked_ms);
        least_ms = wait_ms < least_ms ? wait_ms : least_ms;
        most_ms = wait_ms > most_ms ? wait_ms : most_ms;
    }
    int64_t spread_ms = asked[_i].most_ms - asked[_i].least_ms;

    ck_assert_int_ge(least_ms, asked[_i].least_ms);
    ck_assert_int_le(most_ms, asked[_i].most_ms);
    ck_assert_int_ge(most_ms - least_ms, spread_ms * 9 / 10); /* and those asked differ */
}
END_TEST

START_TEST(a_failure_that_was_told_when_to_return_counts_as_one)
{
    dice.none = true;
    (void)hm_backoff_next(&backoff, &env, minute_ms);
    (void)hm_backoff_next(&backoff, &env, minute_ms);

    ck_assert_int_eq(next(), 4 * first_ms);
}
END_TEST

static TCase *group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, start, NULL);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("run.backoff");
    TCase *waits = group(suite, "waits");
    TCase *told = group(suite, "told");
    tcase_add_test(waits, every_wait_lies_below_a_ceiling_that_doubles_to_six_hours);
    tcase_add_test(waits, waits_are_spread_evenly_from_nothing_to_the_ceiling);
    tcase_add_test(waits, two_laptops_do_not_come_back_together);
    tcase_add_test(waits, without_randomness_the_ceiling_itself_is_waited);
    tcase_add_test(waits, a_reset_begins_again_with_the_first_ceiling);
    tcase_add_test(waits, years_of_failures_stay_at_six_hours);
    tcase_add_test(waits, the_smallest_and_the_largest_first_wait_are_kept);
    tcase_add_loop_test(told, what_the_server_asks_for_is_never_undercut, 0,
                        sizeof(asked) / sizeof(asked[0]));
    tcase_add_test(told, a_failure_that_was_told_when_to_return_counts_as_one);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
