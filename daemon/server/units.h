/* SPDX-License-Identifier: Apache-2.0 */
/*
 * units.h - a file of units: read, judged as a whole, then written.
 *
 * Owner:   daemon/server/units_read.c (table to rows), units_tree.c (rows to a tree),
 *          units.c (the command)
 * Threads: one command
 *
 * Names of columns are those of the fields of the kind that is the tree of units, those
 * of the tree itself (record/kind.h) and all others: no field is known here by its name.
 */
#ifndef DAEMON_SERVER_UNITS_H
#define DAEMON_SERVER_UNITS_H

#include "context.h"
#include "hamlet/record/kinds.h"

enum { HM_UNITS_COLUMNS_MAX = 24 };

struct hm_units_row {
    size_t line;
    struct hm_bytes cells[HM_UNITS_COLUMNS_MAX];  /* as typed, by column */
    struct hm_bytes values[HM_UNITS_COLUMNS_MAX]; /* canonical; null is 'n' */
    struct hm_bytes code;
    struct hm_bytes parent;       /* no bytes: none */
    struct hm_bytes into;         /* no bytes: it was not merged into another */
    const struct hm_err *refused; /* null: it may stand */
};

struct hm_units {
    const struct hm_kind *kind; /* the tree of units */
    const struct hm_field *columns[HM_UNITS_COLUMNS_MAX];
    size_t column_count;
    struct hm_units_row *rows; /* in the order of the file */
    size_t count;
    size_t refused_count;
    struct hm_arena *arena; /* everything comes from it */
};

/*
 * Read the table; rows with a wrong value are marked as refused, the others have their
 * values.
 * HM_BAD_INPUT  it is no table of units at all: the error names line or column
 * HM_TOO_BIG    over HM_IMPORT_ROWS_MAX rows
 */
HM_CHECKED enum hm_status hm_units_read(struct hm_units *units,
                                        const struct hm_kinds *kinds,
                                        struct hm_bytes file,
                                        struct hm_arena *arena,
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

#endif
