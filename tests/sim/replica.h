/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replica.h - a laptop or the server as a history knows it: who works there, what was
 * done to its device, and what was learnt of its store.
 *
 * Owner: the simulator
 */
#ifndef HAMLET_TESTS_REPLICA_H
#define HAMLET_TESTS_REPLICA_H

#include <stdbool.h>
#include <stdint.h>

#include "refill.h"
#include "registry.h"
#include "world.h"

struct oracle_memory;
struct sim_replica;

enum { SIM_GONE = -2 /* a row that is there no more */ };

/* An older state of a replica: its disk, and what was known of it. */
struct sim_image {
    struct hm_disk *disk; /* null: none is kept */
    struct sim_replica *was;
    struct oracle_memory *memory;
};

struct sim_replica {
    struct world_laptop *laptop; /* null: the server */
    const struct scene_role *role;
    int unit;
    bool lax;
    bool settled;    /* it has agreed with the server once: the registry is all there */
    uint64_t agreed; /* exchanges until it did so last */

    int device;       /* the first replica with its key; what follows, of that one */
    bool strange;     /* its disk was copied or restored … */
    bool must_notice; /* … and the server will notice, */
    bool copied;      /* … for two of them are at work */
    int keys;         /* how often its key was changed */
    bool forges;      /* its key signs more than what is on its disk (forge.h) */
    int64_t heard;    /* epoch of which something came to the server last (heard.h) */
    bool revoked;     /* from here on it gives and gets nothing … */
    bool was_revoked; /* … or so said a server that was lost since */
    struct sim_term terms[SIM_TERMS_MAX];
    int term_count;
    int fated;         /* fates of units that it has heard of */
    uint64_t registry; /* entries that this replica's has, */
    uint64_t losses; /* … which count since the server came back for the time so many */
    uint64_t leased[2]; /* … that it had when it agreed with the server, the last times */
    uint64_t shown;     /* … and that it has shown the server since that it had */
    struct sim_image image;

    /* what was learnt of its store */
    uint64_t written; /* writes to its disk until then; 0: all is to be looked at again */
    int64_t epoch;    /* … it was this one of its device */
    int64_t rows;
    int64_t gone;           /* of these, of units that it left */
    int acts[SIM_ACTS_MAX]; /* by row; ORACLE_NONE: of the registry; or SIM_GONE */
    uint16_t missing[SIM_ACTS_MAX]; /* by row: values of it, as it was read last */
    uint64_t entries[SIM_BUCKETS];  /* that were learnt */
    bool left[SCENE_UNITS];         /* units that it forgot once */
    bool lacks[SCENE_UNITS];        /* units that it may not hold, or not all of yet */
    bool thin[SIM_ACTS_MAX];        /* acts that came when it had lost their unit */
    bool old[SIM_BUCKETS];          /* they are of a server that is no more */
    bool anew[SIM_BUCKETS];         /* … and not all was heard of the next */
};

#endif
