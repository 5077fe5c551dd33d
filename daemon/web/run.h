/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - the table of requests and the functions that answer them (daemon/api/API.md).
 */
#ifndef DAEMON_WEB_RUN_H
#define DAEMON_WEB_RUN_H

#include "hamlet/record/right.h"
#include "inside.h"

/* Of somebody who is no account yet: a name, a passphrase, a code. */
#define HM_WEB_STRANGER_BODY_MAX ((size_t)16 * 1024)
/* A file for the district or from it, as base64: years of a hamlet. */
#define HM_WEB_FILE_MAX      ((size_t)10 * 1024 * 1024)
#define HM_WEB_FILE_BODY_MAX ((size_t)14 * 1024 * 1024)

/* What a route asks for before its function is called. */
enum hm_web_needs {
    HM_WEB_NOTHING,
    HM_WEB_SESSION_OPEN, /* cookie and token */
    HM_WEB_MEMBER        /* … and somebody signed in */
};

struct hm_web_route {
    const char *method;
    const char *path;
    enum hm_web_needs needs; /* on a laptop */
    bool store;              /* … opened for it */
    enum hm_right right;     /* at a server: whoever has it; none: nobody */
    bool unseen;             /* a POST that pages also send by themselves */
    bool with_others;        /* a GET that may be one of `several`: JSON, no headers */
    size_t body_max;         /* of a POST; 0: HM_WEB_BODY_MAX */
    const char *names;       /* that its query may have, a blank after each; null: none */
    /* Is what it asks for in reach: of the reader before `run`, and at a server again of
     * the writer, where something is written. It reads alone. Null: nothing to ask */
    enum hm_status (*check)(struct hm_web_call *call, struct hm_err *err);
    enum hm_status (*run)(struct hm_web_call *call, struct hm_err *err);
};

/* Both are ended by a null method. */
extern const struct hm_web_route hm_web_routes[];
extern const struct hm_web_route hm_web_server_routes[];

/* How large the body of such a request may be. */
size_t hm_web_body_max(const struct hm_web_route *route);

enum hm_status hm_web_run_start(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_session(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_sign_in(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_sign_out(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_here(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_passphrase(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_passphrase_reset(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_status(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_several(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_sync(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_events(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_kinds(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_records(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_counts(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_record(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_history(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_conflicts(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_overruled(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_quarantine(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_evaluate(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_case(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_reports(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_report(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_report_records(struct hm_web_call *call, struct hm_err *err);
/* A code of `text`, as an object: rows of modules. `paper`: it will be printed. */
HM_CHECKED enum hm_status hm_web_code_put(struct hm_json_write *out,
                                          const char *text,
                                          bool paper,
                                          struct hm_err *err);
enum hm_status hm_web_run_code(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_bundle_export(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_bundle_import(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_receipt(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_digest(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_verify(struct hm_web_call *call, struct hm_err *err);
/* What stood in the record that the page showed: its `seen`, given back as it came. No
 * bytes: nothing, or it is not `*given`. HM_USAGE: it is no mark */
HM_CHECKED enum hm_status hm_web_body_seen(const struct hm_web_call *call,
                                           bool *given,
                                           struct hm_bytes *mark,
                                           struct hm_err *err);
enum hm_status hm_web_run_add(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_edit(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_delete(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_undo(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_merge(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_unmerge(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_duplicates(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_resolve(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_drafts(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_draft(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_drop(struct hm_web_call *call, struct hm_err *err);

#endif
