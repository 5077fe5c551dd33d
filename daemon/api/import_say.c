/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/base/hash.h"
#include "import_run.h"

enum { NUMBER_SIZE = 24, REFUSED_SHOWN = 1000 };

/* Verdicts of HM_IMPORT_ROWS_MAX rows, a hundred bytes each. */
#define VERDICTS_MAX ((size_t)20 * 1024 * 1024)

void hm_import_say_begin(struct hm_importing *im)
{
    static const char *const keys[] = {"column.line", "column.column", "column.reason"};
    hm_rows_init(&im->rows, im->view);
    hm_grid_init(&im->grid, im->view, 3);
    hm_buf_init(&im->verdicts, VERDICTS_MAX);
    hm_json_write_init(&im->verdict_out, &im->verdicts);
    hm_json_open(&im->verdict_out, '[');
    hm_json_open(&im->rows.out, '{');
    hm_json_key(&im->rows.out, "refused");
    hm_json_open(&im->rows.out, '[');
    im->grid.most = HM_GRID_NO_CUT;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        hm_grid_put(&im->grid, hm_text(hm_words_ui(im->view->words, keys[i])));
    }
}

/* The column that an error speaks of; no bytes: the row as a whole. */
static struct hm_bytes column_of(const struct hm_importing *im, const struct hm_err *why)
{
    const struct hm_columns *columns = &im->source.heading.columns;
    const char *field = why->arg[0];
    if (strcmp(why->key, "unit-unknown") == 0 || strcmp(why->key, "unit-scope") == 0 ||
        strcmp(why->key, "units-zeros") == 0) {
        field = "unit";
    } else if (strcmp(why->key, "record-missing") == 0 ||
               strcmp(why->key, "record-deleted") == 0) {
        field = "id";
    }
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->fields[i].size > 0 && hm_bytes_are(columns->fields[i], field)) {
            return columns->titles[i];
        }
    }
    return HM_NO_BYTES;
}

static void put_refused(struct hm_importing *im,
                        size_t line,
                        struct hm_bytes column,
                        const char *reason,
                        struct hm_bytes text)
{
    struct hm_json_write *out = &im->rows.out;
    char number[NUMBER_SIZE];
    if (!im->view->json) {
        (void)snprintf(number, sizeof(number), "%zu", line);
        hm_grid_put(&im->grid, hm_text(number));
        hm_grid_put(&im->grid, column);
        hm_grid_put(&im->grid, text);
        return;
    }
    hm_json_open(out, '{');
    hm_json_put_int(out, "line", (int64_t)line);
    hm_json_key(out, "column");
    if (column.size == 0) {
        hm_json_null(out);
    } else {
        hm_json_text(out, column);
    }
    hm_json_put_text(out, "reason", hm_text(reason));
    hm_json_put_text(out, "text", text);
    hm_json_close(out, '}');
}

enum hm_status hm_import_say_refused(struct hm_importing *im,
                                     size_t line,
                                     struct hm_err *why,
                                     struct hm_err *err)
{
    struct hm_buf text;
    struct hm_bytes column = column_of(im, why);
    hm_import_say_row(im, line, "refused", false, NULL);
    if (im->done.refused++ >= REFUSED_SHOWN && !im->view->json) {
        return HM_OK;
    }
    hm_buf_init(&text, HM_CHANGE_BYTES_MAX);
    hm_view_explain(im->view, im->kind, why);
    hm_words_error(&text, im->view->words, why, false);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        put_refused(im, line, column, why->key, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}

void hm_import_say_row(struct hm_importing *im,
                       size_t line,
                       const char *verdict,
                       bool left_out,
                       const struct hm_id *record)
{
    struct hm_json_write *out = &im->verdict_out;
    im->skipped += left_out;
    if (!im->import->dry_run && !left_out) {
        return;
    }
    hm_json_open(out, '{');
    hm_json_put_int(out, "line", (int64_t)line);
    hm_json_put_text(out, "became", hm_text(left_out ? "skipped" : verdict));
    if (left_out) {
        hm_json_put_text(out, "reason", hm_text(verdict));
    }
    if (record != NULL && !hm_id_is_none(record)) {
        hm_json_put_hex(out, "record", hm_id_bytes(record));
    }
    hm_json_close(out, '}');
}

/* ---- the end ---- */

static void put_columns(struct hm_importing *im, bool ignored)
{
    const struct hm_columns *columns = &im->source.heading.columns;
    struct hm_json_write *out = &im->rows.out;
    for (size_t i = 0; i < columns->count; i++) {
        bool left = columns->fields[i].size == 0;
        if (left != ignored || columns->ordinal[i]) {
            continue;
        }
        if (ignored) {
            hm_json_text(out, columns->titles[i]);
            continue;
        }
        hm_json_open(out, '{');
        hm_json_put_text(out, "column", columns->titles[i]);
        hm_json_put_text(out, "field", columns->fields[i]);
        hm_json_close(out, '}');
    }
}

static void put_table(struct hm_importing *im)
{
    struct hm_json_write *out = &im->rows.out;
    struct hm_bytes sheet =
        hm_table_sheet_name(im->source.table, im->source.heading.sheet);
    hm_json_key(out, "sheet");
    if (sheet.size == 0) {
        hm_json_null(out);
    } else {
        hm_json_text(out, sheet);
    }
    hm_json_put_int(out, "heading", (int64_t)im->source.heading.line);
    hm_json_put_int(out, "padded", im->padded_count);
    hm_import_warn_json(im);
    hm_json_key(out, "columns");
    hm_json_open(out, '[');
    put_columns(im, false);
    hm_json_close(out, ']');
    hm_json_key(out, "ignored");
    hm_json_open(out, '[');
    put_columns(im, true);
    hm_json_close(out, ']');
    hm_json_put_hex(out, "file", hm_digest_bytes(&im->done.file));
    hm_import_text_show(out, &im->source.text);
}

static enum hm_status say_json(struct hm_importing *im, struct hm_err *err)
{
    struct hm_json_write *out = &im->rows.out;
    hm_json_close(out, ']');
    hm_json_key(out, "batch");
    if (hm_id_is_none(&im->done.batch)) {
        hm_json_null(out);
    } else {
        hm_json_hex(out, hm_id_bytes(&im->done.batch));
    }
    hm_json_put_int(out, "added", im->done.added);
    hm_json_put_int(out, "changed", im->done.changed);
    hm_json_put_int(out, "unchanged", im->done.unchanged);
    hm_json_key(out, "alike");
    hm_json_raw(out, im->alike.size > 0 ? hm_buf_bytes(&im->alike) : hm_text("[]"));
    put_table(im);
    hm_json_close(&im->verdict_out, ']');
    enum hm_status status = hm_buf_status(&im->verdicts, err);
    if (status == HM_OK) {
        hm_json_key(out, im->import->dry_run ? "rows" : "skipped");
        hm_json_raw(out, hm_buf_bytes(&im->verdicts));
        hm_json_close(out, '}');
        status = hm_rows_end(&im->rows, err);
    }
    return status;
}

static void say_columns(const struct hm_importing *im)
{
    const struct hm_columns *columns = &im->source.heading.columns;
    for (size_t i = 0; i < columns->count; i++) {
        char title[HM_ERR_ARG_MAX];
        hm_api_argument(title, columns->titles[i]);
        if (columns->fields[i].size == 0) {
            if (columns->titles[i].size > 0 && !columns->ordinal[i]) {
                hm_view_say(im->view, "import.ignored", title, NULL, NULL);
            }
        } else if (im->import->dry_run) {
            const struct hm_field *field = columns->at[i];
            hm_view_say(im->view, "import.column", title,
                        field == NULL ? (const char *)columns->fields[i].data
                                      : hm_label_text(&field->label, im->view->lang),
                        NULL);
        }
    }
}

/* Where the table was found, if that was not plain. */
static void say_table(const struct hm_importing *im)
{
    char sheet[HM_ERR_ARG_MAX];
    char line[NUMBER_SIZE];
    (void)snprintf(line, sizeof(line), "%zu", im->source.heading.line);
    hm_api_argument(sheet,
                    hm_table_sheet_name(im->source.table, im->source.heading.sheet));
    if (sheet[0] != '\0') {
        hm_view_say(im->view, "import.sheet", sheet, line, NULL);
    } else if (im->source.heading.line > 1) {
        hm_view_say(im->view, "import.heading", line, NULL, NULL);
    }
}

static void say_count(const struct hm_importing *im, const char *key, int64_t count)
{
    char number[NUMBER_SIZE];
    (void)snprintf(number, sizeof(number), "%" PRId64, count);
    if (count > 0) {
        hm_view_say(im->view, key, number, NULL, NULL);
    }
}

static enum hm_status say_text(struct hm_importing *im, struct hm_err *err)
{
    char added[NUMBER_SIZE];
    char changed[NUMBER_SIZE];
    char unchanged[NUMBER_SIZE];
    char batch[HM_HEX16_SIZE];
    (void)snprintf(added, sizeof(added), "%" PRId64, im->done.added);
    (void)snprintf(changed, sizeof(changed), "%" PRId64, im->done.changed);
    (void)snprintf(unchanged, sizeof(unchanged), "%" PRId64, im->done.unchanged);
    enum hm_status status =
        im->done.refused == 0 ? HM_OK : hm_grid_end(&im->grid, "list.none", err);
    say_table(im);
    say_columns(im);
    if (im->source.text.read_as.encoding > HM_ENCODING_UTF16) {
        hm_view_say(im->view, "import.encoding",
                    hm_encoding_name(im->source.text.read_as.encoding), NULL, NULL);
    }
    if (im->source.text.read_as.encoding == HM_ENCODING_UTF8 &&
        !im->source.text.read_as.sure) {
        hm_view_say(im->view, "import.unicode", NULL, NULL, NULL);
    }
    hm_view_say(im->view, "import.done", added, changed, unchanged);
    say_count(im, "import.refused", im->done.refused);
    say_count(im, "import.skipped", im->skipped);
    say_count(im, "import.padded", im->padded_count);
    hm_import_warn_text(im);
    if (!hm_id_is_none(&im->done.batch)) {
        hm_hex_put(batch, hm_id_bytes(&im->done.batch));
        hm_view_say(im->view, "import.batch", batch, NULL, NULL);
        if (im->done.refused > 0) {
            hm_view_say(im->view, "import.again", NULL, NULL, NULL);
        }
    } else {
        hm_view_say(im->view, "import.kept-nothing", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_import_say_end(struct hm_importing *im, struct hm_err *err)
{
    return im->view->json ? say_json(im, err) : say_text(im, err);
}
