/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "../sql.h"
#include "hamlet/store/server.h"

enum hm_status hm_store_invitation_put(struct hm_store *store,
                                       const struct hm_invited *invited,
                                       struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO invitation(invitation, secret, user, name, role, home, expires,"
        " device) VALUES(:invitation, :secret, :user, :name, :role, :home, :expires,"
        " :device)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, &invited->id);
    hm_bind_blob(stmt, 2, HM_BYTES(invited->secret));
    hm_bind_id(stmt, 3, &invited->user);
    hm_bind_text(stmt, 4, invited->name);
    hm_bind_text(stmt, 5, invited->role);
    hm_bind_text(stmt, 6, invited->home);
    hm_bind_int(stmt, 7, invited->expires.ms);
    hm_bind_blob(stmt, 8,
                 hm_id_is_none(&invited->device) ? HM_NO_BYTES
                                                 : hm_id_bytes(&invited->device));
    return hm_sql_run(store, stmt, err);
}

#define INVITED_COLUMNS                                                                  \
    "SELECT invitation, secret, user, name, role, home, expires, device FROM invitation"

static void read_invited(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_invited *invited = item;
    struct hm_bytes secret = hm_column_bytes(stmt, 1);
    *invited = (struct hm_invited){.expires = {hm_column_int(stmt, 6)}};
    if (secret.size == sizeof(invited->secret)) {
        memcpy(invited->secret, secret.data, secret.size);
    }
    (void)hm_column_id(stmt, 0, &invited->id);
    (void)hm_column_id(stmt, 2, &invited->user);
    invited->name = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
    invited->role = hm_arena_copy(arena, hm_column_bytes(stmt, 4));
    invited->home = hm_arena_copy(arena, hm_column_bytes(stmt, 5));
    (void)hm_column_id(stmt, 7, &invited->device);
}

enum hm_status hm_store_invitation_get(struct hm_store *store,
                                       const struct hm_id *id,
                                       struct hm_invited *invited,
                                       struct hm_arena *arena,
                                       struct hm_err *err)
{
    static const char select[] = INVITED_COLUMNS " WHERE invitation = :invitation";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, id);
        status = hm_sql_find(store, stmt, id, "invitation-missing", err);
    }
    if (status != HM_OK) {
        return status;
    }
    read_invited(stmt, invited, arena);
    hm_sql_done(stmt);
    return hm_arena_status(arena, err);
}

enum hm_status hm_store_invitation_redeem(struct hm_store *store,
                                          const struct hm_id *id,
                                          const struct hm_id *device,
                                          struct hm_err *err)
{
    static const char update[] = "UPDATE invitation SET device = :device"
                                 " WHERE invitation = :invitation AND device IS NULL";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, device);
    hm_bind_id(stmt, 2, id);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_invitations(struct hm_store *store,
                                    struct hm_invited **invited,
                                    size_t *count,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] =
        INVITED_COLUMNS " WHERE device IS NULL ORDER BY expires, invitation";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_list(store, stmt, sizeof(**invited), read_invited, &list, count,
                             arena, err);
    }
    if (status == HM_OK) {
        *invited = list;
    }
    return status;
}
