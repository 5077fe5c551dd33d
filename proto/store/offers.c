/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets of an incarnation that is over: what is in them, and who signed it. */
#include "hamlet/store/offers.h"

#include "names.h"
#include "verdicts.h"

static enum hm_status run_named(struct hm_store *store,
                                const char *sql,
                                struct hm_bytes bucket,
                                struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, sql, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, bucket);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_buckets_age(struct hm_store *store, struct hm_err *err)
{
    static const char update[] = "UPDATE bucket SET old = 1";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    return status != HM_OK ? status : hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_bucket_offered(struct hm_store *store,
                                       struct hm_bytes bucket,
                                       bool in_file,
                                       struct hm_err *err)
{
    static const char answered[] =
        "UPDATE bucket SET old = 2 WHERE name = :name AND old IN (1, 3)";
    static const char filed[] =
        "UPDATE bucket SET old = 3 WHERE name = :name AND old = 1";
    return run_named(store, in_file ? filed : answered, bucket, err);
}

enum hm_status hm_store_bucket_renew(struct hm_store *store,
                                     struct hm_bytes bucket,
                                     struct hm_err *err)
{
    static const char select[] = "SELECT old FROM bucket WHERE name = :name";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    bool old = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, bucket);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        old = hm_column_int(stmt, 0) != 0;
        hm_sql_done(stmt);
    }
    return status != HM_OK || !old ? status : hm_store_bucket_reset(store, bucket, err);
}

enum hm_status hm_store_buckets_old(struct hm_store *store,
                                    enum hm_old state,
                                    struct hm_bytes **names,
                                    size_t *count,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT name FROM bucket WHERE old = :state ORDER BY name";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, state);
        status = hm_sql_list(store, stmt, sizeof(**names), hm_sql_read_bytes, &list,
                             count, arena, err);
    }
    *names = list;
    return status;
}

static enum hm_status is_unsigned(struct hm_store *store,
                                  struct hm_bytes bucket,
                                  bool *is,
                                  struct hm_err *err)
{
    static const char select[] = "SELECT 1 FROM bucket WHERE name = :name AND old = 0"
                                 " AND receipt IS NULL";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, bucket);
        status = hm_sql_step(store, stmt, is, err);
    }
    if (status == HM_OK && *is) {
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_bucket_signed(struct hm_store *store,
                                      struct hm_bytes bucket,
                                      int64_t receipt,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char update[] =
        "UPDATE bucket SET receipt = :receipt WHERE name = :name AND old = 0";
    sqlite3_stmt *stmt = NULL;
    bool anew = false;
    enum hm_status status = is_unsigned(store, bucket, &anew, err);
    if (status == HM_OK) {
        status = hm_sql(store, update, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, receipt);
        hm_bind_text(stmt, 2, bucket);
        status = hm_sql_run(store, stmt, err);
    }
    return status != HM_OK || !anew ? status
                                    : hm_verdicts_settle(store, bucket, arena, err);
}

enum hm_status hm_store_bucket_statement(struct hm_store *store,
                                         struct hm_bytes bucket,
                                         struct hm_bytes *message,
                                         struct hm_bytes *signature,
                                         struct hm_arena *arena,
                                         struct hm_err *err)
{
    static const char select[] =
        "SELECT r.message, r.signature FROM bucket b CROSS JOIN receipt r"
        " ON r.id = b.receipt WHERE b.name = :name";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    *message = HM_NO_BYTES;
    *signature = HM_NO_BYTES;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, bucket);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        *message = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        *signature = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
        hm_sql_done(stmt);
    }
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

/* ---- sets ---- */

struct growing {
    struct hm_element *at;
    size_t count;
    size_t capacity;
};

static struct hm_element *grow(struct growing *list, struct hm_arena *arena)
{
    list->at =
        hm_arena_grow(arena, list->at, list->count, &list->capacity, sizeof(*list->at));
    if (list->at == NULL) {
        return NULL;
    }
    return &list->at[list->count++];
}

/* Rows of change, row number, kind and reason. Of two that are equal one is kept. */
static enum hm_status read_elements(struct hm_store *store,
                                    sqlite3_stmt *stmt,
                                    struct growing *list,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    bool row = true;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        struct hm_element element = {.change = 0};
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_bytes kind = hm_column_bytes(stmt, 2);
        (void)hm_column_id(stmt, 0, &element.id);
        element.change = hm_column_int(stmt, 1);
        element.kind =
            kind.size == 1 ? (enum hm_entry_kind)kind.data[0] : HM_ENTRY_ACCEPTED;
        element.reason = hm_column_bytes(stmt, 3);
        const struct hm_element *last =
            list->count == 0 ? NULL : &list->at[list->count - 1];
        if (last != NULL && hm_id_equal(&last->id, &element.id) &&
            last->kind == element.kind && hm_bytes_equal(last->reason, element.reason)) {
            continue;
        }
        element.reason =
            element.reason.size == 0 ? HM_NO_BYTES : hm_arena_copy(arena, element.reason);
        struct hm_element *made = grow(list, arena);
        if (made == NULL) {
            break;
        }
        *made = element;
    }
    hm_sql_done(stmt);
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

enum hm_status hm_store_elements(struct hm_store *store,
                                 struct hm_bytes bucket,
                                 uint64_t n,
                                 struct hm_element **elements,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const char select[] =
        "SELECT c.change, c.id, e.kind, coalesce(e.reason, '') FROM bucket b"
        " CROSS JOIN entry e ON e.bucket = b.id AND e.n <= :n CROSS JOIN change c"
        " ON c.id BETWEEN e.change AND e.change + min(e.count, :n - e.n + 1) - 1"
        " WHERE b.name = :name ORDER BY 1, 3, 4";
    struct growing list = {.count = 0};
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, (int64_t)n);
        hm_bind_text(stmt, 2, bucket);
        status = read_elements(store, stmt, &list, arena, err);
    }
    *elements = list.at;
    *count = list.count;
    return status;
}

enum hm_status hm_store_unspoken(struct hm_store *store,
                                 struct hm_bytes home,
                                 uint64_t n,
                                 struct hm_beyond own,
                                 struct hm_element **elements,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    /* `+`: the few entries around the change are looked at, not all of the bucket. What
     * is in no page cannot be sent. Disks that were copied share changes, so several runs
     * may hold one, and any will do. A short one hides none that began before it: what
     * holds the change begins no farther off than the longest is long, or, where it is
     * left out of one run, the longest of the same device in other epochs and branches.
     */
    static const char select[] =
        "SELECT c.change, c.id, 'a', '' FROM bucket b CROSS JOIN unit u ON u.code = "
        "b.name"
        " CROSS JOIN change c ON c.home = u.id WHERE b.name = :name"
        " AND (c.withheld = 0 OR c.verdict = 1)"
        " AND NOT EXISTS (SELECT 1 FROM entry e WHERE +e.bucket = b.id"
        " AND e.change <= c.id AND e.change > c.id - " HM_ENTRY_ROW
        " AND c.id < e.change + e.count AND e.n + c.id - e.change <= :n)"
        " AND (SELECT v.origin <> :own OR v.seq + c.id - v.change <= :end"
        " OR EXISTS(SELECT 1 FROM envelope w WHERE w.change <= c.id AND w.change > c.id -"
        " (SELECT max(x.count) FROM origin o CROSS JOIN origin p ON p.device = o.device"
        " AND p.id <> o.id CROSS JOIN envelope x ON x.origin = p.id WHERE o.id = :own)"
        " AND c.id < w.change + w.count AND w.origin <> :own)"
        " FROM envelope v WHERE v.change <= c.id"
        " AND v.change > c.id - (SELECT max(count) FROM envelope)"
        " AND c.id < v.change + v.count ORDER BY v.change DESC LIMIT 1) = 1"
        " ORDER BY c.id";
    struct growing list = {.count = 0};
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, home);
        hm_bind_int(stmt, 2, (int64_t)n);
        hm_bind_int(stmt, 3, own.origin);
        hm_bind_int(stmt, 4, (int64_t)own.seq);
        status = read_elements(store, stmt, &list, arena, err);
    }
    *elements = list.at;
    *count = list.count;
    return status;
}
