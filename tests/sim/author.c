/* SPDX-License-Identifier: Apache-2.0 */
/* Adding, editing and deleting, as people do it: typed in, and told what came of it. */
#include <string.h>

#include "hamlet/model/value.h"
#include "work.h"

enum { GIVEN_MAX = SCENE_FIELDS_MAX + 2, DIGIT = 5, IMPORT_MAX = 48, IMPORT_EDITS = 3 };

/* What was typed into a form, and what its registers are to be. */
struct given {
    struct hm_field_input fields[GIVEN_MAX];
    size_t count;
    char text[GIVEN_MAX][SCENE_TEXT_MAX];
    int64_t numbers[ORACLE_REGISTERS];
    bool writes[ORACLE_REGISTERS];
};

/* The texts need no clearing: `count` says which are there. */
static void give_nothing(struct given *given)
{
    given->count = 0;
    memset(given->numbers, 0, sizeof(given->numbers));
    memset(given->writes, 0, sizeof(given->writes));
}

static void give(struct given *given, const char *name, const char *text)
{
    char *kept = given->text[given->count];
    (void)snprintf(kept, SCENE_TEXT_MAX, "%s", text);
    given->fields[given->count++] =
        (struct hm_field_input){hm_text(name), hm_text(kept), NULL};
}

static void give_field(struct given *given,
                       const struct scene_field *field,
                       int64_t value,
                       unsigned way)
{
    static char text[SCENE_TEXT_MAX];
    scene_type(text, field, value, way);
    give(given, field->name, text);
    given->numbers[field->reg] = scene_set(field, given->numbers[field->reg], value);
    given->writes[field->reg] = true;
}

static void give_unit(struct given *given, const struct work *work, int unit)
{
    if (unit != work->sim->replicas[work->who].unit) {
        give(given, "unit", scene_unit(unit));
    }
}

/* Most people do not try what they may not; some do. */
static bool tries(const struct work *work, enum scene_kind kind, int reg, int64_t values)
{
    return !scene_guarded(kind, reg) || work_may_here(work, ORACLE_EDIT, true) ||
           values % 7 == 0;
}

/* The fields of a new record: a digit each, 0 and 4 are left empty. */
static void give_new(struct given *given,
                     const struct work *work,
                     enum scene_kind kind,
                     int64_t values,
                     int64_t note)
{
    const struct scene_form *form = scene_form(kind);
    int64_t left = values;
    for (int i = 0; i < form->field_count; i++, left /= DIGIT) {
        const struct scene_field *field = &form->fields[i];
        int64_t value = field->typed == NULL ? note : left % DIGIT;
        if (value > 0 && (field->typed == NULL || value < SCENE_VALUES) &&
            tries(work, kind, field->reg, values)) {
            give_field(given, field, value, (unsigned)(values / (i + 1)));
        }
    }
}

/* What was given becomes writes; of a new record what is empty is not written. */
static bool note_writes(struct sim_deed *deed,
                        const struct given *given,
                        enum scene_kind kind)
{
    bool guarded = false;
    for (int reg = 1; reg < ORACLE_REGISTERS; reg++) {
        bool empty = deed->act.what == ORACLE_CREATE && given->numbers[reg] == 0;
        if (given->writes[reg] && !empty) {
            deed->act.writes[deed->act.write_count++] =
                (struct oracle_write){reg, given->numbers[reg]};
            guarded = guarded || scene_guarded(kind, reg);
        }
    }
    return guarded;
}

/* What the author must say to a new record, and whether the server lets it stand. */
static enum hm_status judge_new(struct work *work, struct sim_deed *deed, bool guarded)
{
    deed->act.refused = !work_may_there(work, ORACLE_CREATE, guarded);
    enum hm_status scope = work_scope(work, deed->act.home);
    return scope != HM_OK                                ? scope
           : work_may_here(work, ORACLE_CREATE, guarded) ? HM_OK
                                                         : HM_DENIED;
}

static int pick_unit(const struct work *work, int64_t pick)
{
    int units[SCENE_UNITS];
    int count = 0;
    for (int i = 0; i < SCENE_UNITS; i++) {
        if (sim_in_scope(work->sim, work->who, i)) {
            units[count++] = i;
        }
    }
    return units[pick % count];
}

static enum hm_status add(struct work *work,
                          int unit,
                          int64_t values,
                          int64_t note,
                          enum hm_status *expected)
{
    static struct given given;
    struct hm_added added;
    give_nothing(&given);
    give_unit(&given, work, unit);
    give_new(&given, work, SCENE_THING, values, note);
    struct sim_deed *deed = work_deed(work, ORACLE_CREATE, ORACLE_NONE, unit);
    bool guarded = note_writes(deed, &given, SCENE_THING);
    *expected = judge_new(work, deed, guarded);
    enum hm_status status =
        hm_author_add(work->author, hm_text(scene_form(SCENE_THING)->name), given.fields,
                      given.count, &added, &work->err);
    if (status != HM_OK) {
        work_forget(work);
        return status;
    }
    deed->creates = true;
    deed->kind = SCENE_THING;
    deed->id = added.change;
    deed->record = added.record;
    return HM_OK;
}

void sim_do_add(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    if (work_begin(&work, sim, event->who)) {
        int unit = pick_unit(&work, event->arg[0]);
        enum hm_status status = add(&work, unit, event->arg[1], event->arg[2], &expected);
        work_end(&work, status, expected);
    }
}

void sim_do_stray(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    int unit = (int)(event->arg[0] % SCENE_UNITS);
    if (sim_in_scope(sim, event->who, unit) || !work_begin(&work, sim, event->who)) {
        return;
    }
    enum hm_status status = add(&work, unit, 1, 0, &expected);
    if (expected == HM_OK) {
        sim_fail(sim, "a unit out of scope is in reach");
    }
    work_end(&work, status, expected);
}

/* The card of this number in this unit; its id is the same whoever makes it. */
static int find_card(const struct sim *sim, int unit, const struct hm_id *id)
{
    int record = sim_record_of(sim, id);
    return record != ORACLE_NONE && sim->records[record].unit == unit ? record
                                                                      : ORACLE_NONE;
}

static void card_id(int unit, int64_t number, struct hm_id *id)
{
    uint8_t memory[16];
    struct hm_buf value;
    hm_buf_init_fixed(&value, memory, sizeof(memory));
    hm_value_put_int(&value, number);
    const struct hm_key_field key = {hm_text(scene_form(SCENE_CARD)->key),
                                     hm_buf_bytes(&value)};
    hm_record_id(id, hm_text(scene_unit(unit)), hm_text(scene_form(SCENE_CARD)->name),
                 &key, 1);
}

/* Whether what made it is here, standing or not: with it comes its key. */
static bool is_made(const struct work *work, int record)
{
    const struct oracle *oracle = work->sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        const struct oracle_act *told = oracle_told(oracle, i);
        if (told->record == record && told->what == ORACLE_CREATE &&
            oracle_known(oracle, work->who, i)) {
            return true;
        }
    }
    return false;
}

static enum hm_status add_card(struct work *work,
                               const struct sim_event *event,
                               enum hm_status *expected)
{
    static struct given given;
    char text[16];
    struct hm_added added;
    struct hm_id id;
    struct oracle_life life = {.there = false};
    int unit = pick_unit(work, event->arg[0]);
    int64_t number = 1 + event->arg[1] % SCENE_CARDS;
    give_nothing(&given);
    give_unit(&given, work, unit);
    (void)snprintf(text, sizeof(text), "%d", (int)number);
    give(&given, scene_form(SCENE_CARD)->key, text);
    give_new(&given, work, SCENE_CARD, event->arg[2], 0);
    card_id(unit, number, &id);
    int record = find_card(work->sim, unit, &id);
    struct sim_deed *deed = work_deed(work, ORACLE_CREATE, record, unit);
    *expected = judge_new(work, deed, note_writes(deed, &given, SCENE_CARD));
    if (record != ORACLE_NONE) {
        oracle_life(work->sim->oracle, work->who, record, &life);
    }
    if (life.there && !life.deleted && !is_made(work, record)) {
        deed->act.view = ORACLE_NO_VIEW; /* beside what came before its creation */
    } else if (*expected == HM_OK && life.there && !life.deleted) {
        *expected = HM_EXISTS;
    }
    enum hm_status status =
        hm_author_add(work->author, hm_text(scene_form(SCENE_CARD)->name), given.fields,
                      given.count, &added, &work->err);
    if (status != HM_OK) {
        work_forget(work);
        return status;
    }
    if (!hm_id_equal(&id, &added.record)) {
        sim_fail(work->sim, "a card has another id than its key gives");
    }
    deed->creates = record == ORACLE_NONE;
    deed->kind = SCENE_CARD;
    deed->id = added.change;
    deed->record = added.record;
    return HM_OK;
}

void sim_do_card(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    if (work_begin(&work, sim, event->who)) {
        enum hm_status status = add_card(&work, event, &expected);
        work_end(&work, status, expected);
    }
}

/* The fields whose bits are set; each register begins with what is shown of it. */
static void give_edited(struct given *given,
                        struct work *work,
                        int record,
                        const struct sim_event *event)
{
    enum scene_kind kind = work->sim->records[record].kind;
    const struct scene_form *form = scene_form(kind);
    int64_t left = event->arg[2];
    for (int i = 0; i < form->field_count; i++, left /= SCENE_VALUES) {
        const struct scene_field *field = &form->fields[i];
        if ((event->arg[1] >> i & 1) == 0 ||
            !tries(work, kind, field->reg, event->arg[2])) {
            continue;
        }
        if (!given->writes[field->reg]) {
            given->numbers[field->reg] = work_shown(work, record, field->reg);
        }
        give_field(given, field,
                   field->typed == NULL ? event->arg[3] : left % SCENE_VALUES,
                   (unsigned)(event->arg[2] / (i + 3)));
    }
}

/* What stands there already is left out. */
static void drop_standing(struct given *given, struct work *work, int record)
{
    for (int reg = 1; reg < ORACLE_REGISTERS; reg++) {
        given->writes[reg] =
            given->writes[reg] && work_shown(work, record, reg) != given->numbers[reg];
    }
}

static enum hm_status edit(struct work *work,
                           int record,
                           const struct sim_event *event,
                           enum hm_status *expected)
{
    static struct given given;
    struct oracle_life life;
    const struct sim_record *at = &work->sim->records[record];
    bool only_new = event->arg[4] != 0;
    give_nothing(&given);
    oracle_life(work->sim->oracle, work->who, record, &life);
    give_edited(&given, work, record, event);
    size_t asked = given.count;
    if (only_new) {
        drop_standing(&given, work, record);
    }
    struct sim_deed *deed = work_deed(work, ORACLE_EDIT, record, at->unit);
    bool guarded = note_writes(deed, &given, at->kind);
    bool nothing = deed->act.write_count == 0;
    deed->act.refused = !work_may_there(work, ORACLE_EDIT, guarded);
    *expected = !life.there                                 ? HM_NOT_FOUND
                : nothing && only_new                       ? HM_OK
                : asked == 0                                ? HM_USAGE
                : work_may_here(work, ORACLE_EDIT, guarded) ? HM_OK
                                                            : HM_DENIED;
    enum hm_status status = hm_author_edit(work->author, &at->id, given.fields,
                                           given.count, only_new, &deed->id, &work->err);
    if (status != HM_OK || nothing) {
        if (status == HM_OK && !hm_id_is_none(&deed->id)) {
            sim_fail(work->sim, "nothing was new and yet there is a change");
        }
        work_forget(work);
    }
    return status;
}

void sim_do_edit(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    enum hm_status status = HM_OK;
    if (work_begin(&work, sim, event->who)) {
        int record = work_record(&work, event->arg[0]);
        if (record != ORACLE_NONE) {
            status = edit(&work, record, event, &expected);
        }
        work_end(&work, status, expected);
    }
}

static enum hm_status delete_record(struct work *work,
                                    int record,
                                    enum hm_status *expected)
{
    struct oracle_life life;
    const struct sim_record *at = &work->sim->records[record];
    struct sim_deed *deed = work_deed(work, ORACLE_DELETE, record, at->unit);
    oracle_life(work->sim->oracle, work->who, record, &life);
    deed->act.refused = !work_may_there(work, ORACLE_DELETE, false);
    *expected = !life.there || life.deleted                 ? HM_NOT_FOUND
                : work_may_here(work, ORACLE_DELETE, false) ? HM_OK
                                                            : HM_DENIED;
    enum hm_status status =
        hm_author_delete(work->author, &at->id, hm_text("gone"), &deed->id, &work->err);
    if (status != HM_OK) {
        work_forget(work);
    }
    return status;
}

void sim_do_delete(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    enum hm_status status = HM_OK;
    if (work_begin(&work, sim, event->who)) {
        int record = work_record(&work, event->arg[0]);
        if (record != ORACLE_NONE) {
            status = delete_record(&work, record, &expected);
        }
        work_end(&work, status, expected);
    }
}

/* An import adds records and now and then corrects some; all of it is one bulk. */
void sim_do_import(struct sim *sim, const struct sim_event *event)
{
    struct work work;
    enum hm_status expected = HM_OK;
    int64_t count = event->arg[0] % IMPORT_MAX;
    if (!work_begin(&work, sim, event->who)) {
        return;
    }
    enum hm_status status = work_bulk(&work);
    for (int64_t i = 0; i < count && status == HM_OK && expected == HM_OK; i++) {
        int unit = pick_unit(&work, event->arg[1] < 0 ? i : event->arg[1]);
        int64_t values = event->arg[2] + i * 31;
        status = add(&work, unit, values - values % 7 + 1, event->arg[3], &expected);
    }
    int last = ORACLE_NONE;
    for (int i = 0; i < IMPORT_EDITS && status == HM_OK && expected == HM_OK; i++) {
        int record = work_record(&work, event->arg[2] + i);
        const struct sim_event correction = {
            .arg = {0, 1 + i * 2, event->arg[2] / 3 + i, 1, 1}};
        if (record > last) { /* each once: what is shown is what stood before */
            last = record;
            status = edit(&work, record, &correction, &expected);
        }
    }
    work_end(&work, status, expected);
}
