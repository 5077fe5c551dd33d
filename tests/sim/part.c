/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A laptop that left a unit forgets it: all of it, nothing else, and not before the
 * server has it. What was refused of its own work stays, without values.
 *
 * It goes on in a new epoch then, which is how it is noticed: rows of its store are gone,
 * and others may get their numbers.
 */
#include <string.h>

#include "hamlet/store/changes.h"
#include "hamlet/store/conflicts.h"
#include "machine.h"
#include "sim.h"

/* What was known before the store was looked at again. */
struct parting {
    struct sim *sim;
    int who;
    bool had[SIM_ACTS_MAX];
    bool here[SIM_ACTS_MAX];
    bool left[SCENE_UNITS]; /* homes that were forgotten */
};

/* The next row as it is now, or that there is none; what came since is learnt. */
static void read_row(struct parting *p, bool new)
{
    struct hm_arena arena;
    struct hm_held held = {.row = 0};
    struct hm_err err = HM_ERR_NONE;
    struct sim_replica *replica = &p->sim->replicas[p->who];
    int64_t row = replica->rows + 1;
    hm_arena_init(&arena, SIM_ARENA_MAX);
    enum hm_status status =
        hm_store_changes_get(sim_store(p->sim, p->who), row, 1, &held, &arena, &err);
    if (status != HM_CORRUPT) {
        sim_must(p->sim, status, &err, "change");
    }
    if (held.row == row && new) {
        sim_learn_row(p->sim, p->who, &held);
    } else {
        bool gone = held.row != row;
        replica->acts[++replica->rows] =
            gone ? SIM_GONE : sim_act_of(p->sim, &held.change.id);
        replica->gone += gone;
    }
    hm_arena_fini(&arena);
    if (replica->acts[row] >= 0) {
        p->here[replica->acts[row]] = true;
    }
}

/* Rows up to the last one that is there. */
static void read_rows(struct parting *p)
{
    struct hm_counts counts;
    struct hm_err err = HM_ERR_NONE;
    struct sim_replica *replica = &p->sim->replicas[p->who];
    int64_t before = replica->rows;
    sim_must(p->sim, hm_store_counts(sim_store(p->sim, p->who), false, &counts, &err),
             &err, "counts");
    replica->rows = 0;
    replica->gone = 0;
    while (replica->rows - replica->gone < counts.changes) {
        if (replica->rows + 1 >= SIM_ACTS_MAX) {
            sim_fail(p->sim, "replica %d counts changes that are not there", p->who);
        }
        read_row(p, replica->rows >= before);
    }
}

/* What is there no more is of a unit that it left, and safe. */
static void check_gone(struct parting *p, int act)
{
    struct sim *sim = p->sim;
    int home = oracle_told(sim->oracle, act)->home;
    if (sim_in_scope(sim, p->who, home)) {
        sim_fail(sim, "replica %d lost act %d", p->who, act);
    }
    /* What was left over of it was safe before, whatever the server has lost since. */
    if (oracle_offers(sim->oracle, p->who, act) &&
        !oracle_known(sim->oracle, ORACLE_SERVER, act)) {
        sim_fail(sim, "%d forgot act %d before the server had it", p->who, act);
    }
    p->left[home] = true;
}

/* Its bucket went with it, even where all that is in it stays. */
static void find_left(struct parting *p)
{
    const struct sim_replica *replica = &p->sim->replicas[p->who];
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        struct hm_err err = HM_ERR_NONE;
        uint64_t n = 0;
        sim_must(p->sim,
                 hm_store_bucket_n(sim_store(p->sim, p->who), hm_text(scene_unit(unit)),
                                   &n, &err),
                 &err, "bucket");
        p->left[unit] = p->left[unit] || (n == 0 && replica->entries[unit] > 0 &&
                                          !sim_in_scope(p->sim, p->who, unit));
    }
}

static bool carries_nothing(struct sim *sim, int who)
{
    struct hm_arena arena;
    struct hm_bytes parent = HM_NO_BYTES;
    struct hm_err err = HM_ERR_NONE;
    hm_arena_init(&arena, SIM_ARENA_MAX);
    sim_must(
        sim,
        hm_store_meta_get(sim_store(sim, who), HM_META_PARENT, &arena, &parent, &err),
        &err, "parent");
    bool nothing = parent.size == 0;
    hm_arena_fini(&arena);
    return nothing;
}

/*
 * An epoch that carries nothing on begins with what was forgotten, in one transaction: be
 * it known by then that all is well, or did the disk fail in between. What is still there
 * of those units is without its values, and all of it safe.
 */
static void find_bare(struct parting *p)
{
    struct sim *sim = p->sim;
    bool bare[SCENE_UNITS] = {false};
    bool begins = carries_nothing(sim, p->who);
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        bare[unit] = begins && !sim_in_scope(sim, p->who, unit) &&
                     sim_was_given(sim, p->who, unit);
        sim->replicas[p->who].lacks[unit] |= bare[unit];
    }
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        if (p->here[i] && bare[oracle_told(sim->oracle, i)->home] &&
            !oracle_known(sim->oracle, ORACLE_SERVER, i)) {
            sim_fail(sim, "%d forgot the values of act %d before the server had it",
                     p->who, i);
        }
    }
}

/* Of the mailbox alone is heard what the home said before. */
static void forget_homes(struct parting *p)
{
    struct sim *sim = p->sim;
    const struct oracle *oracle = sim->oracle;
    struct sim_replica *replica = &sim->replicas[p->who];
    for (int i = 0; i < oracle_count(oracle); i++) {
        int home = oracle_told(oracle, i)->home;
        if (p->had[i] && p->left[home]) {
            oracle_part(sim->oracle, p->who, i, p->here[i]);
            sim_mark(sim, SIM_MARK_PARTED);
        } else if (p->had[i] && !sim_in_scope(sim, p->who, home)) {
            oracle_leave(sim->oracle, p->who, i);
        }
    }
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        if (p->left[unit]) {
            replica->entries[unit] = 0;
            replica->entries[SIM_MAILBOX] = 0;
            replica->left[unit] = true;
            sim->stats.parted++;
            sim_say(sim, "  = %d forgot %s", p->who, scene_unit(unit));
        }
    }
}

static void find_parted(struct sim *sim, int who)
{
    static struct parting p;
    p = (struct parting){.sim = sim, .who = who};
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        p.had[i] = oracle_known(sim->oracle, who, i);
    }
    read_rows(&p);
    sim_learn_role(sim, who);
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        if (p.had[i] && !p.here[i]) {
            check_gone(&p, i);
        }
    }
    find_left(&p);
    find_bare(&p);
    forget_homes(&p);
}

void sim_learn_epoch(struct sim *sim, int who)
{
    struct sim_replica *replica = &sim->replicas[who];
    struct hm_err err = HM_ERR_NONE;
    int64_t epoch = 0;
    if (replica->laptop == NULL) {
        return;
    }
    sim_must(
        sim,
        hm_store_meta_get_int(replica->laptop->store, HM_META_EPOCH, 0, &epoch, &err),
        &err, "epoch");
    if (replica->epoch != 0 && replica->epoch != epoch) {
        find_parted(sim, who);
    }
    replica->epoch = epoch;
}

/* When all was heard of a unit is left no more: each time would cost what is drafted. */
void sim_check_parted(struct sim *sim)
{
    for (int who = 1; who < sim->replica_count; who++) {
        struct sim_event trip;
        int64_t epoch = sim->replicas[who].epoch;
        sim_event_init(&trip, SIM_TRIP, who);
        sim_do_trip(sim, &trip);
        if (sim->replicas[who].epoch != epoch && carries_nothing(sim, who)) {
            sim_fail(sim, "%d leaves again what it has left", who);
        }
    }
}
