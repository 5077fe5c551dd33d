/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - what a laptop's page and the district's ask of reports in the same way. */
#ifndef DAEMON_WEB_REPORT_H
#define DAEMON_WEB_REPORT_H

#include "hamlet/api/report.h"
#include "inside.h"

/*
 * What the query asks for; it points into the query. `records`: those behind a figure.
 * HM_USAGE: a member is missing, or the format is none
 */
HM_CHECKED enum hm_status hm_web_report_read(const struct hm_web_call *call,
                                             bool records,
                                             struct hm_api_report *asked,
                                             struct hm_err *err);

/*
 * Append the report to `out`, in the format that was asked for; with `asked` null the
 * list of all reports. `dir`: of the replica or of the server's data.
 */
HM_CHECKED enum hm_status hm_web_report_make(const struct hm_view *view,
                                             const char *dir,
                                             struct hm_api_report *asked,
                                             struct hm_buf *out,
                                             struct hm_err *err);

/* The answer is a file, if one was asked for: its type and its name, in plain letters. */
void hm_web_report_file(struct hm_web_call *call, const struct hm_api_report *asked);

#endif
