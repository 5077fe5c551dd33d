/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - a server with a handler that remembers, and a client that says anything. */
#ifndef TESTS_UNIT_HTTPD_WORLD_H
#define TESTS_UNIT_HTTPD_WORLD_H

#include <time.h>

#include "hamlet/httpd/certificate.h"
#include "tests/unit/httpd/answer.h"
#include "tests/unit/httpd/watched.h"

static inline void world_problem(void *ctx,
                                 int status,
                                 const char *name,
                                 struct hm_httpd_reply *reply)
{
    (void)ctx;
    (void)status;
    reply->content_type = "application/problem+json";
    hm_buf_put_text(&reply->body, "{\"type\":\"");
    hm_buf_put_text(&reply->body, name);
    hm_buf_put_text(&reply->body, "\"}");
}

static inline void world_finished(void *ctx, const struct hm_httpd_finished *finished)
{
    struct world *world = ctx;
    pthread_mutex_lock(&world->lock);
    world->finished++;
    world->last_status = finished->status;
    world->last_complete = finished->complete;
    world->last_in = finished->bytes_in;
    world->last_out = finished->bytes_out;
    world_changed(world);
}

static inline void world_init(struct world *world, bool tls)
{
    pthread_condattr_t monotonic;
    memset(world, 0, sizeof(*world));
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&world->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&world->lock, NULL);
    hm_buf_init(&world->certificate, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_init(&world->key, HM_CERTIFICATE_BYTES_MAX);
    if (tls) {
        enum hm_status made =
            hm_certificate_make(&world->certificate, &world->key, NULL, NULL);
        ck_assert_int_eq(made, HM_OK);
    }
    world->options = (struct hm_httpd_options){
        .address = "127.0.0.1:0",
        .certificate = hm_buf_bytes(&world->certificate),
        .key = hm_buf_bytes(&world->key),
        .routes = world_routes,
        .route_count = sizeof(world_routes) / sizeof(world_routes[0]),
        .ctx = world,
        .problem = world_problem,
        .finished = world_finished,
        .limits = {.threads = 2},
    };
}

static inline void world_start(struct world *world)
{
    struct hm_err err = HM_ERR_NONE;
    enum hm_status status = hm_httpd_start(&world->httpd, &world->options, &err);
    ck_assert_msg(status == HM_OK, "%s %s %s", err.key, err.arg[0], err.arg[1]);
}

static inline void world_fini(struct world *world)
{
    hm_httpd_stop(world->httpd, 0);
    hm_buf_fini(&world->certificate);
    hm_buf_fini(&world->key);
}

static inline struct timespec soon(int64_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* Waits until the counter is at least `wanted`; false: it did not come. */
static inline bool world_wait(struct world *world, const int *counter, int wanted)
{
    struct timespec until = soon(WAIT_MS);
    int code = 0;
    bool come;
    pthread_mutex_lock(&world->lock);
    while (*counter < wanted && code == 0) {
        code = pthread_cond_timedwait(&world->changed, &world->lock, &until);
    }
    come = *counter >= wanted;
    pthread_mutex_unlock(&world->lock);
    return come;
}

static inline void world_release(struct world *world)
{
    pthread_mutex_lock(&world->lock);
    world->released = true;
    world_changed(world);
}

static inline void peer_open(struct peer *peer, struct world *world)
{
    struct timeval patience = {.tv_sec = WAIT_MS / 1000};
    memset(peer, 0, sizeof(*peer));
    peer->fd = peer_connect(hm_httpd_address(world->httpd));
    setsockopt(peer->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (world->options.certificate.size > 0) {
        ck_assert_int_eq(peer_tls(peer), GNUTLS_E_SUCCESS);
    }
}

static inline void peer_post_head(struct peer *peer, const char *path, size_t size)
{
    char head[512];
    snprintf(head, sizeof(head),
             "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: " SYNC_TYPE
             "\r\nContent-Length: %zu\r\n\r\n",
             path, size);
    ck_assert(peer_say(peer, head));
}

#endif
