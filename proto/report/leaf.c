/* SPDX-License-Identifier: Apache-2.0 */
/* The leaves of a report: what each unit has of each year, by one quantity. */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

static enum hm_status make_room(struct hm_reporting *r, struct hm_err *err)
{
    r->leaves = hm_arena_grow(r->arena, r->leaves, r->leaf_count, &r->leaf_capacity,
                              sizeof(*r->leaves));
    return hm_arena_status(r->arena, err);
}

static const struct hm_members *members_of(const struct hm_reporting *r,
                                           const struct hm_report_base *base)
{
    return base == NULL ? NULL : &r->bases[base - r->report->bases];
}

static enum hm_status make_leaf(struct hm_reporting *r,
                                struct hm_leaf *leaf,
                                const struct hm_quantity *quantity,
                                struct hm_err *err)
{
    *leaf =
        (struct hm_leaf){.quantity = quantity, .members = members_of(r, quantity->base)};
    leaf->cells = hm_arena_get_array(r->arena, (size_t)r->years * r->unit_count,
                                     sizeof(*leaf->cells));
    if (leaf->members != NULL) {
        size_t count = leaf->members->count;
        leaf->seen = hm_arena_get_array(r->arena, count, sizeof(*leaf->seen));
        if (quantity->type == HM_QUANTITY_LATEST) {
            leaf->last = hm_arena_get_array(r->arena, count, sizeof(*leaf->last));
        }
    }
    return hm_report_fits(r, quantity, &leaf->fits, err);
}

/* A leaf that counts just so already, with the same ones after it. */
static bool find_same(const struct hm_reporting *r,
                      const struct hm_quantity *quantity,
                      size_t *first)
{
    for (size_t i = 0; i < r->leaf_count; i++) {
        if (r->leaves[i].shared && hm_report_same(r->leaves[i].quantity, quantity)) {
            *first = i;
            return true;
        }
    }
    return false;
}

enum hm_status hm_report_leaf(struct hm_reporting *r,
                              const struct hm_quantity *quantity,
                              const struct hm_report_figure *figure,
                              bool counts,
                              size_t *first,
                              struct hm_err *err)
{
    bool traced =
        counts && r->asked->figure != NULL && strcmp(figure->name, r->asked->figure) == 0;
    bool named = counts && figure->names != NULL;
    enum hm_status status = HM_OK;
    if (!traced && !named && find_same(r, quantity, first)) {
        return HM_OK;
    }
    *first = r->leaf_count;
    for (; status == HM_OK && quantity != NULL; quantity = quantity->otherwise) {
        status = make_room(r, err);
        if (status == HM_OK) {
            struct hm_leaf *leaf = &r->leaves[r->leaf_count++];
            status = make_leaf(r, leaf, quantity, err);
            leaf->names = named ? figure : NULL;
            leaf->traced = traced;
            leaf->first = *first;
            leaf->shared = !traced && !named;
            leaf->over = figure->over;
        }
    }
    return status;
}

void hm_report_add(struct hm_leaf *leaf,
                   const struct hm_reporting *r,
                   int year,
                   int unit,
                   const struct hm_cell *number)
{
    struct hm_cell *cell = &leaf->cells[(size_t)year * r->unit_count + (size_t)unit];
    bool once = leaf->quantity->type == HM_QUANTITY_UNITS;
    cell->there = true;
    cell->whole = cell->whole || number->whole;
    cell->value = once ? 1 : cell->value + number->value;
    cell->before += number->before;
    cell->has_before = cell->has_before || number->has_before;
    cell->exactness |= number->exactness;
}

bool hm_report_is_of(const struct hm_reporting *r, const struct hm_leaf *leaf, int year)
{
    bool last =
        leaf->over == HM_REPORT_DAY || (leaf->over == HM_REPORT_PERIOD && !leaf->of_year);
    return !last || year == r->years - 1;
}

/* Where it counts; HM_REPORT_NONE: not here. */
static int place_of(const struct hm_reporting *r,
                    const struct hm_leaf *leaf,
                    int year,
                    int unit)
{
    int at = r->map[(size_t)year * r->unit_count + (size_t)unit];
    return at == HM_REPORT_NONE || !leaf->fits[at] ? HM_REPORT_NONE : at;
}

/* ---- units and bases, which need no record ---- */

static void settle_units(const struct hm_reporting *r, struct hm_leaf *leaf)
{
    const struct hm_cell one = {.value = 1};
    for (int year = 0; year < r->years; year++) {
        for (size_t i = 0; i < r->unit_count; i++) {
            int at = place_of(r, leaf, year, (int)i);
            if (at != HM_REPORT_NONE && r->open[(size_t)year * r->unit_count + i]) {
                hm_report_add(leaf, r, year, at, &one);
            }
        }
    }
}

static enum hm_status trace(struct hm_reporting *r,
                            struct hm_leaf *leaf,
                            const struct hm_id *record,
                            int year,
                            int unit,
                            struct hm_err *err)
{
    return hm_report_is_of(r, leaf, year)
               ? hm_report_trace(r, leaf, record, year, unit, err)
               : HM_OK;
}

static enum hm_status settle_base(struct hm_reporting *r,
                                  struct hm_leaf *leaf,
                                  struct hm_err *err)
{
    const struct hm_cell one = {.value = 1};
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < leaf->members->count; i++) {
        const struct hm_member *member = &leaf->members->at[i];
        for (int year = 0; status == HM_OK && year < r->years; year++) {
            int at = place_of(r, leaf, year, member->unit);
            if (at != HM_REPORT_NONE && (member->alive >> year & 1) != 0) {
                hm_report_add(leaf, r, year, at, &one);
                status = trace(r, leaf, &member->id, year, at, err);
            }
        }
    }
    return status;
}

static enum hm_status settle_last(struct hm_reporting *r,
                                  struct hm_leaf *leaf,
                                  struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < leaf->members->count; i++) {
        int at = place_of(r, leaf, r->years - 1, leaf->members->at[i].unit);
        if (at != HM_REPORT_NONE && leaf->last[i].cell.there) {
            hm_report_add(leaf, r, r->years - 1, at, &leaf->last[i].cell);
            status = hm_report_trace(r, leaf, &leaf->last[i].id, r->years - 1, at, err);
        }
    }
    return status;
}

/* ---- windows ---- */

/* By unit, then by their beginnings, the longer first. */
static int by_window(const void *a, const void *b)
{
    const struct hm_window *x = a;
    const struct hm_window *y = b;
    if (x->unit != y->unit) {
        return x->unit < y->unit ? -1 : 1;
    }
    int order = strcmp(x->from, y->from);
    return order != 0 ? order : strcmp(y->to, x->to);
}

/* What lies within a wider window is in its number already. */
static enum hm_status settle_windows(struct hm_reporting *r,
                                     struct hm_leaf *leaf,
                                     struct hm_err *err)
{
    const char *end = "";
    int unit = HM_REPORT_NONE;
    enum hm_status status = HM_OK;
    if (leaf->window_count > 1) {
        qsort(leaf->windows, leaf->window_count, sizeof(*leaf->windows), by_window);
    }
    for (size_t i = 0; status == HM_OK && i < leaf->window_count; i++) {
        const struct hm_window *window = &leaf->windows[i];
        if (window->unit == unit && strcmp(window->to, end) <= 0) {
            continue;
        }
        unit = window->unit;
        end = window->to;
        int at = place_of(r, leaf, window->year, window->unit);
        if (at != HM_REPORT_NONE) {
            hm_report_add(leaf, r, window->year, at, &window->cell);
            status = trace(r, leaf, &window->id, window->year, at, err);
        }
    }
    return status;
}

/* ---- what is undecided ---- */

struct opening {
    const struct hm_reporting *r;
    struct hm_leaf *leaf;
};

static enum hm_status add_open(void *ctx, int64_t home, int64_t count, struct hm_err *err)
{
    const struct opening *opening = ctx;
    const struct hm_reporting *r = opening->r;
    const struct hm_cell number = {.value = count};
    int unit = hm_report_unit_of(r, home);
    int at =
        unit == HM_REPORT_NONE ? unit : place_of(r, opening->leaf, r->years - 1, unit);
    (void)err;
    if (at != HM_REPORT_NONE) {
        hm_report_add(opening->leaf, r, r->years - 1, at, &number);
    }
    return HM_OK;
}

/* None is a number, too: every unit that is there has said that it has none. */
static enum hm_status settle_open(const struct hm_reporting *r,
                                  struct hm_leaf *leaf,
                                  struct hm_err *err)
{
    struct opening opening = {r, leaf};
    const struct hm_cell none = {.value = 0};
    hm_report_add(leaf, r, r->years - 1, r->scope, &none);
    return hm_store_scan_open(r->store, add_open, &opening, err);
}

enum hm_status hm_report_settle(struct hm_reporting *r, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < r->leaf_count; i++) {
        struct hm_leaf *leaf = &r->leaves[i];
        const struct hm_quantity *quantity = leaf->quantity;
        if (quantity->type == HM_QUANTITY_UNITS && quantity->kind == NULL) {
            settle_units(r, leaf);
        } else if (quantity->type == HM_QUANTITY_BASE) {
            status = settle_base(r, leaf, err);
        } else if (quantity->type == HM_QUANTITY_LATEST) {
            status = settle_last(r, leaf, err);
        } else if (quantity->type == HM_QUANTITY_OPEN) {
            status = settle_open(r, leaf, err);
        } else if (leaf->window_count > 0) {
            status = settle_windows(r, leaf, err);
        }
    }
    return status;
}
