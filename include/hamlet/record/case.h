/* SPDX-License-Identifier: Apache-2.0 */
/*
 * case.h - how far a unit's year has come, told from the records that are there.
 *
 * Owner:   proto/record/case.c; layer 1, pure: the same records give the same state on
 *          every replica, in whatever order they came; no clock is asked
 * Threads: a table is constant once it is loaded
 *
 * THE FILE (proto/catalogues/case.json) holds {"case":{"states":[…],"flags":[…],
 * "dossier":[KIND…]}}: the last are the records that whoever judges the year reads.
 *
 *   state   state*, label*; next: LABEL, what is to be done to come to it; deadline: the
 *           name of one in the catalogue; branch: true, it is no step on the way;
 *           when: [QUERY…] (facts.h, `exists`), one of which finds a record. The first
 *           state has none: there every year begins
 *   flag    flag*, label*, what*: when (with `when`); conflict, a record of the year is
 * in conflict; ruled_out, a criterion of what must not occur is failed; ended, the unit
 * was merged or ended in that year; excluded, the catalogue does not cover it; or
 * changed: `compared`*, {FIELD: fact}, of the record that `when`* finds are not what is
 * counted now
 *
 * The state is the furthest that holds: what is skipped is missing, and stops nothing.
 * Nobody types a state, and a frozen figure is compared, never changed.
 */
#ifndef HAMLET_RECORD_CASE_H
#define HAMLET_RECORD_CASE_H

#include "hamlet/base/hash.h"
#include "hamlet/record/facts.h"

enum { HM_CASE_STATES_MAX = 32, HM_CASE_FLAGS_MAX = 16, HM_CASE_DOSSIER_MAX = 16 };

struct hm_case_state {
    const char *name;
    struct hm_label label;
    struct hm_label next;
    const char *deadline; /* null: none */
    bool branch;
    const struct hm_query *when;
    size_t count;
};

enum hm_case_what {
    HM_CASE_WHEN,
    HM_CASE_CONFLICT,
    HM_CASE_RULED_OUT,
    HM_CASE_ENDED,
    HM_CASE_EXCLUDED,
    HM_CASE_CHANGED,
    HM_CASE_WHATS
};

struct hm_case_figure {
    const char *field;
    const char *fact;
};

struct hm_case_flag {
    const char *name;
    struct hm_label label;
    enum hm_case_what what;
    const struct hm_query *when;
    size_t count;
    const struct hm_case_figure *figures;
    size_t figure_count;
};

struct hm_case_table {
    const struct hm_case_state *states;
    size_t state_count;
    const struct hm_case_flag *flags;
    size_t flag_count;
    const char *const *dossier; /* kinds */
    size_t dossier_count;
};

/* A record of the unit and its year, as it is shown. */
struct hm_case_record {
    struct hm_id id;
    struct hm_bytes kind;
    const struct hm_json *fields;
    bool conflict;
};

struct hm_case_derived {
    size_t state; /* in the table */
    bool has_since;
    struct hm_id since; /* a record that makes it so: the lowest id of these */
    bool holds[HM_CASE_STATES_MAX];
    bool flags[HM_CASE_FLAGS_MAX]; /* those of `when` and `conflict` */
    const struct hm_case_record *frozen[HM_CASE_FLAGS_MAX]; /* of `changed`; null: none */
};

void hm_case_derive(const struct hm_case_table *table,
                    const struct hm_case_record *records,
                    size_t count,
                    int year,
                    struct hm_case_derived *derived);

#endif
