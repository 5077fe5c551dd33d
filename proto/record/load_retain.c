/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/retain.h"

#include "catalogue_inside.h"

enum { OF, YEARS, ERASE, AFTER, ROWS };
static const struct hm_load_row rows[ROWS] = {
    [OF] = {"of", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [YEARS] = {"years", HM_JSON_INTEGER, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [ERASE] = {"erase", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [AFTER] = {"after", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
};
static const char who[] = "retain";

static enum hm_status read_of(const struct hm_load *load,
                              struct hm_kind_retain *retain,
                              const struct hm_json *json)
{
    const struct hm_field *field = hm_load_field(load, json);
    if (field == NULL ||
        (field->type != HM_FIELD_TYPE_INTEGER && field->type != HM_FIELD_TYPE_DATE &&
         field->type != HM_FIELD_TYPE_PARTIAL_DATE)) {
        return hm_load_fail(load, "kind-nowhere", who, hm_json_chars(json));
    }
    retain->of = field;
    return HM_OK;
}

static enum hm_status read_erase(const struct hm_load *load,
                                 struct hm_kind_retain *retain,
                                 const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    const struct hm_kind_register **made =
        hm_arena_get_array(load->arena, count, sizeof(struct hm_kind_register *));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    if (status == HM_OK && count == 0) {
        return hm_load_fail(load, "kind-value", who, "[]");
    }
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        made[i] = hm_kind_register(load->kind, hm_json_text_or(at, HM_NO_BYTES));
        if (made[i] == NULL) {
            return hm_load_fail(load, "kind-nowhere", who, hm_json_chars(at));
        }
        for (size_t k = 0; k < i; k++) {
            if (made[k] == made[i]) {
                return hm_load_fail(load, "kind-twice", who, made[i]->name);
            }
        }
    }
    retain->erase = made;
    retain->erase_count = count;
    return status;
}

static enum hm_status read_after(const struct hm_load *load,
                                 struct hm_kind_retain *retain,
                                 const struct hm_json *json)
{
    enum hm_status status =
        hm_queries_read(load, &retain->after, &retain->after_count, json, who);
    for (size_t i = 0; status == HM_OK && i < retain->after_count; i++) {
        if (retain->after[i].type != HM_QUERY_EXISTS || retain->after[i].kind == NULL) {
            status = hm_load_fail(load, "kind-value", who, "after");
        }
    }
    return status;
}

enum hm_status hm_load_retain(const struct hm_load *load, const struct hm_json *json)
{
    struct hm_load_found found;
    struct hm_kind_retain *retain = hm_arena_get(load->arena, sizeof(*retain));
    if (retain == NULL) {
        return hm_arena_status(load->arena, load->err);
    }
    *retain = (struct hm_kind_retain){.of = NULL};
    enum hm_status status = hm_load_part(load, &found, rows, ROWS, json, who);
    if (status == HM_OK) {
        retain->years = hm_json_int_or(found.at[YEARS], 0);
        status = read_of(load, retain, found.at[OF]);
    }
    if (status == HM_OK && (retain->years < 1 || retain->years > HM_RETAIN_YEARS_MAX)) {
        status = hm_load_fail(load, "kind-value", who, "years");
    }
    if (status == HM_OK) {
        status = read_erase(load, retain, found.at[ERASE]);
    }
    if (status == HM_OK && found.at[AFTER] != NULL) {
        status = read_after(load, retain, found.at[AFTER]);
    }
    if (status == HM_OK) {
        load->kind->retain = retain;
    }
    return status;
}
