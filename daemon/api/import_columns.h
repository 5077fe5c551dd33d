/* SPDX-License-Identifier: Apache-2.0 */
/* import_columns.h - which column of a table is which field. */
#ifndef HAMLET_API_IMPORT_COLUMNS_H
#define HAMLET_API_IMPORT_COLUMNS_H

#include "hamlet/api/import.h"
#include "hamlet/exchange/csv.h"
#include "inside.h"

struct hm_columns {
    size_t count;
    struct hm_bytes titles[HM_CSV_COLUMNS_MAX]; /* as they stand in the file */
    struct hm_bytes fields[HM_CSV_COLUMNS_MAX]; /* no bytes: left out */
};

/*
 * Find the field of every column of the heading `row`: by the maps, else by the field's
 * name or label in either language, without regard to case and marks; `id` and `unit`
 * too. Columns that are no field are left out. All from `arena`.
 * HM_BAD_INPUT  a map names no column or no field; two columns are one field; none is any
 */
HM_CHECKED enum hm_status hm_columns_find(struct hm_columns *columns,
                                          const struct hm_view *view,
                                          const struct hm_kind *kind,
                                          const struct hm_import *import,
                                          const struct hm_csv_row *row,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

#endif
