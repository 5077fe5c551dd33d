/* SPDX-License-Identifier: Apache-2.0 */
/* Reading quantities; record/report.h says what they may hold. */
#include <string.h>

#include "catalogue_inside.h"
#include "report_inside.h"

enum { CHAIN_MAX = 8 };

const char *hm_report_kept(const struct hm_load *load, const struct hm_json *json)
{
    return json == NULL ? NULL : hm_load_keep(load, hm_json_chars(json));
}

enum { WHERE_FIELD, WHERE_IS, WHERE_EMPTY, WHERE_AFTER, WHERE_ROWS };
static const struct hm_load_row where_rows[WHERE_ROWS] = {
    [WHERE_FIELD] = {"field", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [WHERE_IS] = {"is", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [WHERE_EMPTY] = {"or_empty", HM_JSON_BOOL, HM_LOAD_PART, 0, 0, 0},
    [WHERE_AFTER] = {"after", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_one_where(const struct hm_load *load,
                                     struct hm_report_where *made,
                                     const struct hm_json *json,
                                     const char *who)
{
    char day[6];
    struct hm_load_found found;
    enum hm_status status = hm_load_part(load, &found, where_rows, WHERE_ROWS, json, who);
    if (status != HM_OK) {
        return status;
    }
    made->field = hm_report_kept(load, found.at[WHERE_FIELD]);
    made->or_empty = hm_json_bool_or(found.at[WHERE_EMPTY], false);
    made->after = hm_report_kept(load, found.at[WHERE_AFTER]);
    if (made->after != NULL && !hm_catalogue_day(day, made->after)) {
        return hm_load_fail(load, "kind-value", who, made->after);
    }
    return hm_load_texts(load, &made->is.at, &made->is.count, found.at[WHERE_IS], who);
}

enum hm_status hm_report_read_where(const struct hm_load *load,
                                    struct hm_report_wheres *wheres,
                                    const struct hm_json *json,
                                    const char *who)
{
    size_t count = hm_json_count(json);
    struct hm_report_where *made = hm_arena_get_array(load->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_one_where(load, &made[i], at, who);
    }
    *wheres = (struct hm_report_wheres){made, count};
    return status;
}

static const struct hm_load_row life_rows[] = {
    {"from", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"to", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

enum hm_status hm_report_read_life(const struct hm_load *load,
                                   struct hm_report_life *life,
                                   const struct hm_json *json,
                                   const char *who)
{
    struct hm_load_found found;
    if (json == NULL) {
        return HM_OK;
    }
    enum hm_status status = hm_load_part(load, &found, life_rows, 2, json, who);
    if (status == HM_OK) {
        life->from = hm_report_kept(load, found.at[0]);
        life->to = hm_report_kept(load, found.at[1]);
    }
    return status;
}

static enum hm_status read_take(const struct hm_load *load,
                                struct hm_report_takes *takes,
                                const struct hm_json *json,
                                const char *who)
{
    size_t count = hm_json_count(json);
    struct hm_texts *made = hm_arena_get_array(load->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = hm_json_is(at, HM_JSON_LIST)
                     ? hm_catalogue_texts(load, &made[i], at, who)
                     : hm_load_fail(load, "kind-value", who, "take");
    }
    *takes = (struct hm_report_takes){made, count};
    return status;
}

enum { LIST_FIELD, LIST_WHERE, LIST_TAKE, LIST_QUALIFIER, LIST_ROWS };
static const struct hm_load_row list_rows[LIST_ROWS] = {
    [LIST_FIELD] = {"field", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LIST_WHERE] = {"where", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [LIST_TAKE] = {"take", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [LIST_QUALIFIER] = {"qualifier", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_list(const struct hm_load *load,
                                struct hm_report_list *list,
                                const struct hm_json *json,
                                const char *who)
{
    struct hm_load_found found;
    if (json == NULL) {
        return HM_OK;
    }
    enum hm_status status = hm_load_part(load, &found, list_rows, LIST_ROWS, json, who);
    if (status == HM_OK) {
        list->field = hm_report_kept(load, found.at[LIST_FIELD]);
        list->qualifier = hm_report_kept(load, found.at[LIST_QUALIFIER]);
        status = hm_report_read_where(load, &list->where, found.at[LIST_WHERE], who);
    }
    return status == HM_OK ? read_take(load, &list->take, found.at[LIST_TAKE], who)
                           : status;
}

static const struct hm_load_row of_rows[] = {
    {"base", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"field", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_of(const struct hm_report_load *load,
                              struct hm_quantity *made,
                              const struct hm_json *json,
                              const char *who)
{
    struct hm_load_found found;
    if (json == NULL) {
        return HM_OK;
    }
    enum hm_status status = hm_load_part(&load->load, &found, of_rows, 2, json, who);
    if (status != HM_OK) {
        return status;
    }
    made->ref = hm_report_kept(&load->load, found.at[1]);
    for (size_t i = 0; i < load->made->base_count; i++) {
        if (hm_bytes_are(hm_json_text_or(found.at[0], HM_NO_BYTES),
                         load->made->bases[i].name)) {
            made->base = &load->made->bases[i];
        }
    }
    return made->base != NULL ? HM_OK
                              : hm_load_fail(&load->load, "kind-nowhere", who,
                                             hm_json_chars(found.at[0]));
}

enum {
    DO,
    KIND,
    WHERE,
    FILLED,
    LIFE,
    OF,
    TAKE,
    DEFAULT,
    LIST,
    BEFORE,
    QUALIFIER,
    DATE,
    WINDOW,
    WHOLE,
    UNIT_KINDS,
    UNIT_WHERE,
    ELSE,
    ROWS
};
#define BIT(type)  (1U << HM_QUANTITY_##type)
#define OF_RECORDS (BIT(UNITS) | BIT(RECORDS) | BIT(SUM) | BIT(LATEST))
static const struct hm_load_row rows[ROWS] = {
    [DO] = {"do", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [KIND] = {"kind", HM_JSON_TEXT, HM_LOAD_PART, 0, OF_RECORDS,
              BIT(RECORDS) | BIT(SUM) | BIT(LATEST)},
    [WHERE] = {"where", HM_JSON_LIST, HM_LOAD_PART, 0, OF_RECORDS, 0},
    [FILLED] = {"filled", HM_JSON_LIST, HM_LOAD_PART, 0, OF_RECORDS, 0},
    [LIFE] = {"life", HM_JSON_OBJECT, HM_LOAD_PART, 0, OF_RECORDS, 0},
    [OF] = {"of", HM_JSON_OBJECT, HM_LOAD_PART, 0, BIT(RECORDS) | BIT(BASE) | BIT(LATEST),
            BIT(BASE) | BIT(LATEST)},
    [TAKE] = {"take", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(SUM) | BIT(LATEST), BIT(LATEST)},
    [DEFAULT] = {"default", HM_JSON_INTEGER, HM_LOAD_PART, 0, BIT(SUM), 0},
    [LIST] = {"list", HM_JSON_OBJECT, HM_LOAD_PART, 0, BIT(SUM) | BIT(RECORDS), 0},
    [BEFORE] = {"before", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(SUM), 0},
    [QUALIFIER] = {"qualifier", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(SUM) | BIT(LATEST), 0},
    [DATE] = {"date", HM_JSON_TEXT, HM_LOAD_PART, 0, BIT(LATEST), BIT(LATEST)},
    [WINDOW] = {"window", HM_JSON_LIST, HM_LOAD_PART, 0, BIT(SUM), 0},
    [WHOLE] = {"whole", HM_JSON_BOOL, HM_LOAD_PART, 0, BIT(SUM), 0},
    [UNIT_KINDS] = {"unit_kinds", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [UNIT_WHERE] = {"unit_where", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [ELSE] = {"else", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
};

static bool find_type(enum hm_quantity_type *type, const struct hm_json *name)
{
    static const char *const names[HM_QUANTITY_TYPES] = {"units", "records", "sum",
                                                         "base",  "latest",  "open"};
    struct hm_bytes text = hm_json_text_or(name, HM_NO_BYTES);
    for (int i = 0; i < HM_QUANTITY_TYPES; i++) {
        if (hm_bytes_are(text, names[i])) {
            *type = (enum hm_quantity_type)i;
            return true;
        }
    }
    return false;
}

static enum hm_status read_numbers(const struct hm_load *load,
                                   struct hm_quantity *made,
                                   const struct hm_load_found *found,
                                   const char *who)
{
    enum hm_status status = read_take(load, &made->take, found->at[TAKE], who);
    made->has_other = found->at[DEFAULT] != NULL;
    made->other = hm_json_int_or(found->at[DEFAULT], 0);
    made->before = hm_report_kept(load, found->at[BEFORE]);
    made->qualifier = hm_report_kept(load, found->at[QUALIFIER]);
    made->date = hm_report_kept(load, found->at[DATE]);
    made->whole = hm_json_bool_or(found->at[WHOLE], false);
    if (status == HM_OK) {
        status = hm_load_texts(load, &made->window.at, &made->window.count,
                               found->at[WINDOW], who);
    }
    if (status == HM_OK && made->window.count != 0 && made->window.count != 2) {
        status = hm_load_fail(load, "kind-value", who, "window");
    }
    return status == HM_OK ? read_list(load, &made->list, found->at[LIST], who) : status;
}

static enum hm_status read_filters(const struct hm_report_load *load,
                                   struct hm_quantity *made,
                                   const struct hm_load_found *found,
                                   const char *who)
{
    const struct hm_load *in = &load->load;
    made->kind = hm_report_kept(in, found->at[KIND]);
    enum hm_status status = hm_report_read_where(in, &made->where, found->at[WHERE], who);
    if (status == HM_OK) {
        status = hm_load_texts(in, &made->filled.at, &made->filled.count,
                               found->at[FILLED], who);
    }
    if (status == HM_OK) {
        status = hm_report_read_life(in, &made->life, found->at[LIFE], who);
    }
    if (status == HM_OK) {
        status = read_of(load, made, found->at[OF], who);
    }
    if (status == HM_OK) {
        status = hm_load_texts(in, &made->unit_kinds.at, &made->unit_kinds.count,
                               found->at[UNIT_KINDS], who);
    }
    return status == HM_OK
               ? hm_report_read_where(in, &made->unit_where, found->at[UNIT_WHERE], who)
               : status;
}

static enum hm_status read_one(const struct hm_report_load *load,
                               struct hm_quantity **quantity,
                               const struct hm_json **otherwise,
                               const struct hm_json *json,
                               const char *who)
{
    const struct hm_load *in = &load->load;
    struct hm_load_found found;
    struct hm_quantity *made = hm_arena_get(in->arena, sizeof(*made));
    enum hm_status status = hm_arena_status(in->arena, in->err);
    if (status == HM_OK) {
        status = hm_load_find(in, &found, rows, ROWS, json, who);
    }
    if (status == HM_OK && !find_type(&made->type, found.at[DO])) {
        status = hm_load_fail(in, "kind-type", who, hm_json_chars(found.at[DO]));
    }
    if (status == HM_OK) {
        status = hm_load_check(in, &found, HM_LOAD_PART, 1U << made->type, who);
    }
    if (status == HM_OK) {
        status = read_filters(load, made, &found, who);
    }
    if (status == HM_OK) {
        status = read_numbers(in, made, &found, who);
    }
    bool refers = made != NULL && made->base != NULL && made->type != HM_QUANTITY_BASE;
    if (status == HM_OK && refers && made->ref == NULL) {
        status = hm_load_fail(in, "kind-missing", who, "field");
    }
    if (status == HM_OK) {
        *quantity = made;
        *otherwise = found.at[ELSE];
    }
    return status;
}

enum hm_status hm_report_read_quantity(const struct hm_report_load *load,
                                       const struct hm_quantity **quantity,
                                       const struct hm_json *json,
                                       const char *who)
{
    struct hm_quantity *last = NULL;
    enum hm_status status = HM_OK;
    for (int i = 0; status == HM_OK && json != NULL; i++) {
        struct hm_quantity *made = NULL;
        if (i == CHAIN_MAX) {
            return hm_load_fail(&load->load, "kind-value", who, "else");
        }
        status = read_one(load, &made, &json, json, who);
        if (status == HM_OK && last == NULL) {
            *quantity = made;
        } else if (status == HM_OK) {
            last->otherwise = made;
        }
        last = made;
    }
    return status;
}
