/* SPDX-License-Identifier: Apache-2.0 */
/* A figure of each unit directly below the one that is reported of. */
#include <string.h>

#include "inside.h"
#include "parts.h"

/* In which part of the unit that was asked for another lies; HM_REPORT_NONE: in none. */
static int part_of(const struct hm_reporting *r, int year, int unit)
{
    int part = HM_REPORT_NONE;
    for (int i = 0; i < HM_REPORT_CHAIN_MAX && unit != HM_REPORT_NONE; i++) {
        if (unit == r->scope) {
            return part;
        }
        part = unit;
        unit = hm_report_parent(r, year, unit);
    }
    return HM_REPORT_NONE;
}

enum hm_status hm_report_parts_init(struct hm_reporting *r, struct hm_err *err)
{
    if (!r->asked->parts) {
        return HM_OK;
    }
    int *part =
        hm_arena_get_array(r->arena, (size_t)r->years * r->unit_count, sizeof(*part));
    for (int year = 0; part != NULL && year < r->years; year++) {
        for (size_t i = 0; i < r->unit_count; i++) {
            part[(size_t)year * r->unit_count + i] = part_of(r, year, (int)i);
        }
    }
    r->part = part;
    return hm_arena_status(r->arena, err);
}

static void add(struct hm_reported *sum, const struct hm_cell *cell)
{
    sum->there = true;
    sum->value += cell->value;
    sum->before += cell->before;
    sum->exactness |= cell->exactness;
}

enum hm_status hm_report_part_sums(const struct hm_reporting *r,
                                   int first,
                                   int from,
                                   int until,
                                   bool stated,
                                   struct hm_reported **made,
                                   struct hm_err *err)
{
    struct hm_reported *sums = hm_arena_get_array(r->arena, r->unit_count, sizeof(*sums));
    for (int year = from; sums != NULL && first != HM_REPORT_NONE && year < until;
         year++) {
        for (size_t i = 0; i < r->unit_count; i++) {
            int part = r->part[(size_t)year * r->unit_count + i];
            const struct hm_cell *cell = hm_report_cell(r, first, year, i);
            if (part != HM_REPORT_NONE && cell->there &&
                (stated || !hm_report_held(r, first, year, (int)i))) {
                add(&sums[part], cell);
            }
        }
    }
    *made = sums;
    return hm_arena_status(r->arena, err);
}

enum hm_status hm_report_parts(const struct hm_reporting *r,
                               const struct hm_report_parts *leaves,
                               struct hm_report_made_figure *made,
                               struct hm_err *err)
{
    bool sum = made->figure->over == HM_REPORT_PERIOD && r->leaves[leaves->count].of_year;
    int from = sum ? 0 : r->years - 1;
    struct hm_reported *counts = NULL;
    struct hm_reported *amongs = NULL;
    const enum hm_report_hold *held = NULL;
    if (r->part == NULL) {
        return HM_OK;
    }
    enum hm_status status =
        hm_report_part_sums(r, leaves->count, from, r->years, false, &counts, err);
    if (status == HM_OK) {
        status =
            hm_report_part_sums(r, leaves->among, from, r->years, false, &amongs, err);
    }
    if (status == HM_OK) {
        status = hm_report_few(r, leaves, from, made->figure, &held, err);
    }
    struct hm_report_part *parts =
        hm_arena_get_array(r->arena, r->unit_count, sizeof(*parts));
    size_t count = 0;
    for (size_t i = 0; status == HM_OK && parts != NULL && i < r->unit_count; i++) {
        bool there = leaves->among == HM_REPORT_NONE ? counts[i].there : amongs[i].there;
        parts[count] = (struct hm_report_part){.unit = r->units[i].code,
                                               .name = r->units[i].name,
                                               .count = counts[i],
                                               .among = amongs[i]};
        parts[count].hold = held[i];
        made->parts_few = made->parts_few || held[i] != HM_REPORT_TOLD;
        count += there || held[i] != HM_REPORT_TOLD;
    }
    if (status == HM_OK) {
        made->parts = parts;
        made->part_count = count;
        status = hm_arena_status(r->arena, err);
    }
    return status;
}
