/* SPDX-License-Identifier: Apache-2.0 */
/* watched.h - a handler that remembers what it was shown, and answers as it is told. */
#ifndef TESTS_UNIT_HTTPD_WATCHED_H
#define TESTS_UNIT_HTTPD_WATCHED_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/httpd/server.h"

#define SYNC_TYPE "application/vnd.hamlet.sync"

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
    int64_t waits_ms;    /* the end waits so long, or for world_answers */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool released;
    bool answers;
    bool waited; /* the time of who waited was over */
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
    if (world->waits_ms > 0 && !world->answers && !reply->waited) {
        reply->wait_ms = world->waits_ms;
        world_changed(world);
        free(data);
        return;
    }
    world->waited = reply->waited;
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

#endif
