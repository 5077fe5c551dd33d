/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/facts.h"

#include <stdio.h>
#include <string.h>

#include "catalogue_inside.h"

bool hm_texts_have(const struct hm_texts *texts, struct hm_bytes text)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (hm_bytes_are(text, texts->at[i])) {
            return true;
        }
    }
    return false;
}

const struct hm_fact_source *hm_facts_find(const struct hm_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->source_count; i++) {
        if (strcmp(facts->sources[i].name, name) == 0) {
            return &facts->sources[i];
        }
    }
    return NULL;
}

const char *hm_facts_unit_kind(const struct hm_facts *facts,
                               struct hm_bytes level,
                               struct hm_bytes type)
{
    for (size_t i = 0; i < facts->unit_kind_count; i++) {
        const struct hm_unit_kind *kind = &facts->unit_kinds[i];
        if (hm_texts_have(&kind->levels, level) || hm_texts_have(&kind->types, type)) {
            return kind->kind;
        }
    }
    return NULL;
}

/* ---- which records ---- */

enum { YEAR_SIZE = 16 };

static struct hm_bytes text_of(const struct hm_json *fields, const char *name)
{
    const struct hm_json *at = hm_json_get(fields, name);
    if (hm_json_is(at, HM_JSON_BOOL)) {
        return hm_text(hm_json_bool_or(at, false) ? "true" : "false");
    }
    return hm_json_text_or(at, HM_NO_BYTES);
}

static bool is_empty(const struct hm_json *fields, const char *name)
{
    const struct hm_json *at = hm_json_get(fields, name);
    return at == NULL || hm_json_is(at, HM_JSON_NULL);
}

static bool year_fits(const struct hm_query *query,
                      const struct hm_json *fields,
                      int year)
{
    char text[YEAR_SIZE];
    int size = snprintf(text, sizeof(text), "%04d", year);
    if (query->year != NULL &&
        hm_json_int_or(hm_json_get(fields, query->year), -1) != year) {
        return false;
    }
    if (query->year_of == NULL) {
        return true;
    }
    struct hm_bytes date = text_of(fields, query->year_of);
    return date.size >= (size_t)size && memcmp(date.data, text, (size_t)size) == 0;
}

bool hm_query_reads(const struct hm_query *query)
{
    return query->where_count > 0 || query->filled.count > 0 || query->year_of != NULL;
}

bool hm_query_fits(const struct hm_query *query, const struct hm_json *fields, int year)
{
    bool filled = query->filled.count == 0;
    for (size_t i = 0; i < query->where_count; i++) {
        const struct hm_query_where *where = &query->where[i];
        bool empty = is_empty(fields, where->field);
        bool good = empty ? where->or_empty
                          : hm_texts_have(&where->is, text_of(fields, where->field));
        if (!good) {
            return false;
        }
    }
    for (size_t i = 0; i < query->filled.count; i++) {
        filled = filled || !is_empty(fields, query->filled.at[i]);
    }
    return filled && year_fits(query, fields, year);
}

/* ---- reading ---- */

static const char *kept(const struct hm_load *load, const struct hm_json *json)
{
    return json == NULL ? NULL : hm_load_keep(load, hm_json_chars(json));
}

enum { WHERE_FIELD, WHERE_IS, WHERE_EMPTY, WHERE_ROWS };
static const struct hm_load_row where_rows[WHERE_ROWS] = {
    [WHERE_FIELD] = {"field", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [WHERE_IS] = {"is", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [WHERE_EMPTY] = {"or_empty", HM_JSON_BOOL, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_where(const struct hm_load *load,
                                 struct hm_query *query,
                                 const struct hm_json *json,
                                 const char *who)
{
    size_t count = hm_json_count(json);
    struct hm_query_where *made = hm_arena_get_array(load->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        struct hm_load_found found;
        status = hm_load_part(load, &found, where_rows, WHERE_ROWS, at, who);
        if (status == HM_OK) {
            made[i].field = kept(load, found.at[WHERE_FIELD]);
            made[i].or_empty = hm_json_bool_or(found.at[WHERE_EMPTY], false);
            status = hm_catalogue_texts(load, &made[i].is, found.at[WHERE_IS], who);
        }
    }
    query->where = made;
    query->where_count = count;
    return status;
}

enum {
    DO,
    KIND,
    YEAR,
    YEAR_OF,
    WHERE,
    FILLED,
    FIELD,
    BEFORE,
    UNIT_KINDS,
    UNLESS,
    SAME,
    ROWS
};
#define BIT(type) (1U << HM_QUERY_##type)
static const struct hm_load_row rows[ROWS] = {
    [DO] = {"do", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [KIND] = {"kind", HM_JSON_TEXT, HM_LOAD_PART, 0, 0,
              BIT(COUNT) | BIT(SUM) | BIT(TAKE) | BIT(EXISTS)},
    [YEAR] = {"of_year", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [YEAR_OF] = {"year_of", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [WHERE] = {"where", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [FILLED] = {"filled", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [FIELD] = {"field", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(SUM) | BIT(TAKE),
               BIT(SUM) | BIT(TAKE)},
    [BEFORE] = {"before", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(TAKE), 0},
    [UNLESS] = {"unless", HM_JSON_OBJECT, HM_LOAD_PART, 0, BIT(EXISTS), 0},
    [SAME] = {"same", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(EXISTS), 0},
    [UNIT_KINDS] = {"unit_kinds", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(BELOW), BIT(BELOW)},
};

static bool find_type(enum hm_query_type *type, const struct hm_json *name)
{
    static const char *const names[HM_QUERY_TYPES] = {"count", "sum", "take", "exists",
                                                      "below"};
    struct hm_bytes text = hm_json_text_or(name, HM_NO_BYTES);
    for (int i = 0; i < HM_QUERY_TYPES; i++) {
        if (hm_bytes_are(text, names[i])) {
            *type = (enum hm_query_type)i;
            return true;
        }
    }
    return false;
}

static enum hm_status read_query(const struct hm_load *load,
                                 struct hm_query *made,
                                 const struct hm_json *json,
                                 const char *who);

/* What takes a record back is not taken back itself. */
static enum hm_status read_unless(const struct hm_load *load,
                                  struct hm_query *query,
                                  const struct hm_load_found *found,
                                  const char *who)
{
    const struct hm_json *json = found->at[UNLESS];
    if ((json == NULL) != (found->at[SAME] == NULL)) {
        return hm_load_fail(load, "kind-missing", who, "unless, same");
    }
    if (json == NULL) {
        return HM_OK;
    }
    struct hm_query *made = hm_arena_get(load->arena, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    if (status == HM_OK && hm_json_get(json, "unless") != NULL) {
        return hm_load_fail(load, "kind-attribute", who, "unless");
    }
    if (status == HM_OK) {
        status = read_query(load, made, json, who);
    }
    if (status == HM_OK) {
        query->unless = made;
        status = hm_catalogue_texts(load, &query->same, found->at[SAME], who);
    }
    return status;
}

static enum hm_status read_query(const struct hm_load *load,
                                 struct hm_query *made,
                                 const struct hm_json *json,
                                 const char *who)
{
    struct hm_load_found found;
    enum hm_status status = hm_load_find(load, &found, rows, ROWS, json, who);
    if (status == HM_OK && !find_type(&made->type, found.at[DO])) {
        status = hm_load_fail(load, "kind-type", who, hm_json_chars(found.at[DO]));
    }
    if (status == HM_OK) {
        status = hm_load_check(load, &found, HM_LOAD_PART, 1U << made->type, who);
    }
    if (status != HM_OK) {
        return status;
    }
    made->kind = kept(load, found.at[KIND]);
    made->year = kept(load, found.at[YEAR]);
    made->year_of = kept(load, found.at[YEAR_OF]);
    made->field = kept(load, found.at[FIELD]);
    made->before = kept(load, found.at[BEFORE]);
    status = read_where(load, made, found.at[WHERE], who);
    if (status == HM_OK && found.at[FILLED] != NULL) {
        status = hm_catalogue_texts(load, &made->filled, found.at[FILLED], who);
    }
    if (status == HM_OK && found.at[UNIT_KINDS] != NULL) {
        status = hm_catalogue_texts(load, &made->unit_kinds, found.at[UNIT_KINDS], who);
    }
    return status == HM_OK ? read_unless(load, made, &found, who) : status;
}

enum hm_status hm_queries_read(const struct hm_load *load,
                               const struct hm_query **queries,
                               size_t *count,
                               const struct hm_json *json,
                               const char *who)
{
    size_t n = hm_json_count(json);
    struct hm_query *made = hm_arena_get_array(load->arena, n, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < n; i++, at = hm_json_next(at)) {
        status = read_query(load, &made[i], at, who);
    }
    *queries = made;
    *count = n;
    return status;
}

static enum hm_status read_source(const struct hm_load *load,
                                  struct hm_fact_source *made,
                                  const struct hm_json *json)
{
    made->name = hm_load_keep(load, hm_json_name(json));
    if (!hm_json_is(json, HM_JSON_LIST) || hm_json_count(json) == 0) {
        return hm_load_fail(load, "kind-value", "facts", made->name);
    }
    return hm_queries_read(load, &made->queries, &made->count, json, made->name);
}

static enum hm_status read_sources(const struct hm_load *load,
                                   struct hm_facts *facts,
                                   const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    struct hm_fact_source *made = hm_arena_get_array(load->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_source(load, &made[i], at);
    }
    facts->sources = made;
    facts->source_count = count;
    return status;
}

static const struct hm_load_row answer_rows[HM_ANSWER_PARTS] = {
#define PART_ROW(name)                                                                   \
    {                                                                                    \
        name, HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0                             \
    }
    PART_ROW("kind"), PART_ROW("of_year"), PART_ROW("at_stage"), PART_ROW("list"),
    PART_ROW("id"),   PART_ROW("says"),    PART_ROW("pass"),     PART_ROW("fail"),
    PART_ROW("na"),   PART_ROW("unknown"), PART_ROW("counted"),  PART_ROW("among"),
    PART_ROW("now"),  PART_ROW("before"),  PART_ROW("points"),   PART_ROW("mitigated"),
    PART_ROW("mark"), PART_ROW("reason"),
#undef PART_ROW
};

static enum hm_status read_answers(const struct hm_load *load,
                                   struct hm_facts *facts,
                                   const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, answer_rows, HM_ANSWER_PARTS, json, "answered");
    for (size_t i = 0; status == HM_OK && i < HM_ANSWER_PARTS; i++) {
        facts->answers[i] = kept(load, found.at[i]);
    }
    return status;
}

enum { UNIT_KIND, UNIT_LEVELS, UNIT_TYPES, UNIT_ROWS };
static const struct hm_load_row unit_rows[UNIT_ROWS] = {
    [UNIT_KIND] = {"kind", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [UNIT_LEVELS] = {"levels", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [UNIT_TYPES] = {"types", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_unit_kinds(const struct hm_load *load,
                                      struct hm_facts *facts,
                                      const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    struct hm_unit_kind *made = hm_arena_get_array(load->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        struct hm_load_found found;
        status = hm_load_part(load, &found, unit_rows, UNIT_ROWS, at, "unit_kinds");
        if (status == HM_OK) {
            made[i].kind = kept(load, found.at[UNIT_KIND]);
            status = hm_load_texts(load, &made[i].levels.at, &made[i].levels.count,
                                   found.at[UNIT_LEVELS], "unit_kinds");
        }
        if (status == HM_OK) {
            status = hm_load_texts(load, &made[i].types.at, &made[i].types.count,
                                   found.at[UNIT_TYPES], "unit_kinds");
        }
    }
    facts->unit_kinds = made;
    facts->unit_kind_count = count;
    return status;
}

enum { FACTS, ANSWERS, KINDS, FILE_ROWS };
static const struct hm_load_row file_rows[FILE_ROWS] = {
    [FACTS] = {"facts", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [ANSWERS] = {"answered", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [KINDS] = {"unit_kinds", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

enum hm_status hm_facts_read(const struct hm_load *load,
                             struct hm_facts *facts,
                             const struct hm_json *json)
{
    struct hm_facts read = {.source_count = 0};
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, file_rows, FILE_ROWS, json, "facts");
    if (status == HM_OK) {
        status = read_sources(load, &read, found.at[FACTS]);
    }
    if (status == HM_OK) {
        status = read_answers(load, &read, found.at[ANSWERS]);
    }
    if (status == HM_OK) {
        status = read_unit_kinds(load, &read, found.at[KINDS]);
    }
    if (status == HM_OK) {
        *facts = read;
    }
    return status;
}
