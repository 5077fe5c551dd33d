/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heard.h - which epoch of a device the server's next file is for.
 *
 * Owner: the simulator
 */
#ifndef HAMLET_TESTS_HEARD_H
#define HAMLET_TESTS_HEARD_H

#include "sim.h"

/* Something of this epoch came to the server, or, if not `sure`, may have. */
void sim_hears_of(struct sim *sim, int who, int64_t epoch, bool sure);
/* The server wrote a file for it, as its head says for this epoch; 0: for none. */
void sim_check_file_epoch(struct sim *sim, int who, int64_t epoch);

#endif
