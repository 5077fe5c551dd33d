/* SPDX-License-Identifier: Apache-2.0 */
#include "sync.h"

#include <stdio.h>
#include <stdlib.h>

#include "hamlet/base/limits.h"
#include "hamlet/base/log.h"
#include "hamlet/web/server.h"

enum {
    /* Exchanges at once: each may hold the pages of a whole request in memory. */
    OPEN_MAX = 256,
    BUSY_WAIT_S = 30,
    NUMBER_SIZE = 24,
    TITLE_MAX = 1024
};

#define PROBLEM_TYPE "application/problem+json"

struct exchange {
    struct hm_sync *sync;
    struct hm_serving *serving;
    size_t held;  /* as it is counted in sync->held */
    size_t reply; /* bytes that wait for the peer to read them */
};

void hm_sync_problem(const struct hm_sync *sync,
                     enum hm_problem problem,
                     struct hm_httpd_reply *reply)
{
    char key[HM_PROBLEM_KEY_SIZE];
    hm_problem_key(key, problem);
    reply->status = hm_problem_http(problem);
    reply->content_type = PROBLEM_TYPE;
    reply->retry_after_s = problem == HM_PROBLEM_BUSY ? BUSY_WAIT_S : 0;
    hm_buf_init(&reply->body, HM_REPLY_BYTES_MAX);
    hm_problem_write(&reply->body, problem, hm_text(hm_words_ui(sync->words, key)),
                     HM_NO_BYTES);
}

void hm_sync_refusal(void *ctx,
                     int status,
                     const char *name,
                     struct hm_httpd_reply *reply)
{
    static const enum hm_problem refusals[] = {
        HM_PROBLEM_PATH,        HM_PROBLEM_METHOD, HM_PROBLEM_TIMEOUT,
        HM_PROBLEM_LENGTH,      HM_PROBLEM_TYPE,   HM_PROBLEM_TOO_LARGE,
        HM_PROBLEM_HOST,        HM_PROBLEM_BUSY,   HM_PROBLEM_HEADERS_LARGE,
        HM_PROBLEM_HTTP_VERSION};
    enum hm_problem problem = HM_PROBLEM_HEADER;
    (void)name; /* several names share a status, and the one who asked needs no more */
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        if (hm_problem_http(refusals[i]) == status) {
            problem = refusals[i];
        }
    }
    hm_sync_problem(ctx, problem, reply);
    hm_web_server_headers(reply); /* it may have been a browser */
}

static void count_held(struct exchange *exchange)
{
    size_t now = hm_serving_held(exchange->serving) + exchange->reply;
    (void)atomic_fetch_add(&exchange->sync->held, now - exchange->held); /* modulo 2^n */
    exchange->held = now;
}

static bool is_crowded(struct hm_sync *sync)
{
    return atomic_load(&sync->held) > HM_EXCHANGES_BYTES_MAX;
}

static struct exchange *open_exchange(struct hm_sync *sync, uint64_t declared)
{
    struct hm_err err = HM_ERR_NONE;
    struct exchange *exchange = calloc(1, sizeof(*exchange));
    if (exchange != NULL &&
        hm_serving_open(&exchange->serving, &sync->self, declared, &err) != HM_OK) {
        free(exchange);
        exchange = NULL;
    }
    if (exchange != NULL) {
        exchange->sync = sync;
        count_held(exchange);
    }
    return exchange;
}

static bool begin(void *server_ctx,
                  const struct hm_httpd_request *request,
                  void **ctx,
                  struct hm_httpd_reply *reply)
{
    struct hm_sync *sync = server_ctx;
    struct exchange *exchange = NULL;
    if (atomic_fetch_add(&sync->open, 1) < OPEN_MAX) {
        exchange = open_exchange(sync, (uint64_t)request->length);
    }
    if (exchange == NULL) {
        (void)atomic_fetch_sub(&sync->open, 1);
        hm_sync_problem(sync, HM_PROBLEM_BUSY, reply);
        return false;
    }
    *ctx = exchange;
    return true;
}

/* What was whole before the problem is still good, and is kept. */
static void keep(struct exchange *exchange)
{
    struct hm_err err = HM_ERR_NONE;
    char pages[NUMBER_SIZE];
    if (!hm_serving_commits(exchange->serving) ||
        hm_serving_pages(exchange->serving) == 0) {
        return;
    }
    if (hm_writer_commit(exchange->sync->writer, exchange->serving, &err) == HM_OK) {
        (void)snprintf(pages, sizeof(pages), "%zu", hm_serving_pages(exchange->serving));
        hm_log(hm_env_wall(exchange->sync->self.env), HM_LOG_PAGES_KEPT, "pages", pages,
               NULL);
    }
    hm_serving_forget(exchange->serving);
}

static bool chunk(void *ctx, struct hm_bytes bytes, struct hm_httpd_reply *reply)
{
    struct exchange *exchange = ctx;
    bool go_on = exchange->held <= HM_EXCHANGE_BYTES_SMALL || !is_crowded(exchange->sync);
    if (go_on) {
        struct hm_store *reader = hm_readers_take(exchange->sync->readers);
        go_on = hm_serving_put(exchange->serving, reader, bytes);
        hm_readers_give(exchange->sync->readers, reader);
        count_held(exchange);
    } else {
        hm_serving_refuse(exchange->serving, HM_PROBLEM_BUSY);
    }
    if (!go_on) {
        enum hm_problem problem = hm_serving_problem(exchange->serving);
        keep(exchange);
        count_held(exchange);
        hm_sync_problem(exchange->sync, problem, reply);
    }
    return go_on;
}

static enum hm_problem problem_of(enum hm_status status)
{
    switch (status) {
    case HM_NO_MEMORY:
    case HM_LOCKED:
        return HM_PROBLEM_BUSY;
    case HM_IO:
        return HM_PROBLEM_DISK;
    default:
        return HM_PROBLEM_INTERNAL;
    }
}

static enum hm_status answer(struct exchange *exchange,
                             struct hm_httpd_reply *reply,
                             struct hm_err *err)
{
    struct hm_buf body;
    hm_buf_init(&body, HM_REPLY_BYTES_MAX);
    if (is_crowded(exchange->sync)) {
        hm_serving_limit(exchange->serving, HM_REQUEST_BYTES_FIRST);
    }
    struct hm_store *reader = hm_readers_take(exchange->sync->readers);
    enum hm_status status = hm_serving_answer(exchange->serving, reader, &body, err);
    hm_readers_give(exchange->sync->readers, reader);
    if (status != HM_OK) {
        hm_buf_fini(&body);
        return status;
    }
    reply->status = 200;
    reply->content_type = HM_SYNC_TYPE;
    reply->body = body;
    exchange->reply = body.capacity;
    return HM_OK;
}

static void end(void *ctx, struct hm_httpd_reply *reply)
{
    struct exchange *exchange = ctx;
    struct hm_sync *sync = exchange->sync;
    struct hm_err err = HM_ERR_NONE;
    enum hm_status status = HM_OK;
    hm_serving_end(exchange->serving);
    if (hm_serving_commits(exchange->serving)) {
        status = hm_writer_commit(sync->writer, exchange->serving, &err);
        hm_serving_forget(exchange->serving);
        count_held(exchange);
    }
    if (status == HM_OK && hm_serving_problem(exchange->serving) == HM_PROBLEM_NONE) {
        status = answer(exchange, reply, &err);
        count_held(exchange);
        if (status == HM_OK) {
            return;
        }
    }
    if (status != HM_OK && hm_serving_problem(exchange->serving) == HM_PROBLEM_NONE) {
        hm_log(hm_env_wall(sync->self.env), HM_LOG_STORE_FAILED, "status",
               hm_status_name(status), "what", err.key == NULL ? "" : err.key, NULL);
        hm_serving_refuse(exchange->serving, problem_of(status));
    }
    hm_sync_problem(sync, hm_serving_problem(exchange->serving), reply);
}

static void broken(void *ctx)
{
    keep(ctx);
    count_held(ctx);
}

static void closed(void *ctx)
{
    struct exchange *exchange = ctx;
    if (exchange != NULL) {
        (void)atomic_fetch_sub(&exchange->sync->open, 1);
        (void)atomic_fetch_sub(&exchange->sync->held, exchange->held);
        hm_serving_close(exchange->serving);
        free(exchange);
    }
}

const struct hm_httpd_handler hm_sync_handler = {begin, chunk, end, broken, closed};
