/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "loss.h"
#include "machine.h"

enum { TIME_STEP_MS = 40 * 1000, YEAR_S = 365 * 24 * 3600 };

static void keep_line(struct sim *sim, const char *line)
{
    const uint64_t prime = UINT64_C(0x100000001B3);
    char *kept = sim->lines[sim->line_count++ % SIM_TRACE_LINES];
    (void)snprintf(kept, SIM_LINE_MAX, "%s", line);
    for (const char *at = line; *at != '\0'; at++) {
        sim->print = (sim->print ^ (uint8_t)*at) * prime;
    }
    sim->print = (sim->print ^ '\n') * prime;
    if (sim->options.trace) {
        puts(line);
        (void)fflush(stdout); /* what dies must have said it */
    }
}

void sim_say(struct sim *sim, const char *format, ...)
{
    char line[SIM_LINE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    keep_line(sim, line);
}

void sim_fail(struct sim *sim, const char *format, ...)
{
    char complaint[SIM_COMPLAINT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(complaint, sizeof(complaint), format, args);
    va_end(args);
    if (sim->options.record != NULL) {
        sim->options.record->at = sim->event;
        memcpy(sim->options.record->complaint, complaint, sizeof(complaint));
    }
    uint64_t from =
        sim->line_count < SIM_TRACE_LINES ? 0 : sim->line_count - SIM_TRACE_LINES;
    (void)fflush(stdout);
    for (uint64_t i = from; i < sim->line_count && !sim->options.trace; i++) {
        (void)fprintf(stderr, "%s\n", sim->lines[i % SIM_TRACE_LINES]);
    }
    (void)fprintf(stderr, "FAILED at event %d: ", sim->event);
    (void)fprintf(stderr, "%s", complaint);
    (void)fprintf(
        stderr, "\nREPLAY hamlet-sim --trace --seed %" PRIu64 "%s%s%s%s\n", sim->seed,
        sim->options.script == NULL ? "" : " --script ",
        sim->options.script == NULL ? "" : sim->options.script,
        sim->options.plant == SIM_PLANT_NONE ? "" : " --plant ",
        sim->options.plant == SIM_PLANT_NONE ? "" : sim_plant_name(sim->options.plant));
    (void)fflush(stderr);
    _Exit(1);
}

void sim_must(struct sim *sim,
              enum hm_status status,
              const struct hm_err *err,
              const char *what)
{
    if (status != HM_OK) {
        sim_fail(sim, "%s: %s (%s %s %s)", what, hm_status_name(status),
                 err->key == NULL ? "" : err->key, err->arg[0], err->arg[1]);
    }
}

struct hm_store *sim_store(const struct sim *sim, int who)
{
    const struct world_laptop *laptop = sim->replicas[who].laptop;
    return laptop == NULL ? sim->world.store : laptop->store;
}

struct hm_disk *sim_disk(const struct sim *sim, int who)
{
    const struct world_laptop *laptop = sim->replicas[who].laptop;
    return laptop == NULL ? sim->world.disk : laptop->disk;
}

static bool is_full(const struct sim *sim, int who)
{
    const struct world_laptop *laptop = sim->replicas[who].laptop;
    return laptop == NULL ? sim->world.full : laptop->full;
}

bool sim_sick(const struct sim *sim, int who)
{
    return world_is_sick(&sim->world, sim->replicas[who].laptop);
}

bool sim_troubled(const struct sim *sim, int who)
{
    return is_full(sim, who) || sim_sick(sim, who) || hm_disk_is_off(sim_disk(sim, who));
}

static struct world_outage *outage_of(struct sim *sim, int who)
{
    struct world_laptop *laptop = sim->replicas[who].laptop;
    return laptop == NULL ? &sim->world.outage : &laptop->outage;
}

static void turn_on(struct sim *sim, int who)
{
    struct world_laptop *laptop = sim->replicas[who].laptop;
    (void)sim_plant_strike(sim, who, SIM_AT_CRASH);
    if (laptop == NULL) {
        world_server_crash(&sim->world, sim->world.outage.how);
    } else {
        world_laptop_crash(&sim->world, laptop, laptop->outage.how);
    }
    sim_say(sim, "  ! %d lost power", who);
}

void sim_reopen(struct sim *sim, int who)
{
    bool sick = sim_sick(sim, who) && !hm_disk_is_off(sim_disk(sim, who));
    struct world_laptop *laptop = sim->replicas[who].laptop;
    if (hm_disk_is_off(sim_disk(sim, who))) {
        turn_on(sim, who);
    } else if (laptop == NULL) {
        world_server_mend(&sim->world);
    } else {
        world_laptop_mend(&sim->world, laptop);
    }
    if (sick) { /* what a sync that failed left in doubt, the next power cut decides */
        outage_of(sim, who)->how = HM_CRASH_MIX;
        hm_disk_cut_now(sim_disk(sim, who));
        turn_on(sim, who);
    }
}

void sim_recover(struct sim *sim, int who)
{
    sim_reopen(sim, who);
    sim_relearn(sim, who);
}

static void record_begin(struct sim *sim, const struct sim_seat *seats, int count)
{
    struct sim_case *record = sim->options.record;
    if (record != NULL) {
        record->seed = sim->seed;
        record->seat_count = count;
        record->event_count = 0;
        record->at = 0;
        memcpy(record->seats, seats, (size_t)count * sizeof(*seats));
    }
}

static void record_event(struct sim *sim, const struct sim_event *event)
{
    struct sim_case *record = sim->options.record;
    if (record != NULL && record->event_count < SIM_EVENTS_MAX) {
        record->events[record->event_count++] = *event;
    }
}

static void take_seats(struct sim *sim, const struct sim_seat *seats, int count)
{
    sim->replicas[ORACLE_SERVER].role = scene_role("district_admin");
    sim->replicas[ORACLE_SERVER].settled = true;
    world_account_add(&sim->world, "admin", "district_admin", scene_unit(0));
    for (int i = 0; i < count; i++) {
        struct sim_replica *replica = &sim->replicas[i + 1];
        replica->role = scene_role(seats[i].role);
        replica->device = i + 1;
        replica->unit = seats[i].unit;
        replica->lax = seats[i].lax;
        replica->laptop =
            world_laptop_add_with(&sim->world, scene_unit(seats[i].unit), seats[i].role,
                                  sim->options.kinds[seats[i].lax]);
        sim_say(sim, "laptop %s %s%s", seats[i].role, scene_unit(seats[i].unit),
                seats[i].lax ? " lax" : "");
    }
    sim->replica_count = count + 1;
}

void sim_init(struct sim *sim,
              uint64_t seed,
              const struct sim_options *options,
              const struct sim_seat *seats,
              int count)
{
    bool lax = options->plant == SIM_PLANT_NO_JUDGE;
    memset(sim, 0, sizeof(*sim));
    sim->seed = seed;
    sim->options = *options;
    sim->print = UINT64_C(0xCBF29CE484222325);
    record_begin(sim, seats, count);
    sim->oracle = oracle_new();
    hm_testenv_init(&sim->dice, seed ^ UINT64_C(0x5EED5EED5EED5EED));
    world_open(&sim->world, seed, options->kinds[lax], SCENE_COMMUNES, SCENE_HAMLETS);
    take_seats(sim, seats, count);
    sim->stats.seeds = 1;
    sim->stats.laptops = (uint64_t)count;
    for (int who = 0; who < sim->replica_count; who++) {
        sim_learn(sim, who);
    }
}

void sim_fini(struct sim *sim)
{
    for (int i = 0; i < SIM_OLD_MAX; i++) {
        free(sim->old[i].data);
    }
    for (int i = 0; i < SIM_STICKS_MAX; i++) {
        free(sim->sticks[i].data);
    }
    sim_machines_fini(sim);
    world_fini(&sim->world);
    oracle_free(sim->oracle);
}

void sim_do_clock(struct sim *sim, const struct sim_event *event)
{
    struct world_laptop *laptop = sim->replicas[event->who].laptop;
    struct hm_testenv *env = laptop == NULL ? &sim->world.env : &laptop->env;
    env->wall_ms += event->arg[0] * 1000;
    sim->stats.clocks++;
    if (event->arg[0] <= -YEAR_S || event->arg[0] >= YEAR_S) {
        sim_mark(sim, event->arg[0] < 0 ? SIM_MARK_CLOCK_BACK : SIM_MARK_CLOCK_FORTH);
    }
}

static enum hm_crash crash_of(int64_t how)
{
    static const enum hm_crash kinds[] = {HM_CRASH_DROP, HM_CRASH_KEEP, HM_CRASH_MIX};
    return kinds[(uint64_t)how % 3];
}

void sim_do_arm(struct sim *sim, const struct sim_event *event)
{
    *outage_of(sim, event->who) =
        (struct world_outage){crash_of(event->arg[1]), (uint64_t)event->arg[2]};
    hm_disk_cut(sim_disk(sim, event->who), (uint64_t)event->arg[0]);
}

void sim_do_crash(struct sim *sim, const struct sim_event *event)
{
    *outage_of(sim, event->who) =
        (struct world_outage){crash_of(event->arg[0]), (uint64_t)event->arg[1]};
    hm_disk_cut_now(sim_disk(sim, event->who));
    sim_recover(sim, event->who);
}

void sim_do_sick(struct sim *sim, const struct sim_event *event)
{
    struct world_laptop *laptop = sim->replicas[event->who].laptop;
    enum hm_disk_op op = (enum hm_disk_op)((uint64_t)event->arg[0] % HM_DISK_OP_COUNT);
    if (is_full(sim, event->who) && op == HM_DISK_WRITE) {
        return; /* its writes fail already */
    }
    world_sicken(&sim->world, laptop, op, (uint64_t)event->arg[1]);
    sim->stats.sick++;
}

void sim_do_full(struct sim *sim, const struct sim_event *event)
{
    struct world_laptop *laptop = sim->replicas[event->who].laptop;
    world_fill(&sim->world, laptop, event->arg[0]);
    sim->stats.full += event->arg[0] >= 0;
}

void sim_do_look(struct sim *sim, const struct sim_event *event)
{
    sim_look(sim, event->who);
}

void sim_do_heal(struct sim *sim, const struct sim_event *event)
{
    (void)event;
    sim_mark(sim, SIM_MARK_HEALED);
    sim_heal(sim);
}

static void (*const performers[SIM_DO_COUNT])(struct sim *, const struct sim_event *) = {
#define SIM_DO_PERFORM(name, word, arguments) [SIM_##name] = sim_do_##word,
    SIM_DO_MAP(SIM_DO_PERFORM)
#undef SIM_DO_PERFORM
};

void sim_perform(struct sim *sim, const struct sim_event *event)
{
    char line[SIM_LINE_MAX];
    sim->event++;
    record_event(sim, event);
    sim_event_write(line, event);
    keep_line(sim, line);
    if (event->who < 0 || event->who >= sim->replica_count) {
        sim_fail(sim, "there is no replica %d", event->who);
    }
    for (int who = 0; who < sim->replica_count; who++) {
        struct world_laptop *laptop = sim->replicas[who].laptop;
        hm_testenv_advance(laptop == NULL ? &sim->world.env : &laptop->env, TIME_STEP_MS);
    }
    performers[event->what](sim, event);
    for (int who = 0; who < sim->replica_count; who++) {
        if (hm_disk_is_off(sim_disk(sim, who))) {
            sim_recover(sim, who); /* the power went where nobody was told of it */
        } else if (sim_sick(sim, who)) {
            world_cure(&sim->world, sim->replicas[who].laptop); /* nobody minded it */
        }
    }
}

static bool is_calm(const struct sim_stats *stats)
{
    return stats->crashes + stats->full + stats->sick + stats->clocks + stats->lies +
               stats->copies + stats->restores + stats->losses + stats->repeated +
               stats->requests_cut + stats->replies_cut ==
           0;
}

void sim_heal(struct sim *sim)
{
    for (int who = 0; who < sim->replica_count; who++) {
        world_cure(&sim->world, sim->replicas[who].laptop);
        world_fill(&sim->world, sim->replicas[who].laptop, -1);
        hm_disk_cut(sim_disk(sim, who), 0);
    }
    /* What the last one brings the first one fetches; a copy shows at its second; whom a
     * server does not know that was lost, others must tell it of. */
    int passes = 2 + (sim->stats.copies > 0) + sim_refilled(sim);
    for (int pass = 0; pass < passes; pass++) {
        for (int who = 1; who < sim->replica_count; who++) {
            struct sim_event trip;
            sim_event_init(&trip, SIM_TRIP, who);
            sim_do_trip(sim, &trip);
        }
    }
    sim_check_parted(sim);
    sim_check_end(sim);
    sim_check_notices(sim);
    sim->stats.crashes = sim->world.crashes;
    if (sim->world.crashes_opening > 0) {
        sim_mark(sim, SIM_MARK_POWER_OPENING);
    }
    if (is_calm(&sim->stats)) {
        sim_mark(sim, SIM_MARK_CALM);
    }
}
