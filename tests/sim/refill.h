/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refill.h - what is known of a server beyond its store, while laptops refill it.
 *
 * Owner: the simulator; loss.c and learn.c fill it in
 */
#ifndef HAMLET_TESTS_REFILL_H
#define HAMLET_TESTS_REFILL_H

#include <stdbool.h>
#include <stdint.h>

#include "scene.h"

enum { SIM_ACTS_MAX = 4096 };

/* Buckets by number: of the units, then … */
enum { SIM_MAILBOX = SCENE_UNITS, SIM_REGISTRY, SIM_BUCKETS };

struct sim_refill {
    unsigned bringers;              /* bits: who brought something */
    uint64_t reasons[SIM_ACTS_MAX]; /* of refusals, as hashes */
    uint64_t gained[SIM_ACTS_MAX];  /* exchanges until their values came later; or 0 */
};

#endif
