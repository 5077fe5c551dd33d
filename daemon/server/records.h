/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h - the commands that a server has in common with a laptop (hamlet/api/).
 *
 * Owner: daemon/server/records.c
 */
#ifndef DAEMON_SERVER_RECORDS_H
#define DAEMON_SERVER_RECORDS_H

#include "commands.h"

enum hm_status hm_list_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_show_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_history_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_export_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_conflicts_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_duplicates_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_quarantine_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_units_list_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_kinds_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_evaluate_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_report_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_counts_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_tasks_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_views_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_case_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_cases_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_catalogues_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_digest_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_verify_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_rebuild_run(struct hm_call *call, struct hm_err *err);

#endif
