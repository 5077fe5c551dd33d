/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim.h - one simulated history: its world, its oracle, what was done and what came of
 * it.
 *
 * Owner: the simulator
 *
 * Performing an event (event.h) is a pure function of the seed and of the events before
 * it, so that a history is replayed from its seed, or from a script of its events. What
 * must hold is checked after each event that could break it; what does not hold ends the
 * process, with the events that led there and the command that replays them.
 */
#ifndef HAMLET_TESTS_SIM_H
#define HAMLET_TESTS_SIM_H

#include <stdio.h>

#include "case.h"
#include "hamlet/store/buckets.h"
#include "kept.h"
#include "oracle.h"
#include "places.h"
#include "plant.h"
#include "refill.h"
#include "registry.h"
#include "replica.h"
#include "scene.h"
#include "stats.h"
#include "world.h"

enum {
    SIM_RECORDS_MAX = 1024,
    SIM_BULKS_MAX = 256,
    SIM_TRACE_LINES = 120,
    SIM_ARENA_MAX = 256 * 1024 * 1024
};

struct sim_record {
    struct hm_id id;
    enum scene_kind kind;
    int unit;
    bool erased;  /* something of it is to be */
    bool claimed; /* a liar wrote to it in a unit that is not its own */
};

struct sim_bulk {
    struct hm_id id;
    int replica;
};

/* Something that was done, until it is known whether it lasts. */
struct sim_deed {
    struct oracle_act act;
    struct hm_id id;     /* none: to be looked up, see work.h */
    struct hm_id record; /* of a creation */
    enum scene_kind kind;
    bool creates; /* a record that nobody had */
};

/* What the command line asks for; the same for every history of a process. */
struct sim_options {
    const struct hm_kinds *kinds[2]; /* as they are, and lax */
    enum sim_plant plant;
    const char *script;      /* null: the seed draws the events */
    struct sim_case *record; /* where the history is written down as it happens */
    bool trace;
};

struct sim {
    uint64_t seed;
    struct sim_options options;
    struct world world;
    struct oracle *oracle;
    struct hm_testenv dice;

    struct sim_replica replicas[ORACLE_REPLICAS];
    int replica_count;
    struct sim_record records[SIM_RECORDS_MAX];
    int record_count;
    struct sim_bulk bulks[SIM_BULKS_MAX];
    int bulk_count;
    struct sim_fate fates[SIM_FATES_MAX];
    int fate_count;
    struct hm_id ids[SIM_ACTS_MAX]; /* of acts */
    uint64_t written[SIM_ACTS_MAX]; /* entries that the author's registry had then */
    int by_id[2 * SIM_ACTS_MAX];    /* a table of acts by id; 0: empty, else act + 1 */
    struct sim_old old[SIM_OLD_MAX];
    int old_count;
    struct sim_stick sticks[SIM_STICKS_MAX];
    int stick_count;
    struct sim_refill refill;
    bool relays; /* pages of others may come with what is served now */
    bool denies; /* … who asks is being revoked meanwhile */

    struct sim_stats stats;
    int event;   /* the one under way, from 1 */
    int strikes; /* of the plant */
    char lines[SIM_TRACE_LINES][SIM_LINE_MAX];
    uint64_t line_count;
    uint64_t print; /* of all lines, to see whether two runs are one */
};

/* sim.c: making a history, and telling of it */
void sim_init(struct sim *sim,
              uint64_t seed,
              const struct sim_options *options,
              const struct sim_seat *seats,
              int count);
void sim_fini(struct sim *sim);
void sim_perform(struct sim *sim, const struct sim_event *event);
/* No more faults: everybody syncs, then everything must fit. */
void sim_heal(struct sim *sim);
__attribute__((format(printf, 2, 3))) void sim_say(struct sim *sim,
                                                   const char *format,
                                                   ...);
__attribute__((format(printf, 2, 3), noreturn)) void sim_fail(struct sim *sim,
                                                              const char *format,
                                                              ...);
void sim_must(struct sim *sim,
              enum hm_status status,
              const struct hm_err *err,
              const char *what);
struct hm_store *sim_store(const struct sim *sim, int who);
struct hm_disk *sim_disk(const struct sim *sim, int who);
/* Whether a failure with HM_IO is what the history asked for. */
bool sim_troubled(const struct sim *sim, int who);
/* … and it is that something failed once. */
bool sim_sick(const struct sim *sim, int who);
/* After trouble: power on again, or the store opened again as the program does. */
void sim_reopen(struct sim *sim, int who);
/* … and nothing that was learnt is gone. */
void sim_recover(struct sim *sim, int who);

/*
 * What each event does: what people do in author.c and decide.c, what happens to messages
 * in trip.c, files in stick.c, what the district decides in registry.c and move.c, what a
 * device with a good key may try in liar.c, disks that are copied or come back in
 * machine.c, the rest in sim.c.
 */
#define SIM_DO_DECLARE(name, word, arguments)                                            \
    void sim_do_##word(struct sim *sim, const struct sim_event *event);
SIM_DO_MAP(SIM_DO_DECLARE)
#undef SIM_DO_DECLARE

/* learn.c: which acts reached a replica */
void sim_learn(struct sim *sim, int who);
void sim_relearn(struct sim *sim, int who);
int sim_act_of(const struct sim *sim, const struct hm_id *id);
void sim_act_add(struct sim *sim, const struct hm_id *id, int act);
/* One more row of its store. */
void sim_learn_row(struct sim *sim, int who, const struct hm_held *held);
/* part.c: a laptop that has forgotten the units that it left */
void sim_learn_epoch(struct sim *sim, int who);
void sim_check_parted(struct sim *sim);

int sim_record_of(const struct sim *sim, const struct hm_id *id);

/* One visit of a device that is revoked while it lasts. */
void sim_visit_denied(struct sim *sim, int who);

/* The server was asked something: its power may have gone, it may know more. */
void sim_note_server(struct sim *sim);

/* check.c, compare.c: whether a replica shows what the oracle says */
void sim_look(struct sim *sim, int who);
void sim_compare_records(struct sim *sim, int who, struct hm_arena *arena);
/* After a round that ended well: neither side lacks anything of the other's. */
void sim_check_agreed(struct sim *sim, int who);
void sim_check_end(struct sim *sim);

#endif
