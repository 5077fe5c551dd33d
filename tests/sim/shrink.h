/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shrink.h - a history that fails, cut down to what it takes to fail so.
 *
 * Owner: the simulator
 *
 * Events are left out by halves, quarters… one by one, then whole laptops, then what
 * stands in the arguments; what still ends with the same complaint (numbers apart) is
 * kept. Each try is a process of its own.
 */
#ifndef HAMLET_TESTS_SHRINK_H
#define HAMLET_TESTS_SHRINK_H

#include "runner.h"

struct sim_shrunk {
    int before; /* events */
    int after;
    int tries;
};

/* Cut `failed` down in place for at most `seconds`. False: it does not fail again. */
bool sim_shrink(struct sim_case *failed,
                const struct sim_options *options,
                double seconds,
                struct sim_shrunk *told);

#endif
