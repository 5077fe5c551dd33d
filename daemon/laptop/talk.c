/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/api/laptop_state.h"
#include "hamlet/base/assert.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/net/client.h"
#include "hamlet/replica/replica.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/scan.h"
#include "hamlet/sync/session.h"
#include "hamlet/wire/pins.h"

#define SYNC_PATH "/v1/sync"
#define SYNC_TYPE "application/vnd.hamlet.sync"

/* A cut link is tried again at once; after so many tries without progress it is down. */
enum { TRIES_IDLE_MAX = 3, URLS_MAX = 64, URLS_BYTES_MAX = 64 * 1024 };

struct hm_talk {
    struct hm_loop *loop;
    const struct hm_env *env;
    const char *dir;
    void (*done)(void *ctx, const struct hm_talked *talked);
    void *ctx;
    struct hm_net *net;
    struct hm_timer net_timer;

    /* of the conversation under way */
    bool running;
    struct hm_replica replica;
    struct hm_session *session;
    struct hm_arena arena;
    const char *urls[URLS_MAX];
    size_t url_count;
    size_t url;          /* in use */
    size_t silent;       /* addresses in a row that gave no reply */
    struct hm_pins pins; /* by which the server is known */
    struct hm_buf body;
    struct hm_mono began; /* of the round */
    struct hm_talked talked;
};

static void round_done(void *ctx, const struct hm_net_result *result);

/* ---- the network's side of the loop ---- */

static void net_ready(void *ctx, int fd, unsigned events)
{
    struct hm_talk *talk = ctx;
    unsigned int what = ((events & HM_LOOP_READ) != 0 ? HM_NET_READ : 0U) |
                        ((events & HM_LOOP_WRITE) != 0 ? HM_NET_WRITE : 0U);
    hm_net_ready(talk->net, fd, what);
}

/* Where the loop has no room, the time limit ends the transfer. */
static void watch(void *ctx, int fd, unsigned int events)
{
    struct hm_talk *talk = ctx;
    unsigned what = ((events & HM_NET_READ) != 0 ? HM_LOOP_READ : 0U) |
                    ((events & HM_NET_WRITE) != 0 ? HM_LOOP_WRITE : 0U);
    hm_loop_unwatch(talk->loop, fd);
    if (what != 0) {
        (void)!hm_loop_watch(talk->loop, fd, what, net_ready, talk, NULL);
    }
}

static void timer(void *ctx, int64_t ms)
{
    struct hm_talk *talk = ctx;
    if (ms < 0) {
        hm_loop_timer_clear(talk->loop, &talk->net_timer);
    } else {
        hm_loop_timer_after(talk->loop, &talk->net_timer, ms);
    }
}

static void net_timeout(void *ctx)
{
    struct hm_talk *talk = ctx;
    hm_net_timeout(talk->net);
}

/* ---- the store's side ---- */

static enum hm_status read_urls(struct hm_talk *talk,
                                struct hm_bytes text,
                                struct hm_err *err)
{
    static const struct hm_json_limits limits = {URLS_BYTES_MAX, 2, URLS_MAX + 1};
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, text, &limits, err);
    const struct hm_json *at =
        hm_json_is(json, HM_JSON_LIST) ? hm_json_first(json) : NULL;
    talk->url_count = 0;
    for (; at != NULL && talk->url_count < URLS_MAX; at = hm_json_next(at)) {
        struct hm_bytes url = hm_json_text_or(at, HM_NO_BYTES);
        while (url.size > 0 && url.data[url.size - 1] == '/') {
            url.size--;
        }
        char *whole = hm_arena_get(&talk->arena, url.size + sizeof(SYNC_PATH));
        if (url.size > 0 && whole != NULL) {
            memcpy(whole, url.data, url.size);
            memcpy(whole + url.size, SYNC_PATH, sizeof(SYNC_PATH));
            talk->urls[talk->url_count++] = whole;
        }
    }
    hm_json_free(json);
    if (status == HM_OK) {
        status = hm_arena_status(&talk->arena, err);
    }
    if (status == HM_OK && talk->url_count == 0) {
        status = hm_fail(err, HM_UNCONFIGURED, "no-address", NULL, NULL, NULL);
    }
    return status;
}

/* The newer of two texts that name them. */
static void take_pins(struct hm_talk *talk, struct hm_bytes text)
{
    struct hm_pins pins;
    if (hm_pins_read(&pins, text) && pins.turn >= talk->pins.turn) {
        talk->pins = pins;
    }
}

/*
 * What the invitation said, what a person was told to trust since, what the registry says
 * here: each time a newer pair, of which the server may have either.
 */
static enum hm_status find_pins(struct hm_talk *talk, struct hm_err *err)
{
    struct hm_store *store = talk->replica.store;
    struct hm_bytes first = HM_NO_BYTES;
    struct hm_bytes told = HM_NO_BYTES;
    struct hm_bytes registered = HM_NO_BYTES;
    struct hm_id server;
    enum hm_status status =
        hm_store_meta_get(store, HM_META_PIN, &talk->arena, &first, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_PINS, &talk->arena, &told, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_id(store, HM_META_DISTRICT, &server, err);
    }
    if (status == HM_OK) {
        status = hm_store_pins(store, &server, &registered, &talk->arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    talk->pins = (struct hm_pins){.count = 0};
    if (first.size == HM_NET_PIN_SIZE) {
        talk->pins.count = 1;
        memcpy(talk->pins.at[0], first.data, HM_NET_PIN_SIZE);
    }
    take_pins(talk, told);
    take_pins(talk, registered);
    return talk->pins.count > 0
               ? HM_OK
               : hm_fail(err, HM_UNCONFIGURED, "no-address", NULL, NULL, NULL);
}

static enum hm_status find_server(struct hm_talk *talk, struct hm_err *err)
{
    struct hm_bytes urls = HM_NO_BYTES;
    enum hm_status status = find_pins(talk, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(talk->replica.store, HM_META_URLS, &talk->arena, &urls,
                                   err);
    }
    if (status == HM_OK && urls.size == 0) {
        return hm_fail(err, HM_UNCONFIGURED, "no-address", NULL, NULL, NULL);
    }
    return status != HM_OK ? status : read_urls(talk, urls, err);
}

static void leave_store(struct hm_talk *talk)
{
    hm_session_close(talk->session);
    talk->session = NULL;
    hm_replica_close(&talk->replica);
    hm_buf_fini(&talk->body);
    hm_arena_fini(&talk->arena);
    talk->running = false;
}

static enum hm_status enter_store(struct hm_talk *talk, struct hm_err *err)
{
    hm_arena_init(&talk->arena, HM_REQUEST_BYTES_MAX);
    hm_buf_init(&talk->body, HM_HEADER_MAX + HM_REQUEST_BYTES_MAX);
    enum hm_status status =
        hm_replica_open(&talk->replica, talk->dir, talk->env, true, err);
    if (status == HM_OK) {
        status = find_server(talk, err);
    }
    if (status == HM_OK) {
        status = hm_session_open(&talk->session, talk->replica.store,
                                 &talk->replica.secret, HM_VERSION, err);
    }
    return status;
}

static enum hm_status add_open(void *ctx, int64_t home, int64_t count, struct hm_err *err)
{
    struct hm_talk *talk = ctx;
    (void)home;
    (void)err;
    talk->talked.conflicts_open += (uint64_t)count;
    return HM_OK;
}

/* Counted, not listed: there may be more than fit into the memory of a conversation. */
static enum hm_status count_conflicts(struct hm_talk *talk, struct hm_err *err)
{
    talk->talked.conflicts_open = 0;
    return hm_store_scan_open(talk->replica.store, add_open, talk, err);
}

/* A failure is kept, to be shown and to be told to the server when it is reached. */
static void note_failure(struct hm_talk *talk, const struct hm_err *failed)
{
    struct hm_store *store = talk->replica.store;
    int64_t errors = 0;
    if (store == NULL || failed->key == NULL) {
        return;
    }
    enum hm_status status = hm_store_begin(store, NULL);
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_ERRORS, 0, &errors, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put_int(store, HM_META_ERRORS, errors + 1, NULL);
    }
    if (status == HM_OK) {
        status = hm_laptop_failure_put(store, failed, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_commit(store, NULL);
    }
    if (status != HM_OK) {
        hm_store_rollback(store); /* the failure itself is what gets reported */
    }
}

/* ---- rounds ---- */

static void finish(struct hm_talk *talk, enum hm_status status, const struct hm_err *err)
{
    struct hm_talked *talked = &talk->talked;
    talked->status = status;
    if (talk->session != NULL) {
        const struct hm_session_stats *stats = hm_session_stats(talk->session);
        talked->rounds = stats->rounds;
        talked->changes_up = stats->changes_up;
        talked->changes_down = stats->changes_down;
        talked->quarantined = stats->quarantined;
        talked->epochs = stats->epochs;
    }
    if (status == HM_OK) {
        hm_replica_settle_key(&talk->replica, talk->dir, talk->env);
        talked->status = count_conflicts(talk, &talked->err);
    } else {
        talked->err = *err;
        note_failure(talk, err);
    }
    if (talk->replica.store != NULL) {
        hm_replica_scrub(talk->replica.store, talk->dir);
    }
    struct hm_talked told = *talked; /* `done` may begin the next one */
    leave_store(talk);
    talk->done(talk->ctx, &told);
}

static void sent(void *ctx)
{
    struct hm_talk *talk = ctx;
    hm_session_ahead(talk->session);
}

static void head(void *ctx, const struct hm_net_head *head)
{
    struct hm_talk *talk = ctx;
    talk->talked.retry_after_s = head->retry_after_s;
    hm_session_answer(talk->session, head->status);
}

static bool bytes(void *ctx, struct hm_bytes piece)
{
    struct hm_talk *talk = ctx;
    return hm_session_put(talk->session, piece);
}

/*
 * The line before the pages goes by itself: then pages, which are about as large as a
 * record, end where records end, and a cut link keeps more of them.
 */
static size_t line_size(const struct hm_buf *body)
{
    const uint8_t *end = body->size == 0 ? NULL : memchr(body->data, '\n', body->size);
    return end == NULL ? 0 : (size_t)(end - body->data) + 1;
}

static enum hm_status start_round(struct hm_talk *talk, struct hm_err *err)
{
    hm_buf_clear(&talk->body);
    enum hm_status status = hm_session_request(talk->session, &talk->body, err);
    if (status != HM_OK) {
        return status;
    }
    const uint8_t *spare = talk->pins.count > 1 ? talk->pins.at[1] : NULL;
    const struct hm_net_request request = {.url = talk->urls[talk->url],
                                           .pin = talk->pins.at[0],
                                           .spare = spare,
                                           .content_type = SYNC_TYPE,
                                           .body = hm_buf_bytes(&talk->body),
                                           .body_first = line_size(&talk->body),
                                           .reply_max = HM_REPLY_BYTES_MAX,
                                           .ctx = talk,
                                           .sent = sent,
                                           .head = head,
                                           .bytes = bytes,
                                           .done = round_done};
    talk->began = hm_env_mono(talk->env);
    talk->talked.retry_after_s = -1;
    return hm_net_start(talk->net, &request, err);
}

/*
 * Whether to go on after a failed round. An address that gave no reply is left for the
 * next one; the same is tried again only if there is no other.
 */
static bool goes_on(struct hm_talk *talk, enum hm_session_next next, bool replied)
{
    if (!replied && talk->url_count > 1) {
        talk->url = (talk->url + 1) % talk->url_count;
        talk->silent++;
        if (talk->silent < talk->url_count) {
            return true;
        }
    }
    return next == HM_SESSION_RETRY && talk->talked.retry_after_s < 0 &&
           hm_session_stats(talk->session)->tries_idle < TRIES_IDLE_MAX;
}

static void round_done(void *ctx, const struct hm_net_result *result)
{
    struct hm_talk *talk = ctx;
    struct hm_err err = HM_ERR_NONE;
    bool whole = result->status == HM_OK;
    int64_t took_ms = hm_env_mono(talk->env).ms - talk->began.ms;
    talk->talked.bytes_up += (uint64_t)result->bytes_up;
    talk->talked.bytes_down += (uint64_t)result->bytes_down;
    if (result->bytes_up == 0) {
        hm_session_unsent(talk->session);
    } else {
        talk->talked.round_trips++;
    }
    enum hm_session_next next =
        hm_session_end(talk->session, whole, whole ? NULL : &result->err, took_ms, &err);
    if (next == HM_SESSION_DONE) {
        finish(talk, HM_OK, &err);
        return;
    }
    bool replied = result->http != 0;
    talk->silent = replied ? 0 : talk->silent;
    if (next != HM_SESSION_AGAIN && !goes_on(talk, next, replied)) {
        HM_ASSERT(err.status != HM_OK);
        finish(talk, err.status, &err);
        return;
    }
    struct hm_err failed = HM_ERR_NONE;
    enum hm_status status = start_round(talk, &failed);
    if (status != HM_OK) {
        finish(talk, status, &failed);
    }
}

/* ---- life ---- */

enum hm_status hm_talk_open(struct hm_talk **talk,
                            struct hm_loop *loop,
                            const struct hm_env *env,
                            const char *dir,
                            void (*done)(void *ctx, const struct hm_talked *talked),
                            void *ctx,
                            struct hm_err *err)
{
    struct hm_talk *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    *made =
        (struct hm_talk){.loop = loop, .env = env, .dir = dir, .done = done, .ctx = ctx};
    made->net_timer = (struct hm_timer){.fire = net_timeout, .ctx = made};
    const struct hm_net_hooks hooks = {.ctx = made, .watch = watch, .timer = timer};
    enum hm_status status =
        hm_net_open(&made->net, &hooks, &(struct hm_net_limits){0}, err);
    if (status != HM_OK) {
        free(made);
        return status;
    }
    *talk = made;
    return HM_OK;
}

void hm_talk_close(struct hm_talk *talk)
{
    if (talk == NULL) {
        return;
    }
    if (talk->running) {
        struct hm_err err = HM_ERR_NONE;
        hm_net_cancel(talk->net);
        (void)hm_session_end(talk->session, false, NULL, 0, &err);
        leave_store(talk);
    }
    hm_net_close(talk->net);
    hm_loop_timer_clear(talk->loop, &talk->net_timer);
    free(talk);
}

enum hm_status hm_talk_start(struct hm_talk *talk, struct hm_err *err)
{
    talk->talked = (struct hm_talked){.err = HM_ERR_NONE, .retry_after_s = -1};
    talk->silent = 0;
    enum hm_status status = enter_store(talk, err);
    if (status == HM_OK) {
        hm_session_begin(talk->session);
        status = start_round(talk, err);
    }
    if (status != HM_OK) {
        leave_store(talk);
        return status;
    }
    talk->running = true;
    return HM_OK;
}

bool hm_talk_running(const struct hm_talk *talk)
{
    return talk->running;
}

void hm_talk_idle(struct hm_talk *talk)
{
    hm_net_idle(talk->net);
}
