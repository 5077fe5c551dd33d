/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.h - the one thread of a running server that writes its store.
 *
 * Owner:      daemon/server/writer.c
 * Threads:    start and stop from one thread, the rest from any; a call waits until the
 *             writer has done what it asked for
 * Durability: servings that wait at the same time are committed in one transaction, so
 *             that a busy server needs one fsync for many requests; HM_OK means on disk
 * Errors:     after a failure of the disk the store is opened anew before anything else
 *             is written: what a failed fsync left in memory is not what is on disk
 */
#ifndef DAEMON_SERVER_WRITER_H
#define DAEMON_SERVER_WRITER_H

#include "context.h"
#include "hamlet/sync/serving.h"

struct hm_writer;

/* `ctx` is the writer's until hm_writer_stop. */
HM_CHECKED enum hm_status hm_writer_start(struct hm_writer **writer,
                                          struct hm_control_ctx *ctx,
                                          struct hm_err *err);
/* Do what is waiting, then end. Nobody asks any more. Null: nothing. */
void hm_writer_stop(struct hm_writer *writer);

/*
 * Redeem the invitation that the serving brings, if it does, and commit it. A refusal is
 * a problem of the serving; an error means that nothing of it is kept.
 */
HM_CHECKED enum hm_status hm_writer_commit(struct hm_writer *writer,
                                           struct hm_serving *serving,
                                           struct hm_err *err);

/*
 * Carry out a message of control.sock (message.h) and append the reply. `asker`: as of
 * hm_control_execute.
 */
void hm_writer_control(struct hm_writer *writer,
                       const struct hm_asker *asker,
                       struct hm_bytes request,
                       struct hm_buf *reply);

/* `run` on the store, in a transaction that HM_OK commits. */
HM_CHECKED enum hm_status hm_writer_write(struct hm_writer *writer,
                                          enum hm_status (*run)(struct hm_store *store,
                                                                void *ctx,
                                                                struct hm_err *err),
                                          void *ctx,
                                          struct hm_err *err);

#endif
