/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.h - rules that decide conflicts as they come, since somebody said so.
 *
 * Owner:   daemon/server/standing.c
 * Threads: the writer's
 */
#ifndef DAEMON_SERVER_STANDING_H
#define DAEMON_SERVER_STANDING_H

#include "context.h"

/*
 * After a commit that laptops brought something with: each rule that stands settles what
 * it can, in a transaction of its own, in the name of who said so; not again before it
 * has rested twenty times as long as that took (until then ctx->standing_due). A rule
 * whose account may no longer decide there ends by itself. What fails is done with a
 * later commit.
 */
void hm_standing_after(struct hm_control_ctx *ctx);

#endif
