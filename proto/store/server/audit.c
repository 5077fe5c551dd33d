/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "../sql.h"

enum { NUMBER_SIZE = 24 };

static struct hm_digest hash_of(const struct hm_audit *row,
                                const struct hm_digest *before)
{
    struct hm_digest digest;
    struct hm_hash state;
    hm_hash_init(&state, sizeof(digest.at));
    hm_hash_put_packed(&state, hm_text("hamlet-audit-1"));
    hm_hash_put(&state, hm_digest_bytes(before));
    hm_hash_put_uint(&state, (uint64_t)row->n);
    hm_hash_put_uint(&state, (uint64_t)row->time.ms);
    hm_hash_put_packed(&state, row->account);
    hm_hash_put_packed(&state, row->act);
    hm_hash_put_packed(&state, row->subject);
    hm_hash_put_packed(&state, row->detail);
    hm_hash_end(&state, digest.at, sizeof(digest.at));
    return digest;
}

/* Zeros and 0 where there is none yet. */
static enum hm_status read_last(struct hm_store *store,
                                int64_t *n,
                                struct hm_digest *hash,
                                struct hm_err *err)
{
    static const char select[] = "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    *n = 0;
    *hash = (struct hm_digest){{0}};
    if (status == HM_OK && row) {
        *n = hm_column_int(stmt, 0);
        (void)hm_column_digest(stmt, 1, hash); /* a broken one breaks the next, too */
        hm_sql_done(stmt);
    }
    return status;
}

static struct hm_bytes text_of(struct hm_bytes text)
{
    return text.data == NULL ? hm_text("") : text;
}

enum hm_status hm_store_audit_append(struct hm_store *store,
                                     const struct hm_audit *row,
                                     struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO audit(n, time, account, act, subject, detail, hash)"
        " VALUES(:n, :time, :account, :act, :subject, :detail, :hash)";
    struct hm_audit made = *row;
    struct hm_digest before;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = read_last(store, &made.n, &before, err);
    if (status == HM_OK) {
        status = hm_sql(store, insert, &stmt, err);
    }
    if (status != HM_OK) {
        return status;
    }
    made.n++;
    made.time = hm_env_wall(store->env);
    made.hash = hash_of(&made, &before);
    hm_bind_int(stmt, 1, made.n);
    hm_bind_int(stmt, 2, made.time.ms);
    hm_bind_text(stmt, 3, text_of(made.account));
    hm_bind_text(stmt, 4, text_of(made.act));
    hm_bind_text(stmt, 5, text_of(made.subject));
    hm_bind_text(stmt, 6, text_of(made.detail));
    hm_bind_blob(stmt, 7, hm_digest_bytes(&made.hash));
    return hm_sql_run(store, stmt, err);
}

bool hm_store_audit_next(struct hm_store *store, const struct hm_audit *row)
{
    bool left = store->audit != NULL;
    store->audit = row;
    return left;
}

/* ---- reading ---- */

static void read_row(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_audit *row = item;
    row->n = hm_column_int(stmt, 0);
    row->time = (struct hm_wall){hm_column_int(stmt, 1)};
    row->account = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    row->act = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
    row->subject = hm_arena_copy(arena, hm_column_bytes(stmt, 4));
    row->detail = hm_arena_copy(arena, hm_column_bytes(stmt, 5));
    (void)hm_column_digest(stmt, 6, &row->hash);
}

#define COLUMNS "SELECT n, time, account, act, subject, detail, hash FROM audit"

enum hm_status hm_store_audit_list(struct hm_store *store,
                                   const struct hm_audit_query *query,
                                   struct hm_audit **rows,
                                   size_t *count,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char oldest[] =
        COLUMNS " WHERE n > :after AND time >= :since ORDER BY n LIMIT :limit";
    static const char newest[] =
        COLUMNS " WHERE n < :after AND time >= :since ORDER BY n DESC LIMIT :limit";
    bool from_end = query->newest && query->after == 0;
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, query->newest ? newest : oldest, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, from_end ? INT64_MAX : query->after);
        hm_bind_int(stmt, 2, query->since.ms);
        hm_bind_int(stmt, 3, query->limit);
        status =
            hm_sql_list(store, stmt, sizeof(**rows), read_row, &list, count, arena, err);
    }
    if (status == HM_OK) {
        *rows = list;
    }
    return status;
}

static void view_row(sqlite3_stmt *stmt, struct hm_audit *row)
{
    *row = (struct hm_audit){.n = hm_column_int(stmt, 0),
                             .time = {hm_column_int(stmt, 1)},
                             .account = hm_column_bytes(stmt, 2),
                             .act = hm_column_bytes(stmt, 3),
                             .subject = hm_column_bytes(stmt, 4),
                             .detail = hm_column_bytes(stmt, 5)};
    (void)hm_column_digest(stmt, 6, &row->hash);
}

static enum hm_status broken_at(int64_t n, struct hm_err *err)
{
    char number[NUMBER_SIZE];
    (void)snprintf(number, sizeof(number), "%" PRId64, n);
    return hm_fail(err, HM_CORRUPT, "audit-broken", number, NULL, NULL);
}

enum hm_status hm_store_audit_verify(struct hm_store *store,
                                     int64_t *count,
                                     struct hm_digest *head,
                                     struct hm_err *err)
{
    static const char select[] = COLUMNS " ORDER BY n";
    struct hm_digest before = {{0}};
    sqlite3_stmt *stmt = NULL;
    int64_t n = 0;
    bool found = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    while (status == HM_OK) {
        struct hm_audit row;
        status = hm_sql_step(store, stmt, &found, err);
        if (status != HM_OK || !found) {
            break;
        }
        view_row(stmt, &row);
        struct hm_digest hash = hash_of(&row, &before);
        if (row.n != n + 1 || !hm_digest_equal(&hash, &row.hash)) {
            hm_sql_done(stmt);
            return broken_at(n + 1, err);
        }
        before = hash;
        n++;
    }
    if (status == HM_OK) {
        *count = n;
        *head = before;
    }
    return status;
}
