/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grid.h - rows for a person's eyes, in columns as wide as what is in them.
 *
 * Cells are made harmless for a terminal, put on one line, and cut where they are too
 * long. Nothing is shown before hm_grid_end, since the last row may be the widest.
 */
#ifndef HAMLET_API_GRID_H
#define HAMLET_API_GRID_H

#include "inside.h"

enum { HM_GRID_COLUMNS_MAX = 64, HM_GRID_CELL = 40, HM_GRID_NO_CUT = 1 << 24 };

struct hm_grid {
    const struct hm_view *view;
    struct hm_buf cells; /* each followed by a NUL */
    size_t columns;
    size_t count; /* of cells */
    size_t most;  /* columns of a cell; what is longer is cut */
    size_t width[HM_GRID_COLUMNS_MAX];
};

/* Cells are cut at HM_GRID_CELL, which the caller may change. */
void hm_grid_init(struct hm_grid *table, const struct hm_view *view, size_t columns);
void hm_grid_fini(struct hm_grid *table);

/* The next cell, row by row; the first row is the heading. */
void hm_grid_put(struct hm_grid *table, struct hm_bytes text);

/* Show it. Without rows under the heading `empty`, a key of the words, is said instead.
 */
HM_CHECKED enum hm_status hm_grid_end(struct hm_grid *table,
                                      const char *empty,
                                      struct hm_err *err);

#endif
