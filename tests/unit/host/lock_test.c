/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/lock.h"

#include "world.h"

enum { LONG_WAIT_MS = 20000 };

/* Another process that holds the lock until told, or until killed. */
struct holder {
    pid_t child;
    int tell; /* written to or closed: let go */
    int told; /* the child's end */
    int said; /* readable: the lock is held */
    int say;
};

static int hold(void *ctx)
{
    struct holder *holder = ctx;
    struct hm_lock lock = HM_LOCK_NONE;
    char byte = 0;
    close(holder->tell); /* else the end of the test would not be seen */
    if (hm_lock_open(&lock, &world_env, in("lock"), 0, NULL) != HM_OK) {
        return 1;
    }
    (void)!write(holder->say, "x", 1);
    (void)!read(holder->told, &byte, 1);
    hm_lock_close(&lock);
    return 0;
}

static void holder_start(struct holder *holder)
{
    int tell[2];
    int say[2];
    char byte = 0;
    ck_assert_int_eq(pipe(tell), 0);
    ck_assert_int_eq(pipe(say), 0);
    *holder = (struct holder){0, tell[1], tell[0], say[0], say[1]};
    holder->child = world_fork(hold, holder);
    close(say[1]);
    ck_assert_int_eq(read(holder->said, &byte, 1), 1);
}

static void holder_stop(struct holder *holder)
{
    close(holder->tell);
    ck_assert_int_eq(world_wait(holder->child), 0);
}

START_TEST(a_second_process_finds_the_lock_held_and_the_file_named)
{
    struct holder holder;
    struct hm_lock lock = HM_LOCK_NONE;
    holder_start(&holder);

    enum hm_status held = hm_lock_open(&lock, &world_env, in("lock"), 0, &err);
    holder_stop(&holder);
    enum hm_status free_again = hm_lock_open(&lock, &world_env, in("lock"), 0, NULL);

    ck_assert_int_eq(held, HM_LOCKED);
    ck_assert_str_eq(err.key, "locked");
    ck_assert_str_eq(err.arg[0], in("lock"));
    ck_assert_int_eq(free_again, HM_OK);
    hm_lock_close(&lock);
}
END_TEST

START_TEST(the_lock_ends_with_a_holder_that_is_killed)
{
    struct holder holder;
    struct hm_lock lock = HM_LOCK_NONE;
    holder_start(&holder);
    ck_assert_int_eq(kill(holder.child, SIGKILL), 0);
    ck_assert_int_eq(world_wait(holder.child), 128 + SIGKILL);

    enum hm_status status = hm_lock_open(&lock, &world_env, in("lock"), 0, &err);

    ck_assert_int_eq(status, HM_OK);
    hm_lock_close(&lock);
}
END_TEST

START_TEST(the_same_process_cannot_hold_it_twice)
{
    struct hm_lock first = HM_LOCK_NONE;
    struct hm_lock second = HM_LOCK_NONE;
    ck_assert_int_eq(hm_lock_open(&first, &world_env, in("lock"), 0, &err), HM_OK);

    enum hm_status status = hm_lock_open(&second, &world_env, in("lock"), 0, &err);

    ck_assert_int_eq(status, HM_LOCKED);
    ck_assert_int_eq(second.fd, -1);
    hm_lock_close(&first);
    hm_lock_close(&second);
}
END_TEST

START_TEST(closing_the_file_elsewhere_does_not_lose_the_lock)
{
    struct hm_lock first = HM_LOCK_NONE;
    struct hm_lock second = HM_LOCK_NONE;
    ck_assert_int_eq(hm_lock_open(&first, &world_env, in("lock"), 0, &err), HM_OK);
    close(open(in("lock"), O_RDWR | O_CLOEXEC));

    enum hm_status status = hm_lock_open(&second, &world_env, in("lock"), 0, &err);

    ck_assert_int_eq(status, HM_LOCKED);
    hm_lock_close(&first);
}
END_TEST

static struct holder *let_go;

/* Time passes as it does, but the first look at the clock in the wait frees the lock. */
static struct hm_mono mono_that_frees(void *ctx)
{
    struct hm_env real;
    static int looks;
    (void)ctx;
    hm_host_env_init(&real);
    if (++looks == 2) {
        close(let_go->tell);
    }
    return hm_env_mono(&real);
}

START_TEST(a_waiter_gets_the_lock_when_the_holder_lets_go)
{
    struct holder holder;
    struct hm_lock lock = HM_LOCK_NONE;
    holder_start(&holder);
    let_go = &holder;
    world_env.mono = mono_that_frees;

    enum hm_status status =
        hm_lock_open(&lock, &world_env, in("lock"), LONG_WAIT_MS, &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(world_wait(holder.child), 0);
    hm_lock_close(&lock);
}
END_TEST

static int looks_at_clock;

static struct hm_mono mono_of_seconds(void *ctx)
{
    (void)ctx;
    return (struct hm_mono){INT64_C(1000) * looks_at_clock++};
}

START_TEST(a_waiter_gives_up_when_its_time_is_over)
{
    struct hm_lock first = HM_LOCK_NONE;
    struct hm_lock second = HM_LOCK_NONE;
    ck_assert_int_eq(hm_lock_open(&first, &world_env, in("lock"), 0, &err), HM_OK);
    world_env.mono = mono_of_seconds;

    enum hm_status status = hm_lock_open(&second, &world_env, in("lock"), 5000, &err);

    ck_assert_int_eq(status, HM_LOCKED);
    ck_assert_int_eq(looks_at_clock, 6); /* at 0, and then until 5 */
    hm_lock_close(&first);
}
END_TEST

START_TEST(the_file_is_made_for_its_owner_and_stays)
{
    struct hm_lock lock = HM_LOCK_NONE;
    umask(0);
    ck_assert_int_eq(hm_lock_open(&lock, &world_env, in("lock"), 0, &err), HM_OK);

    hm_lock_close(&lock);
    hm_lock_close(&lock); /* twice does nothing */

    ck_assert_int_eq(world_mode("lock"), 0600);
}
END_TEST

START_TEST(what_is_no_plain_file_cannot_be_locked)
{
    struct hm_lock lock = HM_LOCK_NONE;
    ck_assert_int_eq(mkfifo(in("pipe"), 0600), 0);
    ck_assert_int_eq(symlink(in("elsewhere"), in("link")), 0);

    enum hm_status pipe_status = hm_lock_open(&lock, &world_env, in("pipe"), 0, NULL);
    enum hm_status link_status = hm_lock_open(&lock, &world_env, in("link"), 0, NULL);
    enum hm_status folder = hm_lock_open(&lock, &world_env, world_folder, 0, NULL);
    enum hm_status missing = hm_lock_open(&lock, &world_env, in("no/lock"), 0, NULL);

    ck_assert_int_eq(pipe_status, HM_BAD_INPUT);
    ck_assert_int_eq(link_status, HM_BAD_INPUT);
    ck_assert_int_eq(folder, HM_BAD_INPUT);
    ck_assert_int_eq(missing, HM_NOT_FOUND);
    ck_assert_int_eq(lock.fd, -1);
    ck_assert_int_eq(access(in("elsewhere"), F_OK), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.lock");
    TCase *processes = world_group(suite, "processes");
    TCase *waiting = world_group(suite, "waiting");
    TCase *files = world_group(suite, "files");
    tcase_add_test(processes, a_second_process_finds_the_lock_held_and_the_file_named);
    tcase_add_test(processes, the_lock_ends_with_a_holder_that_is_killed);
    tcase_add_test(processes, the_same_process_cannot_hold_it_twice);
    tcase_add_test(processes, closing_the_file_elsewhere_does_not_lose_the_lock);
    tcase_add_test(waiting, a_waiter_gets_the_lock_when_the_holder_lets_go);
    tcase_add_test(waiting, a_waiter_gives_up_when_its_time_is_over);
    tcase_add_test(files, the_file_is_made_for_its_owner_and_stays);
    tcase_add_test(files, what_is_no_plain_file_cannot_be_locked);
    return world_run(suite);
}
