/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/case.h"

#include <string.h>

static bool same_value(const struct hm_json *a, const struct hm_json *b)
{
    if (hm_json_is(a, HM_JSON_INTEGER) && hm_json_is(b, HM_JSON_INTEGER)) {
        return hm_json_int_or(a, 0) == hm_json_int_or(b, 1);
    }
    return hm_json_is(a, HM_JSON_TEXT) && hm_json_is(b, HM_JSON_TEXT) &&
           strcmp(hm_json_chars(a), hm_json_chars(b)) == 0;
}

struct set {
    const struct hm_case_record *at;
    size_t count;
    int year;
};

static bool fits(const struct set *set,
                 const struct hm_query *query,
                 const struct hm_case_record *record)
{
    return hm_bytes_are(record->kind, query->kind) &&
           hm_query_fits(query, record->fields, set->year);
}

/* Whether another record takes it back: one that agrees in all fields that must. */
static bool is_undone(const struct set *set,
                      const struct hm_query *query,
                      const struct hm_case_record *record)
{
    for (size_t i = 0; query->unless != NULL && i < set->count; i++) {
        bool same = fits(set, query->unless, &set->at[i]);
        for (size_t j = 0; same && j < query->same.count; j++) {
            const char *field = query->same.at[j];
            same = same_value(hm_json_get(record->fields, field),
                              hm_json_get(set->at[i].fields, field));
        }
        if (same) {
            return true;
        }
    }
    return false;
}

/* The record of the lowest id that one of the queries finds; null: none does. */
static const struct hm_case_record *find(const struct set *set,
                                         const struct hm_query *queries,
                                         size_t count)
{
    const struct hm_case_record *found = NULL;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < set->count; j++) {
            const struct hm_case_record *at = &set->at[j];
            bool lower = found == NULL || hm_bytes_compare(hm_id_bytes(&at->id),
                                                           hm_id_bytes(&found->id)) < 0;
            if (lower && fits(set, &queries[i], at) && !is_undone(set, &queries[i], at)) {
                found = at;
            }
        }
    }
    return found;
}

static void derive_flag(const struct set *set,
                        const struct hm_case_flag *flag,
                        struct hm_case_derived *derived,
                        size_t place)
{
    const struct hm_case_record *found = find(set, flag->when, flag->count);
    if (flag->what == HM_CASE_WHEN) {
        derived->flags[place] = found != NULL;
    } else if (flag->what == HM_CASE_CHANGED) {
        derived->frozen[place] = found;
    }
    for (size_t i = 0; flag->what == HM_CASE_CONFLICT && i < set->count; i++) {
        derived->flags[place] = derived->flags[place] || set->at[i].conflict;
    }
}

void hm_case_derive(const struct hm_case_table *table,
                    const struct hm_case_record *records,
                    size_t count,
                    int year,
                    struct hm_case_derived *derived)
{
    const struct set set = {records, count, year};
    *derived = (struct hm_case_derived){.state = 0};
    for (size_t i = 0; i < table->state_count; i++) {
        const struct hm_case_state *state = &table->states[i];
        const struct hm_case_record *found = find(&set, state->when, state->count);
        derived->holds[i] = state->count == 0 || found != NULL;
        if (found != NULL) {
            derived->state = i;
            derived->has_since = true;
            derived->since = found->id;
        }
    }
    for (size_t i = 0; i < table->flag_count; i++) {
        derive_flag(&set, &table->flags[i], derived, i);
    }
}
