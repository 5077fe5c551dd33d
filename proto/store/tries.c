/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/tries.h"

#include "sql.h"

enum hm_status hm_store_tries_get(struct hm_store *store,
                                  const struct hm_id *user,
                                  struct hm_tries *tries,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT wrong, tried FROM passphrase_try WHERE user = :user";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, user);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        *tries = (struct hm_tries){.wrong = row ? hm_column_int(stmt, 0) : 0,
                                   .last = {row ? hm_column_int(stmt, 1) : 0}};
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_tries_put(struct hm_store *store,
                                  const struct hm_id *user,
                                  const struct hm_tries *tries,
                                  struct hm_err *err)
{
    static const char put[] =
        "INSERT INTO passphrase_try(user, wrong, tried) VALUES(:user, :wrong, :tried)"
        " ON CONFLICT(user) DO UPDATE SET wrong = excluded.wrong, tried = excluded.tried";
    static const char forget[] = "DELETE FROM passphrase_try WHERE user = :user";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, tries->wrong > 0 ? put : forget, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, user);
    if (tries->wrong > 0) {
        hm_bind_int(stmt, 2, tries->wrong);
        hm_bind_int(stmt, 3, tries->last.ms);
    }
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_invitation_spend(struct hm_store *store,
                                         const struct hm_id *invitation,
                                         struct hm_err *err)
{
    static const char select[] =
        "SELECT 1 FROM invitation_spent WHERE invitation = :invitation";
    static const char put[] =
        "INSERT INTO invitation_spent(invitation) VALUES(:invitation)";
    sqlite3_stmt *stmt = NULL;
    bool spent = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, invitation);
        status = hm_sql_step(store, stmt, &spent, err);
        hm_sql_done(stmt);
    }
    if (status == HM_OK && spent) {
        status = hm_fail(err, HM_DENIED, "invitation-used", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_sql(store, put, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, invitation);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}
