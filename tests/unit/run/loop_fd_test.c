/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hamlet/run/loop.h"

enum { MANY = 100, CALLS_MAX = 512 };

static struct hm_loop *loop;
static struct hm_err err;
static struct hm_env env;

/* What was called, in its order: fds or signals, and what they were found to be. */
static struct {
    int number;
    unsigned events;
} calls[CALLS_MAX];
static int call_count;

static int ends[2];
static int others[2];

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
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, others), 0);
}

static void finish(void)
{
    hm_loop_free(loop);
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(others[i]);
    }
}

static void turn(void)
{
    ck_assert_int_eq(hm_loop_turn(loop, &err), HM_OK);
}

static void note(int number, unsigned events)
{
    if (call_count < CALLS_MAX) {
        calls[call_count].number = number;
        calls[call_count++].events = events;
    }
}

static void note_ready(void *ctx, int fd, unsigned events)
{
    (void)ctx;
    note(fd, events);
}

static void watch(int fd, unsigned events, void (*ready)(void *, int, unsigned))
{
    ck_assert_int_eq(hm_loop_watch(loop, fd, events, ready, NULL, &err), HM_OK);
}

static void say(int fd)
{
    ck_assert_int_eq(write(fd, "x", 1), 1);
}

START_TEST(what_was_not_read_is_told_again)
{
    char byte = 0;
    watch(ends[0], HM_LOOP_READ, note_ready);

    turn();
    say(ends[1]);
    turn();
    turn();
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    turn();

    ck_assert_int_eq(call_count, 2);
    ck_assert_int_eq(calls[0].number, ends[0]);
    ck_assert_uint_eq(calls[0].events, HM_LOOP_READ);
}
END_TEST

START_TEST(only_what_was_asked_for_is_told)
{
    say(ends[1]);
    watch(ends[0], HM_LOOP_WRITE, note_ready);
    turn();
    ck_assert_int_eq(hm_loop_rewatch(loop, ends[0], HM_LOOP_READ, &err), HM_OK);
    turn();
    ck_assert_int_eq(hm_loop_rewatch(loop, ends[0], HM_LOOP_READ | HM_LOOP_WRITE, &err),
                     HM_OK);
    turn();

    ck_assert_int_eq(call_count, 3);
    ck_assert_uint_eq(calls[0].events, HM_LOOP_WRITE);
    ck_assert_uint_eq(calls[1].events, HM_LOOP_READ);
    ck_assert_uint_eq(calls[2].events, HM_LOOP_READ | HM_LOOP_WRITE);
}
END_TEST

static const unsigned all_ways[] = {HM_LOOP_READ, HM_LOOP_WRITE,
                                    HM_LOOP_READ | HM_LOOP_WRITE};

START_TEST(a_hang_up_shows_as_what_was_asked_for)
{
    watch(ends[0], all_ways[_i], note_ready);
    close(ends[1]);
    ends[1] = -1;

    turn();

    ck_assert_int_eq(call_count, 1);
    ck_assert_uint_eq(calls[0].events, all_ways[_i]);
}
END_TEST

START_TEST(what_is_no_longer_watched_is_not_told)
{
    watch(ends[0], HM_LOOP_READ, note_ready);
    say(ends[1]);

    hm_loop_unwatch(loop, ends[0]);
    hm_loop_unwatch(loop, ends[0]);
    turn();
    ck_assert_int_eq(call_count, 0);
    watch(ends[0], HM_LOOP_READ, note_ready); /* and it may be again */
    turn();

    ck_assert_int_eq(call_count, 1);
}
END_TEST

static void unwatch_itself(void *ctx, int fd, unsigned events)
{
    (void)ctx;
    note(fd, events);
    hm_loop_unwatch(loop, fd);
}

START_TEST(a_callback_may_end_its_own_watch)
{
    watch(ends[0], HM_LOOP_READ, unwatch_itself);
    watch(others[0], HM_LOOP_READ, note_ready);
    say(ends[1]);
    say(others[1]);

    turn();
    turn();

    ck_assert_int_eq(call_count, 3); /* one of itself, two of the other */
}
END_TEST

static void unwatch_both(void *ctx, int fd, unsigned events)
{
    (void)ctx;
    note(fd, events);
    hm_loop_unwatch(loop, ends[0]);
    hm_loop_unwatch(loop, others[0]);
}

START_TEST(what_a_callback_removed_is_not_told_though_it_was_ready)
{
    watch(ends[0], HM_LOOP_READ, unwatch_both);
    watch(others[0], HM_LOOP_READ, unwatch_both);
    say(ends[1]);
    say(others[1]);

    turn();

    ck_assert_int_eq(call_count, 1);
}
END_TEST

/* Close the other fd and watch another one that has its number and is not ready. */
static void replace_other(void *ctx, int fd, unsigned events)
{
    int quiet[2];
    int other = fd == ends[0] ? others[0] : ends[0];
    (void)ctx;
    note(fd, events);
    hm_loop_unwatch(loop, fd);
    hm_loop_unwatch(loop, other);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, quiet), 0);
    ck_assert_int_eq(dup2(quiet[0], other), other);
    close(quiet[0]);
    watch(other, HM_LOOP_READ, note_ready);
}

START_TEST(a_late_event_of_an_old_fd_does_not_reach_a_new_one_of_its_number)
{
    watch(ends[0], HM_LOOP_READ, replace_other);
    watch(others[0], HM_LOOP_READ, replace_other);
    say(ends[1]);
    say(others[1]);

    turn();

    ck_assert_int_eq(call_count, 1);
}
END_TEST

START_TEST(more_fds_than_the_kernel_tells_at_once_are_all_told)
{
    int pipes[MANY][2];
    int told[MANY] = {0};
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(pipe(pipes[i]), 0);
        watch(pipes[i][0], HM_LOOP_READ, unwatch_itself);
        say(pipes[i][1]);
    }

    for (int i = 0; i < MANY && call_count < MANY; i++) {
        turn();
    }

    ck_assert_int_eq(call_count, MANY);
    for (int i = 0; i < MANY; i++) {
        for (int j = 0; j < MANY; j++) {
            told[i] += calls[j].number == pipes[i][0];
        }
        ck_assert_int_eq(told[i], 1);
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}
END_TEST

START_TEST(over_the_limit_nothing_more_is_watched)
{
    int fds[HM_LOOP_FDS_MAX];
    int count = 0;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        fds[count] = dup(ends[0]);
        status = hm_loop_watch(loop, fds[count], HM_LOOP_READ, note_ready, NULL, &err);
        count++;
    }

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_int_eq(count, HM_LOOP_FDS_MAX); /* one is the loop's own clock */
    while (count > 0) {
        hm_loop_unwatch(loop, fds[--count]);
        close(fds[count]);
    }
    watch(ends[0], HM_LOOP_READ, note_ready);
}
END_TEST

START_TEST(a_file_that_is_always_ready_cannot_be_watched)
{
    int fd = open(HM_SOURCE_DIR "/LICENSE", O_RDONLY | O_CLOEXEC);

    enum hm_status status = hm_loop_watch(loop, fd, HM_LOOP_READ, note_ready, NULL, &err);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_str_eq(err.key, "system");
    ck_assert_int_eq(err.code, EPERM);
    hm_loop_unwatch(loop, fd);
    close(fd);
}
END_TEST

/* ---- signals ---- */

static void note_signal(void *ctx, int signal)
{
    (void)ctx;
    note(signal, 0);
    hm_loop_stop(loop);
}

static const int all_signals[] = {SIGTERM, SIGINT, SIGHUP};

START_TEST(a_signal_from_another_process_wakes_and_is_told)
{
    pid_t parent = getpid();
    ck_assert_int_eq(hm_loop_signals(loop, note_signal, NULL, &err), HM_OK);
    pid_t child = fork();
    if (child == 0) {
        _exit(kill(parent, all_signals[_i]) == 0 ? 0 : 1);
    }

    ck_assert_int_eq(hm_loop_run(loop, &err), HM_OK);

    ck_assert_int_eq(call_count, 1);
    ck_assert_int_eq(calls[0].number, all_signals[_i]);
    ck_assert_uint_eq(hm_loop_wakeups(loop), 1);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(signals_of_every_kind_that_wait_together_are_all_told)
{
    int seen = 0;
    ck_assert_int_eq(hm_loop_signals(loop, note_signal, NULL, &err), HM_OK);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(raise(all_signals[i]), 0);
    }

    ck_assert_int_eq(hm_loop_run(loop, &err), HM_OK);

    ck_assert_int_eq(call_count, 3);
    for (int i = 0; i < 3; i++) {
        seen |= 1 << calls[i].number;
    }
    ck_assert_int_eq(seen, 1 << SIGTERM | 1 << SIGINT | 1 << SIGHUP);
}
END_TEST

START_TEST(a_signal_after_the_loop_is_gone_does_not_kill)
{
    struct hm_loop *other = NULL;
    ck_assert_int_eq(hm_loop_new(&other, &env, &err), HM_OK);
    ck_assert_int_eq(hm_loop_signals(other, note_signal, NULL, &err), HM_OK);

    hm_loop_free(other);
    ck_assert_int_eq(raise(SIGTERM), 0); /* a second Ctrl-C while the store is closed */

    ck_assert_int_eq(call_count, 0);
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
    Suite *suite = suite_create("run.loop_fd");
    TCase *fds = group(suite, "fds");
    TCase *changes = group(suite, "changes");
    TCase *signals = group(suite, "signals");
    tcase_add_test(fds, what_was_not_read_is_told_again);
    tcase_add_test(fds, only_what_was_asked_for_is_told);
    tcase_add_loop_test(fds, a_hang_up_shows_as_what_was_asked_for, 0, 3);
    tcase_add_test(fds, more_fds_than_the_kernel_tells_at_once_are_all_told);
    tcase_add_test(fds, over_the_limit_nothing_more_is_watched);
    tcase_add_test(fds, a_file_that_is_always_ready_cannot_be_watched);
    tcase_add_test(changes, what_is_no_longer_watched_is_not_told);
    tcase_add_test(changes, a_callback_may_end_its_own_watch);
    tcase_add_test(changes, what_a_callback_removed_is_not_told_though_it_was_ready);
    tcase_add_test(changes,
                   a_late_event_of_an_old_fd_does_not_reach_a_new_one_of_its_number);
    tcase_add_loop_test(signals, a_signal_from_another_process_wakes_and_is_told, 0, 3);
    tcase_add_test(signals, signals_of_every_kind_that_wait_together_are_all_told);
    tcase_add_test(signals, a_signal_after_the_loop_is_gone_does_not_kill);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
