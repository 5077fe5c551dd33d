/* SPDX-License-Identifier: Apache-2.0 */
/*
 * work.h - one transaction of a person, and whether it lasted.
 *
 * Owner: the simulator; author.c and decide.c work through it
 *
 *     if (work_begin(&work, sim, who)) {
 *         … acts; work_deed for each that the author took …
 *         work_end(&work, status, expected);
 *     }
 *
 * A transaction whose end nobody heard of, because the power went, lasts or not; the
 * store is asked after the restart, and it must be all of it or nothing.
 */
#ifndef HAMLET_TESTS_WORK_H
#define HAMLET_TESTS_WORK_H

#include "sim.h"

enum { WORK_DEEDS_MAX = 64 };

struct work {
    struct sim *sim;
    int who;
    struct hm_author *author;
    struct hm_arena arena;
    struct hm_err err;
    struct hm_id bulk;
    bool bulked;
    bool unsure;  /* whether this unit is in reach: the registry is still to come */
    bool ahead;   /* it may be, though its place says otherwise: so much has come */
    bool unnamed; /* deeds whose ids must be looked up */
    struct sim_deed deeds[WORK_DEEDS_MAX];
    int count;
};

/* False: there is trouble with the disk, or nobody is there. */
bool work_begin(struct work *work, struct sim *sim, int who);
/* All deeds from here on can be withdrawn together. */
enum hm_status work_bulk(struct work *work);

/* A deed to be filled in, of this replica's person about a record. */
struct sim_deed *work_deed(struct work *work,
                           enum oracle_what what,
                           int record,
                           int unit);
/* Take the last deed back: it was not taken. */
void work_forget(struct work *work);

/*
 * End: commit where `status` is good. It must be `expected`, unless there is trouble.
 */
void work_end(struct work *work, enum hm_status status, enum hm_status expected);

/* The number shown for a register here, which the oracle must allow; 0: none. */
int64_t work_shown(struct work *work, int record, int reg);

/* Whether this person's program lets the act pass, and whether the server will. */
bool work_may_here(const struct work *work, enum oracle_what what, bool guarded);
bool work_may_there(const struct work *work, enum oracle_what what, bool guarded);

/* A known record in scope of this replica; ORACLE_NONE: it knows none. */
int work_record(struct work *work, int64_t pick);

/*
 * What a unit gives as an answer to somebody who writes there; `unsure` is set where it
 * may also be that it is not in reach yet.
 */
enum hm_status work_scope(struct work *work, int unit);

#endif
