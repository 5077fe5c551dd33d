/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - what a district publishes of its records: reports, read from files.
 *
 * Owner:   proto/record/reports.c, report_load.c, report_quantity.c; layer 1, pure
 * Threads: a report is constant once it is loaded
 * Memory:  everything in it lives as long as the hm_reports that it was loaded into
 * Errors:  as kinds.h: the file, the part and the attribute at fault
 *
 * THE FILE (proto/reports/NAME.json, or the folder `reports` of a store or of the
 * server's data) is one JSON object; any attribute that is not named here is refused.
 * LABEL is {"vi","en"}, FIELD and KIND the names of fields and kinds, DAY "MM-DD". `*`:
 * must be there.
 *
 *   report*    the name; order: where it stands in the list of all
 *   label*     LABEL
 *   bases      {NAME: {"kind"*,"where","life"}}: records that others refer to. Of one
 *              with an end (life) `where` says nothing: it was there until then
 *   sections*  [{"label"*,"figures"*: [FIGURE…],"whole": true where the figures that
 * count something among the same are its parts: they are drawn as one bar}]
 *
 * A FIGURE is a number, with what it stands among or beside:
 *
 *   name*, label*
 *   count*     QUANTITY
 *   among      QUANTITY: what it is a part of. 58/61, and a share of it
 *   beside     QUANTITY: another number of the same things. 18/99, never a share
 *   over       day: of the last year, as it stood on the last day of it; period, the
 *              default: of all years together; each: a share for each year, shown as the
 *              least and the most; mean: the mean of these shares
 *   as         number, the default: 817, 58/61; share: 94 %, 95 %–97 %, for each and
 *              mean always; pair: now/before, 09/24
 *   measure    LABEL: what is counted
 *   aim        QUANTITY of permille or numbers that it is held to
 *   few        [KIND OF UNIT…]: reports of such units say of one to four "under five"
 *   names      FIELD of text: the records' names are listed. Not of kinds about persons
 *   source     LABEL: from what it is counted
 *
 * A QUANTITY:
 *
 *   do*        units     units that have such a record; without `kind`: units that there
 *                        are
 *              records   how many records
 *              sum       of `take`
 *              base      records of the base `of` that are there on the day
 *              latest    of `take`, of the last record (`date`) of each of the base `of`
 *              open      registers in conflict that nobody has decided
 *   kind       KIND
 *   where      [WHERE…]: all must hold
 *   filled     [FIELD…]: one of them is not empty
 *   life       {"from": FIELD, "to": FIELD}: it counts where it was there on the day
 *   of         {"field": FIELD, "base": NAME}: what it refers to, which is counted once
 *              however many records there are, and only where it was there
 *   take       [[FIELD…]…]: of the first of these that has any value all are added; of a
 *              list its length. default: where none has one
 *   list       {"field": FIELD, "where", "take", "qualifier"}: items of a list instead,
 *              by their members; a record without such an item does not count
 *   before     FIELD: what it was in the time before
 *   qualifier  FIELD: how exact the number is (settings)
 *   date       FIELD, of `latest`
 *   window     [FIELD, FIELD]: the days from which to which the number is. Of one unit's
 *              windows the widest counts that lies within the years asked for
 *   whole      true: what a unit states is of all units below it, which then do not count
 *   unit_kinds [KIND OF UNIT…] (record/facts.h); unit_where [WHERE…] of the unit's fields
 *   else       QUANTITY: where a unit has nothing of a year by this one
 *
 * A WHERE: {"field"*, "is": [V…], "or_empty", "after": DAY}: the field is one of these,
 * or empty, or a date later than that day of the record's year.
 *
 * `settings.json` is {"settings":{"managed": FIELD of the tree of units, under whose
 * authority a unit is; "versions": FIELD of it, the list of what it was called and where
 * it stood, members as the tree's fields; "leaf": the KIND OF UNIT that is waited for;
 * "more","nearly","about": the values of a qualifier}}.
 */
#ifndef HAMLET_RECORD_REPORT_H
#define HAMLET_RECORD_REPORT_H

#include "hamlet/record/catalogue.h"

enum hm_quantity_type {
    HM_QUANTITY_UNITS,
    HM_QUANTITY_RECORDS,
    HM_QUANTITY_SUM,
    HM_QUANTITY_BASE,
    HM_QUANTITY_LATEST,
    HM_QUANTITY_OPEN,
    HM_QUANTITY_TYPES
};

struct hm_report_where {
    const char *field;
    struct hm_texts is;
    bool or_empty;
    const char *after; /* null: any day */
};

struct hm_report_wheres {
    const struct hm_report_where *at;
    size_t count;
};

struct hm_report_life {
    const char *from; /* null: neither */
    const char *to;
};

struct hm_report_base {
    const char *name;
    const char *kind;
    struct hm_report_wheres where;
    struct hm_report_life life;
};

/* Fields that are added; the first of several such lists that has a value. */
struct hm_report_takes {
    const struct hm_texts *at;
    size_t count;
};

struct hm_report_list {
    const char *field; /* null: no list */
    struct hm_report_wheres where;
    struct hm_report_takes take;
    const char *qualifier;
};

struct hm_quantity {
    enum hm_quantity_type type;
    const char *kind;
    struct hm_report_wheres where;
    struct hm_texts filled;
    struct hm_report_life life;
    const struct hm_report_base *base; /* null: none */
    const char *ref;                   /* the field that names one of the base */
    struct hm_report_takes take;
    bool has_other;
    int64_t other; /* `default` */
    struct hm_report_list list;
    const char *before;
    const char *qualifier;
    const char *date;
    struct hm_texts window; /* two, or none */
    bool whole;
    struct hm_texts unit_kinds;
    struct hm_report_wheres unit_where;
    const struct hm_quantity *otherwise; /* `else` */
};

enum hm_report_over {
    HM_REPORT_DAY,
    HM_REPORT_PERIOD,
    HM_REPORT_EACH,
    HM_REPORT_MEAN,
    HM_REPORT_OVERS
};

enum hm_report_as { HM_REPORT_NUMBER, HM_REPORT_SHARE, HM_REPORT_PAIR, HM_REPORT_ASES };

struct hm_report_figure {
    const char *name;
    struct hm_label label;
    const struct hm_quantity *count;
    const struct hm_quantity *among;
    const struct hm_quantity *beside;
    const struct hm_quantity *aim;
    enum hm_report_over over;
    enum hm_report_as as;
    struct hm_label measure; /* null: it says itself */
    struct hm_label source;
    struct hm_texts few;
    const char *names;
};

struct hm_report_section {
    struct hm_label label;
    bool whole;
    const struct hm_report_figure *figures;
    size_t figure_count;
};

struct hm_report {
    const char *name;
    int64_t order;
    struct hm_label label;
    const struct hm_report_base *bases;
    size_t base_count;
    const struct hm_report_section *sections;
    size_t section_count;
};

struct hm_report_settings {
    const char *managed;
    const char *versions;
    const char *leaf;
    const char *more;
    const char *nearly;
    const char *about;
};

#endif
