/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "inside.h"
#include "parts.h"
#include "trace.h"

enum { YEAR_LEAST = 1000, YEAR_MOST = 9999 };

static enum hm_status read_days(struct hm_reporting *r, struct hm_err *err)
{
    const struct hm_report_asked *asked = r->asked;
    if (asked->from < YEAR_LEAST || asked->to > YEAR_MOST || asked->to < asked->from ||
        asked->to - asked->from >= HM_REPORT_YEARS_MAX) {
        char most[16];
        (void)snprintf(most, sizeof(most), "%d", HM_REPORT_YEARS_MAX);
        return hm_fail(err, HM_BAD_INPUT, "report-years", most, NULL, NULL);
    }
    r->years = asked->to - asked->from + 1;
    r->days = hm_arena_get_array(r->arena, (size_t)r->years, sizeof(*r->days));
    for (int i = 0; r->days != NULL && i < r->years; i++) {
        char day[2 * HM_REPORT_DAY_SIZE];
        (void)snprintf(day, sizeof(day), "%04d-12-31", asked->from + i);
        memcpy(r->days[i], i + 1 == r->years ? asked->day : day, HM_REPORT_DAY_SIZE - 1);
    }
    return hm_arena_status(r->arena, err);
}

/* ---- what is asked of units ---- */

static enum hm_status add_more(struct hm_reporting *r,
                               const struct hm_quantity *quantity,
                               struct hm_err *err)
{
    for (; quantity != NULL; quantity = quantity->otherwise) {
        for (size_t i = 0; i < quantity->unit_where.count; i++) {
            const char *field = quantity->unit_where.at[i].field;
            size_t at = 0;
            while (at < r->more_count && strcmp(r->more[at], field) != 0) {
                at++;
            }
            if (at == HM_REPORT_MORE_MAX) {
                return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
            }
            r->more[at] = field;
            r->more_count = at == r->more_count ? at + 1 : r->more_count;
        }
    }
    return HM_OK;
}

static enum hm_status read_more(struct hm_reporting *r, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < r->report->section_count; i++) {
        const struct hm_report_section *section = &r->report->sections[i];
        for (size_t k = 0; status == HM_OK && k < section->figure_count; k++) {
            const struct hm_report_figure *figure = &section->figures[k];
            const struct hm_quantity *const all[] = {figure->count, figure->among,
                                                     figure->beside, figure->aim};
            for (size_t q = 0; status == HM_OK && q < sizeof(all) / sizeof(all[0]); q++) {
                status = add_more(r, all[q], err);
            }
        }
    }
    return status;
}

/* ---- leaves ---- */

static enum hm_status put_part(struct hm_reporting *r,
                               const struct hm_report_figure *figure,
                               const struct hm_quantity *quantity,
                               bool counts,
                               int *part,
                               struct hm_err *err)
{
    size_t first = 0;
    *part = HM_REPORT_NONE;
    if (quantity == NULL) {
        return HM_OK;
    }
    enum hm_status status = hm_report_leaf(r, quantity, figure, counts, &first, err);
    *part = (int)first;
    return status;
}

static enum hm_status put_figure(struct hm_reporting *r,
                                 const struct hm_report_figure *figure,
                                 struct hm_report_parts *parts,
                                 struct hm_err *err)
{
    enum hm_status status = put_part(r, figure, figure->count, true, &parts->count, err);
    if (status == HM_OK) {
        status = put_part(r, figure, figure->among, false, &parts->among, err);
    }
    if (status == HM_OK) {
        status = put_part(r, figure, figure->beside, false, &parts->beside, err);
    }
    return status == HM_OK ? put_part(r, figure, figure->aim, false, &parts->aim, err)
                           : status;
}

static size_t figure_count(const struct hm_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->section_count; i++) {
        count += report->sections[i].figure_count;
    }
    return count;
}

static const struct hm_report_figure *figure_at(const struct hm_report *report, size_t at)
{
    size_t section = 0;
    while (at >= report->sections[section].figure_count) {
        at -= report->sections[section++].figure_count;
    }
    return &report->sections[section].figures[at];
}

/* ---- all of it ---- */

struct opening {
    const struct hm_reporting *r;
    int64_t sum;
};

static enum hm_status count_open(void *ctx,
                                 int64_t home,
                                 int64_t count,
                                 struct hm_err *err)
{
    struct opening *opening = ctx;
    const struct hm_reporting *r = opening->r;
    int unit = hm_report_unit_of(r, home);
    (void)err;
    if (unit != HM_REPORT_NONE &&
        r->map[(size_t)(r->years - 1) * r->unit_count + (size_t)unit] != HM_REPORT_NONE) {
        opening->sum += count;
    }
    return HM_OK;
}

static enum hm_status tell_store(const struct hm_reporting *r,
                                 struct hm_report_made *made,
                                 struct hm_err *err)
{
    struct opening opening = {r, 0};
    made->report = r->report;
    made->unit_name = r->units[r->scope].name;
    enum hm_status status = hm_report_silent(r, made, err);
    if (status == HM_OK) {
        status = hm_store_scan_open(r->store, count_open, &opening, err);
    }
    made->open = opening.sum;
    return status == HM_OK ? hm_store_scan_newest(r->store, &made->newest, err) : status;
}

static enum hm_status make_figures(struct hm_reporting *r,
                                   struct hm_report_made *made,
                                   struct hm_err *err)
{
    size_t count = figure_count(r->report);
    struct hm_report_parts *parts = hm_arena_get_array(r->arena, count, sizeof(*parts));
    made->figures = hm_arena_get_array(r->arena, count, sizeof(*made->figures));
    enum hm_status status = hm_arena_status(r->arena, err);
    for (size_t i = 0; status == HM_OK && i < count; i++) {
        status = put_figure(r, figure_at(r->report, i), &parts[i], err);
    }
    if (status == HM_OK) {
        status = hm_report_scan(r, err);
    }
    if (status == HM_OK) {
        status = hm_report_settle(r, err);
    }
    if (status == HM_OK) {
        status = hm_report_trace_end(r, err);
    }
    for (size_t i = 0; status == HM_OK && i < count; i++) {
        status = hm_report_figure(r, figure_at(r->report, i), &parts[i],
                                  &made->figures[i], err);
    }
    made->figure_count = count;
    return status;
}

static bool has_few(const struct hm_reporting *r)
{
    bool found = false;
    for (size_t i = 0; i < figure_count(r->report); i++) {
        found = found || hm_report_guards(r, figure_at(r->report, i), (size_t)r->scope);
    }
    return found;
}

/* Where the unit stood in all the years; HM_REPORT_NONE: at the top, or not in one place.
 */
static int above_all(const struct hm_reporting *r)
{
    int above = hm_report_parent(r, r->years - 1, r->scope);
    for (int year = 0; year < r->years; year++) {
        above = hm_report_parent(r, year, r->scope) == above ? above : HM_REPORT_NONE;
    }
    return above;
}

static void hold(struct hm_report_made_figure *figure, int years, enum hm_report_hold how)
{
    if (how != HM_REPORT_TOLD) {
        figure->few = true;
        figure->withheld = how == HM_REPORT_WITHHELD;
        figure->year_count = years > 1 || figure->withheld ? 0 : 1;
    }
}

static enum hm_report_hold hold_of(const struct hm_report_made_figure *figure,
                                   struct hm_bytes unit)
{
    for (size_t i = 0; i < figure->part_count; i++) {
        if (hm_bytes_equal(figure->parts[i].unit, unit)) {
            return figure->parts[i].hold;
        }
    }
    return HM_REPORT_TOLD;
}

/*
 * A number that its sisters keep back, or that keeps one of them back, is not told of the
 * unit by itself either: what the unit above has of it decides.
 */
static enum hm_status hold_beside_sisters(const struct hm_reporting *r,
                                          const struct hm_reports *reports,
                                          const struct hm_catalogues *catalogues,
                                          struct hm_report_made *made,
                                          struct hm_err *err)
{
    struct hm_report_asked asked = *r->asked;
    struct hm_report_made *above = NULL;
    if (!has_few(r) || asked.above++ >= HM_REPORT_CHAIN_MAX) {
        return HM_OK;
    }
    int parent = above_all(r);
    enum hm_status status = HM_OK;
    if (parent != HM_REPORT_NONE) {
        asked.unit = r->units[parent].code;
        asked.parts = true;
        asked.figure = NULL;
        status = hm_report_make(r->store, reports, catalogues, r->report, &asked, &above,
                                r->arena, err);
    }
    for (size_t i = 0; status == HM_OK && i < made->figure_count; i++) {
        if (hm_report_guards(r, made->figures[i].figure, (size_t)r->scope) &&
            made->figures[i].lack == HM_REPORT_SAID) {
            hold(&made->figures[i], r->years,
                 above == NULL ? HM_REPORT_WITHHELD
                               : hold_of(&above->figures[i], r->asked->unit));
        }
    }
    return status;
}

enum hm_status hm_report_make(struct hm_store *store,
                              const struct hm_reports *reports,
                              const struct hm_catalogues *catalogues,
                              const struct hm_report *report,
                              const struct hm_report_asked *asked,
                              struct hm_report_made **made,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_reporting r = {.store = store,
                             .settings = hm_reports_settings(reports),
                             .facts = hm_catalogues_facts(catalogues),
                             .report = report,
                             .asked = asked,
                             .arena = arena};
    struct hm_report_made *done = hm_arena_get(arena, sizeof(*done));
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = read_days(&r, err);
    }
    if (status == HM_OK) {
        status = read_more(&r, err);
    }
    if (status == HM_OK) {
        status = hm_report_units(&r, err);
    }
    if (status == HM_OK) {
        status = hm_report_parts_init(&r, err);
    }
    if (status == HM_OK) {
        status = hm_report_bases(&r, err);
    }
    if (status == HM_OK) {
        status = make_figures(&r, done, err);
    }
    if (status == HM_OK) {
        status = tell_store(&r, done, err);
    }
    if (status == HM_OK) {
        status = hold_beside_sisters(&r, reports, catalogues, done, err);
    }
    if (status == HM_OK) {
        *made = done;
    }
    return status;
}
