/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/buckets.h"

#include <stdlib.h>
#include <string.h>

#include "bucket_digest.h"
#include "derive.h"
#include "erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/reason.h"
#include "names.h"
#include "numbers.h"

void hm_mailbox_name(char name[HM_MAILBOX_SIZE], const struct hm_id *device)
{
    name[0] = '@';
    hm_hex_put(name + 1, hm_id_bytes(device));
}

enum hm_status hm_store_bucket_n(struct hm_store *store,
                                 struct hm_bytes name,
                                 uint64_t *n,
                                 struct hm_err *err)
{
    static const char select[] =
        "SELECT CASE WHEN old = 0 THEN n ELSE 0 END FROM bucket WHERE name = :name";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, name);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        *n = row ? (uint64_t)hm_column_int(stmt, 0) : 0;
        hm_sql_done(stmt);
    }
    return status;
}

static unsigned verdict_of(enum hm_entry_kind kind)
{
    return kind == HM_ENTRY_ACCEPTED      ? HM_VERDICT_ACCEPTED
           : kind == HM_ENTRY_QUARANTINED ? HM_VERDICT_QUARANTINED
                                          : HM_VERDICT_RELEASED;
}

/* What new verdicts change beyond themselves, by row. */
struct affected {
    struct hm_numbers records;
    struct hm_numbers homes; /* of withdrawals, which count now or no more */
};

#define AFFECTED                                                                         \
    " FROM batch(:rows) x CROSS JOIN change c ON c.id BETWEEN x.n3 AND"                  \
    " x.n3 + x.n2 - 1 WHERE ((c.verdict & x.n4 = 0 AND (x.n4 = 1 OR c.verdict = 1))"     \
    " OR (x.n5 = 1 AND c.verdict = 1 AND c.later <> 2))"

/*
 * Accepting what was not judged changes nothing that is shown. Everything else may: it is
 * collected to be derived anew.
 */
static enum hm_status set_verdicts(struct hm_store *store,
                                   const struct hm_batch *batch,
                                   struct affected *affected,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char records[] = "SELECT c.record" AFFECTED;
    static const char homes[] = "SELECT DISTINCT c.home" AFFECTED " AND c.act = 6";
    static const char update[] =
        "UPDATE change SET verdict = verdict | x.n4 FROM batch(:rows) x"
        " WHERE change.id BETWEEN x.n3 AND x.n3 + x.n2 - 1 AND change.verdict & x.n4 = 0";
    /* What was not merged for want of room, until somebody lets it stand after all. */
    static const char take_in[] =
        "UPDATE change SET later = id <> (SELECT r.first FROM record r"
        " WHERE r.id = change.record) FROM batch(:rows) x WHERE change.later = 2"
        " AND x.n4 > 1 AND change.id BETWEEN x.n3 AND x.n3 + x.n2 - 1";
    static const char leave_out[] =
        "UPDATE change SET later = 2 FROM batch(:rows) x WHERE x.n5 = 1"
        " AND change.id = x.n3 AND change.verdict = 1 AND change.later <> 2";
    enum hm_status status =
        hm_numbers_of_batch(&affected->records, store, records, batch, arena, err);
    if (status == HM_OK && affected->records.count > 0) {
        status = hm_numbers_of_batch(&affected->homes, store, homes, batch, arena, err);
    }
    if (status == HM_OK) {
        status = hm_sql_run_batch(store, update, batch, err);
    }
    if (status == HM_OK && affected->records.count > 0) {
        status = hm_sql_run_batch(store, take_in, batch, err);
    }
    if (status == HM_OK && affected->records.count > 0) {
        status = hm_sql_run_batch(store, leave_out, batch, err);
    }
    return status;
}

static enum hm_status insert_entries(struct hm_store *store,
                                     const struct hm_batch *batch,
                                     int64_t bucket,
                                     uint64_t n,
                                     struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO entry(bucket, n, count, change, kind, reason)"
        " SELECT n0, n1, n2, n3, b0, b1 FROM batch(:rows)";
    static const char advance[] = "UPDATE bucket SET n = :n WHERE id = :bucket";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql_run_batch(store, insert, batch, err);
    if (status == HM_OK) {
        status = hm_sql(store, advance, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, (int64_t)n);
        hm_bind_int(stmt, 2, bucket);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

/* As rows of the table, the entries numbered on from `*n`. A failure is the arena's. */
static struct hm_batch make_rows(struct hm_entry *entries,
                                 size_t count,
                                 int64_t bucket,
                                 uint64_t *n,
                                 struct hm_arena *arena)
{
    const char *full = hm_reason_name(HM_REASON_FULL);
    struct hm_batch batch = {.text = 3};
    size_t pieces = 0;
    for (size_t i = 0; i < count; i++) {
        pieces += (entries[i].count + HM_ENTRY_ROW_MAX - 1) / HM_ENTRY_ROW_MAX;
    }
    struct hm_batch_row *rows = hm_arena_get_array(arena, pieces, sizeof(*rows));
    char *kinds = hm_arena_get(arena, count);
    for (size_t i = 0; rows != NULL && kinds != NULL && i < count; i++) {
        struct hm_entry *entry = &entries[i];
        entry->n = *n + 1;
        *n += entry->count;
        kinds[i] = (char)entry->kind;
        for (uint64_t at = 0; at < entry->count; at += HM_ENTRY_ROW_MAX) {
            uint64_t left = entry->count - at;
            rows[batch.count++] = (struct hm_batch_row){
                .n = {bucket, (int64_t)(entry->n + at),
                      (int64_t)(left < HM_ENTRY_ROW_MAX ? left : HM_ENTRY_ROW_MAX),
                      entry->change + (int64_t)at, verdict_of(entry->kind),
                      hm_bytes_are(entry->reason, full)},
                .b = {{(const uint8_t *)&kinds[i], 1}, entry->reason}};
        }
    }
    batch.rows = rows;
    return batch;
}

enum hm_status hm_store_entries_append(struct hm_store *store,
                                       struct hm_bytes bucket,
                                       struct hm_entry *entries,
                                       size_t count,
                                       struct hm_arena *arena,
                                       struct hm_err *err)
{
    struct affected affected = {.records = {.count = 0}};
    struct hm_batch batch = {.count = 0};
    int64_t number = 0;
    uint64_t n = 0;
    enum hm_status status = HM_OK;
    if (count == 0) {
        return hm_arena_status(arena, err);
    }
    status = hm_bucket_number(store, bucket, true, &number, err);
    if (status == HM_OK) {
        status = hm_store_bucket_n(store, bucket, &n, err);
    }
    if (status == HM_OK) {
        batch = make_rows(entries, count, number, &n, arena);
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        status = insert_entries(store, &batch, number, n, err);
    }
    if (status == HM_OK) {
        status = hm_erasure_entries(store, &batch, arena, err);
    }
    if (status == HM_OK) {
        status = set_verdicts(store, &batch, &affected, arena, err);
    }
    if (status == HM_OK) {
        status = hm_bucket_mark(store, number, &batch, err);
    }
    for (size_t i = 0; i < affected.homes.count && status == HM_OK; i++) {
        status = hm_withdrawals_refresh(store, affected.homes.at[i], arena, err);
    }
    if (status == HM_OK) {
        status = hm_refresh_rows(store, affected.records.at, affected.records.count,
                                 arena, err);
    }
    return status != HM_OK ? status : hm_erasures_settle(store, err);
}

enum hm_status hm_store_entries_after(struct hm_store *store,
                                      struct hm_bytes bucket,
                                      uint64_t n,
                                      size_t limit,
                                      struct hm_entry **entries,
                                      size_t *count,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    /* A run may begin at or before n and reach beyond it. */
    static const char select[] =
        "SELECT e.n, e.count, e.change, e.kind, e.reason FROM bucket b CROSS JOIN entry e"
        " ON e.bucket = b.id AND e.n > coalesce((SELECT max(s.n) FROM entry s"
        " WHERE s.bucket = b.id AND s.n <= :after), 0) - 1 WHERE b.name = :name"
        " AND e.n + e.count - 1 > :after ORDER BY e.n LIMIT :limit";
    struct hm_entry *found = hm_arena_get_array(arena, limit, sizeof(*found));
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t got = 0;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, (int64_t)n);
        hm_bind_text(stmt, 2, bucket);
        hm_bind_int(stmt, 3, (int64_t)limit);
        status = hm_arena_status(arena, err);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_entry *entry = &found[got++];
        struct hm_bytes kind = hm_column_bytes(stmt, 3);
        *entry = (struct hm_entry){
            .n = (uint64_t)hm_column_int(stmt, 0),
            .count = (uint64_t)hm_column_int(stmt, 1),
            .change = hm_column_int(stmt, 2),
            .kind = kind.size == 1 ? (enum hm_entry_kind)kind.data[0] : HM_ENTRY_ACCEPTED,
            .reason = hm_arena_copy(arena, hm_column_bytes(stmt, 4))};
        if (entry->n <= n) {
            uint64_t skip = n + 1 - entry->n;
            entry->n += skip;
            entry->count -= skip;
            entry->change += (int64_t)skip;
        }
    }
    hm_sql_done(stmt);
    if (status == HM_OK) {
        *entries = found;
        *count = got;
        status = hm_arena_status(arena, err);
    }
    return status;
}

static enum hm_status read_meanings(struct hm_store *store,
                                    sqlite3_stmt *stmt,
                                    struct hm_meaning *meanings,
                                    struct hm_err *err)
{
    bool row = true;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_meaning *meaning = &meanings[hm_column_int(stmt, 0)];
        meaning->found = hm_column_id(stmt, 1, &meaning->change) &&
                         hm_column_id(stmt, 2, &meaning->record);
    }
    return status;
}

enum hm_status hm_store_meanings(struct hm_store *store,
                                 struct hm_bytes bucket,
                                 int64_t origin,
                                 struct hm_meaning *meanings,
                                 size_t count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const char by_entry[] =
        "SELECT x.i, c.change, r.record FROM batch(:rows) x CROSS JOIN entry e"
        " ON e.bucket = :bucket AND e.n = (SELECT max(s.n) FROM entry s"
        " WHERE s.bucket = :bucket AND s.n <= x.n0) AND x.n0 < e.n + e.count"
        " CROSS JOIN change c ON c.id = e.change + x.n0 - e.n"
        " CROSS JOIN record r ON r.id = c.record WHERE x.n0 > 0";
    static const char by_seq[] =
        "SELECT x.i, c.change, r.record FROM batch(:rows) x CROSS JOIN envelope v"
        " ON v.origin = :origin AND v.seq = (SELECT max(s.seq) FROM envelope s"
        " WHERE s.origin = :origin AND s.seq <= x.n1) AND x.n1 < v.seq + v.count"
        " CROSS JOIN change c ON c.id = v.change + x.n1 - v.seq"
        " CROSS JOIN record r ON r.id = c.record WHERE x.n0 = 0";
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    struct hm_batch batch = {.rows = rows, .count = count};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK || count == 0) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        rows[i].n[0] = (int64_t)meanings[i].n;
        rows[i].n[1] = (int64_t)meanings[i].seq;
        meanings[i].found = false;
    }
    status = hm_bucket_number(store, bucket, false, &number, err);
    if (status == HM_OK) {
        status = hm_sql(store, by_entry, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, &batch);
        hm_bind_int(stmt, 2, number);
        status = read_meanings(store, stmt, meanings, err);
    }
    if (status == HM_OK && origin != 0) {
        status = hm_sql(store, by_seq, &stmt, err);
        if (status == HM_OK) {
            hm_bind_batch(stmt, 1, &batch);
            hm_bind_int(stmt, 2, origin);
            status = read_meanings(store, stmt, meanings, err);
        }
    }
    return status;
}

enum hm_status hm_store_numbers(struct hm_store *store,
                                struct hm_bytes bucket,
                                int64_t origin,
                                struct hm_number *numbers,
                                size_t count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    /* Runs of neighbours that hold the change. `+`: what lies around it is looked at, not
     * all of the bucket. */
    static const char select[] =
        "SELECT x.i,"
        " (SELECT e.n + c.id - e.change FROM entry e WHERE +e.bucket ="
        "  (SELECT b.id FROM bucket b WHERE b.id = :bucket AND b.old = 0)"
        "  AND e.change <= c.id AND e.change > c.id - " HM_ENTRY_ROW
        "  AND c.id < e.change + e.count ORDER BY e.change DESC LIMIT 1),"
        " (SELECT CASE WHEN v.origin = :origin AND c.id < v.change + v.count"
        "  THEN v.seq + c.id - v.change END FROM envelope v WHERE v.change <= c.id"
        "  ORDER BY v.change DESC LIMIT 1), r.record"
        " FROM batch(:rows) x CROSS JOIN change c ON c.home = :home"
        " AND c.change BETWEEN x.b0 AND x.b1"
        " CROSS JOIN record r ON r.id = c.record";
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    uint8_t *bounds = hm_arena_get_array(arena, count, (size_t)2 * HM_ID_SIZE);
    struct hm_batch batch = {.rows = rows, .count = count};
    sqlite3_stmt *stmt = NULL;
    int64_t home = 0;
    int64_t bucket_row = 0;
    bool row = true;
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK || count == 0) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t *low = bounds + (size_t)2 * HM_ID_SIZE * i;
        uint8_t *high = low + HM_ID_SIZE;
        hm_prefix_put(low, numbers[i].prefix);
        hm_prefix_put(high, numbers[i].prefix);
        memset(high + HM_PREFIX_SIZE, 0xFF, HM_ID_SIZE - HM_PREFIX_SIZE);
        rows[i].b[0] = (struct hm_bytes){low, HM_ID_SIZE};
        rows[i].b[1] = (struct hm_bytes){high, HM_ID_SIZE};
        numbers[i].n = 0;
        numbers[i].seq = 0;
    }
    status = hm_unit_number(store, bucket, false, &home, err);
    if (status == HM_OK) {
        status = hm_bucket_number(store, bucket, false, &bucket_row, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, bucket_row);
        hm_bind_int(stmt, 2, origin);
        hm_bind_batch(stmt, 3, &batch);
        hm_bind_int(stmt, 4, home);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_number *number = &numbers[hm_column_int(stmt, 0)];
        if (hm_column_id(stmt, 3, &number->record)) {
            number->n = (uint64_t)hm_column_int(stmt, 1);
            number->seq = (uint64_t)hm_column_int(stmt, 2);
        }
    }
    return status;
}

enum hm_status hm_store_bucket_reset(struct hm_store *store,
                                     struct hm_bytes bucket,
                                     struct hm_err *err)
{
    static const char drop[] = "DELETE FROM entry WHERE bucket = :bucket";
    /* Only a verdict that changes nothing shown: what was refused stays refused. */
    static const char unjudge[] =
        "UPDATE change SET verdict = 0 WHERE verdict = 2 AND home = (SELECT u.id"
        " FROM bucket b JOIN unit u ON u.code = b.name WHERE b.id = :bucket)";
    static const char reset[] =
        "UPDATE bucket SET n = 0, leaves = NULL, stale = NULL, digest = NULL,"
        " receipt = NULL, old = 0 WHERE id = :bucket";
    const char *const steps[] = {drop, unjudge, reset};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    enum hm_status status = hm_bucket_number(store, bucket, true, &number, err);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == HM_OK; i++) {
        status = hm_sql(store, steps[i], &stmt, err);
        if (status == HM_OK) {
            hm_bind_int(stmt, 1, number);
            status = hm_sql_run(store, stmt, err);
        }
    }
    return status;
}
