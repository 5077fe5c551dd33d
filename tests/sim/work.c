/* SPDX-License-Identifier: Apache-2.0 */
#include "work.h"
#include "loss.h"

#include <string.h>

#include "hamlet/store/registry.h"

static struct sim_replica *replica_of(const struct work *work)
{
    return &work->sim->replicas[work->who];
}

bool work_begin(struct work *work, struct sim *sim, int who)
{
    work->sim = sim;
    work->who = who;
    work->author = NULL;
    work->err = HM_ERR_NONE;
    work->bulked = false;
    work->unsure = false;
    work->ahead = false;
    work->unnamed = false;
    work->count = 0; /* the deeds need no clearing */
    sim->stats.actions++;
    if (sim_store(sim, who) == NULL) {
        return false;
    }
    sim_learn(sim, who);
    hm_arena_init(&work->arena, SIM_ARENA_MAX);
    enum hm_status status = world_author(&sim->world, sim->replicas[who].laptop, "admin",
                                         &work->author, &work->err);
    if (status == HM_OK) {
        status = hm_author_begin(work->author, &work->err);
    }
    if (status == HM_OK) {
        return true;
    }
    bool unknown = status == HM_NOT_FOUND && who == ORACLE_SERVER && sim_refilled(sim);
    if (!sim_troubled(sim, who) && !unknown) { /* nobody has brought the account back */
        sim_must(sim, status, &work->err, "author");
    }
    hm_author_close(work->author);
    hm_arena_fini(&work->arena);
    sim_recover(sim, who);
    return false;
}

enum hm_status work_bulk(struct work *work)
{
    work->bulked = true;
    return hm_author_bulk(work->author, &work->bulk, &work->err);
}

struct sim_deed *work_deed(struct work *work, enum oracle_what what, int record, int unit)
{
    struct sim_deed *deed = &work->deeds[work->count++];
    *deed = (struct sim_deed){.act = {.what = what,
                                      .replica = work->who,
                                      .rank = replica_of(work)->role->rank,
                                      .home = unit,
                                      .record = record,
                                      .bulk = ORACLE_NONE,
                                      .names = ORACLE_NONE,
                                      .names_act = ORACLE_NONE}};
    return deed;
}

void work_forget(struct work *work)
{
    work->count--;
}

static void count_deed(struct sim_stats *stats, const struct oracle_act *act)
{
    stats->acknowledged++;
    stats->deletes += act->what == ORACLE_DELETE;
    stats->resolves += act->what == ORACLE_DECIDE;
    stats->withdrawals += act->what == ORACLE_WITHDRAW;
}

/*
 * A withdrawal takes one change a home, of which its author names the last only: the
 * others are found among what is fresh in the store.
 */
static void name_deeds(struct work *work)
{
    struct sim *sim = work->sim;
    struct hm_store *store = sim_store(sim, work->who);
    struct hm_held held = {.row = 0};
    struct hm_err end = HM_ERR_NONE;
    for (int64_t row = replica_of(work)->rows + 1;
         work->unnamed &&
         hm_store_changes_get(store, row, 1, &held, &work->arena, &end) == HM_OK;
         row++) {
        for (int i = 0; i < work->count; i++) {
            struct sim_deed *deed = &work->deeds[i];
            if (held.change.act == HM_ACT_WITHDRAW &&
                hm_bytes_are(held.change.home, scene_unit(deed->act.home))) {
                deed->id = held.change.id;
            }
        }
    }
}

/* It was acknowledged: from here on it must never be lost. */
static void confirm(struct work *work)
{
    struct sim *sim = work->sim;
    int bulk = ORACLE_NONE;
    if (work->bulked && sim->bulk_count < SIM_BULKS_MAX && work->count > 0) {
        bulk = sim->bulk_count++;
        sim->bulks[bulk] = (struct sim_bulk){work->bulk, work->who};
    }
    for (int i = 0; i < work->count; i++) {
        struct sim_deed *deed = &work->deeds[i];
        if (hm_id_is_none(&deed->id)) {
            sim_fail(sim, "a withdrawal in %s left nothing behind",
                     scene_unit(deed->act.home));
        }
        if (deed->creates) {
            if (sim->record_count == SIM_RECORDS_MAX) {
                sim_fail(sim, "more records than the simulation has room for");
            }
            deed->act.record = sim->record_count++;
            sim->records[deed->act.record] = (struct sim_record){
                .id = deed->record, .kind = deed->kind, .unit = deed->act.home};
        }
        deed->act.bulk = bulk;
        int act = oracle_tell(sim->oracle, &deed->act);
        sim_act_add(sim, &deed->id, act);
        sim->written[act] = replica_of(work)->registry;
        count_deed(&sim->stats, &deed->act);
        if (deed->act.what == ORACLE_ERASE) {
            sim->records[deed->act.record].erased = true;
        }
        sim_mark_act(sim, act);
        sim_note_late(sim, act);
        sim_say(sim, "  = act %d on record %d%s", act, deed->act.record,
                deed->act.refused ? ", to be refused" : "");
    }
    int64_t before = replica_of(work)->rows;
    sim_learn(sim, work->who);
    if (replica_of(work)->rows != before + work->count) {
        sim_fail(sim, "%d acts were acknowledged, and %lld are there", work->count,
                 (long long)(replica_of(work)->rows - before));
    }
    (void)sim_plant_strike(sim, work->who, SIM_AFTER_SAVE);
}

/* How many of the deeds are in the store. */
static int find_deeds(struct work *work)
{
    int found = 0;
    for (int i = 0; i < work->count; i++) {
        struct hm_held held;
        struct hm_err err = HM_ERR_NONE;
        enum hm_status status =
            hm_store_change_find(sim_store(work->sim, work->who), &work->deeds[i].id,
                                 &held, &work->arena, &err);
        if (status != HM_OK && status != HM_NOT_FOUND) {
            sim_must(work->sim, status, &err, "find");
        }
        found += status == HM_OK;
    }
    return found;
}

/* The store is opened again, and shows whether the transaction lasted. */
static void settle_trouble(struct work *work, enum hm_status status)
{
    struct sim *sim = work->sim;
    bool off = hm_disk_is_off(sim_disk(sim, work->who));
    bool sick = sim_sick(sim, work->who);
    sim_reopen(sim, work->who);
    name_deeds(work);
    int found = find_deeds(work);
    if (found != 0 && (found != work->count || !(off || sick))) {
        sim_fail(sim, "%d of %d acts of one transaction are there", found, work->count);
    }
    if (status == HM_OK && found == 0 && work->count > 0) {
        sim_fail(sim, "a power cut took what had been acknowledged");
    }
    sim_say(sim, "  ? %s", found > 0 ? "it lasted" : "it is not there");
    sim->stats.unknown_outcomes += off;
    sim_mark(sim, sick        ? SIM_MARK_SICK_SAVING
                  : !off      ? SIM_MARK_FULL_SAVING
                  : found > 0 ? SIM_MARK_POWER_SAVED
                              : SIM_MARK_POWER_SAVING);
    if (found > 0) {
        confirm(work);
    }
    sim_relearn(sim, work->who);
}

static enum hm_status commit(struct work *work)
{
    if (work->count > 0 && sim_plant_strike(work->sim, work->who, SIM_AT_SAVE)) {
        hm_author_rollback(work->author);
        return HM_OK;
    }
    return hm_author_commit(work->author, &work->err);
}

void work_end(struct work *work, enum hm_status status, enum hm_status expected)
{
    struct sim *sim = work->sim;
    if (status == HM_OK) {
        status = commit(work);
    } else {
        hm_author_rollback(work->author);
        work->count = 0;
    }
    hm_author_close(work->author);
    bool trouble = sim_troubled(sim, work->who) &&
                   (status == HM_IO || hm_disk_is_off(sim_disk(sim, work->who)));
    bool early = (work->unsure && status == HM_DENIED) ||
                 (work->ahead && status == HM_OK && expected == HM_DENIED);
    /* Who may not take a head that a liar made invalid is refused for both: one is told.
     */
    bool twice = expected == HM_DENIED && status == HM_BAD_INPUT &&
                 work->err.key != NULL && strcmp(work->err.key, "change-refused") == 0;
    if (status != expected && !trouble && !early && !twice) {
        sim_fail(sim, "the author says %s (%s %s %s), expected was %s",
                 hm_status_name(status), work->err.key == NULL ? "" : work->err.key,
                 work->err.arg[0], work->err.arg[1], hm_status_name(expected));
    }
    if (trouble) {
        settle_trouble(work, status);
    } else if (status == HM_OK) {
        name_deeds(work);
        confirm(work);
    } else {
        sim->stats.refused_here++;
        sim_say(sim, "  - %s %s", hm_status_name(status),
                work->err.key == NULL ? "" : work->err.key);
    }
    hm_arena_fini(&work->arena);
}

/* What a person sees must be one of those that may be shown. */
static void check_seen(struct work *work,
                       int record,
                       int reg,
                       int64_t number,
                       bool withheld)
{
    struct oracle_register found;
    const struct oracle *oracle = work->sim->oracle;
    oracle_register(oracle, work->who, record, reg, &found);
    bool good = found.count == 0 && number == 0 && !withheld;
    for (int i = 0; i < found.shown_count; i++) {
        bool blind = !oracle_shows(oracle, work->who, found.shown[i], reg);
        good = good ||
               (blind ? withheld
                      : !withheld && oracle_value(oracle, found.shown[i], reg) == number);
    }
    if (!good) {
        sim_fail(work->sim, "record %d register %d shows %lld on %d", record, reg,
                 (long long)number, work->who);
    }
}

int64_t work_shown(struct work *work, int record, int reg)
{
    struct sim *sim = work->sim;
    const struct sim_record *at = &sim->records[record];
    const struct scene_form *form = scene_form(at->kind);
    struct hm_loaded loaded;
    enum hm_status status = hm_store_record_load(sim_store(sim, work->who), &at->id,
                                                 &loaded, &work->arena, &work->err);
    if (sim_troubled(sim, work->who) && status == HM_IO) {
        return 0;
    }
    sim_must(sim, status, &work->err, "load");
    const struct hm_register *found =
        hm_merged_register(&loaded.merged, hm_text(form->registers[reg]));
    struct hm_bytes value =
        found == NULL ? HM_NO_BYTES : found->heads[found->shown].write->value;
    bool withheld = found != NULL && value.size == 0;
    int64_t number = scene_read(form, reg, value);
    check_seen(work, record, reg, number, withheld);
    return number;
}

static bool may(const struct scene_role *role, enum oracle_what what, bool guarded)
{
    return role->may[what] &&
           (!guarded || role->marks || (what != ORACLE_CREATE && what != ORACLE_EDIT));
}

bool work_may_there(const struct work *work, enum oracle_what what, bool guarded)
{
    return may(replica_of(work)->role, what, guarded);
}

bool work_may_here(const struct work *work, enum oracle_what what, bool guarded)
{
    return replica_of(work)->lax || work_may_there(work, what, guarded);
}

int work_record(struct work *work, int64_t pick)
{
    const struct sim *sim = work->sim;
    int known[SIM_RECORDS_MAX];
    bool is_known[SIM_RECORDS_MAX] = {false};
    int count = 0;
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        int record = oracle_told(sim->oracle, i)->record;
        if (record != ORACLE_NONE && oracle_known(sim->oracle, work->who, i) &&
            !is_known[record] &&
            sim_in_scope(sim, work->who, sim->records[record].unit)) {
            is_known[record] = true;
            known[count++] = record;
        }
    }
    return count == 0 ? ORACLE_NONE : known[pick % count];
}

static bool replica_knows_units(struct work *work)
{
    bool known = false;
    const struct sim_replica *replica = replica_of(work);
    enum hm_status status =
        hm_store_unit_known(sim_store(work->sim, work->who),
                            hm_text(scene_unit(replica->unit)), &known, &work->err);
    return status == HM_OK && known;
}

enum hm_status work_scope(struct work *work, int unit)
{
    struct sim *sim = work->sim;
    bool known = false;
    const struct sim_replica *replica = replica_of(work);
    if (sim_closed_at(sim, replica->fated, unit) != 0) {
        return HM_DENIED; /* a new record belongs where it is part of now */
    }
    if (unit == replica->unit) {
        return HM_OK;
    }
    enum hm_status status = hm_store_unit_known(
        sim_store(sim, work->who), hm_text(scene_unit(unit)), &known, &work->err);
    if (status != HM_OK) {
        return status;
    }
    work->unsure = work->unsure || !replica->settled;
    work->ahead = work->ahead || sim_may_reach(sim, work->who, unit);
    if (!known && !replica_knows_units(work)) {
        return HM_DENIED; /* the registry has not come yet */
    }
    return !known                                ? HM_BAD_INPUT
           : !sim_in_scope(sim, work->who, unit) ? HM_DENIED
                                                 : HM_OK;
}
