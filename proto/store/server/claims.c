/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/claims.h"

#include "../sql.h"

/* A clock that was set back leaves none of them standing longer than the lease. */
#define STANDS " due > :now AND due <= :now + :lease"

enum hm_status hm_store_claim_holder(struct hm_store *store,
                                     const struct hm_id *subject,
                                     struct hm_wall now,
                                     struct hm_id *holder,
                                     struct hm_err *err)
{
    static const char select[] =
        "SELECT user FROM claim WHERE subject = :subject AND" STANDS;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *holder = (struct hm_id){{0}};
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, subject);
        hm_bind_int(stmt, 2, now.ms);
        hm_bind_int(stmt, 3, HM_CLAIM_LEASE_MS);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        (void)hm_column_id(stmt, 0, holder);
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_claim_take(struct hm_store *store,
                                   const struct hm_id *subject,
                                   const struct hm_id *user,
                                   struct hm_wall now,
                                   struct hm_id *holder,
                                   struct hm_err *err)
{
    static const char put[] = "INSERT INTO claim(subject, user, due) VALUES(:subject,"
                              " :user, :due) ON CONFLICT(subject) DO UPDATE SET"
                              " user = excluded.user, due = excluded.due";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_store_claim_holder(store, subject, now, holder, err);
    if (status != HM_OK || (!hm_id_is_none(holder) && !hm_id_equal(holder, user))) {
        return status;
    }
    *holder = *user;
    status = hm_sql(store, put, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, subject);
        hm_bind_id(stmt, 2, user);
        hm_bind_int(stmt, 3, now.ms + HM_CLAIM_LEASE_MS);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

enum hm_status hm_store_claim_drop(struct hm_store *store,
                                   const struct hm_id *subject,
                                   const struct hm_id *user,
                                   struct hm_err *err)
{
    static const char drop[] =
        "DELETE FROM claim WHERE subject = :subject AND user = :user";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, drop, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, subject);
        hm_bind_id(stmt, 2, user);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

static void read_claim(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_claim *claim = item;
    (void)arena;
    (void)hm_column_id(stmt, 0, &claim->subject);
    (void)hm_column_id(stmt, 1, &claim->user);
    claim->due = (struct hm_wall){hm_column_int(stmt, 2)};
}

enum hm_status hm_store_claims(struct hm_store *store,
                               struct hm_wall now,
                               struct hm_claim **claims,
                               size_t *count,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const char select[] =
        "SELECT subject, user, due FROM claim WHERE" STANDS " ORDER BY due";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, now.ms);
        hm_bind_int(stmt, 2, HM_CLAIM_LEASE_MS);
        status = hm_sql_list(store, stmt, sizeof(**claims), read_claim, &list, count,
                             arena, err);
    }
    *claims = list;
    return status;
}
