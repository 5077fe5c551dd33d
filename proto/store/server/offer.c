/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What laptops bring back of the server's own word. It is kept until the change that it
 * is about is here, and then stands in the buckets as it stood before.
 */
#include <stdlib.h>

#include "../names.h"
#include "../sql.h"
#include "hamlet/store/offers.h"

static bool is_mailbox(struct hm_bytes bucket)
{
    return bucket.size > 0 && bucket.data[0] == '@';
}

enum hm_status hm_store_offers_any(struct hm_store *store, bool *any, struct hm_err *err)
{
    static const char select[] = "SELECT EXISTS(SELECT 1 FROM offer)";
    int64_t exists = 0;
    enum hm_status status = hm_sql_number(store, select, &exists, err);
    if (status == HM_OK) {
        *any = exists != 0;
    }
    return status;
}

enum hm_status hm_store_offers_put(struct hm_store *store,
                                   struct hm_bytes bucket,
                                   const struct hm_element *elements,
                                   size_t count,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO offer(bucket, change, kind, reason)"
        " SELECT n0, b0, b1, coalesce(b2, '') FROM batch(:rows)";
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    char *kinds = hm_arena_get(arena, count);
    struct hm_batch batch = {.rows = rows, .count = count, .text = 6};
    int64_t number = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK || count == 0) {
        return status;
    }
    status = hm_bucket_number(store, bucket, true, &number, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        kinds[i] = (char)elements[i].kind;
        rows[i] = (struct hm_batch_row){.n = {number},
                                        .b = {hm_id_bytes(&elements[i].id),
                                              {(const uint8_t *)&kinds[i], 1},
                                              elements[i].reason}};
    }
    return status != HM_OK ? status : hm_sql_run_batch(store, insert, &batch, err);
}

static unsigned verdict_of(struct hm_bytes kind)
{
    return hm_bytes_are(kind, "a")   ? HM_VERDICT_ACCEPTED
           : hm_bytes_are(kind, "q") ? HM_VERDICT_QUARANTINED
                                     : HM_VERDICT_RELEASED;
}

enum hm_status hm_store_offers_find(struct hm_store *store,
                                    struct hm_offered *offered,
                                    size_t count,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT x.i, o.kind FROM batch(:rows) x CROSS JOIN bucket b"
        " ON b.name = x.b1 OR b.name = x.b2 CROSS JOIN offer o ON o.bucket = b.id"
        " AND o.change = x.b0";
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    char(*mailboxes)[HM_MAILBOX_SIZE] =
        hm_arena_get_array(arena, count, sizeof(*mailboxes));
    struct hm_batch batch = {.rows = rows, .count = count, .text = 6};
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        offered[i].verdict = HM_VERDICT_NONE;
        hm_mailbox_name(mailboxes[i], &offered[i].device);
        rows[i] = (struct hm_batch_row){
            .b = {hm_id_bytes(&offered[i].id), offered[i].home, hm_text(mailboxes[i])}};
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, &batch);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        offered[hm_column_int(stmt, 0)].verdict |= verdict_of(hm_column_bytes(stmt, 1));
    }
    return status;
}

/* ---- into the buckets ---- */

/* An entry that a bucket should have. */
struct due {
    int64_t change;
    struct hm_bytes home;
    struct hm_id author;
    enum hm_entry_kind kind;
    struct hm_bytes reason;
};

struct dues {
    struct due *at;
    size_t count;
    size_t capacity;
};

static struct due *add_due(struct dues *dues, struct hm_arena *arena)
{
    dues->at =
        hm_arena_grow(arena, dues->at, dues->count, &dues->capacity, sizeof(*dues->at));
    if (dues->at == NULL) {
        return NULL;
    }
    return &dues->at[dues->count++];
}

/* A bucket of a unit names changes of this unit, a mailbox those of any. */
static const char unit_dues[] =
    "SELECT c.id, u.code, d.device, o.kind, o.reason FROM batch(:rows) x"
    " CROSS JOIN offer o ON o.bucket = :bucket AND o.change = x.b0"
    " CROSS JOIN bucket b ON b.id = o.bucket CROSS JOIN unit u ON u.code = b.name"
    " CROSS JOIN change c ON c.home = u.id AND c.change = o.change"
    " CROSS JOIN author a ON a.id = c.author CROSS JOIN device d ON d.id = a.device"
    " ORDER BY c.id, o.kind, o.reason";
static const char mailbox_dues[] =
    "SELECT c.id, u.code, d.device, o.kind, o.reason FROM batch(:rows) x"
    " CROSS JOIN offer o ON o.bucket = :bucket AND o.change = x.b0 CROSS JOIN unit u"
    " CROSS JOIN change c ON c.home = u.id AND c.change = o.change"
    " CROSS JOIN author a ON a.id = c.author CROSS JOIN device d ON d.id = a.device"
    " ORDER BY c.id, o.kind, o.reason";
static const char unit_drop[] =
    "DELETE FROM offer WHERE (bucket, change) IN (SELECT :bucket, x.b0 FROM batch(:rows)"
    " x CROSS JOIN bucket b ON b.id = :bucket CROSS JOIN unit u ON u.code = b.name"
    " CROSS JOIN change c ON c.home = u.id AND c.change = x.b0)";
static const char mailbox_drop[] =
    "DELETE FROM offer WHERE (bucket, change) IN (SELECT :bucket, x.b0 FROM batch(:rows)"
    " x CROSS JOIN unit u CROSS JOIN change c ON c.home = u.id AND c.change = x.b0)";

/* One body may bring a change twice, in two chains of its device. */
static bool is_due(const struct dues *dues, int64_t change, sqlite3_stmt *stmt)
{
    const struct due *last = dues->count == 0 ? NULL : &dues->at[dues->count - 1];
    struct hm_bytes kind = hm_column_bytes(stmt, 3);
    return last != NULL && last->change == change && kind.size == 1 &&
           last->kind == (enum hm_entry_kind)kind.data[0] &&
           hm_bytes_equal(last->reason, hm_column_bytes(stmt, 4));
}

static enum hm_status find_dues(struct hm_store *store,
                                bool mailbox,
                                int64_t bucket,
                                const struct hm_batch *batch,
                                struct dues *dues,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, mailbox ? mailbox_dues : unit_dues, &stmt, err);
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, batch);
        hm_bind_int(stmt, 2, bucket);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (is_due(dues, hm_column_int(stmt, 0), stmt)) {
            continue;
        }
        struct due *due = add_due(dues, arena);
        if (due == NULL) {
            break;
        }
        struct hm_bytes kind = hm_column_bytes(stmt, 3);
        struct hm_bytes reason = hm_column_bytes(stmt, 4);
        *due = (struct due){
            .change = hm_column_int(stmt, 0),
            .home = hm_arena_copy(arena, hm_column_bytes(stmt, 1)),
            .kind = kind.size == 1 ? (enum hm_entry_kind)kind.data[0] : HM_ENTRY_ACCEPTED,
            .reason = reason.size == 0 ? HM_NO_BYTES : hm_arena_copy(arena, reason)};
        (void)hm_column_id(stmt, 2, &due->author);
    }
    hm_sql_done(stmt);
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

/* Which of these entries the bucket does not have. */
static enum hm_status find_missing(struct hm_store *store,
                                   int64_t bucket,
                                   const struct due *dues,
                                   size_t count,
                                   bool *missing,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    /* `+`: what lies around the change is looked at, not all of the bucket. */
    static const char select[] =
        "SELECT x.i FROM batch(:rows) x WHERE NOT EXISTS (SELECT 1 FROM entry e"
        " WHERE +e.bucket = :bucket AND e.change <= x.n0 AND x.n0 < e.change + e.count"
        " AND e.change > x.n0 - " HM_ENTRY_ROW " AND e.kind = x.b0"
        " AND coalesce(e.reason, '') = coalesce(x.b1, ''))";
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    char *kinds = hm_arena_get(arena, count);
    struct hm_batch batch = {.rows = rows, .count = count, .text = 3};
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        kinds[i] = (char)dues[i].kind;
        missing[i] = false;
        rows[i] =
            (struct hm_batch_row){.n = {dues[i].change},
                                  .b = {{(const uint8_t *)&kinds[i], 1}, dues[i].reason}};
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, &batch);
        hm_bind_int(stmt, 2, bucket);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        missing[hm_column_int(stmt, 0)] = true;
    }
    return status;
}

/* Into one bucket, all `count` of them; runs of accepted neighbours as one entry. */
static enum hm_status join_entries(struct hm_store *store,
                                   struct hm_bytes bucket,
                                   const struct due *dues,
                                   size_t count,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    struct hm_entry *entries = hm_arena_get_array(arena, count, sizeof(*entries));
    bool *missing = hm_arena_get_array(arena, count, sizeof(*missing));
    int64_t number = 0;
    size_t n = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_bucket_number(store, bucket, true, &number, err);
    }
    if (status == HM_OK) {
        status = find_missing(store, number, dues, count, missing, arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        struct hm_entry *last = n == 0 ? NULL : &entries[n - 1];
        if (!missing[i]) {
            continue;
        }
        if (last != NULL && last->kind == HM_ENTRY_ACCEPTED &&
            dues[i].kind == HM_ENTRY_ACCEPTED &&
            last->change + (int64_t)last->count == dues[i].change) {
            last->count++;
            continue;
        }
        entries[n++] = (struct hm_entry){.count = 1,
                                         .change = dues[i].change,
                                         .kind = dues[i].kind,
                                         .reason = dues[i].reason};
    }
    return status != HM_OK
               ? status
               : hm_store_entries_append(store, bucket, entries, n, arena, err);
}

/* A refusal, and that it was released, stands in the author's mailbox as well. */
static enum hm_status join_mailboxes(struct hm_store *store,
                                     const struct dues *dues,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < dues->count && status == HM_OK; i++) {
        char mailbox[HM_MAILBOX_SIZE];
        if (dues->at[i].kind == HM_ENTRY_ACCEPTED) {
            continue;
        }
        hm_mailbox_name(mailbox, &dues->at[i].author);
        status = join_entries(store, hm_text(mailbox), &dues->at[i], 1, arena, err);
    }
    return status;
}

static enum hm_status join_homes(struct hm_store *store,
                                 const struct dues *dues,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t from = 0; from < dues->count && status == HM_OK;) {
        size_t to = from + 1;
        while (to < dues->count &&
               hm_bytes_equal(dues->at[to].home, dues->at[from].home)) {
            to++;
        }
        status = join_entries(store, dues->at[from].home, &dues->at[from], to - from,
                              arena, err);
        from = to;
    }
    return status;
}

static enum hm_status drop(struct hm_store *store,
                           bool mailbox,
                           int64_t bucket,
                           const struct hm_batch *batch,
                           struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, mailbox ? mailbox_drop : unit_drop, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, bucket);
    hm_bind_batch(stmt, 2, batch);
    return hm_sql_run(store, stmt, err);
}

static struct hm_batch_row *rows_of(const struct hm_id *ids,
                                    size_t count,
                                    struct hm_arena *arena)
{
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    for (size_t i = 0; rows != NULL && i < count; i++) {
        rows[i] = (struct hm_batch_row){.b = {hm_id_bytes(&ids[i])}};
    }
    return rows;
}

enum hm_status hm_store_offers_take(struct hm_store *store,
                                    struct hm_bytes bucket,
                                    const struct hm_id *ids,
                                    size_t count,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct dues dues = {.count = 0};
    struct hm_batch batch = {.rows = rows_of(ids, count, arena), .count = count};
    int64_t number = 0;
    bool mailbox = is_mailbox(bucket);
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_bucket_number(store, bucket, false, &number, err);
    }
    if (status != HM_OK || number == 0 || count == 0) {
        return status;
    }
    status = find_dues(store, mailbox, number, &batch, &dues, arena, err);
    if (status == HM_OK && dues.count > 0) {
        status = join_homes(store, &dues, arena, err);
        if (status == HM_OK) {
            status = join_mailboxes(store, &dues, arena, err);
        }
        if (status == HM_OK) {
            status = drop(store, mailbox, number, &batch, err);
        }
    }
    return status;
}

enum hm_status hm_store_entries_again(struct hm_store *store,
                                      struct hm_bytes bucket,
                                      int64_t change,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char select[] =
        "SELECT DISTINCT e.kind, coalesce(e.reason, '') FROM bucket b CROSS JOIN entry e"
        " ON +e.bucket = b.id AND e.change = :change AND e.count = 1 AND e.kind <> 'a'"
        " WHERE b.name = :name ORDER BY 1, 2 LIMIT :limit";
    enum { KINDS_MAX = 16 }; /* a kind and its reason; there are fewer */
    struct hm_entry *entries = hm_arena_get_array(arena, KINDS_MAX, sizeof(*entries));
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t count = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, change);
        hm_bind_text(stmt, 2, bucket);
        hm_bind_int(stmt, 3, KINDS_MAX);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_bytes kind = hm_column_bytes(stmt, 0);
        struct hm_bytes reason = hm_column_bytes(stmt, 1);
        entries[count++] = (struct hm_entry){
            .count = 1,
            .change = change,
            .kind = kind.size == 1 ? (enum hm_entry_kind)kind.data[0] : HM_ENTRY_ACCEPTED,
            .reason = reason.size == 0 ? HM_NO_BYTES : hm_arena_copy(arena, reason)};
    }
    hm_sql_done(stmt);
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    return status != HM_OK
               ? status
               : hm_store_entries_append(store, bucket, entries, count, arena, err);
}

enum hm_status hm_store_lacking(struct hm_store *store,
                                struct hm_bytes bucket,
                                const struct hm_id *ids,
                                size_t count,
                                bool *lacking,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char in_home[] =
        "SELECT x.i FROM batch(:rows) x CROSS JOIN unit u ON u.code = :bucket"
        " CROSS JOIN change c ON c.home = u.id AND c.change = x.b0 AND c.withheld = 0";
    static const char anywhere[] =
        "SELECT x.i FROM batch(:rows) x CROSS JOIN unit u ON :bucket IS NOT NULL"
        " CROSS JOIN change c ON c.home = u.id AND c.change = x.b0 AND c.withheld = 0";
    struct hm_batch batch = {.rows = rows_of(ids, count, arena), .count = count};
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < count; i++) {
        lacking[i] = true;
    }
    if (status == HM_OK) {
        status = hm_sql(store, is_mailbox(bucket) ? anywhere : in_home, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, &batch);
        hm_bind_text(stmt, 2, bucket);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        lacking[hm_column_int(stmt, 0)] = false;
    }
    return status;
}

/* What was accepted is withheld from nobody: its values are erased, or come of
 * themselves.
 */
enum hm_status hm_store_leaves_lacking(struct hm_store *store,
                                       struct hm_bytes bucket,
                                       uint8_t *mask,
                                       struct hm_err *err)
{
    static const char in_home[] =
        "SELECT c.change FROM change c CROSS JOIN unit u ON u.id = c.home"
        " AND u.code = :bucket WHERE c.withheld = 1 AND c.verdict <> 2";
    static const char by_author[] =
        "SELECT c.change FROM change c CROSS JOIN author a ON a.id = c.author"
        " CROSS JOIN device d ON d.id = a.device AND '@' || lower(hex(d.device)) = "
        ":bucket"
        " WHERE c.withheld = 1 AND c.verdict <> 2";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status =
        hm_sql(store, is_mailbox(bucket) ? by_author : in_home, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, bucket);
    }
    while (status == HM_OK) {
        struct hm_id id;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        (void)hm_column_id(stmt, 0, &id);
        mask[id.at[0] / 8] |= (uint8_t)(1U << id.at[0] % 8);
    }
    return status;
}
