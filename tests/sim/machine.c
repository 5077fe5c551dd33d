/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disks that are copied, and disks that come back from an older image: what was on them
 * alone is gone, and nothing else is.
 */
#include <stdlib.h>
#include <string.h>

#include "hamlet/store/server.h"
#include "loss.h"
#include "machine.h"
#include "sim.h"
#include "world_key.h"

bool sim_same_device(const struct sim *sim, int a, int b)
{
    return a == b ||
           (a > 0 && b > 0 && sim->replicas[a].device == sim->replicas[b].device);
}

bool sim_decides(const struct sim *sim, int who)
{
    return sim->replicas[who].role->rank >= scene_role("commune_officer")->rank;
}

static void forget_image(struct sim_replica *replica)
{
    hm_disk_free(replica->image.disk);
    free(replica->image.was);
    oracle_memory_free(replica->image.memory);
    replica->image = (struct sim_image){.disk = NULL};
}

void sim_machines_fini(struct sim *sim)
{
    for (int who = 0; who < sim->replica_count; who++) {
        forget_image(&sim->replicas[who]);
    }
}

void sim_image_keep(struct sim *sim, int who, struct hm_disk *disk)
{
    struct sim_replica *replica = &sim->replicas[who];
    struct sim_replica *was = malloc(sizeof(*was));
    if (was == NULL || disk == NULL) {
        abort();
    }
    sim_learn(sim, who);
    forget_image(replica);
    *was = *replica;
    replica->image = (struct sim_image){disk, was, oracle_remember(sim->oracle, who)};
}

/* What was learnt of a store, from a replica that had the same. */
static void take_learnt(struct sim_replica *replica, const struct sim_replica *was)
{
    replica->settled = was->settled;
    replica->agreed = was->agreed;
    replica->epoch = was->epoch;
    replica->rows = was->rows;
    replica->gone = was->gone;
    replica->registry = was->registry;
    replica->losses = was->losses;
    memcpy(replica->acts, was->acts, sizeof(replica->acts));
    memcpy(replica->entries, was->entries, sizeof(replica->entries));
    memcpy(replica->lacks, was->lacks, sizeof(replica->lacks));
    memcpy(replica->thin, was->thin, sizeof(replica->thin));
    memcpy(replica->old, was->old, sizeof(replica->old));
    memcpy(replica->anew, was->anew, sizeof(replica->anew));
}

void sim_image_recall(struct sim *sim, int who, const struct sim_image *image)
{
    oracle_recall(sim->oracle, who, image->memory);
    take_learnt(&sim->replicas[who], image->was);
    sim_relearn(sim, who);
}

void sim_do_image(struct sim *sim, const struct sim_event *event)
{
    const struct sim_replica *replica = &sim->replicas[event->who];
    if (replica->laptop != NULL) {
        sim_image_keep(sim, event->who, world_laptop_image(replica->laptop));
    }
}

bool sim_known_to_any(const struct sim *sim, int act)
{
    for (int who = 0; who < sim->replica_count; who++) {
        if (oracle_offers(sim->oracle, who, act)) {
            return true;
        }
    }
    return false;
}

/* What all others forgot is on this disk again. */
static void mark_erased(struct sim *sim, int who)
{
    const struct oracle *oracle = sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        const struct oracle_act *told = oracle_told(oracle, i);
        for (int w = 0; w < told->write_count && oracle_known(oracle, who, i); w++) {
            int reg = told->writes[w].reg;
            if (oracle_known(oracle, ORACLE_SERVER, i) &&
                oracle_erased(oracle, ORACLE_SERVER, i, reg) &&
                oracle_shows(oracle, who, i, reg)) {
                sim_mark(sim, SIM_MARK_ERASE_RESTORED);
            }
        }
    }
}

/* What stood on the lost disk alone may never be seen again; what the server has of it
 * must lead to a notice, unless it was forged, in a chain that no disk ever had. */
static void note_lost(struct sim *sim, int who, const bool *had)
{
    const struct oracle *oracle = sim->oracle;
    int gone = 0;
    for (int i = 0; i < oracle_count(oracle); i++) {
        if (!had[i] || oracle_known(oracle, who, i)) {
            continue;
        }
        if (!sim_known_to_any(sim, i)) {
            oracle_lose(sim->oracle, i);
            gone++;
        }
        if (oracle_known(oracle, ORACLE_SERVER, i) && !oracle_told(oracle, i)->forged &&
            sim_same_device(sim, oracle_told(oracle, i)->replica, who)) {
            sim->replicas[sim->replicas[who].device].must_notice = true;
            sim_mark(sim, SIM_MARK_RESTORE_BEHIND);
        }
    }
    mark_erased(sim, who);
    sim_say(sim, "  ! %d acts are gone", gone);
    if (gone > 0) {
        sim_mark(sim, SIM_MARK_RESTORE_LOST);
    }
}

void sim_do_restore(struct sim *sim, const struct sim_event *event)
{
    bool had[SIM_ACTS_MAX] = {false};
    struct sim_replica *replica = &sim->replicas[event->who];
    if (replica->laptop == NULL || replica->image.disk == NULL ||
        !sim_may_go(sim, event->who)) {
        return;
    }
    sim_learn(sim, event->who);
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        had[i] = oracle_known(sim->oracle, event->who, i);
    }
    world_laptop_restore(replica->laptop, replica->image.disk);
    world_cure(&sim->world, replica->laptop);
    sim->replicas[replica->device].strange = true;
    sim->stats.restores++;
    sim_image_recall(sim, event->who, &replica->image);
    note_lost(sim, event->who, had);
}

void sim_do_copy(struct sim *sim, const struct sim_event *event)
{
    struct sim_replica *replica = &sim->replicas[event->who];
    int who = sim->replica_count;
    if (replica->laptop == NULL || sim->world.laptop_count == WORLD_LAPTOPS_MAX ||
        who == ORACLE_REPLICAS) {
        return;
    }
    sim_learn(sim, event->who);
    sim->replicas[who] = (struct sim_replica){.role = replica->role,
                                              .unit = replica->unit,
                                              .lax = replica->lax,
                                              .device = replica->device};
    sim->replicas[who].laptop = world_laptop_copy(&sim->world, replica->laptop);
    sim->replica_count++;
    sim->replicas[replica->device].strange = true;
    sim->replicas[replica->device].must_notice = true;
    sim->replicas[replica->device].copied = true;
    sim->stats.copies++;
    struct oracle_memory *memory = oracle_remember(sim->oracle, event->who);
    const struct sim_image image = {.was = replica, .memory = memory};
    sim_image_recall(sim, who, &image);
    oracle_memory_free(memory);
    sim_say(sim, "  ! %d is a copy of %d", who, event->who);
}

static bool has_unsent(const struct sim *sim, int who)
{
    bool unsent = false;
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        unsent = unsent || (oracle_told(sim->oracle, i)->replica == who &&
                            !oracle_known(sim->oracle, ORACLE_SERVER, i));
    }
    return unsent;
}

static void note_key(struct sim *sim, int who)
{
    struct sim_replica *replica = &sim->replicas[who];
    sim_mark(sim, replica->keys == 0 ? SIM_MARK_KEY_CHANGED : SIM_MARK_KEY_AGAIN);
    if (has_unsent(sim, who)) {
        sim_mark(sim, SIM_MARK_KEY_UNSENT);
    }
    replica->keys++;
    sim->stats.keys++;
    forget_image(replica); /* which would speak by a key that is over */
    sim_say(sim, "  = %d has another key", who);
}

/* Not where another disk has the key as well: of these only one would be heard then. */
void sim_do_rotate(struct sim *sim, const struct sim_event *event)
{
    struct world_pair next;
    struct hm_err err = HM_ERR_NONE;
    struct sim_replica *replica = &sim->replicas[event->who];
    if (replica->laptop == NULL || sim->replicas[replica->device].copied ||
        sim->replicas[replica->device].forges || sim_is_revoked(sim, event->who) ||
        !world_key_may(replica->laptop)) {
        return;
    }
    enum hm_status status = world_key_change(replica->laptop, &next, &err);
    if (status != HM_OK && !sim_troubled(sim, event->who)) {
        sim_must(sim, status, &err, "key");
    }
    if (sim_troubled(sim, event->who)) {
        sim_recover(sim, event->who);
    }
    bool taken = world_key_take(replica->laptop, &next);
    if (status == HM_OK && !taken) {
        sim_fail(sim, "%d changed its key and has the one before", event->who);
    }
    if (taken) {
        note_key(sim, event->who);
    }
}

void sim_find_notices(struct sim *sim, bool noticed[ORACLE_REPLICAS])
{
    struct hm_arena arena;
    struct hm_notice *notices = NULL;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    hm_arena_init(&arena, SIM_ARENA_MAX);
    sim_must(sim, hm_store_notices(sim->world.reader, &notices, &count, &arena, &err),
             &err, "notices");
    for (int who = 1; who < sim->replica_count; who++) {
        struct hm_id device = hm_sign_device(&sim->replicas[who].laptop->key);
        noticed[who] = false;
        for (size_t i = 0; i < count; i++) {
            noticed[who] = noticed[who] || hm_id_equal(&device, &notices[i].device);
        }
    }
    hm_arena_fini(&arena);
}

/* A device that went two ways is told of, and no other (P12). */
void sim_check_notices(struct sim *sim)
{
    bool noticed[ORACLE_REPLICAS];
    sim_find_notices(sim, noticed);
    for (int who = 1; who < sim->replica_count; who++) {
        const struct sim_replica *device = &sim->replicas[sim->replicas[who].device];
        if (noticed[who] && !device->strange) {
            sim_fail(sim, "%d is said to be copied or restored, and is not", who);
        }
        if (!noticed[who] && device->must_notice && !device->revoked) {
            sim_fail(sim, "%d was copied or restored, and nobody noticed", who);
        }
    }
}
