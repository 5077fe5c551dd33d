/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hamlet/api/table.h"
#include "hamlet/base/cut.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "units.h"

enum { ROWS_FIRST = 256, COLUMNS_REQUIRED = 5 };

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
    hm_cut(text, sizeof(text), arg);
    (void)hm_fail(&why, HM_BAD_INPUT, key, text, NULL, NULL);
    return refuse(units, row, &why, err);
}

/* ---- its headings ---- */

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

/* A heading that is misspelt must not lose a column: whatever means nothing is asked
 * about. */
static enum hm_status add_column(struct hm_units *units,
                                 const struct hm_api_column *column,
                                 struct hm_err *err)
{
    char title[HM_ERR_ARG_MAX];
    if (column->field != NULL && units->column_count < HM_UNITS_COLUMNS_MAX) {
        units->columns[units->column_count++] = column->field;
        return HM_OK;
    }
    hm_cut(title, sizeof(title), column->title);
    return column->title.size == 0 || column->ordinal
               ? HM_OK
               : hm_fail(err, HM_BAD_INPUT, "units-column", title, NULL, NULL);
}

static enum hm_status read_head(struct hm_units *units,
                                const struct hm_api_table *table,
                                struct hm_err *err)
{
    const struct hm_field *fields[COLUMNS_REQUIRED];
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < hm_api_table_columns(table); i++) {
        struct hm_api_column column = hm_api_table_column(table, i);
        status = add_column(units, &column, err);
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
    if (units->count < *room) {
        return HM_OK;
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

/* The cells of a row, in the order of the fields that were found. */
static enum hm_status read_cells(struct hm_units *units,
                                 struct hm_units_row *row,
                                 const struct hm_api_table *table,
                                 const struct hm_api_row *from,
                                 struct hm_buf *scratch,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    size_t column = 0;
    for (size_t i = 0; i < hm_api_table_columns(table) && status == HM_OK; i++) {
        struct hm_err why = HM_ERR_NONE;
        struct hm_bytes cell;
        if (hm_api_table_column(table, i).field == NULL) {
            continue;
        }
        if (hm_api_table_cell(table, from, i, &cell, &why) != HM_OK &&
            row->refused == NULL) {
            status = refuse(units, row, &why, err);
        }
        row->cells[column] = hm_arena_copy(units->arena, cell);
        if (status == HM_OK) {
            status = hm_arena_status(units->arena, err);
        }
        if (status == HM_OK) {
            status = read_cell(units, row, column++, scratch, err);
        }
    }
    return status;
}

static enum hm_status read_row(struct hm_units *units,
                               const struct hm_api_table *table,
                               const struct hm_api_row *from,
                               struct hm_buf *scratch,
                               struct hm_err *err)
{
    struct hm_units_row *row = &units->rows[units->count++];
    enum hm_status status = HM_OK;
    *row = (struct hm_units_row){.line = from->line};
    if (from->wide) {
        status = hm_units_refuse(units, row, "units-row-wide", HM_NO_BYTES, err);
    }
    if (status == HM_OK) {
        status = read_cells(units, row, table, from, scratch, err);
    }
    /* Names that the protocol keeps for the registry and for mailboxes. */
    if (status == HM_OK && row->code.size > 0 &&
        (row->code.data[0] == '~' || row->code.data[0] == '@')) {
        status = hm_units_refuse(units, row, "unit-form", row->code, err);
    }
    return status;
}

static enum hm_status read_rows(struct hm_units *units,
                                struct hm_api_table *table,
                                struct hm_err *err)
{
    struct hm_api_row row;
    struct hm_buf scratch;
    size_t room = 0;
    bool found = true;
    hm_buf_init(&scratch, HM_VALUE_BYTES_MAX);
    enum hm_status status = read_head(units, table, err);
    while (status == HM_OK) {
        status = hm_api_table_next(table, &row, &found, err);
        if (status != HM_OK || !found) {
            break;
        }
        status = make_room(units, &room, err);
        if (status == HM_OK) {
            status = read_row(units, table, &row, &scratch, err);
        }
    }
    hm_buf_fini(&scratch);
    return status;
}

enum hm_status hm_units_read(struct hm_units *units,
                             const struct hm_kinds *kinds,
                             const struct hm_words *words,
                             const struct hm_import *import,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_api_table *table = NULL;
    *units = (struct hm_units){.kind = hm_kinds_tree(kinds), .arena = arena};
    enum hm_status status = hm_api_table_open(&table, import, units->kind, words, err);
    if (status == HM_OK) {
        status = read_rows(units, table, err);
    }
    hm_api_table_close(table);
    return status;
}
