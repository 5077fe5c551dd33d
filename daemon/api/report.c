/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "hamlet/api/evaluate.h"
#include "hamlet/api/records.h"
#include "hamlet/model/value.h"

enum { YEAR_DIGITS = 4 };

/* ---- the period ---- */

/* A year, or the last day of it that counts. */
static enum hm_status read_to(int *year,
                              char day[HM_REPORT_DAY_SIZE],
                              const struct hm_view *view,
                              const char *text,
                              struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_tree(hm_store_kinds(view->store));
    struct hm_buf value;
    if (strlen(text) <= YEAR_DIGITS || kind == NULL) {
        enum hm_status status = hm_api_read_year(year, text, err);
        if (status == HM_OK) {
            char last[2 * HM_REPORT_DAY_SIZE];
            (void)snprintf(last, sizeof(last), "%04d-12-31", *year);
            memcpy(day, last, HM_REPORT_DAY_SIZE - 1);
        }
        return status;
    }
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    /* As the field of a unit's day takes it; what is wrong is this text, not that field.
     */
    enum hm_status status = hm_field_read(kind->tree->from, hm_text(text), &value, NULL);
    struct hm_bytes date = hm_value_text_or(hm_buf_bytes(&value), HM_NO_BYTES);
    if (status == HM_OK && date.size == HM_REPORT_DAY_SIZE - 1) {
        memcpy(day, date.data, date.size);
        *year = (int)strtol(day, NULL, 10);
    } else {
        status = hm_fail(err, HM_BAD_INPUT, "report-day", text, NULL, NULL);
    }
    hm_buf_fini(&value);
    return status;
}

enum hm_status hm_report_period(struct hm_report_asked *asked,
                                char day[HM_REPORT_DAY_SIZE],
                                const struct hm_view *view,
                                const struct hm_api_report *api,
                                struct hm_err *err)
{
    bool range = api->from != NULL || api->to != NULL;
    if ((api->year != NULL) == range || (range && api->to == NULL)) {
        return hm_fail(err, HM_USAGE, "report-period", NULL, NULL, NULL);
    }
    enum hm_status status =
        read_to(&asked->to, day, view, range ? api->to : api->year, err);
    asked->from = asked->to;
    asked->day = day;
    if (status == HM_OK && api->from != NULL) {
        status = hm_api_read_year(&asked->from, api->from, err);
    }
    return status;
}

/* Today where the district is. */
static void read_today(char today[HM_TIME_TEXT_SIZE], const struct hm_view *view)
{
    char time[HM_VIEW_TIME_SIZE];
    hm_view_time(time, hm_env_wall(hm_store_env(view->store)));
    (void)snprintf(today, HM_TIME_TEXT_SIZE, "%.4s-%.2s-%.2s", time + 6, time + 3, time);
}

/* ---- the records behind a figure ---- */

struct listing {
    const struct hm_view *view;
    const struct hm_api_report *api;
    size_t at;
    struct hm_rows rows;
    struct hm_grid grid;
};

static enum hm_status list_record(void *ctx, const struct hm_id *id, struct hm_err *err)
{
    struct listing *listing = ctx;
    struct hm_listed listed;
    struct hm_arena arena;
    char text[HM_HEX16_SIZE];
    size_t at = listing->at++;
    if (listing->api->limit > 0 &&
        (at < listing->api->skip || at - listing->api->skip >= listing->api->limit)) {
        return HM_OK;
    }
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_store_record_show(listing->view->store, id, &listed, &arena, err);
    if (status == HM_OK && listing->view->json) {
        hm_api_record_json(&listing->rows.out, &listed);
        status = hm_rows_flush(&listing->rows, err);
    } else if (status == HM_OK) {
        hm_hex_put(text, hm_id_bytes(id));
        hm_grid_put(&listing->grid, hm_text(text));
        hm_grid_put(&listing->grid, listed.kind);
        hm_grid_put(&listing->grid, listed.unit);
        hm_grid_put(&listing->grid, listed.fields);
    }
    hm_arena_fini(&arena);
    return status;
}

static bool has_figure(const struct hm_report *report, const char *name)
{
    for (size_t i = 0; i < report->section_count; i++) {
        for (size_t k = 0; k < report->sections[i].figure_count; k++) {
            if (strcmp(report->sections[i].figures[k].name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void begin_list(struct listing *listing)
{
    static const char *const heading[] = {"column.id", "column.kind", "column.unit",
                                          "column.fields"};
    const struct hm_view *view = listing->view;
    hm_rows_init(&listing->rows, view);
    if (listing->api->limit > 0) {
        hm_json_open(&listing->rows.out, '{');
        hm_json_key(&listing->rows.out, "records");
    }
    hm_json_open(&listing->rows.out, '[');
    hm_grid_init(&listing->grid, view, sizeof(heading) / sizeof(heading[0]));
    for (size_t i = 0; i < sizeof(heading) / sizeof(heading[0]); i++) {
        hm_grid_put(&listing->grid, hm_text(hm_words_ui(view->words, heading[i])));
    }
}

/* Where the next piece begins; null: this was the last. */
static void end_piece(struct listing *listing)
{
    struct hm_json_write *out = &listing->rows.out;
    size_t next = listing->api->skip + listing->api->limit;
    if (listing->api->limit == 0) {
        return;
    }
    hm_json_put_int(out, "count", (int64_t)listing->at);
    hm_json_key(out, "next");
    if (next < listing->at) {
        hm_json_int(out, (int64_t)next);
    } else {
        hm_json_null(out);
    }
    hm_json_close(out, '}');
}

static enum hm_status end_list(struct listing *listing,
                               enum hm_status status,
                               struct hm_err *err)
{
    if (status == HM_OK && listing->view->json) {
        hm_json_close(&listing->rows.out, ']');
        end_piece(listing);
        status = hm_rows_end(&listing->rows, err);
    } else if (status == HM_OK) {
        status = hm_grid_end(&listing->grid, "list.none", err);
    }
    hm_grid_fini(&listing->grid);
    hm_rows_fini(&listing->rows);
    return status;
}

/* ---- reports ---- */

static enum hm_status show(const struct hm_report_shown *shown, struct hm_err *err)
{
    switch (shown->api->format) {
    case HM_REPORT_FORMAT_CSV:
        return hm_report_show_csv(shown, err);
    case HM_REPORT_FORMAT_BOOK:
        return hm_report_show_book(shown, err);
    default:
        break;
    }
    return shown->view->json ? hm_report_show_json(shown, err)
                             : hm_report_show_text(shown, err);
}

enum hm_status hm_api_report_check(const struct hm_reports *reports,
                                   const struct hm_api_report *asked,
                                   struct hm_err *err)
{
    const struct hm_report *report = hm_reports_find(reports, hm_text(asked->name));
    if (report == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "report-unknown", asked->name, NULL, NULL);
    }
    return asked->figure == NULL || has_figure(report, asked->figure)
               ? HM_OK
               : hm_fail(err, HM_BAD_INPUT, "report-figure", asked->figure, asked->name,
                         NULL);
}

/* One state of the store for all of it. */
static enum hm_status make(struct hm_report_shown *shown,
                           const struct hm_reports *reports,
                           const struct hm_catalogues *catalogues,
                           const struct hm_report *report,
                           const struct hm_report_asked *asked,
                           struct hm_err *err)
{
    struct hm_report_made *made = NULL;
    enum hm_status status = hm_store_begin_read(shown->view->store, err);
    if (status == HM_OK) {
        status = hm_report_make(shown->view->store, reports, catalogues, report, asked,
                                &made, shown->arena, err);
        hm_store_rollback(shown->view->store);
    }
    shown->made = made;
    return status;
}

enum hm_status hm_api_report(const struct hm_view *view,
                             const struct hm_reports *reports,
                             const struct hm_catalogues *catalogues,
                             const struct hm_api_report *api,
                             struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_report_asked asked = {.figure = api->figure, .parts = api->parts};
    struct hm_report_shown shown = {
        .view = view, .api = api, .asked = &asked, .arena = &arena};
    struct listing listing = {.view = view, .api = api};
    const struct hm_report *report = hm_reports_find(reports, hm_text(api->name));
    char day[HM_REPORT_DAY_SIZE] = "";
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    read_today(shown.today, view);
    asked.today = api->today ? shown.today : NULL;
    enum hm_status status = hm_api_report_check(reports, api, err);
    if (status == HM_OK) {
        status = hm_report_period(&asked, day, view, api, err);
    }
    if (status == HM_OK) {
        status = hm_view_unit(view, api->unit, &asked.unit, &arena, err);
    }
    if (status == HM_OK && api->figure != NULL) {
        asked.each = list_record;
        asked.ctx = &listing;
        begin_list(&listing);
        status = make(&shown, reports, catalogues, report, &asked, err);
        status = end_list(&listing, status, err);
    } else if (status == HM_OK) {
        status = make(&shown, reports, catalogues, report, &asked, err);
        status = status == HM_OK ? show(&shown, err) : status;
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- the list of them ---- */

static void put_report(struct hm_json_write *out,
                       const struct hm_report *report,
                       enum hm_lang lang)
{
    hm_json_open(out, '{');
    hm_json_put_text(out, "report", hm_text(report->name));
    hm_json_put_text(out, "label", hm_text(hm_label_text(&report->label, lang)));
    hm_json_key(out, "figures");
    hm_json_open(out, '[');
    for (size_t i = 0; i < report->section_count; i++) {
        for (size_t k = 0; k < report->sections[i].figure_count; k++) {
            const struct hm_report_figure *figure = &report->sections[i].figures[k];
            hm_json_open(out, '{');
            hm_json_put_text(out, "name", hm_text(figure->name));
            hm_json_put_text(out, "label", hm_text(hm_label_text(&figure->label, lang)));
            hm_json_close(out, '}');
        }
    }
    hm_json_close(out, ']');
    hm_json_close(out, '}');
}

static enum hm_status list_text(const struct hm_view *view,
                                const struct hm_reports *reports,
                                struct hm_err *err)
{
    struct hm_grid grid;
    hm_grid_init(&grid, view, 2);
    grid.most = HM_GRID_NO_CUT;
    hm_grid_put(&grid, hm_text(hm_words_ui(view->words, "column.report")));
    hm_grid_put(&grid, hm_text(hm_words_ui(view->words, "column.label")));
    for (size_t i = 0; i < hm_reports_count(reports); i++) {
        const struct hm_report *report = hm_reports_at(reports, i);
        hm_grid_put(&grid, hm_text(report->name));
        hm_grid_put(&grid, hm_text(hm_label_text(&report->label, view->lang)));
    }
    enum hm_status status = hm_grid_end(&grid, "list.none", err);
    hm_grid_fini(&grid);
    return status;
}

enum hm_status hm_api_report_list(const struct hm_view *view,
                                  const struct hm_reports *reports,
                                  struct hm_err *err)
{
    struct hm_rows rows;
    if (!view->json) {
        return list_text(view, reports, err);
    }
    hm_rows_init(&rows, view);
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < hm_reports_count(reports); i++) {
        put_report(&rows.out, hm_reports_at(reports, i), view->lang);
    }
    hm_json_close(&rows.out, ']');
    enum hm_status status = hm_rows_end(&rows, err);
    hm_rows_fini(&rows);
    return status;
}
