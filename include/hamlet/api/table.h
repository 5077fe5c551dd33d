/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - a table that people made, read by its headings, whatever program wrote it.
 *
 * Owner:   daemon/api/table.c; layer 4
 * Threads: a table belongs to one thread
 * Errors:  as of hm_api_import (api/import.h), whose door this is: the same encodings,
 *          sheets, headings and rows that are no rows
 *
 * Of `import` only the file, its sheet and encoding count; it is borrowed, as all is that
 * a table is opened with.
 */
#ifndef HAMLET_API_TABLE_H
#define HAMLET_API_TABLE_H

#include "hamlet/api/import.h"
#include "hamlet/exchange/table.h"

struct hm_api_table;

struct hm_api_column {
    struct hm_bytes title;
    const struct hm_field *field; /* null: it means none of the kind's fields */
    bool ordinal;                 /* it numbers the rows */
};

struct hm_api_row {
    size_t line;
    const struct hm_cell *cells; /* by column, until the next row is read */
    size_t count;
    bool wide; /* of CSV: it has cells where no heading is, so that some may have shifted
                */
};

/* Read it up to its headings. `*table` is the caller's (hm_api_table_close). */
HM_CHECKED enum hm_status hm_api_table_open(struct hm_api_table **table,
                                            const struct hm_import *import,
                                            const struct hm_kind *kind,
                                            const struct hm_words *words,
                                            struct hm_err *err);
void hm_api_table_close(struct hm_api_table *table);

size_t hm_api_table_columns(const struct hm_api_table *table);
struct hm_api_column hm_api_table_column(const struct hm_api_table *table, size_t at);

/* The next row that is no sum, heading or the like; *found false: there is none. */
HM_CHECKED enum hm_status hm_api_table_next(struct hm_api_table *table,
                                            struct hm_api_row *row,
                                            bool *found,
                                            struct hm_err *err);

/* What the cell at `at` says for its field; no bytes: nothing. HM_BAD_INPUT */
HM_CHECKED enum hm_status hm_api_table_cell(const struct hm_api_table *table,
                                            const struct hm_api_row *row,
                                            size_t at,
                                            struct hm_bytes *text,
                                            struct hm_err *err);

#endif
