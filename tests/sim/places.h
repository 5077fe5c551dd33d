/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.h - where units lie, who knows of it, and whose they are.
 *
 * Owner: the simulator
 *
 * A unit may be merged into another, or go to another commune. Both are entries of the
 * registry: how many of them a replica's registry has says how the units lie for it.
 */
#ifndef HAMLET_TESTS_PLACES_H
#define HAMLET_TESTS_PLACES_H

#include <stdbool.h>
#include <stdint.h>

struct sim;

enum { SIM_FATES_MAX = 6 };

struct sim_fate {
    int unit;
    int to;
    bool joined;     /* it became part of `to`; else it lies below it from here on */
    uint64_t at;     /* number of the entry that says so, */
    uint64_t losses; /* … of a server that had come back so often */
};

/* Whether `unit` belongs to `scope`, as the first `fated` fates have it. */
bool sim_covers(const struct sim *sim, int fated, int scope, int unit);
/* … as all have it, or as it lay before for who knew so many entries of the registry. */
bool sim_covers_late(const struct sim *sim, uint64_t registry, int scope, int unit);
/* Whether it is a unit of those that this replica may hold, as far as it knows. */
bool sim_in_scope(const struct sim *sim, int who, int unit);
/* Number of the entry that closed the unit, among the first `fated` fates; 0: none. */
uint64_t sim_closed_at(const struct sim *sim, int fated, int unit);

/* How many fates the replica's registry has, of which more may be there than it counts.
 */
void sim_learn_fates(struct sim *sim, int who, bool ahead);

/* Whether a laptop was moved, or the units lie otherwise than at first. */
bool sim_anything_moved(const struct sim *sim);

#endif
