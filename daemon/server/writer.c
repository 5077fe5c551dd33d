/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "control.h"
#include "data.h"
#include "erasing.h"
#include "hamlet/base/assert.h"
#include "hamlet/base/log.h"
#include "standing.h"

/* Committed at once: as many as threads may wait, with room for a control command. */
enum { GROUP_MAX = 64 };

enum { MS_A_SECOND = 1000, NS_A_MS = 1000000 };

/* One call of another thread, on that thread's stack. */
struct job {
    struct job *next;
    struct hm_serving *serving; /* or null: a control message … */
    const struct hm_asker *asker;
    struct hm_bytes request;
    struct hm_buf *reply; /* … or null: a function */
    enum hm_status (*run)(struct hm_store *store, void *ctx, struct hm_err *err);
    void *ctx;
    enum hm_status status;
    struct hm_err err;
    bool done;
};

struct hm_writer {
    struct hm_control_ctx *ctx;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t asked;
    pthread_cond_t answered;
    struct job *first;
    struct job *last;
    bool stopping;
    bool broken; /* the disk failed: the store is to be opened anew */
};

/* Open the store again after the disk failed: what SQLite holds in memory is not it. */
static enum hm_status mend(struct hm_writer *writer, struct hm_err *err)
{
    struct hm_control_ctx *ctx = writer->ctx;
    struct hm_arena arena;
    enum hm_status status = HM_OK;
    if (!writer->broken) {
        return HM_OK;
    }
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    const char *path = hm_data_path(&arena, ctx->dir, HM_DATA_STORE);
    status = hm_arena_status(&arena, err);
    hm_store_close(ctx->store);
    ctx->store = NULL;
    if (status == HM_OK) {
        status = hm_store_open(&ctx->store, path, HM_STORE_SERVER, false, ctx->kinds,
                               ctx->env, NULL, err);
    }
    hm_arena_fini(&arena);
    writer->broken = status != HM_OK;
    return status;
}

static void note_failure(struct hm_writer *writer, const struct hm_err *err)
{
    hm_log(hm_env_wall(writer->ctx->env), HM_LOG_STORE_FAILED, "status",
           hm_status_name(err->status), "what", err->key == NULL ? "" : err->key,
           "detail", err->arg[0], NULL);
    if (err->status == HM_IO || err->status == HM_CORRUPT) {
        writer->broken = true;
    }
}

/* A refusal is the serving's problem; anything else is a failure of ours. */
static enum hm_status redeem(struct hm_writer *writer, struct job *job)
{
    const struct hm_request_enrolment *enrolment = hm_serving_enrolment(job->serving);
    if (enrolment == NULL) {
        return HM_OK;
    }
    struct hm_control_ctx *ctx = writer->ctx;
    enum hm_status status =
        hm_author_redeem(ctx->store, &ctx->secret, &enrolment->invitation,
                         hm_serving_first(job->serving), &enrolment->key, &job->err);
    if (status == HM_DENIED || status == HM_NOT_FOUND) {
        hm_serving_refuse(job->serving, HM_PROBLEM_ENROLMENT);
        hm_err_clear(&job->err);
        return HM_OK;
    }
    if (status == HM_OK) {
        char device[HM_HEX16_SIZE];
        hm_hex_put(device, hm_id_bytes(&hm_serving_request(job->serving)->device));
        hm_log(hm_env_wall(ctx->env), HM_LOG_DEVICE_ENROLLED, "device", device, NULL);
    }
    return status;
}

/* Who asks has a new key, and signed with it: the registry hears of it first. */
static enum hm_status rotate(struct hm_writer *writer, struct job *job)
{
    struct hm_bytes keys = hm_serving_keys(job->serving);
    const struct hm_id *id = &hm_serving_request(job->serving)->device;
    struct hm_control_ctx *ctx = writer->ctx;
    if (keys.size == 0) {
        return HM_OK;
    }
    enum hm_status status =
        hm_author_rotate(ctx->store, &ctx->secret, id, keys, &job->err);
    if (status == HM_DENIED) {
        hm_err_clear(&job->err); /* the commit finds out what stands in its way */
        return HM_OK;
    }
    if (status == HM_OK) {
        char device[HM_HEX16_SIZE];
        hm_hex_put(device, hm_id_bytes(id));
        hm_log(hm_env_wall(ctx->env), HM_LOG_KEY_CHANGED, "device", device, NULL);
    }
    return status;
}

static void commit_one(struct hm_writer *writer, struct job *job)
{
    hm_err_clear(&job->err);
    job->status = mend(writer, &job->err);
    if (job->status == HM_OK) {
        job->status = hm_servings_commit(&job->serving, 1, writer->ctx->store, &job->err);
    }
    if (job->status != HM_OK) {
        note_failure(writer, &job->err);
    }
}

/*
 * One transaction for all. If it fails, each is tried by itself: one request that cannot
 * be kept must not take its neighbours with it.
 */
static void commit_group(struct hm_writer *writer, struct job **jobs, size_t count)
{
    struct hm_serving *servings[GROUP_MAX];
    struct job *ready[GROUP_MAX];
    struct hm_err err = HM_ERR_NONE;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        jobs[i]->status = mend(writer, &jobs[i]->err);
        if (jobs[i]->status == HM_OK) {
            jobs[i]->status = redeem(writer, jobs[i]);
        }
        if (jobs[i]->status == HM_OK) {
            jobs[i]->status = rotate(writer, jobs[i]);
        }
        if (jobs[i]->status != HM_OK) {
            note_failure(writer, &jobs[i]->err);
        } else if (hm_serving_commits(jobs[i]->serving)) {
            ready[n] = jobs[i];
            servings[n++] = jobs[i]->serving;
        }
    }
    if (n == 0) {
        return;
    }
    enum hm_status status = mend(writer, &err);
    if (status == HM_OK) {
        status = hm_servings_commit(servings, n, writer->ctx->store, &err);
    }
    if (status != HM_OK && n == 1) {
        ready[0]->status = status;
        ready[0]->err = err;
        note_failure(writer, &err);
    } else if (status != HM_OK) {
        note_failure(writer, &err);
        for (size_t i = 0; i < n; i++) {
            commit_one(writer, ready[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (ready[i]->status == HM_OK && hm_serving_came_back(ready[i]->serving)) {
            hm_log(hm_env_wall(writer->ctx->env), HM_LOG_CAME_BACK, NULL);
        }
    }
    if (!writer->broken) {
        hm_erasing_after(writer->ctx);
        hm_standing_after(writer->ctx);
    }
}

static void control(struct hm_writer *writer, struct job *job)
{
    struct hm_err err = HM_ERR_NONE;
    if (mend(writer, &err) != HM_OK) {
        struct hm_control_reply reply = {.status = err.status, .err = err};
        note_failure(writer, &err);
        hm_control_reply_put(job->reply, &reply);
        return;
    }
    hm_control_execute(writer->ctx, job->asker, job->request, job->reply);
}

static void run_function(struct hm_writer *writer, struct job *job)
{
    job->status = mend(writer, &job->err);
    if (job->status != HM_OK) {
        note_failure(writer, &job->err);
        return;
    }
    struct hm_store *store = writer->ctx->store;
    job->status = hm_store_begin(store, &job->err);
    if (job->status == HM_OK) {
        job->status = job->run(store, job->ctx, &job->err);
    }
    if (job->status == HM_OK) {
        job->status = hm_store_commit(store, &job->err);
    }
    hm_store_rollback(store);
    if (job->status == HM_IO || job->status == HM_CORRUPT) {
        note_failure(writer, &job->err);
    }
}

/* Take what waits: one message or function, or servings up to the next one. */
static size_t take(struct hm_writer *writer, struct job **jobs)
{
    size_t count = 0;
    while (writer->first != NULL && count < GROUP_MAX) {
        bool is_control = writer->first->serving == NULL;
        if (is_control && count > 0) {
            break;
        }
        jobs[count++] = writer->first;
        writer->first = writer->first->next;
        if (is_control) {
            break;
        }
    }
    if (writer->first == NULL) {
        writer->last = NULL;
    }
    return count;
}

/* When something waits for a moment of its own: by mono time. */
static bool find_moment(const struct hm_control_ctx *ctx, int64_t *moment)
{
    bool scrub =
        ctx->scrub_due && (!ctx->standing_due || ctx->scrub_ms < ctx->standing_ms);
    *moment = scrub ? ctx->scrub_ms : ctx->standing_ms;
    return ctx->scrub_due || ctx->standing_due;
}

/* What is not due yet looks at the clock itself, and is due again. */
static void do_due(struct hm_writer *writer)
{
    struct hm_control_ctx *ctx = writer->ctx;
    bool scrub = ctx->scrub_due;
    bool standing = ctx->standing_due;
    if (writer->broken) { /* the next commit opens the store anew, and does both */
        ctx->scrub_due = false;
        ctx->standing_due = false;
        return;
    }
    if (scrub) {
        hm_erasing_after(ctx);
    }
    if (standing) {
        hm_standing_after(ctx);
    }
}

/* Until somebody asks, or what waits for a moment of its own is due. */
static void wait_asked(struct hm_writer *writer)
{
    struct hm_control_ctx *ctx = writer->ctx;
    struct timespec until;
    int64_t due = 0;
    if (!find_moment(ctx, &due)) {
        pthread_cond_wait(&writer->asked, &writer->mutex);
        return;
    }
    int64_t rest = due - hm_env_mono(ctx->env).ms;
    int64_t moment = hm_env_wall(ctx->env).ms + (rest > 0 ? rest : 0);
    until.tv_sec = (time_t)(moment / MS_A_SECOND);
    until.tv_nsec = (long)(moment % MS_A_SECOND) * NS_A_MS;
    if (pthread_cond_timedwait(&writer->asked, &writer->mutex, &until) == ETIMEDOUT) {
        pthread_mutex_unlock(&writer->mutex);
        do_due(writer);
        pthread_mutex_lock(&writer->mutex);
    }
}

static void *work(void *at)
{
    struct hm_writer *writer = at;
    struct job *jobs[GROUP_MAX];
    pthread_mutex_lock(&writer->mutex);
    for (;;) {
        while (writer->first == NULL && !writer->stopping) {
            wait_asked(writer);
        }
        size_t count = take(writer, jobs);
        if (count == 0) {
            break;
        }
        pthread_mutex_unlock(&writer->mutex);
        if (jobs[0]->run != NULL) {
            run_function(writer, jobs[0]);
        } else if (jobs[0]->serving == NULL) {
            control(writer, jobs[0]);
        } else {
            commit_group(writer, jobs, count);
        }
        pthread_mutex_lock(&writer->mutex);
        for (size_t i = 0; i < count; i++) {
            jobs[i]->done = true;
        }
        pthread_cond_broadcast(&writer->answered);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

enum hm_status hm_writer_start(struct hm_writer **writer,
                               struct hm_control_ctx *ctx,
                               struct hm_err *err)
{
    struct hm_writer *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->ctx = ctx;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->asked, NULL);
    pthread_cond_init(&made->answered, NULL);
    int failed = pthread_create(&made->thread, NULL, work, made);
    if (failed != 0) {
        free(made);
        return hm_fail_errno(err, failed, "thread");
    }
    *writer = made;
    return HM_OK;
}

void hm_writer_stop(struct hm_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_signal(&writer->asked);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->answered);
    pthread_cond_destroy(&writer->asked);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

static void ask(struct hm_writer *writer, struct job *job)
{
    pthread_mutex_lock(&writer->mutex);
    HM_ASSERT(!writer->stopping);
    if (writer->last == NULL) {
        writer->first = job;
    } else {
        writer->last->next = job;
    }
    writer->last = job;
    pthread_cond_signal(&writer->asked);
    while (!job->done) {
        pthread_cond_wait(&writer->answered, &writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
}

enum hm_status hm_writer_commit(struct hm_writer *writer,
                                struct hm_serving *serving,
                                struct hm_err *err)
{
    struct job job = {.serving = serving, .status = HM_OK, .err = HM_ERR_NONE};
    ask(writer, &job);
    if (job.status != HM_OK && err != NULL) {
        *err = job.err;
    }
    return job.status;
}

void hm_writer_control(struct hm_writer *writer,
                       const struct hm_asker *asker,
                       struct hm_bytes request,
                       struct hm_buf *reply)
{
    struct job job = {.asker = asker, .request = request, .reply = reply};
    ask(writer, &job);
}

enum hm_status hm_writer_write(struct hm_writer *writer,
                               enum hm_status (*run)(struct hm_store *store,
                                                     void *ctx,
                                                     struct hm_err *err),
                               void *ctx,
                               struct hm_err *err)
{
    struct job job = {.run = run, .ctx = ctx, .status = HM_OK, .err = HM_ERR_NONE};
    ask(writer, &job);
    if (job.status != HM_OK && err != NULL) {
        *err = job.err;
    }
    return job.status;
}
