/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a catalogue but for its criteria; record/catalogue.h says what it may hold. */
#include <stdio.h>
#include <string.h>

#include "catalogue_inside.h"
#include "date.h"

bool hm_catalogue_is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.+-_");
    return length > 0 && length <= HM_LOAD_NAME_MAX && text[length] == '\0';
}

enum hm_status hm_catalogue_id(const struct hm_load *load,
                               const char **id,
                               const struct hm_json *json,
                               const char *who)
{
    const char *text = hm_json_chars(json);
    *id = text == NULL ? "" : hm_load_keep(load, text);
    return hm_catalogue_is_id(*id) ? HM_OK : hm_load_fail(load, "kind-name", who, *id);
}

enum hm_status hm_catalogue_texts(const struct hm_load *load,
                                  struct hm_texts *texts,
                                  const struct hm_json *json,
                                  const char *who)
{
    enum hm_status status = hm_load_texts(load, &texts->at, &texts->count, json, who);
    return status == HM_OK && texts->count == 0
               ? hm_load_fail(load, "kind-value", who, "[]")
               : status;
}

enum hm_status hm_catalogue_verify(const struct hm_load *load,
                                   char *verify,
                                   const struct hm_json *json,
                                   char other,
                                   const char *who)
{
    const char *text = hm_json_chars(json);
    *verify = other;
    if (text != NULL) {
        *verify = text[0];
    }
    bool good = text == NULL || (strlen(text) == 1 && strchr("VPU", text[0]) != NULL);
    return good ? HM_OK : hm_load_fail(load, "kind-value", who, "verify");
}

/* Of any year: the 29th of February is a day. */
bool hm_catalogue_day(char day[6], const char *text)
{
    char date[HM_DATE_SIZE];
    if (strlen(text) != 5) {
        return false;
    }
    (void)snprintf(date, sizeof(date), "2024-%s", text);
    memcpy(day, text, 6);
    return hm_date_valid(hm_text(date), false);
}

static enum hm_status read_date(const struct hm_load *load,
                                const char **date,
                                const struct hm_json *json,
                                const char *who)
{
    if (json == NULL) {
        return HM_OK;
    }
    *date = hm_load_keep(load, hm_json_chars(json));
    return hm_date_valid(hm_text(*date), false)
               ? HM_OK
               : hm_load_fail(load, "kind-value", who, *date);
}

static const char *kept(const struct hm_load *load, const struct hm_json *json)
{
    return json == NULL ? NULL : hm_load_keep(load, hm_json_chars(json));
}

/* ---- windows and deadlines ---- */

enum { SPAN_FROM, SPAN_TO, SPAN_VERIFY, SPAN_ROWS };
static const struct hm_load_row span_rows[SPAN_ROWS] = {
    [SPAN_FROM] = {"from", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SPAN_TO] = {"to", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SPAN_VERIFY] = {"verify", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

/* "-1/11-01", "0/10-31" */
static bool read_day(int *year, char day[6], const struct hm_json *json)
{
    const char *text = hm_json_chars(json);
    const char *slash = strchr(text, '/');
    bool before = strncmp(text, "-1/", 3) == 0;
    *year = before ? -1 : 0;
    return slash != NULL && (before || strncmp(text, "0/", 2) == 0) &&
           hm_catalogue_day(day, slash + 1);
}

static enum hm_status read_span(const struct hm_catalogue_load *load,
                                struct hm_span *made,
                                const struct hm_json *json)
{
    struct hm_load_found found;
    const struct hm_load *in = &load->load;
    enum hm_status status =
        hm_load_part(in, &found, span_rows, SPAN_ROWS, json, "windows");
    if (status == HM_OK) {
        made->kind = hm_load_keep(in, hm_json_name(json));
        status = hm_catalogue_verify(in, &made->verify, found.at[SPAN_VERIFY],
                                     load->made->verify, "windows");
    }
    if (status == HM_OK &&
        (!read_day(&made->from_year, made->from, found.at[SPAN_FROM]) ||
         !read_day(&made->year, made->to, found.at[SPAN_TO]))) {
        status = hm_load_fail(in, "kind-value", "windows", made->kind);
    }
    return status;
}

static enum hm_status read_spans(const struct hm_catalogue_load *load,
                                 const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    struct hm_span *made = hm_arena_get_array(load->load.arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->load.arena, load->load.err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_span(load, &made[i], at);
    }
    load->made->spans = made;
    load->made->span_count = count;
    return status;
}

enum { LAST_DAYS, LAST_VERIFY, LAST_ROWS };
static const struct hm_load_row last_rows[LAST_ROWS] = {
    [LAST_DAYS] = {"days", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LAST_VERIFY] = {"verify", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

static size_t count_inside(const struct hm_json *json, const char *name)
{
    size_t count = 0;
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        count +=
            hm_json_is(at, HM_JSON_OBJECT) ? hm_json_count(hm_json_get(at, name)) : 0;
    }
    return count;
}

static enum hm_status read_deadline(const struct hm_catalogue_load *load,
                                    struct hm_deadline *made,
                                    size_t *n,
                                    const struct hm_json *json)
{
    struct hm_load_found found;
    char verify = 'V';
    const struct hm_load *in = &load->load;
    enum hm_status status =
        hm_load_part(in, &found, last_rows, LAST_ROWS, json, "deadlines");
    if (status == HM_OK) {
        status = hm_catalogue_verify(in, &verify, found.at[LAST_VERIFY],
                                     load->made->verify, "deadlines");
    }
    const struct hm_json *at =
        status == HM_OK ? hm_json_first(found.at[LAST_DAYS]) : NULL;
    for (; status == HM_OK && at != NULL; at = hm_json_next(at)) {
        struct hm_deadline *one = &made[(*n)++];
        const char *day = hm_json_chars(at);
        one->name = hm_load_keep(in, hm_json_name(json));
        one->kind = hm_load_keep(in, hm_json_name(at));
        one->verify = verify;
        if (day == NULL || !hm_catalogue_day(one->day, day)) {
            status = hm_load_fail(in, "kind-value", "deadlines", one->kind);
        }
    }
    return status;
}

static enum hm_status read_deadlines(const struct hm_catalogue_load *load,
                                     const struct hm_json *json)
{
    struct hm_deadline *made =
        hm_arena_get_array(load->load.arena, count_inside(json, "days"), sizeof(*made));
    enum hm_status status = hm_arena_status(load->load.arena, load->load.err);
    const struct hm_json *at = hm_json_first(json);
    size_t n = 0;
    for (; status == HM_OK && at != NULL; at = hm_json_next(at)) {
        status = read_deadline(load, made, &n, at);
    }
    load->made->deadlines = made;
    load->made->deadline_count = n;
    return status;
}

/* ---- levels ---- */

enum { LEVEL_FROM, LEVEL_TO, LEVEL_OF, LEVEL_VERIFY, LEVEL_ROWS };
static const struct hm_load_row level_rows[LEVEL_ROWS] = {
    [LEVEL_FROM] = {"from", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LEVEL_TO] = {"to", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [LEVEL_OF] = {"of", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LEVEL_VERIFY] = {"verify", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};
enum { WHO_REGISTER, WHO_APPRAISE, WHO_RECOGNISE, WHO_ROWS };
static const struct hm_load_row who_rows[WHO_ROWS] = {
    [WHO_REGISTER] = {"register", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [WHO_APPRAISE] = {"appraise", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [WHO_RECOGNISE] = {"recognise", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

static enum hm_status read_level(const struct hm_catalogue_load *load,
                                 struct hm_level *made,
                                 size_t *n,
                                 const struct hm_json *json)
{
    struct hm_load_found found;
    struct hm_load_found who;
    struct hm_level time = {.to = NULL};
    const struct hm_load *in = &load->load;
    enum hm_status status =
        hm_load_part(in, &found, level_rows, LEVEL_ROWS, json, "levels");
    if (status == HM_OK) {
        status = read_date(in, &time.from, found.at[LEVEL_FROM], "levels");
    }
    if (status == HM_OK) {
        status = read_date(in, &time.to, found.at[LEVEL_TO], "levels");
    }
    if (status == HM_OK) {
        status = hm_catalogue_verify(in, &time.verify, found.at[LEVEL_VERIFY],
                                     load->made->verify, "levels");
    }
    const struct hm_json *at = status == HM_OK ? hm_json_first(found.at[LEVEL_OF]) : NULL;
    for (; status == HM_OK && at != NULL; at = hm_json_next(at)) {
        status = hm_load_part(in, &who, who_rows, WHO_ROWS, at, "levels");
        if (status == HM_OK) {
            time.kind = hm_load_keep(in, hm_json_name(at));
            time.with = kept(in, who.at[WHO_REGISTER]);
            time.appraiser = kept(in, who.at[WHO_APPRAISE]);
            time.recogniser = kept(in, who.at[WHO_RECOGNISE]);
            made[(*n)++] = time;
        }
    }
    return status;
}

static enum hm_status read_levels(const struct hm_catalogue_load *load,
                                  const struct hm_json *json)
{
    struct hm_level *made =
        hm_arena_get_array(load->load.arena, count_inside(json, "of"), sizeof(*made));
    enum hm_status status = hm_arena_status(load->load.arena, load->load.err);
    const struct hm_json *at = hm_json_first(json);
    size_t n = 0;
    for (; status == HM_OK && at != NULL; at = hm_json_next(at)) {
        status = read_level(load, made, &n, at);
    }
    load->made->levels = made;
    load->made->level_count = n;
    return status;
}

/* ---- variables and grades ---- */

enum { VAR_LABEL, VAR_SOURCE, VAR_ROWS };
static const struct hm_load_row var_rows[VAR_ROWS] = {
    [VAR_LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [VAR_SOURCE] = {"source", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_variables(const struct hm_catalogue_load *load,
                                     const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    struct hm_variable *made = hm_arena_get_array(load->load.arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->load.arena, load->load.err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        struct hm_load_found found;
        made[i].name = hm_load_keep(&load->load, hm_json_name(at));
        status = hm_load_part(&load->load, &found, var_rows, VAR_ROWS, at, made[i].name);
        if (status == HM_OK && !hm_load_is_name(made[i].name)) {
            status = hm_load_fail(&load->load, "kind-name", "variables", made[i].name);
        }
        if (status == HM_OK) {
            made[i].source = kept(&load->load, found.at[VAR_SOURCE]);
            status = hm_load_label(&load->load, &made[i].label, found.at[VAR_LABEL],
                                   made[i].name);
        }
    }
    load->made->variables = made;
    load->made->variable_count = count;
    return status;
}

enum { GRADE_NAME, GRADE_LEAST, GRADE_LABEL, GRADE_VERIFY, GRADE_ROWS };
static const struct hm_load_row grade_rows[GRADE_ROWS] = {
    [GRADE_NAME] = {"name", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [GRADE_LEAST] = {"least", HM_JSON_INTEGER, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [GRADE_LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [GRADE_VERIFY] = {"verify", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_grades(const struct hm_catalogue_load *load,
                                  const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    const struct hm_load *in = &load->load;
    struct hm_grade *made = hm_arena_get_array(in->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(in->arena, in->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        struct hm_load_found found;
        status = hm_load_part(in, &found, grade_rows, GRADE_ROWS, at, "grades");
        if (status == HM_OK) {
            made[i].least = hm_json_int_or(found.at[GRADE_LEAST], 0);
            status = hm_catalogue_id(in, &made[i].name, found.at[GRADE_NAME], "grades");
        }
        if (status == HM_OK) {
            status = hm_load_label(in, &made[i].label, found.at[GRADE_LABEL], "grades");
        }
        if (status == HM_OK) {
            status = hm_catalogue_verify(in, &made[i].verify, found.at[GRADE_VERIFY],
                                         load->made->verify, "grades");
        }
        if (status == HM_OK && i > 0 && made[i].least >= made[i - 1].least) {
            status = hm_load_fail(in, "kind-value", "grades", made[i].name);
        }
    }
    load->made->grades = made;
    load->made->grade_count = count;
    return status;
}

/* ---- the whole ---- */

enum {
    CATALOGUE,
    OVERLAY,
    EXTENDS,
    UNIT,
    VERSION,
    LABEL,
    PURPOSE,
    LEGAL,
    FROM,
    TO,
    SUPERSEDES,
    ACT,
    VERIFY,
    RULE,
    WINDOWS,
    DEADLINES,
    LEVELS,
    EXCLUDED,
    DOSSIERS,
    VARIABLES,
    GRADES,
    UNITS,
    ROWS
};
static const struct hm_load_row rows[ROWS] = {
    [CATALOGUE] = {"catalogue", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [OVERLAY] = {"overlay", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [EXTENDS] = {"extends", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [UNIT] = {"unit", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [VERSION] = {"version", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [PURPOSE] = {"purpose", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [LEGAL] = {"legal", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [FROM] = {"from", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [TO] = {"to", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [SUPERSEDES] = {"supersedes", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [ACT] = {"act", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [VERIFY] = {"verify", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [RULE] = {"rule", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [WINDOWS] = {"windows", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [DEADLINES] = {"deadlines", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [LEVELS] = {"levels", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [EXCLUDED] = {"excluded", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [DOSSIERS] = {"dossiers", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [VARIABLES] = {"variables", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [GRADES] = {"grades", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [UNITS] = {"units", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

enum { LEGAL_NUMBER, LEGAL_DATE, LEGAL_AMENDED, LEGAL_ROWS };
static const struct hm_load_row legal_rows[LEGAL_ROWS] = {
    [LEGAL_NUMBER] = {"number", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LEGAL_DATE] = {"date", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LEGAL_AMENDED] = {"amended_by", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
};
enum { CODE_SYSTEM, CODE_CODE, CODE_ROWS };
static const struct hm_load_row code_rows[CODE_ROWS] = {
    [CODE_SYSTEM] = {"system", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [CODE_CODE] = {"code", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

/* A catalogue has a name; an overlay another, and says what it adds to and where. */
static enum hm_status read_names(struct hm_catalogue_load *load,
                                 const struct hm_load_found *found)
{
    const struct hm_load *in = &load->load;
    bool overlay = found->at[OVERLAY] != NULL;
    struct hm_load_found code;
    if (overlay == (found->at[CATALOGUE] != NULL) ||
        overlay != (found->at[EXTENDS] != NULL) || overlay != (found->at[UNIT] != NULL)) {
        return hm_load_fail(in, "kind-missing", "overlay", "catalogue, extends, unit");
    }
    enum hm_status status = hm_catalogue_id(
        in, &load->made->name, found->at[overlay ? OVERLAY : CATALOGUE], "catalogue");
    if (status != HM_OK || !overlay) {
        return status;
    }
    load->made->extends = kept(in, found->at[EXTENDS]);
    if (load->base == NULL) {
        return hm_load_fail(in, "kind-nowhere", "extends", load->made->extends);
    }
    status = hm_load_part(in, &code, code_rows, CODE_ROWS, found->at[UNIT], "unit");
    if (status == HM_OK) {
        load->made->system = kept(in, code.at[CODE_SYSTEM]);
        load->made->code = kept(in, code.at[CODE_CODE]);
    }
    return status;
}

static enum hm_status read_legal(const struct hm_catalogue_load *load,
                                 const struct hm_json *json)
{
    struct hm_load_found found;
    const char *date = NULL;
    enum hm_status status =
        hm_load_part(&load->load, &found, legal_rows, LEGAL_ROWS, json, "legal");
    if (status == HM_OK) {
        load->made->number = kept(&load->load, found.at[LEGAL_NUMBER]);
        status = read_date(&load->load, &date, found.at[LEGAL_DATE], "legal");
    }
    return status;
}

static enum hm_status read_head(const struct hm_catalogue_load *load,
                                const struct hm_load_found *found)
{
    const struct hm_load *in = &load->load;
    struct hm_catalogue *made = load->made;
    const char *rule = found->at[RULE] == NULL ? "all" : hm_json_chars(found->at[RULE]);
    made->version = kept(in, found->at[VERSION]);
    made->act = kept(in, found->at[ACT]);
    made->purpose =
        found->at[PURPOSE] == NULL ? "standard" : kept(in, found->at[PURPOSE]);
    made->score = strcmp(rule, "sum") == 0;
    if (!made->score && strcmp(rule, "all") != 0) {
        return hm_load_fail(in, "kind-value", made->name, "rule");
    }
    enum hm_status status =
        hm_catalogue_verify(in, &made->verify, found->at[VERIFY], 'V', made->name);
    if (status == HM_OK) {
        status = hm_load_label(in, &made->label, found->at[LABEL], made->name);
    }
    if (status == HM_OK) {
        status = read_legal(load, found->at[LEGAL]);
    }
    if (status == HM_OK) {
        status = read_date(in, &made->from, found->at[FROM], made->name);
    }
    return status == HM_OK ? read_date(in, &made->to, found->at[TO], made->name) : status;
}

static enum hm_status read_exclusions(const struct hm_catalogue_load *load,
                                      const struct hm_json *json)
{
    const struct hm_load *in = &load->load;
    struct hm_exclusion *made =
        hm_arena_get_array(in->arena, hm_json_count(json), sizeof(*made));
    enum hm_status status = hm_arena_status(in->arena, in->err);
    size_t n = 0;
    for (const struct hm_json *at = hm_json_first(json); status == HM_OK && at != NULL;
         at = hm_json_next(at)) {
        made[n].kind = hm_load_keep(in, hm_json_name(at));
        status = hm_json_is(at, HM_JSON_LIST)
                     ? hm_catalogue_texts(in, &made[n++].reasons, at, "excluded")
                     : hm_load_fail(in, "kind-value", "excluded", hm_json_name(at));
    }
    load->made->exclusions = made;
    load->made->exclusion_count = n;
    return status;
}

enum hm_status hm_catalogue_read(struct hm_catalogue_load *load,
                                 const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(&load->load, &found, rows, ROWS, json, "catalogue");
    if (status == HM_OK) {
        status = read_names(load, &found);
    }
    if (status == HM_OK) {
        status = read_head(load, &found);
    }
    if (status == HM_OK) {
        status = read_spans(load, found.at[WINDOWS]);
    }
    if (status == HM_OK) {
        status = read_deadlines(load, found.at[DEADLINES]);
    }
    if (status == HM_OK) {
        status = read_levels(load, found.at[LEVELS]);
    }
    if (status == HM_OK) {
        status = read_exclusions(load, found.at[EXCLUDED]);
    }
    if (status == HM_OK) {
        status = hm_catalogue_load_dossiers(load, found.at[DOSSIERS]);
    }
    if (status == HM_OK) {
        status = read_variables(load, found.at[VARIABLES]);
    }
    if (status == HM_OK) {
        status = read_grades(load, found.at[GRADES]);
    }
    return status == HM_OK ? hm_catalogue_load_units(load, found.at[UNITS]) : status;
}
