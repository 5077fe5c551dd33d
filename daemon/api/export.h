/* SPDX-License-Identifier: Apache-2.0 */
/* export.h - what the ways of writing a kind's records as a table share. */
#ifndef HAMLET_API_EXPORT_H
#define HAMLET_API_EXPORT_H

#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "inside.h"

struct hm_exporting {
    const struct hm_view *view;
    const struct hm_api_export *export;
    const struct hm_kind *kind;
    struct hm_field_list columns;
    struct hm_list_query query;
    int64_t count;
    int64_t conflicts; /* records of which something is undecided */
};

/*
 * Show every record: `put` gets its fields as JSON, parsed. HM_BAD_INPUT, from the store:
 * HM_CORRUPT and what `put` gives
 */
HM_CHECKED enum hm_status hm_export_rows(
    struct hm_exporting *e,
    enum hm_status (*put)(void *ctx,
                          const struct hm_listed *record,
                          const struct hm_json *fields,
                          struct hm_err *err),
    void *ctx,
    struct hm_err *err);

/* A field of a record as its canonical value; none where it has none. */
HM_CHECKED enum hm_status hm_export_value(const struct hm_json *fields,
                                          const struct hm_field *field,
                                          struct hm_buf *value,
                                          struct hm_err *err);

/* The Excel file; export_book.c. */
HM_CHECKED enum hm_status hm_export_book(struct hm_exporting *e, struct hm_err *err);

#endif
