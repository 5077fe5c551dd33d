/* SPDX-License-Identifier: Apache-2.0 */
/* import_run.h - one import under way: what its rows and its report share. */
#ifndef HAMLET_API_IMPORT_RUN_H
#define HAMLET_API_IMPORT_RUN_H

#include "grid.h"
#include "import_source.h"

enum { HM_IMPORT_CODE_MAX = 20 }; /* digits (record/kind.h) */

/* A record that a row made. */
struct hm_import_fresh {
    struct hm_id id;
    size_t line;
};

struct hm_importing {
    const struct hm_view *view;
    const struct hm_import *import;
    const struct hm_kind *kind;
    struct hm_author *author;
    struct hm_import_source source;
    struct hm_rows rows; /* the JSON that is shown */
    struct hm_buf verdicts;
    struct hm_json_write verdict_out; /* of a dry run: every row's; else those left out */
    struct hm_grid grid;              /* the text that is shown */
    struct hm_buf padded;             /* codes of a row whose zeros are put back */
    uint8_t padded_room[HM_TABLE_COLUMNS_MAX * HM_IMPORT_CODE_MAX + 1];
    struct hm_import_fresh *fresh; /* where the kind says what its duplicates are */
    size_t fresh_count;
    size_t fresh_room;
    struct hm_buf alike; /* JSON of what looks like one; empty: nothing does */
    struct hm_imported done;
    int64_t skipped;
    int64_t padded_count;
    struct hm_arena row;  /* texts of the row at hand that were written anew */
    struct hm_buf warned; /* JSON of why rows should be looked at */
    struct hm_json_write warned_out;
    struct hm_buf told;      /* the same as sentences, of the first of them */
    int64_t warned_count;    /* rows */
    int64_t offered_count;   /* names that could have their proper case */
    int64_t rewritten_count; /* and those that got it */
    bool failed;             /* no good row, or a bad one and strict */
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

/* ---- import_alike.c ---- */

/* Remember that the row in this line made this record. */
HM_CHECKED enum hm_status hm_import_alike_note(struct hm_importing *im,
                                               const struct hm_id *record,
                                               size_t line,
                                               struct hm_err *err);
/* Tell which new records look like another, before the transaction ends. */
HM_CHECKED enum hm_status hm_import_alike(struct hm_importing *im, struct hm_err *err);

/* ---- import_warn.c ---- */

void hm_import_warn_init(struct hm_importing *im);
void hm_import_warn_fini(struct hm_importing *im);
/* Take over what the author was warned of in the row of this line. */
void hm_import_warn(struct hm_importing *im, size_t line);
void hm_import_warn_json(struct hm_importing *im);
void hm_import_warn_text(struct hm_importing *im);
/*
 * A text of this field as it may be meant, from `im->row`; the text itself where nobody
 * knows better, or nobody asked.
 */
HM_CHECKED enum hm_status hm_import_proper(struct hm_importing *im,
                                           const struct hm_field *field,
                                           struct hm_bytes *text,
                                           struct hm_err *err);

/* ---- import_unit.c ---- */

/*
 * The code of a unit that lost the zeros at its front gets them back, from `im->row`,
 * where one unit alone below the replica's own can be meant. HM_BAD_INPUT: units-zeros:
 * it may be several
 */
HM_CHECKED enum hm_status hm_import_unit(struct hm_importing *im,
                                         struct hm_bytes *text,
                                         struct hm_err *err);

/* ---- import_rows.c ---- */

/* Every row below the heading, each by itself. */
HM_CHECKED enum hm_status hm_import_rows(struct hm_importing *im, struct hm_err *err);

#endif
