/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bell.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/log.h"
#include "hamlet/command/store_path.h"
#include "hamlet/host/local.h"
#include "hamlet/host/lock.h"
#include "hamlet/host/netlink.h"
#include "hamlet/host/notify.h"
#include "hamlet/replica/replica.h"
#include "hamlet/run/backoff.h"
#include "hamlet/web/web.h"
#include "peers.h"

enum {
    SAVED_MS = 1000,      /* one conversation for what is saved together */
    NETWORK_MS = 2000,    /* addresses and names come a little after the link */
    AGAIN_MS = 60 * 1000, /* saving asks a server that was just down no more often */
    FIRST_RETRY_MS = 30000,
    LOCK_S = 5 * 60, /* who went to the door is back, or somebody else is here */
    LOCK_S_MAX = 12 * 60 * 60,
    SECOND_MS = 1000,
    VISIT_MS = 60 * 60 * 1000, /* with nothing to say: once an hour, see what came */
    PATHS_MAX = 64 * 1024,
    JSON_MAX = 16 * 1024,
    NUMBER_SIZE = 24
};

struct daemon {
    struct hm_call *call;
    const struct hm_env *env;
    char *dir;
    bool once;
    struct hm_arena arena;
    struct hm_lock lock;
    struct hm_loop *loop;
    struct hm_talk *talk;
    struct hm_peers *peers;
    struct hm_bell *bell; /* what the web's threads have to say */
    struct hm_web *web;   /* null: no page is served */
    int netlink;
    struct hm_timer next; /* when to talk */
    struct hm_mono due;   /* … while it is set */
    struct hm_backoff backoff;
    bool failing;
    bool told; /* the server said when to come back: nobody's saving undercuts that */
    struct hm_mono failed_at;
    bool again;              /* something was saved while a conversation went on */
    struct hm_talked talked; /* the last one, of --once */
};

static int64_t now_ms(const struct daemon *d)
{
    return hm_env_mono(d->env).ms;
}

/* The page shows how it stands with the district. */
static void tell_page(const struct daemon *d, unsigned int changed)
{
    if (d->web != NULL) {
        hm_web_talking(d->web, hm_talk_running(d->talk), d->due);
        if (changed != 0) {
            hm_web_changed(d->web, changed);
        }
    }
}

/* Talk in so long, if it is not to be earlier anyway. */
static void talk_within(struct daemon *d, int64_t wait_ms)
{
    int64_t due = now_ms(d) + wait_ms;
    if (hm_talk_running(d->talk)) {
        d->again = true;
    } else if (!d->next.is_set || due < d->due.ms) {
        d->due = (struct hm_mono){due};
        hm_loop_timer_set(d->loop, &d->next, d->due);
    }
}

static void wait_exactly(struct daemon *d, int64_t wait_ms)
{
    d->due = (struct hm_mono){now_ms(d) + wait_ms};
    hm_loop_timer_set(d->loop, &d->next, d->due);
}

/* Half of the wait and a random part of the rest: laptops must not come all at once. */
static int64_t visit_wait_ms(const struct daemon *d)
{
    uint32_t random = 0;
    if (hm_env_random(d->env, (uint8_t *)&random, sizeof(random), NULL) != HM_OK) {
        return VISIT_MS;
    }
    return VISIT_MS / 2 + (int64_t)(random % (VISIT_MS / 2));
}

static void log_talked(const struct daemon *d, const struct hm_talked *talked)
{
    char rounds[NUMBER_SIZE];
    char up[NUMBER_SIZE];
    char down[NUMBER_SIZE];
    if (talked->status != HM_OK) {
        hm_log(hm_env_wall(d->env), HM_LOG_SYNC_FAILED, "status",
               hm_status_name(talked->status), "what",
               talked->err.key == NULL ? "" : talked->err.key, "detail",
               talked->err.arg[1], NULL);
        return;
    }
    (void)snprintf(rounds, sizeof(rounds), "%llu", (unsigned long long)talked->rounds);
    (void)snprintf(up, sizeof(up), "%llu", (unsigned long long)talked->bytes_up);
    (void)snprintf(down, sizeof(down), "%llu", (unsigned long long)talked->bytes_down);
    hm_log(hm_env_wall(d->env), HM_LOG_SYNC_DONE, "rounds", rounds, "bytes_up", up,
           "bytes_down", down, NULL);
}

static void ended(void *ctx, const struct hm_talked *talked)
{
    struct daemon *d = ctx;
    if (d->once) {
        d->talked = *talked;
        hm_loop_stop(d->loop);
        return;
    }
    log_talked(d, talked);
    hm_notify_status(hm_status_name(talked->status));
    hm_peers_answer(d->peers, talked);
    d->failing = talked->status != HM_OK;
    d->told = d->failing && talked->retry_after_s >= 0;
    if (d->failing) {
        d->failed_at = hm_env_mono(d->env);
        wait_exactly(d, hm_backoff_next(&d->backoff, d->env,
                                        talked->retry_after_s < 0
                                            ? -1
                                            : talked->retry_after_s * 1000));
    } else {
        hm_backoff_reset(&d->backoff);
        wait_exactly(d, visit_wait_ms(d));
    }
    hm_talk_idle(d->talk);
    if (d->again && !d->told) {
        talk_within(d, d->failing ? AGAIN_MS : SAVED_MS);
    }
    d->again = false;
    tell_page(d, HM_WEB_RECORDS | HM_WEB_SYNC);
}

static void talk(void *ctx)
{
    struct daemon *d = ctx;
    struct hm_talked talked = {.err = HM_ERR_NONE, .retry_after_s = -1};
    if (hm_talk_running(d->talk)) {
        return;
    }
    hm_loop_timer_clear(d->loop, &d->next);
    talked.status = hm_talk_start(d->talk, &talked.err);
    if (talked.status != HM_OK) {
        ended(d, &talked);
    } else {
        tell_page(d, 0);
    }
}

/* Somebody saved something. A server that was just down is not asked at every save. */
static void saved(void *ctx)
{
    struct daemon *d = ctx;
    int64_t since_ms = now_ms(d) - d->failed_at.ms;
    int64_t wait_ms = SAVED_MS;
    if (d->told && !hm_talk_running(d->talk)) {
        return;
    }
    if (d->failing && since_ms + SAVED_MS < AGAIN_MS) {
        wait_ms = AGAIN_MS - since_ms;
    }
    talk_within(d, wait_ms);
}

/* A command beside us saved something: the page did not see that. */
static void poked(void *ctx)
{
    saved(ctx);
    tell_page(ctx, HM_WEB_RECORDS | HM_WEB_SYNC);
}

static void asked(void *ctx)
{
    struct daemon *d = ctx;
    hm_backoff_reset(&d->backoff);
    talk(d);
}

/* ---- the page ---- */

static void rung(void *ctx, enum hm_bell_for what)
{
    if (what == HM_BELL_SAVED) {
        saved(ctx);
    } else {
        asked(ctx);
    }
}

static void web_saved(void *ctx)
{
    hm_bell_ring(ctx, HM_BELL_SAVED);
}

static void web_asked(void *ctx)
{
    hm_bell_ring(ctx, HM_BELL_ASKED);
}

/* Where the page is, and a way into it. */
static enum hm_status opened(void *ctx, struct hm_buf *json, struct hm_err *err)
{
    const struct daemon *d = ctx;
    struct hm_json_write out;
    struct hm_buf secret;
    if (d->web == NULL) {
        return hm_fail(err, HM_UNCONFIGURED, "web-none", NULL, NULL, NULL);
    }
    hm_buf_init(&secret, HM_NAME_MAX);
    enum hm_status status = hm_web_secret(d->web, &secret, err);
    if (status == HM_OK) {
        hm_json_write_init(&out, json);
        hm_json_open(&out, '{');
        hm_json_put_text(&out, "address", hm_text(hm_web_address(d->web)));
        hm_json_put_text(&out, "secret", hm_buf_bytes(&secret));
        hm_json_close(&out, '}');
    }
    hm_buf_fini(&secret);
    return status;
}

static enum hm_status start_page(struct daemon *d, struct hm_err *err)
{
    const char *address = hm_args_value(d->call->args, "listen");
    const char *wait = hm_args_value(d->call->args, "lock-after");
    int64_t lock_s = LOCK_S;
    enum hm_status status = HM_OK;
    if (wait != NULL) {
        status = hm_option_number(&lock_s, wait, "--lock-after", 1, LOCK_S_MAX, err);
    }
    if (status != HM_OK || address == NULL) {
        return status;
    }
    status = hm_bell_open(&d->bell, d->loop, rung, d, err);
    if (status == HM_OK) {
        const struct hm_web_options options = {.address = address,
                                               .dir = d->dir,
                                               .idle_ms = lock_s * SECOND_MS,
                                               .env = d->env,
                                               .saved = web_saved,
                                               .asked = web_asked,
                                               .ctx = d->bell};
        status = hm_web_start(&d->web, &options, err);
    }
    return status;
}

static void say_ready(const struct daemon *d)
{
    hm_output_put_text(d->call->out, "ready\n");
    if (d->web != NULL) {
        hm_output_put_text(d->call->out, "listening http://");
        hm_output_put_text(d->call->out, hm_web_address(d->web));
        hm_output_put_text(d->call->out, "\n");
        hm_log(hm_env_wall(d->env), HM_LOG_LISTENING, "address", hm_web_address(d->web),
               NULL);
    }
}

static void network_changed(void *ctx, int fd, unsigned events)
{
    struct daemon *d = ctx;
    (void)events;
    if (hm_netlink_drain(fd)) {
        hm_log(hm_env_wall(d->env), HM_LOG_NETWORK_CHANGED, NULL);
        hm_backoff_reset(&d->backoff);
        talk_within(d, NETWORK_MS);
    }
}

static void caught(void *ctx, int signal_number)
{
    struct daemon *d = ctx;
    if (signal_number != SIGHUP) {
        d->talked.status =
            hm_fail(&d->talked.err, HM_NO_SERVER, "stopped", NULL, NULL, NULL);
        hm_notify_stopping();
        hm_loop_stop(d->loop);
    }
}

/* Whether there is a store of ours: a daemon that can never work must say so at once. */
static enum hm_status look(const struct daemon *d, struct hm_err *err)
{
    struct hm_replica replica;
    enum hm_status status = hm_replica_open(&replica, d->dir, d->env, true, err);
    if (status == HM_OK) {
        hm_replica_close(&replica);
    }
    return status;
}

static enum hm_status start(struct daemon *d, struct hm_err *err)
{
    const char *lock = hm_replica_path(&d->arena, d->dir, HM_REPLICA_LOCK);
    enum hm_status status = hm_arena_status(&d->arena, err);
    if (status == HM_OK) {
        status = look(d, err);
    }
    if (status == HM_OK) {
        status = hm_lock_open(&d->lock, d->env, lock, 0, err);
    }
    if (status == HM_OK) {
        status = hm_loop_new(&d->loop, d->env, err);
    }
    if (status == HM_OK) {
        status = hm_loop_signals(d->loop, caught, d, err);
    }
    if (status == HM_OK) {
        status = hm_talk_open(&d->talk, d->loop, d->env, d->dir, ended, d, err);
    }
    return status;
}

static void stop(struct daemon *d)
{
    hm_web_stop(d->web); /* before what its threads ring */
    hm_bell_close(d->bell);
    hm_peers_close(d->peers);
    hm_talk_close(d->talk);
    if (d->netlink >= 0) {
        hm_loop_unwatch(d->loop, d->netlink);
        (void)close(d->netlink);
    }
    hm_loop_free(d->loop);
    hm_lock_close(&d->lock);
    hm_arena_fini(&d->arena);
    free(d->dir);
}

static enum hm_status run_once(struct daemon *d, struct hm_err *err)
{
    struct hm_buf json;
    enum hm_status status = hm_talk_start(d->talk, err);
    if (status == HM_OK) {
        status = hm_loop_run(d->loop, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (d->talked.status != HM_OK) {
        *err = d->talked.err;
        return d->talked.status;
    }
    hm_buf_init(&json, JSON_MAX);
    if (d->call->args->json) {
        hm_talked_json(&json, &d->talked);
    } else {
        char up[NUMBER_SIZE];
        char down[NUMBER_SIZE];
        char open[NUMBER_SIZE];
        const char *const args[] = {up, down, open};
        (void)snprintf(up, sizeof(up), "%llu", (unsigned long long)d->talked.changes_up);
        (void)snprintf(down, sizeof(down), "%llu",
                       (unsigned long long)d->talked.changes_down);
        (void)snprintf(open, sizeof(open), "%llu",
                       (unsigned long long)d->talked.conflicts_open);
        hm_words_put(&json, hm_words_ui(d->call->words, "sync.done"), args, 3);
    }
    hm_buf_put_text(&json, "\n");
    status = hm_buf_status(&json, err);
    if (status == HM_OK) {
        hm_output_put(d->call->out, hm_buf_bytes(&json));
    }
    hm_buf_fini(&json);
    return status;
}

/* Whoever may write the store may tell of it, and open the page that shows it. */
static gid_t group_of(const char *dir)
{
    struct stat seen;
    bool shared = stat(dir, &seen) == 0 && (seen.st_mode & S_IRWXG) == S_IRWXG;
    return shared ? seen.st_gid : HM_LOCAL_NO_GROUP;
}

static enum hm_status run(struct daemon *d, struct hm_err *err)
{
    const char *socket = hm_replica_path(&d->arena, d->dir, HM_REPLICA_SOCKET);
    enum hm_status status = hm_arena_status(&d->arena, err);
    if (status == HM_OK) {
        const struct hm_peers_heard heard = {poked, asked, opened, d};
        status = hm_peers_open(&d->peers, d->loop, d->env, socket, group_of(d->dir),
                               &heard, err);
    }
    if (status == HM_OK) {
        status = start_page(d, err);
    }
    d->netlink = hm_netlink_open();
    if (status == HM_OK && d->netlink >= 0) {
        status =
            hm_loop_watch(d->loop, d->netlink, HM_LOOP_READ, network_changed, d, err);
    }
    if (status == HM_OK) {
        say_ready(d);
        status = hm_output_flush(d->call->out, err);
    }
    if (status == HM_OK) {
        hm_log(hm_env_wall(d->env), HM_LOG_STARTED, NULL);
        hm_notify_ready();
        talk(d);
        status = hm_loop_run(d->loop, err);
        hm_log(hm_env_wall(d->env), HM_LOG_STOPPED, NULL);
    }
    return status;
}

enum hm_status hm_daemon_run(struct hm_call *call, struct hm_err *err)
{
    struct daemon d = {.call = call,
                       .env = call->ctx,
                       .once = hm_args_has(call->args, "once"),
                       .lock = HM_LOCK_NONE,
                       .netlink = -1,
                       .talked = {.err = HM_ERR_NONE}};
    d.next = (struct hm_timer){.fire = talk, .ctx = &d};
    hm_backoff_init(&d.backoff, FIRST_RETRY_MS);
    hm_arena_init(&d.arena, PATHS_MAX);
    enum hm_status status =
        hm_store_path(&d.dir, hm_args_value(call->args, "store"), err);
    if (status == HM_OK) {
        status = start(&d, err);
    }
    if (status == HM_OK) {
        status = d.once ? run_once(&d, err) : run(&d, err);
    }
    stop(&d);
    return status;
}
