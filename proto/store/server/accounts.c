/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/accounts.h"

#include <string.h>

#include "../sql.h"
#include "hamlet/store/rights.h"

static void read_cost(sqlite3_stmt *stmt, struct hm_account_secret *secret)
{
    struct hm_bytes salt = hm_column_bytes(stmt, 3);
    secret->has_passphrase = hm_column_digest(stmt, 2, &secret->verifier) &&
                             salt.size == sizeof(secret->cost.salt);
    if (secret->has_passphrase) {
        memcpy(secret->cost.salt, salt.data, salt.size);
    }
    secret->cost.passes = hm_column_int(stmt, 4);
    secret->cost.memory_kib = hm_column_int(stmt, 5);
}

enum hm_status hm_store_account_get(struct hm_store *store,
                                    const struct hm_id *user,
                                    struct hm_account_secret *secret,
                                    struct hm_err *err)
{
    static const char select[] = "SELECT code, due, verifier, salt, passes, memory_kib"
                                 " FROM account WHERE user = :user";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, user);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *secret = (struct hm_account_secret){.has_code = false};
    if (row) {
        secret->has_code = hm_column_digest(stmt, 0, &secret->code);
        secret->due = (struct hm_wall){hm_column_int(stmt, 1)};
        read_cost(stmt, secret);
    }
    hm_sql_done(stmt);
    return HM_OK;
}

enum hm_status hm_store_account_put(struct hm_store *store,
                                    const struct hm_id *user,
                                    const struct hm_account_secret *secret,
                                    struct hm_err *err)
{
    static const char put[] =
        "INSERT INTO account(user, code, due, verifier, salt, passes, memory_kib)"
        " VALUES(:user, :code, :due, :verifier, :salt, :passes, :memory)"
        " ON CONFLICT(user) DO UPDATE SET code = excluded.code, due = excluded.due,"
        " verifier = excluded.verifier, salt = excluded.salt, passes = excluded.passes,"
        " memory_kib = excluded.memory_kib";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, put, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, user);
    hm_bind_blob(stmt, 2,
                 secret->has_code ? hm_digest_bytes(&secret->code) : HM_NO_BYTES);
    hm_bind_int(stmt, 3, secret->due.ms);
    hm_bind_blob(stmt, 4,
                 secret->has_passphrase ? hm_digest_bytes(&secret->verifier)
                                        : HM_NO_BYTES);
    hm_bind_blob(stmt, 5,
                 secret->has_passphrase ? HM_BYTES(secret->cost.salt) : HM_NO_BYTES);
    hm_bind_int(stmt, 6, secret->cost.passes);
    hm_bind_int(stmt, 7, secret->cost.memory_kib);
    return hm_sql_run(store, stmt, err);
}

/* ---- who ---- */

static struct hm_account *find(struct hm_account *list,
                               size_t count,
                               const struct hm_id *user)
{
    for (size_t i = 0; i < count; i++) {
        if (hm_id_equal(&list[i].user, user)) {
            return &list[i];
        }
    }
    return NULL;
}

/* What ended gives nothing; nobody acts as the server. */
static bool counts(const struct hm_permit *permit, enum hm_role *role)
{
    return !permit->ended && hm_role_find(role, permit->role) && *role != HM_ROLE_SERVER;
}

static size_t gather(struct hm_account *list,
                     const struct hm_permit *permits,
                     size_t permit_count)
{
    size_t n = 0;
    for (size_t i = 0; i < permit_count; i++) {
        const struct hm_permit *permit = &permits[i];
        enum hm_role role = HM_ROLE_VIEWER;
        if (!counts(permit, &role)) {
            continue;
        }
        struct hm_account *at = find(list, n, &permit->user);
        if (at == NULL) {
            at = &list[n++];
        } else if (hm_role_rank(at->role) >= hm_role_rank(role)) {
            continue;
        }
        *at = (struct hm_account){.user = permit->user,
                                  .permit = permit->record,
                                  .name = permit->name,
                                  .role = role,
                                  .home = permit->home};
    }
    return n;
}

enum hm_status hm_store_accounts(struct hm_store *store,
                                 struct hm_account **accounts,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    struct hm_account *list = NULL;
    struct hm_id server;
    size_t permit_count = 0;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DISTRICT, &server, err);
    if (status == HM_OK) {
        status = hm_store_permits(store, &server, &permits, &permit_count, arena, err);
    }
    if (status == HM_OK) {
        list = hm_arena_get_array(arena, permit_count + 1, sizeof(*list));
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        *count = gather(list, permits, permit_count);
        *accounts = list;
    }
    return status;
}
