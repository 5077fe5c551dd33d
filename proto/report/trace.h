/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.h - the records behind a figure, given to whoever asked (hm_report_asked.each).
 *
 * What a unit states as a whole hides what is below it, and what is counted comes before
 * what stands for it otherwise: which of them it is nobody knows before all were seen. A
 * record of a figure that has one of these is held back until then.
 */
#ifndef PROTO_REPORT_TRACE_H
#define PROTO_REPORT_TRACE_H

#include "inside.h"

/* The leaf counted the record in this year at this unit; once more for another year. */
HM_CHECKED enum hm_status hm_report_trace(struct hm_reporting *r,
                                          struct hm_leaf *leaf,
                                          const struct hm_id *record,
                                          int year,
                                          int unit,
                                          struct hm_err *err);
/* After all of them: give those that were held back and that the figure is made of. */
HM_CHECKED enum hm_status hm_report_trace_end(struct hm_reporting *r, struct hm_err *err);

#endif
