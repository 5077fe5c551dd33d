/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h - the records of a kind one by one, some fields of each: for what counts.
 *
 * Owner:  proto/store/scan.c; layer 2
 * Memory: one record at a time
 * Errors: store.h
 */
#ifndef HAMLET_STORE_SCAN_H
#define HAMLET_STORE_SCAN_H

#include "hamlet/store/store.h"

enum { HM_SCAN_FIELDS_MAX = 24 };

/* What a field holds: a number (of a boolean 1 or 0), or text; lists as JSON. */
struct hm_scan_value {
    bool there;
    bool is_text;
    int64_t number;
    struct hm_bytes text;
};

struct hm_scan_row {
    struct hm_id id;
    int64_t home; /* as of hm_store_scan_units */
    int64_t year; /* 0: its kind has none */
    bool alias;   /* it was merged into another record, if that holds (store/alias.h) */
    bool conflict;
    struct hm_scan_value at[HM_SCAN_FIELDS_MAX];
};

struct hm_scan_query {
    struct hm_bytes kind;
    const char *const *fields; /* whose values are given, in this order */
    size_t field_count;
    int64_t year_from; /* of records of these years; both 0: of those of none */
    int64_t year_to;
};

/*
 * Call `each` for every record that is there, in no order that means anything. What it is
 * given lives for the call; another status of its own ends the scan and is given back. A
 * kind of which nothing is here has no records.
 */
HM_CHECKED enum hm_status hm_store_scan(struct hm_store *store,
                                        const struct hm_scan_query *query,
                                        enum hm_status (*each)(void *ctx,
                                                               const struct hm_scan_row *,
                                                               struct hm_err *),
                                        void *ctx,
                                        struct hm_err *err);

/* A unit that is known: by which number rows name it, and whether some record of `year`
 * has it as its home. */
struct hm_scan_unit {
    int64_t home;
    struct hm_bytes code;
    bool sent;
};

/* All of them, as an array of `arena`. */
HM_CHECKED enum hm_status hm_store_scan_units(struct hm_store *store,
                                              int64_t year,
                                              struct hm_scan_unit **units,
                                              size_t *count,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* How many registers of records of this home are in conflict that nobody has decided. */
HM_CHECKED enum hm_status hm_store_scan_open(
    struct hm_store *store,
    enum hm_status (*each)(void *ctx, int64_t home, int64_t count, struct hm_err *),
    void *ctx,
    struct hm_err *err);

/* When the newest change came here; 0 where nothing did. */
HM_CHECKED enum hm_status hm_store_scan_newest(struct hm_store *store,
                                               struct hm_wall *newest,
                                               struct hm_err *err);

#endif
