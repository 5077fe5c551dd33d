/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h - records, shown: lists, one of them, its history, a table for other
 * programs.
 *
 * Owner:  daemon/api/list.c, where.c, show.c, export*.c, history.c, browse.c; layer 4
 * Shapes: what the JSON looks like is part of the command contract
 * Errors: nothing is shown before the first record was found; a failure after that leaves
 *         what was shown so far
 */
#ifndef HAMLET_API_RECORDS_H
#define HAMLET_API_RECORDS_H

#include "hamlet/api/view.h"
#include "hamlet/store/records.h"

struct hm_api_list {
    struct hm_bytes kind;
    const char *const *where; /* "field=value", read by the field's type; all must hold */
    size_t where_count;
    struct hm_bytes search; /* as typed; no bytes: everything */
    bool deleted;           /* the deleted ones instead */
    bool voided;            /* those of which nothing stands instead (store/void.h) */
    bool bare;              /* without the names of what is referred to; as `state` */
    bool brief;             /* long texts and pen traces are null; as `state` */
    int64_t limit;          /* 0: all */
    int64_t skip;           /* so many before the first; of hm_api_browse */
    const char *state;      /* the name of one, null: any; of hm_api_browse */
};

/*
 * HM_BAD_INPUT  kind, field or unit is not known, or the value is none of the field's
 * HM_USAGE      a `where` without `=`, or a list of void records by fields or of deleted
 */
HM_CHECKED enum hm_status hm_api_list(const struct hm_view *view,
                                      const struct hm_api_list *list,
                                      struct hm_err *err);

/* HM_NOT_FOUND: no such record, or no such id at all. */
HM_CHECKED enum hm_status hm_api_show(const struct hm_view *view,
                                      const char *record,
                                      struct hm_err *err);
HM_CHECKED enum hm_status hm_api_history(const struct hm_view *view,
                                         const char *record,
                                         struct hm_err *err);

/*
 * A piece of a list for a page, as JSON: `{records, next}`, records with the names of
 * those that they refer to; `next` is null, or what to skip for the rest.
 */
HM_CHECKED enum hm_status hm_api_browse(const struct hm_view *view,
                                        const struct hm_api_list *list,
                                        struct hm_err *err);
/* How many records of a kind there are, `{records, deleted, states:{…}}`. */
HM_CHECKED enum hm_status hm_api_tally(const struct hm_view *view,
                                       struct hm_bytes kind,
                                       struct hm_err *err);
/*
 * One record as of hm_api_browse, and `seen`: what of it was to be seen (hm_author_saw),
 * as hex of prefixes of changes. HM_NOT_FOUND
 */
HM_CHECKED enum hm_status hm_api_look(const struct hm_view *view,
                                      const char *record,
                                      struct hm_err *err);

enum hm_export_format { HM_EXPORT_JSON, HM_EXPORT_CSV, HM_EXPORT_BOOK };

struct hm_api_export {
    struct hm_bytes kind;
    enum hm_export_format format;
    const char *columns; /* "field,field"; null: those that the kind shows */
    bool all;            /* every field instead */
    const struct hm_api_list
        *only; /* which records; its kind is not looked at. Null: all */
    /* Of an Excel file (exchange/workbook.h): */
    const char *path;      /* where it is written; it exists */
    const char *temporary; /* a folder */
    struct hm_wall now;
};

/*
 * Records of a kind as a table, else as JSON like a list. Beside the table an Excel
 * file has a sheet that says of what, when and how much. What was exported is imported
 * again as it was.
 * HM_BAD_INPUT  no such kind, or field
 */
HM_CHECKED enum hm_status hm_api_export(const struct hm_view *view,
                                        const struct hm_api_export *export,
                                        struct hm_err *err);

/*
 * Append what a server signs of an export (api/signed.h): `{document, kind, unit, made,
 * where, records}`, the records as of a list. HM_BAD_INPUT  as above. HM_TOO_BIG
 */
HM_CHECKED enum hm_status hm_api_export_body(const struct hm_view *view,
                                             const struct hm_api_export *export,
                                             struct hm_bytes unit,
                                             struct hm_buf *body,
                                             struct hm_err *err);

/*
 * One record as JSON: `{id, kind, unit, fields, state, conflicts, incomplete, deleted}`
 * and, if it was merged into another, `part_of`: the id of that.
 */
void hm_api_record_json(struct hm_json_write *out, const struct hm_listed *record);

#endif
