/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "problem.h"
#include "run.h"
#include "session.h"

enum {
    STOP_MS =
        2000, /* a commit under way ends; hamletd itself is out within five seconds */
    CONNECTIONS_MAX = 64,
    THREADS = 2 /* one may verify the whole store */
};

static const char loopback[] = "127.0.0.1:";

void hm_web_routes_init(struct hm_web *web, size_t *count)
{
    *count = 0;
    for (const struct hm_web_route *route = web->side->routes; route->method != NULL;
         route++) {
        bool post = strcmp(route->method, "POST") == 0;
        HM_ASSERT(*count < HM_WEB_ROUTES);
        web->routes[(*count)++] = (struct hm_httpd_route){
            .method = route->method,
            .path = route->path,
            .content_type = post ? "application/json" : NULL,
            .body_max = post ? (int64_t)hm_web_body_max(route) : 0,
            .query = route->names != NULL,
            .handler = &hm_web_handler,
            .ctx = web,
        };
    }
    hm_web_files_init(web, count);
}

static enum hm_status listen_at(struct hm_web *web,
                                const char *address,
                                size_t routes,
                                struct hm_err *err)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", NULL};
    const struct hm_httpd_options options = {
        .address = address,
        .hosts = hosts,
        .host_port = true,
        .routes = web->routes,
        .route_count = routes,
        .ctx = web,
        .problem = hm_web_problem,
        .limits = {.threads = THREADS, .connections_max = CONNECTIONS_MAX},
    };
    return hm_httpd_start(&web->httpd, &options, err);
}

/*
 * Whoever came first may have the port: `hamlet open` asks where we are, so that nobody
 * is led to a stranger there, and sending goes on in any case.
 */
static enum hm_status listen_somewhere(struct hm_web *web, struct hm_err *err)
{
    struct hm_err why = HM_ERR_NONE;
    size_t routes = 0;
    hm_web_routes_init(web, &routes);
    if (strncmp(web->options.address, loopback, strlen(loopback)) != 0) {
        return hm_fail(err, HM_USAGE, "web-address", web->options.address, NULL, NULL);
    }
    enum hm_status status = listen_at(web, web->options.address, routes, &why);
    if (status == HM_LOCKED) {
        return listen_at(web, "127.0.0.1:0", routes, err);
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

static enum hm_status draw_start(struct hm_web *web, struct hm_err *err)
{
    struct hm_id start;
    enum hm_status status =
        hm_env_random(web->options.env, start.at, sizeof(start.at), err);
    if (status == HM_OK) {
        hm_hex_put(web->start, hm_id_bytes(&start));
    }
    return status;
}

static enum hm_status prepare(struct hm_web *web, size_t sessions, struct hm_err *err)
{
    enum hm_status status = draw_start(web, err);
    return status == HM_OK ? hm_web_sessions_init(web, sessions, err) : status;
}

enum hm_status hm_web_make(struct hm_web **web,
                           const struct hm_web_side *side,
                           size_t sessions,
                           const struct hm_env *env,
                           struct hm_err *err)
{
    struct hm_web *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->side = side;
    made->options.env = env;
    made->n = 1;
    int code = pthread_mutex_init(&made->lock, NULL);
    HM_ASSERT(code == 0);
    code = pthread_mutex_init(&made->checks, NULL);
    HM_ASSERT(code == 0);
    code = pthread_mutex_init(&made->bundles, NULL);
    HM_ASSERT(code == 0);
    enum hm_status status = prepare(made, sessions, err);
    if (status != HM_OK) {
        hm_web_stop(made);
        return status;
    }
    *web = made;
    return HM_OK;
}

enum hm_status hm_web_start(struct hm_web **web,
                            const struct hm_web_options *options,
                            struct hm_err *err)
{
    struct hm_web *made = NULL;
    enum hm_status status =
        hm_web_make(&made, &hm_web_laptop_side, HM_WEB_SESSIONS, options->env, err);
    if (status == HM_OK) {
        made->options = *options;
        status = listen_somewhere(made, err);
    }
    if (status != HM_OK) {
        hm_web_stop(made);
        return status;
    }
    (void)snprintf(made->cookie, sizeof(made->cookie), "hamlet-%s",
                   strrchr(hm_httpd_address(made->httpd), ':') + 1);
    *web = made;
    return HM_OK;
}

void hm_web_stop(struct hm_web *web)
{
    if (web == NULL) {
        return;
    }
    hm_httpd_stop(web->httpd, STOP_MS);
    free(web->sessions);
    (void)pthread_mutex_destroy(&web->bundles);
    (void)pthread_mutex_destroy(&web->checks);
    (void)pthread_mutex_destroy(&web->lock);
    free(web);
}

const char *hm_web_address(const struct hm_web *web)
{
    return hm_httpd_address(web->httpd);
}

void hm_web_changed(struct hm_web *web, unsigned int what)
{
    pthread_mutex_lock(&web->lock);
    web->n++;
    if ((what & HM_WEB_RECORDS) != 0) {
        web->records_n = web->n;
    }
    if ((what & HM_WEB_SYNC) != 0) {
        web->sync_n = web->n;
    }
    if ((what & HM_WEB_SESSION) != 0) {
        web->session_n = web->n;
    }
    pthread_mutex_unlock(&web->lock);
    hm_httpd_wake(web->httpd);
}

void hm_web_talking(struct hm_web *web, bool talking, struct hm_mono due)
{
    pthread_mutex_lock(&web->lock);
    bool other = web->talking != talking;
    web->talking = talking;
    web->due_ms = due.ms;
    pthread_mutex_unlock(&web->lock);
    if (other) {
        hm_web_changed(web, HM_WEB_SYNC);
    }
}
