/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.h - a history from a file: who is there, then the events, a line each.
 *
 * Owner: the simulator
 *
 *     # why this matters
 *     laptop recorder 101-1
 *     laptop hamlet_head 101-1 lax
 *     add 1 values=13
 *     trip 1
 *     expect 2 records=1
 *
 * Blank lines and what follows `#` are left out. It ends as every history: healed, and
 * all of it checked.
 */
#ifndef HAMLET_TESTS_SCRIPT_H
#define HAMLET_TESTS_SCRIPT_H

#include "sim.h"

/* Run options->script to its end; a line that is none ends the process with 64. */
void sim_script_run(struct sim *sim, uint64_t seed, const struct sim_options *options);

#endif
