/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - what the ways of showing a report share. */
#ifndef DAEMON_API_REPORT_H
#define DAEMON_API_REPORT_H

#include "hamlet/api/report.h"
#include "hamlet/report/report.h"
#include "inside.h"

struct hm_report_shown {
    const struct hm_view *view;
    const struct hm_api_report *api;
    const struct hm_report_asked *asked;
    const struct hm_report_made *made;
    struct hm_arena *arena;
    char today[HM_TIME_TEXT_SIZE]; /* ten characters */
};

/* What a figure says to a person, from the arena: empty where it says nothing. */
struct hm_report_said {
    struct hm_bytes text;
    struct hm_bytes share;
    struct hm_bytes note;
};
HM_CHECKED enum hm_status hm_report_say(const struct hm_report_shown *shown,
                                        const struct hm_report_made_figure *figure,
                                        struct hm_report_said *said,
                                        struct hm_err *err);

/* "Huyện Thạnh Phú (837)", "năm 2017", "số liệu đến …": lines under the title. */
struct hm_report_head {
    struct hm_bytes title;
    struct hm_bytes unit;
    struct hm_bytes period;
    struct hm_bytes data;
    struct hm_bytes open; /* none: nothing is undecided */
};
HM_CHECKED enum hm_status hm_report_head(const struct hm_report_shown *shown,
                                         struct hm_report_head *head,
                                         struct hm_err *err);

/* The years and the last day that were asked for, as typed; the outputs point into `day`.
 */
HM_CHECKED enum hm_status hm_report_period(struct hm_report_asked *asked,
                                           char day[HM_REPORT_DAY_SIZE],
                                           const struct hm_view *view,
                                           const struct hm_api_report *api,
                                           struct hm_err *err);

/* Whether a number of this figure may be told as it is. */
bool hm_report_tells(const struct hm_report_made_figure *figure, int64_t number);

/* As people of this language write a number: 1.157, 07. */
void hm_report_put_number(struct hm_buf *out, int64_t number, enum hm_lang lang);
/* "93,9 %", "100 %" */
void hm_report_put_share(struct hm_buf *out, int64_t permille, enum hm_lang lang);
/* "2017-08-11" as 11/08/2017. */
void hm_report_put_day(struct hm_buf *out, const char *day);

HM_CHECKED enum hm_status hm_report_show_json(const struct hm_report_shown *shown,
                                              struct hm_err *err);
HM_CHECKED enum hm_status hm_report_show_text(const struct hm_report_shown *shown,
                                              struct hm_err *err);
HM_CHECKED enum hm_status hm_report_show_csv(const struct hm_report_shown *shown,
                                             struct hm_err *err);
HM_CHECKED enum hm_status hm_report_show_book(const struct hm_report_shown *shown,
                                              struct hm_err *err);

#endif
