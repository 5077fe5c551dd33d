/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acting.h - what a command does, as the audit log tells it.
 *
 * Owner:      daemon/server/acting.c
 * Threads:    that of the command
 * Durability: the row is committed with the first thing that the command commits: what is
 *             done is told of, and what is told of was done
 *
 * A row names the command, its operands, and those of its options that are ids, codes or
 * names of rules: reasons and values are people's words, and stay out of it.
 */
#ifndef DAEMON_SERVER_ACTING_H
#define DAEMON_SERVER_ACTING_H

#include "commands.h"
#include "hamlet/store/audit.h"

struct hm_acting {
    struct hm_control_ctx *ctx;
    struct hm_audit row;
    struct hm_arena arena;
    bool acts;
};

/* Before the command; hm_acting_end follows, also after a failure. */
HM_CHECKED enum hm_status hm_acting_begin(struct hm_acting *acting,
                                          struct hm_call *call,
                                          const struct hm_handler *handler,
                                          struct hm_err *err);
/* After it. An account of the page that was refused is told of, too. */
void hm_acting_end(struct hm_acting *acting,
                   enum hm_status status,
                   const struct hm_err *why);

#endif
