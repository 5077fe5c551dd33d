/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/run/loop.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { IDLE_MS = 300, CALLS_MAX = 512, PIPES = 60, FOREVER_MS = 20000 };

static const int64_t soon_ms = 5;

static struct hm_loop *loop;
static struct hm_err err;
static struct hm_env env;

/* What was called, in its order. */
static int calls[CALLS_MAX];
static int call_count;

static struct hm_mono real_mono(void *ctx)
{
    struct timespec now;
    (void)ctx;
    ck_assert_int_eq(clock_gettime(CLOCK_BOOTTIME, &now), 0);
    return (struct hm_mono){(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
}

static void start(void)
{
    err = HM_ERR_NONE;
    env = (struct hm_env){.mono = real_mono};
    call_count = 0;
    ck_assert_int_eq(hm_loop_new(&loop, &env, &err), HM_OK);
}

static void finish(void)
{
    hm_loop_free(loop);
}

static void note(int number)
{
    if (call_count < CALLS_MAX) {
        calls[call_count++] = number;
    }
}

static void run(void)
{
    ck_assert_int_eq(hm_loop_run(loop, &err), HM_OK);
}

static void turn(void)
{
    ck_assert_int_eq(hm_loop_turn(loop, &err), HM_OK);
}

static void stop(void *ctx)
{
    (void)ctx;
    note(-1);
    hm_loop_stop(loop);
}

static void note_timer(void *ctx)
{
    note(*(int *)ctx);
}

static int one = 1;
static int two = 2;
static int three = 3;

#define STOPPER  ((struct hm_timer){.fire = stop})
#define NOTER(n) ((struct hm_timer){.fire = note_timer, .ctx = &(n)})

/* ---- timers ---- */

START_TEST(timers_fire_in_the_order_of_their_times)
{
    struct hm_timer late = NOTER(three);
    struct hm_timer early = NOTER(one);
    struct hm_timer between = NOTER(two);
    struct hm_timer last = STOPPER;
    int64_t begun_ms = real_mono(NULL).ms;
    hm_loop_timer_after(loop, &last, 4 * soon_ms);
    hm_loop_timer_after(loop, &late, 3 * soon_ms);
    hm_loop_timer_after(loop, &early, soon_ms);
    hm_loop_timer_after(loop, &between, 2 * soon_ms);

    run();

    ck_assert_int_eq(call_count, 4);
    ck_assert(calls[0] == 1 && calls[1] == 2 && calls[2] == 3 && calls[3] == -1);
    ck_assert_int_ge(real_mono(NULL).ms - begun_ms, 4 * soon_ms);
    ck_assert(!late.is_set && !early.is_set && !between.is_set && !last.is_set);
}
END_TEST

START_TEST(timers_of_one_time_fire_in_the_order_they_were_set)
{
    struct hm_mono due = real_mono(NULL);
    struct hm_timer first = NOTER(one);
    struct hm_timer second = NOTER(two);
    struct hm_timer last = STOPPER;
    hm_loop_timer_set(loop, &first, due);
    hm_loop_timer_set(loop, &second, due);
    hm_loop_timer_set(loop, &last, due);

    run();

    ck_assert(calls[0] == 1 && calls[1] == 2 && calls[2] == -1);
    ck_assert_uint_eq(hm_loop_wakeups(loop), 1);
}
END_TEST

START_TEST(a_timer_that_is_set_again_fires_once_at_its_new_time)
{
    struct hm_timer moved = NOTER(one);
    struct hm_timer other = NOTER(two);
    struct hm_timer last = STOPPER;
    hm_loop_timer_after(loop, &moved, 0);
    hm_loop_timer_after(loop, &other, soon_ms);
    hm_loop_timer_after(loop, &last, 3 * soon_ms);

    hm_loop_timer_after(loop, &moved, 2 * soon_ms);
    run();

    ck_assert_int_eq(call_count, 3);
    ck_assert(calls[0] == 2 && calls[1] == 1 && calls[2] == -1);
}
END_TEST

START_TEST(a_timer_that_was_cleared_neither_fires_nor_wakes)
{
    struct hm_timer cleared = NOTER(one);
    struct hm_timer last = STOPPER;
    hm_loop_timer_after(loop, &cleared, soon_ms);
    hm_loop_timer_after(loop, &last, 4 * soon_ms);

    hm_loop_timer_clear(loop, &cleared);
    hm_loop_timer_clear(loop, &cleared);
    run();

    ck_assert_int_eq(call_count, 1);
    ck_assert_uint_eq(hm_loop_wakeups(loop), 1);
}
END_TEST

static struct hm_timer victim = {.fire = note_timer, .ctx = &one};

static void clear_victim(void *ctx)
{
    (void)ctx;
    hm_loop_timer_clear(loop, &victim);
    hm_loop_stop(loop);
}

START_TEST(a_timer_cleared_by_one_that_fired_with_it_does_not_fire)
{
    struct hm_mono due = real_mono(NULL);
    struct hm_timer clearer = {.fire = clear_victim};
    hm_loop_timer_set(loop, &clearer, due);
    hm_loop_timer_set(loop, &victim, due);

    run();
    turn();

    ck_assert_int_eq(call_count, 0);
    ck_assert(!victim.is_set);
}
END_TEST

static struct hm_timer again;

static void set_again(void *ctx)
{
    (void)ctx;
    note(1);
    if (call_count < CALLS_MAX) {
        hm_loop_timer_after(loop, &again, 0);
    }
}

static struct hm_mono mono_that_stands(void *ctx)
{
    (void)ctx;
    return (struct hm_mono){1};
}

START_TEST(a_timer_that_sets_itself_for_now_waits_for_the_next_turn)
{
    env.mono = mono_that_stands;
    again = (struct hm_timer){.fire = set_again};
    hm_loop_timer_after(loop, &again, 0);

    turn();
    int in_first = call_count;
    turn();

    ck_assert_int_eq(in_first, 1);
    ck_assert_int_eq(call_count, 2);
    hm_loop_timer_clear(loop, &again);
}
END_TEST

static void note_ready(void *ctx, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    note(*(int *)ctx);
}

static const int64_t odd_waits[] = {INT64_MIN, -1, 0};

START_TEST(a_wait_of_nothing_or_less_is_now)
{
    struct hm_timer last = STOPPER;
    hm_loop_timer_after(loop, &last, odd_waits[_i]);

    run();

    ck_assert_int_eq(call_count, 1);
}
END_TEST

START_TEST(a_time_that_never_comes_does_no_harm)
{
    struct hm_timer never = NOTER(one);
    struct hm_timer last = STOPPER;
    hm_loop_timer_after(loop, &never, INT64_MAX);
    ck_assert_int_eq(never.due.ms, INT64_MAX);
    turn();
    hm_loop_timer_after(loop, &last, 0);

    run();

    ck_assert_int_eq(call_count, 1);
    ck_assert(never.is_set);
    hm_loop_timer_clear(loop, &never);
}
END_TEST

START_TEST(freeing_a_loop_lets_go_of_its_timers)
{
    struct hm_timer timer = NOTER(one);
    struct hm_loop *other = NULL;
    ck_assert_int_eq(hm_loop_new(&other, &env, &err), HM_OK);
    hm_loop_timer_after(other, &timer, FOREVER_MS);

    hm_loop_free(other);
    hm_loop_free(NULL);

    ck_assert(!timer.is_set);
    hm_loop_timer_after(loop, &timer, FOREVER_MS); /* and another may have it */
    hm_loop_timer_clear(loop, &timer);
}
END_TEST

/* ---- silence ---- */

static bool is_readable(int fd, int wait_ms)
{
    struct pollfd look = {.fd = fd, .events = POLLIN};
    return poll(&look, 1, wait_ms) == 1;
}

START_TEST(an_idle_loop_wakes_for_its_timer_and_for_nothing_before)
{
    struct hm_timer last = STOPPER;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(hm_loop_watch(loop, ends[0], HM_LOOP_READ, note_ready, &one, &err),
                     HM_OK);
    hm_loop_timer_after(loop, &last, IDLE_MS);

    run();

    ck_assert_uint_eq(hm_loop_wakeups(loop), 1);
    ck_assert_int_eq(call_count, 1);
    hm_loop_unwatch(loop, ends[0]);
}
END_TEST

START_TEST(an_idle_loop_without_timers_never_wakes)
{
    struct hm_timer far = NOTER(one);
    hm_loop_timer_after(loop, &far, FOREVER_MS);
    hm_loop_timer_clear(loop, &far);

    bool woke = is_readable(hm_loop_fd(loop), IDLE_MS);

    ck_assert(!woke);
    ck_assert_uint_eq(hm_loop_wakeups(loop), 0);
}
END_TEST

START_TEST(a_timer_costs_one_wakeup_however_many_fire)
{
    struct hm_timer timers[20];
    struct hm_mono due = {real_mono(NULL).ms + soon_ms};
    for (int i = 0; i < 20; i++) {
        timers[i] = NOTER(one);
        hm_loop_timer_set(loop, &timers[i], due);
    }
    struct hm_timer last = STOPPER;
    hm_loop_timer_set(loop, &last, due);

    run();

    ck_assert_int_eq(call_count, 21);
    ck_assert_uint_eq(hm_loop_wakeups(loop), 1);
}
END_TEST

/* ---- being driven ---- */

START_TEST(another_loop_sees_the_timers_and_fds_of_this_one)
{
    struct hm_timer timer = NOTER(one);
    struct hm_timer later = NOTER(two);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(hm_loop_watch(loop, ends[0], HM_LOOP_READ, note_ready, &three, &err),
                     HM_OK);

    hm_loop_timer_after(loop, &timer, soon_ms);
    hm_loop_timer_after(loop, &later, 2 * soon_ms);
    bool timer_seen = true;
    while (call_count < 2) { /* each of them rings */
        timer_seen = timer_seen && is_readable(hm_loop_fd(loop), FOREVER_MS);
        turn();
    }
    bool silent = !is_readable(hm_loop_fd(loop), 0);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    bool fd_seen = is_readable(hm_loop_fd(loop), FOREVER_MS);
    turn();

    ck_assert(timer_seen && silent && fd_seen);
    ck_assert_int_eq(call_count, 3);
    ck_assert(calls[0] == 1 && calls[1] == 2 && calls[2] == 3);
    hm_loop_unwatch(loop, ends[0]);
}
END_TEST

START_TEST(a_turn_with_nothing_to_do_returns_at_once_and_is_no_wakeup)
{
    struct hm_timer far = NOTER(one);
    hm_loop_timer_after(loop, &far, FOREVER_MS);

    turn();

    ck_assert_int_eq(call_count, 0);
    ck_assert_uint_eq(hm_loop_wakeups(loop), 0);
    hm_loop_timer_clear(loop, &far);
}
END_TEST

START_TEST(a_stop_ends_one_run_and_not_the_next)
{
    struct hm_timer first = STOPPER;
    struct hm_timer second = STOPPER;

    hm_loop_stop(loop);
    ck_assert(hm_loop_is_stopped(loop));
    run(); /* returns at once, though nothing would ever wake it */
    ck_assert(!hm_loop_is_stopped(loop));
    hm_loop_timer_after(loop, &first, 0);
    run();
    hm_loop_timer_after(loop, &second, 0);
    run();

    ck_assert_int_eq(call_count, 2);
}
END_TEST

START_TEST(after_a_stop_nothing_more_is_called_in_that_turn)
{
    struct hm_mono due = real_mono(NULL);
    struct hm_timer first = STOPPER;
    struct hm_timer second = NOTER(one);
    hm_loop_timer_set(loop, &first, due);
    hm_loop_timer_set(loop, &second, due);

    run();

    ck_assert_int_eq(call_count, 1);
    ck_assert(second.is_set);
    hm_loop_timer_clear(loop, &second);
}
END_TEST

static TCase *group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, start, finish);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("run.loop");
    TCase *timers = group(suite, "timers");
    TCase *silence = group(suite, "silence");
    TCase *driven = group(suite, "driven");
    tcase_add_test(timers, timers_fire_in_the_order_of_their_times);
    tcase_add_test(timers, timers_of_one_time_fire_in_the_order_they_were_set);
    tcase_add_test(timers, a_timer_that_is_set_again_fires_once_at_its_new_time);
    tcase_add_test(timers, a_timer_that_was_cleared_neither_fires_nor_wakes);
    tcase_add_test(timers, a_timer_cleared_by_one_that_fired_with_it_does_not_fire);
    tcase_add_test(timers, a_timer_that_sets_itself_for_now_waits_for_the_next_turn);
    tcase_add_loop_test(timers, a_wait_of_nothing_or_less_is_now, 0, 3);
    tcase_add_test(timers, a_time_that_never_comes_does_no_harm);
    tcase_add_test(timers, freeing_a_loop_lets_go_of_its_timers);
    tcase_add_test(silence, an_idle_loop_wakes_for_its_timer_and_for_nothing_before);
    tcase_add_test(silence, an_idle_loop_without_timers_never_wakes);
    tcase_add_test(silence, a_timer_costs_one_wakeup_however_many_fire);
    tcase_add_test(driven, another_loop_sees_the_timers_and_fds_of_this_one);
    tcase_add_test(driven, a_turn_with_nothing_to_do_returns_at_once_and_is_no_wakeup);
    tcase_add_test(driven, a_stop_ends_one_run_and_not_the_next);
    tcase_add_test(driven, after_a_stop_nothing_more_is_called_in_that_turn);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
