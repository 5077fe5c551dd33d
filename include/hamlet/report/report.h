/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - a report, counted: its figures as numbers, out of the records of a store.
 *
 * Owner:   proto/report/; layer 3
 * Threads: that of the store
 * Memory:  what is made comes from the caller's arena; it grows with units, years and
 *          figures, not with records, but for the bases of a report (record/report.h),
 *          of which a few bytes a record are kept while it is made
 * Errors:  store.h; the outputs are written only on success
 *
 * A year's records count for the unit that they stand in, or for the one that it had
 * become part of: on the last day of that year (as organised then), or today. What a
 * unit's number is part of is counted on the same day.
 */
#ifndef HAMLET_REPORT_REPORT_H
#define HAMLET_REPORT_REPORT_H

#include "hamlet/record/catalogues.h"
#include "hamlet/record/reports.h"
#include "hamlet/store/scan.h"

enum { HM_REPORT_YEARS_MAX = 64, HM_REPORT_DAY_SIZE = 11, HM_REPORT_NAMES_MAX = 50 };
/* What may not be told below five: one to four. */
enum { HM_REPORT_FEW = 5 };

struct hm_report_asked {
    struct hm_bytes unit; /* its subtree */
    int from;             /* years */
    int to;
    const char *day;    /* the last day, ten characters, of the year `to` */
    const char *today;  /* the units as they are on this day; null: as organised then */
    bool parts;         /* also of each unit directly below */
    int above;          /* the report's own: of so many units below this is asked for */
    const char *figure; /* whose records are given to `each`; null: none */
    enum hm_status (*each)(void *ctx, const struct hm_id *record, struct hm_err *err);
    void *ctx;
};

/* How exact a number is: bits. */
enum { HM_REPORT_MORE = 1, HM_REPORT_NEARLY = 2, HM_REPORT_ABOUT = 4 };

struct hm_reported {
    bool there; /* some record said it */
    int64_t value;
    int64_t before; /* of pairs; `has_before` */
    bool has_before;
    unsigned exactness;
};

struct hm_report_year {
    int year;
    struct hm_reported count;
    struct hm_reported among;
};

/* Whether a number may be told: one to four may not, nor what they could be found from.
 */
enum hm_report_hold {
    HM_REPORT_TOLD,
    HM_REPORT_UNDER,   /* said to be under five */
    HM_REPORT_WITHHELD /* not even that */
};

/* A unit below, and what it has of a figure: of the last day or year, of all years where
 * the figure is over the period. */
struct hm_report_part {
    struct hm_bytes unit;
    struct hm_bytes name;
    struct hm_reported count;
    struct hm_reported among;
    enum hm_report_hold hold;
};

/* What cannot be said as a number, and why. */
enum hm_report_lack {
    HM_REPORT_SAID,     /* it can */
    HM_REPORT_NO_DATA,  /* nothing was recorded of this time */
    HM_REPORT_NO_WHOLE, /* there is nothing that it could be a part of */
    HM_REPORT_LACKS
};

struct hm_report_made_figure {
    const struct hm_report_figure *figure;
    enum hm_report_lack lack;
    struct hm_reported count;
    struct hm_reported among;
    struct hm_reported beside;
    struct hm_reported aim;
    int64_t distinct; /* units, where `count` is of unit-years; -1: it is not */
    /* Shares in permille; `each` from the least to the most, of so many years. */
    int64_t share_least;
    int64_t share_most;
    size_t share_years;
    bool few;                     /* one to four are not told … */
    bool withheld;                /* … nor anything else of it */
    struct hm_report_year *years; /* from first to last; none: one may not be told */
    size_t year_count;
    const struct hm_report_part *parts;
    size_t part_count;
    bool parts_few; /* some of them may not be told */
    const struct hm_bytes *names;
    size_t name_count;
    bool names_cut;
};

struct hm_report_made {
    const struct hm_report *report;
    struct hm_bytes unit_name;
    struct hm_wall newest; /* when the last of what is counted here came */
    size_t leaves;         /* lowest units of the subtree on the last day … */
    size_t leaves_silent;  /* … of which nothing of the last year is here: */
    const struct hm_report_part *silent;   /* the first HM_REPORT_NAMES_MAX of them */
    int64_t open;                          /* registers of the subtree in conflict */
    struct hm_report_made_figure *figures; /* of all sections, in their order */
    size_t figure_count;
};

bool hm_report_is_few(int64_t value); /* one to four */

/*
 * HM_BAD_INPUT  unit-unknown; report-unit-then: the unit was not there in any of these
 *               years, or not on the last day; report-years: none, or too many of them
 */
HM_CHECKED enum hm_status hm_report_make(struct hm_store *store,
                                         const struct hm_reports *reports,
                                         const struct hm_catalogues *catalogues,
                                         const struct hm_report *report,
                                         const struct hm_report_asked *asked,
                                         struct hm_report_made **made,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

#endif
