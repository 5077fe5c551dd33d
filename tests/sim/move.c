/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A laptop is moved to another unit; a unit is merged into another in mid-year, or goes
 * to another commune. What was written by who could not know of it stands.
 *
 * A server that came back moves whom it knows again.
 */
#include "loss.h"
#include "sim.h"
#include "world_registry.h"

/* The units of a level: where somebody with this role has his place. */
static int unit_of(bool commune, int64_t pick)
{
    static const int communes[] = {1, 4};
    static const int hamlets[] = {2, 3, 5, 6};
    return commune ? communes[(uint64_t)pick % 2] : hamlets[(uint64_t)pick % 4];
}

/* What the registry of the server has gained; it may be nothing, where there is trouble.
 */
static uint64_t settle(struct sim *sim,
                       enum hm_status status,
                       const struct hm_err *err,
                       const char *what,
                       uint64_t entries)
{
    uint64_t before = sim->replicas[ORACLE_SERVER].registry;
    bool unknown = status == HM_NOT_FOUND && sim_refilled(sim);
    if (unknown && !sim_troubled(sim, ORACLE_SERVER)) {
        return 0; /* no laptop brought that back yet */
    }
    if (status != HM_OK && !sim_troubled(sim, ORACLE_SERVER)) {
        sim_must(sim, status, err, what);
    }
    if (sim_troubled(sim, ORACLE_SERVER)) {
        sim_recover(sim, ORACLE_SERVER);
    }
    sim_learn(sim, ORACLE_SERVER);
    uint64_t gained = sim->replicas[ORACLE_SERVER].registry - before;
    if (gained != entries && (gained != 0 || status == HM_OK)) {
        sim_fail(sim, "%s: %llu entries of the registry instead of %llu", what,
                 (unsigned long long)gained, (unsigned long long)entries);
    }
    return gained;
}

static bool has_unsent(const struct sim *sim, int who)
{
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        if (oracle_told(sim->oracle, i)->replica == who &&
            !oracle_known(sim->oracle, ORACLE_SERVER, i)) {
            return true;
        }
    }
    return false;
}

static void note_move(struct sim *sim, int who, int unit, bool once, uint64_t end)
{
    const struct sim_replica *device = &sim->replicas[sim->replicas[who].device];
    bool back = false;
    sim_add_term(sim, who, sim_last_term(sim, who).role, unit, once, end);
    for (int i = 0; i + 1 < device->term_count; i++) {
        back = back || device->terms[i].unit == unit;
    }
    sim->stats.moves++;
    sim_mark(sim, once ? SIM_MARK_MOVED_ONCE : SIM_MARK_MOVED_SEEN);
    if (back) {
        sim_mark(sim, SIM_MARK_MOVED_BACK);
    }
    if (device->copied) {
        sim_mark(sim, SIM_MARK_MOVED_COPIED);
    }
    if (has_unsent(sim, who)) {
        sim_mark(sim, SIM_MARK_MOVED_UNSENT);
    }
    if (sim_refilled(sim)) {
        sim_mark(sim, SIM_MARK_MOVED_REFILLED);
    }
}

/* The permit for one unit ends, and one for another begins. */
void sim_do_move(struct sim *sim, const struct sim_event *event)
{
    enum { ENTRIES = 3 }; /* a permit, the end of the other, where the device is now */
    struct hm_err err = HM_ERR_NONE;
    sim->stats.actions++;
    int terms = sim->replicas[sim->replicas[event->who].device].term_count;
    bool forgotten = sim_refilled(sim) && terms > 0; /* its role may be an older one */
    if (event->who == ORACLE_SERVER || sim_is_revoked(sim, event->who) || forgotten ||
        terms + 1 >= SIM_TERMS_MAX) {
        return;
    }
    const struct sim_term last = sim_last_term(sim, event->who);
    int unit = unit_of(last.unit == unit_of(true, 0) || last.unit == unit_of(true, 1),
                       event->arg[0]);
    if (last.unit == 0 || last.unit == unit ||
        sim_closed_at(sim, sim->fate_count, unit) != 0) {
        return;
    }
    sim_learn(sim, ORACLE_SERVER);
    enum hm_status status = world_move(&sim->world, sim->replicas[event->who].laptop,
                                       scene_unit(unit), event->arg[1] != 0, &err);
    if (settle(sim, status, &err, "move", ENTRIES) > 0) {
        note_move(sim, event->who, unit, event->arg[1] != 0,
                  sim->replicas[ORACLE_SERVER].registry - 1);
    }
}

static void note_fate(struct sim *sim, int unit, int to, bool joined)
{
    uint64_t at = sim->replicas[ORACLE_SERVER].registry;
    sim->fates[sim->fate_count++] =
        (struct sim_fate){unit, to, joined, at, sim->stats.losses};
    sim->stats.mergers += joined;
    sim_mark(sim, joined ? SIM_MARK_JOINED : SIM_MARK_SHIFTED);
    sim->replicas[ORACLE_SERVER].fated = sim->fate_count;
    sim_say(sim, "  = %s %s %s from entry %llu of the registry on", scene_unit(unit),
            joined ? "is part of" : "lies below", scene_unit(to), (unsigned long long)at);
}

/* Both stand, neither is in the other, and there is something to be told. */
static bool may_lie(const struct sim *sim, int unit, int to)
{
    return sim->fate_count < SIM_FATES_MAX &&
           sim_closed_at(sim, sim->fate_count, unit) == 0 &&
           sim_closed_at(sim, sim->fate_count, to) == 0 &&
           !sim_covers(sim, sim->fate_count, unit, to) &&
           !sim_covers(sim, sim->fate_count, to, unit);
}

void sim_do_join(struct sim *sim, const struct sim_event *event)
{
    struct hm_err err = HM_ERR_NONE;
    bool communes = event->arg[0] % 3 == 0;
    int unit = unit_of(communes, event->arg[0] / 3);
    int into = unit_of(communes, event->arg[1]);
    sim->stats.actions++;
    if (!may_lie(sim, unit, into)) {
        return;
    }
    sim_learn(sim, ORACLE_SERVER);
    enum hm_status status =
        world_unit_merge(&sim->world, scene_unit(unit), scene_unit(into), &err);
    if (settle(sim, status, &err, "merger", 1) > 0) {
        note_fate(sim, unit, into, true);
    }
}

void sim_do_shift(struct sim *sim, const struct sim_event *event)
{
    struct hm_err err = HM_ERR_NONE;
    int unit = unit_of(false, event->arg[0]);
    int to = unit_of(true, event->arg[1]);
    sim->stats.actions++;
    if (!may_lie(sim, unit, to)) {
        return;
    }
    sim_learn(sim, ORACLE_SERVER);
    enum hm_status status =
        world_unit_shift(&sim->world, scene_unit(unit), scene_unit(to), &err);
    if (settle(sim, status, &err, "shift", 1) > 0) {
        note_fate(sim, unit, to, false);
    }
}
