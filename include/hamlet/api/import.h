/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.h - a table becomes records: every row by itself, all good ones together.
 *
 * Owner:      daemon/api/import.c, import_columns.c, import_text.c; layer 4
 * Durability: all good rows are one transaction and one bulk, so that a person can undo
 *             them as one
 *
 * A row with `id`, or with the natural key of a record that is here, writes only what
 * differs from it; an empty cell clears, a cell that is missing at the end of the row
 * does nothing. Any other row is a new record. What a row may say is what a person may
 * type.
 */
#ifndef HAMLET_API_IMPORT_H
#define HAMLET_API_IMPORT_H

#include "hamlet/api/view.h"
#include "hamlet/author/author.h"

struct hm_import {
    struct hm_bytes kind;
    struct hm_bytes file;    /* CSV, in whatever encoding */
    const char *encoding;    /* its name (text/encoding.h); null: what it seems to be */
    const char *const *maps; /* "column=field" */
    size_t map_count;
    bool strict;  /* one refused row refuses all */
    bool dry_run; /* judge all, keep nothing */
};

struct hm_imported {
    struct hm_id batch; /* none where nothing was written */
    int64_t added;
    int64_t changed;
    int64_t unchanged;
    int64_t refused;
};

/*
 * Import and show the verdict: `{batch, added, changed, unchanged, refused:[{line,
 * column, reason, text}], encoding, sure, sample:[[cell]]}`, also where the whole is
 * refused. Nothing is kept after any error. `sample`: the first rows that show in which
 * encoding the file was read.
 * HM_BAD_INPUT  the file or its heading cannot be read; or no row was good, or one was
 *               not and `strict`; encoding-unsure: `encoding` is not given and the file
 *               does not tell
 */
HM_CHECKED enum hm_status hm_api_import(const struct hm_view *view,
                                        const struct hm_import *import,
                                        struct hm_imported *imported,
                                        struct hm_err *err);

#endif
