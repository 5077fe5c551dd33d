/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erase.h - values that are to be forgotten, and looking for what is left of them.
 *
 * Owner: the simulator
 */
#ifndef HAMLET_TESTS_ERASE_H
#define HAMLET_TESTS_ERASE_H

#include "sim.h"

/* What the program does of itself after values went: its file is written anew. */
void sim_scrub(struct sim *sim, int who);

/* A change of the registry arrived: it may list an erasure. */
void sim_order(struct sim *sim, int who, const struct hm_change *listed);

/* Registers whose values are not here, as bits; and whether any of them did not come,
 * other than those that are erased there. */
uint16_t sim_missing(const struct sim *sim, int act, const struct hm_held *held);
bool sim_is_blind(const struct sim *sim, int who, int act, uint16_t missing);

/* What is erased is in no table and, once the file was written anew, in no byte (P29). */
void sim_check_erased(struct sim *sim, int who, struct hm_arena *arena);

#endif
