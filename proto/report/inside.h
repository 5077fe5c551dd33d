/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - a report while it is made: units in time, bases, quantities at work. */
#ifndef HAMLET_REPORT_INSIDE_H
#define HAMLET_REPORT_INSIDE_H

#include "hamlet/report/report.h"

enum { HM_REPORT_NONE = -1 };
/* A chain of units above one another, or of mergers; a ring ends. */
enum { HM_REPORT_CHAIN_MAX = 32 };
/* Of a unit ten fields are always read (units.c). */
enum { HM_REPORT_MORE_MAX = HM_SCAN_FIELDS_MAX - 10 };

/* Where a unit stood for some time. */
struct hm_place {
    struct hm_bytes from;
    struct hm_bytes to;
    int parent;
};

struct hm_report_unit {
    int64_t home;
    struct hm_bytes code;
    struct hm_bytes name;
    struct hm_bytes from;
    struct hm_bytes to;
    const char *kind; /* record/facts.h; null: of none */
    int parent;       /* under whose authority it is, else above it */
    int into;
    const struct hm_place *places;
    size_t place_count;
    const struct hm_scan_value *more; /* of the fields that `unit_where` asks for */
    bool sent;
};

/* A record of a base. */
struct hm_member {
    struct hm_id id;
    int unit;
    int root;       /* the member that stands for it; itself, or HM_REPORT_NONE */
    uint64_t alive; /* bit a year: whether it was there on the last day */
};

struct hm_members {
    const struct hm_report_base *base;
    struct hm_member *at; /* by id */
    size_t count;
    size_t capacity;
};

struct hm_cell {
    int64_t value;
    int64_t before;
    bool there;
    bool has_before;
    bool whole;
    uint8_t exactness;
};

/* A number that a unit states of some days. */
struct hm_window {
    struct hm_id id;
    int unit;
    int year;
    char from[HM_REPORT_DAY_SIZE];
    char to[HM_REPORT_DAY_SIZE];
    struct hm_cell cell;
};

/* The last of a member. */
struct hm_last {
    struct hm_id id;
    char date[HM_REPORT_DAY_SIZE];
    struct hm_cell cell;
};

/* A quantity at work. Numbers of columns are those of the scan it belongs to. */
struct hm_leaf {
    const struct hm_quantity *quantity;
    const struct hm_report_figure *names; /* collects them for this figure; null: not */
    bool traced;                          /* trace.h */
    size_t first; /* the leaf that this one stands for otherwise, or itself */
    struct hm_traced *traces;
    size_t trace_count;
    size_t trace_capacity;
    struct hm_id given;       /* the last record that was */
    bool shared;              /* other figures may count by it */
    enum hm_report_over over; /* of the figure, where it is not shared */
    bool of_year; /* what it counts is of a year; else it is there for some time */
    struct hm_cell *cells; /* year * units + unit */
    const bool *fits;      /* units whose records count */
    const struct hm_members *members;
    uint64_t *seen;       /* of members, bit a year */
    struct hm_last *last; /* of members */
    struct hm_window *windows;
    size_t window_count;
    size_t window_capacity;
    struct hm_bytes *named;
    size_t named_count;
    bool named_cut;
};

struct hm_reporting {
    struct hm_store *store;
    const struct hm_report_settings *settings;
    const struct hm_facts *facts;
    const struct hm_report *report;
    const struct hm_report_asked *asked;
    struct hm_arena *arena;
    int years;
    char (*days)[HM_REPORT_DAY_SIZE]; /* the last of each year */
    struct hm_report_unit *units;     /* by code */
    size_t unit_count;
    const int *by_home; /* the unit of a home; HM_REPORT_NONE */
    int64_t home_max;
    const char *more[HM_REPORT_MORE_MAX + 1]; /* fields of units that are asked for */
    size_t more_count;
    int scope;
    int *map;        /* year * units + unit: the unit it counts for; HM_REPORT_NONE */
    bool *open;      /* year * units + unit: it was there on the last day */
    const int *part; /* year * units + unit: below which part it lies; null: not asked */
    struct hm_members *bases;
    struct hm_leaf *leaves;
    size_t leaf_count;
    size_t leaf_capacity;
};

/* ---- units.c ---- */

/* Read the units, find the one that was asked for, and where each counts each year. */
HM_CHECKED enum hm_status hm_report_units(struct hm_reporting *r, struct hm_err *err);
/* The unit above in a year, HM_REPORT_NONE at the top. */
int hm_report_parent(const struct hm_reporting *r, int year, int unit);
/* The unit of a home, or HM_REPORT_NONE. */
int hm_report_unit_of(const struct hm_reporting *r, int64_t home);
/* Which units a quantity is about. From the arena. */
HM_CHECKED enum hm_status hm_report_fits(const struct hm_reporting *r,
                                         const struct hm_quantity *quantity,
                                         const bool **fits,
                                         struct hm_err *err);
/* Lowest units on the last day, and which of them sent nothing of its year. */
HM_CHECKED enum hm_status hm_report_silent(const struct hm_reporting *r,
                                           struct hm_report_made *made,
                                           struct hm_err *err);

/* ---- match.c ---- */

/* Whether a record is there on a day, by when its life began and ended. */
bool hm_report_alive(const struct hm_scan_value *from,
                     const struct hm_scan_value *to,
                     const char *day);
bool hm_report_where_fits(const struct hm_report_where *where,
                          const struct hm_scan_value *value,
                          int64_t year);
/* The sum of the first of `takes` that has a value. `at`: values, list after list. */
bool hm_report_take(const struct hm_report_takes *takes,
                    const struct hm_scan_value *const *at,
                    int64_t *sum);
unsigned hm_report_exactness(const struct hm_report_settings *settings,
                             struct hm_bytes text);
/* The items of a list that fit: whether there is one, and what their members add to. */
HM_CHECKED enum hm_status hm_report_items(const struct hm_report_settings *settings,
                                          const struct hm_report_list *list,
                                          struct hm_bytes json,
                                          bool *found,
                                          struct hm_cell *cell,
                                          struct hm_err *err);

HM_CHECKED enum hm_status hm_report_bases(struct hm_reporting *r, struct hm_err *err);
/* The member that stands for the record of this id, or HM_REPORT_NONE. */
int hm_report_member(const struct hm_members *members, const struct hm_scan_value *ref);

/* Whether two quantities count the same, with all that follows them. */
bool hm_report_same(const struct hm_quantity *a, const struct hm_quantity *b);
/* A leaf for the quantity and, after it, one for each `else`. */
HM_CHECKED enum hm_status hm_report_leaf(struct hm_reporting *r,
                                         const struct hm_quantity *quantity,
                                         const struct hm_report_figure *figure,
                                         bool counts,
                                         size_t *first,
                                         struct hm_err *err);
/* Put a number into a cell of the unit that `unit` counts for; it is given to no one. */
void hm_report_add(struct hm_leaf *leaf,
                   const struct hm_reporting *r,
                   int year,
                   int unit,
                   const struct hm_cell *number);
/* What is not known before all records were seen, and what needs none. */
HM_CHECKED enum hm_status hm_report_settle(struct hm_reporting *r, struct hm_err *err);
/* Whether a figure's number is made of that year, too: one of the last day, or of what is
 * there for some time, is of the last year alone. */
bool hm_report_is_of(const struct hm_reporting *r, const struct hm_leaf *leaf, int year);

/* Go through the records of every kind that a leaf counts. */
HM_CHECKED enum hm_status hm_report_scan(struct hm_reporting *r, struct hm_err *err);

#endif
