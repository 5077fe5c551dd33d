/* SPDX-License-Identifier: Apache-2.0 */
#include "verdicts.h"

#include "derive.h"
#include "hamlet/record/reason.h"
#include "names.h"
#include "numbers.h"

/* A change whose entries do not say its verdict: n0 its row, n1 what they say. */
struct unsaid {
    int64_t row;
    int64_t verdict;
};

static void read_unsaid(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct unsaid *unsaid = item;
    (void)arena;
    unsaid->row = hm_column_int(stmt, 0);
    unsaid->verdict = hm_column_int(stmt, 1);
}

/* In any bucket, but for those of a server that is no more. Only the few entries around
 * the change are looked at. */
#define SAID(kind)                                                                       \
    "EXISTS (SELECT 1 FROM entry e WHERE e.kind = '" kind                                \
    "' AND e.change <= c.id AND e.change > c.id - " HM_ENTRY_ROW                         \
    " AND c.id < e.change + e.count AND EXISTS (SELECT 1 FROM bucket s"                  \
    " WHERE s.id = e.bucket AND s.old = 0))"

static enum hm_status find_unsaid(struct hm_store *store,
                                  struct hm_bytes bucket,
                                  struct unsaid **unsaid,
                                  size_t *count,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT * FROM (SELECT c.id, (c.verdict & 1) | 2 * " SAID("a") " | 4 * " SAID(
            "r") " AS said, c.verdict FROM bucket b CROSS JOIN change c"
                 " ON c.verdict <> 2 AND c.verdict > 2 CROSS JOIN unit u ON u.id = c.home"
                 " WHERE b.name = :name AND (u.code = b.name OR (b.name LIKE '@%'"
                 " AND NOT EXISTS (SELECT 1 FROM bucket h WHERE h.name = u.code))))"
                 " WHERE said <> verdict";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, bucket);
        status = hm_sql_list(store, stmt, sizeof(**unsaid), read_unsaid, &list, count,
                             arena, err);
    }
    *unsaid = list;
    return status;
}

/* What stands aside again takes its record's room no more, if that was why. */
static enum hm_status take_back(struct hm_store *store,
                                const struct hm_batch *batch,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char update[] = "UPDATE change SET verdict = x.n1 FROM batch(:rows) x"
                                 " WHERE change.id = x.n0";
    static const char leave_out[] =
        "UPDATE change SET later = 2 FROM batch(:rows) x WHERE change.id = x.n0"
        " AND x.n1 = 1 AND EXISTS (SELECT 1 FROM entry e WHERE e.change = x.n0"
        " AND e.kind = 'q' AND e.reason = x.b0)";
    static const char records[] =
        "SELECT c.record FROM batch(:rows) x CROSS JOIN change c ON c.id = x.n0";
    static const char homes[] =
        "SELECT DISTINCT c.home FROM batch(:rows) x CROSS JOIN change c ON c.id = x.n0"
        " WHERE c.act = 6";
    struct hm_numbers touched = {.count = 0};
    struct hm_numbers withdrawing = {.count = 0};
    enum hm_status status = hm_sql_run_batch(store, update, batch, err);
    if (status == HM_OK) {
        status = hm_sql_run_batch(store, leave_out, batch, err);
    }
    if (status == HM_OK) {
        status = hm_numbers_of_batch(&touched, store, records, batch, arena, err);
    }
    if (status == HM_OK) {
        status = hm_numbers_of_batch(&withdrawing, store, homes, batch, arena, err);
    }
    for (size_t i = 0; i < withdrawing.count && status == HM_OK; i++) {
        status = hm_withdrawals_refresh(store, withdrawing.at[i], arena, err);
    }
    return status != HM_OK
               ? status
               : hm_refresh_rows(store, touched.at, touched.count, arena, err);
}

enum hm_status hm_verdicts_settle(struct hm_store *store,
                                  struct hm_bytes bucket,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct unsaid *unsaid = NULL;
    size_t count = 0;
    enum hm_status status = find_unsaid(store, bucket, &unsaid, &count, arena, err);
    if (status != HM_OK || count == 0) {
        return status;
    }
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    struct hm_batch batch = {.rows = rows, .count = count, .text = 1};
    status = hm_arena_status(arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        rows[i] = (struct hm_batch_row){.n = {unsaid[i].row, unsaid[i].verdict},
                                        .b = {hm_text(hm_reason_name(HM_REASON_FULL))}};
    }
    return status != HM_OK ? status : take_back(store, &batch, arena, err);
}
