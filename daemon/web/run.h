/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - the functions that answer requests: daemon/api/API.md says what each does. */
#ifndef DAEMON_WEB_RUN_H
#define DAEMON_WEB_RUN_H

#include "inside.h"

enum hm_status hm_web_run_start(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_session(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_sign_in(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_sign_out(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_here(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_passphrase(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_passphrase_reset(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_status(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_sync(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_events(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_kinds(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_records(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_counts(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_record(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_history(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_conflicts(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_quarantine(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_evaluate(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_case(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_code(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_bundle_export(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_bundle_import(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_receipt(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_digest(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_verify(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_add(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_edit(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_delete(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_undo(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_resolve(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_drafts(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_draft(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_web_run_drop(struct hm_web_call *call, struct hm_err *err);

#endif
