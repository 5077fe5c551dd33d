/* SPDX-License-Identifier: Apache-2.0 */
/* report_inside.h - what the parts that read reports share. */
#ifndef HAMLET_RECORD_REPORT_INSIDE_H
#define HAMLET_RECORD_REPORT_INSIDE_H

#include "hamlet/record/reports.h"
#include "load.h"

struct hm_report_load {
    struct hm_load load;
    struct hm_report *made;
};

/* A text that is kept; null: null. */
const char *hm_report_kept(const struct hm_load *load, const struct hm_json *json);

HM_CHECKED enum hm_status hm_report_read_where(const struct hm_load *load,
                                               struct hm_report_wheres *wheres,
                                               const struct hm_json *json,
                                               const char *who);
HM_CHECKED enum hm_status hm_report_read_life(const struct hm_load *load,
                                              struct hm_report_life *life,
                                              const struct hm_json *json,
                                              const char *who);

/* A quantity with all its `else`; null: it stays null. */
HM_CHECKED enum hm_status hm_report_read_quantity(const struct hm_report_load *load,
                                                  const struct hm_quantity **quantity,
                                                  const struct hm_json *json,
                                                  const char *who);

/* A whole report, but for whether its name is there already. */
HM_CHECKED enum hm_status hm_report_read(struct hm_report_load *load,
                                         const struct hm_json *json);
HM_CHECKED enum hm_status hm_report_read_settings(const struct hm_load *load,
                                                  struct hm_report_settings *settings,
                                                  const struct hm_json *json);

#endif
