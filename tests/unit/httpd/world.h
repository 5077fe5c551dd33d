/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - a server with a handler that remembers, and a client that says anything.
 *
 * The client speaks bytes, not HTTP: most of what it sends no HTTP library would send.
 */
#ifndef TESTS_UNIT_HTTPD_WORLD_H
#define TESTS_UNIT_HTTPD_WORLD_H

#include <check.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hamlet/httpd/certificate.h"
#include "hamlet/httpd/server.h"

#define SYNC_TYPE "application/vnd.hamlet.sync"

enum { WAIT_MS = 20000, RECEIVED_MAX = 4 << 20 };

/* What the handler saw and does; one for all requests of a test. */
struct world {
    struct hm_httpd *httpd;
    struct hm_httpd_options options;
    struct hm_buf certificate;
    struct hm_buf key;

    /* set before the start */
    int refuse_status;   /* `begin` answers with it */
    int64_t early_after; /* `chunk` answers 409 after so many bytes */
    size_t reply_size;   /* of the answer at the end */
    bool blocks;         /* the first chunk waits for world_release */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool released;
    int begun;
    int blocked;
    int ended;
    int broken;
    int closed;
    int finished;
    int64_t chunk_bytes;
    uint32_t chunk_sum; /* order matters: sum * 31 + byte */
    int64_t chunk_max;
    int last_status;
    bool last_complete;
    int64_t last_in;
    int64_t last_out;
    char last_peer[64];
    char last_query[64];
    char last_cookie[64];
};

static inline uint32_t sum_of(const uint8_t *data, size_t size)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum = sum * 31 + data[i];
    }
    return sum;
}

/* Bytes that tell their place. */
static inline uint8_t *pattern_new(size_t size)
{
    uint8_t *data = malloc(size + 1);
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)(i * 7 + i / 251);
    }
    data[size] = 0;
    return data;
}

static inline void world_changed(struct world *world)
{
    pthread_cond_broadcast(&world->changed);
    pthread_mutex_unlock(&world->lock);
}

static inline bool world_begin(void *server_ctx,
                               const struct hm_httpd_request *request,
                               void **ctx,
                               struct hm_httpd_reply *reply)
{
    struct world *world = server_ctx;
    const char *cookie = hm_httpd_header_of(request, "cookie");
    pthread_mutex_lock(&world->lock);
    world->begun++;
    snprintf(world->last_peer, sizeof(world->last_peer), "%s", request->peer);
    snprintf(world->last_query, sizeof(world->last_query), "%s", request->query);
    snprintf(world->last_cookie, sizeof(world->last_cookie), "%s",
             cookie == NULL ? "" : cookie);
    world_changed(world);
    *ctx = world;
    if (world->refuse_status != 0) {
        reply->status = world->refuse_status;
        reply->retry_after_s = 30;
        reply->content_type = "text/plain";
        hm_buf_put_text(&reply->body, "refused");
        return false;
    }
    return true;
}

static inline void world_block(struct world *world)
{
    if (world->blocks && !world->released) {
        world->blocked++;
        pthread_cond_broadcast(&world->changed);
        while (!world->released) {
            pthread_cond_wait(&world->changed, &world->lock);
        }
    }
}

static inline bool world_chunk(void *ctx,
                               struct hm_bytes bytes,
                               struct hm_httpd_reply *reply)
{
    struct world *world = ctx;
    bool goes_on = true;
    pthread_mutex_lock(&world->lock);
    for (size_t i = 0; i < bytes.size; i++) {
        world->chunk_sum = world->chunk_sum * 31 + bytes.data[i];
    }
    world->chunk_bytes += (int64_t)bytes.size;
    if ((int64_t)bytes.size > world->chunk_max) {
        world->chunk_max = (int64_t)bytes.size;
    }
    world_block(world);
    if (world->early_after > 0 && world->chunk_bytes >= world->early_after) {
        reply->status = 409;
        reply->content_type = "text/plain";
        hm_buf_put_text(&reply->body, "early");
        goes_on = false;
    }
    world_changed(world);
    return goes_on;
}

static inline void world_end(void *ctx, struct hm_httpd_reply *reply)
{
    struct world *world = ctx;
    uint8_t *data = pattern_new(world->reply_size);
    pthread_mutex_lock(&world->lock);
    world->ended++;
    if (world->blocks && world->chunk_bytes == 0) {
        world_block(world);
    }
    world_changed(world);
    reply->status = 200;
    reply->content_type = SYNC_TYPE;
    hm_buf_put(&reply->body, data, world->reply_size);
    free(data);
}

static inline void world_broken(void *ctx)
{
    struct world *world = ctx;
    pthread_mutex_lock(&world->lock);
    world->broken++;
    world_changed(world);
}

static inline void world_closed(void *ctx)
{
    struct world *world = ctx;
    pthread_mutex_lock(&world->lock);
    world->closed++;
    world_changed(world);
}

static const struct hm_httpd_handler world_handler = {world_begin, world_chunk, world_end,
                                                      world_broken, world_closed};

static const struct hm_httpd_route world_routes[] = {
    {"POST", "/v1/sync", SYNC_TYPE, 1 << 20, false, &world_handler},
    {"POST", "/v1/any", NULL, 4096, false, &world_handler},
    {"GET", "/v1/any", NULL, 0, true, &world_handler},
};

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

/* A client on one connection. */
struct peer {
    int fd;
    gnutls_session_t tls;
    gnutls_certificate_credentials_t trust;
    /* of the stream that comes in, below TLS: the longest record, and how many */
    size_t record_left;
    uint8_t record_head[5];
    size_t record_head_size;
    size_t record_max;
    int64_t wire_in;
    int64_t wire_out;
};

static inline int peer_connect(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    char host[64];
    const char *colon = strrchr(address, ':');
    const int on = 1;
    const int segment = 1400;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(host, sizeof(host), "%.*s", (int)(colon - address), address);
    to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    /* As on a real link: loopback's 64 KiB would let the system swallow whole replies. */
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
    ck_assert_int_eq(inet_pton(AF_INET, host, &to.sin_addr), 1);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    /* What was sent is on the wire then, and not dropped with a reset. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static inline void records_count(struct peer *peer, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (peer->record_left > 0) {
            peer->record_left--;
            continue;
        }
        peer->record_head[peer->record_head_size++] = data[i];
        if (peer->record_head_size == 5) {
            peer->record_head_size = 0;
            peer->record_left =
                (size_t)peer->record_head[3] << 8 | (size_t)peer->record_head[4];
            if (peer->record_left > peer->record_max) {
                peer->record_max = peer->record_left;
            }
        }
    }
}

static inline ssize_t peer_pull(gnutls_transport_ptr_t ctx, void *to, size_t size)
{
    struct peer *peer = ctx;
    ssize_t got = recv(peer->fd, to, size, 0);
    if (got > 0) {
        peer->wire_in += got;
        records_count(peer, to, (size_t)got);
    } else if (got < 0) {
        gnutls_transport_set_errno(peer->tls, errno);
    }
    return got;
}

static inline ssize_t peer_push(gnutls_transport_ptr_t ctx, const void *from, size_t size)
{
    struct peer *peer = ctx;
    ssize_t sent = send(peer->fd, from, size, MSG_NOSIGNAL);
    peer->wire_out += sent > 0 ? sent : 0;
    if (sent < 0) {
        gnutls_transport_set_errno(peer->tls, errno);
    }
    return sent;
}

static inline int peer_pull_wait(gnutls_transport_ptr_t ctx, unsigned int ms)
{
    struct peer *peer = ctx;
    struct pollfd ready = {.fd = peer->fd, .events = POLLIN};
    return poll(&ready, 1, ms == GNUTLS_INDEFINITE_TIMEOUT ? -1 : (int)ms);
}

static inline int peer_tls(struct peer *peer, const gnutls_datum_t *ticket)
{
    gnutls_init(&peer->tls, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(peer->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL);
    gnutls_certificate_allocate_credentials(&peer->trust);
    gnutls_credentials_set(peer->tls, GNUTLS_CRD_CERTIFICATE, peer->trust);
    gnutls_transport_set_ptr(peer->tls, peer);
    gnutls_transport_set_pull_function(peer->tls, peer_pull);
    gnutls_transport_set_pull_timeout_function(peer->tls, peer_pull_wait);
    gnutls_transport_set_push_function(peer->tls, peer_push);
    if (ticket != NULL) {
        gnutls_session_set_data(peer->tls, ticket->data, ticket->size);
    }
    return gnutls_handshake(peer->tls);
}

static inline void peer_open(struct peer *peer, struct world *world)
{
    struct timeval patience = {.tv_sec = WAIT_MS / 1000};
    memset(peer, 0, sizeof(*peer));
    peer->fd = peer_connect(hm_httpd_address(world->httpd));
    setsockopt(peer->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (world->options.certificate.size > 0) {
        ck_assert_int_eq(peer_tls(peer, NULL), GNUTLS_E_SUCCESS);
    }
}

static inline bool peer_send(struct peer *peer, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t sent = peer->tls != NULL ? gnutls_record_send(peer->tls, at, size)
                                         : send(peer->fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static inline bool peer_say(struct peer *peer, const char *text)
{
    return peer_send(peer, text, strlen(text));
}

/* One piece; 0: the end, below 0: an error or nothing for WAIT_MS. */
static inline ssize_t peer_receive(struct peer *peer, void *to, size_t size)
{
    ssize_t got = GNUTLS_E_INTERRUPTED;
    if (peer->tls == NULL) {
        return recv(peer->fd, to, size, 0);
    }
    /* A ticket of the session on the way shows itself as "again". */
    for (int i = 0; i < 8 && (got == GNUTLS_E_INTERRUPTED || got == GNUTLS_E_AGAIN);
         i++) {
        got = gnutls_record_recv(peer->tls, to, size);
    }
    return got;
}

/* Waits until the other system has all that was sent: a reset would drop the rest. */
static inline void peer_flush(struct peer *peer)
{
    struct pollfd nothing = {.fd = -1};
    int left = 1;
    for (int i = 0; i < WAIT_MS && left > 0; i++) {
        ck_assert_int_eq(ioctl(peer->fd, SIOCOUTQ, &left), 0);
        if (left > 0) {
            (void)poll(&nothing, 1, 1);
        }
    }
    ck_assert_int_eq(left, 0);
}

static inline void peer_close(struct peer *peer)
{
    if (peer->tls != NULL) {
        gnutls_deinit(peer->tls);
        gnutls_certificate_free_credentials(peer->trust);
    }
    close(peer->fd);
}

/* As a broken link shows itself to the server's system. */
static inline void peer_reset(struct peer *peer)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    peer_close(peer);
}

struct answer {
    int status; /* 0: none came */
    size_t head_size;
    char head[4096];
    struct hm_buf body;
    size_t piece_max; /* the longest that came at once */
};

static inline size_t length_of(const char *head)
{
    const char *at = strstr(head, "Content-Length: ");
    return at == NULL ? 0 : strtoul(at + 16, NULL, 10);
}

static inline void answer_fini(struct answer *answer)
{
    hm_buf_fini(&answer->body);
}

/* Reads one reply, byte by byte up to its body so that a next one stays unread. */
static inline void peer_answer(struct peer *peer, struct answer *answer)
{
    char piece[1 << 14];
    size_t left;
    memset(answer, 0, sizeof(*answer));
    hm_buf_init(&answer->body, RECEIVED_MAX);
    while (answer->head_size + 1 < sizeof(answer->head) &&
           strstr(answer->head, "\r\n\r\n") == NULL) {
        if (peer_receive(peer, answer->head + answer->head_size, 1) != 1) {
            return;
        }
        answer->head_size++;
    }
    answer->status = (int)strtol(answer->head + 9, NULL, 10);
    left = length_of(answer->head);
    while (left > 0) {
        ssize_t got =
            peer_receive(peer, piece, left < sizeof(piece) ? left : sizeof(piece));
        if (got <= 0) {
            answer->status = 0;
            return;
        }
        answer->piece_max =
            (size_t)got > answer->piece_max ? (size_t)got : answer->piece_max;
        hm_buf_put(&answer->body, piece, (size_t)got);
        left -= (size_t)got;
    }
}

/* Whether the server ended the connection: nothing more comes. */
static inline bool peer_ended(struct peer *peer)
{
    char byte;
    return peer_receive(peer, &byte, 1) <= 0;
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
