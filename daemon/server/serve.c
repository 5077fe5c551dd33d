/* SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "control.h"
#include "data.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/log.h"
#include "hamlet/host/local.h"
#include "hamlet/host/lock.h"
#include "hamlet/host/notify.h"
#include "hamlet/httpd/certificate.h"
#include "hamlet/httpd/server.h"
#include "hamlet/run/loop.h"
#include "hamlet/store/accounts.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "operate.h"
#include "page.h"
#include "peers.h"
#include "pins.h"
#include "tasks.h"

enum {
    THREADS = 32,        /* that serve: most of them wait for a commit, not to compute */
    READERS = 8,         /* stores for those that read */
    LOCK_WAIT_MS = 5000, /* for a command that ends by itself */
    GRACE_MS = 20000,    /* for requests under way when it stops */
    HOSTS_MAX = 72,      /* urls of the configuration, and this machine */
    NUMBER_SIZE = 24
};

struct serve {
    struct hm_operate operate; /* first: the context of the web server's handlers */
    struct hm_call *call;
    const struct hm_env *env;
    const char *dir;
    struct hm_arena arena;
    struct hm_lock lock;
    struct hm_control_ctx ctx;
    struct hm_config config;
    struct hm_loop *loop;
    struct hm_httpd *httpd;
    _Atomic(struct hm_httpd *) woken; /* when a task is done */
    struct hm_tasks *tasks;
    struct hm_peers *peers;
    struct hm_district page;
    struct hm_httpd_route *routes;
    size_t route_count;
    struct hm_buf certificate;
    struct hm_buf key;
    const char *hosts[HOSTS_MAX];
    char *control_path;
    int control;
};

static void finished(void *ctx, const struct hm_httpd_finished *f)
{
    struct serve *serve = ctx;
    char status[NUMBER_SIZE];
    char in[NUMBER_SIZE];
    char out[NUMBER_SIZE];
    char took[NUMBER_SIZE];
    bool answered = hm_operate_answered(f);
    hm_operate_count(&serve->operate, f);
    if (answered && strcmp(f->path, HM_SYNC_PATH) != 0) {
        return; /* a tool that asks all day would fill the log */
    }
    (void)snprintf(status, sizeof(status), "%d", f->status);
    (void)snprintf(in, sizeof(in), "%lld", (long long)f->bytes_in);
    (void)snprintf(out, sizeof(out), "%lld", (long long)f->bytes_out);
    (void)snprintf(took, sizeof(took), "%lld", (long long)f->took_ms);
    hm_log(hm_env_wall(serve->env),
           answered ? HM_LOG_REQUEST_DONE : HM_LOG_REQUEST_REFUSED, "method", f->method,
           "path", f->path, "peer", f->peer, "status", status, "complete",
           f->complete ? "yes" : "no", "bytes_in", in, "bytes_out", out, "ms", took,
           NULL);
}

static void caught(void *ctx, int signal_number)
{
    struct serve *serve = ctx;
    if (signal_number != SIGHUP) { /* nothing is read anew */
        hm_log(hm_env_wall(serve->env), HM_LOG_STOPPING, NULL);
        hm_notify_stopping();
        hm_loop_stop(serve->loop);
    }
}

static void control_ready(void *at, int listener, unsigned events)
{
    const struct serve *serve = at;
    (void)events;
    hm_peers_accept(serve->peers, listener);
}

/* In a task's thread: a window may wait for it. */
static void task_done(void *at)
{
    struct serve *serve = at;
    struct hm_httpd *httpd = atomic_load(&serve->woken);
    if (httpd != NULL) {
        hm_httpd_wake(httpd);
    }
}

static enum hm_status open_data(struct serve *serve, struct hm_err *err)
{
    const char *lock = hm_data_path(&serve->arena, serve->dir, HM_DATA_LOCK);
    enum hm_status status = hm_arena_status(&serve->arena, err);
    if (status == HM_OK) {
        status = hm_config_read(&serve->config, serve->dir, &serve->arena, err);
    }
    if (status == HM_OK) {
        status = hm_lock_open(&serve->lock, serve->env, lock, LOCK_WAIT_MS, err);
    }
    if (status == HM_OK) {
        status = hm_control_open(&serve->ctx, serve->dir, serve->env, err);
    }
    return status;
}

/* Somebody can sign in at the page, or has the code to. */
static enum hm_status find_account(struct serve *serve, bool *found, struct hm_err *err)
{
    struct hm_account *accounts = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_accounts(serve->ctx.store, &accounts, &count, &serve->arena, err);
    for (size_t i = 0; status == HM_OK && i < count && !*found; i++) {
        struct hm_account_secret secret;
        status = hm_store_account_get(serve->ctx.store, &accounts[i].user, &secret, err);
        *found = status == HM_OK && (secret.has_passphrase || secret.has_code);
    }
    return status;
}

/*
 * Laptops must find the unit that this server is for: it is imported before serving, or
 * they bring it back, or whoever has an account brings it in by the page. Until then
 * there is no unit that anybody could be invited to.
 */
static enum hm_status check_unit(struct serve *serve, struct hm_err *err)
{
    bool known = false;
    bool refilling = false;
    enum hm_status status =
        hm_store_unit_known(serve->ctx.store, serve->ctx.unit, &known, err);
    if (status == HM_OK) {
        status = hm_store_refilling(serve->ctx.store, &refilling, err);
    }
    bool has_account = false;
    if (status == HM_OK && !known && !refilling) {
        status = find_account(serve, &has_account, err);
    }
    if (status == HM_OK && !known && !refilling && !has_account) {
        char unit[HM_ERR_ARG_MAX];
        (void)snprintf(unit, sizeof(unit), "%.*s", (int)serve->ctx.unit.size,
                       (const char *)serve->ctx.unit.data);
        return hm_fail(err, HM_UNCONFIGURED, "unit-unknown-serve", unit, NULL, NULL);
    }
    return status;
}

static enum hm_status open_self(struct serve *serve, struct hm_err *err)
{
    int64_t incarnation = 0;
    enum hm_status status = hm_store_meta_get_int(serve->ctx.store, HM_META_INCARNATION,
                                                  0, &incarnation, err);
    if (status == HM_OK && incarnation <= 0) {
        return hm_fail(err, HM_UNCONFIGURED, "data-missing", serve->dir, NULL, NULL);
    }
    serve->operate.sync.self =
        (struct hm_serving_self){.server = serve->ctx.device,
                                 .incarnation = (uint64_t)incarnation,
                                 .key = &serve->ctx.key,
                                 .secret = &serve->ctx.secret,
                                 .env = serve->env};
    serve->operate.sync.words = serve->call->words;
    return status;
}

/* The name in "https://NAME[:PORT][/…]", which was checked when it was configured. */
static const char *host_of_url(struct hm_arena *arena, struct hm_bytes url)
{
    size_t at = strlen("https://");
    size_t from = at;
    bool bracket = at < url.size && url.data[at] == '[';
    while (at < url.size && url.data[at] != '/' && (url.data[at] != ':' || bracket)) {
        bracket = bracket && url.data[at] != ']';
        at++;
    }
    return hm_arena_copy_text(arena, (struct hm_bytes){url.data + from, at - from});
}

/*
 * The names by which this server may be called: those of its configuration, and this
 * machine. Without configured ones it cannot know, and takes any: laptops judge it by its
 * key.
 */
static const char *const *find_hosts(struct serve *serve)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};
    size_t count = 0;
    if (serve->config.url_count == 0) {
        return NULL;
    }
    for (size_t i = 0; i < serve->config.url_count && count + 4 < HOSTS_MAX; i++) {
        serve->hosts[count++] = host_of_url(&serve->arena, serve->config.urls[i]);
    }
    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
        serve->hosts[count++] = here[i];
    }
    return serve->hosts;
}

/* In the writer's thread, where commands run. */
static enum hm_status certify(void *ctx,
                              struct hm_bytes certificate,
                              struct hm_bytes key,
                              struct hm_err *err)
{
    struct serve *serve = ctx;
    return hm_httpd_certify(serve->httpd, certificate, key, err);
}

/* What laptops and tools ask, and what people do. */
static enum hm_status find_routes(struct serve *serve, struct hm_err *err)
{
    static const struct hm_httpd_route own[] = {
        {"POST", HM_SYNC_PATH, HM_SYNC_TYPE,
         (int64_t)(HM_HEADER_MAX + HM_REQUEST_BYTES_MAX), false, &hm_sync_handler, NULL},
        {"GET", HM_HEALTH_PATH, NULL, 0, false, &hm_health_handler, NULL},
        {"GET", HM_METRICS_PATH, NULL, 0, false, &hm_metrics_handler, NULL}};
    const size_t own_count = sizeof(own) / sizeof(own[0]);
    size_t count = 0;
    const struct hm_httpd_route *page = hm_web_server_routes_of(serve->page.web, &count);
    serve->route_count = own_count + count;
    serve->routes =
        hm_arena_get_array(&serve->arena, serve->route_count, sizeof(*serve->routes));
    enum hm_status status = hm_arena_status(&serve->arena, err);
    if (status == HM_OK) {
        memcpy(serve->routes, own, sizeof(own));
        memcpy(serve->routes + own_count, page, count * sizeof(*page));
    }
    return status;
}

static enum hm_status open_httpd(struct serve *serve, struct hm_err *err)
{
    const char *listen = hm_args_value(serve->call->args, "listen");
    enum hm_status status =
        hm_pins_load(&serve->certificate, &serve->key, serve->dir, err);
    if (status != HM_OK) {
        return status;
    }
    const struct hm_httpd_options options = {
        .address = listen != NULL ? listen : (const char *)serve->config.listen.data,
        .certificate = hm_buf_bytes(&serve->certificate),
        .key = hm_buf_bytes(&serve->key),
        .hosts = find_hosts(serve),
        .routes = serve->routes,
        .route_count = serve->route_count,
        .ctx = serve,
        .problem = hm_sync_refusal,
        .finished = finished,
        .limits = {.threads = THREADS}};
    status = hm_arena_status(&serve->arena, err);
    if (status == HM_OK) {
        status = hm_httpd_start(&serve->httpd, &options, err);
    }
    if (status == HM_OK) {
        atomic_store(&serve->woken, serve->httpd);
        hm_web_server_at(serve->page.web, hm_httpd_address(serve->httpd));
        serve->ctx.certify = certify;
        serve->ctx.certify_ctx = serve;
    }
    return status;
}

/* Beside the writer: what people ask for that takes long to read. */
static enum hm_status start_reading(struct serve *serve,
                                    const char *store,
                                    struct hm_err *err)
{
    const struct hm_tasks_options options = {.path = store,
                                             .kinds = serve->ctx.kinds,
                                             .env = serve->env,
                                             .done = task_done,
                                             .ctx = serve};
    enum hm_status status = hm_tasks_start(&serve->tasks, &options, err);
    if (status == HM_OK) {
        serve->ctx.tasks = serve->tasks;
        const struct hm_peers_options peers = {.env = serve->env,
                                               .ctx = &serve->ctx,
                                               .writer = serve->operate.sync.writer,
                                               .tasks = serve->tasks};
        status = hm_peers_start(&serve->peers, &peers, err);
    }
    return status;
}

static enum hm_status start(struct serve *serve, struct hm_err *err)
{
    const char *store = hm_data_path(&serve->arena, serve->dir, HM_DATA_STORE);
    serve->control_path = hm_data_path(&serve->arena, serve->dir, HM_DATA_CONTROL);
    serve->operate.store = store;
    enum hm_status status = hm_arena_status(&serve->arena, err);
    if (status == HM_OK) {
        status = hm_loop_new(&serve->loop, serve->env, err);
    }
    if (status == HM_OK) {
        status = hm_loop_signals(serve->loop, caught, serve, err);
    }
    if (status == HM_OK) {
        status = hm_readers_open(&serve->operate.sync.readers, READERS, store,
                                 serve->ctx.kinds, serve->env, err);
    }
    if (status == HM_OK) {
        status = hm_writer_start(&serve->operate.sync.writer, &serve->ctx, err);
    }
    if (status == HM_OK) {
        status = start_reading(serve, store, err);
    }
    if (status == HM_OK) {
        status =
            hm_district_start(&serve->page, &serve->operate.sync, serve->tasks,
                              serve->dir, &serve->config, serve->env, &serve->arena, err);
    }
    if (status == HM_OK) {
        status = find_routes(serve, err);
    }
    if (status == HM_OK) {
        status = open_httpd(serve, err);
    }
    if (status == HM_OK) {
        status =
            hm_local_listen(&serve->control, serve->control_path, HM_LOCAL_NO_GROUP, err);
    }
    if (status == HM_OK) {
        status = hm_loop_watch(serve->loop, serve->control, HM_LOOP_READ, control_ready,
                               serve, err);
    }
    return status;
}

static enum hm_status run(struct serve *serve, struct hm_err *err)
{
    const char *address = hm_httpd_address(serve->httpd);
    hm_output_put_text(serve->call->out, "listening https://");
    hm_output_put_text(serve->call->out, address);
    hm_output_put_text(serve->call->out, "\n");
    enum hm_status status = hm_output_flush(serve->call->out, err);
    if (status == HM_OK) {
        hm_log(hm_env_wall(serve->env), HM_LOG_LISTENING, "address", address, NULL);
        hm_notify_ready();
        status = hm_loop_run(serve->loop, err);
    }
    return status;
}

static void stop(struct serve *serve)
{
    if (serve->control >= 0) {
        hm_loop_unwatch(serve->loop, serve->control);
        hm_local_close(serve->control, serve->control_path);
    }
    hm_tasks_stop(serve->tasks);
    if (serve->httpd != NULL) {
        hm_httpd_stop(serve->httpd, GRACE_MS);
    }
    hm_peers_stop(serve->peers);
    hm_district_stop(&serve->page);
    hm_tasks_free(serve->tasks);
    hm_writer_stop(serve->operate.sync.writer);
    hm_readers_close(serve->operate.sync.readers);
    hm_loop_free(serve->loop);
    hm_control_close(&serve->ctx);
    hm_lock_close(&serve->lock);
    hm_buf_fini(&serve->certificate);
    if (serve->key.size > 0) {
        explicit_bzero(serve->key.data, serve->key.size);
    }
    hm_buf_fini(&serve->key);
    hm_arena_fini(&serve->arena);
}

enum hm_status hm_serve_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_main *main = call->ctx;
    struct serve serve = {.call = call,
                          .env = &main->env,
                          .dir = hm_args_value(call->args, "data"),
                          .lock = HM_LOCK_NONE,
                          .control = -1};
    hm_arena_init(&serve.arena, HM_REQUEST_BYTES_MAX);
    hm_buf_init(&serve.certificate, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_init(&serve.key, HM_CERTIFICATE_BYTES_MAX);
    enum hm_status status = open_data(&serve, err);
    if (status == HM_OK) {
        status = check_unit(&serve, err);
    }
    if (status == HM_OK) {
        status = open_self(&serve, err);
    }
    if (status == HM_OK) {
        status = start(&serve, err);
    }
    if (status == HM_OK) {
        status = run(&serve, err);
    }
    stop(&serve);
    if (status == HM_OK) {
        hm_log(hm_env_wall(&main->env), HM_LOG_STOPPED, NULL);
    }
    return status;
}
