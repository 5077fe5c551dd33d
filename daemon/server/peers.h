/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peers.h - people at this machine who give commands while `serve` runs.
 *
 * Owner:   daemon/server/peers.c
 * Threads: start, accept and stop from one thread. Each command that was given has a
 *          thread of its own until it is answered, so that none waits for another but
 *          where both write
 *
 * What writes goes to the writer. What only reads, and much of it (a handler with
 * `beside`), becomes a task (tasks.h): done within HM_TASK_SOON_MS it is answered with
 * its outcome, else with task-goes-on and the task's number, by which the line
 * `tasks NUMBER` asks for it again.
 */
#ifndef DAEMON_SERVER_PEERS_H
#define DAEMON_SERVER_PEERS_H

#include "context.h"
#include "tasks.h"
#include "writer.h"

struct hm_peers;

/* All of it is borrowed until the stop, but `ctx`, which is the writer's while it runs:
 * before it is asked for anything it is copied, for whatever is read beside it. */
struct hm_peers_options {
    const struct hm_env *env;
    const struct hm_control_ctx *ctx; /* for the call */
    struct hm_writer *writer;
    struct hm_tasks *tasks;
};

HM_CHECKED enum hm_status hm_peers_start(struct hm_peers **peers,
                                         const struct hm_peers_options *options,
                                         struct hm_err *err);
/* Somebody is at the listener of control.sock. */
void hm_peers_accept(struct hm_peers *peers, int listener);
/* All of them are answered; null: nothing. The tasks are stopped before. */
void hm_peers_stop(struct hm_peers *peers);

#endif
