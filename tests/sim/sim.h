/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim.h - one simulated history: its world, its oracle, what was done and what came of it.
 *
 * Owner: the simulator
 *
 * An event says what somebody tries (sim_event); performing it is a pure function of the
 * seed and of the events before it, so that a history is replayed from its seed, or from
 * a script of its events. What must hold is checked after each event that could break it;
 * what does not hold ends the process, with the events that led there and the command
 * that replays them.
 */
#ifndef HAMLET_TESTS_SIM_H
#define HAMLET_TESTS_SIM_H

#include <stdio.h>

#include "hamlet/store/buckets.h"
#include "oracle.h"
#include "scene.h"
#include "world.h"

enum {
    SIM_ARGS = 5,
    SIM_EVENTS_MAX = 1200,
    SIM_ACTS_MAX = 4096,
    SIM_RECORDS_MAX = 1024,
    SIM_BULKS_MAX = 256,
    SIM_UNITS = 6,
    SIM_BUCKETS = SIM_UNITS + 1, /* … and the mailbox */
    SIM_OLD_MAX = 24,            /* requests kept to be sent again */
    SIM_TRACE_LINES = 160,
    SIM_TRACE_WIDTH = 160,
    SIM_ARENA_MAX = 256 * 1024 * 1024
};

/*      name      arguments; `who` is 0 for the server or the admin on it */
#define SIM_DO_MAP(X)                                                                    \
    X(ADD, add)           /* unit, values, note */                                       \
    X(CARD, card)         /* unit, number, values */                                     \
    X(EDIT, edit)         /* record, fields as bits, values, note, only what is new */   \
    X(DELETE, delete)     /* record */                                                   \
    X(RESOLVE, resolve)   /* conflict, head or -1: a value, values, as a bulk */         \
    X(WITHDRAW, withdraw) /* bulk */                                                     \
    X(IMPORT, import)     /* how many, unit or -1: all, values, note */                  \
    X(STRAY, stray)       /* unit */                                                     \
    X(RELEASE, release)   /* refused change */                                           \
    X(CLOCK, clock)       /* seconds */                                                  \
    X(TRIP, trip)         /* rounds, round with faults, cut up, cut down, twice */       \
    X(TWIN, twin)         /* served late, rounds of the other, edit between */           \
    X(GROUP, group)       /* the other, cut of one */                                    \
    X(REPLAY, replay)     /* which of the old requests, cut */                           \
    X(ARM, arm)           /* operation at which the power goes, how it comes back */     \
    X(CRASH, crash)       /* how */                                                      \
    X(FULL, full)         /* after how many writes; -1: free again */                    \
    X(LOOK, look)         /* compare with the oracle now */

enum sim_do {
#define SIM_DO_ENUM(name, text) SIM_##name,
    SIM_DO_MAP(SIM_DO_ENUM)
#undef SIM_DO_ENUM
        SIM_DO_COUNT
};

struct sim_event {
    enum sim_do what;
    int who;
    int64_t arg[SIM_ARGS];
};

/* What a run adds up to; also the sum of many. */
#define SIM_STATS_MAP(X)                                                                 \
    X(seeds)                                                                             \
    X(actions)                                                                           \
    X(acknowledged)                                                                      \
    X(refused_here)                                                                      \
    X(exchanges)                                                                         \
    X(cuts)                                                                              \
    X(repeats)                                                                           \
    X(twins)                                                                             \
    X(crashes)                                                                           \
    X(full)                                                                              \
    X(unknown_outcomes)                                                                  \
    X(looks)                                                                             \
    X(conflicts_found)                                                                   \
    X(conflicts_missed)                                                                  \
    X(conflicts_false)                                                                   \
    X(quarantined)                                                                       \
    X(released)                                                                          \
    X(deletes)                                                                           \
    X(resolves)                                                                          \
    X(withdrawals)                                                                       \
    X(withdrawn)                                                                         \
    X(digests)                                                                           \
    X(rebuilt)

struct sim_stats {
#define SIM_STATS_MEMBER(name) uint64_t name;
    SIM_STATS_MAP(SIM_STATS_MEMBER)
#undef SIM_STATS_MEMBER
};

struct sim_record {
    struct hm_id id;
    enum scene_kind kind;
    int unit;
};

struct sim_bulk {
    struct hm_id id;
    int replica;
};

/* Something that was done, until it is known whether it lasts. */
struct sim_deed {
    struct oracle_act act;
    struct hm_id id;
    struct hm_id record; /* of a creation */
    enum scene_kind kind;
    bool creates; /* a record that nobody had */
};

struct sim_replica {
    struct world_laptop *laptop; /* null: the server */
    const struct scene_role *role;
    bool lax; /* its program lets everybody do everything */
    int unit;
    bool full;
    enum hm_crash how; /* the power comes back */

    /* what was learnt of its store */
    int64_t rows;
    int acts[SIM_ACTS_MAX]; /* by row; ORACLE_NONE: of the registry */
    uint64_t entries[SIM_BUCKETS];
};

/* A request as it was sent, to be sent again. */
struct sim_old {
    uint8_t *data;
    size_t size;
};

struct sim {
    uint64_t seed;
    struct world world;
    struct oracle *oracle;
    struct hm_testenv dice;
    const struct hm_kinds *kinds[2]; /* as they are, and lax */

    struct sim_replica replicas[ORACLE_REPLICAS];
    int replica_count;
    struct sim_record records[SIM_RECORDS_MAX];
    int record_count;
    struct sim_bulk bulks[SIM_BULKS_MAX];
    int bulk_count;
    struct hm_id ids[SIM_ACTS_MAX]; /* of acts */
    int by_id[2 * SIM_ACTS_MAX];    /* a table of acts by id; 0: empty, else act + 1 */
    struct sim_old old[SIM_OLD_MAX];
    int old_count;

    struct sim_stats stats;
    bool trace;
    int event; /* the one under way, from 1 */
    const char *script; /* null: the seed draws the events */
    char lines[SIM_TRACE_LINES][SIM_TRACE_WIDTH];
    uint64_t line_count;
    uint64_t print; /* of all lines, to see whether two runs are one */
};

/* sim.c: making a history, and telling of it */
void sim_init(struct sim *sim, uint64_t seed, const struct hm_kinds *const kinds[2]);
void sim_fini(struct sim *sim);
void sim_perform(struct sim *sim, const struct sim_event *event);
/* No more faults: everybody syncs, everything must fit. */
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
const char *sim_unit(int unit);
bool sim_covers(int scope, int unit);
struct hm_store *sim_store(const struct sim *sim, int who);
struct hm_disk *sim_disk(const struct sim *sim, int who);
/* Whether a failure with HM_IO is what the scenario asked for. */
bool sim_troubled(const struct sim *sim, int who);
/* Power on again, if it is off, and see that nothing acknowledged is gone. */
void sim_power(struct sim *sim, int who);

/* learn.c: which acts reached a replica */
void sim_learn(struct sim *sim, int who);
void sim_relearn(struct sim *sim, int who);
int sim_act_of(const struct sim *sim, const struct hm_id *id);
void sim_act_add(struct sim *sim, const struct hm_id *id, int act);
int sim_record_of(const struct sim *sim, const struct hm_id *id);

/* author.c, decide.c: what people do */
void sim_do_add(struct sim *sim, const struct sim_event *event);
void sim_do_card(struct sim *sim, const struct sim_event *event);
void sim_do_edit(struct sim *sim, const struct sim_event *event);
void sim_do_delete(struct sim *sim, const struct sim_event *event);
void sim_do_import(struct sim *sim, const struct sim_event *event);
void sim_do_stray(struct sim *sim, const struct sim_event *event);
void sim_do_resolve(struct sim *sim, const struct sim_event *event);
void sim_do_withdraw(struct sim *sim, const struct sim_event *event);
void sim_do_release(struct sim *sim, const struct sim_event *event);

/* trip.c: what happens to messages */
void sim_do_trip(struct sim *sim, const struct sim_event *event);
void sim_do_twin(struct sim *sim, const struct sim_event *event);
void sim_do_group(struct sim *sim, const struct sim_event *event);
void sim_do_replay(struct sim *sim, const struct sim_event *event);

/* check.c: whether a replica shows what the oracle says */
void sim_look(struct sim *sim, int who);
/* After a round that ended well: neither side lacks anything of the other's. */
void sim_check_agreed(struct sim *sim, int who);
void sim_check_end(struct sim *sim);

/* plan.c: drawing events */
struct sim_plan {
    unsigned weight[SIM_DO_COUNT];
    unsigned fault; /* of 100 trips */
    unsigned fat;   /* of 100 notes */
    unsigned twice;
    int actions_least;
    int exchanges_least;
    int hot; /* records that most edits are about; 0: any */
};
void sim_plan_draw(struct sim_plan *plan, struct sim *sim);
bool sim_plan_next(const struct sim_plan *plan, struct sim *sim, struct sim_event *event);

/* script.c: events as lines */
void sim_event_write(char line[SIM_TRACE_WIDTH], const struct sim_event *event);
bool sim_event_read(struct sim_event *event, const char *line);

#endif
