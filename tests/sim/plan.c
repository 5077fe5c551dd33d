/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

enum {
    EVENTS_MOST = 1500,
    VALUES = 390625, /* a digit of 5 for each of eight fields */
    NOTES = 900,
    FAT = 7,         /* notes that it divides fill a page (scene.c) */
    CUT_EARLY = 750, /* bytes: hardly more than the first line */
    CUT_ANYWHERE = 1 << 20,
    LOSES_ORDERS = 6, /* times as likely is a loss then */
    AGAIN = 4,        /* … and an order that was forgotten */
    YEARS_10 = 10 * 365 * 24 * 3600
};

/* What an average history is made of. */
static const unsigned usual[SIM_DO_COUNT] = {
    [SIM_ADD] = 20,     [SIM_CARD] = 10,    [SIM_EDIT] = 60,  [SIM_DELETE] = 6,
    [SIM_RESOLVE] = 16, [SIM_WITHDRAW] = 5, [SIM_IMPORT] = 4, [SIM_UNDO] = 4,
    [SIM_STRAY] = 1,    [SIM_RELEASE] = 3,  [SIM_IMAGE] = 3,  [SIM_RESTORE] = 3,
    [SIM_COPY] = 1,     [SIM_BACKUP] = 2,   [SIM_LOSE] = 1,   [SIM_CLOSE] = 2,
    [SIM_LIE] = 6,      [SIM_CLOCK] = 1,    [SIM_TRIP] = 10,  [SIM_TWIN] = 2,
    [SIM_GROUP] = 3,    [SIM_REPLAY] = 2,   [SIM_ARM] = 4,    [SIM_CRASH] = 2,
    [SIM_SICK] = 2,     [SIM_FULL] = 2,     [SIM_LOOK] = 2,   [SIM_REVOKE] = 2,
    [SIM_BRING] = 2,    [SIM_ERASE] = 3,    [SIM_STICK] = 3,  [SIM_CARRY] = 6,
    [SIM_ROLE] = 4,     [SIM_ROTATE] = 3,   [SIM_MOVE] = 5,   [SIM_JOIN] = 1,
    [SIM_SHIFT] = 2};

static int64_t below(struct sim_plan *plan, uint64_t most)
{
    return (int64_t)hm_testenv_below(&plan->dice, most);
}

static void draw_seats(struct sim_plan *plan)
{
    static const struct sim_seat first[SIM_LAPTOPS_LEAST] = {
        {"recorder", 2, false}, {"hamlet_head", 2, false}, {"commune_officer", 1, false}};
    static const struct sim_seat more[] = {
        {"recorder", 2, false},        {"recorder", 3, false},
        {"hamlet_head", 3, false},     {"hamlet_head", 5, false},
        {"commune_officer", 4, false}, {"commune_officer", 1, false},
        {"district_admin", 0, false},  {"recorder", 6, false}};
    static const int beyond[] = {0, 0, 0, 1, 1, 2};
    plan->seat_count = SIM_LAPTOPS_LEAST + beyond[below(plan, 6)];
    for (int i = 0; i < plan->seat_count; i++) {
        plan->seats[i] = i < SIM_LAPTOPS_LEAST
                             ? first[i]
                             : more[below(plan, sizeof(more) / sizeof(more[0]))];
        plan->seats[i].lax =
            plan->seats[i].unit > 1 && plan->seats[i].unit != 4 && below(plan, 4) == 0;
    }
}

static unsigned draw_weight(struct sim_plan *plan, enum sim_do what)
{
    static const unsigned times[] = {0, 1, 2, 2, 2, 5};
    return usual[what] * times[below(plan, 6)];
}

/* Units and laptops move in one history of four. */
static void draw_moves(struct sim_plan *plan)
{
    bool moves = below(plan, plan->weight[SIM_LOSE] == 0 ? 2U : 6U) == 0;
    for (int i = SIM_MOVE; i <= SIM_SHIFT; i++) {
        plan->weight[i] = moves ? draw_weight(plan, (enum sim_do)i) : 0;
    }
}

/* One history of ten has no fault at all, others have none of one kind. */
static void draw_calm(struct sim_plan *plan)
{
    static const enum sim_do faults[] = {
        SIM_IMAGE, SIM_RESTORE, SIM_COPY, SIM_LOSE,  SIM_LIE,  SIM_CLOCK, SIM_TWIN,
        SIM_GROUP, SIM_REPLAY,  SIM_ARM,  SIM_CRASH, SIM_SICK, SIM_FULL};
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        plan->weight[faults[i]] = 0;
    }
    plan->faulty = 0;
}

void sim_plan_init(struct sim_plan *plan, uint64_t seed)
{
    *plan = (struct sim_plan){.seat_count = 0};
    hm_testenv_init(&plan->dice, seed ^ UINT64_C(0x9A7EB100D5EED));
    draw_seats(plan);
    for (int i = 0; i < SIM_DO_COUNT; i++) {
        bool later = i >= SIM_MOVE && i <= SIM_SHIFT;
        plan->weight[i] = later ? 0 : draw_weight(plan, (enum sim_do)i);
    }
    /* A history has something to say, and somebody to say it to. */
    for (int i = SIM_ADD; i <= SIM_EDIT; i++) {
        plan->weight[i] = plan->weight[i] == 0 ? usual[i] : plan->weight[i];
    }
    plan->weight[SIM_TRIP] = plan->weight[SIM_TRIP] == 0 ? 5 : plan->weight[SIM_TRIP];
    plan->faulty = (unsigned)below(plan, 4) * 25;
    plan->fat = (unsigned)below(plan, 4) * 6;
    plan->hot = (int)below(plan, 4) * 2;
    plan->heals_at = below(plan, 6) == 0 ? 20 + (int)below(plan, 100) : 0;
    plan->liar = 1 + (int)below(plan, (uint64_t)plan->seat_count);
    if (below(plan, 3) > 0) {
        plan->weight[SIM_LIE] = 0;
    }
    if (below(plan, 3) > 0) {
        plan->weight[SIM_IMAGE] = plan->weight[SIM_RESTORE] = 0;
    } else {
        plan->weight[SIM_ERASE] *= 3;
    }
    if (below(plan, 3) > 0) {
        plan->weight[SIM_ROLE] = 0;
    }
    plan->revokes = below(plan, 3) == 0 ? 1 + (int)below(plan, 2) : 0;
    if (below(plan, plan->weight[SIM_ROLE] > 0 ? 2 : 3) == 0) {
        plan->weight[SIM_LOSE] = 0;
    }
    if (plan->weight[SIM_LOSE] > 0) {
        plan->weight[SIM_ERASE] *= 2;
        plan->weight[SIM_BACKUP] += usual[SIM_BACKUP];
        plan->weight[SIM_RELEASE] *= 4;
    }
    if (below(plan, 10) == 0) {
        draw_calm(plan);
    }
    draw_moves(plan);
}

void sim_plan_plant(struct sim_plan *plan, enum sim_plant plant)
{
    if (plant == SIM_PLANT_UNENDED || plant == SIM_PLANT_UNREVOKED) {
        plan->weight[SIM_LOSE] = 0; /* after which either may be right */
    }
    /* Places end as well; it is the role that is meant. */
    for (int i = SIM_MOVE; i <= SIM_SHIFT && plant == SIM_PLANT_UNENDED; i++) {
        plan->weight[i] = 0;
    }
    if (plant == SIM_PLANT_SAME_SELF || plant == SIM_PLANT_LOST_WORD) {
        plan->weight[SIM_BACKUP] = plan->weight[SIM_LOSE] = 2;
        plan->weight[SIM_ERASE] = plan->weight[SIM_ROLE] = 0;
        plan->revokes = 0;
        plan->weight[SIM_RELEASE] = 4 * usual[SIM_RELEASE];
    }
}

static enum sim_do draw_what(struct sim_plan *plan)
{
    uint64_t sum = 0;
    for (int i = 0; i < SIM_DO_COUNT; i++) {
        sum += plan->weight[i];
    }
    uint64_t draw = hm_testenv_below(&plan->dice, sum);
    int what = 0;
    while (draw >= plan->weight[what]) {
        draw -= plan->weight[what++];
    }
    return (enum sim_do)what;
}

static int64_t draw_note(struct sim_plan *plan)
{
    if (below(plan, 3) > 0) {
        return 0;
    }
    int64_t note = 1 + below(plan, NOTES);
    return below(plan, 100) < (int64_t)plan->fat ? note * FAT : note;
}

static int64_t draw_record(struct sim_plan *plan)
{
    bool hot = plan->hot > 0 && below(plan, 4) > 0;
    return hot ? below(plan, (uint64_t)plan->hot) : below(plan, SIM_RECORDS_MAX);
}

static int64_t draw_cut(struct sim_plan *plan)
{
    int64_t most = below(plan, 2) == 0 ? CUT_ANYWHERE : CUT_EARLY;
    int64_t cut = below(plan, 3) == 0 ? -1 : below(plan, (uint64_t)most);
    return below(plan, 6) == 0 ? 0 : cut;
}

static void draw_person(struct sim_plan *plan, struct sim_event *event)
{
    int64_t *arg = event->arg;
    switch (event->what) {
    case SIM_ADD:
        arg[0] = below(plan, SCENE_UNITS);
        arg[1] = below(plan, VALUES);
        arg[2] = draw_note(plan);
        break;
    case SIM_CARD:
        arg[0] = below(plan, SCENE_UNITS);
        arg[1] = below(plan, SCENE_CARDS);
        arg[2] = below(plan, VALUES);
        break;
    case SIM_EDIT:
        arg[0] = draw_record(plan);
        arg[1] = 1 << below(plan, SCENE_FIELDS_MAX);
        arg[1] |= below(plan, 3) == 0 ? 1 << below(plan, SCENE_FIELDS_MAX) : 0;
        arg[2] = below(plan, VALUES);
        arg[3] = draw_note(plan);
        arg[4] = below(plan, 4) == 0;
        break;
    case SIM_DELETE:
        arg[0] = draw_record(plan);
        break;
    case SIM_RESOLVE:
        arg[0] = below(plan, SIM_RECORDS_MAX);
        arg[1] = below(plan, 2) == 0 ? -1 : below(plan, ORACLE_HEADS);
        arg[2] = below(plan, SCENE_VALUES);
        arg[3] = below(plan, 4) == 0;
        break;
    case SIM_ERASE:
        arg[0] = draw_record(plan);
        arg[1] = below(plan, 3) == 0 ? below(plan, 1 << ORACLE_REGISTERS)
                                     : (below(plan, 2) == 0 ? 1 << SCENE_NOTE : 2);
        break;
    case SIM_IMPORT:
        arg[0] = 1 + below(plan, below(plan, 8) == 0 ? 30 : 8);
        arg[1] = below(plan, 2) == 0 ? -1 : below(plan, SCENE_UNITS);
        arg[2] = below(plan, VALUES);
        arg[3] = draw_note(plan);
        break;
    case SIM_WITHDRAW:
        arg[0] = below(plan, below(plan, 2) == 0 ? 2 : SIM_BULKS_MAX);
        break;
    case SIM_UNDO:
        arg[0] = below(plan, SIM_ACTS_MAX);
        break;
    default: /* stray, release */
        arg[0] = below(plan, SIM_RECORDS_MAX);
        break;
    }
}

static void draw_trip(struct sim_plan *plan, struct sim_event *event)
{
    int64_t *arg = event->arg;
    if (below(plan, 3) == 0) {
        arg[0] = 1 + below(plan, 3);
    }
    if (below(plan, 100) < (int64_t)plan->faulty) {
        arg[1] = below(plan, 3);
        arg[2] = draw_cut(plan);
        arg[3] = draw_cut(plan);
        arg[4] = below(plan, 3) == 0;
    }
}

/* The power goes again before the store is open. */
static int64_t draw_again(struct sim_plan *plan)
{
    return below(plan, 2) == 0 ? 0 : 1 + below(plan, 6);
}

/* Somebody, and rather somebody who is not heard any more. */
static int64_t draw_revoked(struct sim_plan *plan, const struct sim *sim)
{
    for (int who = 1; who < sim->replica_count; who++) {
        if (sim_is_revoked(sim, who) && below(plan, 3) > 0) {
            return who;
        }
    }
    return below(plan, (uint64_t)sim->replica_count);
}

/* A device that was revoked by a server which forgot it; none: 0. */
static int find_forgotten(const struct sim *sim)
{
    for (int who = 1; who < sim->replica_count; who++) {
        if (sim_was_revoked(sim, who) && !sim_is_revoked(sim, who)) {
            return who;
        }
    }
    return 0;
}

static void draw_revocation(struct sim_plan *plan,
                            const struct sim *sim,
                            struct sim_event *event)
{
    event->arg[0] = below(plan, 2) == 0 ? 0 : 1 + below(plan, 2);
    if (find_forgotten(sim) != 0) {
        event->who = find_forgotten(sim);
    } else {
        plan->revokes--;
    }
}

/* Rather somebody of whose disk there is an older image. */
static int draw_imaged(struct sim_plan *plan, const struct sim *sim, int who)
{
    for (int i = 1; i < sim->replica_count; i++) {
        if (sim->replicas[i].image.disk != NULL && below(plan, 2) == 0) {
            return i;
        }
    }
    return who;
}

/* What travels otherwise than by a trip. */
static void draw_message(struct sim_plan *plan,
                         const struct sim *sim,
                         struct sim_event *event)
{
    int64_t *arg = event->arg;
    switch (event->what) {
    case SIM_LIE:
        event->who = plan->liar;
        arg[0] = below(plan, SIM_LIE_COUNT);
        arg[1] = below(plan, SIM_ACTS_MAX);
        arg[2] = below(plan, VALUES);
        arg[3] = below(plan, VALUES);
        break;
    case SIM_STICK:
        arg[0] = 1 + below(plan, (uint64_t)sim->replica_count - 1);
        break;
    case SIM_CARRY:
        arg[0] = below(plan, 2) == 0 ? sim->stick_count - 1 : below(plan, SIM_STICKS_MAX);
        arg[1] = below(plan, 3) == 0 ? below(plan, CUT_ANYWHERE) : -1;
        break;
    default: /* replay */
        arg[0] = below(plan, SIM_OLD_MAX);
        arg[1] = draw_cut(plan);
        break;
    }
}

static void draw_place(struct sim_plan *plan, struct sim_event *event)
{
    event->arg[0] = below(plan, 12);
    event->arg[1] = event->what == SIM_MOVE ? below(plan, 2) : below(plan, 4);
}

static void draw_machine(struct sim_plan *plan,
                         const struct sim *sim,
                         struct sim_event *event)
{
    int64_t *arg = event->arg;
    switch (event->what) {
    case SIM_REVOKE:
        draw_revocation(plan, sim, event);
        break;
    case SIM_ROLE:
        arg[0] = below(plan, 2);
        break;
    case SIM_MOVE:
    case SIM_JOIN:
    case SIM_SHIFT:
        draw_place(plan, event);
        break;
    case SIM_LOSE:
        arg[0] = below(plan, 4) == 0;
        break;
    case SIM_BRING:
        arg[0] = draw_revoked(plan, sim);
        break;
    case SIM_RESTORE:
        event->who = draw_imaged(plan, sim, event->who);
        break;
    case SIM_CLOCK:
        arg[0] = below(plan, (uint64_t)2 * YEARS_10) - YEARS_10;
        break;
    case SIM_TWIN:
        arg[0] = 1 + below(plan, 4);
        arg[1] = below(plan, (uint64_t)sim->replica_count);
        arg[2] = below(plan, 2) == 0 ? 0 : below(plan, VALUES);
        break;
    case SIM_GROUP:
        arg[0] = 1 + below(plan, (uint64_t)sim->replica_count - 1);
        arg[1] = draw_cut(plan);
        break;
    case SIM_LIE:
    case SIM_STICK:
    case SIM_CARRY:
    case SIM_REPLAY:
        draw_message(plan, sim, event);
        break;
    case SIM_ARM:
        arg[0] = 1 + below(plan, below(plan, 2) == 0 ? 12 : 120);
        arg[1] = below(plan, 3);
        arg[2] = draw_again(plan);
        break;
    case SIM_CRASH:
        arg[0] = below(plan, 3);
        arg[1] = draw_again(plan);
        break;
    case SIM_SICK:
        arg[0] = below(plan, HM_DISK_OP_COUNT);
        arg[1] = 1 + below(plan, below(plan, 2) == 0 ? 3 : 20);
        break;
    case SIM_FULL:
        arg[0] = below(plan, 2) == 0 ? -1 : below(plan, 30);
        break;
    case SIM_TRIP:
    case SIM_LOOK:
        draw_trip(plan, event);
        break;
    default: /* there is nothing more to be said of it */
        break;
    }
}

/* The server works less than each of its laptops, and travels not at all. */
static int draw_who(struct sim_plan *plan, const struct sim *sim, enum sim_do what)
{
    bool travels =
        what == SIM_TRIP || what == SIM_TWIN || what == SIM_GROUP || what == SIM_REPLAY;
    bool decides = what == SIM_RESOLVE || what == SIM_WITHDRAW || what == SIM_UNDO ||
                   what == SIM_ERASE;
    int who = 1 + (int)below(plan, (uint64_t)sim->replica_count - 1);
    if (what == SIM_STICK && below(plan, 2) == 0) {
        return ORACLE_SERVER;
    }
    if ((what >= SIM_BACKUP && what <= SIM_CLOSE) || what == SIM_JOIN ||
        what == SIM_SHIFT) {
        return ORACLE_SERVER;
    }
    if (decides && below(plan, 2) == 0) {
        return 2 + (int)below(plan, 2); /* the head, and the officer above him */
    }
    return !travels && what != SIM_REVOKE && what != SIM_ROLE && what != SIM_MOVE &&
                   below(plan, 8) == 0
               ? ORACLE_SERVER
               : who;
}

/*
 * A server that comes back may have forgotten what it ordered, or have again what it was
 * to forget: rather then it is lost, and the backup is one from before.
 */
static unsigned draw_loss(struct sim_plan *plan, const struct sim *sim)
{
    const uint64_t *marks = sim->stats.marks;
    unsigned times = marks[SIM_MARK_REVOKED] + marks[SIM_MARK_ERASE_LISTED] > 0 &&
                             sim->stats.losses == 0
                         ? LOSES_ORDERS
                         : 1;
    bool before = sim->replicas[ORACLE_SERVER].image.disk != NULL;
    if (before && marks[SIM_MARK_REVOKED] + marks[SIM_MARK_ERASE] > 0) {
        plan->weight[SIM_BACKUP] = 0;
    }
    return times;
}

bool sim_plan_next(struct sim_plan *plan, const struct sim *sim, struct sim_event *event)
{
    bool enough = sim->stats.actions >= SIM_ACTIONS_LEAST &&
                  sim->stats.exchanges >= SIM_EXCHANGES_LEAST;
    if (enough || sim->event >= EVENTS_MOST) {
        return false;
    }
    plan->weight[SIM_REVOKE] = plan->revokes > 0 ? usual[SIM_REVOKE] : 0;
    if (find_forgotten(sim) != 0) {
        plan->weight[SIM_REVOKE] = AGAIN * usual[SIM_REVOKE];
    }
    unsigned losing = plan->weight[SIM_LOSE];
    plan->weight[SIM_LOSE] *= draw_loss(plan, sim);
    enum sim_do what = sim->event + 1 == plan->heals_at ? SIM_HEAL : draw_what(plan);
    plan->weight[SIM_LOSE] = losing;
    sim_event_init(event, what, draw_who(plan, sim, what));
    if (what == SIM_HEAL) {
        event->who = ORACLE_SERVER;
    } else if (what <= SIM_ERASE) {
        draw_person(plan, event);
    } else {
        draw_machine(plan, sim, event);
    }
    return true;
}
