/* SPDX-License-Identifier: Apache-2.0 */
#include "import_text.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/exchange/csv.h"
#include "inside.h"

enum { SAMPLE_ROWS = 5 };

/* What is decoded is held twice. */
#define DECODED_FILE_MAX ((size_t)12 * 1024 * 1024)
#define DECODED_MAX      ((size_t)32 * 1024 * 1024)
/* What of a workbook is judged: a few thousand names. */
#define JUDGED_MAX ((size_t)256 * 1024)

static enum hm_status named(struct hm_import_text *text,
                            const struct hm_import *import,
                            struct hm_err *err)
{
    text->read_as.sure = hm_encoding_named(import->encoding, &text->read_as.encoding);
    return text->read_as.sure
               ? HM_OK
               : hm_fail(err, HM_USAGE, "encoding-unknown", import->encoding, NULL, NULL);
}

/* Our own export (export.c) is Unicode, whatever its records say. */
static bool begins_ours(struct hm_bytes file)
{
    static const char ours[] = "\xEF\xBB\xBFid,unit";
    return file.size >= sizeof(ours) - 1 &&
           memcmp(file.data, ours, sizeof(ours) - 1) == 0;
}

enum hm_status hm_import_text_read(struct hm_import_text *text,
                                   const struct hm_import *import,
                                   struct hm_err *err)
{
    hm_buf_init(&text->text, DECODED_MAX);
    if (import->encoding != NULL) {
        enum hm_status status = named(text, import, err);
        if (status != HM_OK) {
            return status;
        }
    } else if (begins_ours(import->file)) {
        text->read_as = (struct hm_encoding_guess){HM_ENCODING_UTF8, true};
    } else {
        text->read_as = hm_encoding_guess(import->file);
    }
    if (text->read_as.encoding == HM_ENCODING_UTF8) {
        text->bytes = import->file;
        return HM_OK;
    }
    if (import->file.size > DECODED_FILE_MAX) {
        return hm_fail(err, HM_TOO_BIG, "csv-rows", NULL, NULL, NULL);
    }
    enum hm_status status =
        hm_encoding_decode(&text->text, import->file, text->read_as.encoding, err);
    text->bytes = hm_buf_bytes(&text->text);
    return status;
}

static bool beyond_ascii(struct hm_bytes cell)
{
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.data[i] >= 0x80) {
            return true;
        }
    }
    return false;
}

/* The texts of a row that do not tell by their font. False: there is no room for more. */
static bool gather(struct hm_csv_write *out, const struct hm_table_row *row)
{
    bool any = false;
    for (size_t i = 0; i < row->count; i++) {
        const struct hm_cell *cell = &row->cells[i];
        if (cell->type == HM_CELL_TEXT && !cell->decoded && !cell->from_left &&
            !cell->from_above && beyond_ascii(cell->text)) {
            hm_csv_put_text(out, cell->text);
            any = true;
        }
    }
    if (any) {
        hm_csv_end_row(out);
    }
    return out->buf->failed == HM_OK;
}

/* The same of a workbook (export_book.c). */
static bool is_ours(const struct hm_table_row *row)
{
    return row->line == 1 && row->count > 1 && hm_bytes_are(row->cells[0].text, "id") &&
           hm_bytes_are(row->cells[1].text, "unit");
}

static enum hm_status gather_sheet(struct hm_csv_write *out,
                                   struct hm_table *table,
                                   size_t sheet,
                                   struct hm_err *err)
{
    struct hm_table_row row;
    bool found = true;
    enum hm_status status = hm_table_begin(table, sheet, err);
    while (status == HM_OK && found) {
        status = hm_table_next(table, &row, &found, err);
        if (status == HM_OK && found && (is_ours(&row) || !gather(out, &row))) {
            break;
        }
    }
    return status;
}

enum hm_status hm_import_text_look(struct hm_import_text *text,
                                   const struct hm_import *import,
                                   struct hm_table *table,
                                   struct hm_err *err)
{
    struct hm_csv_write out;
    enum hm_status status = HM_OK;
    hm_buf_init(&text->text, JUDGED_MAX);
    hm_csv_write_init(&out, &text->text);
    for (size_t i = 0; i < hm_table_sheet_count(table) && status == HM_OK; i++) {
        if (!hm_table_sheet_hidden(table, i)) {
            status = gather_sheet(&out, table, i, err);
        }
    }
    if (status == HM_OK && text->text.failed == HM_NO_MEMORY) {
        status = hm_fail_memory(err);
    }
    text->text.failed = HM_OK; /* what had room is enough */
    text->bytes = hm_buf_bytes(&text->text);
    text->read_as = hm_encoding_guess(text->bytes);
    if (status == HM_OK && import->encoding != NULL) {
        status = named(text, import, err);
    }
    if (status == HM_OK) {
        hm_table_decode(table, text->read_as.encoding);
    }
    return status;
}

/* The cell of `row` that shows the encoding; no bytes: none does. */
static struct hm_bytes telling(const struct hm_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (beyond_ascii(row->cells[i])) {
            return row->cells[i];
        }
    }
    return HM_NO_BYTES;
}

/* The next row that shows the encoding; false also where the table breaks off. */
static bool next_telling(struct hm_csv *csv, struct hm_csv_row *row)
{
    bool found = true;
    while (hm_csv_next(csv, row, &found, NULL) == HM_OK && found) {
        if (telling(row).size > 0) {
            return true;
        }
    }
    return false;
}

void hm_import_text_show(struct hm_json_write *out, const struct hm_import_text *text)
{
    struct hm_csv csv;
    struct hm_csv_row row;
    hm_json_put_text(out, "encoding", hm_text(hm_encoding_name(text->read_as.encoding)));
    hm_json_key(out, "sure");
    hm_json_bool(out, text->read_as.sure);
    hm_json_key(out, "sample");
    hm_json_open(out, '[');
    if (hm_csv_init(&csv, text->bytes, NULL) == HM_OK) {
        for (int i = 0; i < SAMPLE_ROWS && next_telling(&csv, &row); i++) {
            hm_json_open(out, '[');
            for (size_t k = 0; k < row.count; k++) {
                hm_json_text(out, row.cells[k]);
            }
            hm_json_close(out, ']');
        }
        hm_csv_fini(&csv);
    }
    hm_json_close(out, ']');
}

enum hm_status hm_import_text_check(const struct hm_import_text *text, struct hm_err *err)
{
    struct hm_csv csv;
    struct hm_csv_row row;
    char cell[HM_ERR_ARG_MAX] = "";
    if (text->read_as.sure || text->read_as.encoding == HM_ENCODING_UTF8) {
        return HM_OK;
    }
    if (hm_csv_init(&csv, text->bytes, NULL) == HM_OK) {
        if (next_telling(&csv, &row)) {
            hm_api_argument(cell, telling(&row));
        }
        hm_csv_fini(&csv);
    }
    return hm_fail(err, HM_BAD_INPUT, "encoding-unsure",
                   hm_encoding_name(text->read_as.encoding), cell, NULL);
}
