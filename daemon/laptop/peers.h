/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peers.h - hamletd.sock: other programs at this laptop tell of changes and ask for sync.
 *
 * Owner:   daemon/laptop/peers.c
 * Threads: that of its loop
 * Format:  one frame (host/frame.h) of JSON each way. {"do":"poke"}: something was saved;
 *          it gets no reply. {"do":"sync","wait_s":N}: the reply is what `hamletd --once
 *          --json` prints or, after a failure, {"status":…,"key":…,"args":[…]}, which the
 *          side that was asked by a person tells in words. {"do":"open"}: the reply is
 *          {"address":…,"secret":…}, a way into the page (web/web.h), or a failure
 */
#ifndef DAEMON_LAPTOP_PEERS_H
#define DAEMON_LAPTOP_PEERS_H

#include <sys/types.h>

#include "hamlet/base/buf.h"
#include "talk.h"

struct hm_peers;

/* What is called for what peers say, with `ctx`. */
struct hm_peers_heard {
    void (*poked)(void *ctx);
    void (*asked)(void *ctx); /* … and is answered by hm_peers_answer */
    /* Append the reply; an error is told instead. */
    enum hm_status (*opened)(void *ctx, struct hm_buf *json, struct hm_err *err);
    void *ctx;
};

/*
 * Listen at `path`; the caller holds the folder's lock. `heard` is copied. `group`: whose
 * members may speak, too: those who may write the store.
 */
HM_CHECKED enum hm_status hm_peers_open(struct hm_peers **peers,
                                        struct hm_loop *loop,
                                        const struct hm_env *env,
                                        const char *path,
                                        gid_t group,
                                        const struct hm_peers_heard *heard,
                                        struct hm_err *err);
void hm_peers_close(struct hm_peers *peers); /* null: nothing */

/* Tell all who asked how the conversation went. */
void hm_peers_answer(struct hm_peers *peers, const struct hm_talked *talked);

/* Append a conversation as JSON: counters, or what went wrong. */
void hm_talked_json(struct hm_buf *buf, const struct hm_talked *talked);

#endif
