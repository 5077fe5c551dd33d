/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/exchange/csv.h"
#include "hamlet/model/value.h"
#include "units.h"

enum { ROWS_FIRST = 256, COLUMNS_REQUIRED = 5 };

static void argument(char text[HM_ERR_ARG_MAX], struct hm_bytes bytes)
{
    size_t size = bytes.size < HM_ERR_ARG_MAX ? bytes.size : HM_ERR_ARG_MAX - 1;
    while (size < bytes.size && size > 0 && (bytes.data[size] & 0xC0) == 0x80) {
        size--; /* never half a character */
    }
    if (size > 0) {
        memcpy(text, bytes.data, size);
    }
    text[size] = '\0';
}

static enum hm_status refuse(struct hm_units *units,
                             struct hm_units_row *row,
                             const struct hm_err *why,
                             struct hm_err *err)
{
    struct hm_err *kept = hm_arena_get(units->arena, sizeof(*kept));
    if (kept == NULL) {
        return hm_arena_status(units->arena, err);
    }
    *kept = *why;
    row->refused = kept;
    units->refused_count++;
    return HM_OK;
}

enum hm_status hm_units_refuse(struct hm_units *units,
                               struct hm_units_row *row,
                               const char *key,
                               struct hm_bytes arg,
                               struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    struct hm_err why = HM_ERR_NONE;
    if (row->refused != NULL) {
        return HM_OK; /* the first reason is the one to mend */
    }
    argument(text, arg);
    (void)hm_fail(&why, HM_BAD_INPUT, key, text, NULL, NULL);
    return refuse(units, row, &why, err);
}

/* ---- the first line ---- */

/* The columns that every file has; the kind's other fields may be there. */
static void list_required(const struct hm_kind_tree *tree,
                          const struct hm_field *fields[COLUMNS_REQUIRED])
{
    fields[0] = tree->code;
    fields[1] = tree->level;
    fields[2] = tree->type;
    fields[3] = tree->name;
    fields[4] = tree->parent;
}

static bool has_column(const struct hm_units *units, const struct hm_field *field)
{
    for (size_t i = 0; i < units->column_count; i++) {
        if (units->columns[i] == field) {
            return true;
        }
    }
    return false;
}

static enum hm_status add_column(struct hm_units *units,
                                 struct hm_bytes cell,
                                 struct hm_err *err)
{
    const struct hm_field *field = hm_kind_field(units->kind, cell);
    char name[HM_ERR_ARG_MAX];
    argument(name, cell);
    if (field == NULL || units->column_count == HM_UNITS_COLUMNS_MAX) {
        return hm_fail(err, HM_BAD_INPUT, "units-column", name, NULL, NULL);
    }
    if (has_column(units, field)) {
        return hm_fail(err, HM_BAD_INPUT, "units-column-twice", name, NULL, NULL);
    }
    units->columns[units->column_count++] = field;
    return HM_OK;
}

static enum hm_status read_head(struct hm_units *units,
                                struct hm_csv *csv,
                                struct hm_err *err)
{
    const struct hm_field *fields[COLUMNS_REQUIRED];
    struct hm_csv_row row = {.count = 0};
    bool found = false;
    enum hm_status status = hm_csv_next(csv, &row, &found, err);
    for (size_t i = 0; status == HM_OK && found && i < row.count; i++) {
        status = add_column(units, row.cells[i], err);
    }
    list_required(units->kind->tree, fields);
    for (size_t i = 0; status == HM_OK && i < COLUMNS_REQUIRED; i++) {
        if (!has_column(units, fields[i])) {
            status = hm_fail(err, HM_BAD_INPUT, "units-column-missing", fields[i]->name,
                             NULL, NULL);
        }
    }
    return status;
}

/* ---- the others ---- */

static enum hm_status make_room(struct hm_units *units, size_t *room, struct hm_err *err)
{
    char most[24];
    if (units->count < *room) {
        return HM_OK;
    }
    if (units->count >= HM_IMPORT_ROWS_MAX) {
        (void)snprintf(most, sizeof(most), "%zu", HM_IMPORT_ROWS_MAX);
        return hm_fail(err, HM_TOO_BIG, "units-many", most, NULL, NULL);
    }
    size_t wanted = *room == 0 ? ROWS_FIRST : 2 * *room;
    struct hm_units_row *rows = hm_arena_get_array(units->arena, wanted, sizeof(*rows));
    if (rows == NULL) {
        return hm_arena_status(units->arena, err);
    }
    if (units->count > 0) {
        memcpy(rows, units->rows, units->count * sizeof(*rows));
    }
    units->rows = rows;
    *room = wanted;
    return HM_OK;
}

static bool is_required(const struct hm_units *units, const struct hm_field *field)
{
    const struct hm_kind_tree *tree = units->kind->tree;
    return field == tree->code || field == tree->level || field == tree->type ||
           field == tree->name;
}

/* A value that is wrong refuses the row; anything else that fails ends the reading. */
static enum hm_status read_cell(struct hm_units *units,
                                struct hm_units_row *row,
                                size_t column,
                                struct hm_buf *scratch,
                                struct hm_err *err)
{
    const struct hm_field *field = units->columns[column];
    struct hm_err why = HM_ERR_NONE;
    hm_buf_clear(scratch);
    enum hm_status status = hm_field_read(field, row->cells[column], scratch, &why);
    if (status == HM_OK) {
        status = hm_buf_status(scratch, &why);
    }
    if (status == HM_OK && is_required(units, field) &&
        hm_value_tag(hm_buf_bytes(scratch)) == HM_VALUE_NULL) {
        status = hm_fail(&why, HM_BAD_INPUT, "field-required", field->name, NULL, NULL);
    }
    if (status == HM_BAD_INPUT || status == HM_TOO_BIG) {
        return row->refused != NULL ? HM_OK : refuse(units, row, &why, err);
    }
    if (status != HM_OK) {
        return hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
    }
    row->values[column] = hm_arena_copy(units->arena, hm_buf_bytes(scratch));
    struct hm_bytes text = hm_value_text_or(row->values[column], HM_NO_BYTES);
    if (field == units->kind->tree->code) {
        row->code = text;
    } else if (field == units->kind->tree->parent) {
        row->parent = text;
    } else if (field == units->kind->tree->into) {
        row->into = text;
    }
    return hm_arena_status(units->arena, err);
}

static bool is_too_wide(const struct hm_units *units, const struct hm_csv_row *from)
{
    for (size_t i = units->column_count; i < from->count; i++) {
        if (from->cells[i].size > 0) {
            return true;
        }
    }
    return false;
}

static enum hm_status read_row(struct hm_units *units,
                               const struct hm_csv_row *from,
                               struct hm_buf *scratch,
                               struct hm_err *err)
{
    struct hm_units_row *row = &units->rows[units->count++];
    enum hm_status status = HM_OK;
    *row = (struct hm_units_row){.line = from->line};
    if (is_too_wide(units, from)) {
        status = hm_units_refuse(units, row, "units-row-wide", HM_NO_BYTES, err);
    }
    for (size_t i = 0; i < units->column_count && status == HM_OK; i++) {
        struct hm_bytes cell = i < from->count ? from->cells[i] : HM_NO_BYTES;
        row->cells[i] = hm_arena_copy(units->arena, hm_csv_unguarded(cell));
        status = hm_arena_status(units->arena, err);
        if (status == HM_OK) {
            status = read_cell(units, row, i, scratch, err);
        }
    }
    /* Names that the protocol keeps for the registry and for mailboxes. */
    if (status == HM_OK && row->code.size > 0 &&
        (row->code.data[0] == '~' || row->code.data[0] == '@')) {
        status = hm_units_refuse(units, row, "unit-form", row->code, err);
    }
    return status;
}

enum hm_status hm_units_read(struct hm_units *units,
                             const struct hm_kinds *kinds,
                             struct hm_bytes file,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_csv csv;
    struct hm_csv_row row = {.count = 0};
    struct hm_buf scratch;
    size_t room = 0;
    bool found = true;
    *units = (struct hm_units){.kind = hm_kinds_tree(kinds), .arena = arena};
    enum hm_status status = hm_csv_init(&csv, file, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&scratch, HM_VALUE_BYTES_MAX);
    status = read_head(units, &csv, err);
    while (status == HM_OK) {
        status = hm_csv_next(&csv, &row, &found, err);
        if (status != HM_OK || !found) {
            break;
        }
        status = make_room(units, &room, err);
        if (status == HM_OK) {
            status = read_row(units, &row, &scratch, err);
        }
    }
    hm_buf_fini(&scratch);
    hm_csv_fini(&csv);
    return status;
}
