/* SPDX-License-Identifier: Apache-2.0 */
/* import_source.h - a table that somebody hands in, read as what it is. */
#ifndef HAMLET_API_IMPORT_SOURCE_H
#define HAMLET_API_IMPORT_SOURCE_H

#include "import_columns.h"
#include "import_text.h"

struct hm_import_source {
    const struct hm_import *import; /* of it: file, sheet, encoding and maps */
    const struct hm_kind *kind;
    struct hm_import_text text;
    struct hm_table *table;
    struct hm_titles titles;
    struct hm_heading heading;
    struct hm_arena arena; /* headings, and what they may mean */
    size_t row_count;      /* read below them */
};

/* ---- import_source.c ---- */

void hm_import_source_init(struct hm_import_source *source,
                           const struct hm_import *import,
                           const struct hm_kind *kind);
void hm_import_source_fini(struct hm_import_source *source);

/* Open it, and find out in which encoding its texts are; not being sure is no failure. */
HM_CHECKED enum hm_status hm_import_source_open(struct hm_import_source *source,
                                                struct hm_err *err);

/* Find its headings: then it stands at the first row. Errors: as of hm_heading_find. */
HM_CHECKED enum hm_status hm_import_source_head(struct hm_import_source *source,
                                                const struct hm_words *words,
                                                struct hm_err *err);

/*
 * The next row below the headings in which anything stands. HM_TOO_BIG: csv-rows, over
 * HM_IMPORT_ROWS_MAX of them
 */
HM_CHECKED enum hm_status hm_import_source_next(struct hm_import_source *source,
                                                struct hm_table_row *row,
                                                bool *first,
                                                bool *found,
                                                struct hm_err *err);

/* ---- import_skip.c ---- */

bool hm_import_is_blank(const struct hm_table_row *row);
/* Why a row is left out; null: it is to be a record. */
const char *hm_import_left_out(const struct hm_import_source *source,
                               const struct hm_table_row *row,
                               bool first);
/* Whether something stands in it where no heading is, so that cells may have shifted. */
bool hm_import_is_wide(const struct hm_import_source *source,
                       const struct hm_table_row *row);
/* HM_BAD_INPUT: cell-error, cell-fraction, cell-day: it cannot be meant as it stands */
HM_CHECKED enum hm_status hm_import_check_cell(const struct hm_field *field,
                                               const struct hm_cell *cell,
                                               struct hm_err *err);

#endif
