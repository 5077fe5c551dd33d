/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - what routes.c names: the function of each row, and its check (run.h). */
#ifndef DAEMON_WEB_SERVER_TABLE_H
#define DAEMON_WEB_SERVER_TABLE_H

#include "hamlet/base/err.h"

struct hm_web_call;

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

/* ---- the checks of the table ---- */

enum hm_status hm_server_check_account_add(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_account(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_case(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_pair(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_decide(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_merge(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_apart(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_scope(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_unit(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_rule(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_talk(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_answer(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_year(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_file(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_amend(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_invite(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_revoke(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_grant(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_move(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_end(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_whole(struct hm_web_call *call, struct hm_err *err);
enum hm_status hm_server_check_refused(struct hm_web_call *call, struct hm_err *err);

#endif
