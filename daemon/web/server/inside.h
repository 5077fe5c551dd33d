/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - what the files of this folder share: the district's side of the web.
 *
 *     server.c    start, our names, who is let in
 *     routes.c    the table: which right, which function
 *     sign.c      signing in and out, passphrases
 *     line.c      a request becomes a command line of hamlet-server
 *     task.c      what is waited for
 *     overview.c, report.c, register.c, audit.c, desk.c, inbox.c, rules.c, fleet.c,
 *     registry.c, office.c, accounts.c
 *
 * TO HANG A ROUTE HERE: a row in routes.c with its right, a declaration below, and a
 * function. It reads through call->view, whose store is a reader in one transaction, and
 * shows only what lies in the unit of call->account (hm_web_scope). It writes through a
 * line (hm_web_line_…), which the server's writer carries out as the signed-in account,
 * with its row in the audit log; or, for what is no command, through hm_web_write.
 */
#ifndef DAEMON_WEB_SERVER_INSIDE_H
#define DAEMON_WEB_SERVER_INSIDE_H

#include "../query.h"
#include "../run.h"
#include "hamlet/store/audit.h"

/* ---- server.c ---- */

/* The reader goes back before something is written or waited for: call->view.store is
 * null until hm_web_reader_take. */
void hm_web_reader_give(struct hm_web_call *call);
HM_CHECKED enum hm_status hm_web_reader_take(struct hm_web_call *call,
                                             struct hm_err *err);

/*
 * The unit that the query names as `unit`, else the account's own; from the arena.
 * HM_BAD_INPUT: there is no such unit. HM_DENIED  unit-scope: it is not below his
 */
HM_CHECKED enum hm_status hm_web_scope(struct hm_web_call *call,
                                       struct hm_bytes *unit,
                                       struct hm_err *err);
/* HM_DENIED  unit-scope: `unit` is not below the account's own. */
HM_CHECKED enum hm_status hm_web_within(struct hm_web_call *call,
                                        struct hm_bytes unit,
                                        struct hm_err *err);

/*
 * `run` in the writer's thread and a transaction; the reader is given back meanwhile.
 * `audit` (or null) goes with it.
 */
HM_CHECKED enum hm_status hm_web_write(struct hm_web_call *call,
                                       enum hm_status (*run)(struct hm_store *store,
                                                             void *ctx,
                                                             struct hm_err *err),
                                       void *ctx,
                                       const struct hm_audit *audit,
                                       struct hm_err *err);

/* Only a row of the log: somebody saw what names people, or was turned away. */
HM_CHECKED enum hm_status hm_web_audit(struct hm_web_call *call,
                                       const char *act,
                                       struct hm_bytes subject,
                                       struct hm_bytes detail,
                                       struct hm_err *err);

/* ---- task.c ---- */

/* call->task out of the query: one that was begun by an earlier question; 0: none. */
HM_CHECKED enum hm_status hm_web_task_read(struct hm_web_call *call, struct hm_err *err);
/*
 * How call->task stands. Done: what it put out was appended to call->out. Not yet: this
 * question waits, and costs no thread meanwhile; then the answer says how far it has come
 */
HM_CHECKED enum hm_status hm_web_task_await(struct hm_web_call *call,
                                            struct hm_web_task_seen *seen,
                                            struct hm_err *err);

/* ---- line.c ---- */

enum { HM_WEB_LINE_WORDS = 64, HM_WEB_LINE_OPERANDS = 16 };

/* A command line under way; what does not fit or has no text fails it, at the run. */
struct hm_web_line {
    struct hm_web_call *call;
    const char *missing; /* a member that the body must have and has not */
    char *words[HM_WEB_LINE_WORDS + 1];
    int count;
    char *operands[HM_WEB_LINE_OPERANDS];
    int operand_count;
};

/* "release", "units merge": the words of the command. */
void hm_web_line_begin(struct hm_web_line *line,
                       struct hm_web_call *call,
                       const char *command);
/* --NAME=TEXT of the body's member NAME, where it stands there. */
void hm_web_line_option(struct hm_web_line *line, const char *name);
/* --NAME=JSON of a member that must be there, whatever it is. */
HM_CHECKED enum hm_status hm_web_line_json(struct hm_web_line *line,
                                           const char *name,
                                           struct hm_err *err);
/* --NAME of a member that is true. */
void hm_web_line_flag(struct hm_web_line *line, const char *name);
/* --NAME of ours. */
void hm_web_line_set(struct hm_web_line *line, const char *name);
/* --NAME=TEXT of ours. */
void hm_web_line_put(struct hm_web_line *line, const char *name, struct hm_bytes text);
/* --as=ACCOUNT, for commands that ask for it. */
void hm_web_line_as(struct hm_web_line *line);
/* An operand out of a member that must be there. */
void hm_web_line_operand(struct hm_web_line *line, const char *member);
/* An operand of ours. */
void hm_web_line_word(struct hm_web_line *line, struct hm_bytes text);

/*
 * Carry it out as the signed-in account; what it prints, JSON, is the answer. `input`: in
 * place of a file that it reads. Errors are those of the command.
 */
HM_CHECKED enum hm_status hm_web_line_run(struct hm_web_line *line,
                                          struct hm_bytes input,
                                          struct hm_err *err);

/* ---- the functions of the table ---- */

enum hm_status hm_server_run_sign_in(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_session(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_sign_out(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_here(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_passphrase(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_overview(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_reports(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_report(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_report_records(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_register(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_audit(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_audit_export(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_audit_verify(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_inbox(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_claims(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_kinds(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_duplicates(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_merges(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_case_open(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_case_leave(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_pair_open(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_decide(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_merge(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_unmerge(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_apart(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_undo(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_settle(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_rules(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_rule(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_rule_end(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_ask(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_questions(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_answer(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_devices(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_accounts(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_account_add(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_account_code(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_account_end(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_permits(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_invite(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_revoke(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_grant(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_move(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_end(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_units(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_units_import(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_units_merge(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_units_rename(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_quarantine(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_refused(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_correct(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_release(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_cases(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_evaluate(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_dossier_open(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_file(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_amend(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_run_aggregates(struct hm_web_call *call, struct hm_err *err);

#endif
