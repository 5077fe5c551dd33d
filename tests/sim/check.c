/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of one replica, of two that agree, and of all of them at the end. */
#include <string.h>

#include "erase.h"
#include "hamlet/store/check.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/pages.h"
#include "loss.h"
#include "machine.h"
#include "oracle_verdicts.h"
#include "sim.h"

/* What the six states of changes must add up to (P6). */
struct tally {
    int64_t apart; /* … without values, of a home that is not here */
    int64_t quarantined;
    int64_t unjudged;
    int64_t disputed;
};

/* A page brought more than there is a home for, or it was erased and its home is left. */
static bool may_be_apart(const struct sim *sim, int who, int act)
{
    int home = oracle_told(sim->oracle, act)->home;
    bool erased = false;
    for (int reg = 0; reg < ORACLE_REGISTERS && !erased; reg++) {
        erased = oracle_erased(sim->oracle, who, act, reg);
    }
    return sim->replicas[who].lacks[home] || sim->replicas[who].thin[act] ||
           (erased && !sim_in_scope(sim, who, home));
}

static struct tally tally_of(const struct sim *sim, int who)
{
    const struct oracle *oracle = sim->oracle;
    struct tally tally = {.quarantined = 0};
    for (int i = 0; i < oracle_count(oracle); i++) {
        if (!oracle_known(oracle, who, i)) {
            continue;
        }
        unsigned heard = oracle_heard(oracle, who, i);
        tally.quarantined += heard == ORACLE_REFUSED;
        tally.unjudged += heard == 0;
        tally.apart += heard == 0 && may_be_apart(sim, who, i);
        tally.disputed += heard > ORACLE_REFUSED || heard == ORACLE_ACCEPTED
                              ? oracle_told(oracle, i)->record != ORACLE_NONE &&
                                    oracle_disputed(oracle, who, i)
                              : 0;
    }
    return tally;
}

/* Changes of the registry are no acts of anybody here; each has one entry in its bucket.
 */
static int64_t registry_unjudged(const struct sim *sim, int who)
{
    const struct sim_replica *replica = &sim->replicas[who];
    int64_t held = 0;
    for (int64_t row = 1; row <= replica->rows; row++) {
        held += replica->acts[row] == ORACLE_NONE;
    }
    return held - (int64_t)replica->entries[SIM_REGISTRY];
}

static void check_counts(struct sim *sim, int who, struct tally tally)
{
    struct hm_counts counts;
    struct hm_err err = HM_ERR_NONE;
    tally.unjudged += registry_unjudged(sim, who);
    sim_must(sim, hm_store_counts(sim_store(sim, who), false, &counts, &err), &err,
             "counts");
    const int64_t held = sim->replicas[who].rows - sim->replicas[who].gone;
    if (counts.changes != held || counts.quarantined != tally.quarantined ||
        counts.local + counts.sent > tally.unjudged ||
        counts.local + counts.sent < tally.unjudged - tally.apart ||
        counts.conflict != tally.disputed || counts.accepted < 0) {
        sim_fail(sim,
                 "replica %d counts %lld changes, %lld refused, %lld unjudged, %lld in "
                 "conflict instead of %lld, %lld, %lld, %lld",
                 who, (long long)counts.changes, (long long)counts.quarantined,
                 (long long)counts.local + (long long)counts.sent,
                 (long long)counts.conflict, (long long)held,
                 (long long)tally.quarantined, (long long)tally.unjudged,
                 (long long)tally.disputed);
    }
}

static void check_quarantine(struct sim *sim,
                             int who,
                             struct tally tally,
                             struct hm_arena *arena)
{
    struct hm_refused *refused = NULL;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    sim_must(sim, hm_store_quarantine(sim_store(sim, who), &refused, &count, arena, &err),
             &err, "quarantine");
    for (size_t i = 0; i < count; i++) {
        int act = sim_act_of(sim, &refused[i].held.change.id);
        if (act == ORACLE_NONE || oracle_heard(sim->oracle, who, act) != ORACLE_REFUSED) {
            sim_fail(sim, "replica %d lists act %d as refused", who, act);
        }
    }
    if ((int64_t)count != tally.quarantined) {
        sim_fail(sim, "replica %d lists %zu refused changes", who, count);
    }
}

static void check_derived(struct sim *sim, int who)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_store *store = sim_store(sim, who);
    size_t count = 0;
    size_t different = 0;
    sim_must(sim, hm_store_begin_read(store, &err), &err, "read");
    sim_must(sim, hm_store_check_derived(store, &count, &different, &err), &err,
             "derived");
    hm_store_rollback(store);
    if (different > 0) {
        sim_fail(sim, "replica %d: %zu records stand otherwise than derived", who,
                 different);
    }
}

/* A server that was lost has no values where nobody brought them, and tells a laptop of
 * those that were brought when it comes next. */
static bool is_blind_there(const struct sim *sim, int who, int act)
{
    return sim_refilled(sim) && (!oracle_known(sim->oracle, ORACLE_SERVER, act) ||
                                 oracle_is_blind(sim->oracle, ORACLE_SERVER, act) ||
                                 sim->refill.gained[act] > sim->replicas[who].agreed);
}

/* What a refusal hides, it hides from those alone who neither wrote it nor decide. */
static void check_blind(struct sim *sim, int who)
{
    const struct oracle *oracle = sim->oracle;
    bool decides = sim_decides(sim, who);
    for (int i = 0; i < oracle_count(oracle); i++) {
        if (oracle_is_blind(oracle, who, i)) {
            sim_mark(sim, SIM_MARK_BLIND);
        }
        bool lost = (oracle_told(oracle, i)->refused || oracle_told(oracle, i)->open) &&
                    is_blind_there(sim, who, i);
        bool left = sim->replicas[who].lacks[oracle_told(oracle, i)->home] ||
                    sim->replicas[who].thin[i];
        if (oracle_is_blind(oracle, who, i) && !lost && !left &&
            (decides ||
             (!oracle_told(oracle, i)->refused && !oracle_told(oracle, i)->open) ||
             who == ORACLE_SERVER ||
             sim_same_device(sim, oracle_told(oracle, i)->replica, who))) {
            sim_fail(sim, "the values of act %d are missing on replica %d", i, who);
        }
    }
}

static void look(struct sim *sim, int who)
{
    struct hm_arena arena;
    hm_arena_init(&arena, SIM_ARENA_MAX);
    sim_learn(sim, who);
    sim_compare_records(sim, who, &arena);
    struct tally tally = tally_of(sim, who);
    check_quarantine(sim, who, tally, &arena);
    check_counts(sim, who, tally);
    check_blind(sim, who);
    sim_check_erased(sim, who, &arena);
    hm_arena_fini(&arena);
    sim->stats.looks++;
}

void sim_look(struct sim *sim, int who)
{
    look(sim, who);
    check_derived(sim, who);
}

/* Of what is out of its reach it holds no value: just that it was, of what was refused of
 * its own, and of its own beside that on a page which its mailbox brought. */
static void check_left(struct sim *sim, int who, int act)
{
    const struct oracle *oracle = sim->oracle;
    const struct oracle_act *told = oracle_told(oracle, act);
    bool own = sim_same_device(sim, told->replica, who);
    if (!oracle_known(oracle, who, act) || (own && told->forged)) {
        return;
    }
    if (!own) {
        sim_fail(sim, "act %d is none of replica %d's business", act, who);
    }
    sim_mark(sim, SIM_MARK_PARTED_REFUSED);
    for (int i = 0; i < told->write_count; i++) {
        if (oracle_shows(oracle, who, act, told->writes[i].reg)) {
            sim_fail(sim, "%d still holds the values of act %d", who, act);
        }
    }
}

static void check_same_acts(struct sim *sim, int who)
{
    const struct oracle *oracle = sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        const struct oracle_act *told = oracle_told(oracle, i);
        bool there = oracle_known(oracle, ORACLE_SERVER, i);
        bool here = oracle_known(oracle, who, i);
        if (!sim_in_scope(sim, who, told->home)) {
            check_left(sim, who, i);
            continue;
        }
        if (here != there) {
            sim_fail(sim, "act %d is on %s only, and yet %d and the server agree", i,
                     here ? "the laptop" : "the server", who);
        }
        unsigned said = oracle_heard(oracle, ORACLE_SERVER, i);
        if (here && oracle_heard(oracle, who, i) != said) {
            sim_fail(sim, "act %d has verdict %u on %d and %u on the server", i,
                     oracle_heard(oracle, who, i), who, said);
        }
    }
}

static void check_same_bucket(struct sim *sim, int who, struct hm_bytes name)
{
    struct hm_bucket here;
    struct hm_bucket there;
    struct hm_err err = HM_ERR_NONE;
    sim_must(sim, hm_store_bucket_get(sim_store(sim, who), name, &here, &err), &err,
             "bucket");
    sim_must(sim, hm_store_bucket_get(sim->world.reader, name, &there, &err), &err,
             "bucket");
    if (here.n != there.n || !hm_digest_equal(&here.digest, &there.digest)) {
        sim_fail(sim, "bucket %.*s of %d has n %llu of %llu, digests %s", (int)name.size,
                 name.data, who, (unsigned long long)here.n, (unsigned long long)there.n,
                 hm_digest_equal(&here.digest, &there.digest) ? "equal" : "differ");
    }
    sim->stats.digests++;
}

/* All of the own chain is acknowledged, and the server has that very chain. */
static void check_chain(struct sim *sim, int who)
{
    const struct world_laptop *laptop = sim->replicas[who].laptop;
    struct hm_id device = hm_sign_device(&laptop->key);
    struct hm_origin here;
    struct hm_origin there;
    struct hm_err err = HM_ERR_NONE;
    int64_t epoch = 0;
    sim_must(sim, hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &epoch, &err),
             &err, "epoch");
    sim_must(
        sim,
        hm_store_origin_get(laptop->store, &device, (uint32_t)epoch, false, &here, &err),
        &err, "origin");
    sim_must(sim,
             hm_store_origin_get(sim->world.reader, &device, (uint32_t)epoch, false,
                                 &there, &err),
             &err, "origin");
    if (here.acked != here.seq) {
        sim_fail(sim, "%d agrees with the server and yet %llu of %llu are acknowledged",
                 who, (unsigned long long)here.acked, (unsigned long long)here.seq);
    }
    if (here.seq != there.seq || !hm_digest_equal(&here.head, &there.head)) {
        sim_fail(sim, "the chain of %d is another on the server (%llu and %llu)", who,
                 (unsigned long long)here.seq, (unsigned long long)there.seq);
    }
}

void sim_check_agreed(struct sim *sim, int who)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct sim_replica *replica = &sim->replicas[who];
    struct hm_id device = hm_sign_device(&replica->laptop->key);
    replica->settled = true;
    replica->agreed = sim->stats.exchanges;
    if (sim_refilled(sim)) { /* what was heard of a server that is no more is over */
        oracle_unhear(sim->oracle, who);
        memset(replica->entries, 0, sizeof(replica->entries));
        replica->written = 0;
    }
    sim_learn(sim, who);
    sim_check_due(sim, who);
    oracle_swear(sim->oracle, who);
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        replica->lacks[unit] = !sim_in_scope(sim, who, unit);
    }
    memset(replica->thin, 0, sizeof(replica->thin));
    check_same_acts(sim, who);
    check_chain(sim, who);
    hm_mailbox_name(mailbox, &device);
    check_same_bucket(sim, who, hm_text(mailbox));
    check_same_bucket(sim, who, hm_text(HM_HOME_REGISTRY));
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        if (sim_in_scope(sim, who, unit)) {
            check_same_bucket(sim, who, hm_text(scene_unit(unit)));
        }
    }
}

/* The same changes make the same state (P8). */
static void check_same_state(struct sim *sim, int who)
{
    const struct sim_replica *replica = &sim->replicas[who];
    if (!world_agrees(&sim->world, replica->laptop, scene_unit(replica->unit))) {
        sim_fail(sim, "%d and the server have the same changes and another state", who);
    }
}

/* Whoever has it is not heard, unless it is a refill: but that may be closed. */
static bool is_out_of_reach(const struct sim *sim, int act)
{
    bool reached = !sim_refilled(sim);
    for (int who = 0; who < sim->replica_count && !reached; who++) {
        reached = oracle_offers(sim->oracle, who, act) && !sim_is_revoked(sim, who);
    }
    return !reached;
}

/* Everything reached the server, which said what the scene's own table says. */
static void check_verdicts(struct sim *sim)
{
    const struct oracle *oracle = sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        unsigned refused =
            ORACLE_REFUSED | (oracle_released(oracle, i) ? ORACLE_RELEASED : 0U);
        unsigned wanted = oracle_told(oracle, i)->refused ? refused : ORACLE_ACCEPTED;
        bool there = oracle_known(oracle, ORACLE_SERVER, i);
        if (!there && (oracle_lost(oracle, i) || is_out_of_reach(sim, i))) {
            continue;
        }
        if (!there) {
            sim_fail(sim, "act %d was acknowledged and never reached the server", i);
        }
        bool doubt = oracle_doubtful(oracle, i) &&
                     oracle_heard(oracle, ORACLE_SERVER, i) == ORACLE_REFUSED;
        if (oracle_heard(oracle, ORACLE_SERVER, i) != wanted && !doubt &&
            !oracle_told(oracle, i)->open) {
            sim_fail(sim, "act %d has verdict %u, it should be %u", i,
                     oracle_heard(oracle, ORACLE_SERVER, i), wanted);
        }
        sim->stats.refused_there += oracle_told(oracle, i)->refused;
    }
}

static void rebuild(struct sim *sim, int who)
{
    struct hm_err err = HM_ERR_NONE;
    size_t different = 0;
    sim_must(sim, hm_store_rebuild(sim_store(sim, who), &different, &err), &err,
             "rebuild");
    if (different > 0) {
        sim_fail(sim, "rebuilding %d changed %zu records", who, different);
    }
    sim->stats.rebuilt++;
}

/* What the server's units come to, so that two runs of one history can be compared. */
static void say_digests(struct sim *sim)
{
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        char hex[HM_HEX32_SIZE];
        struct hm_digest digest;
        struct hm_err err = HM_ERR_NONE;
        sim_must(
            sim,
            hm_store_digest(sim->world.reader, hm_text(scene_unit(unit)), &digest, &err),
            &err, "digest");
        hm_hex_put(hex, HM_BYTES(digest.at));
        sim_say(sim, "  %s %s", scene_unit(unit), hex);
    }
}

/* What one of them holds whole the server does, or else would lose with that laptop. */
static void check_values(struct sim *sim)
{
    const struct oracle *oracle = sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        bool lacks = oracle_known(oracle, ORACLE_SERVER, i) &&
                     oracle_is_blind(oracle, ORACLE_SERVER, i);
        for (int who = 1; who < sim->replica_count && lacks; who++) {
            if (!sim_is_revoked(sim, who) && oracle_known(oracle, who, i) &&
                !oracle_is_blind(oracle, who, i)) {
                sim_fail(sim, "the values of act %d are on %d and not on the server", i,
                         who);
            }
        }
    }
}

void sim_check_end(struct sim *sim)
{
    check_verdicts(sim);
    for (int who = 0; who < sim->replica_count; who++) {
        look(sim, who);
        rebuild(sim, who); /* which says as well whether all is as derived */
        if (who > 0 && !sim_is_revoked(sim, who)) {
            sim_check_agreed(sim, who);
            check_same_state(sim, who);
        }
    }
    check_values(sim);
    say_digests(sim);
}

static void expect(struct sim *sim, const char *what, int64_t wanted, size_t found)
{
    if (wanted >= 0 && (size_t)wanted != found) {
        sim_fail(sim, "expected %lld %s, found %zu", (long long)wanted, what, found);
    }
}

static enum hm_status count_listed(void *ctx,
                                   const struct hm_listed *listed,
                                   struct hm_err *err)
{
    size_t *count = ctx;
    (void)listed;
    (void)err;
    ++*count;
    return HM_OK;
}

static size_t count_records(struct sim *sim, int who, bool deleted)
{
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    for (int kind = 0; kind < SCENE_KINDS; kind++) {
        const struct hm_list_query query = {
            .kind = hm_text(scene_form((enum scene_kind)kind)->name), .deleted = deleted};
        sim_must(sim,
                 hm_store_list(sim_store(sim, who), &query, count_listed, &count, &err),
                 &err, "list");
    }
    return count;
}

/* What a scenario says of a replica, asked of the store alone. */
void sim_do_expect(struct sim *sim, const struct sim_event *event)
{
    struct hm_arena arena;
    struct hm_conflict *conflicts = NULL;
    struct hm_counts counts;
    struct hm_err err = HM_ERR_NONE;
    struct hm_store *store = sim_store(sim, event->who);
    size_t count = 0;
    hm_arena_init(&arena, SIM_ARENA_MAX);
    sim_must(
        sim,
        hm_store_conflicts(store, HM_NO_BYTES, true, &conflicts, &count, &arena, &err),
        &err, "conflicts");
    sim_must(sim, hm_store_counts(store, false, &counts, &err), &err, "counts");
    hm_arena_fini(&arena);
    size_t records = count_records(sim, event->who, false);
    if (records < (size_t)event->arg[5]) {
        sim_fail(sim, "expected at least %lld records, found %zu",
                 (long long)event->arg[5], records);
    }
    expect(sim, "records", event->arg[0], records);
    expect(sim, "conflicts", event->arg[1], count);
    expect(sim, "deleted records", event->arg[2], count_records(sim, event->who, true));
    expect(sim, "refused changes", event->arg[3], (size_t)counts.quarantined);
    expect(sim, "changes that wait to be sent", event->arg[4],
           (size_t)(counts.local + counts.sent));
}
