/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "export.h"
#include "hamlet/exchange/workbook.h"
#include "hamlet/model/value.h"
#include "import_columns.h"

enum { NUMBER_SIZE = 24, DATE_SIZE = 10 };

struct writing {
    struct hm_exporting *e;
    struct hm_book *book;
    struct hm_buf value;
    struct hm_buf text;
    struct hm_buf back;
};

/* A label that an import would take for another field gives way to the field's name. */
static enum hm_status put_heading(struct writing *w, struct hm_err *err)
{
    struct hm_titles titles;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status =
        hm_titles_read(&titles, w->e->view->words, w->e->kind, &arena, err);
    hm_book_put_text(w->book, hm_text("id"));
    hm_book_put_text(w->book, hm_text("unit"));
    for (size_t i = 0; i < w->e->columns.count && status == HM_OK; i++) {
        const struct hm_field *field = w->e->columns.at[i];
        struct hm_bytes label = hm_text(hm_label_text(&field->label, w->e->view->lang));
        struct hm_meaning meaning = hm_title_means(&titles, label);
        bool plain = meaning.field != NULL && meaning.other == NULL &&
                     strcmp(meaning.field, field->name) == 0;
        hm_book_put_text(w->book, plain ? label : hm_text(field->name));
    }
    hm_book_end_row(w->book);
    hm_arena_fini(&arena);
    return status;
}

/* As a person reads it, if an import reads the same from it, else as programs do. */
static enum hm_status show_value(struct writing *w,
                                 const struct hm_field *field,
                                 struct hm_err *err)
{
    bool labels = field->type == HM_FIELD_TYPE_ENUM ||
                  field->type == HM_FIELD_TYPE_BOOLEAN ||
                  field->type == HM_FIELD_TYPE_SET;
    hm_buf_clear(&w->text);
    hm_buf_clear(&w->back);
    if (labels && w->value.size > 0) {
        hm_field_show(&w->text, field, hm_buf_bytes(&w->value), w->e->view->lang);
        enum hm_status status =
            hm_field_read(field, hm_buf_bytes(&w->text), &w->back, NULL);
        if (status == HM_NO_MEMORY) {
            return hm_fail_memory(err);
        }
        if (status == HM_OK &&
            hm_bytes_equal(hm_buf_bytes(&w->back), hm_buf_bytes(&w->value))) {
            return hm_buf_status(&w->text, err);
        }
        hm_buf_clear(&w->text);
    }
    hm_field_write(&w->text, field, hm_buf_bytes(&w->value));
    return hm_buf_status(&w->text, err);
}

static int digits(const uint8_t *text, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* "2026-03-05", of days that Excel's calendar has. */
static bool put_date(struct writing *w)
{
    const uint8_t *text = w->text.data;
    if (w->text.size != DATE_SIZE || digits(text, 4) < 1901) {
        return false;
    }
    hm_book_put_date(w->book, digits(text, 4), digits(text + 5, 2), digits(text + 8, 2));
    return true;
}

static bool put_number(struct writing *w, const struct hm_field *field)
{
    bool negative = w->text.size > 0 && w->text.data[0] == '-';
    int64_t number = 0;
    for (size_t i = negative; i < w->text.size; i++) {
        if (w->text.data[i] < '0' || w->text.data[i] > '9') {
            return false;
        }
        number = number * 10 + (w->text.data[i] - '0');
    }
    if (w->text.size > 0) {
        hm_book_put_int(w->book, negative ? -number : number, !field->plain);
    }
    return w->text.size > 0;
}

static enum hm_status put_cell(struct writing *w,
                               const struct hm_json *fields,
                               const struct hm_field *field,
                               struct hm_err *err)
{
    bool put = false;
    enum hm_status status = hm_export_value(fields, field, &w->value, err);
    if (status == HM_OK) {
        status = show_value(w, field, err);
    }
    if (status == HM_OK && field->type == HM_FIELD_TYPE_INTEGER) {
        put = put_number(w, field);
    } else if (status == HM_OK && (field->type == HM_FIELD_TYPE_DATE ||
                                   field->type == HM_FIELD_TYPE_PARTIAL_DATE)) {
        put = put_date(w);
    }
    if (!put) {
        hm_book_put_text(w->book, hm_buf_bytes(&w->text));
    }
    return status;
}

static enum hm_status put_record(void *ctx,
                                 const struct hm_listed *record,
                                 const struct hm_json *fields,
                                 struct hm_err *err)
{
    struct writing *w = ctx;
    char id[HM_HEX16_SIZE];
    enum hm_status status = HM_OK;
    hm_hex_put(id, hm_id_bytes(&record->id));
    hm_book_put_text(w->book, hm_text(id));
    hm_book_put_text(w->book, record->unit);
    for (size_t i = 0; i < w->e->columns.count && status == HM_OK; i++) {
        status = put_cell(w, fields, w->e->columns.at[i], err);
    }
    hm_book_end_row(w->book);
    return status;
}

/* ---- the sheet that says where the table comes from ---- */

static void put_line(struct writing *w, const char *key, struct hm_bytes text)
{
    hm_book_put_text(w->book, hm_text(hm_words_ui(w->e->view->words, key)));
    hm_book_put_text(w->book, text);
    hm_book_end_row(w->book);
}

static void put_count(struct writing *w, const char *key, int64_t count)
{
    hm_book_put_text(w->book, hm_text(hm_words_ui(w->e->view->words, key)));
    hm_book_put_int(w->book, count, true);
    hm_book_end_row(w->book);
}

/* What the records were chosen by, as it was typed. */
static void put_filter(struct writing *w)
{
    const struct hm_api_list *only = w->e->export->only;
    struct hm_buf shown;
    hm_buf_init(&shown, HM_REQUEST_BYTES_MAX);
    for (size_t i = 0; only != NULL && i < only->where_count; i++) {
        hm_buf_put_text(&shown, shown.size > 0 ? "; " : "");
        hm_buf_put_text(&shown, only->where[i]);
    }
    if (only != NULL && only->search.size > 0) {
        hm_buf_put_text(&shown, shown.size > 0 ? "; " : "");
        hm_buf_put_bytes(&shown, only->search);
    }
    put_line(w, "export.filter",
             shown.size > 0 ? hm_buf_bytes(&shown)
                            : hm_text(hm_words_ui(w->e->view->words, "export.all")));
    hm_buf_fini(&shown);
}

static enum hm_status put_source(struct writing *w, struct hm_err *err)
{
    const struct hm_view *view = w->e->view;
    struct hm_arena arena;
    struct hm_bytes unit = HM_NO_BYTES;
    char time[HM_VIEW_TIME_SIZE];
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = hm_view_unit(view, NULL, &unit, &arena, err);
    if (status == HM_OK) {
        status = hm_view_unit_name(view, unit, &unit, &arena, err);
    }
    if (status == HM_OK) {
        hm_view_time(time, w->e->export->now);
        hm_book_sheet(w->book, hm_text(hm_words_ui(view->words, "export.source")), false);
        put_line(w, "export.kind",
                 hm_text(hm_label_text(&w->e->kind->label, view->lang)));
        put_line(w, "export.unit", unit);
        put_line(w, "export.time", hm_text(time));
        put_filter(w);
        put_count(w, "export.count", w->e->count);
        put_count(w, "export.conflicts", w->e->conflicts);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_export_book(struct hm_exporting *e, struct hm_err *err)
{
    struct writing w = {.e = e};
    enum hm_status status =
        hm_book_open(&w.book, e->export->path, e->export->temporary, e->export->now, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&w.value, HM_VALUE_BYTES_MAX);
    hm_buf_init(&w.text, HM_VALUE_BYTES_MAX * 8);
    hm_buf_init(&w.back, HM_VALUE_BYTES_MAX);
    hm_book_sheet(w.book, hm_text(hm_label_text(&e->kind->label, e->view->lang)), true);
    status = put_heading(&w, err);
    if (status == HM_OK) {
        status = hm_export_rows(e, put_record, &w, err);
    }
    if (status == HM_OK) {
        status = put_source(&w, err);
    }
    hm_buf_fini(&w.back);
    hm_buf_fini(&w.text);
    hm_buf_fini(&w.value);
    enum hm_status closed = hm_book_close(w.book, status == HM_OK ? err : NULL);
    return status != HM_OK ? status : closed;
}
