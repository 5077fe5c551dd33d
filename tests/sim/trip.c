/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to messages: cut, lost, sent twice, late, together with others, for ever.
 */
#include <stdlib.h>
#include <string.h>

#include "erase.h"
#include "heard.h"
#include "loss.h"
#include "machine.h"
#include "world_key.h"

enum {
    BODY_MAX = 8 * 1024 * 1024,
    VAIN_MAX = 3,
    GOOD = 200,
    UNSIGNED = 401,
    DENIED = 403,
    STALE = 409,
    FAILED = 500
};
static const int64_t YEAR_MS = INT64_C(365) * 24 * 3600 * 1000;

/* One request on its way, and what may excuse that it fails. */
struct errand {
    struct sim *sim;
    int who;
    int64_t epoch; /* that it speaks of */
    struct hm_buf request;
    struct world_visit visit;
    struct hm_err err;
    uint64_t crashes; /* as the history stood when it set out */
    uint64_t failures;
    bool excused;
    bool unknown; /* to a server that nobody has told who is who */
    bool built;
};

static struct world_laptop *laptop_of(const struct errand *errand)
{
    return errand->sim->replicas[errand->who].laptop;
}

static void keep_old(struct sim *sim, int who, struct hm_bytes request)
{
    struct sim_old *old = &sim->old[sim->old_count++ % SIM_OLD_MAX];
    uint8_t *data = malloc(request.size);
    if (data == NULL) {
        abort();
    }
    free(old->data);
    memcpy(data, request.data, request.size);
    *old = (struct sim_old){data, request.size, who, sim->replicas[who].epoch,
                            sim->stats.losses};
}

/* Whether anything that was done to the two replicas excuses a failure. */
static bool is_excused(const struct errand *errand)
{
    const struct sim *sim = errand->sim;
    return errand->excused || errand->unknown || sim->world.crashes != errand->crashes ||
           sim->world.failures != errand->failures || sim_troubled(sim, errand->who) ||
           sim_troubled(sim, ORACLE_SERVER);
}

/* Make the request. What must be on disk before it is sent may find no room. */
static void set_out(struct errand *errand, struct sim *sim, int who)
{
    *errand = (struct errand){.sim = sim,
                              .who = who,
                              .epoch = sim->replicas[who].epoch,
                              .crashes = sim->world.crashes,
                              .failures = sim->world.failures,
                              .unknown = !sim_known_there(sim, who)};
    struct world_laptop *laptop = laptop_of(errand);
    hm_buf_init(&errand->request, BODY_MAX);
    enum hm_status status = world_session(laptop, &errand->err);
    if (status == HM_OK) {
        status = hm_session_request(laptop->session, &errand->request, &errand->err);
    }
    world_visit_init(&errand->visit, hm_buf_bytes(&errand->request));
    errand->built = status == HM_OK;
    if (errand->built) {
        sim->stats.exchanges++;
        keep_old(sim, who, errand->visit.request);
    } else if (!is_excused(errand)) {
        sim_must(sim, status, &errand->err, "request");
    }
}

static void go_home(struct errand *errand)
{
    world_visit_fini(&errand->visit);
    hm_buf_fini(&errand->request);
}

/* The first line with its LF; all of it, if there is no other. */
static size_t header_size(struct hm_bytes message)
{
    const uint8_t *end =
        message.size == 0 ? NULL : memchr(message.data, '\n', message.size);
    return end == NULL ? message.size : (size_t)(end - message.data) + 1;
}

static bool has_pages(const struct errand *errand)
{
    struct hm_bytes request = hm_buf_bytes(&errand->request);
    return header_size(request) < request.size;
}

/* What was met when a reply was cut. */
static void mark_cut_reply(const struct errand *errand, size_t size)
{
    struct hm_bytes reply = hm_buf_bytes(&errand->visit.reply);
    if (errand->visit.given && errand->visit.http == GOOD) {
        sim_mark(errand->sim, size == 0                   ? SIM_MARK_LOST_REPLY
                              : size < header_size(reply) ? SIM_MARK_CUT_REPLY_HEADER
                                                          : SIM_MARK_CUT_REPLY);
    }
}

/* So many bytes get through: -1 all, else modulo what there is and one more. */
static size_t cut_of(int64_t cut, size_t size)
{
    return cut < 0 ? SIZE_MAX : (size_t)((uint64_t)cut % (size + 1));
}

static void cut_request(struct errand *errand, int64_t cut)
{
    errand->visit.seen = cut_of(cut, errand->request.size);
    if (errand->visit.seen < errand->request.size) {
        errand->excused = true;
        errand->sim->stats.requests_cut++;
        if (errand->visit.seen <= header_size(hm_buf_bytes(&errand->request))) {
            sim_mark(errand->sim, SIM_MARK_CUT_HEADER);
        }
    }
}

/* The server falls silent when its power goes; whoever asked hears nothing. */
void sim_note_server(struct sim *sim)
{
    if (hm_disk_is_off(sim_disk(sim, ORACLE_SERVER))) {
        sim_mark(sim, SIM_MARK_POWER_SERVING);
        sim_recover(sim, ORACLE_SERVER);
    }
    sim_learn(sim, ORACLE_SERVER);
}

/* What the laptop makes of the first bytes of the reply. */
static enum hm_session_next take(struct errand *errand, int64_t cut)
{
    struct sim *sim = errand->sim;
    struct world_laptop *laptop = laptop_of(errand);
    size_t size = cut_of(cut, errand->visit.reply.size);
    if (!errand->built) {
        return HM_SESSION_STOP;
    }
    if (size < errand->visit.reply.size) {
        errand->excused = true;
        sim->stats.replies_cut += errand->visit.given;
        mark_cut_reply(errand, size);
    }
    enum hm_session_next next =
        world_take(&sim->world, laptop->session, &errand->visit, size, &errand->err);
    static const char *const names[] = {"again", "done", "retry", "stop"};
    sim_say(sim, "  > %d sent %zu of %zu, got %zu: %s %s", errand->who,
            errand->visit.seen < errand->request.size ? errand->visit.seen
                                                      : errand->request.size,
            errand->request.size, errand->visit.reply.size, names[next],
            errand->err.key == NULL ? "" : errand->err.key);
    return next;
}

/* It brings what a server lost (PROTOCOL.md 7.1). */
static bool is_offer(const struct errand *errand)
{
    static const char offers[] = "\"h\":1";
    struct hm_bytes request = hm_buf_bytes(&errand->request);
    const size_t size = sizeof(offers) - 1;
    for (size_t at = 0; at + size <= header_size(request); at++) {
        if (memcmp(request.data + at, offers, size) == 0) {
            return true;
        }
    }
    return false;
}

/* While it is refilled the server takes what a revoked device brings, and gives nothing.
 */
static bool is_let_in(const struct errand *errand)
{
    const struct world_visit *visit = &errand->visit;
    struct hm_bytes reply = hm_buf_bytes(&visit->reply);
    if (!sim_refilled(errand->sim) || !sim_is_refilling(errand->sim)) {
        return false;
    }
    if (visit->http == GOOD && is_offer(errand)) {
        sim_mark(errand->sim, SIM_MARK_REVOKED_OFFERS);
    }
    return visit->http == STALE || header_size(reply) == reply.size;
}

/* Whether it comes from a device that is revoked, or is being; then no byte is given. */
static bool is_denied(const struct errand *errand)
{
    struct sim *sim = errand->sim;
    const struct world_visit *visit = &errand->visit;
    bool revoked = sim_is_revoked(sim, errand->who);
    if (!revoked && !sim->denies) {
        return false;
    }
    /* By a key that the server has not heard of anybody may ask. */
    bool stranger =
        visit->http == UNSIGNED && !world_key_known(&sim->world, laptop_of(errand));
    bool before = sim->denies && visit->http == STALE; /* the word had not come yet */
    bool good =
        revoked ? visit->http == DENIED || stranger || before : visit->http != GOOD;
    if (visit->given && visit->http < FAILED && !good && !is_let_in(errand)) {
        sim_fail(sim, "%d is revoked and was answered with %d", errand->who, visit->http);
    }
    sim->stats.denied += visit->given && visit->http == DENIED;
    if (visit->given && revoked) {
        sim_mark(sim, SIM_MARK_REVOKED_ASKS);
    }
    return true;
}

/*
 * A request shows the lease of the reply before it. That may have been asked for earlier
 * than the registry came with it, but not before the one before that.
 */
static void note_shown(struct sim *sim, int who)
{
    struct sim_replica *replica = &sim->replicas[who];
    sim->replicas[replica->device].shown = replica->leased[0];
    replica->leased[0] = replica->leased[1];
    replica->leased[1] = replica->registry;
}

/* A failure must have a cause; after one of the disk the program opens its store again.
 */
static void judge(struct errand *errand, enum hm_session_next next)
{
    struct sim *sim = errand->sim;
    bool failed = next == HM_SESSION_RETRY || next == HM_SESSION_STOP;
    bool off = hm_disk_is_off(sim_disk(sim, errand->who));
    bool denied = is_denied(errand);
    const char *key = errand->err.key == NULL ? "" : errand->err.key;
    if (failed && !denied && !is_excused(errand)) {
        sim_fail(sim, "an exchange of %d that nothing disturbed failed: %s (%s %s)",
                 errand->who, hm_status_name(errand->err.status), key,
                 errand->err.arg[0]);
    }
    if (next == HM_SESSION_STOP && !denied && !errand->unknown &&
        !sim_troubled(sim, errand->who)) {
        sim_fail(sim, "%d gives up: %s (%s %s)", errand->who,
                 hm_status_name(errand->err.status), key, errand->err.arg[0]);
    }
    if (failed || next == HM_SESSION_DONE) {
        sim_scrub(sim, errand->who);
    }
    /* Where the disk is full even a wish that was rolled back needs the store reopened.
     */
    if (sim_troubled(sim, errand->who)) {
        if (off || failed) {
            sim_mark(sim, off                          ? SIM_MARK_POWER_TAKING
                          : sim_sick(sim, errand->who) ? SIM_MARK_SICK_TAKING
                                                       : SIM_MARK_FULL_TAKING);
        }
        sim_recover(sim, errand->who);
    } else {
        sim_learn(sim, errand->who);
    }
    if (next == HM_SESSION_DONE && !off && !denied) {
        (void)sim_plant_strike(sim, errand->who, SIM_AFTER_TRIP);
        note_shown(sim, errand->who);
        if (sim_permitted_there(sim, errand->who)) {
            sim_check_agreed(sim, errand->who);
        }
    }
}

/* What was met on the server; `rows` is what it held before. */
static void mark_served(const struct errand *errand, int64_t rows)
{
    struct sim *sim = errand->sim;
    bool cut = errand->visit.seen < errand->request.size;
    if (cut && is_offer(errand)) {
        sim_mark(sim, SIM_MARK_REFILL_CUT);
    }
    if (cut && sim->replicas[ORACLE_SERVER].rows > rows) {
        sim_mark(sim, SIM_MARK_CUT_PAGES);
    }
    if (errand->visit.http == STALE) {
        sim_mark(sim, SIM_MARK_STALE);
    }
    if (sim->world.failures != errand->failures) {
        sim_mark(sim, SIM_MARK_SICK_SERVING);
    } else if (errand->visit.http >= FAILED && sim_troubled(sim, ORACLE_SERVER)) {
        sim_mark(sim, SIM_MARK_FULL_SERVING);
    }
}

static bool clocks_apart(const struct sim *sim, int who)
{
    int64_t apart = sim->replicas[who].laptop->env.wall_ms - sim->world.env.wall_ms;
    return apart > YEAR_MS || apart < -YEAR_MS;
}

/* What the server made of it: only what came whole counts as having been heard. */
static void note_heard(struct sim *sim,
                       int who,
                       int64_t epoch,
                       const struct world_visit *visit)
{
    bool unsure = !visit->given || visit->http >= FAILED;
    if (visit->seen >= visit->request.size && (visit->http == GOOD || unsure)) {
        sim_hears_of(sim, who, epoch, !unsure);
    }
}

/* Serve bytes that were sent before: learning sees that nothing is there twice (P7). */
static void serve_again(struct sim *sim,
                        int who,
                        int64_t epoch,
                        struct hm_bytes request,
                        size_t seen)
{
    struct world_visit visit;
    world_visit_init(&visit, request);
    visit.seen = seen;
    world_serve(&sim->world, &visit, 1);
    note_heard(sim, who, epoch, &visit);
    if (visit.http == STALE) {
        sim_mark(sim, SIM_MARK_STALE);
    }
    world_visit_fini(&visit);
    sim_note_server(sim);
    sim->stats.repeated++;
}

static enum hm_session_next exchange(struct sim *sim,
                                     int who,
                                     int64_t up,
                                     int64_t down,
                                     bool twice)
{
    struct errand errand;
    int64_t rows = sim->replicas[ORACLE_SERVER].rows;
    set_out(&errand, sim, who);
    if (errand.built) {
        cut_request(&errand, up);
        world_serve(&sim->world, &errand.visit, 1);
        note_heard(sim, who, errand.epoch, &errand.visit);
        sim_note_server(sim);
        sim_note_refill(sim, who, rows);
        mark_served(&errand, rows);
        if (twice) {
            if (has_pages(&errand)) {
                sim_mark(sim, SIM_MARK_TWICE);
            }
            serve_again(sim, who, errand.epoch, errand.visit.request, errand.visit.seen);
        }
    }
    enum hm_session_next next = take(&errand, down);
    judge(&errand, next);
    go_home(&errand);
    return next;
}

void sim_do_trip(struct sim *sim, const struct sim_event *event)
{
    struct hm_err err = HM_ERR_NONE;
    enum hm_session_next next = HM_SESSION_AGAIN;
    struct world_laptop *laptop = sim->replicas[event->who].laptop;
    bool healthy = event->arg[2] < 0 && event->arg[3] < 0;
    if (laptop == NULL || world_session(laptop, &err) != HM_OK) {
        return;
    }
    uint64_t crashes = sim->world.crashes + sim->world.failures;
    int vain = 0;
    hm_session_begin(laptop->session);
    uint64_t epochs = hm_session_stats(laptop->session)->epochs;
    if (clocks_apart(sim, event->who)) {
        sim_mark(sim, SIM_MARK_CLOCKS_APART);
    }
    for (int64_t i = 0; i < event->arg[0] && next != HM_SESSION_DONE && vain < VAIN_MAX;
         i++) {
        bool now = i == event->arg[1];
        if (i == 2) {
            sim_mark(sim, SIM_MARK_ROUNDS);
        }
        next = exchange(sim, event->who, now ? event->arg[2] : -1,
                        now ? event->arg[3] : -1, now && event->arg[4] != 0);
        vain = next == HM_SESSION_AGAIN  ? 0
               : next == HM_SESSION_STOP ? VAIN_MAX
                                         : vain + 1;
    }
    if (laptop->session != NULL && hm_session_stats(laptop->session)->epochs > epochs) {
        sim_mark(sim, SIM_MARK_EPOCH);
    }
    struct sim_event usual;
    sim_event_init(&usual, SIM_TRIP, event->who);
    if (next != HM_SESSION_DONE && healthy && !sim_is_revoked(sim, event->who) &&
        event->arg[0] >= usual.arg[0] &&
        sim->world.crashes + sim->world.failures == crashes &&
        !sim_troubled(sim, event->who) && !sim_troubled(sim, ORACLE_SERVER) &&
        sim_known_there(sim, event->who)) {
        sim_fail(sim, "%d and the server come to no rest", event->who);
    }
}

void sim_visit_denied(struct sim *sim, int who)
{
    sim->denies = true;
    (void)exchange(sim, who, -1, -1, false);
    sim->denies = false;
}

/*
 * A request stands still on its way while its laptop asks again, and comes late: the
 * server must not take it for the present.
 */
void sim_do_twin(struct sim *sim, const struct sim_event *event)
{
    struct errand late;
    struct sim_event trip;
    struct sim_event between;
    if (sim->replicas[event->who].laptop == NULL) {
        return;
    }
    set_out(&late, sim, event->who);
    if (late.built) {
        late.excused = true;
        judge(&late, take(&late, 0)); /* it heard nothing and gives this one up */
    } else {
        judge(&late, HM_SESSION_STOP);
    }
    sim_event_init(&between, SIM_ADD, event->who);
    between.arg[1] = event->arg[2];
    if (event->arg[2] > 0) {
        sim_do_add(sim, &between);
    }
    sim_event_init(&trip, SIM_TRIP, event->who);
    trip.arg[0] = event->arg[0];
    sim_do_trip(sim, &trip);
    if (event->arg[1] > 0 && event->arg[1] < sim->replica_count) {
        sim_event_init(&trip, SIM_TRIP, (int)event->arg[1]);
        sim_do_trip(sim, &trip);
    }
    if (late.built) {
        if (late.unknown) { /* by now it may be known, and this its first visit */
            sim->replicas[sim->replicas[event->who].device].strange = true;
        }
        serve_again(sim, event->who, late.epoch, late.visit.request, SIZE_MAX);
        sim->stats.late++;
        sim_mark(sim, SIM_MARK_LATE);
    }
    go_home(&late);
}

void sim_do_group(struct sim *sim, const struct sim_event *event)
{
    int who[2] = {event->who, (int)event->arg[0]};
    struct errand errands[2];
    struct world_visit visits[2];
    if (who[0] == who[1] || who[1] <= 0 || who[0] <= 0 || who[1] >= sim->replica_count) {
        return;
    }
    bool both = true;
    for (int i = 0; i < 2; i++) {
        set_out(&errands[i], sim, who[i]);
        both = both && errands[i].built;
    }
    if (both) {
        cut_request(&errands[0], event->arg[1]);
        for (int i = 0; i < 2; i++) {
            visits[i] = errands[i].visit;
        }
        world_serve(&sim->world, visits, 2);
        for (int i = 0; i < 2; i++) {
            note_heard(sim, who[i], errands[i].epoch, &visits[i]);
        }
        sim_note_server(sim);
        sim->stats.grouped++;
        if (has_pages(&errands[0]) && has_pages(&errands[1])) {
            sim_mark(sim, visits[0].seen < visits[0].request.size ? SIM_MARK_GROUP_CUT
                                                                  : SIM_MARK_GROUP);
        }
    }
    for (int i = 0; i < 2; i++) {
        if (both) {
            errands[i].visit = visits[i];
        }
        errands[i].excused = errands[i].excused || !both;
        judge(&errands[i], take(&errands[i], both ? -1 : 0));
        go_home(&errands[i]);
    }
}

/* What another would send now travels with somebody else's device. */
void sim_do_bring(struct sim *sim, const struct sim_event *event)
{
    struct errand errand;
    int other = (int)event->arg[0];
    if (event->who == ORACLE_SERVER || other <= 0 || other >= sim->replica_count ||
        sim_same_device(sim, event->who, other)) {
        return;
    }
    set_out(&errand, sim, other);
    errand.excused = true;
    judge(&errand, errand.built ? take(&errand, 0) : HM_SESSION_STOP);
    /* Who may sign by a key that is new he alone can tell the server. */
    bool known = world_key_known(&sim->world, sim->replicas[other].laptop);
    if (errand.built && known && has_pages(&errand)) {
        struct hm_bytes request = hm_buf_bytes(&errand.request);
        size_t header = header_size(request);
        sim_bring(sim, event->who,
                  (struct hm_bytes){request.data + header, request.size - header});
    }
    go_home(&errand);
}

void sim_do_replay(struct sim *sim, const struct sim_event *event)
{
    int count = sim->old_count < SIM_OLD_MAX ? sim->old_count : SIM_OLD_MAX;
    if (count == 0) {
        return;
    }
    const struct sim_old *old = &sim->old[(uint64_t)event->arg[0] % (uint64_t)count];
    struct hm_bytes request = {old->data, old->size};
    if (old->losses != sim->stats.losses) {
        /* Its lease and its chain say nothing to this server: it may be taken for the
         * present, and its laptop then for another. */
        sim->replicas[sim->replicas[old->who].device].strange = true;
        sim_mark(sim, SIM_MARK_LATE_LOSS);
    }
    serve_again(sim, old->who, old->epoch, request, cut_of(event->arg[1], request.size));
    sim->stats.late++;
}
