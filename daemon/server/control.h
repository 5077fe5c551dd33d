/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.h - one data folder, one writer: a command runs here or inside `serve`.
 *
 * Owner:   daemon/server/control.c
 * Threads: hm_control_execute in the thread of its context, outside of transactions
 * Durability: what a command has committed is on disk before it is answered
 *
 * A command takes DIR/lock and opens the store itself. Where `serve` holds the lock, it
 * sends its line through DIR/control.sock and prints what comes back. Files are read and
 * written on the side of the person who asked, with that person's rights, but for the
 * file of `backup`, which is too large to be sent: the process that holds the store
 * writes it, under the path as the person meant it.
 */
#ifndef DAEMON_SERVER_CONTROL_H
#define DAEMON_SERVER_CONTROL_H

#include "commands.h"
#include "message.h"

/* The key of a failure that is none: {1} the task, {2} percent, {3} rows (peers.h). */
#define HM_CONTROL_GOES_ON "task-goes-on"

/*
 * Run the handler of call->args->command, wherever the store is open: the `run` of every
 * command that has a handler.
 * HM_UNCONFIGURED  there is no data folder of a server
 * HM_LOCKED        another process holds the lock and does not answer within 5 s
 * HM_NO_SERVER     `serve` broke off; the command may have been carried out
 * What goes on there as a task is waited for, its progress told on standard error.
 */
enum hm_status hm_control_forward(struct hm_call *call, struct hm_err *err);

/*
 * The same with `input` in place of a file: for commands that read or write files which
 * are too large to be sent, piece by piece. What the handler puts into ctx->file is
 * appended to `output`.
 */
HM_CHECKED enum hm_status hm_control_ask(struct hm_call *call,
                                         struct hm_bytes input,
                                         struct hm_buf *output,
                                         struct hm_err *err);

/* The server's key, with the rights of the folder's owner; wipe `secret`. */
HM_CHECKED enum hm_status hm_control_key(const struct hm_call *call,
                                         struct hm_key *key,
                                         struct hm_secret *secret,
                                         struct hm_err *err);

/*
 * The other side, inside `serve`: run what `message` (one frame, of a peer that was
 * checked) asks for on `ctx` and append the reply to `answer`, which is empty and whose
 * cap is HM_CONTROL_REPLY_MAX. There is always a reply, be it that the request was none.
 * It may take seconds: an import, a backup. `asker`: who gave it on the page, and is
 * refused where he may no more; null: somebody at this machine.
 */
void hm_control_execute(struct hm_control_ctx *ctx,
                        const struct hm_asker *asker,
                        struct hm_bytes message,
                        struct hm_buf *answer);

#endif
