/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept.h - what was sent or written once, kept to come again.
 *
 * Owner: the simulator; trip.c and stick.c fill it in
 */
#ifndef HAMLET_TESTS_KEPT_H
#define HAMLET_TESTS_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIM_OLD_MAX = 24, SIM_STICKS_MAX = 8 };

/* A request as it was sent, to be sent again. */
struct sim_old {
    uint8_t *data;
    size_t size;
    int who;
    int64_t epoch;   /* that it speaks of */
    uint64_t losses; /* of the server, until then */
};

/* A file as it was written, to be carried, and carried again. */
struct sim_stick {
    uint8_t *data;
    size_t size;
    int from;
    int to;
    uint64_t losses; /* of the server, until then */
    int keys; /* changes of the laptop's key, that the file knows of; -1: not of all */
    int64_t epoch; /* as its head says: the laptop's, or what the server heard of last */
    bool taken;
};

#endif
