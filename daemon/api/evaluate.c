/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "grid.h"
#include "hamlet/store/registry.h"

enum { WORD_SIZE = 64, FIGURES_SIZE = 128, YEAR_FIRST = 1900 };

enum hm_status hm_api_read_year(int *year, const char *text, struct hm_err *err)
{
    size_t size = strlen(text);
    bool digits = size == 4 && strspn(text, "0123456789") == size;
    long read = digits ? strtol(text, NULL, 10) : 0;
    if (read < YEAR_FIRST) {
        return hm_fail(err, HM_BAD_INPUT, "year-form", text, NULL, NULL);
    }
    *year = (int)read;
    return HM_OK;
}

/* ---- judging ---- */

/* What a province adds holds below the unit that it names, in the years it was in force.
 */
static enum hm_status add_overlays(struct hm_judged *judged, struct hm_err *err)
{
    struct hm_case_unit *unit = judged->unit;
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < hm_catalogues_count(unit->catalogues);
         i++) {
        const struct hm_catalogue *at = hm_catalogues_at(unit->catalogues, i);
        const struct hm_criteria *block = hm_catalogue_criteria(at, unit->unit_kind);
        bool within = false;
        if (at->extends == NULL || strcmp(at->extends, unit->catalogue->name) != 0 ||
            block == NULL || !hm_catalogue_holds(at, unit->window, unit->year) ||
            judged->block_count == HM_CASE_BLOCKS_MAX) {
            continue;
        }
        status = hm_store_unit_within(unit->view->store, unit->unit, hm_text(at->code),
                                      &within, err);
        if (status == HM_OK && within) {
            judged->blocks[judged->block_count] = block;
            judged->sources[judged->block_count++] = at;
        }
    }
    return status;
}

/* The criteria, and what is known of them: answers at once, facts when they are asked. */
static enum hm_status prepare(struct hm_judged *judged,
                              const char *stage,
                              struct hm_evidence *evidence,
                              struct hm_err *err)
{
    struct hm_case_unit *unit = judged->unit;
    *evidence = (struct hm_evidence){.fact = hm_case_fact, .ctx = unit};
    enum hm_status status =
        hm_case_answers(unit, stage, judged->answers, &judged->stage, &evidence->answers,
                        &evidence->answer_count, err);
    if (status == HM_OK) {
        judged->blocks[0] = hm_catalogue_criteria(unit->catalogue, unit->unit_kind);
        judged->sources[0] = unit->catalogue;
        judged->block_count = 1;
        status = add_overlays(judged, err);
    }
    return status;
}

enum hm_status hm_case_judge(struct hm_judged *judged,
                             const char *stage,
                             struct hm_err *err)
{
    struct hm_case_unit *unit = judged->unit;
    struct hm_evidence evidence;
    enum hm_status status = prepare(judged, stage, &evidence, err);
    if (status == HM_OK) {
        status = hm_evaluate(unit->catalogue, judged->blocks, judged->block_count,
                             &evidence, &judged->made, unit->arena, err);
    }
    return status == HM_OK ? unit->status : status;
}

enum hm_status hm_case_ruled_out(struct hm_case_unit *unit,
                                 bool *ruled_out,
                                 struct hm_err *err)
{
    struct hm_judged judged = {.unit = unit};
    struct hm_evidence evidence;
    enum hm_status status = prepare(&judged, NULL, &evidence, err);
    if (status == HM_OK) {
        *ruled_out = hm_evaluate_ruled_out(judged.blocks, judged.block_count, &evidence);
        status = unit->status;
    }
    return status;
}

/* ---- JSON ---- */

static void put_verify(struct hm_json_write *out, char verify)
{
    hm_json_put_text(out, "verify", (struct hm_bytes){(const uint8_t *)&verify, 1});
}

static void put_number(struct hm_json_write *out,
                       const char *name,
                       struct hm_number number)
{
    if (number.there) {
        hm_json_put_int(out, name, number.value);
    }
}

static void put_optional(struct hm_json_write *out,
                         const char *name,
                         struct hm_bytes text)
{
    if (text.size > 0) {
        hm_json_put_text(out, name, text);
    }
}

static struct hm_bytes optional(const char *text)
{
    return text == NULL ? HM_NO_BYTES : hm_text(text);
}

static const char *word(const struct hm_view *view, const char *kind, const char *name)
{
    char key[WORD_SIZE];
    (void)snprintf(key, sizeof(key), "%s.%s", kind, name);
    return hm_words_ui(view->words, key);
}

static void put_texts(struct hm_json_write *out,
                      const char *name,
                      const struct hm_texts *texts)
{
    if (texts->count == 0) {
        return;
    }
    hm_json_key(out, name);
    hm_json_open(out, '[');
    for (size_t i = 0; i < texts->count; i++) {
        hm_json_text(out, hm_text(texts->at[i]));
    }
    hm_json_close(out, ']');
}

static void put_variable(struct hm_json_write *out,
                         const struct hm_view *view,
                         const struct hm_variable *variable)
{
    if (variable != NULL) {
        hm_json_text(out, hm_text(hm_label_text(&variable->label, view->lang)));
    }
}

/* What whoever answers it must know: what may be said, and of which numbers it is. */
static void put_question(struct hm_json_write *out,
                         const struct hm_view *view,
                         const struct hm_criterion *criterion)
{
    if (criterion->na_allowed) {
        hm_json_put_bool(out, "na_allowed", true);
    }
    if (criterion->part != NULL || criterion->series_count > 0) {
        hm_json_key(out, "variables");
        hm_json_open(out, '[');
        put_variable(out, view, criterion->part);
        put_variable(out, view, criterion->whole);
        for (size_t i = 0; i < criterion->series_count; i++) {
            put_variable(out, view, criterion->series[i]);
        }
        hm_json_close(out, ']');
    }
    put_texts(out, "scale", &criterion->scale);
    put_texts(out, "mitigation", &criterion->mitigation);
}

static void put_criterion(struct hm_json_write *out,
                          const struct hm_view *view,
                          const struct hm_criterion_verdict *verdict)
{
    const struct hm_criterion *criterion = verdict->criterion;
    const char *why = hm_why_name(verdict->why);
    hm_json_open(out, '{');
    hm_json_put_text(out, "id", hm_text(criterion->id));
    hm_json_put_int(out, "depth", verdict->depth);
    hm_json_put_text(out, "type", hm_text(hm_criterion_type_name(criterion->type)));
    hm_json_put_text(out, "text", hm_text(hm_label_text(&criterion->label, view->lang)));
    hm_json_put_text(out, "verdict", hm_text(hm_outcome_name(verdict->outcome)));
    hm_json_put_text(out, "source", hm_text(hm_basis_name(verdict->basis)));
    hm_json_put_text(out, "why", hm_text(why));
    hm_json_put_text(out, "reason", hm_text(word(view, "criteria", why)));
    put_number(out, "counted", verdict->part);
    put_number(out, "among", verdict->whole);
    put_number(out, "before", verdict->before);
    put_optional(out, "mark", verdict->grade);
    if (criterion->type == HM_CRITERION_GRADE) {
        hm_json_put_text(out, "least",
                         hm_text(criterion->scale.at[criterion->least_grade]));
    } else if (criterion->least > 0) {
        hm_json_put_int(out, "least", criterion->least);
    }
    put_optional(out, "because", verdict->reason);
    put_optional(out, "remark", optional(criterion->remark));
    put_optional(out, "privacy", optional(criterion->privacy));
    put_question(out, view, criterion);
    put_verify(out, criterion->verify);
    hm_json_close(out, '}');
}

static void put_window(struct hm_json_write *out, const struct hm_case_unit *unit)
{
    char day[HM_FACTS_DAY_SIZE];
    const struct hm_level *level =
        hm_catalogue_level(unit->catalogue, unit->unit_kind, unit->last_day);
    (void)snprintf(day, sizeof(day), "%04d-%s", unit->year + unit->window->from_year,
                   unit->window->from);
    hm_json_key(out, "window");
    hm_json_open(out, '{');
    hm_json_put_text(out, "from", hm_text(day));
    hm_json_put_text(out, "to", hm_text(unit->last_day));
    put_verify(out, unit->window->verify);
    hm_json_close(out, '}');
    if (level != NULL) {
        hm_json_key(out, "level");
        hm_json_open(out, '{');
        hm_json_put_text(out, "register", hm_text(level->with));
        hm_json_put_text(out, "appraise", hm_text(level->appraiser));
        hm_json_put_text(out, "recognise", hm_text(level->recogniser));
        put_verify(out, level->verify);
        hm_json_close(out, '}');
    }
}

static void put_head(struct hm_json_write *out,
                     const struct hm_view *view,
                     const struct hm_judged *judged)
{
    const struct hm_case_unit *unit = judged->unit;
    const struct hm_catalogue *catalogue = unit->catalogue;
    hm_json_put_text(out, "unit", unit->unit);
    hm_json_put_text(out, "kind_of_unit", hm_text(unit->unit_kind));
    hm_json_put_int(out, "year", unit->year);
    hm_json_put_text(out, "stage", hm_text(judged->stage));
    hm_json_put_text(out, "catalogue", hm_text(catalogue->name));
    hm_json_put_text(out, "version", hm_text(catalogue->version));
    hm_json_put_text(out, "label", hm_text(hm_label_text(&catalogue->label, view->lang)));
    put_verify(out, catalogue->verify);
    hm_json_key(out, "overlays");
    hm_json_open(out, '[');
    for (size_t i = 1; i < judged->block_count; i++) {
        hm_json_text(out, hm_text(judged->sources[i]->name));
    }
    hm_json_close(out, ']');
    put_window(out, unit);
    hm_json_put_text(out, "evaluated", hm_text(hm_outcome_name(judged->made.outcome)));
    if (catalogue->score) {
        hm_json_put_int(out, "points", judged->made.score);
        hm_json_put_int(out, "most", judged->made.most);
        put_optional(
            out, "mark",
            optional(judged->made.grade == NULL ? NULL : judged->made.grade->name));
    }
}

static enum hm_status put_json(const struct hm_view *view,
                               const struct hm_judged *judged,
                               struct hm_err *err)
{
    struct hm_rows rows;
    hm_rows_init(&rows, view);
    hm_json_open(&rows.out, '{');
    put_head(&rows.out, view, judged);
    hm_json_key(&rows.out, "criteria");
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < judged->made.count; i++) {
        put_criterion(&rows.out, view, &judged->made.at[i]);
    }
    hm_json_close(&rows.out, ']');
    hm_case_dossiers_put(&rows.out, judged->unit);
    hm_json_close(&rows.out, '}');
    enum hm_status status = judged->unit->status;
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}

/* ---- text ---- */

/* "249/250", "3 (5)": what is there, among what or before. */
static void put_figures(struct hm_grid *table, const struct hm_criterion_verdict *verdict)
{
    char text[FIGURES_SIZE] = "";
    if (verdict->part.there && verdict->whole.there) {
        (void)snprintf(text, sizeof(text), "%lld/%lld", (long long)verdict->part.value,
                       (long long)verdict->whole.value);
    } else if (verdict->part.there && verdict->before.there) {
        (void)snprintf(text, sizeof(text), "%lld (%lld)", (long long)verdict->part.value,
                       (long long)verdict->before.value);
    } else if (verdict->part.there) {
        (void)snprintf(text, sizeof(text), "%lld", (long long)verdict->part.value);
    }
    hm_grid_put(table, verdict->grade.size > 0 ? verdict->grade : hm_text(text));
}

static void put_row(struct hm_grid *table, const struct hm_criterion_verdict *verdict)
{
    const struct hm_view *view = table->view;
    const struct hm_criterion *criterion = verdict->criterion;
    char id[WORD_SIZE];
    (void)snprintf(id, sizeof(id), "%*s%s", verdict->depth * 2, "", criterion->id);
    hm_grid_put(table, hm_text(id));
    hm_grid_put(table,
                hm_text(word(view, "evaluated", hm_outcome_name(verdict->outcome))));
    put_figures(table, verdict);
    hm_grid_put(table, hm_text(word(view, "criteria", hm_why_name(verdict->why))));
    hm_grid_put(table, hm_text(word(view, "basis", hm_basis_name(verdict->basis))));
    hm_grid_put(table, hm_text(criterion->verify == 'V'
                                   ? ""
                                   : word(view, "verify",
                                          criterion->verify == 'P' ? "partly" : "none")));
    hm_grid_put(table, hm_text(hm_label_text(&criterion->label, view->lang)));
}

static enum hm_status say(const struct hm_view *view,
                          const struct hm_judged *judged,
                          struct hm_err *err)
{
    static const char *const heading[] = {
        "column.criterion", "column.verdict",  "column.figures", "column.why",
        "column.basis",     "column.verified", "column.text"};
    struct hm_grid table;
    char year[HM_FACTS_DAY_SIZE];
    struct hm_bytes name = judged->unit->unit;
    enum hm_status status =
        hm_view_unit_name(view, judged->unit->unit, &name, judged->unit->arena, err);
    if (status != HM_OK) {
        return status;
    }
    (void)snprintf(year, sizeof(year), "%d", judged->unit->year);
    hm_view_say(view, "evaluate.title", hm_view_shown(name, judged->unit->arena), year,
                hm_label_text(&judged->unit->catalogue->label, view->lang));
    hm_grid_init(&table, view, sizeof(heading) / sizeof(heading[0]));
    table.most = HM_GRID_NO_CUT;
    for (size_t i = 0; i < sizeof(heading) / sizeof(heading[0]); i++) {
        hm_grid_put(&table, hm_text(hm_words_ui(view->words, heading[i])));
    }
    for (size_t i = 0; i < judged->made.count; i++) {
        put_row(&table, &judged->made.at[i]);
    }
    status = hm_grid_end(&table, "list.none", err);
    hm_grid_fini(&table);
    hm_view_say(view, "evaluate.outcome",
                word(view, "evaluated", hm_outcome_name(judged->made.outcome)), NULL,
                NULL);
    hm_case_dossiers_say(judged->unit);
    return status == HM_OK ? judged->unit->status : status;
}

/* A unit that the standard leaves out has no verdict, not even a bad one. */
static enum hm_status check_covered(const struct hm_case_unit *unit, struct hm_err *err)
{
    char code[HM_ERR_ARG_MAX];
    if (unit->excluded.size == 0) {
        return HM_OK;
    }
    const struct hm_field *field =
        hm_kinds_tree(hm_store_kinds(unit->view->store))->tree->excluded;
    const struct hm_choice *choice = hm_choices_find(&field->choices, unit->excluded);
    hm_api_argument(code, unit->unit);
    return hm_fail(err, HM_BAD_INPUT, "unit-excluded", code,
                   choice == NULL ? hm_view_shown(unit->excluded, unit->arena)
                                  : hm_label_text(&choice->label, unit->view->lang),
                   unit->catalogue->name);
}

enum hm_status hm_api_evaluate(const struct hm_view *view,
                               const struct hm_catalogues *catalogues,
                               const struct hm_api_year *year,
                               struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_case_unit unit = {
        .view = view, .catalogues = catalogues, .arena = &arena, .year = year->year};
    struct hm_judged judged = {.unit = &unit, .answers = year->answers};
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_case_unit_find(&unit, year->unit, "standard", err);
    if (status == HM_OK) {
        status = check_covered(&unit, err);
    }
    if (status == HM_OK) {
        status = hm_case_judge(&judged, year->stage, err);
    }
    if (status == HM_OK) {
        status = view->json ? put_json(view, &judged, err) : say(view, &judged, err);
    }
    hm_arena_fini(&arena);
    return status;
}
