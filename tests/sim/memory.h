/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.h - memory for SQLite, in a process of one thread that lives for minutes.
 *
 * Owner:   the simulator
 * Threads: one
 *
 * Debian builds SQLite without lookaside, so that each statement that is prepared asks
 * the general allocator some hundred times: a tenth of a history. Here a piece that is
 * freed waits in a list for the next of its size. Nothing goes back to the system. Where
 * a sanitizer watches nothing is changed: it would not see what is done to a piece.
 */
#ifndef HAMLET_TESTS_SIM_MEMORY_H
#define HAMLET_TESTS_SIM_MEMORY_H

/* To be called before SQLite is used. */
void sim_memory_config(void);

#endif
