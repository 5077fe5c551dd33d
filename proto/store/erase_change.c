/* SPDX-License-Identifier: Apache-2.0 */
/* Changes without the values that are erased, in the store and at its door. */
#include <string.h>

#include "erase.h"
#include "hamlet/base/limits.h"

enum hm_status hm_change_copy_writes(struct hm_change *copy,
                                     const struct hm_change *change,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    *copy = *change;
    copy->writes = hm_arena_get_array(arena, change->write_count, sizeof(*copy->writes));
    if (copy->writes == NULL) {
        return hm_arena_status(arena, err);
    }
    if (change->write_count > 0) {
        memcpy(copy->writes, change->writes, change->write_count * sizeof(*copy->writes));
    }
    return HM_OK;
}

static bool withholds(const struct hm_change *change)
{
    for (size_t i = 0; i < change->write_count; i++) {
        if (change->writes[i].value.size == 0) {
            return true;
        }
    }
    return false;
}

bool hm_change_holds(const struct hm_change *change)
{
    for (size_t i = 0; i < change->write_count; i++) {
        if (change->writes[i].value.size > 0) {
            return true;
        }
    }
    return false;
}

/*
 * In place first, at the size that it has: SQLite then writes over the bytes where they
 * lie, and moves nothing about.
 */
enum hm_status hm_change_rewrite(struct hm_store *store,
                                 int64_t row,
                                 const struct hm_change *change,
                                 struct hm_err *err)
{
    static const char wipe[] =
        "UPDATE change SET body = zeroblob(length(body)) WHERE id = :id";
    static const char set[] =
        "UPDATE change SET body = :body, withheld = :withheld WHERE id = :id";
    sqlite3_stmt *stmt = NULL;
    struct hm_buf body;
    hm_buf_init(&body, HM_CHANGE_BYTES_MAX);
    hm_change_body_put(&body, change);
    enum hm_status status = hm_buf_status(&body, err);
    if (status == HM_OK) {
        status = hm_sql(store, wipe, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, row);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, set, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_blob(stmt, 1, hm_buf_bytes(&body));
        hm_bind_int(stmt, 2, withholds(change));
        hm_bind_int(stmt, 3, row);
        status = hm_sql_run(store, stmt, err);
    }
    hm_buf_fini(&body);
    return status;
}

/* ---- the door ---- */

struct hit {
    int64_t at; /* of the changes that are put */
    struct hm_bytes reg;
};

static enum hm_status find_hits(struct hm_store *store,
                                const struct hm_batch *batch,
                                struct hit **hits,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] =
        "SELECT x.i, e.register FROM batch(:rows) x CROSS JOIN erasure e"
        " ON e.home = x.n0 AND e.record = x.b1 AND e.prefix = substr(x.b0, 1, 8)";
    struct hit *list = NULL;
    sqlite3_stmt *stmt = NULL;
    size_t capacity = 0;
    size_t n = 0;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, batch);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list = hm_arena_grow(arena, list, n, &capacity, sizeof(*list));
        if (list == NULL) {
            break;
        }
        list[n].at = hm_column_int(stmt, 0);
        list[n++].reg = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
    }
    hm_sql_done(stmt);
    *hits = list;
    *count = n;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

/* Without this value; what the write replaces is erased as well, be it here or not. */
static enum hm_status turn_away(struct hm_store *store,
                                struct hm_put *put,
                                int64_t home,
                                struct hm_bytes reg,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_change *copy = hm_arena_get(arena, sizeof(*copy));
    if (copy == NULL) {
        return hm_arena_status(arena, err);
    }
    enum hm_status status = hm_change_copy_writes(copy, put->change, arena, err);
    for (size_t w = 0; w < copy->write_count && status == HM_OK; w++) {
        const struct hm_write *write = &copy->writes[w];
        if (!hm_bytes_equal(write->reg, reg)) {
            continue;
        }
        struct hm_order *orders =
            hm_arena_get_array(arena, write->replaces_count, sizeof(*orders));
        status = hm_arena_status(arena, err);
        for (size_t p = 0; p < write->replaces_count && status == HM_OK; p++) {
            orders[p] = (struct hm_order){write->reg, write->replaces[p]};
        }
        if (status == HM_OK) {
            status = hm_erasure_note(store, home, &copy->record, orders,
                                     write->replaces_count, arena, err);
        }
        hm_change_forget(copy, w);
    }
    put->change = copy;
    return status;
}

enum hm_status hm_erasure_door(struct hm_store *store,
                               struct hm_put *puts,
                               const struct hm_batch *batch,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hit *hits = NULL;
    size_t count = 0;
    enum hm_status status = find_hits(store, batch, &hits, &count, arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = turn_away(store, &puts[hits[i].at], batch->rows[hits[i].at].n[0],
                           hits[i].reg, arena, err);
    }
    return status;
}

/* The body alone: the record of a change that comes twice in one set may not be here. */
static enum hm_status read_body(struct hm_store *store,
                                int64_t number,
                                struct hm_change *change,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] = "SELECT body FROM change WHERE id = :id";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    struct hm_bytes body = HM_NO_BYTES;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, number);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        body = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        hm_sql_done(stmt);
        status = hm_arena_status(arena, err);
    }
    *change = (struct hm_change){.write_count = 0};
    return status != HM_OK ? status : hm_change_body_get(change, body, arena, err);
}

enum hm_status hm_change_gain(struct hm_store *store,
                              int64_t row,
                              const struct hm_change *change,
                              bool *gained,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_change held;
    if (!withholds(change)) {
        *gained = true;
        return hm_change_rewrite(store, row, change, err);
    }
    enum hm_status status = read_body(store, row, &held, arena, err);
    for (size_t i = 0; status == HM_OK && i < held.write_count; i++) {
        struct hm_write *write = &held.writes[i];
        if (write->value.size == 0 && change->writes[i].value.size > 0) {
            hm_change_salt(write->salt, change, i);
            write->value = change->writes[i].value;
            *gained = true;
        }
    }
    return status != HM_OK || !*gained ? status
                                       : hm_change_rewrite(store, row, &held, err);
}
