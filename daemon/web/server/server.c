/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../problem.h"
#include "../room.h"
#include "../session.h"
#include "hamlet/base/assert.h"
#include "hamlet/store/registry.h"
#include "inside.h"

enum { HTTP_UNAUTHORISED = 401 };

/* ---- readers ---- */

void hm_web_reader_give(struct hm_web_call *call)
{
    if (call->view.store != NULL) {
        hm_store_rollback(call->view.store);
        call->web->server.give(call->web->server.ctx, call->view.store);
        call->view.store = NULL;
    }
}

enum hm_status hm_web_reader_take(struct hm_web_call *call, struct hm_err *err)
{
    if (call->view.store != NULL) {
        return HM_OK;
    }
    call->view.store = call->web->server.take(call->web->server.ctx);
    return hm_store_begin_read(call->view.store, err);
}

/* ---- writing ---- */

struct writing {
    struct hm_web_call *asks; /* null: whoever he is */
    enum hm_status (*run)(struct hm_store *store, void *ctx, struct hm_err *err);
    void *ctx;
    const struct hm_audit *audit;
};

static enum hm_status write_all(struct hm_store *store, void *ctx, struct hm_err *err)
{
    const struct writing *w = ctx;
    enum hm_status status = w->asks == NULL ? HM_OK : hm_web_again(store, w->asks, err);
    if (status == HM_OK && w->run != NULL) {
        status = w->run(store, w->ctx, err);
    }
    if (status == HM_OK && w->audit != NULL) {
        status = hm_store_audit_append(store, w->audit, err);
    }
    return status;
}

static enum hm_status write_out(struct hm_web_call *call,
                                struct writing *w,
                                struct hm_err *err)
{
    const struct hm_web_server_options *server = &call->web->server;
    hm_web_reader_give(call);
    return server->write(server->ctx, write_all, w, err);
}

enum hm_status hm_web_write(struct hm_web_call *call,
                            enum hm_status (*run)(struct hm_store *store,
                                                  void *ctx,
                                                  struct hm_err *err),
                            void *ctx,
                            const struct hm_audit *audit,
                            struct hm_err *err)
{
    struct writing w = {call, run, ctx, audit};
    return write_out(call, &w, err);
}

enum hm_status hm_web_audit(struct hm_web_call *call,
                            const char *act,
                            struct hm_bytes subject,
                            struct hm_bytes detail,
                            struct hm_err *err)
{
    const struct hm_audit row = {.account = call->account.name,
                                 .act = hm_text(act),
                                 .subject = subject,
                                 .detail = detail};
    return hm_web_write(call, NULL, NULL, &row, err);
}

/* ---- who may ask ---- */

/* "name:port" as a browser says it of loopback; under the lock. */
static bool is_loopback(const struct hm_web *web, const char *host)
{
    static const char *const names[] = {"localhost:", "127.0.0.1:", "[::1]:"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && web->port[0] != '\0';
         i++) {
        size_t size = strlen(names[i]);
        if (strncasecmp(host, names[i], size) == 0 &&
            strcmp(host + size, web->port) == 0) {
            return true;
        }
    }
    return false;
}

/* A name that was bound anew to our address is not one that we were given. */
static bool is_host(struct hm_web *web, const char *host)
{
    pthread_mutex_lock(&web->lock);
    bool listens = web->port[0] != '\0';
    bool own = host != NULL && is_loopback(web, host);
    pthread_mutex_unlock(&web->lock);
    const char *const *at = web->server.hosts;
    for (; listens && host != NULL && at != NULL && *at != NULL; at++) {
        own = own || strcasecmp(*at, host) == 0;
    }
    return own;
}

static enum hm_status over(struct hm_web_call *call, struct hm_err *err)
{
    call->http = HTTP_UNAUTHORISED;
    return hm_fail(err, HM_DENIED, "web-session-over", NULL, NULL, NULL);
}

/* He is an account, and nothing that opens it has changed since he signed in. */
static enum hm_status know(struct hm_web_call *call,
                           const struct hm_digest *proof,
                           struct hm_err *err)
{
    struct hm_account_secret secret;
    struct hm_err why = HM_ERR_NONE;
    enum hm_status status =
        hm_account_get(call->view.store, &call->user, &call->account, &call->arena, &why);
    if (status == HM_OK) {
        status = hm_store_account_get(call->view.store, &call->user, &secret, &why);
    }
    if (status == HM_NOT_FOUND ||
        (status == HM_OK &&
         (!secret.has_passphrase || !hm_digest_equal(&secret.verifier, proof)))) {
        hm_web_session_end(call);
        return over(call, err);
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

static enum hm_status turn_away(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_audit row = {.account = call->account.name,
                                 .act = hm_text("denied"),
                                 .subject = hm_text(call->route->path)};
    struct writing w = {.audit = &row};
    /* The log is told; where it cannot be, he is turned away all the same. */
    (void)!write_out(call, &w, NULL);
    return hm_fail(err, HM_DENIED, "right-denied", NULL, NULL, NULL);
}

static enum hm_status meet(struct hm_web_call *call, struct hm_err *err)
{
    if (call->route->right == HM_RIGHT_STRANGER) {
        return HM_OK; /* what strangers send is small, and their connections are few */
    }
    return hm_web_session_known(call) ? hm_web_room_take(call, err) : over(call, err);
}

static enum hm_status admit(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_digest proof;
    if (call->route->right == HM_RIGHT_STRANGER) {
        return HM_OK;
    }
    if (!hm_web_session_of(call, &proof)) {
        return over(call, err);
    }
    enum hm_status status = hm_web_reader_take(call, err);
    if (status == HM_OK) {
        status = know(call, &proof, err);
    }
    if (status == HM_OK && !hm_role_may(call->account.role, call->route->right)) {
        status = turn_away(call, err);
    }
    return status;
}

/* What was asked for is made of what he was: in another unit it would be another thing.
 */
static bool is_same(const struct hm_account *asked, const struct hm_account *now)
{
    return asked->role == now->role && hm_bytes_equal(asked->home, now->home) &&
           hm_bytes_equal(asked->name, now->name);
}

/* The reader is given back: the store is the writer's, and so is this thread. */
enum hm_status hm_web_again(struct hm_store *store, void *at, struct hm_err *err)
{
    struct hm_web_call *call = at;
    const struct hm_account asked = call->account;
    struct hm_digest proof;
    HM_ASSERT(call->view.store == NULL);
    if (call->route->right == HM_RIGHT_STRANGER) {
        return HM_OK;
    }
    if (!hm_web_session_of(call, &proof)) {
        return over(call, err);
    }
    call->view.store = store;
    enum hm_status status = know(call, &proof, err);
    if (status == HM_OK && !hm_role_may(call->account.role, call->route->right)) {
        status = hm_fail(err, HM_DENIED, "right-denied", NULL, NULL, NULL);
    }
    if (status == HM_OK && !is_same(&asked, &call->account)) {
        status = hm_fail(err, HM_DENIED, "right-changed", NULL, NULL, NULL);
    }
    if (status == HM_OK && call->route->check != NULL) {
        status = call->route->check(call, err);
    }
    call->view.store = NULL;
    return status;
}

static enum hm_status open_reader(struct hm_web_call *call, struct hm_err *err)
{
    return hm_web_reader_take(call, err);
}

static void left(struct hm_web_call *call)
{
    (void)call; /* the next request comes soon: what it needs is kept */
}

const struct hm_web_side hm_web_server_side = {.routes = hm_web_server_routes,
                                               .files = hm_embedded_district,
                                               .index = "district.html.gz",
                                               .scheme = "https://",
                                               .is_host = is_host,
                                               .meet = meet,
                                               .admit = admit,
                                               .open = open_reader,
                                               .close = hm_web_reader_give,
                                               .left = left};

/* ---- where ---- */

enum hm_status hm_web_within(struct hm_web_call *call,
                             struct hm_bytes unit,
                             struct hm_err *err)
{
    bool within = false;
    enum hm_status status =
        hm_store_unit_within(call->view.store, unit, call->account.home, &within, err);
    if (status == HM_OK && !within) {
        const char *shown = hm_arena_copy_text(&call->arena, unit);
        status = hm_fail(err, HM_DENIED, "unit-scope", shown, NULL, NULL);
    }
    return status;
}

enum hm_status hm_web_scope(struct hm_web_call *call,
                            struct hm_bytes *unit,
                            struct hm_err *err)
{
    const char *given = hm_web_query_of(call, "unit");
    if (given == NULL) {
        *unit = call->account.home;
        return HM_OK;
    }
    enum hm_status status = hm_view_unit(&call->view, given, unit, &call->arena, err);
    return status != HM_OK ? status : hm_web_within(call, *unit, err);
}

/* ---- start and stop ---- */

enum hm_status hm_web_server_start(struct hm_web **web,
                                   const struct hm_web_server_options *options,
                                   struct hm_err *err)
{
    struct hm_web *made = NULL;
    enum hm_status status = hm_web_make(&made, &hm_web_server_side,
                                        HM_WEB_SERVER_SESSIONS, options->env, err);
    if (status != HM_OK) {
        return status;
    }
    made->server = *options;
    (void)snprintf(made->cookie, sizeof(made->cookie), "__Host-hamlet");
    hm_web_routes_init(made, &made->route_count);
    *web = made;
    return HM_OK;
}

const struct hm_httpd_route *hm_web_server_routes_of(const struct hm_web *web,
                                                     size_t *count)
{
    *count = web->route_count;
    return web->routes;
}

void hm_web_server_headers(struct hm_httpd_reply *reply)
{
    hm_web_headers(reply, false);
}

void hm_web_server_at(struct hm_web *web, const char *address)
{
    const char *port = strrchr(address, ':');
    HM_ASSERT(port != NULL && strlen(port + 1) < sizeof(web->port));
    pthread_mutex_lock(&web->lock);
    (void)snprintf(web->port, sizeof(web->port), "%s", port + 1);
    pthread_mutex_unlock(&web->lock);
}
