/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions: resolutions, withdrawals, and letting a refused change stand. */
#include <stdlib.h>
#include <string.h>

#include "erase.h"
#include "hamlet/base/json.h"
#include "machine.h"
#include "oracle_verdicts.h"
#include "work.h"

enum { JSON_MAX = 2 * SCENE_TEXT_MAX };

static int by_id(const void *a, const void *b)
{
    return hm_id_compare(&((const struct hm_conflict *)a)->id,
                         &((const struct hm_conflict *)b)->id);
}

/* One of the open conflicts; false: there is none. */
static bool pick_conflict(struct work *work, int64_t pick, struct hm_conflict *conflict)
{
    struct hm_conflict *list = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_conflicts(sim_store(work->sim, work->who), HM_NO_BYTES, true, &list,
                           &count, &work->arena, &work->err);
    if (status != HM_OK || count == 0) {
        return false;
    }
    qsort(list, count, sizeof(*list), by_id);
    *conflict = list[(uint64_t)pick % count];
    return true;
}

static int register_of(const struct scene_form *form, struct hm_bytes name)
{
    for (int reg = 0; reg < form->register_count; reg++) {
        if (hm_bytes_are(name, form->registers[reg])) {
            return reg;
        }
    }
    return ORACLE_NONE;
}

/* A value as a page would send it, in JSON. */
static void write_json(char json[JSON_MAX],
                       const struct scene_form *form,
                       int reg,
                       int64_t number)
{
    static char text[SCENE_TEXT_MAX];
    size_t size = 0;
    bool group = false;
    if (reg == ORACLE_ALIVE) {
        (void)snprintf(json, JSON_MAX, "%s", number == 0 ? "false" : "true");
        return;
    }
    for (int i = 0; i < form->field_count; i++) {
        const struct scene_field *field = &form->fields[i];
        if (field->reg != reg) {
            continue;
        }
        group = field->place != 0;
        scene_type(text, field, scene_get(field, number), (unsigned)number);
        size += (size_t)snprintf(json + size, JSON_MAX - size, "%s%s%s%s%s%s",
                                 !group      ? ""
                                 : size == 0 ? "{"
                                             : ",",
                                 group ? "\"" : "", group ? field->name : "",
                                 group ? "\":\"" : "\"", text, "\"");
    }
    (void)snprintf(json + size, JSON_MAX - size, "%s", group ? "}" : "");
}

static enum hm_status resolve_by_value(struct work *work,
                                       const struct hm_conflict *conflict,
                                       const struct scene_form *form,
                                       struct sim_deed *deed)
{
    static char text[JSON_MAX];
    const struct hm_json_limits limits = {JSON_MAX, 4, 64};
    struct hm_json *json = NULL;
    write_json(text, form, deed->act.writes[0].reg, deed->act.writes[0].value);
    enum hm_status status = hm_json_parse(&json, hm_text(text), &limits, &work->err);
    sim_must(work->sim, status, &work->err, "json");
    status = hm_author_resolve(work->author, &conflict->id, NULL, json,
                               hm_text("as agreed"), &deed->id, &work->err);
    hm_json_free(json);
    return status;
}

/* Which heads can be taken: of a conflict about life, also those that only edit. */
static void heads_of(const struct hm_loaded *loaded,
                     struct hm_bytes reg,
                     const struct hm_head **heads,
                     size_t *count)
{
    const struct hm_register *found = hm_merged_register(&loaded->merged, reg);
    bool life = hm_bytes_are(reg, HM_REGISTER_LIVE);
    *heads = life ? loaded->merged.live_heads : found == NULL ? NULL : found->heads;
    *count = life ? loaded->merged.live_count : found == NULL ? 0 : found->head_count;
}

static enum hm_status resolve_by_head(struct work *work,
                                      const struct hm_conflict *conflict,
                                      const struct scene_form *form,
                                      int64_t pick,
                                      bool away, /* from the unit: told before all else */
                                      struct sim_deed *deed,
                                      enum hm_status *expected)
{
    struct hm_loaded loaded;
    const struct hm_head *heads = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_record_load(sim_store(work->sim, work->who), &conflict->record, &loaded,
                             &work->arena, &work->err);
    if (status != HM_OK) {
        return status;
    }
    heads_of(&loaded, conflict->reg, &heads, &count);
    if (count == 0) {
        sim_fail(work->sim, "an open conflict has no heads");
    }
    const struct hm_head *head = &heads[(uint64_t)pick % count];
    struct hm_bytes value = head->write == NULL ? hm_text("t") : head->write->value;
    if (value.size == 0 && !away) {
        *expected = HM_BAD_INPUT; /* nobody decides for what he cannot see */
    }
    int64_t number = scene_read(form, deed->act.writes[0].reg, value);
    if (value.size > 0 && number < 0 && *expected == HM_OK) {
        *expected = HM_BAD_INPUT; /* it was let stand, and still is none of the field's */
    }
    deed->act.writes[0].value = number;
    return hm_author_resolve(work->author, &conflict->id,
                             &loaded.held[head->known].change.id, NULL,
                             hm_text("as agreed"), &deed->id, &work->err);
}

static enum hm_status resolve(struct work *work,
                              const struct hm_conflict *conflict,
                              const struct sim_event *event,
                              enum hm_status *expected)
{
    int record = sim_record_of(work->sim, &conflict->record);
    if (record == ORACLE_NONE) {
        sim_fail(work->sim, "a conflict about a record that nobody made");
    }
    const struct sim_record *at = &work->sim->records[record];
    const struct scene_form *form = scene_form(at->kind);
    struct sim_deed *deed = work_deed(work, ORACLE_DECIDE, record, at->unit);
    int reg = register_of(form, conflict->reg);
    int64_t values = reg == ORACLE_ALIVE ? 2 : SCENE_VALUES;
    deed->act.refused = !work_may_there(work, ORACLE_DECIDE, false);
    deed->act.write_count = 1;
    deed->act.writes[0] = (struct oracle_write){reg, event->arg[2] % values};
    bool away = !sim_in_scope(work->sim, work->who, at->unit);
    *expected = work_may_here(work, ORACLE_DECIDE, false) && !away ? HM_OK : HM_DENIED;
    enum hm_status status =
        event->arg[1] < 0
            ? resolve_by_value(work, conflict, form, deed)
            : resolve_by_head(work, conflict, form, event->arg[1], away, deed, expected);
    if (status != HM_OK) {
        work_forget(work);
    }
    return status;
}

void sim_do_resolve(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    struct hm_conflict conflict;
    enum hm_status expected = HM_OK;
    enum hm_status status = HM_OK;
    if (!work_begin(&work, sim, event->who)) {
        return;
    }
    if (event->arg[3] != 0) {
        status = work_bulk(&work);
    }
    if (status == HM_OK && pick_conflict(&work, event->arg[0], &conflict)) {
        status = resolve(&work, &conflict, event, &expected);
    }
    work_end(&work, status, expected);
}

/* A bulk of which this replica knows something; ORACLE_NONE: it knows of none. */
static int pick_bulk(const struct work *work, int64_t pick)
{
    const struct oracle *oracle = work->sim->oracle;
    bool known[SIM_BULKS_MAX] = {false};
    int list[SIM_BULKS_MAX];
    int count = 0;
    for (int i = 0; i < oracle_count(oracle); i++) {
        int bulk = oracle_told(oracle, i)->bulk;
        if (bulk != ORACLE_NONE && oracle_known(oracle, work->who, i) && !known[bulk]) {
            known[bulk] = true;
            list[count++] = bulk;
        }
    }
    return count == 0 ? ORACLE_NONE : list[pick % count];
}

/*
 * The homes in which something of the bulk is known here and stands: a withdrawal for
 * each. How many there are; `reached` is cleared where one is out of reach.
 */
static int note_homes(struct work *work, int bulk, bool *reached)
{
    const struct oracle *oracle = work->sim->oracle;
    bool homes[SCENE_UNITS] = {false};
    int count = 0;
    for (int i = 0; i < oracle_count(oracle); i++) {
        const struct oracle_act *told = oracle_told(oracle, i);
        if (told->bulk == bulk && oracle_known(oracle, work->who, i) &&
            !oracle_withdrawn(oracle, work->who, i)) {
            homes[told->home] = true;
        }
    }
    for (int unit = 0; unit < SCENE_UNITS; unit++) {
        if (homes[unit]) {
            struct sim_deed *deed = work_deed(work, ORACLE_WITHDRAW, ORACLE_NONE, unit);
            deed->act.names = bulk;
            *reached = *reached && sim_in_scope(work->sim, work->who, unit);
            deed->act.refused = !work_may_there(work, ORACLE_WITHDRAW, false);
            count++;
        }
    }
    return count;
}

/* Nobody must say why: what says nothing has no values that could be withheld. */
static struct hm_bytes reason_of(const struct sim_event *event)
{
    return event->arg[0] / 2 % 2 == 0 ? hm_text("mistaken") : HM_NO_BYTES;
}

static enum hm_status withdraw(struct work *work,
                               int bulk,
                               struct hm_bytes reason,
                               enum hm_status *expected)
{
    const struct sim *sim = work->sim;
    const struct sim_replica *replica = &sim->replicas[work->who];
    struct hm_id last;
    bool own = sim_same_device(sim, sim->bulks[bulk].replica, work->who);
    bool may = work_may_here(work, ORACLE_WITHDRAW, false) &&
               (own || replica->role->rank >= scene_role("commune_officer")->rank);
    bool reached = true;
    *expected = note_homes(work, bulk, &reached) == 0 ? HM_NOT_FOUND
                : may && reached                      ? HM_OK
                                                      : HM_DENIED;
    work->unnamed = true;
    return hm_author_withdraw(work->author, &sim->bulks[bulk].id, reason, &last,
                              &work->err);
}

void sim_do_withdraw(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    enum hm_status status = HM_OK;
    if (!work_begin(&work, sim, event->who)) {
        return;
    }
    int bulk = pick_bulk(&work, event->arg[0]);
    if (bulk != ORACLE_NONE) {
        status = withdraw(&work, bulk, reason_of(event), &expected);
    }
    work_end(&work, status, expected);
}

/* One act, whoever did it, by its own id. */
static enum hm_status undo(struct work *work,
                           int act,
                           struct hm_bytes reason,
                           enum hm_status *expected)
{
    const struct sim *sim = work->sim;
    const struct sim_replica *replica = &sim->replicas[work->who];
    const struct oracle_act *told = oracle_told(sim->oracle, act);
    bool may = work_may_here(work, ORACLE_WITHDRAW, false) &&
               (sim_same_device(sim, told->replica, work->who) ||
                replica->role->rank >= scene_role("commune_officer")->rank);
    bool final = told->what == ORACLE_WITHDRAW || told->what == ORACLE_ERASE;
    *expected = final                                           ? HM_BAD_INPUT
                : oracle_withdrawn(sim->oracle, work->who, act) ? HM_NOT_FOUND
                : may                                           ? HM_OK
                                                                : HM_DENIED;
    struct sim_deed *deed = work_deed(work, ORACLE_WITHDRAW, ORACLE_NONE, told->home);
    deed->act.names_act = act;
    deed->act.refused = !work_may_there(work, ORACLE_WITHDRAW, false);
    enum hm_status status =
        hm_author_withdraw(work->author, &sim->ids[act], reason, &deed->id, &work->err);
    if (status != HM_OK) {
        work_forget(work);
    }
    return status;
}

/* An act that is known here, and in scope; ORACLE_NONE: there is none. */
static int pick_known(const struct work *work, int64_t pick)
{
    const struct oracle *oracle = work->sim->oracle;
    int count = oracle_count(oracle);
    for (int i = 0; i < count; i++) {
        int act = (int)((pick + i) % count);
        if (oracle_known(oracle, work->who, act) &&
            sim_in_scope(work->sim, work->who, oracle_told(oracle, act)->home)) {
            return act;
        }
    }
    return ORACLE_NONE;
}

void sim_do_undo(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    enum hm_status status = HM_OK;
    if (!work_begin(&work, sim, event->who)) {
        return;
    }
    int act = pick_known(&work, event->arg[0]);
    if (act != ORACLE_NONE) {
        status = undo(&work, act, reason_of(event), &expected);
    }
    work_end(&work, status, expected);
}

/* A change that the server refused and nobody has let stand; ORACLE_NONE: there is none.
 */
static int pick_refused(const struct sim *sim, int64_t pick)
{
    int list[SIM_ACTS_MAX];
    int count = 0;
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        if (oracle_heard(sim->oracle, ORACLE_SERVER, i) == ORACLE_REFUSED) {
            list[count++] = i;
        }
    }
    return count == 0 ? ORACLE_NONE : list[(uint64_t)pick % (uint64_t)count];
}

void sim_do_release(struct sim *sim, const struct sim_event *event)
{
    struct hm_err err = HM_ERR_NONE;
    sim_learn(sim, ORACLE_SERVER);
    int act = pick_refused(sim, event->arg[0]);
    sim->stats.actions++;
    if (act == ORACLE_NONE) {
        return;
    }
    enum hm_status status = world_release(&sim->world, &sim->ids[act], &err);
    if (status != HM_OK && !sim_troubled(sim, ORACLE_SERVER)) {
        sim_must(sim, status, &err, "release");
    }
    if (status != HM_OK || hm_disk_is_off(sim_disk(sim, ORACLE_SERVER))) {
        sim_recover(sim, ORACLE_SERVER);
    }
    sim_learn(sim, ORACLE_SERVER);
    bool lasted = (oracle_heard(sim->oracle, ORACLE_SERVER, act) & ORACLE_RELEASED) != 0;
    if (status == HM_OK && !lasted) {
        sim_fail(sim, "act %d was released and is not", act);
    }
    if (lasted) {
        oracle_release(sim->oracle, act);
        sim_mark_release(sim, act);
        sim->stats.released++;
        sim_say(sim, "  = act %d stands", act);
        sim_scrub(sim, ORACLE_SERVER);
    }
}
