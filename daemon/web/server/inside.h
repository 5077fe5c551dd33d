/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - what the files of this folder share: the district's side of the web.
 *
 *     server.c    start, our names, who is let in
 *     routes.c    the table: which right, which function (table.h)
 *     sign.c      signing in and out, passphrases
 *     line.c      a request becomes a command line of hamlet-server
 *     task.c      what is waited for
 *     sheet.c     files that are waited for (sheet.h)
 *     overview.c, report.c, register.c, audit.c, desk.c, inbox.c, pairs.c, rules.c,
 *     fleet.c, registry.c, office.c, accounts.c
 *
 * TO HANG A ROUTE HERE: a row in routes.c with its right, a declaration below, and a
 * function. It reads through call->view, whose store is a reader in one transaction, and
 * shows only what lies in the unit of call->account (hm_web_scope). It writes through a
 * line (hm_web_line_…), which the server's writer carries out as the signed-in account,
 * with its row in the audit log; or, for what is no command, through hm_web_write. What
 * must lie in his reach stands in the row's `check`: it is asked twice.
 */
#ifndef DAEMON_WEB_SERVER_INSIDE_H
#define DAEMON_WEB_SERVER_INSIDE_H

#include "../query.h"
#include "../run.h"
#include "hamlet/store/audit.h"
#include "table.h"

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
 * In the writer's thread, on its store: is who asks still signed in, has he the route's
 * right still, and does its check hold? As it was judged when he asked.
 */
HM_CHECKED enum hm_status hm_web_again(struct hm_store *store,
                                       void *call,
                                       struct hm_err *err);

/*
 * `run` in the writer's thread and a transaction, unless hm_web_again refuses; the reader
 * is given back meanwhile. `audit` (or null) goes with it.
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

#endif
