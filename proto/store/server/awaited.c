/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Withdrawals that came before what they name. Each name waits in a row of its own, which
 * goes once: a sender of many makes no more work when something comes than he sent.
 */
#include "../names.h"
#include "../numbers.h"
#include "hamlet/record/reason.h"
#include "hamlet/store/withdraw.h"

enum hm_status hm_store_awaited_add(struct hm_store *store,
                                    int64_t row,
                                    const struct hm_change *withdrawal,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO awaited(home, name, withdrawal)"
        " SELECT x.n0, x.b0, x.n1 FROM batch(:rows) x WHERE NOT EXISTS (SELECT 1"
        " FROM change c WHERE c.home = x.n0 AND c.change = x.b0" HM_WITHDRAWABLE
        ") AND NOT EXISTS (SELECT 1 FROM bulk b CROSS JOIN change c ON c.bulk = b.id"
        " AND c.bulk IS NOT NULL AND c.home = x.n0" HM_WITHDRAWABLE
        " WHERE b.bulk = x.b0)";
    struct hm_batch_row *rows =
        hm_arena_get_array(arena, withdrawal->name_count, sizeof(*rows));
    struct hm_batch batch = {.rows = rows, .count = withdrawal->name_count};
    int64_t home = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_unit_number(store, withdrawal->home, true, &home, err);
    }
    for (size_t i = 0; i < batch.count && status == HM_OK; i++) {
        rows[i] = (struct hm_batch_row){.n = {home, row},
                                        .b = {hm_id_bytes(&withdrawal->names[i])}};
    }
    return status != HM_OK ? status : hm_sql_run_batch(store, insert, &batch, err);
}

/* n1: it is one of those after the first `came`. */
static enum hm_status batch_of(struct hm_batch *batch,
                               const struct hm_numbers *numbers,
                               size_t came,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_batch_row *rows = hm_arena_get_array(arena, numbers->count, sizeof(*rows));
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < numbers->count && status == HM_OK; i++) {
        rows[i] = (struct hm_batch_row){.n = {numbers->at[i], i >= came}};
    }
    *batch = (struct hm_batch){.rows = rows, .count = numbers->count};
    return status;
}

enum hm_status hm_store_awaited_meet(struct hm_store *store,
                                     const int64_t *came,
                                     size_t count,
                                     int64_t **due,
                                     size_t *due_count,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    static const char meet[] =
        "DELETE FROM awaited WHERE (home, name, withdrawal) IN (SELECT a.home, a.name,"
        " a.withdrawal FROM batch(:rows) x CROSS JOIN change c ON c.id = "
        "x.n0" HM_WITHDRAWABLE
        " CROSS JOIN awaited a ON a.home = c.home AND a.name = c.change"
        " UNION ALL SELECT a.home, a.name, a.withdrawal FROM batch(:rows) x"
        " CROSS JOIN change c ON c.id = x.n0" HM_WITHDRAWABLE
        " CROSS JOIN bulk b ON b.id = c.bulk CROSS JOIN awaited a ON a.home = c.home"
        " AND a.name = b.bulk) RETURNING withdrawal";
    /* A skeleton was refused for what it lacks itself; whom a registry refused that was
     * not whole was judged again at the close, and waits since then alone. */
    static const char select[] =
        "SELECT DISTINCT c.id FROM batch(:rows) x CROSS JOIN change c ON c.id = x.n0"
        " WHERE c.act = 6 AND c.verdict = 1 AND c.withheld = 0 AND NOT EXISTS"
        " (SELECT 1 FROM awaited a WHERE a.withdrawal = c.id) AND EXISTS (SELECT 1"
        " FROM entry e WHERE e.change = c.id AND e.kind = 'q' AND (e.reason"
        " IN ('missing', 'unknown_kind') OR e.reason = 'scope' AND x.n1)) ORDER BY c.id";
    struct hm_numbers numbers = {.count = 0};
    struct hm_numbers found = {.count = 0};
    struct hm_batch batch;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = hm_numbers_add(&numbers, came[i], arena, err);
    }
    if (status == HM_OK) {
        status = batch_of(&batch, &numbers, count, arena, err);
    }
    if (status == HM_OK) {
        status = hm_numbers_of_batch(&numbers, store, meet, &batch, arena, err);
    }
    if (status == HM_OK) {
        status = batch_of(&batch, &numbers, count, arena, err);
    }
    if (status == HM_OK) {
        status = hm_numbers_of_batch(&found, store, select, &batch, arena, err);
    }
    if (status == HM_OK) {
        *due = found.at;
        *due_count = found.count;
    }
    return status;
}
