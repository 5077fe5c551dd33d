/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/server/tasks.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/base/json_scan.h"
#include "hamlet/host/env.h"
#include "hamlet/store/scan.h"
#include "run.h"
#include "tmpdir.h"

enum { LONG_MS = 60000, SHORT_MS = 20 };

static struct hm_tmpdir dir;
static struct hm_env env;
static struct hm_kinds *kinds;
static struct hm_store *writer;
static struct hm_tasks *tasks;
static struct hm_err err;
static struct hm_buf out;

/* What the tests' tasks wait for, and what came of them. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool released;
static int begun;
static int freed;
static int told;

static void set(int *counter)
{
    pthread_mutex_lock(&mutex);
    (*counter)++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static void await(const int *counter, int least)
{
    pthread_mutex_lock(&mutex);
    while (*counter < least) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
}

static void release(void)
{
    pthread_mutex_lock(&mutex);
    released = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static void count_free(void *ctx)
{
    (void)ctx;
    set(&freed);
}

static void count_done(void *ctx)
{
    (void)ctx;
    set(&told);
}

/* Says what it was given, once it is released. */
static enum hm_status wait_and_say(struct hm_store *reader,
                                   void *ctx,
                                   struct hm_buf *to,
                                   struct hm_err *why)
{
    (void)reader;
    (void)why;
    set(&begun);
    pthread_mutex_lock(&mutex);
    while (!released) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    hm_buf_put_text(to, ctx);
    return HM_OK;
}

static enum hm_status refuse(struct hm_store *reader,
                             void *ctx,
                             struct hm_buf *to,
                             struct hm_err *why)
{
    (void)reader;
    (void)to;
    return hm_fail(why, HM_BAD_INPUT, "unit-unknown", ctx, NULL, NULL);
}

/* Reads until it is told to break off. */
static enum hm_status read_for_ever(struct hm_store *reader,
                                    void *ctx,
                                    struct hm_buf *to,
                                    struct hm_err *why)
{
    struct hm_arena arena;
    enum hm_status status = HM_OK;
    (void)ctx;
    (void)to;
    set(&begun);
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    while (status == HM_OK) {
        struct hm_bytes value;
        status = hm_store_meta_get(reader, HM_META_UNIT, &arena, &value, why);
        hm_arena_clear(&arena);
    }
    hm_arena_fini(&arena);
    return status;
}

static uint64_t begin(
    const char *owner,
    const char *name,
    enum hm_status (*run)(struct hm_store *, void *, struct hm_buf *, struct hm_err *))
{
    const struct hm_task_work work = {.owner = hm_text(owner),
                                      .name = hm_text(name),
                                      .run = run,
                                      .free = count_free,
                                      .ctx = (void *)(uintptr_t)name,
                                      .out_max = 1024};
    uint64_t task = 0;
    hm_err_clear(&err);
    return hm_tasks_begin(tasks, &work, &task, &err) == HM_OK ? task : 0;
}

static enum hm_status look(uint64_t task, const char *owner, struct hm_task_seen *seen)
{
    hm_err_clear(&err);
    hm_buf_clear(&out);
    return hm_tasks_look(tasks, task, hm_text(owner), seen, &out, &err);
}

static void setup(void)
{
    static char path[HM_TMPDIR_PATH_SIZE];
    ck_assert(hm_tmpdir_init(&dir));
    hm_host_env_init(&env);
    hm_buf_init(&out, 4096);
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, &err), HM_OK);
    (void)hm_tmpdir_in(&dir, "store.db", path);
    ck_assert_int_eq(
        hm_store_open(&writer, path, HM_STORE_SERVER, true, kinds, &env, NULL, &err),
        HM_OK);
    ck_assert_int_eq(hm_store_begin(writer, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(writer, HM_META_UNIT, hm_text("D"), &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(writer, &err), HM_OK);
    const struct hm_tasks_options options = {
        .path = path, .kinds = kinds, .env = &env, .done = count_done};
    ck_assert_int_eq(hm_tasks_start(&tasks, &options, &err), HM_OK);
}

static void teardown(void)
{
    release();
    hm_tasks_stop(tasks);
    hm_tasks_free(tasks);
    hm_store_close(writer);
    hm_kinds_close(kinds);
    hm_buf_fini(&out);
    hm_tmpdir_fini(&dir);
}

START_TEST(what_is_not_done_goes_on_and_is_told_of_until_it_is)
{
    struct hm_task_seen seen;
    uint64_t task = begin("", "report a", wait_and_say);
    await(&begun, 1);
    hm_tasks_await(tasks, task, SHORT_MS);
    ck_assert_int_eq(look(task, "", &seen), HM_OK);
    ck_assert_int_eq(seen.state, HM_TASK_RUNNING);
    ck_assert_uint_eq(out.size, 0);

    release();
    hm_tasks_await(tasks, task, LONG_MS);

    ck_assert_int_eq(look(task, "", &seen), HM_OK);
    ck_assert_int_eq(seen.state, HM_TASK_DONE);
    ck_assert(hm_bytes_are(hm_buf_bytes(&out), "report a"));
    await(&told, 1);
    hm_tasks_forget(tasks, task);
    ck_assert_int_eq(look(task, "", &seen), HM_NOT_FOUND);
    ck_assert_int_eq(freed, 1);
}
END_TEST

START_TEST(the_writer_writes_while_all_readers_are_busy)
{
    for (int i = 0; i < HM_TASKS_RUNNING; i++) {
        char name[2] = {(char)('a' + i), '\0'};
        ck_assert_uint_ne(begin("", name, read_for_ever), 0);
    }
    await(&begun, HM_TASKS_RUNNING);

    for (int i = 0; i < 50; i++) {
        ck_assert_int_eq(hm_store_begin(writer, &err), HM_OK);
        ck_assert_int_eq(hm_store_meta_put_int(writer, HM_META_BUDGET, i, &err), HM_OK);
        ck_assert_int_eq(hm_store_commit(writer, &err), HM_OK);
    }
    struct hm_task_seen seen[HM_TASKS_MAX];
    ck_assert_uint_eq(hm_tasks_list(tasks, seen), HM_TASKS_RUNNING);
    for (int i = 0; i < HM_TASKS_RUNNING; i++) {
        ck_assert_int_eq(seen[i].state, HM_TASK_RUNNING);
    }
}
END_TEST

START_TEST(the_same_of_one_owner_is_one_task_and_nobody_else_sees_it)
{
    struct hm_task_seen seen;
    uint64_t task = begin("mai", "report a", wait_and_say);
    await(&begun, 1);

    ck_assert_uint_eq(begin("mai", "report a", wait_and_say), task);
    ck_assert_uint_ne(begin("anh", "report a", wait_and_say), task);
    ck_assert_int_eq(look(task, "anh", &seen), HM_NOT_FOUND);
    ck_assert_str_eq(err.key, "task-unknown");
    ck_assert_int_eq(look(task, "mai", &seen), HM_OK);
    ck_assert_int_eq(look(task, "", &seen), HM_OK);
}
END_TEST

START_TEST(one_owner_takes_no_more_than_his_share_and_all_together_no_more_than_the_limit)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < HM_TASKS_OWNED_MAX; i++) {
        ck_assert_uint_ne(begin("mai", names[i], wait_and_say), 0);
    }
    ck_assert_uint_eq(begin("mai", names[HM_TASKS_OWNED_MAX], wait_and_say), 0);
    ck_assert_int_eq(err.status, HM_LOCKED);
    ck_assert_str_eq(err.key, "tasks-full");

    for (int i = HM_TASKS_OWNED_MAX; i < HM_TASKS_MAX; i++) {
        ck_assert_uint_ne(begin("", "x", wait_and_say), 0);
    }
    ck_assert_uint_eq(begin("anh", "a", wait_and_say), 0);
    ck_assert_str_eq(err.key, "tasks-full");
}
END_TEST

START_TEST(a_long_name_is_cut_between_two_characters)
{
    struct hm_task_seen seen;
    char name[3 * HM_ERR_ARG_MAX + 2] = "r";
    for (size_t i = 0; i < HM_ERR_ARG_MAX; i++) {
        memcpy(name + 1 + 3 * i, "ấ", 4); /* three bytes, one of which meets the end */
    }
    uint64_t task = begin("", name, wait_and_say);

    ck_assert_int_eq(look(task, "", &seen), HM_OK);

    ck_assert_uint_ge(strlen(seen.name), HM_ERR_ARG_MAX - 3);
    ck_assert(hm_utf8_valid(hm_text(seen.name)));
    ck_assert(strncmp(seen.name, name, strlen(seen.name)) == 0);
}
END_TEST

START_TEST(an_outcome_makes_room_once_it_was_fetched_and_not_before)
{
    struct hm_task_seen seen;
    uint64_t first = 0;
    release();
    for (int i = 0; i < HM_TASKS_MAX; i++) {
        uint64_t task = begin("", "x", wait_and_say);
        hm_tasks_await(tasks, task, LONG_MS);
        first = first == 0 ? task : first;
    }

    ck_assert_uint_eq(begin("anh", "a", wait_and_say), 0);
    ck_assert_str_eq(err.key, "tasks-full");
    ck_assert_int_eq(look(first, "", &seen), HM_OK);

    ck_assert_uint_ne(begin("anh", "a", wait_and_say), 0);
    ck_assert_int_eq(look(first, "", &seen), HM_NOT_FOUND);
    ck_assert_int_eq(look(first + 1, "", &seen), HM_OK);
}
END_TEST

START_TEST(a_failure_is_told_as_it_was)
{
    struct hm_task_seen seen;
    uint64_t task = begin("", "nowhere", refuse);
    hm_tasks_await(tasks, task, LONG_MS);

    ck_assert_int_eq(look(task, "", &seen), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "unit-unknown");
    ck_assert_str_eq(err.arg[0], "nowhere");
}
END_TEST

START_TEST(a_stop_breaks_off_what_reads_and_what_waits)
{
    struct hm_task_seen seen;
    uint64_t tasks_begun[HM_TASKS_RUNNING + 1];
    for (int i = 0; i <= HM_TASKS_RUNNING; i++) {
        tasks_begun[i] = begin("", "x", read_for_ever);
    }
    await(&begun, HM_TASKS_RUNNING);

    hm_tasks_stop(tasks);

    ck_assert_int_eq(look(tasks_begun[0], "", &seen), HM_LOCKED);
    ck_assert_str_eq(err.key, "reading-stopped");
    ck_assert_int_gt(seen.rows, 0);
    ck_assert_int_eq(look(tasks_begun[HM_TASKS_RUNNING], "", &seen), HM_OK);
    ck_assert_int_eq(seen.state, HM_TASK_WAITING);
    ck_assert_uint_eq(begin("", "late", refuse), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server_tasks");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, what_is_not_done_goes_on_and_is_told_of_until_it_is);
    tcase_add_test(all, the_writer_writes_while_all_readers_are_busy);
    tcase_add_test(all, the_same_of_one_owner_is_one_task_and_nobody_else_sees_it);
    tcase_add_test(
        all,
        one_owner_takes_no_more_than_his_share_and_all_together_no_more_than_the_limit);
    tcase_add_test(all, a_long_name_is_cut_between_two_characters);
    tcase_add_test(all, an_outcome_makes_room_once_it_was_fetched_and_not_before);
    tcase_add_test(all, a_failure_is_told_as_it_was);
    tcase_add_test(all, a_stop_breaks_off_what_reads_and_what_waits);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
