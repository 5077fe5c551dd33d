/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hamlet/text/key.h"
#include "import_run.h"

enum { WORD_MAX = 1024 };

/* ---- rows that are no records ---- */

static bool blank(const struct hm_table_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (row->cells[i].text.size > 0 && !row->cells[i].from_above) {
            return false;
        }
    }
    return true;
}

/* "Cộng", or "Tổng cộng: 25 hộ": whether the text is, or begins with, a word of sums. */
static bool says_total(const struct hm_field_shared *shared, struct hm_bytes text)
{
    struct hm_buf own;
    struct hm_buf word;
    bool is = false;
    const uint8_t *colon = text.size == 0 ? NULL : memchr(text.data, ':', text.size);
    text.size = colon == NULL ? text.size : (size_t)(colon - text.data);
    hm_buf_init(&own, WORD_MAX);
    hm_buf_init(&word, WORD_MAX);
    hm_text_tone_key(&own, text);
    for (size_t i = 0; !is && i < shared->total_word_count; i++) {
        hm_buf_clear(&word);
        hm_text_tone_key(&word, hm_text(shared->total_words[i]));
        is = own.failed == HM_OK && word.failed == HM_OK && own.size > 0 &&
             hm_bytes_equal(hm_buf_bytes(&own), hm_buf_bytes(&word));
    }
    hm_buf_fini(&word);
    hm_buf_fini(&own);
    return is;
}

/*
 * Only by its first words: a row that has its number, or a name before, is one of the
 * list whoever lives there.
 */
static bool is_total(const struct hm_importing *im, const struct hm_table_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        struct hm_bytes text = row->cells[i].text;
        if (text.size > 0 && !row->cells[i].from_above) {
            return says_total(im->kind->fields[0].shared, text);
        }
    }
    return false;
}

/* "(1) (2) (3)", "A B 1 2": what forms have below their headings. */
static bool is_numbering(const struct hm_table_row *row)
{
    size_t count = 0;
    int64_t last = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct hm_bytes text = row->cells[i].text;
        if (text.size > 2 && text.data[0] == '(' && text.data[text.size - 1] == ')') {
            text.data++;
            text.size -= 2;
        }
        if (text.size == 0) {
            continue;
        }
        int64_t number = 0;
        for (size_t k = 0; k < text.size && number < 1000; k++) {
            bool digit = text.data[k] >= '0' && text.data[k] <= '9';
            number = digit ? number * 10 + (text.data[k] - '0') : 1000;
        }
        bool letter = text.size == 1 && text.data[0] >= 'A' && text.data[0] <= 'Z';
        if (!letter && number != last + 1) {
            return false;
        }
        last = letter ? last : number;
        count++;
    }
    return count > 2;
}

/* Long lists print their heading again on each page. */
static bool is_heading(const struct hm_importing *im, const struct hm_table_row *row)
{
    const struct hm_columns *columns = &im->heading.columns;
    size_t same = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct hm_bytes text = row->cells[i].text;
        bool title = i < columns->count && hm_bytes_equal(text, columns->titles[i]);
        if (text.size > 0 && !title) {
            return false;
        }
        same += title && text.size > 0;
    }
    return same > 1;
}

/* One cell over the whole width: "Tổ 1". */
static bool is_section(const struct hm_table_row *row)
{
    size_t own = 0;
    size_t covered = 0;
    for (size_t i = 0; i < row->count; i++) {
        covered += row->cells[i].from_left;
        own += row->cells[i].text.size > 0 && !row->cells[i].from_left;
    }
    return own == 1 && covered > 0;
}

/*
 * A row that goes on with the one above: its number or id, or all that a record must
 * have, is in cells that are merged with those above.
 */
static bool goes_on(const struct hm_importing *im, const struct hm_table_row *row)
{
    const struct hm_columns *columns = &im->heading.columns;
    size_t own = 0;
    size_t merged = 0;
    for (size_t i = 0; i < row->count && i < columns->count; i++) {
        bool above = row->cells[i].from_above;
        if (above && (columns->ordinal[i] || hm_bytes_are(columns->fields[i], "id"))) {
            return true;
        }
        if (columns->at[i] != NULL && columns->at[i]->required) {
            merged += above;
            own += !above && row->cells[i].text.size > 0;
        }
    }
    return merged > 0 && own == 0;
}

/* Why a row is left out; null: it is to be a record. */
static const char *left_out(const struct hm_importing *im,
                            const struct hm_table_row *row,
                            bool first)
{
    if (first && is_numbering(row)) {
        return "numbering";
    }
    if (is_total(im, row)) {
        return "sums";
    }
    if (is_heading(im, row)) {
        return "heading";
    }
    if (is_section(row)) {
        return "section";
    }
    return goes_on(im, row) ? "merged" : NULL;
}

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

static enum hm_status check_cell(const struct hm_field *field,
                                 const struct hm_cell *cell,
                                 struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    hm_api_argument(text, cell->text);
    if (cell->type == HM_CELL_ERROR) {
        return hm_fail(err, HM_BAD_INPUT, "cell-error", field->name, text, NULL);
    }
    if (cell->type == HM_CELL_NUMBER && field->type == HM_FIELD_TYPE_INTEGER &&
        memchr(cell->text.data, ',', cell->text.size) != NULL) {
        return hm_fail(err, HM_BAD_INPUT, "cell-fraction", field->name, text, NULL);
    }
    return HM_OK;
}

/* The cells of a row as fields; the id stands apart. */
static enum hm_status gather(struct hm_importing *im,
                             const struct hm_table_row *row,
                             struct hm_field_input *fields,
                             size_t *count,
                             struct hm_bytes *id,
                             struct hm_err *err)
{
    const struct hm_columns *columns = &im->heading.columns;
    enum hm_status status = HM_OK;
    *count = 0;
    *id = HM_NO_BYTES;
    hm_buf_clear(&im->padded);
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
            status = check_cell(field, &row->cells[i], err);
            text = field->width > 0 ? padded(im, field, text) : text;
        }
        if (text.size > 0 || field != NULL) {
            fields[(*count)++] = (struct hm_field_input){columns->fields[i], text, NULL};
        }
    }
    return status;
}

/* More cells than the heading has: something stands where no title is. */
static bool too_wide(const struct hm_importing *im, const struct hm_table_row *row)
{
    bool wide = row->count > im->heading.columns.count;
    if (!hm_table_is_xlsx(im->table)) {
        return wide; /* a separator inside of a cell that has no quotes */
    }
    return false; /* notes beside the table: cells of a sheet do not shift */
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

static enum hm_status take_row(struct hm_importing *im,
                               const struct hm_table_row *row,
                               bool first,
                               struct hm_err *err)
{
    struct hm_field_input fields[HM_TABLE_COLUMNS_MAX];
    struct hm_bytes id = HM_NO_BYTES;
    struct hm_err why = HM_ERR_NONE;
    size_t count = 0;
    const char *reason = left_out(im, row, first);
    if (reason != NULL || blank(row)) {
        if (reason != NULL) {
            hm_import_say_row(im, row->line, reason, true, NULL);
        }
        return HM_OK;
    }
    enum hm_status status =
        too_wide(im, row) ? hm_fail(&why, HM_BAD_INPUT, "csv-cells", NULL, NULL, NULL)
                          : gather(im, row, fields, &count, &id, &why);
    if (status == HM_OK) {
        status = put_record(im, row->line, id, fields, count, &why);
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
    bool found = true;
    size_t count = 0;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        status = hm_table_next(im->table, &row, &found, err);
        if (status != HM_OK || !found) {
            break;
        }
        if (row.line <= im->heading.line) {
            continue;
        }
        if (count++ == HM_IMPORT_ROWS_MAX) {
            return hm_fail(err, HM_TOO_BIG, "csv-rows", NULL, NULL, NULL);
        }
        status = take_row(im, &row, count == 1, err);
    }
    return status;
}
