/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "inside.h"

static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 20};

/* A partly known date, "2017" or "2017-03", stands for all of its days. */
static int compare_days(struct hm_bytes date, const char *day)
{
    size_t size = strlen(day);
    size_t length = date.size < size ? date.size : size;
    return memcmp(date.data, day, length);
}

bool hm_report_alive(const struct hm_scan_value *from,
                     const struct hm_scan_value *to,
                     const char *day)
{
    bool began = !from->is_text || compare_days(from->text, day) <= 0;
    bool ended = to->is_text && compare_days(to->text, day) < 0;
    return began && !ended;
}

static bool is_one_of(const struct hm_texts *texts, const struct hm_scan_value *value)
{
    char number[24];
    if (value->is_text) {
        return hm_texts_have(texts, value->text);
    }
    (void)snprintf(number, sizeof(number), "%lld", (long long)value->number);
    return hm_texts_have(texts, hm_text(number));
}

bool hm_report_where_fits(const struct hm_report_where *where,
                          const struct hm_scan_value *value,
                          int64_t year)
{
    char day[16];
    if (!value->there) {
        return where->or_empty;
    }
    if (where->after != NULL) {
        (void)snprintf(day, sizeof(day), "%04d-%s", (int)year, where->after);
        return value->is_text && compare_days(value->text, day) > 0;
    }
    return where->is.count == 0 ? !where->or_empty : is_one_of(&where->is, value);
}

/* A number, or how long a list is. */
static int64_t number_of(const struct hm_scan_value *value)
{
    struct hm_json *list = NULL;
    int64_t count = 0;
    if (!value->is_text) {
        return value->number;
    }
    if (hm_json_parse(&list, value->text, &limits, NULL) == HM_OK &&
        hm_json_is(list, HM_JSON_LIST)) {
        count = (int64_t)hm_json_count(list);
    }
    hm_json_free(list);
    return count;
}

bool hm_report_take(const struct hm_report_takes *takes,
                    const struct hm_scan_value *const *at,
                    int64_t *sum)
{
    bool found = false;
    size_t n = 0;
    *sum = 0;
    for (size_t i = 0; i < takes->count && !found; i++) {
        for (size_t k = 0; k < takes->at[i].count; k++, n++) {
            if (at[n]->there) {
                found = true;
                *sum += number_of(at[n]);
            }
        }
    }
    return found;
}

unsigned hm_report_exactness(const struct hm_report_settings *settings,
                             struct hm_bytes text)
{
    const char *const words[] = {settings->more, settings->nearly, settings->about};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i] != NULL && hm_bytes_are(text, words[i])) {
            return 1U << i;
        }
    }
    return 0;
}

static struct hm_scan_value member_of(const struct hm_json *item, const char *name)
{
    const struct hm_json *json = hm_json_get(item, name);
    if (hm_json_is(json, HM_JSON_INTEGER)) {
        return (struct hm_scan_value){.there = true, .number = hm_json_int_or(json, 0)};
    }
    if (hm_json_is(json, HM_JSON_TEXT)) {
        return (struct hm_scan_value){
            .there = true, .is_text = true, .text = hm_json_text_or(json, HM_NO_BYTES)};
    }
    return (struct hm_scan_value){.there = false};
}

static bool item_fits(const struct hm_report_list *list, const struct hm_json *item)
{
    for (size_t i = 0; i < list->where.count; i++) {
        const struct hm_report_where *where = &list->where.at[i];
        struct hm_scan_value value = member_of(item, where->field);
        if (!hm_report_where_fits(where, &value, 0)) {
            return false;
        }
    }
    return true;
}

static void add_item(const struct hm_report_settings *settings,
                     const struct hm_report_list *list,
                     const struct hm_json *item,
                     struct hm_cell *cell)
{
    bool found = false;
    for (size_t i = 0; i < list->take.count && !found; i++) {
        for (size_t k = 0; k < list->take.at[i].count; k++) {
            struct hm_scan_value value = member_of(item, list->take.at[i].at[k]);
            if (value.there && !value.is_text) {
                found = true;
                cell->value += value.number;
            }
        }
    }
    if (found && list->qualifier != NULL) {
        struct hm_scan_value value = member_of(item, list->qualifier);
        cell->exactness |= (uint8_t)hm_report_exactness(settings, value.text);
    }
    cell->there = cell->there || found;
}

enum hm_status hm_report_items(const struct hm_report_settings *settings,
                               const struct hm_report_list *list,
                               struct hm_bytes json,
                               bool *found,
                               struct hm_cell *cell,
                               struct hm_err *err)
{
    struct hm_json *items = NULL;
    enum hm_status status = hm_json_parse(&items, json, &limits, err);
    *found = false;
    if (status == HM_OK) {
        for (const struct hm_json *at = hm_json_first(items); at != NULL;
             at = hm_json_next(at)) {
            if (item_fits(list, at)) {
                *found = true;
                add_item(settings, list, at, cell);
            }
        }
    }
    hm_json_free(items);
    return status;
}
