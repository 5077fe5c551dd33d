/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "import_run.h"

/* ---- cells ---- */

/* A code that lost its zeros gets them back. */
static struct hm_bytes padded(struct hm_importing *im,
                              const struct hm_field *field,
                              struct hm_bytes text)
{
    size_t zeros = field->width - text.size;
    if (text.size == 0 || text.size >= field->width) {
        return text;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return text;
        }
    }
    size_t at = im->padded.size;
    for (; zeros > 0; zeros--) {
        hm_buf_put_byte(&im->padded, '0');
    }
    hm_buf_put_bytes(&im->padded, text);
    im->padded_count++;
    return im->padded.failed == HM_OK
               ? (struct hm_bytes){im->padded.data + at, im->padded.size - at}
               : text;
}

/* The cells of a row as fields; the id stands apart. */
static enum hm_status gather(struct hm_importing *im,
                             const struct hm_table_row *row,
                             struct hm_field_input *fields,
                             size_t *count,
                             struct hm_bytes *id,
                             struct hm_err *err)
{
    const struct hm_columns *columns = &im->source.heading.columns;
    enum hm_status status = HM_OK;
    *count = 0;
    *id = HM_NO_BYTES;
    hm_buf_clear(&im->padded);
    hm_arena_clear(&im->row);
    for (size_t i = 0; i < row->count && i < columns->count && status == HM_OK; i++) {
        const struct hm_field *field = columns->at[i];
        struct hm_bytes text = row->cells[i].from_left ? HM_NO_BYTES : row->cells[i].text;
        if (columns->fields[i].size == 0) {
            continue;
        }
        if (hm_bytes_are(columns->fields[i], "id")) {
            *id = text;
            continue;
        }
        if (field != NULL && text.size > 0) {
            status = hm_import_check_cell(field, &row->cells[i], err);
            text = field->width > 0 ? padded(im, field, text) : text;
        }
        if (status == HM_OK) {
            status = field == NULL ? hm_import_unit(im, &text, err)
                                   : hm_import_proper(im, field, &text, err);
        }
        if (text.size > 0 || field != NULL) {
            fields[(*count)++] = (struct hm_field_input){columns->fields[i], text, NULL};
        }
    }
    return status;
}

/* ---- records ---- */

/* The record that a row names itself must be one of those that the table is about. */
static enum hm_status check_named(const struct hm_importing *im,
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
static enum hm_status change_record(struct hm_importing *im,
                                    size_t line,
                                    const struct hm_id *record,
                                    const struct hm_field_input *fields,
                                    size_t count,
                                    struct hm_err *err)
{
    struct hm_id change;
    enum hm_status status =
        hm_author_edit(im->author, record, fields, count, true, &change, err);
    if (status == HM_OK) {
        bool same = hm_id_is_none(&change);
        im->done.unchanged += same;
        im->done.changed += !same;
        hm_import_say_row(im, line, same ? "unchanged" : "changed", false, record);
    }
    return status;
}

static enum hm_status put_record(struct hm_importing *im,
                                 size_t line,
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
        return named != HM_OK ? named
                              : change_record(im, line, &record, fields, count, err);
    }
    enum hm_status status =
        hm_author_add(im->author, im->import->kind, fields, count, &added, &exists);
    if (status == HM_EXISTS && hm_id_get_hex(&record, hm_text(exists.arg[0]))) {
        return change_record(im, line, &record, fields, count, err);
    }
    if (status == HM_OK) {
        im->done.added++;
        hm_import_say_row(im, line, "added", false, NULL);
        return hm_import_alike_note(im, &added.record, line, err);
    }
    return hm_fail(err, status, exists.key, exists.arg[0], exists.arg[1], exists.arg[2]);
}

/* What is wrong with a row refuses the row; what is wrong here ends the import. */
static bool is_rows_fault(enum hm_status status)
{
    return status == HM_BAD_INPUT || status == HM_NOT_FOUND || status == HM_EXISTS ||
           status == HM_DENIED || status == HM_TOO_BIG;
}

static enum hm_status take_row(struct hm_importing *im,
                               const struct hm_table_row *row,
                               bool first,
                               struct hm_err *err)
{
    struct hm_field_input fields[HM_TABLE_COLUMNS_MAX];
    struct hm_bytes id = HM_NO_BYTES;
    struct hm_err why = HM_ERR_NONE;
    size_t count = 0;
    const char *reason = hm_import_left_out(&im->source, row, first);
    if (reason != NULL || hm_import_is_blank(row)) {
        if (reason != NULL) {
            hm_import_say_row(im, row->line, reason, true, NULL);
        }
        return HM_OK;
    }
    enum hm_status status =
        hm_import_is_wide(&im->source, row)
            ? hm_fail(&why, HM_BAD_INPUT, "csv-cells", NULL, NULL, NULL)
            : gather(im, row, fields, &count, &id, &why);
    if (status == HM_OK) {
        status = put_record(im, row->line, id, fields, count, &why);
    }
    if (status == HM_OK) {
        hm_import_warn(im, row->line);
    }
    if (is_rows_fault(status)) {
        return hm_import_say_refused(im, row->line, &why, err);
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

enum hm_status hm_import_rows(struct hm_importing *im, struct hm_err *err)
{
    struct hm_table_row row;
    bool first = false;
    bool found = true;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        status = hm_import_source_next(&im->source, &row, &first, &found, err);
        if (status != HM_OK || !found) {
            break;
        }
        status = take_row(im, &row, first, err);
    }
    return status;
}
