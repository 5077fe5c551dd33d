/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which acts and verdicts reached a replica: the one thing that its store is asked for on
 * the oracle's behalf (oracle.h says why that is no circle).
 */
#include <string.h>

#include "erase.h"
#include "hamlet/store/offers.h"
#include "loss.h"
#include "machine.h"
#include "oracle_verdicts.h"

enum { CHUNK = 64 };

static uint64_t hash_of(const struct hm_id *id)
{
    uint64_t hash = 0;
    memcpy(&hash, id->at, sizeof(hash));
    return hash;
}

int sim_act_of(const struct sim *sim, const struct hm_id *id)
{
    for (uint64_t at = hash_of(id);; at++) {
        int found = sim->by_id[at % ((size_t)2 * SIM_ACTS_MAX)];
        if (found == 0) {
            return ORACLE_NONE;
        }
        if (hm_id_equal(&sim->ids[found - 1], id)) {
            return found - 1;
        }
    }
}

void sim_act_add(struct sim *sim, const struct hm_id *id, int act)
{
    if (act >= SIM_ACTS_MAX) {
        sim_fail(sim, "more acts than the simulation has room for");
    }
    if (sim_act_of(sim, id) != ORACLE_NONE) {
        sim_fail(sim, "two acts have one id");
    }
    uint64_t at = hash_of(id);
    while (sim->by_id[at % ((size_t)2 * SIM_ACTS_MAX)] != 0) {
        at++;
    }
    sim->by_id[at % ((size_t)2 * SIM_ACTS_MAX)] = act + 1;
    sim->ids[act] = *id;
}

int sim_record_of(const struct sim *sim, const struct hm_id *id)
{
    for (int i = 0; i < sim->record_count; i++) {
        if (hm_id_equal(&sim->records[i].id, id)) {
            return i;
        }
    }
    return ORACLE_NONE;
}

/* The rows from `first` on, at most CHUNK; how many there are. */
static size_t read_rows(struct sim *sim,
                        int who,
                        int64_t first,
                        struct hm_held held[CHUNK],
                        struct hm_arena *arena)
{
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    for (size_t i = 0; i < CHUNK; i++) {
        held[i].row = 0; /* what is not read stays so */
    }
    enum hm_status status =
        hm_store_changes_get(sim_store(sim, who), first, CHUNK, held, arena, &err);
    while (count < CHUNK && held[count].row == first + (int64_t)count) {
        count++;
    }
    if (status != HM_OK && (status != HM_CORRUPT || count == CHUNK)) {
        sim_must(sim, status, &err, "changes");
    }
    return count;
}

static int act_of_row(struct sim *sim, int who, const struct hm_held *held)
{
    int act = sim_act_of(sim, &held->change.id);
    if (act == ORACLE_NONE && !hm_bytes_are(held->change.home, HM_HOME_REGISTRY)) {
        sim_fail(sim, "replica %d has a change that nobody wrote", who);
    }
    if (act != ORACLE_NONE &&
        !hm_bytes_are(held->change.home,
                      scene_unit(oracle_told(sim->oracle, act)->home))) {
        sim_fail(sim, "act %d has moved to another unit", act);
    }
    return act;
}

/* Of a device that is revoked the server takes nothing but what another brings. */
static void check_source(struct sim *sim, int who, int act)
{
    if (who != ORACLE_SERVER ||
        !sim_is_revoked(sim, oracle_told(sim->oracle, act)->replica)) {
        return;
    }
    if (!sim->relays && !sim_refilled(sim)) { /* whose laptops bring whatever they have */
        sim_fail(sim, "act %d was taken from a device that is revoked", act);
    }
    sim_mark(sim, SIM_MARK_REVOKED_BROUGHT);
}

/*
 * A laptop that knows of a revocation holds for refused what came too late, and that
 * alone, before any entry says so.
 */
static void hold(struct sim *sim, int who, int act, const struct hm_held *held)
{
    const struct oracle_act *told = oracle_told(sim->oracle, act);
    bool revoked = sim_is_revoked(sim, told->replica);
    bool own = sim_same_device(sim, told->replica, who);
    bool late = revoked && !own && oracle_lost(sim->oracle, act);
    bool refused = held->verdict == HM_VERDICT_QUARANTINED;
    if (who == ORACLE_SERVER || own || !sim_was_revoked(sim, told->replica)) {
        return;
    }
    if (late && held->verdict == HM_VERDICT_NONE && !sim_refilled(sim)) {
        sim_fail(sim, "%d merges act %d of a device that is revoked", who, act);
    }
    if (refused) {
        oracle_hears(sim->oracle, who, act, ORACLE_REFUSED);
    }
}

static void learn_act(struct sim *sim, int who, int act, const struct hm_held *held)
{
    if (oracle_known(sim->oracle, who, act) &&
        oracle_told(sim->oracle, act)->replica != who) {
        sim_fail(sim, "act %d is twice on replica %d", act, who);
    }
    check_source(sim, who, act);
    if (who == ORACLE_SERVER) {
        sim_judge_role(sim, act);
        sim_judge_permit(sim, act);
        sim_judge_withdrawal(sim, act);
    }
    hold(sim, who, act, held);
    if (sim->replicas[who].left[oracle_told(sim->oracle, act)->home]) {
        sim_mark(sim, SIM_MARK_PARTED_GAINED);
    }
    oracle_knows(sim->oracle, who, act);
    oracle_blind(sim->oracle, who, act, true); /* learn_values: or not */
}

void sim_learn_row(struct sim *sim, int who, const struct hm_held *held)
{
    struct sim_replica *replica = &sim->replicas[who];
    int act = act_of_row(sim, who, held);
    if (replica->rows + 1 >= SIM_ACTS_MAX) {
        sim_fail(sim, "more changes than the simulation has room for");
    }
    replica->acts[++replica->rows] = act;
    if (act == ORACLE_NONE) {
        sim_order(sim, who, &held->change);
    } else {
        learn_act(sim, who, act, held);
    }
}

static void learn_rows(struct sim *sim, int who, struct hm_arena *arena)
{
    struct hm_held held[CHUNK];
    size_t count = 0;
    do {
        count = read_rows(sim, who, sim->replicas[who].rows + 1, held, arena);
        for (size_t i = 0; i < count; i++) {
            sim_learn_row(sim, who, &held[i]);
        }
        hm_arena_clear(arena);
    } while (count == CHUNK);
}

/* Values that did not come at first may have come since; what is missing of them may be
 * erased by now, even where nothing was written. */
static void learn_values(struct sim *sim, int who, bool new, struct hm_arena *arena)
{
    struct sim_replica *replica = &sim->replicas[who];
    for (int64_t row = 1; row <= replica->rows; row++) {
        struct hm_held held;
        struct hm_err err = HM_ERR_NONE;
        int act = replica->acts[row];
        if (act < 0 || !oracle_is_blind(sim->oracle, who, act)) {
            continue;
        }
        if (new) {
            sim_must(
                sim,
                hm_store_changes_get(sim_store(sim, who), row, 1, &held, arena, &err),
                &err, "change");
            replica->missing[row] = sim_missing(sim, act, &held);
        }
        bool blind = sim_is_blind(sim, who, act, replica->missing[row]);
        oracle_blind(sim->oracle, who, act, blind);
        if (who == ORACLE_SERVER && !blind) {
            sim->refill.gained[act] = sim->stats.exchanges;
        }
    }
}

/*
 * By a server that was lost a refusal may be told for another reason as well, and all
 * that it says of a change once more when the values come.
 */
static void note_judged(struct sim *sim,
                        int act,
                        enum oracle_verdict verdict,
                        struct hm_bytes reason)
{
    uint64_t hash = 1;
    for (size_t i = 0; i < reason.size; i++) {
        hash = hash * 31 + reason.data[i];
    }
    bool again = (oracle_heard(sim->oracle, ORACLE_SERVER, act) & verdict) != 0;
    bool other = verdict == ORACLE_REFUSED && sim->refill.reasons[act] != hash;
    bool gained = sim->refill.gained[act] > 0 || /* … or will be learnt to have */
                  oracle_is_blind(sim->oracle, ORACLE_SERVER, act) ||
                  oracle_told(sim->oracle, act)->what == ORACLE_WITHDRAW; /* its reason */
    if (again && !(sim_refilled(sim) && (other || gained))) {
        sim_fail(sim, "act %d was judged twice", act);
    }
    sim->refill.reasons[act] =
        verdict == ORACLE_REFUSED ? hash : sim->refill.reasons[act];
}

static bool is_among(const struct hm_bytes *names, size_t count, struct hm_bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (hm_bytes_equal(names[i], name)) {
            return true;
        }
    }
    return false;
}

/* Whether its numbers are of a server that is no more. */
static bool is_old(struct sim *sim, int who, struct hm_bytes name, struct hm_arena *arena)
{
    struct hm_bytes *names = NULL;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    bool old = false;
    for (int state = HM_OLD_TO_OFFER; state < HM_OLD_STATES && !old; state++) {
        sim_must(sim,
                 hm_store_buckets_old(sim_store(sim, who), (enum hm_old)state, &names,
                                      &count, arena, &err),
                 &err, "buckets");
        old = is_among(names, count, name);
    }
    return old;
}

static void hear(struct sim *sim, int who, int bucket, const struct hm_entry *entry)
{
    for (uint64_t i = 0; i < entry->count; i++) {
        int64_t row = entry->change + (int64_t)i;
        if (row > sim->replicas[who].rows) {
            sim_fail(sim, "replica %d has an entry of a change that is not there", who);
        }
        int act = sim->replicas[who].acts[row];
        if (act == SIM_GONE) {
            sim_fail(sim, "replica %d has an entry of a change that it forgot", who);
        }
        enum oracle_verdict verdict = entry->kind == HM_ENTRY_ACCEPTED ? ORACLE_ACCEPTED
                                      : entry->kind == HM_ENTRY_QUARANTINED
                                          ? ORACLE_REFUSED
                                          : ORACLE_RELEASED;
        if (act == ORACLE_NONE) {
            continue;
        }
        if (who == ORACLE_SERVER) {
            note_judged(sim, act, verdict, entry->reason);
        }
        oracle_hears(sim->oracle, who, act, verdict);
        if (bucket == SIM_MAILBOX) {
            oracle_mailed(sim->oracle, who, act, verdict);
        } else {
            oracle_affirm(sim->oracle, who, act, verdict);
        }
    }
}

/*
 * How far the entries of a bucket go, of one whose numbers count no more as well. False:
 * it is such a one, and has nothing new.
 */
static bool count_entries(struct sim *sim,
                          int who,
                          struct hm_bytes name,
                          int bucket,
                          uint64_t *n,
                          struct hm_arena *arena)
{
    struct sim_replica *replica = &sim->replicas[who];
    struct hm_err err = HM_ERR_NONE;
    sim_must(sim, hm_store_bucket_n(sim_store(sim, who), name, n, &err), &err, "bucket");
    if (*n < replica->entries[bucket] && is_old(sim, who, name, arena)) {
        replica->old[bucket] = true;
        if (bucket == SIM_MAILBOX) {
            oracle_mailbox_anew(sim->oracle, who);
        }
        return false;
    }
    if (*n < replica->entries[bucket] && !sim_refilled(sim)) {
        sim_fail(sim, "replica %d began a bucket anew", who);
    }
    if (*n < replica->entries[bucket] || replica->old[bucket]) {
        oracle_anew(sim->oracle, who, bucket); /* of what is no home: nothing */
        if (bucket == SIM_MAILBOX) {
            oracle_mailbox_anew(sim->oracle, who);
        }
        replica->entries[bucket] = 0;
        replica->old[bucket] = false;
        replica->anew[bucket] = true;
    }
    return true;
}

/* Begun anew, it has the server's word again that this is all. */
static void settle(struct sim *sim,
                   int who,
                   struct hm_bytes name,
                   int bucket,
                   struct hm_arena *arena)
{
    struct hm_bytes message = HM_NO_BYTES;
    struct hm_bytes signature = HM_NO_BYTES;
    struct hm_err err = HM_ERR_NONE;
    if (!sim->replicas[who].anew[bucket]) {
        return;
    }
    sim_must(sim,
             hm_store_bucket_statement(sim_store(sim, who), name, &message, &signature,
                                       arena, &err),
             &err, "statement");
    if (message.size > 0) {
        sim->replicas[who].anew[bucket] = false;
        if (bucket == SIM_MAILBOX) {
            oracle_settle_left(sim->oracle, who);
        } else {
            oracle_settle(sim->oracle, who, bucket);
        }
    }
}

static void learn_entries(struct sim *sim,
                          int who,
                          struct hm_bytes name,
                          int bucket,
                          struct hm_arena *arena)
{
    struct hm_entry *entries = NULL;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    uint64_t n = 0;
    struct hm_store *store = sim_store(sim, who);
    uint64_t *learnt = &sim->replicas[who].entries[bucket];
    if (!count_entries(sim, who, name, bucket, &n, arena)) {
        return;
    }
    while (*learnt < n) {
        sim_must(sim,
                 hm_store_entries_after(store, name, *learnt, CHUNK, &entries, &count,
                                        arena, &err),
                 &err, "entries");
        for (size_t i = 0; i < count; i++) {
            if (entries[i].n != *learnt + 1) {
                sim_fail(sim, "replica %d has a gap in a bucket", who);
            }
            hear(sim, who, bucket, &entries[i]);
            *learnt += entries[i].count;
        }
        if (count == 0) {
            sim_fail(sim, "replica %d counts entries that are not there", who);
        }
    }
    settle(sim, who, name, bucket, arena);
}

static void learn_store(struct sim *sim, int who, struct hm_arena *arena)
{
    char mailbox[HM_MAILBOX_SIZE];
    const struct sim_replica *replica = &sim->replicas[who];
    learn_rows(sim, who, arena);
    if (replica->laptop != NULL) { /* what it says stands, whatever a home says no more */
        struct hm_id device = hm_sign_device(&replica->laptop->key);
        hm_mailbox_name(mailbox, &device);
        learn_entries(sim, who, hm_text(mailbox), SIM_MAILBOX, arena);
    }
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        learn_entries(sim, who, hm_text(scene_unit(unit)), unit, arena);
    }
    learn_entries(sim, who, hm_text(HM_HOME_REGISTRY), SIM_REGISTRY, arena);
}

/*
 * What came of a unit that it knows to have lost is without its values, be the unit
 * forgotten already or not before the next exchange ends well.
 */
static void note_thin(struct sim *sim, int who, int64_t before)
{
    struct sim_replica *replica = &sim->replicas[who];
    for (int64_t row = before + 1; row <= replica->rows; row++) {
        int act = replica->acts[row];
        int home = act < 0 ? 0 : oracle_told(sim->oracle, act)->home;
        if (act >= 0 && oracle_is_blind(sim->oracle, who, act) &&
            !sim_in_scope(sim, who, home) && sim_was_given(sim, who, home)) {
            replica->thin[act] = true;
        }
    }
}

void sim_learn(struct sim *sim, int who)
{
    struct hm_arena arena;
    struct sim_replica *replica = &sim->replicas[who];
    uint64_t written = hm_disk_count(sim_disk(sim, who), HM_DISK_WRITE);
    hm_arena_init(&arena, SIM_ARENA_MAX);
    bool new = replica->written == 0 || replica->written != written;
    int64_t before = replica->rows;
    if (new) {
        sim_learn_epoch(sim, who);
        learn_store(sim, who, &arena);
        replica->written = written;
    }
    if (new || sim_refilled(sim)) {
        sim_learn_role(sim, who);
    }
    for (int unit = 0; unit < SCENE_UNITS && sim_anything_moved(sim); unit++) {
        if (sim_in_scope(sim, who, unit)) {
            oracle_return(sim->oracle, who, unit);
        }
    }
    learn_values(sim, who, new, &arena); /* whether they are erased, entries say */
    hm_arena_fini(&arena);
    if (who == ORACLE_SERVER) {
        sim_learn_revoked(sim);
    } else {
        note_thin(sim, who, before);
    }
}

void sim_relearn(struct sim *sim, int who)
{
    struct hm_arena arena;
    struct hm_held held[CHUNK];
    struct sim_replica *replica = &sim->replicas[who];
    int64_t row = 0;
    sim_learn_epoch(sim, who);
    hm_arena_init(&arena, SIM_ARENA_MAX);
    while (row < replica->rows) {
        if (replica->acts[row + 1] == SIM_GONE) {
            row++;
            continue;
        }
        size_t count = read_rows(sim, who, row + 1, held, &arena);
        for (size_t i = 0; i < count && row < replica->rows; i++) {
            row++;
            if (act_of_row(sim, who, &held[i]) != replica->acts[row]) {
                sim_fail(sim, "row %d of replica %d holds another change than before",
                         (int)row, who);
            }
        }
        if (count == 0) {
            sim_fail(sim, "replica %d lost act %d", who, replica->acts[row + 1]);
        }
        hm_arena_clear(&arena);
    }
    hm_arena_fini(&arena);
    replica->written = 0;
    sim_learn(sim, who);
}
