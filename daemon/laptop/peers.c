/* SPDX-License-Identifier: Apache-2.0 */
#include "peers.h"

#include <stdlib.h>
#include <unistd.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/host/frame.h"
#include "hamlet/host/local.h"

enum {
    PEERS_MAX = 16,
    REQUEST_MAX = 1024,
    REPLY_MAX = 16 * 1024,
    SPEAK_MS = 5000, /* a peer that connected speaks at once, and reads at once */
    WAIT_S_MAX = 24 * 60 * 60,
    S_MS = 1000
};

enum peer_state { PEER_FREE, PEER_SPEAKS, PEER_WAITS, PEER_READS };

struct peer {
    struct hm_peers *peers;
    enum peer_state state;
    int fd;
    struct hm_frame frame;
    struct hm_timer timer;
};

struct hm_peers {
    struct hm_loop *loop;
    const struct hm_env *env;
    const char *path;
    struct hm_peers_heard heard;
    gid_t group;
    int listener;
    struct peer all[PEERS_MAX];
};

void hm_talked_json(struct hm_buf *buf, const struct hm_talked *talked)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    if (talked->status != HM_OK) {
        hm_json_put_text(&out, "status", hm_text(hm_status_name(talked->status)));
        hm_json_put_text(&out, "key",
                         hm_text(talked->err.key == NULL ? "" : talked->err.key));
        hm_json_key(&out, "args");
        hm_json_open(&out, '[');
        for (size_t i = 0; i < HM_ERR_ARGS; i++) {
            hm_json_text(&out, hm_text(talked->err.arg[i]));
        }
        hm_json_close(&out, ']');
    } else {
        hm_json_put_int(&out, "rounds", (int64_t)talked->rounds);
        hm_json_put_int(&out, "round_trips", (int64_t)talked->round_trips);
        hm_json_put_int(&out, "bytes_up", (int64_t)talked->bytes_up);
        hm_json_put_int(&out, "bytes_down", (int64_t)talked->bytes_down);
        hm_json_put_int(&out, "changes_up", (int64_t)talked->changes_up);
        hm_json_put_int(&out, "changes_down", (int64_t)talked->changes_down);
        hm_json_put_int(&out, "quarantined", (int64_t)talked->quarantined);
        hm_json_put_int(&out, "epochs", (int64_t)talked->epochs);
        hm_json_put_int(&out, "conflicts_open", (int64_t)talked->conflicts_open);
    }
    hm_json_close(&out, '}');
}

static void leave(struct peer *peer)
{
    hm_loop_timer_clear(peer->peers->loop, &peer->timer);
    hm_loop_unwatch(peer->peers->loop, peer->fd);
    (void)close(peer->fd);
    hm_frame_fini(&peer->frame);
    peer->state = PEER_FREE;
}

static void send_more(struct peer *peer)
{
    bool whole = false;
    enum hm_status status = hm_frame_send(&peer->frame, peer->fd, &whole, NULL);
    if (status != HM_OK || whole) {
        leave(peer);
    }
}

static void reply(struct peer *peer, const struct hm_buf *json)
{
    struct hm_loop *loop = peer->peers->loop;
    hm_frame_fini(&peer->frame);
    hm_frame_init(&peer->frame, REPLY_MAX);
    enum hm_status status = hm_buf_status(json, NULL);
    if (status == HM_OK) {
        status = hm_frame_set(&peer->frame, hm_buf_bytes(json), NULL);
    }
    if (status == HM_OK) {
        status = hm_loop_rewatch(loop, peer->fd, HM_LOOP_WRITE, NULL);
    }
    if (status != HM_OK) {
        leave(peer);
        return;
    }
    peer->state = PEER_READS;
    hm_loop_timer_after(loop, &peer->timer, SPEAK_MS);
    send_more(peer);
}

static void answer(struct peer *peer, const struct hm_talked *talked)
{
    struct hm_buf json;
    hm_buf_init(&json, REPLY_MAX);
    hm_talked_json(&json, talked);
    reply(peer, &json);
    hm_buf_fini(&json);
}

static void answer_open(struct peer *peer)
{
    struct hm_talked talked = {.err = HM_ERR_NONE};
    const struct hm_peers_heard *heard = &peer->peers->heard;
    struct hm_buf json;
    hm_buf_init(&json, REPLY_MAX);
    talked.status = heard->opened(heard->ctx, &json, &talked.err);
    if (talked.status != HM_OK) {
        hm_buf_clear(&json);
        hm_talked_json(&json, &talked);
    }
    reply(peer, &json);
    hm_buf_fini(&json);
}

static void timed_out(void *ctx)
{
    struct peer *peer = ctx;
    struct hm_talked talked = {.err = HM_ERR_NONE};
    if (peer->state != PEER_WAITS) {
        leave(peer);
        return;
    }
    talked.status = hm_fail(&talked.err, HM_NO_SERVER, "sync-goes-on", NULL, NULL, NULL);
    answer(peer, &talked);
}

static void obey(struct peer *peer)
{
    static const struct hm_json_limits limits = {REQUEST_MAX, 2, 16};
    struct hm_json *json = NULL;
    struct hm_peers *peers = peer->peers;
    enum hm_status status =
        hm_json_parse(&json, hm_buf_bytes(&peer->frame.body), &limits, NULL);
    struct hm_bytes what = status == HM_OK && hm_json_is(json, HM_JSON_OBJECT)
                               ? hm_json_text_or(hm_json_get(json, "do"), HM_NO_BYTES)
                               : HM_NO_BYTES;
    if (hm_bytes_are(what, "sync")) {
        int64_t wait_s = hm_json_int_or(hm_json_get(json, "wait_s"), WAIT_S_MAX);
        wait_s = wait_s < 0 ? 0 : wait_s > WAIT_S_MAX ? WAIT_S_MAX : wait_s;
        peer->state = PEER_WAITS;
        hm_loop_timer_after(peers->loop, &peer->timer, wait_s * S_MS);
        peers->heard.asked(peers->heard.ctx);
    } else if (hm_bytes_are(what, "open")) {
        answer_open(peer);
    } else {
        leave(peer);
        if (hm_bytes_are(what, "poke")) {
            peers->heard.poked(peers->heard.ctx);
        }
    }
    hm_json_free(json);
}

static void ready(void *ctx, int fd, unsigned events)
{
    struct peer *peer = ctx;
    bool whole = false;
    (void)fd;
    (void)events;
    if (peer->state == PEER_READS) {
        send_more(peer);
        return;
    }
    if (peer->state == PEER_WAITS) { /* it went away, or says what nobody asked for */
        leave(peer);
        return;
    }
    if (hm_frame_receive(&peer->frame, peer->fd, &whole, NULL) != HM_OK) {
        leave(peer);
    } else if (whole) {
        obey(peer);
    }
}

static void arrived(void *ctx, int listener, unsigned events)
{
    struct hm_peers *peers = ctx;
    struct peer *peer = NULL;
    int fd = -1;
    (void)events;
    if (hm_local_accept(&fd, listener, peers->group, NULL) != HM_OK || fd < 0) {
        return;
    }
    for (size_t i = 0; i < PEERS_MAX && peer == NULL; i++) {
        peer = peers->all[i].state == PEER_FREE ? &peers->all[i] : NULL;
    }
    if (peer == NULL ||
        hm_loop_watch(peers->loop, fd, HM_LOOP_READ, ready, peer, NULL) != HM_OK) {
        (void)close(fd);
        return;
    }
    peer->peers = peers;
    peer->state = PEER_SPEAKS;
    peer->fd = fd;
    peer->timer = (struct hm_timer){.fire = timed_out, .ctx = peer};
    hm_frame_init(&peer->frame, REQUEST_MAX);
    hm_loop_timer_after(peers->loop, &peer->timer, SPEAK_MS);
}

enum hm_status hm_peers_open(struct hm_peers **peers,
                             struct hm_loop *loop,
                             const struct hm_env *env,
                             const char *path,
                             gid_t group,
                             const struct hm_peers_heard *heard,
                             struct hm_err *err)
{
    struct hm_peers *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    *made = (struct hm_peers){.loop = loop,
                              .env = env,
                              .path = path,
                              .heard = *heard,
                              .group = group,
                              .listener = -1};
    enum hm_status status = hm_local_listen(&made->listener, path, group, err);
    if (status == HM_OK) {
        status = hm_loop_watch(loop, made->listener, HM_LOOP_READ, arrived, made, err);
    }
    if (status == HM_OK) {
        *peers = made;
        made = NULL;
    }
    hm_peers_close(made);
    return status;
}

void hm_peers_close(struct hm_peers *peers)
{
    if (peers == NULL) {
        return;
    }
    for (size_t i = 0; i < PEERS_MAX; i++) {
        if (peers->all[i].state != PEER_FREE) {
            leave(&peers->all[i]);
        }
    }
    if (peers->listener >= 0) {
        hm_loop_unwatch(peers->loop, peers->listener);
        hm_local_close(peers->listener, peers->path);
    }
    free(peers);
}

void hm_peers_answer(struct hm_peers *peers, const struct hm_talked *talked)
{
    for (size_t i = 0; i < PEERS_MAX; i++) {
        if (peers->all[i].state == PEER_WAITS) {
            answer(&peers->all[i], talked);
        }
    }
}
