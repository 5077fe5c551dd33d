/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "world.h"

START_TEST(wall_time_is_the_time_of_day)
{
    int64_t before = (int64_t)time(NULL) * 1000;

    struct hm_wall wall = hm_env_wall(&world_env);

    ck_assert_int_ge(wall.ms, before);
    ck_assert_int_le(wall.ms, ((int64_t)time(NULL) + 1) * 1000);
}
END_TEST

START_TEST(monotonic_time_counts_sleep_and_never_goes_back)
{
    struct timespec now;
    ck_assert_int_eq(clock_gettime(CLOCK_BOOTTIME, &now), 0);

    struct hm_mono first = hm_env_mono(&world_env);
    struct hm_mono second = hm_env_mono(&world_env);

    ck_assert_int_ge(first.ms, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    ck_assert_int_lt(first.ms, ((int64_t)now.tv_sec + 10) * 1000);
    ck_assert_int_ge(second.ms, first.ms);
}
END_TEST

START_TEST(randomness_fills_all_of_it_and_differs)
{
    enum { MANY = 4096 }; /* more than the kernel promises to give in one call */
    static uint8_t one[MANY + 1];
    static uint8_t two[MANY];
    size_t zeroes = 0;

    ck_assert_int_eq(hm_env_random(&world_env, one, MANY, &err), HM_OK);
    ck_assert_int_eq(hm_env_random(&world_env, two, MANY, &err), HM_OK);

    for (size_t i = 0; i < MANY; i++) {
        zeroes += one[i] == 0;
    }
    ck_assert_int_ne(memcmp(one, two, MANY), 0);
    ck_assert_uint_lt(zeroes, MANY / 16); /* 16 are expected */
    ck_assert_int_eq(one[MANY], 0);       /* and nothing beyond it was touched */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.env");
    TCase *all = world_group(suite, "env");
    tcase_add_test(all, wall_time_is_the_time_of_day);
    tcase_add_test(all, monotonic_time_counts_sleep_and_never_goes_back);
    tcase_add_test(all, randomness_fills_all_of_it_and_differs);
    return world_run(suite);
}
