/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what a figure has unit by unit; of those directly below where it was asked.
 */
#ifndef PROTO_REPORT_PARTS_H
#define PROTO_REPORT_PARTS_H

#include "inside.h"

/* Where the leaves of a figure's quantities begin; HM_REPORT_NONE: it has none. */
struct hm_report_parts {
    int count;
    int among;
    int beside;
    int aim;
};
HM_CHECKED enum hm_status hm_report_figure(const struct hm_reporting *r,
                                           const struct hm_report_figure *figure,
                                           const struct hm_report_parts *parts,
                                           struct hm_report_made_figure *made,
                                           struct hm_err *err);

/* What a unit has of a year by the first of the quantities that has anything. */
const struct hm_cell *hm_report_cell(const struct hm_reporting *r,
                                     int first,
                                     int year,
                                     size_t unit);
/* Whether a unit above has said a number that holds this one. */
bool hm_report_held(const struct hm_reporting *r, int first, int year, int unit);
/*
 * What the parts have by one quantity, of the years from `from` before `until`, into one
 * number of each unit. `stated`: also what a unit above has said a number for.
 */
HM_CHECKED enum hm_status hm_report_part_sums(const struct hm_reporting *r,
                                              int first,
                                              int from,
                                              int until,
                                              bool stated,
                                              struct hm_reported **made,
                                              struct hm_err *err);
HM_CHECKED enum hm_status hm_report_parts_init(struct hm_reporting *r,
                                               struct hm_err *err);
HM_CHECKED enum hm_status hm_report_parts(const struct hm_reporting *r,
                                          const struct hm_report_parts *leaves,
                                          struct hm_report_made_figure *made,
                                          struct hm_err *err);

/* ---- few.c ---- */

/* Which of the parts' numbers may not be told; of each unit. */
HM_CHECKED enum hm_status hm_report_few(const struct hm_reporting *r,
                                        const struct hm_report_parts *leaves,
                                        int from,
                                        const struct hm_report_figure *figure,
                                        const enum hm_report_hold **held,
                                        struct hm_err *err);
/* Whether one to four of this figure are not told of the unit. */
bool hm_report_guards(const struct hm_reporting *r,
                      const struct hm_report_figure *figure,
                      size_t unit);

#endif
