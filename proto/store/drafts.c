/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/drafts.h"

#include <string.h>

#include "sql.h"

#define DRAFT_COLUMNS "SELECT draft, user, kind, record, saved, form, change FROM draft"

static void read_draft(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_draft *draft = item;
    (void)hm_column_id(stmt, 0, &draft->id);
    (void)hm_column_id(stmt, 1, &draft->user);
    draft->kind = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    (void)hm_column_id(stmt, 3, &draft->record);
    draft->saved = (struct hm_wall){hm_column_int(stmt, 4)};
    draft->form = hm_arena_copy(arena, hm_column_bytes(stmt, 5));
    (void)hm_column_id(stmt, 6, &draft->change);
}

enum hm_status hm_store_draft_find(struct hm_store *store,
                                   const struct hm_id *id,
                                   struct hm_draft *draft,
                                   bool *found,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char select[] = DRAFT_COLUMNS " WHERE draft = :draft";
    sqlite3_stmt *stmt = NULL;
    void *list = NULL;
    size_t count = 0;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, id);
        status = hm_sql_list(store, stmt, sizeof(*draft), read_draft, &list, &count,
                             arena, err);
    }
    if (status == HM_OK) {
        *found = count > 0;
        *draft = count > 0 ? *(struct hm_draft *)list : (struct hm_draft){.id = *id};
    }
    return status;
}

enum hm_status hm_store_drafts(struct hm_store *store,
                               const struct hm_id *user,
                               struct hm_draft **drafts,
                               size_t *count,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const char select[] = DRAFT_COLUMNS " WHERE user = :user AND form IS NOT NULL"
                                               " ORDER BY saved DESC, id DESC";
    sqlite3_stmt *stmt = NULL;
    void *list = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, user);
        status = hm_sql_list(store, stmt, sizeof(struct hm_draft), read_draft, &list,
                             count, arena, err);
    }
    if (status == HM_OK) {
        *drafts = list;
    }
    return status;
}

static enum hm_status write_row(struct hm_store *store,
                                const struct hm_draft *draft,
                                struct hm_err *err)
{
    static const char put[] =
        "INSERT INTO draft(draft, user, kind, record, saved, form, change)"
        " VALUES(:draft, :user, :kind, :record, :saved, :form, :change)"
        " ON CONFLICT(draft) DO UPDATE SET kind = excluded.kind,"
        " record = excluded.record, saved = excluded.saved, form = excluded.form,"
        " change = excluded.change";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, put, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, &draft->id);
    hm_bind_id(stmt, 2, &draft->user);
    hm_bind_text(stmt, 3, draft->kind);
    if (!hm_id_is_none(&draft->record)) {
        hm_bind_id(stmt, 4, &draft->record);
    }
    hm_bind_int(stmt, 5, draft->saved.ms);
    hm_bind_text(stmt, 6, draft->form);
    if (!hm_id_is_none(&draft->change)) {
        hm_bind_id(stmt, 7, &draft->change);
    }
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_draft_put(struct hm_store *store,
                                  const struct hm_draft *draft,
                                  struct hm_err *err)
{
    static const char count[] = "SELECT count(*) FROM draft WHERE form IS NOT NULL";
    struct hm_arena arena;
    struct hm_draft before;
    bool found = false;
    int64_t open = 0;
    hm_arena_init(&arena, 2 * HM_DRAFT_BYTES_MAX);
    enum hm_status status =
        hm_store_draft_find(store, &draft->id, &before, &found, &arena, err);
    if (status == HM_OK && found && !hm_id_equal(&before.user, &draft->user)) {
        status = hm_fail(err, HM_NOT_FOUND, "web-draft-missing", NULL, NULL, NULL);
    } else if (status == HM_OK && found && before.form.size == 0) {
        status = hm_fail(err, HM_EXISTS, "web-draft-done", NULL, NULL, NULL);
    } else if (status == HM_OK && !found) {
        status = hm_sql_number(store, count, &open, err);
    }
    if (status == HM_OK && open >= HM_DRAFTS_MAX) {
        status = hm_fail(err, HM_BAD_INPUT, "web-drafts", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = write_row(store, draft, err);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_store_draft_done(struct hm_store *store,
                                   const struct hm_draft *draft,
                                   struct hm_err *err)
{
    static const char forget[] =
        "DELETE FROM draft WHERE form IS NULL AND id <= (SELECT id FROM draft"
        " WHERE form IS NULL ORDER BY id DESC LIMIT 1 OFFSET :kept)";
    sqlite3_stmt *stmt = NULL;
    struct hm_draft done = *draft;
    done.form = HM_NO_BYTES;
    enum hm_status status = write_row(store, &done, err);
    if (status == HM_OK) {
        status = hm_sql(store, forget, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, HM_DRAFTS_MAX);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

enum hm_status hm_store_draft_drop(struct hm_store *store,
                                   const struct hm_id *id,
                                   const struct hm_id *user,
                                   struct hm_err *err)
{
    static const char drop[] =
        "DELETE FROM draft WHERE draft = :draft AND user = :user AND form IS NOT NULL";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, drop, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, id);
        hm_bind_id(stmt, 2, user);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}
