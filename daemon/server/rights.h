/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rights.h - what the commands that give and take rights have in common.
 *
 * Owner:   daemon/server/rights.c
 * Threads: that of the command
 * Errors:  each says what was wrong with the command line; nothing is written by it
 */
#ifndef DAEMON_SERVER_RIGHTS_H
#define DAEMON_SERVER_RIGHTS_H

#include "commands.h"
#include "hamlet/store/server.h"

/*
 * The device of this id or, among those that were not revoked, of this name; text comes
 * from `arena`. HM_NOT_FOUND none or several, HM_DENIED the server itself.
 */
HM_CHECKED enum hm_status hm_rights_device(struct hm_control_ctx *ctx,
                                           const char *given,
                                           const struct hm_fleet_row **row,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/* A unit that is known, open and served by this server. HM_BAD_INPUT, HM_DENIED */
HM_CHECKED enum hm_status hm_rights_unit(struct hm_control_ctx *ctx,
                                         const char *given,
                                         struct hm_bytes *unit,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* A role that people may have. HM_BAD_INPUT */
HM_CHECKED enum hm_status hm_rights_role(const char *given,
                                         struct hm_bytes *role,
                                         struct hm_err *err);

/* An author as the server, inside a transaction; ended by hm_rights_end. */
HM_CHECKED enum hm_status hm_rights_begin(struct hm_control_ctx *ctx,
                                          struct hm_author **author,
                                          struct hm_err *err);
/* Commit where `status` is HM_OK, else roll back; `author` may be null. */
HM_CHECKED enum hm_status hm_rights_end(struct hm_author *author,
                                        enum hm_status status,
                                        struct hm_err *err);

/* Write a permit of the user, device, role and home of `permit`, whose record it sets. */
HM_CHECKED enum hm_status hm_rights_put(struct hm_author *author,
                                        struct hm_permit *permit,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/* End a permit: HM_ENDED_SEEN or HM_ENDED_ONCE. */
HM_CHECKED enum hm_status hm_rights_take(struct hm_author *author,
                                         const struct hm_permit *permit,
                                         const char *how,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* Write one register of the device's record: a canonical value, which may be none for
 * want of memory. */
HM_CHECKED enum hm_status hm_rights_put_device(struct hm_author *author,
                                               const struct hm_id *device,
                                               const char *name,
                                               struct hm_bytes value,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

#endif
