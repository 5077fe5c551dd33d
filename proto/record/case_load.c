/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the table of cases; record/case.h says what it holds. */
#include "catalogue_inside.h"

static const char *kept(const struct hm_load *load, const struct hm_json *json)
{
    return json == NULL ? NULL : hm_load_keep(load, hm_json_chars(json));
}

enum { STATE, LABEL, NEXT, DEADLINE, BRANCH, WHEN, ROWS };
static const struct hm_load_row rows[ROWS] = {
    [STATE] = {"state", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [NEXT] = {"next", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [DEADLINE] = {"deadline", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [BRANCH] = {"branch", HM_JSON_BOOL, HM_LOAD_PART, 0, 0, 0},
    [WHEN] = {"when", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_state(const struct hm_load *load,
                                 struct hm_case_state *made,
                                 const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status = hm_load_part(load, &found, rows, ROWS, json, "states");
    if (status == HM_OK) {
        status = hm_catalogue_id(load, &made->name, found.at[STATE], "states");
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &made->label, found.at[LABEL], made->name);
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &made->next, found.at[NEXT], made->name);
    }
    if (status == HM_OK) {
        made->deadline = kept(load, found.at[DEADLINE]);
        made->branch = hm_json_bool_or(found.at[BRANCH], false);
        status =
            hm_queries_read(load, &made->when, &made->count, found.at[WHEN], made->name);
    }
    return status;
}

enum { FLAG, FLAG_LABEL, WHAT, FLAG_WHEN, FIGURES, FLAG_ROWS };
static const struct hm_load_row flag_rows[FLAG_ROWS] = {
    [FLAG] = {"flag", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [FLAG_LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [WHAT] = {"what", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [FLAG_WHEN] = {"when", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [FIGURES] = {"compared", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
};

static bool find_what(enum hm_case_what *what, const struct hm_json *name)
{
    static const char *const names[HM_CASE_WHATS] = {"when",  "conflict", "ruled_out",
                                                     "ended", "excluded", "changed"};
    struct hm_bytes text = hm_json_text_or(name, HM_NO_BYTES);
    for (int i = 0; i < HM_CASE_WHATS; i++) {
        if (hm_bytes_are(text, names[i])) {
            *what = (enum hm_case_what)i;
            return true;
        }
    }
    return false;
}

static enum hm_status read_figures(const struct hm_load *load,
                                   struct hm_case_flag *made,
                                   const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    struct hm_case_figure *figures =
        hm_arena_get_array(load->arena, count, sizeof(*figures));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        figures[i].field = hm_load_keep(load, hm_json_name(at));
        status = hm_catalogue_id(load, &figures[i].fact, at, made->name);
    }
    made->figures = figures;
    made->figure_count = count;
    return status;
}

static enum hm_status read_flag(const struct hm_load *load,
                                struct hm_case_flag *made,
                                const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, flag_rows, FLAG_ROWS, json, "flags");
    if (status == HM_OK) {
        status = hm_catalogue_id(load, &made->name, found.at[FLAG], "flags");
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &made->label, found.at[FLAG_LABEL], made->name);
    }
    if (status == HM_OK && !find_what(&made->what, found.at[WHAT])) {
        status =
            hm_load_fail(load, "kind-type", made->name, hm_json_chars(found.at[WHAT]));
    }
    if (status == HM_OK) {
        status = hm_queries_read(load, &made->when, &made->count, found.at[FLAG_WHEN],
                                 made->name);
    }
    if (status == HM_OK) {
        status = read_figures(load, made, found.at[FIGURES]);
    }
    bool asks = made->what == HM_CASE_WHEN || made->what == HM_CASE_CHANGED;
    bool good = asks == (made->count > 0) &&
                (made->what == HM_CASE_CHANGED) == (made->figure_count > 0);
    return status == HM_OK && !good
               ? hm_load_fail(load, "kind-missing", made->name, "when")
               : status;
}

enum { STATES, FLAGS, DOSSIER, CASE_ROWS };
static const struct hm_load_row case_rows[CASE_ROWS] = {
    [STATES] = {"states", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [FLAGS] = {"flags", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [DOSSIER] = {"dossier", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_dossier(const struct hm_load *load,
                                   struct hm_case_table *table,
                                   const struct hm_json *json)
{
    size_t count = json == NULL ? 0 : hm_json_count(json);
    if (count > HM_CASE_DOSSIER_MAX) {
        return hm_load_fail(load, "kind-value", "case", "dossier");
    }
    const char **made = hm_arena_get_array(load->arena, count + 1, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = json == NULL ? NULL : hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = hm_catalogue_id(load, &made[i], at, "dossier");
    }
    table->dossier = made;
    table->dossier_count = count;
    return status;
}

static enum hm_status read_lists(const struct hm_load *load,
                                 struct hm_case_table *table,
                                 const struct hm_json *states,
                                 const struct hm_json *flags)
{
    size_t state_count = hm_json_count(states);
    size_t flag_count = hm_json_count(flags);
    if (state_count == 0 || state_count > HM_CASE_STATES_MAX ||
        flag_count > HM_CASE_FLAGS_MAX) {
        return hm_load_fail(load, "kind-value", "case", "states");
    }
    struct hm_case_state *made =
        hm_arena_get_array(load->arena, state_count, sizeof(*made));
    struct hm_case_flag *marks =
        hm_arena_get_array(load->arena, flag_count, sizeof(*marks));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(states);
    for (size_t i = 0; status == HM_OK && i < state_count; i++, at = hm_json_next(at)) {
        status = read_state(load, &made[i], at);
        if (status == HM_OK && (i == 0) != (made[i].count == 0)) {
            status = hm_load_fail(load, "kind-missing", made[i].name, "when");
        }
    }
    at = hm_json_first(flags);
    for (size_t i = 0; status == HM_OK && i < flag_count; i++, at = hm_json_next(at)) {
        status = read_flag(load, &marks[i], at);
    }
    *table = (struct hm_case_table){.states = made,
                                    .state_count = state_count,
                                    .flags = marks,
                                    .flag_count = flag_count};
    return status;
}

enum hm_status hm_case_read(const struct hm_load *load,
                            struct hm_case_table *table,
                            const struct hm_json *json)
{
    struct hm_case_table read = {.state_count = 0};
    struct hm_load_found found;
    const struct hm_json *inside = hm_json_get(json, "case");
    if (hm_json_count(json) != 1) {
        return hm_load_fail(load, "kind-attribute", "case",
                            hm_json_name(hm_json_first(json)));
    }
    enum hm_status status =
        hm_load_part(load, &found, case_rows, CASE_ROWS, inside, "case");
    if (status == HM_OK) {
        status = read_lists(load, &read, found.at[STATES], found.at[FLAGS]);
    }
    if (status == HM_OK) {
        status = read_dossier(load, &read, found.at[DOSSIER]);
    }
    if (status == HM_OK) {
        *table = read;
    }
    return status;
}
