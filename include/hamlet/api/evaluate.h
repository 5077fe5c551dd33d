/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evaluate.h - a unit's year held to its catalogue, and the catalogues themselves.
 *
 * Owner:   daemon/api/evaluate.c, case.c, cases.c, office.c, catalogues.c, facts.c;
 *          layer 4
 * Shapes:  what the JSON looks like is part of the command contract
 * Errors:  nothing is shown before all of it is known
 */
#ifndef HAMLET_API_EVALUATE_H
#define HAMLET_API_EVALUATE_H

#include "hamlet/api/view.h"
#include "hamlet/base/json.h"
#include "hamlet/record/catalogues.h"

struct hm_case_tree;

struct hm_api_year {
    const char *unit; /* null: the replica's own */
    int year;
    const char *stage; /* as typed; null: the first of the kind that holds answers */
    const struct hm_json *answers; /* instead of what is recorded; null: that. Borrowed */
    const char *on;                /* a date, of deadlines; null: today */
    struct hm_case_tree *tree; /* null; of cases, which reads the units once for all */
};

/*
 * `{unit, kind_of_unit, year, stage, catalogue, version, label, verify, overlays, window,
 * level, evaluated, points, most, mark, criteria: [{id, depth, type, text, verdict,
 * source, why, reason, counted, among, before, mark, least, because, verify, remark,
 * privacy, na_allowed, variables: [label…], scale: […], mitigation: […]}]}`; what says
 * nothing is left out. `source` is none, computed, entered or overridden; `variables` are
 * the numbers that it is made of, in the order of its attributes.
 * HM_BAD_INPUT  no such unit or stage; or no catalogue judges such a unit in that year
 */
HM_CHECKED enum hm_status hm_api_evaluate(const struct hm_view *view,
                                          const struct hm_catalogues *catalogues,
                                          const struct hm_api_year *year,
                                          struct hm_err *err);

/*
 * How far the year has come (record/case.h): `{unit, kind_of_unit, year, catalogue,
 * state, label, since, missing: [{state, text}], deadlines: [{deadline, label, last_day,
 * met, passed, verify}], flags: [{flag, label, record, compared: [{field, frozen,
 * now}]}]}`; `since` is a record that makes it so, `record` the one whose frozen figures
 * are not what is counted now. Only `passed` depends on the day. As hm_api_evaluate
 */
HM_CHECKED enum hm_status hm_api_case(const struct hm_view *view,
                                      const struct hm_catalogues *catalogues,
                                      const struct hm_api_year *year,
                                      struct hm_err *err);

/*
 * The same of `year->unit`, which must be given, and of each open unit right below it, in
 * Vietnamese order: `[{name_of_unit, case}]`, without those that no catalogue judges; to
 * a person one after the other.
 */
HM_CHECKED enum hm_status hm_api_cases(const struct hm_view *view,
                                       const struct hm_catalogues *catalogues,
                                       const struct hm_api_year *year,
                                       struct hm_err *err);

/*
 * What whoever judges the year of a unit reads: `{unit, unit_name, year, seen, counted:
 * {FIELD: n}, records: [{record}]}`. `records` are those of the kinds that the
 * table of cases names, `counted` what a decision freezes, as it is now; `seen` stands
 * for all of it and goes back with what is decided on it. It names people. As
 * hm_api_evaluate
 */
HM_CHECKED enum hm_status hm_api_dossier(const struct hm_view *view,
                                         const struct hm_catalogues *catalogues,
                                         const struct hm_api_year *year,
                                         struct hm_err *err);
/*
 * For what is written in `unit`: HM_USAGE  dossier-seen: `seen` is of another unit's, or
 * of none. HM_EXISTS  dossier-moved: what it stands for is not what is here now
 */
HM_CHECKED enum hm_status hm_api_dossier_still(const struct hm_view *view,
                                               const struct hm_catalogues *catalogues,
                                               const char *seen,
                                               struct hm_bytes unit,
                                               struct hm_err *err);

/*
 * All catalogues as `[{catalogue, version, label, purpose, from, to, extends, verify}]`;
 * `name` not null: that one, with `units: [{kinds, article, criteria: [{id, depth, type,
 * text, verify}]}]`. HM_BAD_INPUT: there is no such catalogue
 */
HM_CHECKED enum hm_status hm_api_catalogues(const struct hm_view *view,
                                            const struct hm_catalogues *catalogues,
                                            const char *name,
                                            struct hm_err *err);

/* A year as it was typed. HM_BAD_INPUT: it is none */
HM_CHECKED enum hm_status hm_api_read_year(int *year,
                                           const char *text,
                                           struct hm_err *err);

#endif
