/* SPDX-License-Identifier: Apache-2.0 */
/* A report for other programs: as CSV, and as an Excel file with its source beside it. */
#include <string.h>

#include "hamlet/exchange/csv.h"
#include "hamlet/exchange/workbook.h"
#include "report.h"

/* One row of either, cell by cell. */
struct table {
    const struct hm_report_shown *shown;
    struct hm_csv_write *csv; /* null: the book */
    struct hm_book *book;
};

static void put_text(const struct table *table, struct hm_bytes text)
{
    if (table->csv != NULL) {
        hm_csv_put_text(table->csv, text);
    } else {
        hm_book_put_text(table->book, text);
    }
}

static void put_word(const struct table *table, const char *key)
{
    put_text(table, hm_text(hm_words_ui(table->shown->view->words, key)));
}

/* A number for programs; nothing where it is not told. */
static void put_number(const struct table *table,
                       const struct hm_report_made_figure *figure,
                       bool there,
                       int64_t number)
{
    struct hm_buf digits;
    if (!there || !hm_report_tells(figure, number)) {
        put_text(table, HM_NO_BYTES);
        return;
    }
    if (table->csv == NULL) {
        hm_book_put_int(table->book, number, true);
        return;
    }
    hm_buf_init(&digits, HM_NAME_MAX);
    hm_buf_put_int(&digits, number);
    hm_csv_put_plain(table->csv, hm_buf_bytes(&digits));
    hm_buf_fini(&digits);
}

static void end_row(const struct table *table)
{
    if (table->csv != NULL) {
        hm_csv_end_row(table->csv);
    } else {
        hm_book_end_row(table->book);
    }
}

static void put_heading(const struct table *table)
{
    static const char *const heading[] = {
        "column.section", "column.name",  "column.label", "column.figure",
        "column.share",   "column.value", "column.among", "column.beside",
        "column.before",  "column.least", "column.most",  "column.measure",
        "column.note"};
    for (size_t i = 0; i < sizeof(heading) / sizeof(heading[0]); i++) {
        put_word(table, heading[i]);
    }
    end_row(table);
}

static enum hm_status put_figure(const struct table *table,
                                 const struct hm_report_section *section,
                                 const struct hm_report_made_figure *figure,
                                 struct hm_err *err)
{
    enum hm_lang lang = table->shown->view->lang;
    bool shares = figure->share_years > 0 && !figure->few;
    struct hm_report_said said;
    enum hm_status status = hm_report_say(table->shown, figure, &said, err);
    if (status != HM_OK) {
        return status;
    }
    put_text(table, hm_text(hm_label_text(&section->label, lang)));
    put_text(table, hm_text(figure->figure->name));
    put_text(table, hm_text(hm_label_text(&figure->figure->label, lang)));
    put_text(table, said.text);
    put_text(table, said.share);
    put_number(table, figure, figure->count.there, figure->count.value);
    put_number(table, figure, figure->among.there, figure->among.value);
    put_number(table, figure, figure->beside.there, figure->beside.value);
    put_number(table, figure, figure->count.has_before, figure->count.before);
    put_number(table, figure, shares, figure->share_least);
    put_number(table, figure, shares, figure->share_most);
    put_text(table, hm_text(hm_label_text(&figure->figure->measure, lang)));
    put_text(table, said.note);
    end_row(table);
    return HM_OK;
}

static enum hm_status put_figures(const struct table *table, struct hm_err *err)
{
    const struct hm_report *report = table->shown->made->report;
    enum hm_status status = HM_OK;
    size_t n = 0;
    put_heading(table);
    for (size_t i = 0; i < report->section_count; i++) {
        const struct hm_report_section *section = &report->sections[i];
        for (size_t k = 0; status == HM_OK && k < section->figure_count; k++, n++) {
            status = put_figure(table, section, &table->shown->made->figures[n], err);
        }
    }
    return status;
}

/* ---- where it comes from ---- */

static void put_line(const struct table *table, const char *key, struct hm_bytes text)
{
    put_word(table, key);
    put_text(table, text);
    end_row(table);
}

static void put_count(const struct table *table, const char *key, int64_t count)
{
    static const struct hm_report_made_figure whole;
    put_word(table, key);
    put_number(table, &whole, true, count);
    end_row(table);
}

static enum hm_status put_source(const struct table *table, struct hm_err *err)
{
    const struct hm_report_shown *shown = table->shown;
    struct hm_report_head head;
    char time[HM_VIEW_TIME_SIZE];
    enum hm_status status = hm_report_head(shown, &head, err);
    if (status != HM_OK) {
        return status;
    }
    hm_view_time(time, hm_env_wall(hm_store_env(shown->view->store)));
    put_line(table, "export.report", head.title);
    put_line(table, "export.unit", head.unit);
    put_line(table, "export.period", head.period);
    put_line(table, "export.time", hm_text(time));
    put_line(table, "export.data", head.data);
    put_count(table, "export.figures", (int64_t)shown->made->figure_count);
    put_count(table, "export.lowest", (int64_t)shown->made->leaves);
    put_count(table, "export.silent", (int64_t)shown->made->leaves_silent);
    put_count(table, "export.open", shown->made->open);
    return HM_OK;
}

/* The last lines of a CSV say what the second sheet of a book says. */
enum hm_status hm_report_show_csv(const struct hm_report_shown *shown, struct hm_err *err)
{
    struct hm_buf buf;
    struct hm_csv_write out;
    const struct table table = {.shown = shown, .csv = &out};
    hm_buf_init(&buf, HM_REQUEST_ARENA_MAX);
    hm_csv_write_init(&out, &buf);
    hm_csv_put_mark(&out);
    enum hm_status status = put_figures(&table, err);
    if (status == HM_OK) {
        status = put_source(&table, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&buf, err);
    }
    if (status == HM_OK) {
        shown->view->put(shown->view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

enum hm_status hm_report_show_book(const struct hm_report_shown *shown,
                                   struct hm_err *err)
{
    struct table table = {.shown = shown};
    const struct hm_view *view = shown->view;
    enum hm_status status =
        hm_book_open(&table.book, shown->api->path, shown->api->temporary,
                     hm_env_wall(hm_store_env(view->store)), err);
    if (status != HM_OK) {
        return status;
    }
    hm_book_sheet(table.book,
                  hm_text(hm_label_text(&shown->made->report->label, view->lang)), true);
    status = put_figures(&table, err);
    if (status == HM_OK) {
        hm_book_sheet(table.book, hm_text(hm_words_ui(view->words, "export.source")),
                      false);
        status = put_source(&table, err);
    }
    enum hm_status closed = hm_book_close(table.book, status == HM_OK ? err : NULL);
    return status != HM_OK ? status : closed;
}
