/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

/* `select` finds a number by one parameter, `insert` makes a row of it. */
static enum hm_status number_of(struct hm_store *store,
                                const char *select,
                                const char *insert,
                                struct hm_bytes text,
                                struct hm_bytes blob,
                                bool make,
                                int64_t *number,
                                struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    if (text.data != NULL) {
        hm_bind_text(stmt, 1, text);
    } else {
        hm_bind_blob(stmt, 1, blob);
    }
    status = hm_sql_step(store, stmt, &row, err);
    if (status != HM_OK) {
        return status;
    }
    *number = 0;
    if (row) {
        *number = hm_column_int(stmt, 0);
        hm_sql_done(stmt);
        return HM_OK;
    }
    if (!make) {
        return HM_OK;
    }
    status = hm_sql(store, insert, &stmt, err);
    if (status == HM_OK) {
        if (text.data != NULL) {
            hm_bind_text(stmt, 1, text);
        } else {
            hm_bind_blob(stmt, 1, blob);
        }
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        *number = sqlite3_last_insert_rowid(store->db);
    }
    return status;
}

enum hm_status hm_unit_number(struct hm_store *store,
                              struct hm_bytes code,
                              bool make,
                              int64_t *number,
                              struct hm_err *err)
{
    static const char select[] = "SELECT id FROM unit WHERE code = :code";
    static const char insert[] = "INSERT INTO unit(code) VALUES(:code)";
    return number_of(store, select, insert, code, HM_NO_BYTES, make, number, err);
}

enum hm_status hm_kind_number(struct hm_store *store,
                              struct hm_bytes name,
                              bool make,
                              int64_t *number,
                              struct hm_err *err)
{
    static const char select[] = "SELECT id FROM kind WHERE name = :name";
    static const char insert[] = "INSERT INTO kind(name) VALUES(:name)";
    /* A withdrawal has no kind: its name is empty text, not null. */
    struct hm_bytes text = name.data == NULL ? hm_text("") : name;
    return number_of(store, select, insert, text, HM_NO_BYTES, make, number, err);
}

enum hm_status hm_device_number(struct hm_store *store,
                                const struct hm_id *device,
                                bool make,
                                int64_t *number,
                                struct hm_err *err)
{
    static const char select[] = "SELECT id FROM device WHERE device = :device";
    static const char insert[] = "INSERT INTO device(device) VALUES(:device)";
    return number_of(store, select, insert, HM_NO_BYTES, hm_id_bytes(device), make,
                     number, err);
}

enum hm_status hm_bulk_number(struct hm_store *store,
                              const struct hm_id *bulk,
                              bool make,
                              int64_t *number,
                              struct hm_err *err)
{
    static const char select[] = "SELECT id FROM bulk WHERE bulk = :bulk";
    static const char insert[] = "INSERT INTO bulk(bulk) VALUES(:bulk)";
    return number_of(store, select, insert, HM_NO_BYTES, hm_id_bytes(bulk), make, number,
                     err);
}

enum hm_status hm_bucket_number(struct hm_store *store,
                                struct hm_bytes name,
                                bool make,
                                int64_t *number,
                                struct hm_err *err)
{
    static const char select[] = "SELECT id FROM bucket WHERE name = :name";
    static const char insert[] = "INSERT INTO bucket(name) VALUES(:name)";
    return number_of(store, select, insert, name, HM_NO_BYTES, make, number, err);
}

enum hm_status hm_author_number(struct hm_store *store,
                                const struct hm_change *change,
                                int64_t *number,
                                struct hm_err *err)
{
    static const char select[] = "SELECT id FROM author WHERE device = :device"
                                 " AND user = :user AND role = :role";
    static const char insert[] =
        "INSERT INTO author(device, user, role) VALUES(:device, :user, :role)";
    int64_t device = 0;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_device_number(store, &change->device, true, &device, err);
    for (int pass = 0; pass < 2 && status == HM_OK; pass++) {
        status = hm_sql(store, pass == 0 ? select : insert, &stmt, err);
        if (status == HM_OK) {
            hm_bind_int(stmt, 1, device);
            hm_bind_id(stmt, 2, &change->user);
            hm_bind_text(stmt, 3, change->role);
            status = hm_sql_step(store, stmt, &row, err);
        }
        if (status == HM_OK && row) {
            *number = hm_column_int(stmt, 0);
            hm_sql_done(stmt);
            return HM_OK;
        }
    }
    if (status == HM_OK) {
        *number = sqlite3_last_insert_rowid(store->db);
    }
    return status;
}

enum hm_status hm_change_row(struct hm_store *store,
                             sqlite3_stmt *stmt,
                             const struct hm_id *district,
                             struct hm_held *held,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_change *change = &held->change;
    (void)store;
    *held = (struct hm_held){.row = hm_column_int(stmt, 0),
                             .record_row = hm_column_int(stmt, 1),
                             .received = {hm_column_int(stmt, 5)},
                             .verdict = (unsigned)hm_column_int(stmt, 6),
                             .withdrawn = hm_column_int(stmt, 7) != 0,
                             .withheld = hm_column_int(stmt, 8) != 0};
    change->district = *district;
    bool good = hm_column_id(stmt, 2, &change->id) &&
                hm_column_id(stmt, 10, &change->user) &&
                hm_column_id(stmt, 12, &change->device);
    int64_t act = hm_column_int(stmt, 3);
    if (!good || act < 0 || act >= HM_ACT_COUNT) {
        return hm_fail(err, HM_CORRUPT, "change-body", NULL, NULL, NULL);
    }
    change->act = (enum hm_act)act;
    change->time.ms = hm_column_int(stmt, 4);
    change->role = hm_arena_copy(arena, hm_column_bytes(stmt, 11));
    change->home = hm_arena_copy(arena, hm_column_bytes(stmt, 13));
    change->kind = hm_arena_copy(arena, hm_column_bytes(stmt, 14));
    (void)hm_column_id(stmt, 15, &change->record);
    (void)hm_column_id(stmt, 16, &change->bulk);
    struct hm_bytes body = hm_arena_copy(arena, hm_column_bytes(stmt, 9));
    if (body.data == NULL) {
        return hm_arena_status(arena, err);
    }
    return hm_change_body_get(change, body, arena, err);
}
