/* SPDX-License-Identifier: Apache-2.0 */
#include "liar.h"

#include <string.h>

#include "forge.h"
#include "hamlet/store/registry.h"
#include "loss.h"
#include "machine.h"

enum {
    ACTS_MAX = 4,
    LINE_MAX_BYTES = 128,
    B64_MAX = 32,
    GAP = 5,
    FLIPS = 4,
    GOOD = 200,
    FAILED = 500,
    NOT_TYPED = -1
};

/* One lie on its way: what was told to the oracle of it, and what the server says. */
struct lie {
    struct sim *sim;
    const struct sim_event *event;
    struct forge forge;
    int acts[ACTS_MAX];
    int count;
    bool skipped; /* there is nothing to lie about */
    bool never;   /* none of it may be stored */
    bool always;  /* all of it must be */
    int http;     /* of the last request */
    int names;    /* the act that it withdraws; ORACLE_NONE */
};

static const char *value_of(const struct lie *lie, const struct scene_field *field)
{
    return field->typed[1 + lie->event->arg[2] % (SCENE_VALUES - 1)][0];
}

static int64_t number_of(const struct lie *lie)
{
    return 1 + lie->event->arg[2] % (SCENE_VALUES - 1);
}

/* The oracle hears of a change before it is sent; whether it comes, the server decides.
 */
static void tell(struct lie *lie,
                 const struct hm_change *change,
                 const struct oracle_act *as,
                 enum scene_kind kind)
{
    struct sim *sim = lie->sim;
    struct oracle_act told = *as;
    told.replica = lie->forge.who;
    told.rank = scene_role(lie->forge.role)->rank;
    told.home = scene_unit_find(lie->forge.home);
    told.bulk = ORACLE_NONE;
    told.names = ORACLE_NONE;
    told.names_act = lie->names;
    told.forged = true;
    if (told.what == ORACLE_CREATE) {
        if (sim->record_count == SIM_RECORDS_MAX) {
            sim_fail(sim, "more records than the simulation has room for");
        }
        told.record = sim->record_count++;
        sim->records[told.record] =
            (struct sim_record){.id = change->record, .kind = kind, .unit = told.home};
    }
    if (sim_had_roles(sim, lie->forge.who)) {
        told.open = true;
        told.refused = false;
    }
    int act = oracle_tell(sim->oracle, &told);
    sim_act_add(sim, &change->id, act);
    lie->acts[lie->count++] = act;
    sim_note_late(sim, act);
    sim_say(sim, "  = act %d on record %d, forged%s", act, told.record,
            told.refused ? ", to be refused" : "");
}

/* A new record with one field; `refused`: it will not stand. */
static struct hm_change *add_thing(struct lie *lie, bool refused)
{
    const struct scene_form *form = scene_form(SCENE_THING);
    const struct scene_field *field = &form->fields[0];
    struct hm_change *change = forge_change(&lie->forge, HM_ACT_CREATE, form->name, NULL);
    forge_write(&lie->forge, change, field->name, value_of(lie, field),
                (struct forge_over){.depth = 1});
    forge_seal(&lie->forge, change);
    const struct oracle_act act = {
        .what = ORACLE_CREATE,
        .refused = refused,
        .write_count = 2,
        .writes = {{ORACLE_ALIVE, 1}, {field->reg, number_of(lie)}}};
    tell(lie, change, &act, SCENE_THING);
    return change;
}

static void put_one(struct lie *lie,
                    struct hm_change *change,
                    uint64_t seq,
                    const struct hm_digest *head)
{
    struct hm_page page = forge_page(&lie->forge, &change, 1, seq, head);
    forge_put(&lie->forge, &page);
}

static void send_it(struct lie *lie)
{
    lie->http = forge_send(&lie->forge);
}

static void send_alone(struct lie *lie, struct hm_change *change)
{
    put_one(lie, change, 1, NULL);
    send_it(lie);
}

static void lie_fork(struct lie *lie)
{
    send_alone(lie, add_thing(lie, false));
    if (lie->http == 200) {
        send_alone(lie, add_thing(lie, false));
    }
}

static void lie_fork_at_once(struct lie *lie)
{
    put_one(lie, add_thing(lie, false), 1, NULL);
    send_alone(lie, add_thing(lie, false));
}

static void lie_overlap(struct lie *lie)
{
    struct hm_change *first[2] = {add_thing(lie, false), add_thing(lie, false)};
    struct hm_change *second[2] = {add_thing(lie, false), add_thing(lie, false)};
    struct hm_page page = forge_page(&lie->forge, first, 2, 1, NULL);
    forge_put(&lie->forge, &page);
    send_it(lie);
    if (lie->http == 200) {
        page = forge_page(&lie->forge, second, 2, 2, &page.head_before);
        forge_put(&lie->forge, &page);
        send_it(lie);
    }
}

static void lie_gap(struct lie *lie)
{
    struct hm_digest head;
    memset(head.at, (int)lie->event->arg[2], sizeof(head.at));
    put_one(lie, add_thing(lie, false), GAP, &head);
    send_it(lie);
    lie->always = true;
}

static void lie_wrong_head(struct lie *lie)
{
    struct hm_digest head;
    put_one(lie, add_thing(lie, false), 1, NULL);
    hm_chain_begin(&head, &lie->forge.device, lie->forge.epoch + 1, NULL);
    put_one(lie, add_thing(lie, false), 2, &head);
    send_it(lie);
}

static void lie_bad_sign(struct lie *lie)
{
    struct hm_change *changes[2] = {add_thing(lie, false), add_thing(lie, false)};
    struct hm_page page = forge_page(&lie->forge, &changes[0], 1, 1, NULL);
    struct hm_page other = forge_page(&lie->forge, &changes[1], 1, 1, NULL);
    page.signature = other.signature;
    forge_put(&lie->forge, &page);
    send_it(lie);
    lie->never = true;
}

/* A laptop with another key; 0: there is none. */
static int other_of(const struct lie *lie)
{
    int count = lie->sim->replica_count - 1;
    for (int i = 0; i < count; i++) {
        int other = 1 + (int)((lie->event->arg[3] + i) % count);
        if (!sim_same_device(lie->sim, other, lie->forge.who)) {
            return other;
        }
    }
    return 0;
}

static const struct world_laptop *other_laptop(struct lie *lie)
{
    int other = other_of(lie);
    lie->skipped = other == 0;
    return other == 0 ? NULL : lie->sim->replicas[other].laptop;
}

static void lie_others_name(struct lie *lie)
{
    const struct world_laptop *other = other_laptop(lie);
    if (other != NULL) {
        lie->forge.device = hm_sign_device(&other->key);
        send_alone(lie, add_thing(lie, false));
        lie->never = true;
    }
}

/* A unit that he has no business with; -1: there is none. */
static int unit_beyond(const struct lie *lie)
{
    for (int i = 0; i < SCENE_UNITS; i++) {
        int unit = (int)((lie->event->arg[3] + i) % SCENE_UNITS);
        if (!sim_is_given(lie->sim, lie->forge.who, unit)) {
            return unit;
        }
    }
    return -1;
}

static void lie_others_unit(struct lie *lie)
{
    int unit = unit_beyond(lie);
    lie->skipped = unit < 0;
    if (unit >= 0) {
        lie->forge.home = scene_unit(unit);
        send_alone(lie, add_thing(lie, true));
        lie->always = true;
    }
}

/* A record that the server has, in his scope or out of it; ORACLE_NONE: there is none. */
static int record_of(const struct lie *lie, bool within)
{
    const struct sim *sim = lie->sim;
    int first = (int)(lie->event->arg[1] % SIM_ACTS_MAX);
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        int act = (first + i) % oracle_count(sim->oracle);
        int record = oracle_told(sim->oracle, act)->record;
        bool fits =
            record != ORACLE_NONE &&
            (within ? scene_covers(sim->replicas[lie->forge.who].unit,
                                   sim->records[record].unit)
                    : !sim_is_given(sim, lie->forge.who, sim->records[record].unit));
        if (fits && oracle_known(sim->oracle, ORACLE_SERVER, act)) {
            return record;
        }
    }
    return ORACLE_NONE;
}

static void lie_others_record(struct lie *lie)
{
    int record = record_of(lie, false);
    lie->skipped = record == ORACLE_NONE || lie->sim->records[record].claimed;
    if (lie->skipped) {
        return; /* twice, it would be in conflict with itself, where nobody looks */
    }
    struct sim_record *at = &lie->sim->records[record];
    at->claimed = true;
    const struct scene_form *form = scene_form(at->kind);
    struct hm_change *change =
        forge_change(&lie->forge, HM_ACT_EDIT, form->name, &at->id);
    forge_write(&lie->forge, change, form->fields[0].name,
                value_of(lie, &form->fields[0]), (struct forge_over){.depth = 1});
    forge_seal(&lie->forge, change);
    const struct oracle_act act = {
        .what = ORACLE_EDIT, .record = ORACLE_NONE, .open = true};
    tell(lie, change, &act, at->kind);
    send_alone(lie, change);
}

static void lie_others_role(struct lie *lie)
{
    bool admin = strcmp(lie->forge.role, "district_admin") == 0;
    lie->forge.role = admin ? "commune_officer" : "district_admin";
    send_alone(lie, add_thing(lie, true));
    lie->always = true;
}

static void lie_others_user(struct lie *lie)
{
    const struct world_laptop *other = other_laptop(lie);
    struct hm_err err = HM_ERR_NONE;
    if (other != NULL && hm_store_meta_get_id(other->store, HM_META_USER,
                                              &lie->forge.user, &err) == HM_OK) {
        send_alone(lie, add_thing(lie, true));
        lie->always = true;
    }
}

/* An edit or a deletion of a record in scope, over what it says. */
static void write_over(struct lie *lie, enum oracle_what what, enum oracle_view view)
{
    struct sim *sim = lie->sim;
    struct oracle_register found = {.count = 0};
    int record = record_of(lie, true);
    lie->skipped = record == ORACLE_NONE;
    if (record == ORACLE_NONE) {
        return;
    }
    const struct sim_record *at = &sim->records[record];
    const struct scene_form *form = scene_form(at->kind);
    const struct scene_field *field = &form->fields[0];
    bool deletes = what == ORACLE_DELETE;
    int reg = deletes ? ORACLE_ALIVE : field->reg;
    lie->forge.home = scene_unit(at->unit);
    if (view == ORACLE_SERVER_VIEW) {
        oracle_register(sim->oracle, ORACLE_SERVER, record, reg, &found);
    }
    uint32_t depth = 1;
    for (int i = 0; i < found.count; i++) {
        uint32_t below = (uint32_t)oracle_depth(sim->oracle, found.heads[i], reg);
        depth = below >= depth ? below + 1 : depth;
    }
    struct hm_change *change = forge_change(
        &lie->forge, deletes ? HM_ACT_DELETE : HM_ACT_EDIT, form->name, &at->id);
    forge_write(&lie->forge, change, deletes ? HM_REGISTER_LIVE : field->name,
                deletes ? NULL : value_of(lie, field),
                (struct forge_over){found.heads, found.count, depth});
    forge_seal(&lie->forge, change);
    const struct oracle_act act = {.what = what,
                                   .record = record,
                                   .view = view,
                                   .refused =
                                       !sim->replicas[lie->forge.who].role->may[what],
                                   .write_count = 1,
                                   .writes = {{reg, deletes ? 0 : number_of(lie)}}};
    tell(lie, change, &act, at->kind);
    send_alone(lie, change);
    lie->always = true;
}

static void lie_unseeing(struct lie *lie)
{
    write_over(lie, ORACLE_EDIT, ORACLE_NO_VIEW);
}

static void lie_knowing(struct lie *lie)
{
    write_over(lie, ORACLE_EDIT, ORACLE_SERVER_VIEW);
}

static void lie_deleting(struct lie *lie)
{
    write_over(lie, ORACLE_DELETE, ORACLE_NO_VIEW);
}

/* "amount" is a number, and this is none. */
static void lie_invalid(struct lie *lie)
{
    const struct scene_form *form = scene_form(SCENE_THING);
    struct hm_change *change = forge_change(&lie->forge, HM_ACT_CREATE, form->name, NULL);
    forge_write(&lie->forge, change, form->fields[2].name, "many",
                (struct forge_over){.depth = 1});
    forge_seal(&lie->forge, change);
    const struct oracle_act act = {
        .what = ORACLE_CREATE,
        .refused = true,
        .write_count = 2,
        .writes = {{ORACLE_ALIVE, 1}, {form->fields[2].reg, NOT_TYPED}}};
    tell(lie, change, &act, SCENE_THING);
    send_alone(lie, change);
    lie->always = true;
}

static void send_elsewhere(struct lie *lie, const char *home)
{
    const char *mine = lie->forge.home;
    const struct scene_form *form = scene_form(SCENE_THING);
    lie->forge.home = home;
    struct hm_change *change = forge_change(&lie->forge, HM_ACT_CREATE, form->name, NULL);
    forge_seal(&lie->forge, change);
    send_alone(lie, change); /* nobody is told: learning would find it unknown */
    lie->forge.home = mine;
    if (lie->http == 200) {
        sim_fail(lie->sim, "a page for %s was taken", home);
    }
}

static void lie_registry(struct lie *lie)
{
    send_elsewhere(lie, HM_HOME_REGISTRY);
}

static void lie_mailbox(struct lie *lie)
{
    static char mailbox[HM_MAILBOX_SIZE];
    const struct world_laptop *other = other_laptop(lie);
    if (other != NULL) {
        struct hm_id device = hm_sign_device(&other->key);
        hm_mailbox_name(mailbox, &device);
        send_elsewhere(lie, mailbox);
    }
}

/* He would let stand what was refused. */
static void lie_entries(struct lie *lie)
{
    char id[B64_MAX];
    char line[LINE_MAX_BYTES];
    int count = oracle_count(lie->sim->oracle);
    lie->skipped = count == 0;
    if (count == 0) {
        return;
    }
    int act = (int)(lie->event->arg[1] % count);
    hm_b64_put(id, hm_id_bytes(&lie->sim->ids[act]));
    (void)snprintf(line, sizeof(line), "{\"e\":[\"%s\",1],\"is\":[[\"%s\",\"%s\"]]}\n",
                   lie->forge.home, lie->event->arg[2] % 2 == 0 ? "a" : "r", id);
    forge_put_line(&lie->forge, line);
    send_it(lie);
    if (lie->http == 200) {
        sim_fail(lie->sim, "entries of a laptop were taken");
    }
}

static void lie_lease(struct lie *lie)
{
    send_it(lie); /* which opens the pair, and gives it one */
    if (lie->http == 200) {
        lie->forge.request.lease.at[0] ^= 1;
        send_alone(lie, add_thing(lie, false));
        /* … of which a server that is being refilled may not know that it gave it. */
        lie->never = !sim_is_refilling(lie->forge.sim);
    }
}

static void lie_counts(struct lie *lie)
{
    struct hm_request *request = &lie->forge.request;
    struct hm_bucket_state bucket = {hm_text(lie->forge.home), INT64_MAX, {{0}}};
    request->incarnation = lie->sim->world.self.incarnation;
    request->seq = INT64_MAX;
    request->waiting = INT64_MAX;
    request->time.ms = INT64_MAX;
    request->buckets = &bucket;
    request->bucket_count = 1;
    send_it(lie);
}

/* What follows the first line of a request that somebody sent; no bytes: nothing. */
static struct hm_bytes old_stream(const struct lie *lie)
{
    const struct sim *sim = lie->sim;
    int count = sim->old_count < SIM_OLD_MAX ? sim->old_count : SIM_OLD_MAX;
    for (int i = 0; i < count; i++) {
        const struct sim_old *old = &sim->old[(lie->event->arg[1] + i) % count];
        const uint8_t *end = memchr(old->data, '\n', old->size);
        size_t first = end == NULL ? old->size : (size_t)(end - old->data) + 1;
        if (first < old->size) {
            return (struct hm_bytes){old->data + first, old->size - first};
        }
    }
    return HM_NO_BYTES;
}

static void send_stream(struct lie *lie, int flips)
{
    struct hm_bytes stream = old_stream(lie);
    lie->skipped = stream.size == 0;
    if (stream.size == 0) {
        return;
    }
    lie->forge.request.incarnation = lie->sim->world.self.incarnation;
    forge_put_raw(&lie->forge, stream);
    for (int i = 0; i < flips; i++) {
        size_t at = hm_testenv_below(&lie->sim->dice, stream.size);
        lie->forge.stream.data[at] ^=
            (uint8_t)(1U + hm_testenv_below(&lie->sim->dice, 255));
    }
    send_it(lie);
}

static void lie_relay(struct lie *lie)
{
    send_stream(lie, 0);
}

static void lie_garbled(struct lie *lie)
{
    send_stream(lie, 1 + (int)(lie->event->arg[2] % FLIPS));
}

/* What some laptop has written, and the server has not got; ORACLE_NONE: nothing. */
static int unsent_of(const struct lie *lie)
{
    const struct oracle *oracle = lie->sim->oracle;
    int count = oracle_count(oracle);
    for (int i = 0; i < count; i++) {
        int act = (int)((lie->event->arg[1] + i) % count);
        const struct oracle_act *told = oracle_told(oracle, act);
        if (told->what != ORACLE_WITHDRAW && told->what != ORACLE_ERASE &&
            !oracle_known(oracle, ORACLE_SERVER, act) && !oracle_lost(oracle, act) &&
            scene_covers(lie->sim->replicas[lie->forge.who].unit, told->home)) {
            return act;
        }
    }
    return ORACLE_NONE;
}

/*
 * It is refused at first. Where it could stand it is let stand when that comes, if it
 * does: the unit tests see to that. Else it must not, whatever comes first.
 */
static void lie_early(struct lie *lie)
{
    struct sim *sim = lie->sim;
    const struct scene_role *role = sim->replicas[lie->forge.who].role;
    const struct hm_id none = {{0}};
    lie->names = unsent_of(lie);
    lie->skipped = lie->names == ORACLE_NONE;
    if (lie->skipped) {
        return;
    }
    const struct oracle_act *named = oracle_told(sim->oracle, lie->names);
    bool may = role->may[ORACLE_WITHDRAW] &&
               (sim_same_device(sim, named->replica, lie->forge.who) ||
                role->rank >= scene_role("commune_officer")->rank);
    lie->forge.home = scene_unit(named->home);
    struct hm_change *change = forge_change(&lie->forge, HM_ACT_WITHDRAW, "", &none);
    change->kind_version = 0;
    change->names = &sim->ids[lie->names];
    change->name_count = 1;
    if (lie->event->arg[2] % 2 == 0) {
        forge_write(&lie->forge, change, HM_REGISTER_WHY, "early",
                    (struct forge_over){.depth = 1});
    }
    forge_seal(&lie->forge, change);
    const struct oracle_act act = {
        .what = ORACLE_WITHDRAW, .record = ORACLE_NONE, .refused = true, .open = may};
    tell(lie, change, &act, SCENE_THING);
    send_alone(lie, change);
    lie->always = true;
}

static void (*const lies[SIM_LIE_COUNT])(struct lie *) = {
#define SIM_LIE_ROW(name, word, what) [SIM_LIE_##name] = lie_##word,
    SIM_LIE_MAP(SIM_LIE_ROW)
#undef SIM_LIE_ROW
};

/* Nothing but what the protocol says may have come of it. */
static void judge(const struct lie *lie)
{
    struct sim *sim = lie->sim;
    for (int i = 0; i < lie->count; i++) {
        bool stored = oracle_known(sim->oracle, ORACLE_SERVER, lie->acts[i]);
        if ((stored && lie->never) || (!stored && lie->always && lie->http == 200)) {
            sim_fail(lie->sim, "act %d is forged and %s", lie->acts[i],
                     stored ? "stored" : "not stored");
        }
    }
    if (sim_is_revoked(sim, lie->forge.who)) {
        if (lie->http == GOOD) {
            sim_fail(lie->sim, "%d is revoked and was answered with %d", lie->forge.who,
                     lie->http);
        }
        return;
    }
    if (lie->always && lie->http != 200 && lie->http < FAILED &&
        lie->http != FORGE_HTTP_NONE && sim_known_there(sim, lie->forge.who)) {
        sim_fail(lie->sim, "what is within a device's rights was answered with %d",
                 lie->http);
    }
}

void sim_do_lie(struct sim *sim, const struct sim_event *event)
{
    enum sim_lie what = (enum sim_lie)((uint64_t)event->arg[0] % SIM_LIE_COUNT);
    struct lie lie = {.sim = sim, .event = event, .names = ORACLE_NONE};
    sim->stats.actions++;
    if (sim->replicas[event->who].laptop == NULL) {
        return;
    }
    bool revoked = sim_is_revoked(sim, event->who);
    sim->relays = !revoked;
    if (forge_begin(&lie.forge, sim, event->who)) {
        lies[what](&lie);
        if (!lie.skipped) {
            sim_say(sim, "  > answered with %d", lie.http);
            judge(&lie);
            sim->stats.lies++;
        }
        if (!lie.skipped && sim_anything_moved(sim)) {
            sim_mark(sim, SIM_MARK_MOVED_LIE);
        }
        if (!lie.skipped && !revoked && lie.http != FORGE_HTTP_NONE &&
            lie.http < FAILED) {
            sim_mark(sim, (enum sim_mark)(SIM_MARK_LIE_FORK + (int)what));
        }
    }
    forge_end(&lie.forge);
    sim->relays = false;
}
