/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep.h - fail an act at every place where it can fail.
 *
 * Owner:  the test
 * Errors: what breaks the rule ends the test
 */
#ifndef TESTS_SUPPORT_SWEEP_H
#define TESTS_SUPPORT_SWEEP_H

#include <stdint.h>

#include "hamlet/base/err.h"

/*
 * What is done again and again. It cleans up after itself, as its caller would, so that
 * the next round finds what this one found.
 */
struct hm_sweep {
    const char *name;
    enum hm_status (*act)(void *ctx, struct hm_err *err);
    void (*before)(void *ctx);    /* null: nothing to prepare, memory not yet scarce */
    void (*unchanged)(void *ctx); /* after a round that was refused; null: no state */
    void *ctx;
};

/*
 * Let the n-th allocation fail for n = 1, 2, … until none is left to fail: alone, and
 * then with every one after it. Each round gives HM_OK, or HM_NO_MEMORY with an error
 * that says so. How many failed; what the act took without one is not counted.
 */
uint64_t hm_sweep_memory(const struct hm_sweep *sweep);

/* The same, at every `stride`-th place only, beginning at the first. */
uint64_t hm_sweep_memory_some(const struct hm_sweep *sweep, uint64_t stride);

#endif
