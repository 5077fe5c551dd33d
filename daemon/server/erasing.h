/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erasing.h - what follows an erasure at the server.
 *
 * Owner:   daemon/server/erasing.c
 * Threads: that of the context
 */
#ifndef DAEMON_SERVER_ERASING_H
#define DAEMON_SERVER_ERASING_H

#include "context.h"

/*
 * List in the registry what was accepted, and leave nothing of it in the file. Outside of
 * transactions, where something may have been erased. The values are out of every table
 * already; what fails here is logged, and ctx->scrub_due until ctx->scrub_ms, when it is
 * to be called again.
 */
void hm_erasing_after(struct hm_control_ctx *ctx);

/* The same, by a command that erased. *stays: the file may hold it still. */
HM_CHECKED enum hm_status hm_erasing_now(struct hm_control_ctx *ctx,
                                         bool *stays,
                                         struct hm_err *err);

#endif
