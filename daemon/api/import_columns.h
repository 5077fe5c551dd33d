/* SPDX-License-Identifier: Apache-2.0 */
/* import_columns.h - which column of a table is which field. */
#ifndef HAMLET_API_IMPORT_COLUMNS_H
#define HAMLET_API_IMPORT_COLUMNS_H

#include "hamlet/api/import.h"
#include "hamlet/exchange/table.h"
#include "inside.h"

struct hm_columns {
    size_t count;
    struct hm_bytes titles[HM_TABLE_COLUMNS_MAX];    /* as they stand in the file */
    struct hm_bytes fields[HM_TABLE_COLUMNS_MAX];    /* no bytes: left out */
    const struct hm_field *at[HM_TABLE_COLUMNS_MAX]; /* null: left out, or id or unit */
    bool ordinal[HM_TABLE_COLUMNS_MAX]; /* it numbers the rows, and is left out */
};

/* ---- import_titles.c: what a heading means ---- */

struct hm_title_word;

struct hm_titles {
    const struct hm_kind *kind;
    const struct hm_title_word *words;
    size_t count;
};

struct hm_meaning {
    const char *field; /* null: none */
    const char *other; /* not null: it could as well be this one */
    bool ordinal;
};

/*
 * Names, labels in both languages and other headings of a kind's fields, `id` and `unit`,
 * from `arena`, which the titles need as long as they are used.
 */
HM_CHECKED enum hm_status hm_titles_read(struct hm_titles *titles,
                                         const struct hm_words *words,
                                         const struct hm_kind *kind,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/*
 * The nearest meaning counts: a field's name before a label before another heading, each
 * with its tones before without, and what stands in brackets is left out last. Two fields
 * that are equally near are named both.
 */
struct hm_meaning hm_title_means(const struct hm_titles *titles, struct hm_bytes title);

/* A column's field as it is named in a map; null: there is none. */
const char *hm_field_named(const struct hm_kind *kind, struct hm_bytes name);

/* ---- import_columns.c ---- */

/* Columns that would be found, without asking anybody. `titles` as of hm_columns_find. */
size_t hm_columns_guess(const struct hm_titles *titles,
                        const struct hm_import *import,
                        const struct hm_bytes *at,
                        size_t count);

/*
 * Find the field of every column: by the maps, else by what its title means. Columns that
 * are no field are left out. `at` lasts as long as the columns.
 * HM_BAD_INPUT  a map names no column or no field; a title means two fields, or two mean
 *               one; none means any; one is not UTF-8
 */
HM_CHECKED enum hm_status hm_columns_find(struct hm_columns *columns,
                                          const struct hm_titles *titles,
                                          const struct hm_import *import,
                                          const struct hm_bytes *at,
                                          size_t count,
                                          struct hm_err *err);

/* ---- import_heading.c ---- */

struct hm_heading {
    size_t sheet;
    size_t line;   /* the last one of the heading */
    size_t titled; /* rows above it, which say what the table is */
    struct hm_columns columns;
};

/*
 * Find the sheet and the rows that hold the headings, one or two of the first forty; the
 * table then stands at its first row. Texts from `arena`.
 * HM_BAD_INPUT  as hm_columns_find; csv-empty; sheet-missing: none of that name;
 *               sheet-which: several sheets have such headings
 */
HM_CHECKED enum hm_status hm_heading_find(struct hm_heading *heading,
                                          struct hm_table *table,
                                          const struct hm_titles *titles,
                                          const struct hm_import *import,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

#endif
