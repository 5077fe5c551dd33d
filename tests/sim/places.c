/* SPDX-License-Identifier: Apache-2.0 */
#include "places.h"

#include "hamlet/store/registry.h"
#include "sim.h"

/* Before its fate number `fated`. */
static int above(const struct sim *sim, int fated, int unit)
{
    int found = scene_above(unit);
    for (int i = 0; i < fated; i++) {
        const struct sim_fate *fate = &sim->fates[i];
        found = fate->unit == unit && !fate->joined ? fate->to : found;
    }
    return found;
}

/*
 * Add what is above a unit, as bits: what it lies below and became part of and, of who
 * knew no more than `late` entries of the registry, what it lay below.
 */
static unsigned add_above(const struct sim *sim,
                          int fated,
                          uint64_t late,
                          int unit,
                          unsigned found)
{
    unsigned next = 1U << above(sim, fated, unit);
    for (int i = 0; i < fated; i++) {
        const struct sim_fate *fate = &sim->fates[i];
        if (fate->unit == unit && fate->joined) {
            next |= 1U << fate->to;
        } else if (fate->unit == unit && late < fate->at) {
            next |= 1U << above(sim, i, unit);
        }
    }
    for (int i = 0; i < SCENE_UNITS; i++) {
        if ((next >> i & 1) != 0 && (found >> i & 1) == 0) {
            found = add_above(sim, fated, late, i, found | 1U << i);
        }
    }
    return found;
}

static bool covers(const struct sim *sim, int fated, uint64_t late, int scope, int unit)
{
    return (add_above(sim, fated, late, unit, 1U << unit) >> scope & 1) != 0;
}

bool sim_covers(const struct sim *sim, int fated, int scope, int unit)
{
    return fated == 0 ? scene_covers(scope, unit)
                      : covers(sim, fated, UINT64_MAX, scope, unit);
}

bool sim_covers_late(const struct sim *sim, uint64_t registry, int scope, int unit)
{
    return covers(sim, sim->fate_count, registry, scope, unit);
}

bool sim_in_scope(const struct sim *sim, int who, int unit)
{
    const struct sim_replica *replica = &sim->replicas[who];
    return sim_covers(sim, replica->fated, replica->unit, unit);
}

uint64_t sim_closed_at(const struct sim *sim, int fated, int unit)
{
    for (int i = 0; i < fated; i++) {
        if (sim->fates[i].unit == unit && sim->fates[i].joined) {
            return sim->fates[i].at;
        }
    }
    return 0;
}

/* Changes of the registry may be there before their entries: only the store can say. */
static bool is_told(struct sim *sim, int who, const struct sim_fate *fate)
{
    struct hm_bytes successor = HM_NO_BYTES;
    struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    bool told = false;
    struct hm_store *store = sim_store(sim, who);
    struct hm_bytes unit = hm_text(scene_unit(fate->unit));
    hm_arena_init(&arena, SIM_ARENA_MAX);
    enum hm_status status =
        fate->joined ? hm_store_unit_successor(store, unit, &successor, &arena, &err)
                     : hm_store_unit_within(store, unit, hm_text(scene_unit(fate->to)),
                                            &told, &err);
    sim_must(sim, status, &err, "unit");
    told = told || successor.size > 0;
    hm_arena_fini(&arena);
    return told;
}

void sim_learn_fates(struct sim *sim, int who, bool ahead)
{
    struct sim_replica *replica = &sim->replicas[who];
    replica->fated = 0;
    for (int i = 0; i < sim->fate_count; i++) {
        const struct sim_fate *fate = &sim->fates[i];
        if (!sim_has_entry(replica, fate->at, fate->losses) &&
            !(ahead && is_told(sim, who, fate))) {
            return;
        }
        replica->fated = i + 1;
    }
}

bool sim_anything_moved(const struct sim *sim)
{
    return sim->stats.moves > 0 || sim->fate_count > 0;
}
