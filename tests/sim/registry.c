/* SPDX-License-Identifier: Apache-2.0 */
/* What the district decides about devices, and what follows for what they wrote. */
#include "hamlet/store/registry.h"
#include "forge.h"
#include "loss.h"
#include "machine.h"
#include "sim.h"
#include "world_registry.h"

enum { GOOD = 200, FAILED = 500 };

bool sim_is_revoked(const struct sim *sim, int who)
{
    return who != ORACLE_SERVER && sim->replicas[sim->replicas[who].device].revoked;
}

bool sim_was_revoked(const struct sim *sim, int who)
{
    return who != ORACLE_SERVER && sim->replicas[sim->replicas[who].device].was_revoked;
}

void sim_note_late(struct sim *sim, int act)
{
    if (sim_is_revoked(sim, oracle_told(sim->oracle, act)->replica)) {
        oracle_refuse(sim->oracle, act);
        oracle_lose(sim->oracle, act);
        if (sim_refilled(sim)) { /* another server may have let it stand */
            oracle_open(sim->oracle, act);
        }
    }
}

/*
 * What stood when a device was revoked, the server that comes back cannot tell from what
 * came since: of an act of that device either may be said from here on.
 */
static void note_forgotten(struct sim *sim, int who, bool revoked)
{
    sim->replicas[who].revoked = revoked;
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        if (sim_same_device(sim, oracle_told(sim->oracle, i)->replica, who)) {
            oracle_open(sim->oracle, i);
            if (revoked && !oracle_known(sim->oracle, ORACLE_SERVER, i)) {
                oracle_lose(sim->oracle, i);
            }
        }
    }
    sim_mark(sim, revoked ? SIM_MARK_REVOKED_REGAINED : SIM_MARK_LOSS_REVOKED);
    sim_say(sim, "  = the server %s that %d is revoked", revoked ? "hears" : "forgot",
            who);
}

void sim_learn_revoked(struct sim *sim)
{
    for (int who = 1; who < sim->replica_count && sim_refilled(sim); who++) {
        const struct sim_replica *replica = &sim->replicas[who];
        if (replica->device == who && replica->was_revoked) {
            bool revoked = world_is_revoked(&sim->world, replica->laptop);
            if (revoked != replica->revoked) {
                note_forgotten(sim, who, revoked);
            }
        }
    }
}

/* What is here of it by now stands; all else it ever wrote does not, and need not come.
 */
static void note_revoked(struct sim *sim, int who)
{
    struct sim_replica *device = &sim->replicas[sim->replicas[who].device];
    int late = 0;
    sim_learn(sim, ORACLE_SERVER);
    if (device->was_revoked) {
        sim_mark(sim, SIM_MARK_REVOKED_AGAIN);
    }
    device->revoked = device->was_revoked = true;
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        if (sim_same_device(sim, oracle_told(sim->oracle, i)->replica, who) &&
            !oracle_known(sim->oracle, ORACLE_SERVER, i)) {
            sim_note_late(sim, i);
            late++;
        }
    }
    sim->stats.revocations++;
    sim_mark(sim, SIM_MARK_REVOKED);
    if (late > 0) {
        sim_mark(sim, SIM_MARK_REVOKED_UNSENT);
    }
    sim_say(sim, "  = %d is revoked, %d of its acts came too late", who, late);
}

void sim_bring(struct sim *sim, int who, struct hm_bytes pages)
{
    struct forge forge;
    bool revoked = sim_is_revoked(sim, who);
    sim->relays = !revoked;
    if (forge_begin(&forge, sim, who)) {
        forge.request.incarnation = sim->world.self.incarnation;
        forge_put_raw(&forge, pages);
        int http = forge_send(&forge);
        sim_say(sim, "  > %d brings %zu bytes, answered with %d", who, pages.size, http);
        if (http != FORGE_HTTP_NONE && http < FAILED && (http != GOOD) != revoked &&
            !sim_refilled(sim)) { /* which does not know what numbers meant */
            sim_fail(sim, "pages that %d brings were answered with %d", who, http);
        }
    }
    forge_end(&forge);
    sim->relays = false;
}

/* ---- roles ---- */

static struct sim_replica *device_of(struct sim *sim, int who)
{
    return &sim->replicas[sim->replicas[who].device];
}

bool sim_had_roles(const struct sim *sim, int who)
{
    return who != ORACLE_SERVER &&
           sim->replicas[sim->replicas[who].device].term_count > 0;
}

/* The place that a laptop goes by, of those from `at` on: only its store can say. */
static void find_place(struct sim *sim,
                       struct sim_replica *replica,
                       const struct sim_replica *device,
                       int at)
{
    struct hm_bytes role = HM_NO_BYTES;
    struct hm_bytes unit = HM_NO_BYTES;
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    struct hm_store *store = replica->laptop->store;
    hm_arena_init(&arena, SIM_ARENA_MAX);
    sim_must(sim, hm_store_meta_get(store, HM_META_ROLE, &arena, &role, &err), &err,
             "role");
    sim_must(sim, hm_store_meta_get(store, HM_META_UNIT, &arena, &unit, &err), &err,
             "unit");
    for (int i = device->term_count - 1; i >= at; i--) {
        const struct sim_term *term = &device->terms[i];
        if (hm_bytes_are(role, term->role->name) &&
            hm_bytes_are(unit, scene_unit(term->unit))) {
            replica->role = term->role;
            replica->unit = term->unit;
        }
    }
    hm_arena_fini(&arena);
}

/* Changes of the registry that came before a cut took their entries: a laptop may go by
 * them already. */
static bool is_ahead(const struct sim_replica *replica)
{
    uint64_t held = 0;
    for (int64_t row = 1; row <= replica->rows; row++) {
        held += replica->acts[row] == ORACLE_NONE;
    }
    return held > replica->registry;
}

/* How many entries of the registry are here, and of which server. */
static void learn_registry(struct sim *sim, int who)
{
    struct hm_err err = HM_ERR_NONE;
    int64_t heard = 0;
    struct sim_replica *replica = &sim->replicas[who];
    struct hm_store *store = sim_store(sim, who);
    sim_must(
        sim,
        hm_store_bucket_n(store, hm_text(HM_HOME_REGISTRY), &replica->registry, &err),
        &err, "registry");
    sim_must(sim, hm_store_meta_get_int(store, HM_META_INCARNATION, 0, &heard, &err),
             &err, "incarnation");
    if ((uint64_t)heard == sim->world.self.incarnation) {
        replica->losses = sim->stats.losses;
    }
}

bool sim_may_reach(const struct sim *sim, int who, int unit)
{
    const struct sim_replica *replica = &sim->replicas[who];
    return replica->laptop != NULL && is_ahead(replica) && sim_is_given(sim, who, unit);
}

bool sim_has_entry(const struct sim_replica *replica, uint64_t at, uint64_t losses)
{
    return at <= replica->registry && losses <= replica->losses;
}

void sim_learn_role(struct sim *sim, int who)
{
    struct sim_replica *replica = &sim->replicas[who];
    learn_registry(sim, who);
    if (sim->fate_count > 0) {
        sim_learn_fates(sim, who, replica->laptop != NULL && is_ahead(replica));
    }
    if (!sim_had_roles(sim, who)) {
        return;
    }
    const struct sim_replica *device = device_of(sim, who);
    int at = 0;
    if (sim_refilled(sim) && replica->laptop != NULL) { /* numbers say nothing any more */
        find_place(sim, replica, device, 0);
        return;
    }
    while (device->terms[at].end != 0 &&
           sim_has_entry(replica, device->terms[at].end, device->terms[at].losses)) {
        at++;
    }
    replica->role = device->terms[at].role;
    replica->unit = device->terms[at].unit;
    if (replica->laptop != NULL && is_ahead(replica)) {
        find_place(sim, replica, device, at);
    }
}

/* At any time, or as far as its own registry says. */
static bool was_given(const struct sim *sim, int who, int unit, bool ever)
{
    const struct sim_replica *device = &sim->replicas[sim->replicas[who].device];
    bool given = device->term_count == 0 && sim_covers_late(sim, 0, device->unit, unit);
    for (int i = 0; i < device->term_count && !given; i++) {
        const struct sim_term *term = &device->terms[i];
        given = sim_covers_late(sim, 0, term->unit, unit);
        if (term->end == 0 ||
            (!ever && !sim_has_entry(&sim->replicas[who], term->end, term->losses))) {
            break;
        }
    }
    return given;
}

bool sim_was_given(const struct sim *sim, int who, int unit)
{
    return was_given(sim, who, unit, false);
}

bool sim_is_given(const struct sim *sim, int who, int unit)
{
    return was_given(sim, who, unit, true);
}

/* Whether all of its terms with this rank ended at once, or were shown to be over. */
static bool is_over(const struct sim_replica *device, int rank)
{
    bool had = false;
    for (int i = 0; i < device->term_count; i++) {
        const struct sim_term *term = &device->terms[i];
        if (term->role->rank != rank) {
            continue;
        }
        if (term->end == 0 || (!term->once && term->end > device->shown)) {
            return false;
        }
        had = true;
    }
    return had;
}

/* Whether what a device has or had covers an act: as things are, or as far as its author
 * could know. */
struct cover {
    bool now;
    bool late;
    bool old; /* … in a unit that it left, or that left it */
};

static void add_term(struct cover *cover,
                     const struct sim *sim,
                     const struct sim_term *term,
                     const struct oracle_act *told,
                     uint64_t written)
{
    if (term->role->rank != told->rank) {
        return;
    }
    bool stands = term->end == 0;
    bool unknown = stands || (!term->once && written < term->end);
    bool here = sim_covers(sim, sim->fate_count, term->unit, told->home);
    bool there = here || sim_covers_late(sim, written, term->unit, told->home);
    cover->now = cover->now || (stands && here);
    cover->late = cover->late || (unknown && there);
    cover->old = cover->old || (unknown && there && !(stands && here));
}

static struct cover find_cover(const struct sim *sim, int act)
{
    struct cover cover = {.now = false};
    const struct oracle_act *told = oracle_told(sim->oracle, act);
    const struct sim_replica *device =
        &sim->replicas[sim->replicas[told->replica].device];
    const struct sim_term only = {.role = device->role, .unit = device->unit};
    for (int i = 0; i < device->term_count; i++) {
        add_term(&cover, sim, &device->terms[i], told, sim->written[act]);
    }
    if (device->term_count == 0) {
        add_term(&cover, sim, &only, told, sim->written[act]);
    }
    uint64_t closed = sim_closed_at(sim, sim->fate_count, told->home);
    if (told->what == ORACLE_CREATE && closed != 0) {
        cover.now = false;
        cover.late = cover.late && sim->written[act] < closed;
    }
    return cover;
}

static void mark_late(struct sim *sim, const struct oracle_act *told, bool old)
{
    const struct sim_replica *device = device_of(sim, told->replica);
    bool closed = sim_closed_at(sim, sim->fate_count, told->home) != 0;
    sim_mark(sim, closed && told->what == ORACLE_CREATE ? SIM_MARK_JOINED_LATE
                  : device->term_count == 0             ? SIM_MARK_SHIFTED_LATE
                  : sim->stats.moves > 0 && old         ? SIM_MARK_MOVED_LATE
                                                        : SIM_MARK_ROLE_LATE);
}

/* An end when seen leaves what was written before it could be known. */
void sim_judge_role(struct sim *sim, int act)
{
    const struct oracle_act *told = oracle_told(sim->oracle, act);
    bool had_roles = sim_had_roles(sim, told->replica);
    if (told->replica == ORACLE_SERVER || (!had_roles && sim->fate_count == 0)) {
        return;
    }
    const struct sim_replica *device = device_of(sim, told->replica);
    const struct cover cover = find_cover(sim, act);
    if (!had_roles && cover.now) {
        return;
    }
    /* One that came back may have forgotten the end, and laptops the new role. */
    bool refilled = sim_refilled(sim);
    if (!refilled && told->forged && !cover.now && !device->strange &&
        is_over(device, told->rank)) {
        oracle_close(sim->oracle, act);
        sim_mark(sim, SIM_MARK_ROLE_OVER);
    } else if (refilled || told->forged || device->strange) {
        oracle_open(sim->oracle, act);
    } else if (!cover.now && !cover.late) {
        oracle_refuse(sim->oracle, act);
        sim_mark(sim,
                 sim->stats.moves > 0 ? SIM_MARK_MOVED_TOO_LATE : SIM_MARK_ROLE_TOO_LATE);
    } else if (!cover.now) {
        mark_late(sim, told, cover.old);
    }
}

void sim_add_term(struct sim *sim,
                  int who,
                  const struct scene_role *role,
                  int unit,
                  bool once,
                  uint64_t end)
{
    struct sim_replica *device = device_of(sim, who);
    if (device->term_count == 0) {
        device->terms[device->term_count++] =
            (struct sim_term){.role = device->role, .unit = device->unit};
    }
    struct sim_term *last = &device->terms[device->term_count - 1];
    last->end = end;
    last->losses = sim->stats.losses;
    last->once = once;
    device->terms[device->term_count++] = (struct sim_term){.role = role, .unit = unit};
    sim_say(sim, "  = %d is %s of %s from entry %llu of the registry on", who, role->name,
            scene_unit(unit), (unsigned long long)end);
}

struct sim_term sim_last_term(const struct sim *sim, int who)
{
    const struct sim_replica *device = &sim->replicas[sim->replicas[who].device];
    return device->term_count > 0
               ? device->terms[device->term_count - 1]
               : (struct sim_term){.role = device->role, .unit = device->unit};
}

static void note_role(struct sim *sim, int who, bool once)
{
    const struct sim_term last = sim_last_term(sim, who);
    sim_add_term(sim, who, scene_role_beside(last.role), last.unit, once,
                 sim->replicas[ORACLE_SERVER].registry);
    sim->stats.roles++;
    sim_mark(sim, once ? SIM_MARK_ROLE_ONCE : SIM_MARK_ROLE_SEEN);
    if (device_of(sim, who)->copied) {
        sim_mark(sim, SIM_MARK_ROLE_COPIED);
    }
    if (sim_refilled(sim)) {
        sim_mark(sim, SIM_MARK_ROLE_REFILLED);
    }
}

void sim_do_role(struct sim *sim, const struct sim_event *event)
{
    struct hm_err err = HM_ERR_NONE;
    bool once = event->arg[0] != 0;
    sim->stats.actions++;
    if (event->who == ORACLE_SERVER || sim_is_revoked(sim, event->who) ||
        !sim_known_there(sim, event->who) ||
        device_of(sim, event->who)->term_count == SIM_TERMS_MAX) {
        return;
    }
    const struct scene_role *now = sim_last_term(sim, event->who).role;
    sim_learn(sim, ORACLE_SERVER);
    uint64_t before = sim->replicas[ORACLE_SERVER].registry;
    enum hm_status status =
        world_change_role(&sim->world, sim->replicas[event->who].laptop,
                          scene_role_beside(now)->name, once, &err);
    if (status != HM_OK && !sim_troubled(sim, ORACLE_SERVER)) {
        sim_must(sim, status, &err, "role");
    }
    if (sim_troubled(sim, ORACLE_SERVER)) {
        sim_recover(sim, ORACLE_SERVER);
    }
    sim_learn(sim, ORACLE_SERVER);
    bool lasted = sim->replicas[ORACLE_SERVER].registry > before;
    if (status == HM_OK && !lasted) {
        sim_fail(sim, "%d was given another role and has none", event->who);
    }
    if (lasted) {
        note_role(sim, event->who, once);
    }
}

/* ---- revocation ---- */

struct revoking {
    struct sim *sim;
    int who;
    bool asked;
    enum hm_status status;
    struct hm_err err;
};

static enum hm_status revoke(void *ctx, struct hm_err *err)
{
    struct revoking *r = ctx;
    r->asked = true;
    r->status = world_revoke(&r->sim->world, r->sim->replicas[r->who].laptop, &r->err);
    if (r->status != HM_OK) {
        *err = r->err;
    }
    return r->status;
}

/* In the middle of a visit of the device itself: 1 before the commit, 2 after it. */
static void revoke_amid(struct revoking *r, int64_t amid)
{
    struct world *world = &r->sim->world;
    world->amid = revoke;
    world->amid_when = amid == 1 ? WORLD_READ : WORLD_COMMITTED;
    world->amid_ctx = r;
    sim_visit_denied(r->sim, r->who);
    world->amid = NULL;
}

void sim_do_revoke(struct sim *sim, const struct sim_event *event)
{
    struct hm_err err = HM_ERR_NONE;
    struct revoking r = {.sim = sim, .who = event->who, .status = HM_OK};
    sim->stats.actions++;
    /* Again where the server forgot it. */
    if (event->who == ORACLE_SERVER || sim_is_revoked(sim, event->who) ||
        !sim_known_there(sim, event->who)) {
        return;
    }
    if (event->arg[0] > 0) {
        revoke_amid(&r, event->arg[0]);
    }
    bool between = r.asked;
    if (!r.asked) {
        (void)!revoke(&r, &err);
    }
    if (r.status != HM_OK && !between && !sim_troubled(sim, ORACLE_SERVER)) {
        sim_must(sim, r.status, &r.err, "revoke");
    }
    if (sim_troubled(sim, ORACLE_SERVER)) {
        sim_recover(sim, ORACLE_SERVER);
    }
    bool lasted = world_is_revoked(&sim->world, sim->replicas[event->who].laptop);
    if (r.status == HM_OK && !lasted) {
        sim_fail(sim, "%d was revoked and is not", event->who);
    }
    if (lasted) {
        note_revoked(sim, event->who);
        if (between) {
            sim_mark(sim, SIM_MARK_REVOKED_AMID);
        }
    }
}
