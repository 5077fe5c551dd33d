/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.h - a person of the server decides: who, under which name.
 *
 * Owner:   daemon/server/account.c
 * Threads: that of the command
 */
#ifndef DAEMON_SERVER_ACCOUNT_H
#define DAEMON_SERVER_ACCOUNT_H

#include "context.h"

/*
 * An author who is the account that gave the command on the page, whatever `name` says;
 * else the account of this name (null: the admin), and signs with the server's
 * key (hm_author_close). The name is put in normal form in `arena`.
 * HM_DENIED  nobody of that name has an account here, which is not an id mistyped
 */
HM_CHECKED enum hm_status hm_account_author(struct hm_control_ctx *ctx,
                                            const char *name,
                                            struct hm_author **author,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* hm_author_act as the account of this name, which may be null. */
HM_CHECKED enum hm_status hm_account_act(struct hm_control_ctx *ctx,
                                         const char *name,
                                         enum hm_status (*act)(struct hm_author *author,
                                                               void *ctx,
                                                               struct hm_err *err),
                                         void *act_ctx,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

#endif
