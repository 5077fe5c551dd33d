/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - the small numbers that stand for long names, private to proto/store.
 *
 * A number is given when the name is first met and never changes. Looking up a name that
 * is there reads; only making one needs a transaction.
 */
#ifndef HAMLET_STORE_NAMES_H
#define HAMLET_STORE_NAMES_H

#include "hamlet/store/pages.h"
#include "sql.h"

/* 0: it is not there and was not made. */
HM_CHECKED enum hm_status hm_unit_number(struct hm_store *store,
                                         struct hm_bytes code,
                                         bool make,
                                         int64_t *number,
                                         struct hm_err *err);
HM_CHECKED enum hm_status hm_kind_number(struct hm_store *store,
                                         struct hm_bytes name,
                                         bool make,
                                         int64_t *number,
                                         struct hm_err *err);
HM_CHECKED enum hm_status hm_device_number(struct hm_store *store,
                                           const struct hm_id *device,
                                           bool make,
                                           int64_t *number,
                                           struct hm_err *err);
HM_CHECKED enum hm_status hm_author_number(struct hm_store *store,
                                           const struct hm_change *change,
                                           int64_t *number,
                                           struct hm_err *err);
HM_CHECKED enum hm_status hm_bulk_number(struct hm_store *store,
                                         const struct hm_id *bulk,
                                         bool make,
                                         int64_t *number,
                                         struct hm_err *err);
HM_CHECKED enum hm_status hm_bucket_number(struct hm_store *store,
                                           struct hm_bytes name,
                                           bool make,
                                           int64_t *number,
                                           struct hm_err *err);

/*
 * The rows of `change` in full, and how to read one of them. The columns are the same
 * wherever they come from: `HM_CHANGE_COLUMNS HM_CHANGE_FROM WHERE …`.
 */
#define HM_CHANGE_COLUMNS                                                                \
    "SELECT c.id, c.record, c.change, c.act, c.time, c.received, c.verdict,"             \
    " c.withdrawn, c.withheld, c.body, a.user, a.role, d.device, u.code, k.name,"        \
    " r.record, b.bulk"
#define HM_CHANGE_FROM                                                                   \
    " FROM change c CROSS JOIN author a ON a.id = c.author"                              \
    " CROSS JOIN device d ON d.id = a.device CROSS JOIN unit u ON u.id = c.home"         \
    " CROSS JOIN record r ON r.id = c.record CROSS JOIN kind k ON k.id = r.kind"         \
    " LEFT JOIN bulk b ON b.id = c.bulk"
enum { HM_CHANGE_COLUMN_COUNT = 17 };

/* Reads the row that `stmt` stands on; what is in it is copied to `arena`. */
HM_CHECKED enum hm_status hm_change_row(struct hm_store *store,
                                        sqlite3_stmt *stmt,
                                        const struct hm_id *district,
                                        struct hm_held *held,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/*
 * A row of `page`: seq, count, home, head_before, head_after, registry, signature. A
 * failure is the arena's.
 */
void hm_page_row(sqlite3_stmt *stmt,
                 int64_t origin,
                 struct hm_stored_page *page,
                 struct hm_arena *arena);

#endif
