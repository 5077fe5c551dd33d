/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "grid.h"
#include "import_columns.h"
#include "import_text.h"

enum { NUMBER_SIZE = 24, REFUSED_SHOWN = 1000 };

struct importing {
    const struct hm_view *view;
    const struct hm_import *import;
    const struct hm_kind *kind;
    struct hm_author *author;
    struct hm_import_text text;
    struct hm_csv csv;
    struct hm_columns columns;
    struct hm_arena arena; /* of the whole import */
    struct hm_rows rows;
    struct hm_grid table;
    struct hm_imported done;
    bool failed; /* no good row, or a bad one and strict */
};

/* The column that an error speaks of; no bytes: the row as a whole. */
static struct hm_bytes column_of(const struct importing *im, const struct hm_err *why)
{
    const char *field = why->arg[0];
    if (strcmp(why->key, "unit-unknown") == 0 || strcmp(why->key, "unit-scope") == 0) {
        field = "unit";
    } else if (strcmp(why->key, "record-missing") == 0 ||
               strcmp(why->key, "record-deleted") == 0) {
        field = "id";
    }
    for (size_t i = 0; i < im->columns.count; i++) {
        if (im->columns.fields[i].size > 0 &&
            hm_bytes_are(im->columns.fields[i], field)) {
            return im->columns.titles[i];
        }
    }
    return HM_NO_BYTES;
}

static enum hm_status refuse(struct importing *im,
                             size_t line,
                             struct hm_err *why,
                             struct hm_err *err)
{
    struct hm_buf text;
    struct hm_json_write *out = &im->rows.out;
    struct hm_bytes column = column_of(im, why);
    char number[NUMBER_SIZE];
    if (im->done.refused++ >= REFUSED_SHOWN && !im->view->json) {
        return HM_OK;
    }
    hm_buf_init(&text, HM_CHANGE_BYTES_MAX);
    hm_view_explain(im->view, im->kind, why);
    hm_words_error(&text, im->view->words, why, false);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK && im->view->json) {
        hm_json_open(out, '{');
        hm_json_put_int(out, "line", (int64_t)line);
        hm_json_key(out, "column");
        if (column.size == 0) {
            hm_json_null(out);
        } else {
            hm_json_text(out, column);
        }
        hm_json_put_text(out, "reason", hm_text(why->key));
        hm_json_put_text(out, "text", hm_buf_bytes(&text));
        hm_json_close(out, '}');
    } else if (status == HM_OK) {
        (void)snprintf(number, sizeof(number), "%zu", line);
        hm_grid_put(&im->table, hm_text(number));
        hm_grid_put(&im->table, column);
        hm_grid_put(&im->table, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}

/* The cells of a row as fields; the id stands apart. */
static size_t gather(const struct importing *im,
                     const struct hm_csv_row *row,
                     struct hm_field_input *fields,
                     struct hm_bytes *id,
                     bool *blank)
{
    size_t count = 0;
    *id = HM_NO_BYTES;
    *blank = true;
    for (size_t i = 0; i < row->count && i < im->columns.count; i++) {
        struct hm_bytes cell = hm_csv_unguarded(row->cells[i]);
        *blank = *blank && cell.size == 0;
        if (im->columns.fields[i].size == 0) {
            continue;
        }
        if (hm_bytes_are(im->columns.fields[i], "id")) {
            *id = cell;
        } else if (cell.size > 0 || !hm_bytes_are(im->columns.fields[i], "unit")) {
            fields[count++] = (struct hm_field_input){im->columns.fields[i], cell, NULL};
        }
    }
    return count;
}

/* The record that a row names itself must be one of those that the table is about. */
static enum hm_status check_named(const struct importing *im,
                                  const struct hm_id *record,
                                  struct hm_err *err)
{
    struct hm_listed listed;
    struct hm_arena arena;
    char id[HM_HEX16_SIZE];
    hm_hex_put(id, hm_id_bytes(record));
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_store_record_show(im->view->store, record, &listed, &arena, err);
    if (status == HM_OK && !hm_bytes_are(listed.kind, im->kind->name)) {
        status = hm_fail(err, HM_BAD_INPUT, "ref-wrong", "id", im->kind->name, NULL);
    } else if (status == HM_OK && listed.deleted) {
        status = hm_fail(err, HM_NOT_FOUND, "record-deleted", id, NULL, NULL);
    }
    hm_arena_fini(&arena);
    return status;
}

/* Change the record that is there, as far as the row differs from it. */
static enum hm_status change_record(struct importing *im,
                                    const struct hm_id *record,
                                    const struct hm_field_input *fields,
                                    size_t count,
                                    struct hm_err *err)
{
    struct hm_id change;
    enum hm_status status =
        hm_author_edit(im->author, record, fields, count, true, &change, err);
    if (status == HM_OK && hm_id_is_none(&change)) {
        im->done.unchanged++;
    } else if (status == HM_OK) {
        im->done.changed++;
    }
    return status;
}

static enum hm_status put_record(struct importing *im,
                                 struct hm_bytes id,
                                 const struct hm_field_input *fields,
                                 size_t count,
                                 struct hm_err *err)
{
    struct hm_id record;
    struct hm_added added;
    struct hm_err exists = HM_ERR_NONE;
    if (id.size > 0) {
        if (!hm_id_get_hex(&record, id)) {
            char text[HM_ERR_ARG_MAX];
            hm_api_argument(text, id);
            return hm_fail(err, HM_NOT_FOUND, "record-missing", text, NULL, NULL);
        }
        enum hm_status named = check_named(im, &record, err);
        return named != HM_OK ? named : change_record(im, &record, fields, count, err);
    }
    enum hm_status status =
        hm_author_add(im->author, im->import->kind, fields, count, &added, &exists);
    if (status == HM_EXISTS && hm_id_get_hex(&record, hm_text(exists.arg[0]))) {
        return change_record(im, &record, fields, count, err);
    }
    if (status == HM_OK) {
        im->done.added++;
        return HM_OK;
    }
    return hm_fail(err, status, exists.key, exists.arg[0], exists.arg[1], exists.arg[2]);
}

/* What is wrong with a row refuses the row; what is wrong here ends the import. */
static bool is_rows_fault(enum hm_status status)
{
    return status == HM_BAD_INPUT || status == HM_NOT_FOUND || status == HM_EXISTS ||
           status == HM_DENIED || status == HM_TOO_BIG;
}

static enum hm_status take_row(struct importing *im,
                               const struct hm_csv_row *row,
                               struct hm_err *err)
{
    struct hm_field_input fields[HM_CSV_COLUMNS_MAX];
    struct hm_bytes id = HM_NO_BYTES;
    struct hm_err why = HM_ERR_NONE;
    bool blank = false;
    enum hm_status status = HM_OK;
    size_t count = gather(im, row, fields, &id, &blank);
    if (blank) {
        return HM_OK; /* a spreadsheet's empty line */
    }
    if (row->count > im->columns.count) {
        status = hm_fail(&why, HM_BAD_INPUT, "csv-cells", NULL, NULL, NULL);
    } else {
        status = put_record(im, id, fields, count, &why);
    }
    if (is_rows_fault(status)) {
        return refuse(im, row->line, &why, err);
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

static enum hm_status take_rows(struct importing *im, struct hm_err *err)
{
    struct hm_csv_row row;
    bool found = true;
    size_t count = 0;
    enum hm_status status = hm_csv_next(&im->csv, &row, &found, err);
    if (status == HM_OK && !found) {
        return hm_fail(err, HM_BAD_INPUT, "csv-empty", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_columns_find(&im->columns, im->view, im->kind, im->import, &row,
                                 &im->arena, err);
    }
    while (status == HM_OK) {
        status = hm_csv_next(&im->csv, &row, &found, err);
        if (status != HM_OK || !found) {
            break;
        }
        if (count++ == HM_IMPORT_ROWS_MAX) {
            return hm_fail(err, HM_TOO_BIG, "csv-rows", NULL, NULL, NULL);
        }
        status = take_row(im, &row, err);
    }
    return status;
}

/* Keep the good rows, or nothing. */
static enum hm_status finish(struct importing *im, struct hm_err *err)
{
    struct hm_imported *done = &im->done;
    bool good = done->added + done->changed + done->unchanged > 0;
    im->failed = !good || (im->import->strict && done->refused > 0);
    if (!im->failed && !im->import->dry_run && done->added + done->changed > 0) {
        return hm_author_commit(im->author, err);
    }
    hm_author_rollback(im->author);
    done->batch = (struct hm_id){{0}};
    if (im->failed) {
        done->added = 0; /* whoever reads only the numbers must not believe it */
        done->changed = 0;
    }
    return HM_OK;
}

static enum hm_status say_json(struct importing *im, struct hm_err *err)
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
    hm_json_key(out, "ignored");
    hm_json_open(out, '[');
    for (size_t i = 0; i < im->columns.count; i++) {
        if (im->columns.fields[i].size == 0) {
            hm_json_text(out, im->columns.titles[i]);
        }
    }
    hm_json_close(out, ']');
    hm_import_text_show(out, &im->text);
    hm_json_close(out, '}');
    return hm_rows_end(&im->rows, err);
}

static void say_ignored(const struct importing *im)
{
    for (size_t i = 0; i < im->columns.count; i++) {
        char title[HM_ERR_ARG_MAX];
        if (im->columns.fields[i].size == 0 && im->columns.titles[i].size > 0) {
            hm_api_argument(title, im->columns.titles[i]);
            hm_view_say(im->view, "import.ignored", title, NULL, NULL);
        }
    }
}

static enum hm_status say_text(struct importing *im, struct hm_err *err)
{
    char added[NUMBER_SIZE];
    char changed[NUMBER_SIZE];
    char unchanged[NUMBER_SIZE];
    char refused[NUMBER_SIZE];
    char batch[HM_HEX16_SIZE];
    (void)snprintf(added, sizeof(added), "%" PRId64, im->done.added);
    (void)snprintf(changed, sizeof(changed), "%" PRId64, im->done.changed);
    (void)snprintf(unchanged, sizeof(unchanged), "%" PRId64, im->done.unchanged);
    (void)snprintf(refused, sizeof(refused), "%" PRId64, im->done.refused);
    enum hm_status status =
        im->done.refused == 0 ? HM_OK : hm_grid_end(&im->table, "list.none", err);
    say_ignored(im);
    if (im->text.read_as.encoding > HM_ENCODING_UTF16) {
        hm_view_say(im->view, "import.encoding",
                    hm_encoding_name(im->text.read_as.encoding), NULL, NULL);
    }
    hm_view_say(im->view, "import.done", added, changed, unchanged);
    if (im->done.refused > 0) {
        hm_view_say(im->view, "import.refused", refused, NULL, NULL);
    }
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

static void begin_words(struct importing *im)
{
    hm_json_open(&im->rows.out, '{');
    hm_json_key(&im->rows.out, "refused");
    hm_json_open(&im->rows.out, '[');
    static const char *const keys[] = {"column.line", "column.column", "column.reason"};
    im->table.most = HM_GRID_NO_CUT;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        hm_grid_put(&im->table, hm_text(hm_words_ui(im->view->words, keys[i])));
    }
}

static enum hm_status run(struct importing *im, struct hm_err *err)
{
    char refused[NUMBER_SIZE];
    enum hm_status status = hm_author_open(&im->author, im->view->store, err);
    if (status == HM_OK) {
        status = hm_author_begin(im->author, err);
    }
    if (status == HM_OK) {
        status = hm_author_bulk(im->author, &im->done.batch, err);
        if (status == HM_OK) {
            status = take_rows(im, err);
        }
        if (status == HM_OK) {
            status = finish(im, err);
        } else {
            hm_author_rollback(im->author);
        }
    }
    if (status == HM_OK) {
        status = im->view->json ? say_json(im, err) : say_text(im, err);
    }
    if (status == HM_OK && im->failed && im->done.refused == 0) {
        return hm_fail(err, HM_BAD_INPUT, "csv-empty", NULL, NULL, NULL);
    }
    if (status == HM_OK && im->failed) {
        (void)snprintf(refused, sizeof(refused), "%" PRId64, im->done.refused);
        status = hm_fail(err, HM_BAD_INPUT,
                         im->import->strict ? "import-strict" : "import-none", refused,
                         NULL, NULL);
    }
    return status;
}

/* Import, or show what the file may be where it does not tell. */
static enum hm_status run_if_sure(struct importing *im, struct hm_err *err)
{
    enum hm_status status = hm_import_text_check(&im->text, err);
    if (status == HM_OK) {
        status = hm_csv_init(&im->csv, hm_buf_bytes(&im->text.text), err);
        return status == HM_OK ? run(im, err) : status;
    }
    enum hm_status shown = im->view->json ? say_json(im, NULL) : HM_OK;
    return shown == HM_OK ? status : hm_fail(err, shown, "no-memory", NULL, NULL, NULL);
}

enum hm_status hm_api_import(const struct hm_view *view,
                             const struct hm_import *import,
                             struct hm_imported *imported,
                             struct hm_err *err)
{
    struct importing im = {.view = view, .import = import};
    enum hm_status status = hm_api_kind(view, import->kind, &im.kind, err);
    if (status != HM_OK) {
        return status;
    }
    hm_arena_init(&im.arena, HM_CSV_ROW_BYTES_MAX);
    hm_rows_init(&im.rows, view);
    hm_grid_init(&im.table, view, 3);
    hm_store_grow(view->store);
    begin_words(&im);
    status = hm_import_text_read(&im.text, import, err);
    if (status == HM_OK) {
        status = run_if_sure(&im, err);
    }
    if (status == HM_OK) {
        *imported = im.done;
    }
    hm_author_close(im.author);
    hm_grid_fini(&im.table);
    hm_rows_fini(&im.rows);
    hm_arena_fini(&im.arena);
    hm_csv_fini(&im.csv);
    hm_buf_fini(&im.text.text);
    return status;
}
