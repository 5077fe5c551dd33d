/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - reports, shown: to a person, as JSON, as a table, as a page to print.
 *
 * Owner:   daemon/api/report*.c; layer 4
 * Shapes:  what the JSON looks like is part of the command contract
 * Errors:  nothing is shown before all of it is known
 */
#ifndef HAMLET_API_REPORT_H
#define HAMLET_API_REPORT_H

#include "hamlet/api/view.h"
#include "hamlet/record/catalogues.h"
#include "hamlet/record/reports.h"

enum hm_report_format {
    HM_REPORT_FORMAT_TEXT, /* or JSON, as the view says */
    HM_REPORT_FORMAT_CSV,
    HM_REPORT_FORMAT_BOOK
};

struct hm_api_report {
    const char *name;
    const char *unit;   /* null: the replica's own */
    const char *year;   /* as typed; null: `from` and `to` say it */
    const char *from;   /* a year */
    const char *to;     /* a year, or its last day */
    bool today;         /* the units as they are today, not as organised then */
    bool parts;         /* as JSON: also each unit directly below */
    const char *figure; /* whose records are listed instead; null: none */
    size_t skip;        /* of these, as JSON: so many are left out first … */
    size_t limit; /* … and so many given, as {records, count, next}; 0: all, as a list */
    enum hm_report_format format;
    /* Of an Excel file (exchange/workbook.h): */
    const char *path;      /* where it is written; it exists */
    const char *temporary; /* a folder */
};

/*
 * A report: `{report, label, unit, unit_name, from, to, day, as, data_to, lowest, silent,
 * silent_units: [{unit, unit_name}], open, said: {unit, period, data, open}, sections:
 * [{label, whole, figures: [{name, label, over, as, text, share, note, lack, value,
 * among, beside, before, exactness, least, most, units, aim, names, measure, source,
 * years:
 * [{year, value, among}], parts: [{unit, unit_name, value, among}], parts_few}]}]}`; what
 * says nothing is left out. `said`, `text`, `share` and `note` are for people; `least`
 * and `most` are permille; `silent_units` are the first HM_REPORT_NAMES_MAX. With
 * `figure` the records that it is made of, as hm_api_list gives records. HM_USAGE
 * report-period: no year was named, or a year and a range HM_BAD_INPUT  no such report,
 * figure or unit; year-form; report-unit-then; report-years
 */
HM_CHECKED enum hm_status hm_api_report(const struct hm_view *view,
                                        const struct hm_reports *reports,
                                        const struct hm_catalogues *catalogues,
                                        const struct hm_api_report *asked,
                                        struct hm_err *err);

/* HM_BAD_INPUT  report-unknown, report-figure: there is none of the name asked for */
HM_CHECKED enum hm_status hm_api_report_check(const struct hm_reports *reports,
                                              const struct hm_api_report *asked,
                                              struct hm_err *err);

/*
 * Append what goes up: the figures of all reports as `{document, unit, from, to, day,
 * data_to, lowest, silent, open, reports: [{report, figures: [{name, value, among,
 * beside, before, least, most, units, exactness, parts: [{unit, value, among}]}]}]}`.
 * Numbers, the names of reports and figures, codes of units and dates: no sentence, no
 * name and no text of a record can stand in it. Of `asked` its unit, time and
 * organisation count. Errors as of hm_api_report
 */
HM_CHECKED enum hm_status hm_api_counts(const struct hm_view *view,
                                        const struct hm_reports *reports,
                                        const struct hm_catalogues *catalogues,
                                        const struct hm_api_report *asked,
                                        struct hm_buf *body,
                                        struct hm_err *err);

/* All reports as `[{report, label, figures: [{name, label}]}]`. */
HM_CHECKED enum hm_status hm_api_report_list(const struct hm_view *view,
                                             const struct hm_reports *reports,
                                             struct hm_err *err);

#endif
