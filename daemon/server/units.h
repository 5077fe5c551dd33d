/* SPDX-License-Identifier: Apache-2.0 */
/*
 * units.h - a file of units: read, judged as a whole, then written.
 *
 * Owner:   daemon/server/units_read.c (table to rows), units_pad.c (zeros), units_tree.c
 *          (rows to a tree), units_was.c (what a unit was), units.c, units_merge.c,
 *          units_rename.c (the commands)
 * Threads: one command
 *
 * Headings are those of the fields of the kind that is the tree of units, those of the
 * tree itself (record/kind.h) and all others: no field is known here by its name.
 */
#ifndef DAEMON_SERVER_UNITS_H
#define DAEMON_SERVER_UNITS_H

#include "context.h"
#include "hamlet/api/import.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/records.h"

enum { HM_UNITS_COLUMNS_MAX = 24 };

struct hm_units_row {
    size_t line;
    struct hm_bytes cells[HM_UNITS_COLUMNS_MAX];  /* as typed, by column */
    struct hm_bytes values[HM_UNITS_COLUMNS_MAX]; /* canonical; null is 'n' */
    struct hm_bytes code;
    struct hm_bytes parent;       /* no bytes: none */
    struct hm_bytes into;         /* no bytes: it was not merged into another */
    bool known;                   /* the store has a unit of this code: once judged */
    const struct hm_err *refused; /* null: it may stand */
};

struct hm_units {
    const struct hm_kind *kind; /* the tree of units */
    const struct hm_field *columns[HM_UNITS_COLUMNS_MAX];
    size_t column_count;
    struct hm_units_row *rows; /* in the order of the file */
    size_t count;
    size_t refused_count;
    size_t padded_count;    /* codes that got zeros back */
    struct hm_arena *arena; /* everything comes from it */
};

/*
 * Read the table (api/table.h); rows with a wrong value are marked as refused, the others
 * have their values.
 * HM_BAD_INPUT  it is no table of units at all: the error names line or column
 * HM_TOO_BIG    over HM_IMPORT_ROWS_MAX rows
 */
HM_CHECKED enum hm_status hm_units_read(struct hm_units *units,
                                        const struct hm_kinds *kinds,
                                        const struct hm_words *words,
                                        const struct hm_import *import,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/*
 * Put back the zeros at the front of codes that have a fixed length at their system and
 * level (record/tree.h), and of parents where one unit alone can be meant. A parent that
 * may be several refuses its row.
 */
HM_CHECKED enum hm_status hm_units_pad(struct hm_units *units,
                                       struct hm_control_ctx *ctx,
                                       struct hm_err *err);

/*
 * Refuse rows whose code stands twice, whose parent or successor is neither in the file
 * nor known, or which would be above themselves or merged into themselves. The server's
 * own unit may have a parent that nobody knows: it is the root of what this server
 * serves.
 */
HM_CHECKED enum hm_status hm_units_judge(struct hm_units *units,
                                         struct hm_control_ctx *ctx,
                                         struct hm_err *err);

/* Mark a row; `arg` is shown in the sentence. */
HM_CHECKED enum hm_status hm_units_refuse(struct hm_units *units,
                                          struct hm_units_row *row,
                                          const char *key,
                                          struct hm_bytes arg,
                                          struct hm_err *err);

/* A unit that is known: its record as it stands, from `arena`. HM_NOT_FOUND */
HM_CHECKED enum hm_status hm_units_find(struct hm_control_ctx *ctx,
                                        struct hm_bytes code,
                                        struct hm_id *record,
                                        struct hm_loaded *loaded,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/*
 * Append what the unit was, as the list of its versions in JSON: those that are there,
 * and as it is now, until the day before `day` (as kept: api/units.h).
 * HM_BAD_INPUT  units-order: on that day another version stands already, or it was not
 *               there yet; units-no-versions: the kind keeps none
 */
HM_CHECKED enum hm_status hm_units_was(struct hm_buf *json,
                                       const struct hm_kind_tree *tree,
                                       const struct hm_loaded *loaded,
                                       const char *day,
                                       struct hm_err *err);

#endif
