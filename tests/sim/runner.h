/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runner.h - many histories in processes of their own, and what they come to.
 *
 * Owner: the simulator
 *
 * Each process records the history under way in memory that its parent sees. Where one
 * fails, the parent has what led there, however it ended, and cuts it down (shrink.h).
 */
#ifndef HAMLET_TESTS_RUNNER_H
#define HAMLET_TESTS_RUNNER_H

#include "sim.h"

enum { SIM_JOBS_MAX = 16 };

/* What the command line asks for. */
struct sim_order {
    uint64_t from;
    uint64_t seeds;
    unsigned jobs;
    uint64_t shrink_s; /* how long a failure is cut down, at most; 0: not at all */
    const char *keep;  /* a file for what is left of it; null: none */
    bool marks;        /* each mark must be reached */
    struct sim_options options;
};

/* One history in this process. Its fingerprint. */
uint64_t sim_run_seed(const struct sim_options *options,
                      uint64_t seed,
                      struct sim_stats *sum);
uint64_t sim_run_case(const struct sim_options *options,
                      const struct sim_case *at,
                      struct sim_stats *sum);

/*
 * All that the order asks for, added up in `sum`, with the processor time that it took.
 * False: a history failed; `failed` (which may be shared between processes) is what led
 * there.
 */
bool sim_run(const struct sim_order *order,
             struct sim_stats *sum,
             double *cpu_s,
             struct sim_case *failed);

/*
 * How the process of a case ended. True: it failed, and the complaint says how, even
 * where the process itself could not.
 */
bool sim_case_ended(struct sim_case *at, int status);

/* Memory that processes share, zero; never given back. */
void *sim_shared(size_t size);

void sim_stats_add(struct sim_stats *sum, const struct sim_stats *stats);

#endif
