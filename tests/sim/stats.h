/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stats.h - what a run adds up to; also the sum of many.
 *
 * Owner: the simulator
 *
 * A sweep that injected nothing proves nothing, so each fault is counted where it struck.
 */
#ifndef HAMLET_TESTS_STATS_H
#define HAMLET_TESTS_STATS_H

#include <stdint.h>

#include "marks.h"

#define SIM_STATS_MAP(X)                                                                 \
    X(seeds)                                                                             \
    X(laptops)                                                                           \
    X(actions)                                                                           \
    X(acknowledged)                                                                      \
    X(refused_here)                                                                      \
    X(exchanges)                                                                         \
    X(requests_cut)                                                                      \
    X(replies_cut)                                                                       \
    X(repeated)                                                                          \
    X(late)                                                                              \
    X(grouped)                                                                           \
    X(files)                                                                             \
    X(crashes)                                                                           \
    X(unknown_outcomes)                                                                  \
    X(sick)                                                                              \
    X(full)                                                                              \
    X(copies)                                                                            \
    X(restores)                                                                          \
    X(losses)                                                                            \
    X(regained)                                                                          \
    X(lies)                                                                              \
    X(erased)                                                                            \
    X(sought)                                                                            \
    X(moves)                                                                             \
    X(mergers)                                                                           \
    X(parted)                                                                            \
    X(roles)                                                                             \
    X(keys)                                                                              \
    X(revocations)                                                                       \
    X(denied)                                                                            \
    X(clocks)                                                                            \
    X(looks)                                                                             \
    X(registers_compared)                                                                \
    X(conflicts_seen)                                                                    \
    X(deletes)                                                                           \
    X(resolves)                                                                          \
    X(withdrawals)                                                                       \
    X(refused_there)                                                                     \
    X(released)                                                                          \
    X(digests)                                                                           \
    X(rebuilt)

struct sim_stats {
    uint64_t marks[SIM_MARK_COUNT]; /* histories that came there (marks.h) */
#define SIM_STATS_MEMBER(name) uint64_t name;
    SIM_STATS_MAP(SIM_STATS_MEMBER)
#undef SIM_STATS_MEMBER
};

#endif
