/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be forgotten everywhere, and that nobody who was told so has it any more. */
#include "erase.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/author/erase.h"
#include "hamlet/model/value.h"
#include "hamlet/store/registry.h"
#include "loss.h"
#include "machine.h"
#include "oracle_verdicts.h"
#include "work.h"

enum { TOKEN = 24, ALL = 1U << 15 };

/* ---- erasing ---- */

static bool holds(const struct sim *sim, int who, int record, int reg)
{
    const struct oracle *oracle = sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        const struct oracle_act *told = oracle_told(oracle, i);
        if (told->record == record && oracle_known(oracle, who, i) &&
            oracle_writes(oracle, i, reg) && oracle_value(oracle, i, reg) != 0 &&
            oracle_shows(oracle, who, i, reg)) {
            return true;
        }
    }
    return false;
}

/* Registers whose bits are set and of which something is there; else the first one. */
static size_t name_registers(const struct work *work,
                             struct sim_deed *deed,
                             int64_t bits,
                             struct hm_bytes names[ORACLE_REGISTERS])
{
    const struct sim_record *at = &work->sim->records[deed->act.record];
    const struct scene_form *form = scene_form(at->kind);
    size_t count = 0;
    for (int reg = 1; reg < form->register_count; reg++) {
        if ((bits >> reg & 1) != 0 &&
            holds(work->sim, work->who, deed->act.record, reg)) {
            names[count++] = hm_text(form->registers[reg]);
            deed->act.writes[deed->act.write_count++] = (struct oracle_write){reg, 0};
        }
    }
    if (count == 0) {
        names[count++] = hm_text(form->registers[1]);
        deed->act.writes[deed->act.write_count++] = (struct oracle_write){1, 0};
    }
    return count;
}

static enum hm_status erase(struct work *work,
                            int record,
                            int64_t bits,
                            enum hm_status *expected)
{
    struct hm_bytes names[ORACLE_REGISTERS];
    struct oracle_life life;
    const struct sim_record *at = &work->sim->records[record];
    struct sim_deed *deed = work_deed(work, ORACLE_ERASE, record, at->unit);
    size_t count = name_registers(work, deed, bits, names);
    oracle_life(work->sim->oracle, work->who, record, &life);
    bool any = holds(work->sim, work->who, record, deed->act.writes[0].reg);
    bool more = false;
    deed->act.refused = !work_may_there(work, ORACLE_ERASE, false);
    *expected = !any                                       ? HM_NOT_FOUND
                : work_may_here(work, ORACLE_ERASE, false) ? HM_OK
                                                           : HM_DENIED;
    enum hm_status status =
        hm_author_erase(work->author, &at->id, names, count, hm_text("as asked"),
                        &deed->id, &more, &work->err);
    if (status != HM_OK) {
        work_forget(work);
    } else if (!life.there) {
        sim_mark(work->sim, SIM_MARK_ERASE_VOID);
    }
    return status;
}

void sim_do_erase(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    enum hm_status status = HM_OK;
    if (sim_refilled(sim) || !work_begin(&work, sim, event->who)) {
        return; /* of a server that is lost nobody may remember the order */
    }
    int record = work_record(&work, event->arg[0]);
    if (record != ORACLE_NONE) {
        status = erase(&work, record, event->arg[1], &expected);
    }
    work_end(&work, status, expected);
    sim_scrub(sim, event->who);
}

void sim_scrub(struct sim *sim, int who)
{
    struct hm_err err = HM_ERR_NONE;
    struct world_laptop *laptop = sim->replicas[who].laptop;
    if (sim_store(sim, who) == NULL || hm_disk_is_off(sim_disk(sim, who))) {
        return;
    }
    enum hm_status status = laptop == NULL ? world_server_scrub(&sim->world, &err)
                                           : world_laptop_scrub(laptop, &err);
    if (status == HM_OK) {
        return;
    }
    if (!sim_troubled(sim, who)) {
        sim_must(sim, status, &err, "scrub");
    }
    sim_recover(sim, who);
}

void sim_order(struct sim *sim, int who, const struct hm_change *listed)
{
    struct hm_id id;
    if (!hm_bytes_are(listed->kind, HM_KIND_ERASURE) || listed->key_field_count != 1) {
        return;
    }
    struct hm_bytes text = hm_value_text_or(listed->key_fields[0].value, HM_NO_BYTES);
    int act = hm_id_get_hex(&id, text) ? sim_act_of(sim, &id) : ORACLE_NONE;
    if (act == ORACLE_NONE) {
        sim_fail(sim, "the registry lists an erasure that nobody made");
    }
    oracle_order(sim->oracle, who, act);
    if (who != ORACLE_SERVER && !oracle_known(sim->oracle, who, act)) {
        sim_mark(sim, SIM_MARK_ERASE_LISTED);
    }
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

/* A refusal hides whether there are any values: they may come when it ends. */
static bool is_hidden(const struct sim *sim, int who, int act)
{
    return who != ORACLE_SERVER && !sim_decides(sim, who) &&
           oracle_heard(sim->oracle, who, act) == ORACLE_REFUSED &&
           !sim_same_device(sim, oracle_told(sim->oracle, act)->replica, who);
}

/*
 * What the erasure reached by way of changes that are none of this replica's business was
 * gone before the act came here.
 */
static bool is_erased(const struct sim *sim, int who, int act, int reg)
{
    if (oracle_erased(sim->oracle, who, act, reg)) {
        return true;
    }
    bool bare =
        !is_hidden(sim, who, act) && oracle_erased(sim->oracle, ORACLE_SERVER, act, reg);
    if (bare) {
        oracle_bare(sim->oracle, who, act, reg);
    }
    return bare;
}

uint16_t sim_missing(const struct sim *sim, int act, const struct hm_held *held)
{
    int record = oracle_told(sim->oracle, act)->record;
    unsigned missing = 0;
    if (record == ORACLE_NONE) {
        bool reasons = held->change.act == HM_ACT_WITHDRAW; /* it has no other values */
        return held->withheld && !reasons ? ALL : 0;
    }
    for (size_t i = 0; i < held->change.write_count; i++) {
        const struct hm_write *write = &held->change.writes[i];
        const struct scene_form *form = scene_form(sim->records[record].kind);
        int reg = register_of(form, write->reg);
        missing |= write->value.size == 0 && reg != ORACLE_NONE ? 1U << reg : 0;
    }
    return (uint16_t)missing;
}

bool sim_is_blind(const struct sim *sim, int who, int act, uint16_t missing)
{
    bool blind = missing == ALL;
    for (int reg = 0; reg < ORACLE_REGISTERS && !blind; reg++) {
        blind = (missing >> reg & 1) != 0 && !is_erased(sim, who, act, reg);
    }
    return blind;
}

/* ---- seeking ---- */

/* What the oracle says is erased is not there, and nothing else is missing. */
static void check_row(struct sim *sim, int who, int64_t row, struct hm_arena *arena)
{
    struct hm_held held;
    struct hm_err err = HM_ERR_NONE;
    const struct oracle *oracle = sim->oracle;
    int act = sim->replicas[who].acts[row];
    const struct sim_record *at = &sim->records[oracle_told(oracle, act)->record];
    sim_must(sim, hm_store_changes_get(sim_store(sim, who), row, 1, &held, arena, &err),
             &err, "change");
    for (size_t i = 0; i < held.change.write_count; i++) {
        const struct hm_write *write = &held.change.writes[i];
        int reg = register_of(scene_form(at->kind), write->reg);
        if (reg == ORACLE_NONE || oracle_is_blind(oracle, who, act)) {
            continue;
        }
        bool erased = oracle_erased(oracle, who, act, reg);
        if (erased != (write->value.size == 0)) {
            sim_fail(sim, "what act %d wrote is %s on %d", act,
                     erased ? "erased, and still there" : "missing", who);
        }
        sim->stats.erased += erased;
    }
}

static bool note_erased(const struct sim *sim, int who, int act)
{
    const struct oracle_act *told = oracle_told(sim->oracle, act);
    return told->record != ORACLE_NONE &&
           sim->records[told->record].kind == SCENE_THING &&
           oracle_known(sim->oracle, who, act) &&
           oracle_writes(sim->oracle, act, SCENE_NOTE) &&
           oracle_erased(sim->oracle, who, act, SCENE_NOTE);
}

/* Somebody may have written the very same note elsewhere, where it stands. */
static bool stands_elsewhere(const struct sim *sim, int who, int64_t note)
{
    const struct oracle *oracle = sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        const struct oracle_act *told = oracle_told(oracle, i);
        if (told->record != ORACLE_NONE &&
            sim->records[told->record].kind == SCENE_THING &&
            oracle_known(oracle, who, i) && oracle_writes(oracle, i, SCENE_NOTE) &&
            oracle_value(oracle, i, SCENE_NOTE) == note &&
            !oracle_erased(oracle, who, i, SCENE_NOTE)) {
            return true;
        }
    }
    return false;
}

static bool contains(const uint8_t *data, size_t size, const char *token)
{
    const uint8_t *at = data;
    const uint8_t *end = data + size;
    while (at + TOKEN <= end &&
           (at = memchr(at, token[0], (size_t)(end - at) - TOKEN + 1)) != NULL) {
        if (memcmp(at, token, TOKEN) == 0) {
            return true;
        }
        at++;
    }
    return false;
}

static void seek(struct sim *sim, int who, int act, int64_t note)
{
    static const char *const files[] = {"store.db", "store.db-wal", "store.db-journal"};
    static char text[SCENE_TEXT_MAX];
    scene_type(text, &scene_form(SCENE_THING)->fields[SCENE_NOTE_FIELD], note, 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        size_t size = 0;
        const uint8_t *data = hm_disk_file(sim_disk(sim, who), files[i], &size);
        if (data != NULL && contains(data, size, text)) {
            sim_fail(sim, "the erased note of act %d is in %s of %d", act, files[i], who);
        }
    }
    sim->stats.sought++;
}

void sim_check_erased(struct sim *sim, int who, struct hm_arena *arena)
{
    struct hm_err err = HM_ERR_NONE;
    int64_t due = 0;
    const struct sim_replica *replica = &sim->replicas[who];
    for (int64_t row = 1; row <= replica->rows; row++) {
        int act = replica->acts[row];
        int record = act < 0 ? ORACLE_NONE : oracle_told(sim->oracle, act)->record;
        if (record != ORACLE_NONE && sim->records[record].erased) {
            check_row(sim, who, row, arena);
        }
    }
    sim_must(sim,
             hm_store_meta_get_int(sim_store(sim, who), HM_META_SCRUB, 0, &due, &err),
             &err, "scrub");
    for (int i = 0; i < oracle_count(sim->oracle) && due == 0; i++) {
        if (note_erased(sim, who, i)) {
            int64_t note = oracle_value(sim->oracle, i, SCENE_NOTE);
            if (note > 0 && !stands_elsewhere(sim, who, note)) {
                seek(sim, who, i, note);
            }
        }
    }
}
