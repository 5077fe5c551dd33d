/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - what a seed draws: who is there, how likely what is, and then the events.
 *
 * Owner: the simulator
 *
 * Each seed draws its own likelihoods, so that some histories are all edits of one
 * record, some all cuts, some all refusals: what an average never meets.
 */
#ifndef HAMLET_TESTS_PLAN_H
#define HAMLET_TESTS_PLAN_H

#include "sim.h"

enum { SIM_LAPTOPS_LEAST = 3, SIM_ACTIONS_LEAST = 100, SIM_EXCHANGES_LEAST = 10 };

struct sim_plan {
    struct hm_testenv dice;
    struct sim_seat seats[WORLD_LAPTOPS_MAX];
    int seat_count;
    unsigned weight[SIM_DO_COUNT];
    unsigned faulty; /* of 100 trips */
    unsigned fat;    /* of 100 notes */
    int hot;         /* records that most edits are about; 0: any */
    int revokes;     /* devices that are still to be revoked */
    int liar;        /* whose device also sends what no program does */
    int heals_at;    /* the event at which all is well for a while; 0: never */
};

void sim_plan_init(struct sim_plan *plan, uint64_t seed);

/* See to it that the plant has something to harm. */
void sim_plan_plant(struct sim_plan *plan, enum sim_plant plant);

/* The next event; false: the history is long enough. */
bool sim_plan_next(struct sim_plan *plan, const struct sim *sim, struct sim_event *event);

#endif
