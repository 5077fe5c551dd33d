/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - the commands of hamlet-server.
 *
 * Owner:   daemon/server/commands.c has the tables; each command has a file of its own
 * Threads: one command at a time in one thread
 *
 * There are two sorts. What makes or holds a data folder runs in the process that was
 * called: its call->ctx is a `struct hm_main`. Everything else works on an opened one:
 * its call->ctx is a `struct hm_control_ctx`, be it in this process or in `serve`
 * (control.h). Such a command
 *
 *   - writes to call->out and reads no file but through ctx->input: the folder it was
 *     given in may be of another user
 *   - puts what belongs into the file of its --out into ctx->file
 *   - leaves no transaction open and, where it fails, nothing changed
 */
#ifndef DAEMON_SERVER_COMMANDS_H
#define DAEMON_SERVER_COMMANDS_H

#include "context.h"
#include "hamlet/command/program.h"

enum { HM_MAIN_KEY_SIZE = 64 };

/* This process. */
struct hm_main {
    struct hm_env env;
    int argc;
    char **argv;
    char key[HM_MAIN_KEY_SIZE]; /* of a failure that `serve` told us */
};

/* A command that works on an opened data folder. */
struct hm_handler {
    const char *name; /* as in the table of commands */
    bool reads;       /* its first operand names a file, whose content is ctx->input */
    bool writes;      /* --out, if given, names a new file, which gets ctx->file */
    bool acts;        /* what it commits goes into the audit log (audit.h) */
    bool beside; /* it only reads, and much: in `serve` beside the writer (peers.h) */
    enum hm_status (*run)(struct hm_call *call, struct hm_err *err);
};

extern const struct hm_program hm_server_program;

/* Null: it is none of these. */
const struct hm_handler *hm_handler_find(const char *name);

enum hm_status hm_init_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_restore_run(struct hm_call *call, struct hm_err *err);

enum hm_status hm_units_import_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_units_merge_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_units_rename_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_invite_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_devices_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_permits_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_grant_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_move_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_end_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_revoke_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_resolve_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_rule_add_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_rule_end_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_rules_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_decide_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_add_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_edit_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_apart_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_merge_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_unmerge_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_withdraw_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_erase_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_retention_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_erasures_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_release_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_pin_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_rotate_certificate_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_status_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_backup_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_refill_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_admin_add_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_admin_code_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_admin_end_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_admin_list_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_audit_run(struct hm_call *call, struct hm_err *err);

#endif
