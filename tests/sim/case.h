/* SPDX-License-Identifier: Apache-2.0 */
/*
 * case.h - a history as it can be replayed: its seed, who was there, what happened.
 *
 * Owner: the simulator
 *
 * A case holds no pointer but to words that are constants, so that one process can record
 * it in memory that another reads (runner.h), even if the first one dies.
 *
 *     # why this matters
 *     seed 7                                     # where it matters; else the command's
 *     laptop recorder 101-1
 *     laptop hamlet_head 101-1 lax
 *     add 1 values=13
 *     trip 1
 *     expect 2 records=1
 *
 * Blank lines and what follows `#` are left out. It ends as every history: healed, and
 * all of it checked.
 */
#ifndef HAMLET_TESTS_CASE_H
#define HAMLET_TESTS_CASE_H

#include <stdio.h>

#include "event.h"
#include "world.h"

enum { SIM_EVENTS_MAX = 2000, SIM_COMPLAINT_MAX = 300 };

/* Who works where, with which program. */
struct sim_seat {
    const char *role;
    int unit;
    bool lax; /* its program lets everybody do everything */
};

struct sim_case {
    uint64_t seed;
    struct sim_seat seats[WORLD_LAPTOPS_MAX];
    int seat_count;
    struct sim_event events[SIM_EVENTS_MAX];
    int event_count;
    int at; /* the event under way when it failed, from 1; 0: it did not */
    char complaint[SIM_COMPLAINT_MAX];
};

/* Read a script; a line that is none ends the process with 64. */
void sim_case_read(struct sim_case *at, const char *path);
/* Write it as a script that can be read again. */
void sim_case_write(const struct sim_case *at, FILE *file);

#endif
