/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may not be told of a unit, since it is one to four of something, and what else may
 * not, since that could be found from it.
 *
 * The numbers of sisters and their sum are a table. One cell that is kept back is the sum
 * less the others: so the next smallest is kept back with it, until what is hidden has
 * more than one solution. The tables are those of each year, of all years asked for, of
 * what was before and of what stands beside: a unit's number over some years is told only
 * if each of its years is, and so is that of the last year alone, with which they go.
 */
#include <string.h>

#include "inside.h"
#include "parts.h"

static const char year_end[] = "-12-31";

bool hm_report_guards(const struct hm_reporting *r,
                      const struct hm_report_figure *figure,
                      size_t unit)
{
    const char *kind = r->units[unit].kind;
    return kind != NULL && hm_texts_have(&figure->few, hm_text(kind));
}

/* ---- one table ---- */

struct table {
    const struct hm_reporting *r;
    const struct hm_report_figure *figure;
    const struct hm_reported *cells; /* of each unit; those that are there */
    bool *hidden;                    /* in this table */
    bool told;                       /* its numbers are those that are told */
    int64_t count;
    int64_t sum; /* of what is hidden */
};

static void hide(struct table *table, size_t unit)
{
    table->hidden[unit] = true;
    table->count++;
    table->sum += table->cells[unit].value;
}

/* Of a few that are all least or all most their sum tells each. */
static bool is_safe(const struct table *table)
{
    return table->count == 0 || (table->count > 1 && table->sum > table->count &&
                                 table->sum < table->count * (HM_REPORT_FEW - 1));
}

/* The smallest that is told, the first of equals; HM_REPORT_NONE: there is none. */
static int smallest(const struct table *table)
{
    int found = HM_REPORT_NONE;
    for (size_t i = 0; i < table->r->unit_count; i++) {
        if (table->cells[i].there && !table->hidden[i] &&
            (found == HM_REPORT_NONE ||
             table->cells[i].value < table->cells[found].value)) {
            found = (int)i;
        }
    }
    return found;
}

/* What is hidden with others than few is not said to be few. */
static void judge(struct table *table, enum hm_report_hold *held)
{
    for (size_t i = 0; i < table->r->unit_count; i++) {
        if (table->cells[i].there && hm_report_guards(table->r, table->figure, i) &&
            hm_report_is_few(table->cells[i].value)) {
            hide(table, i);
        }
    }
    int next = is_safe(table) ? HM_REPORT_NONE : smallest(table);
    if (next != HM_REPORT_NONE) {
        hide(table, (size_t)next);
    }
    bool under = table->told && next == HM_REPORT_NONE;
    for (size_t i = 0; i < table->r->unit_count; i++) {
        if (table->hidden[i] && held[i] != HM_REPORT_WITHHELD) {
            held[i] = under ? HM_REPORT_UNDER : HM_REPORT_WITHHELD;
        }
    }
}

/* ---- all of them ---- */

static enum hm_status judge_years(const struct hm_reporting *r,
                                  const struct hm_report_figure *figure,
                                  int first,
                                  int from,
                                  int until,
                                  bool told,
                                  enum hm_report_hold *held,
                                  struct hm_err *err)
{
    struct hm_reported *cells = NULL;
    enum hm_status status = hm_report_part_sums(r, first, from, until, true, &cells, err);
    for (int before = 0; status == HM_OK && before < 2; before++) {
        struct table table = {.r = r, .figure = figure, .cells = cells, .told = told};
        table.hidden = hm_arena_get_array(r->arena, r->unit_count, sizeof(bool));
        status = hm_arena_status(r->arena, err);
        for (size_t i = 0; status == HM_OK && before > 0 && i < r->unit_count; i++) {
            cells[i].value = cells[i].before;
        }
        if (status == HM_OK) {
            judge(&table, held);
        }
    }
    return status;
}

/* A part of a year, or units as they are today: less something else that is told, it may
 * be what is not. */
static bool is_partial(const struct hm_reporting *r)
{
    const char *day = r->days[r->years - 1];
    return r->asked->today != NULL ||
           strcmp(day + strlen(day) - strlen(year_end), year_end) != 0;
}

static enum hm_status withhold_all(const struct hm_reporting *r,
                                   const struct hm_report_parts *leaves,
                                   const struct hm_report_figure *figure,
                                   enum hm_report_hold *held,
                                   struct hm_err *err)
{
    struct hm_reported *cells = NULL;
    enum hm_status status =
        hm_report_part_sums(r, leaves->count, 0, r->years, true, &cells, err);
    for (size_t i = 0; status == HM_OK && i < r->unit_count; i++) {
        if (cells[i].there && hm_report_guards(r, figure, i)) {
            held[i] = hm_report_is_few(cells[i].value) ? HM_REPORT_UNDER
                      : cells[i].value == 0            ? HM_REPORT_TOLD
                                                       : HM_REPORT_WITHHELD;
        }
    }
    return status;
}

enum hm_status hm_report_few(const struct hm_reporting *r,
                             const struct hm_report_parts *leaves,
                             int from,
                             const struct hm_report_figure *figure,
                             const enum hm_report_hold **held,
                             struct hm_err *err)
{
    const int firsts[] = {leaves->count, leaves->beside};
    enum hm_report_hold *made =
        hm_arena_get_array(r->arena, r->unit_count, sizeof(*made));
    enum hm_status status = hm_arena_status(r->arena, err);
    if (status == HM_OK && figure->few.count > 0 && is_partial(r)) {
        status = withhold_all(r, leaves, figure, made, err);
    }
    for (size_t i = 0; figure->few.count > 0 && i < 2; i++) {
        for (int year = 0; status == HM_OK && year < r->years; year++) {
            status = judge_years(r, figure, firsts[i], year, year + 1,
                                 year == from && from + 1 == r->years, made, err);
        }
        if (status == HM_OK && from + 1 < r->years) {
            status = judge_years(r, figure, firsts[i], from, r->years, true, made, err);
        }
    }
    *held = made;
    return status;
}
