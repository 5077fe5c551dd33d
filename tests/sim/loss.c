/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that is lost: it comes back from a backup, or with its key alone, and laptops
 * bring what they hold. Nothing that one of them holds may be gone then, and no verdict
 * that the server had signed (P14).
 */
#include <string.h>

#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/rights.h"
#include "hamlet/sync/judge.h"
#include "loss.h"
#include "machine.h"
#include "oracle_verdicts.h"
#include "sim.h"
#include "world_key.h"

bool sim_refilled(const struct sim *sim)
{
    return sim->stats.losses > 0;
}

void sim_do_backup(struct sim *sim, const struct sim_event *event)
{
    (void)event;
    sim_image_keep(sim, ORACLE_SERVER, world_server_backup(&sim->world));
}

/* What the server alone had is gone, and what it let stand may be refused again. */
static void note_lost(struct sim *sim, const bool *had)
{
    struct oracle *oracle = sim->oracle;
    int gone = 0;
    for (int i = 0; i < oracle_count(oracle); i++) {
        if (sim_had_roles(sim, oracle_told(oracle, i)->replica)) {
            oracle_open(oracle, i);
        }
        unsigned heard = oracle_heard(oracle, ORACLE_SERVER, i);
        if (oracle_released(oracle, i) && (heard & ORACLE_RELEASED) == 0) {
            oracle_doubt(oracle, i);
        }
        if (!had[i] || oracle_known(oracle, ORACLE_SERVER, i)) {
            continue;
        }
        if (sim_known_to_any(sim, i)) {
            sim_mark(sim, SIM_MARK_LOSS_BEHIND);
            if (oracle_told(oracle, i)->what == ORACLE_ERASE) {
                sim_mark(sim, SIM_MARK_LOSS_ERASED);
            }
        } else {
            oracle_lose(oracle, i);
            sim_mark(sim, SIM_MARK_LOSS_ALONE);
            gone++;
        }
    }
    sim_say(sim, "  ! the server is another, %d acts are gone", gone);
}

/*
 * Whoever was noticed was noticed; of a disk that came back the server that would have
 * noticed is no more. Two disks at work it will still meet.
 */
static void forget_notices(struct sim *sim)
{
    bool noticed[ORACLE_REPLICAS];
    sim_find_notices(sim, noticed);
    for (int who = 1; who < sim->replica_count; who++) {
        struct sim_replica *device = &sim->replicas[sim->replicas[who].device];
        if (noticed[who] || !device->copied) {
            device->must_notice = false;
        }
    }
}

/* What it would do that kept its name: a plant. */
static void keep_incarnation(struct sim *sim, uint64_t incarnation)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_store *store = sim->world.store;
    sim->world.self.incarnation = incarnation;
    sim_must(sim, hm_store_begin(store, &err), &err, "begin");
    sim_must(
        sim,
        hm_store_meta_put_int(store, HM_META_INCARNATION, (int64_t)incarnation, &err),
        &err, "incarnation");
    sim_must(sim, hm_store_commit(store, &err), &err, "commit");
}

static void come_back(struct sim *sim, bool empty)
{
    struct sim_replica *server = &sim->replicas[ORACLE_SERVER];
    uint64_t incarnation = sim->world.self.incarnation;
    sim->world.full = false;
    sim->world.sick.at = 0;
    if (!empty) {
        world_server_restore(&sim->world, hm_disk_copy(server->image.disk, "server",
                                                       hm_testenv_next(&sim->dice)));
        if (sim->options.plant == SIM_PLANT_SAME_SELF) {
            keep_incarnation(sim, incarnation);
        }
        sim_image_recall(sim, ORACLE_SERVER, &server->image);
        return;
    }
    world_server_empty(&sim->world);
    oracle_forget(sim->oracle, ORACLE_SERVER);
    server->written = 0;
    server->rows = 0;
    memset(server->entries, 0, sizeof(server->entries));
    sim_learn(sim, ORACLE_SERVER);
    sim_mark(sim, SIM_MARK_LOSS_EMPTY);
}

/* Whose newest key the server knows. */
static void find_keys(const struct sim *sim, bool knows[ORACLE_REPLICAS])
{
    for (int who = 1; who < sim->replica_count; who++) {
        knows[who] = world_key_known(&sim->world, sim->replicas[who].laptop);
    }
}

static void note_keys(struct sim *sim, const bool knew[ORACLE_REPLICAS])
{
    bool knows[ORACLE_REPLICAS] = {false};
    find_keys(sim, knows);
    for (int who = 1; who < sim->replica_count; who++) {
        if (sim->replicas[who].keys > 0 && knew[who] && !knows[who]) {
            sim_mark(sim, SIM_MARK_KEY_FORGOTTEN);
        }
    }
}

bool sim_known_there(struct sim *sim, int who)
{
    struct hm_device device;
    struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    struct hm_id id = hm_sign_device(&sim->replicas[who].laptop->key);
    if (!sim_refilled(sim)) {
        return true;
    }
    hm_arena_init(&arena, SIM_ARENA_MAX);
    sim_must(sim, hm_store_device_get(sim->world.reader, &id, &device, &arena, &err),
             &err, "device");
    hm_arena_fini(&arena);
    return device.known;
}

bool sim_permitted_there(struct sim *sim, int who)
{
    struct hm_permit *permits = NULL;
    struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    struct hm_id id = hm_sign_device(&sim->replicas[who].laptop->key);
    bool permitted = !sim_refilled(sim);
    if (permitted) {
        return true;
    }
    hm_arena_init(&arena, SIM_ARENA_MAX);
    sim_must(sim,
             hm_store_permits(sim->world.reader, &id, &permits, &count, &arena, &err),
             &err, "permits");
    for (size_t i = 0; i < count && !permitted; i++) {
        permitted = !permits[i].ended &&
                    hm_bytes_are(permits[i].home, scene_unit(sim->replicas[who].unit));
    }
    hm_arena_fini(&arena);
    return permitted;
}

static bool knows_all(struct sim *sim)
{
    for (int who = 1; who < sim->replica_count; who++) {
        if (!sim_known_there(sim, who) || !sim_permitted_there(sim, who)) {
            return false;
        }
    }
    return true;
}

bool sim_may_go(struct sim *sim, int gone)
{
    bool may = gone != ORACLE_SERVER && knows_all(sim);
    for (int who = 1; who < sim->replica_count; who++) {
        may = may || (who != gone && sim->replicas[who].settled);
    }
    return may;
}

bool sim_is_refilling(struct sim *sim)
{
    struct hm_err err = HM_ERR_NONE;
    bool open = false;
    sim_must(sim, hm_store_refilling(sim->world.reader, &open, &err), &err, "refill");
    return open;
}

static void mark_loss(struct sim *sim)
{
    if (sim_is_refilling(sim)) {
        sim_mark(sim, SIM_MARK_LOSS_AGAIN);
    }
    if (sim->stats.copies > 0) {
        sim_mark(sim, SIM_MARK_LOSS_COPIED);
    }
    if (sim_anything_moved(sim)) {
        sim_mark(sim, SIM_MARK_LOSS_MOVED);
    }
}

/* Whoever has not heard of values that came later may still not have them; nor has he
 * who agreed last with the server that is lost now, before whoever brings them agrees. */
static void forget_refill(struct sim *sim)
{
    sim->refill.bringers = 0;
    memset(sim->refill.reasons, 0, sizeof(sim->refill.reasons));
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        if (sim->refill.gained[i] > 0) {
            sim->refill.gained[i] = sim->stats.exchanges + 1;
        }
    }
}

/* Whether the server that comes back knows of all that moved. */
static bool keeps_moves(const struct sim *sim)
{
    const struct sim_image *image = &sim->replicas[ORACLE_SERVER].image;
    bool keeps = image->disk != NULL;
    for (int i = 0; i < sim->fate_count; i++) {
        keeps = keeps && sim->fates[i].at <= image->was->registry;
    }
    for (int who = 1; who < sim->replica_count; who++) {
        const struct sim_replica *device = &sim->replicas[who];
        for (int i = 0; i + 1 < device->term_count; i++) {
            keeps = keeps && device->terms[i].end <= image->was->registry;
        }
    }
    return keeps;
}

/*
 * After something moved only as far as a backup knows of it: a place that the registry
 * gave and forgot is open for longer than could be told here.
 */
void sim_do_lose(struct sim *sim, const struct sim_event *event)
{
    bool had[SIM_ACTS_MAX] = {false};
    bool empty = event->arg[0] != 0 || sim->replicas[ORACLE_SERVER].image.disk == NULL;
    if (!sim_may_go(sim, ORACLE_SERVER) ||
        (sim_anything_moved(sim) && (empty || !keeps_moves(sim)))) {
        return;
    }
    sim_learn(sim, ORACLE_SERVER);
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        had[i] = oracle_known(sim->oracle, ORACLE_SERVER, i);
    }
    mark_loss(sim);
    forget_notices(sim);
    for (int who = 1; who < sim->replica_count; who++) {
        oracle_lapse(sim->oracle, who);
        (void)sim_plant_strike(sim, who, SIM_AT_LOSS);
    }
    sim->stats.losses++;
    bool knew[ORACLE_REPLICAS] = {false};
    find_keys(sim, knew);
    forget_refill(sim);
    come_back(sim, empty);
    note_lost(sim, had);
    note_keys(sim, knew);
}

/* The close of a refill lets stand what was refused too early, nothing else. */
static void note_released(struct sim *sim, const unsigned heard[SIM_ACTS_MAX])
{
    const struct oracle *oracle = sim->oracle;
    sim_learn(sim, ORACLE_SERVER);
    for (int i = 0; i < oracle_count(oracle); i++) {
        unsigned now = oracle_heard(oracle, ORACLE_SERVER, i);
        if (now == heard[i]) {
            continue;
        }
        if (now != (heard[i] | ORACLE_RELEASED) || !oracle_told(oracle, i)->open) {
            sim_fail(sim, "the close of a refill made verdict %u of act %d, it was %u",
                     now, i, heard[i]);
        }
    }
}

/* Somebody at the district has looked at the report, and closes it once every laptop is
 * known there: one that is not could not come any more. */
void sim_do_close(struct sim *sim, const struct sim_event *event)
{
    struct hm_err err = HM_ERR_NONE;
    unsigned heard[SIM_ACTS_MAX] = {0};
    (void)event;
    if (!sim_is_refilling(sim) || !knows_all(sim)) {
        return;
    }
    sim_learn(sim, ORACLE_SERVER);
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        heard[i] = oracle_heard(sim->oracle, ORACLE_SERVER, i);
    }
    enum hm_status status = hm_store_begin(sim->world.store, &err);
    if (status == HM_OK) {
        status = hm_judge_refilled(sim->world.store, &sim->world.self.server, &err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(sim->world.store, &err);
    } else {
        hm_store_rollback(sim->world.store);
    }
    if (status != HM_OK && !sim_troubled(sim, ORACLE_SERVER)) {
        sim_must(sim, status, &err, "close");
    }
    if (status != HM_OK || hm_disk_is_off(sim_disk(sim, ORACLE_SERVER))) {
        sim_recover(sim, ORACLE_SERVER);
        return;
    }
    note_released(sim, heard);
    if (sim->refill.bringers != 0) {
        sim_mark(sim, SIM_MARK_REFILL_CLOSED);
    }
}

void sim_note_refill(struct sim *sim, int who, int64_t rows)
{
    const struct sim_replica *server = &sim->replicas[ORACLE_SERVER];
    const struct oracle *oracle = sim->oracle;
    for (int64_t row = rows + 1; sim_refilled(sim) && row <= server->rows; row++) {
        int act = server->acts[row];
        if (act == ORACLE_NONE || oracle_sworn(oracle, who, act) == 0) {
            continue; /* nothing that a server had before */
        }
        sim->stats.regained++;
        sim->refill.bringers |= 1U << who;
        sim_mark(sim, (sim->refill.bringers & (sim->refill.bringers - 1)) != 0
                          ? SIM_MARK_REFILL_MANY
                          : SIM_MARK_REFILL_ONE);
        if (!sim_same_device(sim, oracle_told(oracle, act)->replica, who)) {
            sim_mark(sim, SIM_MARK_REFILL_NEIGHBOUR);
        }
        if ((oracle_sworn(oracle, who, act) & ORACLE_RELEASED) != 0) {
            sim_mark(sim, SIM_MARK_REGAINED_RELEASED);
        } else if ((oracle_sworn(oracle, who, act) & ORACLE_REFUSED) != 0) {
            sim_mark(sim, SIM_MARK_REGAINED_REFUSED);
        }
    }
}

void sim_judge_permit(struct sim *sim, int act)
{
    int who = oracle_told(sim->oracle, act)->replica;
    if (who != ORACLE_SERVER && !sim_permitted_there(sim, who)) {
        oracle_open(sim->oracle, act); /* until the refill is closed */
    }
}

void sim_judge_withdrawal(struct sim *sim, int act)
{
    if (sim_refilled(sim) && oracle_told(sim->oracle, act)->what == ORACLE_WITHDRAW) {
        oracle_open(sim->oracle, act);
    }
}

void sim_check_due(struct sim *sim, int who)
{
    const struct oracle *oracle = sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        unsigned due = oracle_due(oracle, who, i);
        unsigned heard = oracle_heard(oracle, ORACLE_SERVER, i);
        if ((due & ~heard) != 0) {
            sim_fail(sim,
                     "%d brought verdict %u on act %d, signed, and the server says %u",
                     who, due, i, heard);
        }
    }
}
