/* SPDX-License-Identifier: Apache-2.0 */
/* import_run.h - one import under way: what its rows and its report share. */
#ifndef HAMLET_API_IMPORT_RUN_H
#define HAMLET_API_IMPORT_RUN_H

#include "grid.h"
#include "import_columns.h"
#include "import_text.h"

enum { HM_IMPORT_CODE_MAX = 20 }; /* digits (record/kind.h) */

struct hm_importing {
    const struct hm_view *view;
    const struct hm_import *import;
    const struct hm_kind *kind;
    struct hm_author *author;
    struct hm_import_text text;
    struct hm_table *table;
    struct hm_titles titles;
    struct hm_heading heading;
    struct hm_arena arena; /* of the whole import */
    struct hm_rows rows;   /* the JSON that is shown */
    struct hm_buf verdicts;
    struct hm_json_write verdict_out; /* of a dry run: every row's; else those left out */
    struct hm_grid grid;              /* the text that is shown */
    struct hm_buf padded;             /* codes of a row whose zeros are put back */
    uint8_t padded_room[HM_TABLE_COLUMNS_MAX * HM_IMPORT_CODE_MAX + 1];
    struct hm_imported done;
    int64_t skipped;
    int64_t padded_count;
    bool failed; /* no good row, or a bad one and strict */
};

/* ---- import_say.c ---- */

void hm_import_say_begin(struct hm_importing *im);

/* A row that is refused for `why`. */
HM_CHECKED enum hm_status hm_import_say_refused(struct hm_importing *im,
                                                size_t line,
                                                struct hm_err *why,
                                                struct hm_err *err);

/*
 * What became of another row: "added", "changed", "unchanged", or a reason for leaving it
 * out. `record` may be null.
 */
void hm_import_say_row(struct hm_importing *im,
                       size_t line,
                       const char *verdict,
                       bool left_out,
                       const struct hm_id *record);

/* The end of the report, once it is known what was kept. */
HM_CHECKED enum hm_status hm_import_say_end(struct hm_importing *im, struct hm_err *err);

/* ---- import_rows.c ---- */

/* Every row below the heading, each by itself. */
HM_CHECKED enum hm_status hm_import_rows(struct hm_importing *im, struct hm_err *err);

#endif
