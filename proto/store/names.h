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

/* HM_META_DISTRICT: each record that is read asks for it. Zero where it is not set yet.
 */
HM_CHECKED enum hm_status hm_district_get(struct hm_store *store,
                                          struct hm_id *district,
                                          struct hm_err *err);

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
 * The units of the subtree of `root`, as the table `down`: the unit, those whose parent
 * is in it, and those that were merged into one that is in it (PROTOCOL.md 4.1). `UNION`,
 * not `UNION ALL`: a ring, which a wrong import could make, ends.
 */
#define HM_SUBTREE(root)                                                                 \
    "WITH RECURSIVE down(code) AS (" root " UNION SELECT d.code FROM down"               \
    " JOIN unit d ON d.parent = down.code UNION SELECT d.code FROM down"                 \
    " JOIN unit d ON d.successor = down.code)"

/* The other way: the units in whose subtree `:home` lies, as the table `up`. */
#define HM_ABOVE_WITH(more)                                                              \
    "WITH RECURSIVE up(code) AS (SELECT code FROM unit WHERE code = :home"               \
    " AND known = 1 UNION SELECT a.parent FROM up JOIN unit a ON a.code = up.code"       \
    " WHERE a.parent IS NOT NULL UNION SELECT a.successor FROM up"                       \
    " JOIN unit a ON a.code = up.code WHERE a.successor IS NOT NULL" more ")"
#define HM_ABOVE HM_ABOVE_WITH("")

/*
 * Changes that a row of `entry` holds at most: an entry of more has several. So whoever
 * asks what is said of a change looks for rows that begin this far before it, and not at
 * all that came until then.
 */
#define HM_ENTRY_ROW_MAX     512
#define HM_SQL_NUMBER(value) HM_SQL_TEXT(value)
#define HM_SQL_TEXT(text)    #text
#define HM_ENTRY_ROW         HM_SQL_NUMBER(HM_ENTRY_ROW_MAX)
_Static_assert(HM_ENTRY_ROW_MAX >= 512, "stores hold such rows (012-entries.sql)");

/* The number of the registry's entry for the change in a row. */
#define HM_REGISTRY_N(row)                                                               \
    "(SELECT e.n + " row " - e.change FROM entry e WHERE e.change <= " row               \
    " AND e.change > " row " - " HM_ENTRY_ROW " AND " row " < e.change + e.count"        \
    " AND +e.bucket = (SELECT b.id FROM bucket b WHERE b.name = '~')"                    \
    " ORDER BY e.change DESC LIMIT 1)"

/*
 * Whether a change may have been written without knowing what the registry says in the
 * row: `:registry` is what its page names, `:epoch` and `:seq` are where it stands. On a
 * server that came back that may be a number of an incarnation that is over.
 */
#define HM_LATE(row)                                                                     \
    "((:registry < " HM_REGISTRY_N(                                                      \
        row) " OR " HM_BEFORE_RETURN                                                     \
             ") AND coalesce((SELECT s.epoch = :epoch AND s.seq >= :seq FROM sight s"    \
             " WHERE s.device = :device AND s.registry >= " HM_REGISTRY_N(               \
                 row) " ORDER BY s.registry LIMIT 1), 1))"

/*
 * Whether its device wrote it before it can have seen numbers of this incarnation: before
 * the first request of its epoch. A late copy of one of an epoch that is over says
 * nothing of the next.
 */
#define HM_BEFORE_RETURN                                                                 \
    "EXISTS(SELECT 1 FROM sight s WHERE s.device = zeroblob(16) AND s.registry = 0)"     \
    " AND coalesce((SELECT s.epoch = :epoch AND s.seq >= :seq FROM sight s"              \
    " WHERE s.device = :device AND s.registry = -:epoch), 1)"

/*
 * A row of `page`: seq, count, home, head_before, head_after, registry, signature. A
 * failure is the arena's.
 */
void hm_page_row(sqlite3_stmt *stmt,
                 int64_t origin,
                 struct hm_stored_page *page,
                 struct hm_arena *arena);

#endif
