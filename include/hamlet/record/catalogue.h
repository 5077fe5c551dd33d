/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.h - the criteria of one standard, read from its file.
 *
 * Owner:   proto/record/catalogue*.c; layer 1, pure
 * Threads: a catalogue is constant once it is loaded
 * Memory:  everything in it lives as long as the hm_catalogues that it was loaded into
 * Errors:  as kinds.h: the file, the part and the attribute at fault
 *
 * THE FILE (proto/catalogues/NAME.json, or the folder `catalogues` of a store or of the
 * server's data) is one JSON object; any attribute that is not named here is refused.
 * LABEL is {"vi","en"}; KIND a kind of unit or "any"; DAY "-1/11-01": month and day of
 * the year before the one that is judged, "0/10-31" of that year. VERIFY is "V" verified
 * in a source, "P" partly, "U" not; without it what stands above holds, at the top "V".
 *
 *   catalogue*  its name, which records name for ever; or
 *   overlay*    the name, with `extends`*: the catalogue to which it adds criteria, and
 *               `unit`* {"system","code"}: at units below which. It can take nothing away
 *   version*    rises when a text is mended
 *   label*      LABEL
 *   purpose     standard, the default, or rating: which of two results it leads to
 *   legal*      {"number","date","amended_by":[…]}
 *   from*, to   the days on which it is in force
 *   supersedes, act, verify
 *   rule        all, the default: every criterion; or sum: of the scores, by `grades`
 *   windows     {KIND:{"from":DAY,"to":DAY,"verify"}}
 *   deadlines   {NAME:{"days":{KIND:"MM-DD"},"verify"}}: last days, which warn only
 *   levels      [{"from","to","of":{KIND:{"register","appraise","recognise"}},"verify"}]:
 *               with whom such a unit registers, and who appraises and recognises it
 *   excluded    {KIND:[reason…]}
 *   dossiers    the papers that are to be handed in (dossier.h)
 *   variables   {NAME:{"label":LABEL,"source":NAME}}: numbers that criteria are made of,
 *               and where the system finds them (facts.h)
 *   grades      [{"name","least","label","verify"}], the highest first
 *   units*      [{"kinds":[KIND…],"article","criteria":[criterion…]}]
 *
 * A criterion: id* (stable for ever), type*, label*, verify, privacy, remark, na_allowed,
 * source (a fact that answers it), and what its type needs:
 *
 *   manual_bool                      somebody says so, or `source`
 *   ratio_min      counted*, among*, permille*, na_if_none: counted * 1000 >= permille *
 *                  among
 *   count_min      variable*, least*
 *   none_occurred                    a count, and it is 0
 *   none_or_mitigated  mitigation*   or a mitigating ground, one of these
 *   not_increased, decreased  series*: of each variable the number now is not over, or is
 *                  under, the one of the year before; both 0 is good
 *   grade_min      scale*, least_grade*: ascending
 *   all_of, any_of items*            at the top only
 *   ref            refs*             those criteria, judged at this unit
 *   scored         most*             adds to the sum
 */
#ifndef HAMLET_RECORD_CATALOGUE_H
#define HAMLET_RECORD_CATALOGUE_H

#include "hamlet/record/field.h"

enum hm_criterion_type {
    HM_CRITERION_MANUAL,
    HM_CRITERION_RATIO,
    HM_CRITERION_COUNT,
    HM_CRITERION_NONE,
    HM_CRITERION_MITIGATED,
    HM_CRITERION_NOT_MORE,
    HM_CRITERION_LESS,
    HM_CRITERION_GRADE,
    HM_CRITERION_ALL,
    HM_CRITERION_ANY,
    HM_CRITERION_REF,
    HM_CRITERION_SCORED,
    HM_CRITERION_TYPES
};
const char *hm_criterion_type_name(enum hm_criterion_type type);

/* A list of texts; none: null and 0. */
struct hm_texts {
    const char *const *at;
    size_t count;
};

struct hm_variable {
    const char *name;
    struct hm_label label;
    const char *source; /* null: nobody but people knows it */
};

struct hm_criterion {
    const char *id;
    enum hm_criterion_type type;
    struct hm_label label;
    char verify; /* V, P, U */
    const char *privacy;
    const char *remark;
    const char *source;
    bool na_allowed;
    bool na_if_none;
    const struct hm_variable *part; /* also of a count */
    const struct hm_variable *whole;
    int64_t least; /* permille, count, or the highest score */
    struct hm_texts mitigation;
    const struct hm_variable *const *series;
    size_t series_count;
    struct hm_texts scale;
    size_t least_grade; /* in the scale */
    struct hm_criterion *items;
    size_t item_count;
    const struct hm_criterion *const *refs;
    size_t ref_count;
};

struct hm_span {
    const char *kind;
    int year; /* of `to`, and of the year that is judged; `from` has its own */
    int from_year;
    char from[6];
    char to[6];
    char verify;
};

struct hm_deadline {
    const char *name;
    const char *kind;
    char day[6]; /* the last good one */
    char verify;
};

struct hm_level {
    const char *from; /* dates; to: null */
    const char *to;
    const char *kind;
    const char *with; /* registers with, is appraised and recognised by: a kind of unit */
    const char *appraiser;
    const char *recogniser;
    char verify;
};

struct hm_grade {
    const char *name;
    int64_t least;
    struct hm_label label;
    char verify;
};

struct hm_exclusion {
    const char *kind;        /* of unit */
    struct hm_texts reasons; /* for which such a unit is not covered */
};

struct hm_criteria {
    struct hm_texts kinds;
    const char *article; /* may be null */
    struct hm_criterion *at;
    size_t count;
};

struct hm_dossier;
struct hm_catalogue {
    const char *name;
    const char *extends; /* null: no overlay */
    const char *system;  /* of the code of the unit below which an overlay holds */
    const char *code;
    const char *version;
    struct hm_label label;
    const char *purpose;
    const char *number;
    const char *from;
    const char *to; /* null: open */
    const char *act;
    char verify;
    bool score;
    const struct hm_span *spans;
    size_t span_count;
    const struct hm_deadline *deadlines;
    size_t deadline_count;
    const struct hm_level *levels;
    size_t level_count;
    const struct hm_exclusion *exclusions;
    size_t exclusion_count;
    const struct hm_dossier *dossiers;
    size_t dossier_count;
    const struct hm_variable *variables;
    size_t variable_count;
    const struct hm_grade *grades;
    size_t grade_count;
    const struct hm_criteria *units;
    size_t unit_count;
};

#endif
