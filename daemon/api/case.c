/* SPDX-License-Identifier: Apache-2.0 */
/* How far a unit's year has come, and what is to be done next. */
#include "hamlet/record/case.h"

#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "grid.h"
#include "hamlet/api/evaluate.h"

enum { KINDS_MAX = 32, FIGURES_SIZE = 96 };

struct telling {
    struct hm_case_unit unit;
    const struct hm_case_table *table;
    struct hm_case_record *records;
    struct hm_json **documents; /* records[i].fields */
    size_t count;
    size_t room;
    bool once;    /* of the kind at hand the record of the lowest id says it all … */
    size_t first; /* … and stands here */
    struct hm_case_derived made;
    char today[HM_TIME_TEXT_SIZE];
};

/* ---- the records of the year ---- */

/* A hamlet's signatures are thousands, of which it is asked whether there is one. */
static bool is_told(struct telling *telling, const struct hm_listed *record)
{
    if (!telling->once || telling->count == telling->first) {
        return false;
    }
    struct hm_case_record *kept = &telling->records[telling->first];
    kept->conflict = kept->conflict || record->conflict_count > 0;
    if (hm_bytes_compare(hm_id_bytes(&record->id), hm_id_bytes(&kept->id)) < 0) {
        kept->id = record->id;
    }
    return true;
}

static bool take_record(void *ctx,
                        const struct hm_listed *record,
                        const struct hm_json *fields)
{
    struct telling *telling = ctx;
    struct hm_case_unit *unit = &telling->unit;
    (void)fields; /* each document that is kept is parsed to be kept */
    if (is_told(telling, record)) {
        return true;
    }
    if (telling->count == telling->room) {
        size_t room = telling->room == 0 ? 64 : 2 * telling->room;
        struct hm_case_record *records =
            hm_arena_get_array(unit->arena, room, sizeof(*records));
        struct hm_json **documents =
            hm_arena_get_array(unit->arena, room, sizeof(struct hm_json *));
        if (records == NULL || documents == NULL) {
            unit->status = hm_arena_status(unit->arena, unit->err);
            return false;
        }
        if (telling->count > 0) {
            memcpy(records, telling->records, telling->count * sizeof(*records));
            memcpy(documents, telling->documents,
                   telling->count * sizeof(struct hm_json *));
        }
        telling->records = records;
        telling->documents = documents;
        telling->room = room;
    }
    struct hm_json *own = NULL;
    unit->status = hm_case_parse(&own, record->fields, unit->err);
    if (unit->status != HM_OK) {
        return false;
    }
    telling->documents[telling->count] = own;
    telling->records[telling->count++] =
        (struct hm_case_record){.id = record->id,
                                .kind = hm_arena_copy(unit->arena, record->kind),
                                .fields = own,
                                .conflict = record->conflict_count > 0};
    return true;
}

struct kinds {
    const char *at[KINDS_MAX];
    const char *year[KINDS_MAX];
    bool read[KINDS_MAX]; /* their fields are looked at */
    size_t count;
};

static void add_kind(struct kinds *kinds, const struct hm_query *query, bool read)
{
    size_t at = 0;
    while (at < kinds->count && strcmp(kinds->at[at], query->kind) != 0) {
        at++;
    }
    if (at == kinds->count && at < KINDS_MAX) {
        kinds->at[at] = query->kind;
        kinds->year[at] = query->year;
        kinds->read[at] = false;
        kinds->count++;
    }
    if (at < KINDS_MAX) {
        kinds->read[at] = kinds->read[at] || read || query->where_count > 0 ||
                          query->filled.count > 0 || query->unless != NULL;
    }
}

static void add_kinds(struct kinds *kinds,
                      const struct hm_query *queries,
                      size_t count,
                      bool read)
{
    for (size_t i = 0; i < count; i++) {
        add_kind(kinds, &queries[i], read);
        if (queries[i].unless != NULL) {
            add_kind(kinds, queries[i].unless, true);
        }
    }
}

static enum hm_status gather(struct telling *telling, struct hm_err *err)
{
    const struct hm_case_table *table = telling->table;
    struct kinds kinds = {.count = 0};
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < table->state_count; i++) {
        add_kinds(&kinds, table->states[i].when, table->states[i].count, false);
    }
    for (size_t i = 0; i < table->flag_count; i++) {
        const struct hm_case_flag *flag = &table->flags[i];
        add_kinds(&kinds, flag->when, flag->count, flag->figure_count > 0);
    }
    for (size_t i = 0; status == HM_OK && i < kinds.count; i++) {
        const struct hm_query all = {.kind = kinds.at[i], .year = kinds.year[i]};
        telling->once = !kinds.read[i];
        telling->first = telling->count;
        status = hm_case_records(&telling->unit, telling->unit.unit, &all, false,
                                 take_record, telling, err);
        if (status == HM_OK) {
            status = telling->unit.status;
        }
    }
    return status;
}

/* ---- flags that records alone do not tell ---- */

struct figure {
    int64_t frozen;
    int64_t current;
};

/* A frozen figure and what is counted today, where both are known and differ. */
static bool differs(struct telling *telling,
                    const struct hm_case_record *record,
                    const struct hm_case_figure *figure,
                    struct figure *found)
{
    struct hm_fact fact;
    const struct hm_json *at =
        record == NULL ? NULL : hm_json_get(record->fields, figure->field);
    if (!hm_json_is(at, HM_JSON_INTEGER) ||
        !hm_case_fact(&telling->unit, figure->fact, &fact) || !fact.now.there) {
        return false;
    }
    *found = (struct figure){hm_json_int_or(at, 0), fact.now.value};
    return found->frozen != found->current;
}

static bool any_differs(struct telling *telling, size_t place)
{
    const struct hm_case_flag *flag = &telling->table->flags[place];
    struct figure found;
    for (size_t i = 0; i < flag->figure_count; i++) {
        if (differs(telling, telling->made.frozen[place], &flag->figures[i], &found)) {
            return true;
        }
    }
    return false;
}

static enum hm_status find_flags(struct telling *telling, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < telling->table->flag_count; i++) {
        bool *raised = &telling->made.flags[i];
        switch (telling->table->flags[i].what) {
        case HM_CASE_CHANGED:
            *raised = any_differs(telling, i);
            status = telling->unit.status;
            break;
        case HM_CASE_ENDED:
            *raised = telling->unit.ended;
            break;
        case HM_CASE_EXCLUDED:
            *raised = telling->unit.excluded.size > 0;
            break;
        case HM_CASE_RULED_OUT:
            status = hm_case_ruled_out(&telling->unit, raised, err);
            break;
        default:
            break;
        }
    }
    return status;
}

/* ---- what is missing, and until when ---- */

/* Of two ways to go on the one that was taken is enough: the branch before a step. */
static bool is_met(const struct telling *telling, size_t place)
{
    const struct hm_case_state *states = telling->table->states;
    return telling->made.holds[place] ||
           (place > 0 && states[place - 1].branch && telling->made.holds[place - 1]);
}

/* Each step on the way that was skipped, and the next one. */
static bool is_missing(const struct telling *telling, size_t place)
{
    const struct hm_case_table *table = telling->table;
    size_t next = telling->made.state + 1;
    while (next < table->state_count &&
           (table->states[next].branch || is_met(telling, next))) {
        next++;
    }
    return !is_met(telling, place) && !table->states[place].branch && place <= next;
}

struct last_day {
    const char *name;
    char day[HM_FACTS_DAY_SIZE];
    bool met;
    bool passed;
    char verify;
};

/* Of this kind of unit, else of any; false: the state has none. */
static bool find_last_day(const struct telling *telling,
                          size_t place,
                          struct last_day *found)
{
    const struct hm_case_state *state = &telling->table->states[place];
    const struct hm_catalogue *catalogue = telling->unit.catalogue;
    for (int any = 0; any < 2 && state->deadline != NULL; any++) {
        for (size_t i = 0; i < catalogue->deadline_count; i++) {
            const struct hm_deadline *at = &catalogue->deadlines[i];
            if (strcmp(at->name, state->deadline) != 0 ||
                strcmp(at->kind, any != 0 ? "any" : telling->unit.unit_kind) != 0) {
                continue;
            }
            *found = (struct last_day){.name = at->name, .verify = at->verify};
            (void)snprintf(found->day, sizeof(found->day), "%04d-%s", telling->unit.year,
                           at->day);
            found->met = is_met(telling, place);
            found->passed = !found->met && strcmp(telling->today, found->day) > 0;
            return true;
        }
    }
    return false;
}

/* ---- JSON ---- */

static void put_flag(struct hm_json_write *out, struct telling *telling, size_t place)
{
    const struct hm_case_flag *flag = &telling->table->flags[place];
    hm_json_open(out, '{');
    hm_json_put_text(out, "flag", hm_text(flag->name));
    hm_json_put_text(out, "label",
                     hm_text(hm_label_text(&flag->label, telling->unit.view->lang)));
    if (flag->figure_count > 0) {
        hm_json_put_hex(out, "record", hm_id_bytes(&telling->made.frozen[place]->id));
        hm_json_key(out, "compared");
        hm_json_open(out, '[');
    }
    for (size_t i = 0; i < flag->figure_count; i++) {
        struct figure found;
        if (differs(telling, telling->made.frozen[place], &flag->figures[i], &found)) {
            hm_json_open(out, '{');
            hm_json_put_text(out, "field", hm_text(flag->figures[i].field));
            hm_json_put_int(out, "frozen", found.frozen);
            hm_json_put_int(out, "now", found.current);
            hm_json_close(out, '}');
        }
    }
    if (flag->figure_count > 0) {
        hm_json_close(out, ']');
    }
    hm_json_close(out, '}');
}

static void put_missing(struct hm_json_write *out, const struct telling *telling)
{
    enum hm_lang lang = telling->unit.view->lang;
    hm_json_key(out, "missing");
    hm_json_open(out, '[');
    for (size_t i = 0; i < telling->table->state_count; i++) {
        const struct hm_case_state *state = &telling->table->states[i];
        if (is_missing(telling, i) && state->next.vi != NULL) {
            hm_json_open(out, '{');
            hm_json_put_text(out, "state", hm_text(state->name));
            hm_json_put_text(out, "text", hm_text(hm_label_text(&state->next, lang)));
            hm_json_close(out, '}');
        }
    }
    hm_json_close(out, ']');
}

static void put_deadlines(struct hm_json_write *out, const struct telling *telling)
{
    hm_json_key(out, "deadlines");
    hm_json_open(out, '[');
    for (size_t i = 0; i < telling->table->state_count; i++) {
        struct last_day found;
        if (find_last_day(telling, i, &found)) {
            hm_json_open(out, '{');
            hm_json_put_text(out, "deadline", hm_text(found.name));
            hm_json_put_text(out, "label",
                             hm_text(hm_label_text(&telling->table->states[i].label,
                                                   telling->unit.view->lang)));
            hm_json_put_text(out, "last_day", hm_text(found.day));
            hm_json_put_bool(out, "met", found.met);
            hm_json_put_bool(out, "passed", found.passed);
            hm_json_put_text(out, "verify",
                             (struct hm_bytes){(const uint8_t *)&found.verify, 1});
            hm_json_close(out, '}');
        }
    }
    hm_json_close(out, ']');
}

static enum hm_status put_json(struct telling *telling, struct hm_err *err)
{
    const struct hm_case_unit *unit = &telling->unit;
    const struct hm_case_state *state = &telling->table->states[telling->made.state];
    struct hm_rows rows;
    hm_rows_init(&rows, unit->view);
    hm_json_open(&rows.out, '{');
    hm_json_put_text(&rows.out, "unit", unit->unit);
    hm_json_put_text(&rows.out, "kind_of_unit", hm_text(unit->unit_kind));
    hm_json_put_int(&rows.out, "year", unit->year);
    hm_json_put_text(&rows.out, "catalogue", hm_text(unit->catalogue->name));
    hm_json_put_text(&rows.out, "state", hm_text(state->name));
    hm_json_put_text(&rows.out, "label",
                     hm_text(hm_label_text(&state->label, unit->view->lang)));
    if (telling->made.has_since) {
        hm_json_put_hex(&rows.out, "since", hm_id_bytes(&telling->made.since));
    }
    put_missing(&rows.out, telling);
    put_deadlines(&rows.out, telling);
    hm_json_key(&rows.out, "flags");
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < telling->table->flag_count; i++) {
        if (telling->made.flags[i]) {
            put_flag(&rows.out, telling, i);
        }
    }
    hm_json_close(&rows.out, ']');
    hm_case_dossiers_put(&rows.out, &telling->unit);
    hm_json_close(&rows.out, '}');
    enum hm_status status = telling->unit.status;
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}

/* ---- text ---- */

static void say_flag(struct telling *telling, size_t place)
{
    const struct hm_view *view = telling->unit.view;
    const struct hm_case_flag *flag = &telling->table->flags[place];
    hm_view_say(view, "case.flag", hm_label_text(&flag->label, view->lang), NULL, NULL);
    for (size_t i = 0; i < flag->figure_count; i++) {
        char frozen[FIGURES_SIZE];
        char current[FIGURES_SIZE];
        struct figure found;
        if (differs(telling, telling->made.frozen[place], &flag->figures[i], &found)) {
            (void)snprintf(frozen, sizeof(frozen), "%lld", (long long)found.frozen);
            (void)snprintf(current, sizeof(current), "%lld", (long long)found.current);
            hm_view_say(view, "case.figure", flag->figures[i].field, frozen, current);
        }
    }
}

static enum hm_status say(struct telling *telling, struct hm_err *err)
{
    const struct hm_view *view = telling->unit.view;
    const struct hm_case_table *table = telling->table;
    struct hm_bytes name = telling->unit.unit;
    char year[HM_FACTS_DAY_SIZE];
    enum hm_status status =
        hm_view_unit_name(view, telling->unit.unit, &name, telling->unit.arena, err);
    if (status != HM_OK) {
        return status;
    }
    (void)snprintf(year, sizeof(year), "%d", telling->unit.year);
    hm_view_say(view, "case.title", hm_view_shown(name, telling->unit.arena), year,
                hm_label_text(&table->states[telling->made.state].label, view->lang));
    for (size_t i = 0; i < table->state_count; i++) {
        if (is_missing(telling, i) && table->states[i].next.vi != NULL) {
            hm_view_say(view, "case.missing",
                        hm_label_text(&table->states[i].next, view->lang), NULL, NULL);
        }
    }
    for (size_t i = 0; i < table->state_count; i++) {
        struct last_day found;
        if (find_last_day(telling, i, &found) && !found.met) {
            hm_view_say(view, found.passed ? "case.passed" : "case.until",
                        hm_label_text(&table->states[i].label, view->lang), found.day,
                        NULL);
        }
    }
    for (size_t i = 0; i < table->flag_count; i++) {
        if (telling->made.flags[i]) {
            say_flag(telling, i);
        }
    }
    hm_case_dossiers_say(&telling->unit);
    return telling->unit.status;
}

/* The clock says whether a day has passed, and nothing else. */
static enum hm_status read_today(struct telling *telling,
                                 const char *on,
                                 struct hm_err *err)
{
    struct hm_wall wall;
    char midnight[HM_TIME_TEXT_SIZE];
    hm_wall_put(telling->today, hm_env_wall(hm_store_env(telling->unit.view->store)));
    telling->today[HM_CASE_DATE_SIZE - 1] = '\0';
    if (on == NULL) {
        return HM_OK;
    }
    (void)snprintf(midnight, sizeof(midnight), "%.10sT00:00:00.000Z", on);
    if (strlen(on) != HM_CASE_DATE_SIZE - 1 || !hm_wall_get(&wall, hm_text(midnight))) {
        return hm_fail(err, HM_BAD_INPUT, "day-form", on, NULL, NULL);
    }
    memcpy(telling->today, on, HM_CASE_DATE_SIZE);
    return HM_OK;
}

enum hm_status hm_api_case(const struct hm_view *view,
                           const struct hm_catalogues *catalogues,
                           const struct hm_api_year *year,
                           struct hm_err *err)
{
    struct hm_arena arena;
    struct telling telling = {.unit = {.view = view,
                                       .catalogues = catalogues,
                                       .tree = year->tree,
                                       .arena = &arena,
                                       .year = year->year},
                              .table = hm_catalogues_case(catalogues)};
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = read_today(&telling, year->on, err);
    if (status == HM_OK) {
        status = hm_case_unit_find(&telling.unit, year->unit, "standard", err);
    }
    if (status == HM_OK) {
        status = gather(&telling, err);
    }
    if (status == HM_OK) {
        hm_case_derive(telling.table, telling.records, telling.count, year->year,
                       &telling.made);
        status = find_flags(&telling, err);
    }
    if (status == HM_OK) {
        status = view->json ? put_json(&telling, err) : say(&telling, err);
    }
    for (size_t i = 0; i < telling.count; i++) {
        hm_json_free(telling.documents[i]);
    }
    hm_arena_fini(&arena);
    return status;
}
