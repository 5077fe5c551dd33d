/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testenv.h - a world for proto/ in which the test is the clock and the dice.
 *
 * Owner:   the test; one for each simulated machine
 * Threads: one
 *
 * Randomness is a sequence that the seed decides, so a failed run can be run again. Both
 * clocks stand still until the test moves them. Every durable step is counted; at one of
 * them the test may do what it likes, for example cut the power (faultvfs.h).
 */
#ifndef TESTS_SUPPORT_TESTENV_H
#define TESTS_SUPPORT_TESTENV_H

#include "hamlet/base/env.h"

struct hm_testenv {
    struct hm_env env; /* give its address on; it points back here */
    uint64_t state;
    int64_t wall_ms;
    int64_t mono_ms;
    bool random_fails; /* there is no randomness to be had */

    uint64_t steps;   /* taken since init */
    uint64_t stop_at; /* the step before which `stop` is called; 0: none */
    void (*stop)(void *ctx, const char *name);
    void *stop_ctx;
};

/* 2026-03-05T01:02:03.000Z, where the wall clock begins. */
#define HM_TESTENV_WALL_MS INT64_C(1772672523000)

void hm_testenv_init(struct hm_testenv *testenv, uint64_t seed);
/* Both clocks. */
void hm_testenv_advance(struct hm_testenv *testenv, int64_t ms);

/* The next number of the sequence, for choices of the test itself; below `below`. */
uint64_t hm_testenv_next(struct hm_testenv *testenv);
uint64_t hm_testenv_below(struct hm_testenv *testenv, uint64_t below);

/*
 * The seed of this run: HM_SEED from the environment, else `usual`. Printed, so that what
 * a failed run did can be found out.
 */
uint64_t hm_testenv_seed(uint64_t usual);

#endif
