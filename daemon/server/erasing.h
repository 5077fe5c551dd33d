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
 * transactions, where something may have been erased. What fails here is done at the next
 * occasion: the values are out of every table already.
 */
void hm_erasing_after(struct hm_control_ctx *ctx);

#endif
