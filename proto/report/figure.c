/* SPDX-License-Identifier: Apache-2.0 */
/* From what each unit has of each year to what is printed. */
#include <string.h>

#include "inside.h"
#include "parts.h"

enum { PERMILLE = 1000, SCALE = 1000000 };

const struct hm_cell *hm_report_cell(const struct hm_reporting *r,
                                     int first,
                                     int year,
                                     size_t unit)
{
    const struct hm_leaf *leaf = &r->leaves[first];
    size_t at = (size_t)year * r->unit_count + unit;
    const struct hm_cell *cell = &leaf->cells[at];
    for (const struct hm_quantity *q = leaf->quantity->otherwise;
         q != NULL && !cell->there; q = q->otherwise) {
        leaf++;
        cell = &leaf->cells[at];
    }
    return cell;
}

static bool has_whole(const struct hm_reporting *r, int first)
{
    bool whole = false;
    for (const struct hm_quantity *q = r->leaves[first].quantity; q != NULL;
         q = q->otherwise) {
        whole = whole || q->whole;
    }
    return whole;
}

bool hm_report_held(const struct hm_reporting *r, int first, int year, int unit)
{
    while (has_whole(r, first) && unit != r->scope) {
        unit = hm_report_parent(r, year, unit);
        if (unit == HM_REPORT_NONE) {
            return false;
        }
        const struct hm_cell *cell = hm_report_cell(r, first, year, (size_t)unit);
        if (cell->there && cell->whole) {
            return true;
        }
    }
    return false;
}

static struct hm_reported total(const struct hm_reporting *r, int first, int year)
{
    struct hm_reported sum = {.there = false};
    for (size_t i = 0; i < r->unit_count; i++) {
        const struct hm_cell *cell = hm_report_cell(r, first, year, i);
        if (!cell->there || hm_report_held(r, first, year, (int)i)) {
            continue;
        }
        sum.there = true;
        sum.value += cell->value;
        sum.before += cell->before;
        sum.has_before = sum.has_before || cell->has_before;
        sum.exactness |= cell->exactness;
    }
    return sum;
}

/* What is there for some time is told as of the last day, never added up. */
static bool is_state(const struct hm_reporting *r, int first)
{
    return !r->leaves[first].of_year;
}

static struct hm_reported over(const struct hm_reporting *r, int first, bool day)
{
    struct hm_reported sum = {.there = false};
    if (first == HM_REPORT_NONE) {
        return sum;
    }
    for (int year = day || is_state(r, first) ? r->years - 1 : 0; year < r->years;
         year++) {
        struct hm_reported one = total(r, first, year);
        sum.there = sum.there || one.there;
        sum.value += one.value;
        sum.before += one.before;
        sum.has_before = sum.has_before || one.has_before;
        sum.exactness |= one.exactness;
    }
    return sum;
}

/* The aim of the last year that has one. */
static struct hm_reported last_of(const struct hm_reporting *r, int first)
{
    struct hm_reported found = {.there = false};
    for (int year = 0; first != HM_REPORT_NONE && year < r->years; year++) {
        struct hm_reported one = total(r, first, year);
        found = one.there ? one : found;
    }
    return found;
}

/*
 * How many units in all the years. Beside a whole only those of it, as they are on the
 * last day, with what became part of them.
 */
static enum hm_status distinct(const struct hm_reporting *r,
                               int first,
                               int among,
                               int64_t *count,
                               struct hm_err *err)
{
    const int *map = r->map + (size_t)(r->years - 1) * r->unit_count;
    bool *had = hm_arena_get_array(r->arena, r->unit_count, sizeof(*had));
    *count = 0;
    for (size_t i = 0; had != NULL && i < r->unit_count; i++) {
        int at = among == HM_REPORT_NONE ? (int)i : map[i];
        for (int year = 0; at != HM_REPORT_NONE && year < r->years; year++) {
            had[at] = had[at] || hm_report_cell(r, first, year, i)->there;
        }
    }
    for (size_t i = 0; had != NULL && i < r->unit_count; i++) {
        *count += had[i] && (among == HM_REPORT_NONE ||
                             hm_report_cell(r, among, r->years - 1, i)->there);
    }
    return hm_arena_status(r->arena, err);
}

/* Rounded, but never to all or nothing. */
static int64_t permille(int64_t value, int64_t among)
{
    int64_t share = (value * PERMILLE * 2 + among) / (among * 2);
    if (share >= PERMILLE && value < among) {
        return PERMILLE - 1;
    }
    return share == 0 && value > 0 ? 1 : share;
}

static enum hm_status read_years(const struct hm_reporting *r,
                                 const struct hm_report_parts *parts,
                                 struct hm_report_made_figure *made,
                                 struct hm_err *err)
{
    made->years = hm_arena_get_array(r->arena, (size_t)r->years, sizeof(*made->years));
    for (int year = 0; made->years != NULL && year < r->years; year++) {
        made->years[year].year = r->asked->from + year;
        made->years[year].count = total(r, parts->count, year);
        if (parts->among != HM_REPORT_NONE) {
            made->years[year].among = total(r, parts->among, year);
        }
    }
    made->year_count = made->years == NULL ? 0 : (size_t)r->years;
    return hm_arena_status(r->arena, err);
}

/* The shares of the years that have one. */
static void read_shares(struct hm_report_made_figure *made)
{
    int64_t sum = 0;
    bool whole = false;
    for (size_t i = 0; i < made->year_count; i++) {
        const struct hm_report_year *year = &made->years[i];
        whole = whole || year->among.value > 0;
        if (!year->count.there || year->among.value <= 0) {
            continue;
        }
        int64_t share = permille(year->count.value, year->among.value);
        bool first = made->share_years++ == 0;
        made->share_least =
            first || share < made->share_least ? share : made->share_least;
        made->share_most = first || share > made->share_most ? share : made->share_most;
        sum += year->count.value * SCALE / year->among.value;
    }
    if (made->share_years == 0) {
        made->lack = whole ? HM_REPORT_NO_DATA : HM_REPORT_NO_WHOLE;
    } else if (made->figure->over == HM_REPORT_MEAN) {
        int64_t mean = permille(sum, SCALE * (int64_t)made->share_years);
        made->share_least = mean;
        made->share_most = mean;
    }
}

static void read_share(struct hm_report_made_figure *made)
{
    if (made->among.value <= 0) {
        made->lack = HM_REPORT_NO_WHOLE;
        return;
    }
    made->share_least = permille(made->count.value, made->among.value);
    made->share_most = made->share_least;
    made->share_years = 1;
}

bool hm_report_is_few(int64_t value)
{
    return value > 0 && value < HM_REPORT_FEW;
}

/* A year that may not be told could be found from the others and their sum. */
static void judge_few(const struct hm_reporting *r, struct hm_report_made_figure *made)
{
    const char *kind = r->units[r->scope].kind;
    if (kind == NULL || !hm_texts_have(&made->figure->few, hm_text(kind))) {
        return;
    }
    made->few = hm_report_is_few(made->count.value) ||
                hm_report_is_few(made->count.before) ||
                hm_report_is_few(made->beside.value);
    for (size_t i = 0; i < made->year_count; i++) {
        if (hm_report_is_few(made->years[i].count.value)) {
            made->year_count = 0;
        }
    }
}

enum hm_status hm_report_figure(const struct hm_reporting *r,
                                const struct hm_report_figure *figure,
                                const struct hm_report_parts *parts,
                                struct hm_report_made_figure *made,
                                struct hm_err *err)
{
    bool day = figure->over == HM_REPORT_DAY;
    bool years = figure->over == HM_REPORT_EACH || figure->over == HM_REPORT_MEAN;
    const struct hm_leaf *leaf = &r->leaves[parts->count];
    bool units = leaf->quantity->type == HM_QUANTITY_UNITS && leaf->of_year && !day;
    *made = (struct hm_report_made_figure){.figure = figure,
                                           .distinct = HM_REPORT_NONE,
                                           .names = leaf->named,
                                           .name_count = leaf->named_count,
                                           .names_cut = leaf->named_cut};
    made->count = over(r, parts->count, day);
    made->among = over(r, parts->among, day);
    made->beside = over(r, parts->beside, day);
    made->aim = last_of(r, parts->aim);
    enum hm_status status = read_years(r, parts, made, err);
    if (status == HM_OK && units) {
        status = distinct(r, parts->count, years ? HM_REPORT_NONE : parts->among,
                          &made->distinct, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (units && !years && parts->among != HM_REPORT_NONE) {
        made->count.value = made->distinct;
    }
    made->lack = made->count.there ? HM_REPORT_SAID : HM_REPORT_NO_DATA;
    if (years) {
        read_shares(made);
    } else if (parts->among != HM_REPORT_NONE && made->lack == HM_REPORT_SAID) {
        read_share(made);
    }
    judge_few(r, made);
    return hm_report_parts(r, parts, made, err);
}
