/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "load.h"

enum { NAME, CERTAIN, PROBABLE, APART, NOT, ROWS };
static const struct hm_load_row rows[ROWS] = {
    [NAME] = {"name", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [CERTAIN] = {"certain", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [PROBABLE] = {"probable", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [APART] = {"apart", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [NOT] = {"not", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
};
static const char who[] = "duplicates";

/* What is compared must be one value. */
static enum hm_status read_compared(const struct hm_load *load,
                                    struct hm_field_list *list,
                                    const struct hm_json *json)
{
    enum hm_status status = hm_load_names(load, list, json, who);
    for (size_t i = 0; status == HM_OK && i < list->count; i++) {
        if (!hm_load_is_single(list->at[i]->type)) {
            status = hm_load_fail(load, "kind-nowhere", who, list->at[i]->name);
        }
    }
    return status;
}

static enum hm_status read_not(const struct hm_load *load,
                               struct hm_kind_duplicates *duplicates,
                               const struct hm_json *json)
{
    const struct hm_field *field = hm_load_field(load, json);
    if (field == NULL || field->type != HM_FIELD_TYPE_LIST ||
        field->item->type != HM_FIELD_TYPE_REF ||
        strcmp(field->item->ref, load->kind->name) != 0) {
        return hm_load_fail(load, "kind-nowhere", who, hm_json_chars(json));
    }
    duplicates->other = field;
    return HM_OK;
}

enum hm_status hm_load_duplicates(const struct hm_load *load, const struct hm_json *json)
{
    struct hm_load_found found;
    struct hm_kind_duplicates *duplicates =
        hm_arena_get(load->arena, sizeof(*duplicates));
    if (duplicates == NULL) {
        return hm_arena_status(load->arena, load->err);
    }
    *duplicates = (struct hm_kind_duplicates){.name = NULL};
    enum hm_status status = hm_load_part(load, &found, rows, ROWS, json, who);
    if (status != HM_OK) {
        return status;
    }
    duplicates->name = hm_load_field(load, found.at[NAME]);
    if (duplicates->name == NULL || duplicates->name->type != HM_FIELD_TYPE_TEXT) {
        return hm_load_fail(load, "kind-nowhere", who, hm_json_chars(found.at[NAME]));
    }
    status = read_compared(load, &duplicates->certain, found.at[CERTAIN]);
    if (status == HM_OK) {
        status = read_compared(load, &duplicates->probable, found.at[PROBABLE]);
    }
    if (status == HM_OK) {
        status = read_compared(load, &duplicates->apart, found.at[APART]);
    }
    if (status == HM_OK && found.at[NOT] != NULL) {
        status = read_not(load, duplicates, found.at[NOT]);
    }
    if (status == HM_OK && duplicates->certain.count + duplicates->probable.count == 0) {
        status = hm_load_fail(load, "kind-value", load->kind->name, who);
    }
    if (status == HM_OK) {
        load->kind->duplicates = duplicates;
    }
    return status;
}
