/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.h - a table becomes records: every row by itself, all good ones together.
 *
 * Owner:      daemon/api/import*.c; layer 4
 * Durability: all good rows are one transaction and one bulk, so that a person can undo
 *             them as one
 *
 * A row with `id`, or with the natural key of a record that is here, writes only what
 * differs from it; an empty cell clears, a cell that is missing at the end of the row
 * does nothing. Any other row is a new record. What a row may say is what a person may
 * type.
 *
 * Left out, and told: rows above the heading, that number its columns, repeat it, add up
 * what is above, name a part of the list in one cell over the whole width, or go on with
 * a record whose cells are merged. A code shorter than its field is wide gets its zeros.
 */
#ifndef HAMLET_API_IMPORT_H
#define HAMLET_API_IMPORT_H

#include "hamlet/api/view.h"
#include "hamlet/author/author.h"
#include "hamlet/base/hash.h"

struct hm_import {
    struct hm_bytes kind;
    struct hm_bytes file;    /* CSV, in whatever encoding, or XLSX */
    struct hm_bytes sheet;   /* of XLSX; no bytes: the one that has such headings */
    const char *encoding;    /* its name (text/encoding.h); null: what it seems to be */
    const char *const *maps; /* "column=field" */
    size_t map_count;
    bool strict;  /* one refused row refuses all */
    bool dry_run; /* judge all, keep nothing */
    bool
        proper_case; /* names that are all capitals, or all small, are written as names */
};

struct hm_imported {
    struct hm_id batch;    /* none where nothing was written */
    struct hm_digest file; /* of its bytes */
    int64_t added;
    int64_t changed;
    int64_t unchanged;
    int64_t refused;
};

/*
 * Import and show the verdict: `{batch, added, changed, unchanged, refused:[{line,
 * column, reason, text}], skipped:[{line, became, reason}], alike:[{line, level, reason,
 * with:{line | record}}], warned, warnings:[{line, field, rule, text, offer}], padded,
 * rewritten, sheet, heading, columns:[{column, field}], ignored:[column], file, encoding,
 * sure, sample:[[cell]]}`, also where the whole is refused; of a dry run `rows` with what
 * became of every row instead of `skipped`. `alike`: new records that certainly or
 * probably are another one of the table or of those that were here (duplicates.h); they
 * are kept all the same; null where there are more records than are compared at once.
 * `warned`: rows that were taken and should be looked at, `warnings`: why, of the first
 * of them; `rewritten`: names that got their proper case because it was asked for.
 * `sample`: the first rows that show in which encoding the file was read. Nothing is kept
 * after any error. HM_BAD_INPUT  the file or its heading cannot be read; or no row was
 * good, or one was not and `strict`; encoding-unsure: `encoding` is not given and the
 * file does not tell
 */
HM_CHECKED enum hm_status hm_api_import(const struct hm_view *view,
                                        const struct hm_import *import,
                                        struct hm_imported *imported,
                                        struct hm_err *err);

#endif
