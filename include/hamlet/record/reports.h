/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports.h - all the reports that a program knows.
 *
 * Owner:   proto/record/reports.c; layer 1, pure
 * Threads: may be read by several threads while nobody adds
 * Errors:  a failed call leaves the reports as they were
 */
#ifndef HAMLET_RECORD_REPORTS_H
#define HAMLET_RECORD_REPORTS_H

#include "hamlet/base/embed.h"
#include "hamlet/record/report.h"

/* A report's file: the largest of ours has 11 kB. */
#define HM_REPORT_FILE_MAX ((size_t)64 * 1024)

struct hm_reports;

/* As hm_kinds_open, of hm_embedded_reports; one file of them is settings.json. */
HM_CHECKED enum hm_status hm_reports_open(struct hm_reports **reports,
                                          const struct hm_embedded *table,
                                          struct hm_err *err);
void hm_reports_close(struct hm_reports *reports); /* does nothing on null */

/*
 * Add one more file, called `name` in errors.
 * HM_BAD_INPUT  it breaks a rule, or a report of its name is there already
 */
HM_CHECKED enum hm_status hm_reports_add(struct hm_reports *reports,
                                         struct hm_bytes json,
                                         const char *name,
                                         struct hm_err *err);

/* In their order. Null: no such report. */
size_t hm_reports_count(const struct hm_reports *reports);
const struct hm_report *hm_reports_at(const struct hm_reports *reports, size_t index);
const struct hm_report *hm_reports_find(const struct hm_reports *reports,
                                        struct hm_bytes name);
const struct hm_report_settings *hm_reports_settings(const struct hm_reports *reports);

#endif
