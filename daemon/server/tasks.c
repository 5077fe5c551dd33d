/* SPDX-License-Identifier: Apache-2.0 */
#include "tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/cut.h"
#include "readers.h"

enum { NUMBER_SIZE = 24, MS = 1000, NS = 1000000, SECOND_NS = 1000000000 };

enum { ABANDONED_MS = 30 * 1000 };

struct task {
    struct task *next;
    uint64_t id;
    enum hm_task_state state;
    struct hm_task_work work;
    struct hm_buf owner;
    struct hm_buf name;
    atomic_bool stop; /* … and how far it has come: of its thread and of who looks */
    atomic_llong rows;
    atomic_int permille;
    int64_t began_ms;
    int64_t ended_ms;
    bool fetched; /* its outcome, by who may */
    enum hm_status status;
    struct hm_err err;
    struct hm_buf out;
};

struct hm_tasks {
    struct hm_tasks_options options;
    struct hm_readers *readers;
    pthread_t threads[HM_TASKS_RUNNING];
    int thread_count;
    pthread_mutex_t mutex; /* of all below */
    pthread_cond_t asked;
    pthread_cond_t ended;
    struct task *first; /* the oldest */
    uint64_t last_id;
    bool stopping;
};

static int64_t now_ms(const struct hm_tasks *tasks)
{
    return hm_env_mono(tasks->options.env).ms;
}

static void task_free(struct task *task)
{
    if (task != NULL) {
        task->work.free(task->work.ctx);
        hm_buf_fini(&task->owner);
        hm_buf_fini(&task->name);
        hm_buf_fini(&task->out);
        free(task);
    }
}

/* ---- the list; under the mutex ---- */

static struct task **place_of(struct hm_tasks *tasks, uint64_t id)
{
    struct task **at = &tasks->first;
    while (*at != NULL && (*at)->id != id) {
        at = &(*at)->next;
    }
    return at;
}

/* What stands there, if anything does. */
static void forget(struct task **at)
{
    struct task *task = *at;
    if (task != NULL) {
        *at = task->next;
        task_free(task);
    }
}

static struct task **oldest_done(struct hm_tasks *tasks)
{
    struct task **at = &tasks->first;
    while (*at != NULL && (*at)->state != HM_TASK_DONE) {
        at = &(*at)->next;
    }
    return at;
}

/*
 * Which may make room for another: the oldest whose outcome was fetched, or that nobody
 * came for in a while. Who asked a moment ago still finds his.
 */
static struct task **oldest_over(struct hm_tasks *tasks)
{
    int64_t now = now_ms(tasks);
    struct task **at = &tasks->first;
    while (*at != NULL && ((*at)->state != HM_TASK_DONE ||
                           (!(*at)->fetched && now - (*at)->ended_ms < ABANDONED_MS))) {
        at = &(*at)->next;
    }
    return at;
}

/* Outcomes that nobody fetched in time, or that are too much together. `kept`: not it. */
static void make_room(struct hm_tasks *tasks, const struct task *kept)
{
    int64_t now = now_ms(tasks);
    size_t held = 0;
    for (struct task **at = &tasks->first; *at != NULL;) {
        if ((*at)->state == HM_TASK_DONE && now - (*at)->ended_ms >= HM_TASK_KEPT_MS) {
            forget(at);
        } else {
            held += (*at)->out.capacity;
            at = &(*at)->next;
        }
    }
    struct task **oldest = oldest_done(tasks);
    while (held > HM_TASKS_BYTES_MAX && *oldest != NULL && *oldest != kept) {
        held -= (*oldest)->out.capacity;
        forget(oldest);
        oldest = oldest_done(tasks);
    }
}

static struct task *next_waiting(struct hm_tasks *tasks)
{
    struct task *at = tasks->first;
    while (at != NULL && at->state != HM_TASK_WAITING) {
        at = at->next;
    }
    return at;
}

/* ---- reading ---- */

static bool goes_on(void *ctx, int64_t rows, int permille)
{
    struct task *task = ctx;
    atomic_store_explicit(&task->rows, rows, memory_order_relaxed);
    atomic_store_explicit(&task->permille, permille, memory_order_relaxed);
    return !atomic_load_explicit(&task->stop, memory_order_relaxed);
}

static void work(struct hm_tasks *tasks, struct task *task)
{
    struct hm_store_watch watch = {.goes_on = goes_on, .ctx = task};
    struct hm_store *reader = hm_readers_take(tasks->readers);
    hm_store_watch(reader, &watch);
    task->status = task->work.run(reader, task->work.ctx, &task->out, &task->err);
    if (task->status == HM_OK) {
        task->status = hm_buf_status(&task->out, &task->err);
    }
    hm_store_rollback(reader);
    hm_store_watch(reader, NULL);
    hm_readers_give(tasks->readers, reader);
}

static void *work_on(void *at)
{
    struct hm_tasks *tasks = at;
    pthread_mutex_lock(&tasks->mutex);
    while (!tasks->stopping) {
        struct task *task = next_waiting(tasks);
        if (task == NULL) {
            pthread_cond_wait(&tasks->asked, &tasks->mutex);
            continue;
        }
        task->state = HM_TASK_RUNNING;
        pthread_mutex_unlock(&tasks->mutex);
        work(tasks, task);
        pthread_mutex_lock(&tasks->mutex);
        task->state = HM_TASK_DONE;
        task->ended_ms = now_ms(tasks);
        make_room(tasks, task);
        pthread_cond_broadcast(&tasks->ended);
        pthread_mutex_unlock(&tasks->mutex);
        tasks->options.done(tasks->options.ctx);
        pthread_mutex_lock(&tasks->mutex);
    }
    pthread_mutex_unlock(&tasks->mutex);
    return NULL;
}

/* ---- start and stop ---- */

static void init_locks(struct hm_tasks *tasks)
{
    pthread_condattr_t steady;
    pthread_mutex_init(&tasks->mutex, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&tasks->asked, &steady);
    pthread_cond_init(&tasks->ended, &steady);
    pthread_condattr_destroy(&steady);
}

enum hm_status hm_tasks_start(struct hm_tasks **tasks,
                              const struct hm_tasks_options *options,
                              struct hm_err *err)
{
    struct hm_tasks *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->options = *options;
    init_locks(made);
    enum hm_status status =
        hm_readers_open(&made->readers, HM_TASKS_RUNNING, options->path, options->kinds,
                        options->env, err);
    while (status == HM_OK && made->thread_count < HM_TASKS_RUNNING) {
        int failed =
            pthread_create(&made->threads[made->thread_count], NULL, work_on, made);
        if (failed != 0) {
            status = hm_fail_errno(err, failed, "thread");
        } else {
            made->thread_count++;
        }
    }
    if (status != HM_OK) {
        hm_tasks_stop(made);
        hm_tasks_free(made);
        return status;
    }
    *tasks = made;
    return HM_OK;
}

void hm_tasks_stop(struct hm_tasks *tasks)
{
    if (tasks == NULL) {
        return;
    }
    pthread_mutex_lock(&tasks->mutex);
    tasks->stopping = true;
    for (struct task *at = tasks->first; at != NULL; at = at->next) {
        atomic_store(&at->stop, true);
    }
    pthread_cond_broadcast(&tasks->asked);
    pthread_cond_broadcast(&tasks->ended);
    pthread_mutex_unlock(&tasks->mutex);
    for (int i = 0; i < tasks->thread_count; i++) {
        pthread_join(tasks->threads[i], NULL);
    }
    tasks->thread_count = 0;
}

void hm_tasks_free(struct hm_tasks *tasks)
{
    if (tasks == NULL) {
        return;
    }
    while (tasks->first != NULL) {
        forget(&tasks->first);
    }
    hm_readers_close(tasks->readers);
    pthread_cond_destroy(&tasks->ended);
    pthread_cond_destroy(&tasks->asked);
    pthread_mutex_destroy(&tasks->mutex);
    free(tasks);
}

/* ---- asking ---- */

static struct task *task_new(const struct hm_task_work *work)
{
    struct task *task = calloc(1, sizeof(*task));
    if (task == NULL) {
        work->free(work->ctx);
        return NULL;
    }
    task->work = *work;
    hm_buf_init(&task->owner, HM_REQUEST_BYTES_MAX);
    hm_buf_init(&task->name, HM_REQUEST_BYTES_MAX);
    hm_buf_init(&task->out, work->out_max);
    hm_buf_put_bytes(&task->owner, work->owner);
    hm_buf_put_bytes(&task->name, work->name);
    if (task->owner.failed != HM_OK || task->name.failed != HM_OK) {
        task_free(task);
        return NULL;
    }
    return task;
}

/* Whether there is room for one more, and which it is that is asked for again. */
static bool is_full(struct hm_tasks *tasks, const struct task *task, struct task **same)
{
    struct hm_bytes owner = hm_buf_bytes(&task->owner);
    size_t count = 0;
    size_t owned = 0;
    make_room(tasks, NULL);
    for (struct task *at = tasks->first; at != NULL; at = at->next) {
        bool own = at->state != HM_TASK_DONE && owner.size > 0 &&
                   hm_bytes_equal(hm_buf_bytes(&at->owner), owner);
        count++;
        owned += own;
        if (own && hm_bytes_equal(hm_buf_bytes(&at->name), hm_buf_bytes(&task->name))) {
            *same = at;
        }
    }
    struct task **oldest = oldest_over(tasks);
    if (count == HM_TASKS_MAX && *oldest != NULL) {
        forget(oldest);
        count--;
    }
    return tasks->stopping || count == HM_TASKS_MAX || owned >= HM_TASKS_OWNED_MAX;
}

enum hm_status hm_tasks_begin(struct hm_tasks *tasks,
                              const struct hm_task_work *work,
                              uint64_t *task,
                              struct hm_err *err)
{
    struct task *made = task_new(work);
    struct task *same = NULL;
    enum hm_status status = HM_OK;
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    pthread_mutex_lock(&tasks->mutex);
    bool full = is_full(tasks, made, &same);
    if (same != NULL) {
        *task = same->id;
    } else if (full) {
        status = hm_fail(err, HM_LOCKED, "tasks-full", NULL, NULL, NULL);
    } else {
        made->id = ++tasks->last_id;
        made->began_ms = now_ms(tasks);
        *task = made->id;
        *place_of(tasks, 0) = made; /* behind the last: no task has this number */
        made = NULL;
        pthread_cond_signal(&tasks->asked);
    }
    pthread_mutex_unlock(&tasks->mutex);
    task_free(made);
    return status;
}

void hm_tasks_await(struct hm_tasks *tasks, uint64_t task, int64_t wait_ms)
{
    struct timespec then;
    int over = clock_gettime(CLOCK_MONOTONIC, &then); /* by which the condition waits */
    then.tv_sec += wait_ms / MS;
    then.tv_nsec += wait_ms % MS * NS;
    then.tv_sec += then.tv_nsec / SECOND_NS;
    then.tv_nsec %= SECOND_NS;
    pthread_mutex_lock(&tasks->mutex);
    const struct task *at = *place_of(tasks, task);
    while (at != NULL && at->state != HM_TASK_DONE && !tasks->stopping && over == 0) {
        over = pthread_cond_timedwait(&tasks->ended, &tasks->mutex, &then);
        at = *place_of(tasks, task);
    }
    pthread_mutex_unlock(&tasks->mutex);
}

static void read_seen(const struct hm_tasks *tasks,
                      const struct task *task,
                      struct hm_task_seen *seen)
{
    int64_t until = task->state == HM_TASK_DONE ? task->ended_ms : now_ms(tasks);
    *seen = (struct hm_task_seen){.task = task->id,
                                  .state = task->state,
                                  .took_ms = until - task->began_ms,
                                  .permille = atomic_load(&task->permille),
                                  .rows = atomic_load(&task->rows),
                                  .fd = -1};
    hm_cut(seen->name, sizeof(seen->name), hm_buf_bytes(&task->name));
}

static enum hm_status give_file(const struct task *task, int *fd, struct hm_err *err)
{
    int own = task->work.file == NULL ? -1 : task->work.file(task->work.ctx);
    if (own >= 0) {
        *fd = fcntl(own, F_DUPFD_CLOEXEC, 0);
    }
    return own >= 0 && *fd < 0 ? hm_fail_errno(err, errno, "task") : HM_OK;
}

/* Of one that is done. */
static enum hm_status put_out(const struct task *task,
                              int *fd,
                              struct hm_buf *out,
                              struct hm_err *err)
{
    if (task->status != HM_OK) {
        const struct hm_err *why = &task->err;
        return hm_fail(err, task->status, why->key, why->arg[0], why->arg[1],
                       why->arg[2]);
    }
    hm_buf_put_bytes(out, hm_buf_bytes(&task->out));
    enum hm_status status = hm_buf_status(out, err);
    return status == HM_OK ? give_file(task, fd, err) : status;
}

enum hm_status hm_tasks_look(struct hm_tasks *tasks,
                             uint64_t task,
                             struct hm_bytes owner,
                             struct hm_task_seen *seen,
                             struct hm_buf *out,
                             struct hm_err *err)
{
    char number[NUMBER_SIZE];
    enum hm_status status = HM_OK;
    pthread_mutex_lock(&tasks->mutex);
    struct task **at = place_of(tasks, task);
    if (*at == NULL ||
        (owner.size > 0 && !hm_bytes_equal(hm_buf_bytes(&(*at)->owner), owner))) {
        (void)snprintf(number, sizeof(number), "%" PRIu64, task);
        status = hm_fail(err, HM_NOT_FOUND, "task-unknown", number, NULL, NULL);
    } else {
        read_seen(tasks, *at, seen);
        if (seen->state == HM_TASK_DONE) {
            status = put_out(*at, &seen->fd, out, err);
            (*at)->fetched = true;
        }
    }
    pthread_mutex_unlock(&tasks->mutex);
    return status;
}

void hm_tasks_forget(struct hm_tasks *tasks, uint64_t task)
{
    pthread_mutex_lock(&tasks->mutex);
    struct task **at = place_of(tasks, task);
    if (*at != NULL && (*at)->state == HM_TASK_DONE) {
        forget(at);
    }
    pthread_mutex_unlock(&tasks->mutex);
}

size_t hm_tasks_list(struct hm_tasks *tasks, struct hm_task_seen seen[HM_TASKS_MAX])
{
    size_t count = 0;
    pthread_mutex_lock(&tasks->mutex);
    for (const struct task *at = tasks->first; at != NULL && count < HM_TASKS_MAX;
         at = at->next) {
        read_seen(tasks, at, &seen[count++]);
    }
    pthread_mutex_unlock(&tasks->mutex);
    return count;
}
