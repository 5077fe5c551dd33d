/* SPDX-License-Identifier: Apache-2.0 */
/* The devices of a server and what they may do. */
#include <stdlib.h>

#include "../names.h"
#include "../sql.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/store/check.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "hamlet/text/sort.h"

static enum hm_status count_of(struct hm_store *store,
                               sqlite3_stmt *stmt,
                               size_t *count,
                               struct hm_err *err)
{
    bool row = false;
    enum hm_status status = hm_sql_step(store, stmt, &row, err);
    if (status == HM_OK) {
        *count = row ? (size_t)hm_column_int(stmt, 0) : 0;
        hm_sql_done(stmt);
    }
    return status;
}

/* ---- the fleet ---- */

struct ranked {
    struct hm_fleet_row row;
    struct hm_bytes key; /* sorts its name */
    int64_t turn;        /* of the visit that was read; the last of the device's counts */
    int rank;            /* of `row.role`; those that ended count less than any other */
};

static void read_role(sqlite3_stmt *stmt, struct ranked *ranked, struct hm_arena *arena)
{
    enum hm_role role = HM_ROLE_VIEWER;
    struct hm_bytes name = hm_column_bytes(stmt, 4);
    if (!hm_role_find(&role, name)) {
        return;
    }
    int rank = 1 + hm_role_rank(role) - (hm_column_null(stmt, 5) ? 0 : HM_ROLE_COUNT);
    if (ranked->row.role.size == 0 || rank > ranked->rank) {
        ranked->rank = rank;
        ranked->row.role = hm_arena_copy(arena, name);
    }
}

/* Each epoch of a device has a visit: the one whose turn came last says how it is. */
static void read_visit(sqlite3_stmt *stmt, struct ranked *ranked, struct hm_arena *arena)
{
    struct hm_fleet_row *row = &ranked->row;
    int64_t turn = hm_column_int(stmt, 16);
    if (hm_column_null(stmt, 6) || (row->visited && turn <= ranked->turn)) {
        return;
    }
    ranked->turn = turn;
    row->visited = true;
    row->visit = (struct hm_visit){.device = row->device};
    row->visit.epoch = (uint32_t)hm_column_int(stmt, 6);
    (void)hm_column_id(stmt, 7, &row->visit.current);
    (void)hm_column_id(stmt, 8, &row->visit.pending);
    (void)hm_column_id(stmt, 9, &row->visit.request);
    row->visit.contact.ms = hm_column_int(stmt, 10);
    row->visit.waiting = hm_column_int(stmt, 11);
    row->visit.offset_ms = hm_column_int(stmt, 12);
    row->visit.version = hm_arena_copy(arena, hm_column_bytes(stmt, 13));
    row->visit.errors = hm_arena_copy(arena, hm_column_bytes(stmt, 14));
    row->visit.late.ms = hm_column_int(stmt, 15);
}

static enum hm_status sort_key(struct ranked *ranked,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_buf key;
    hm_buf_init(&key, HM_VALUE_BYTES_MAX);
    hm_text_sort_key(&key, ranked->row.name, HM_TEXT_ORDER_PLAIN);
    enum hm_status status = hm_buf_status(&key, err);
    if (status == HM_OK) {
        ranked->key = hm_arena_copy(arena, hm_buf_bytes(&key));
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&key);
    return status;
}

/* One row a permit and visit, those of a device one after the other. */
static enum hm_status read_fleet(struct hm_store *store,
                                 sqlite3_stmt *stmt,
                                 struct ranked *list,
                                 size_t room,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    size_t n = 0;
    bool row = true;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        struct hm_id device;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        (void)hm_column_id(stmt, 0, &device);
        if (n == 0 || !hm_id_equal(&list[n - 1].row.device, &device)) {
            if (n == room) {
                break;
            }
            struct hm_fleet_row *made = &list[n].row;
            *made = (struct hm_fleet_row){.device = device,
                                          .revoked = !hm_column_null(stmt, 3),
                                          .visit = {.device = device}};
            made->name = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
            made->home = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
            status = sort_key(&list[n++], arena, err);
        }
        read_visit(stmt, &list[n - 1], arena);
        read_role(stmt, &list[n - 1], arena);
    }
    hm_sql_done(stmt);
    *count = n;
    return status;
}

static int by_name(const void *a, const void *b)
{
    const struct ranked *one = a;
    const struct ranked *other = b;
    int order = hm_bytes_compare(one->key, other->key);
    return order != 0 ? order : hm_id_compare(&one->row.device, &other->row.device);
}

enum hm_status hm_store_fleet(struct hm_store *store,
                              struct hm_fleet_row **rows,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char amount[] = "SELECT count(*) FROM device WHERE key IS NOT NULL";
    static const char select[] =
        "SELECT d.device, d.name, d.home, d.revoked, p.role, p.ended, v.epoch, v.current,"
        " v.pending, v.request, v.contact, v.waiting, v.offset_ms, v.version, v.errors,"
        " v.late, v.turn"
        " FROM device d LEFT JOIN permit p ON p.device = d.device"
        " LEFT JOIN visit v ON v.device = d.device"
        " WHERE d.key IS NOT NULL ORDER BY d.id";
    struct ranked *list = NULL;
    struct hm_fleet_row *found = NULL;
    sqlite3_stmt *stmt = NULL;
    size_t room = 0;
    size_t n = 0;
    enum hm_status status = hm_sql(store, amount, &stmt, err);
    if (status == HM_OK) {
        status = count_of(store, stmt, &room, err);
    }
    if (status == HM_OK) {
        list = hm_arena_get_array(arena, room, sizeof(*list));
        found = hm_arena_get_array(arena, room, sizeof(*found));
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        status = read_fleet(store, stmt, list, room, &n, arena, err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (n > 1) {
        qsort(list, n, sizeof(*list), by_name);
    }
    for (size_t i = 0; i < n; i++) {
        found[i] = list[i].row;
    }
    *rows = found;
    *count = n;
    return HM_OK;
}

/* ---- permits and visits ---- */

static void read_permit(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_permit *permit = item;
    struct hm_bytes ended = hm_column_bytes(stmt, 4);
    *permit = (struct hm_permit){.ended = !hm_column_null(stmt, 4)};
    (void)hm_column_id(stmt, 0, &permit->record);
    (void)hm_column_id(stmt, 1, &permit->user);
    permit->role = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    permit->home = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
    (void)hm_column_id(stmt, 5, &permit->device);
    permit->name = hm_arena_copy(arena, hm_column_bytes(stmt, 6));
    permit->when_seen = permit->ended && hm_bytes_are(ended, HM_ENDED_SEEN);
    permit->seen = permit->when_seen && hm_column_int(stmt, 7) != 0;
}

enum hm_status hm_store_permits(struct hm_store *store,
                                const struct hm_id *device,
                                struct hm_permit **permits,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] =
        "SELECT r.record, p.user, p.role, p.home, p.ended, p.device, u.name,"
        " EXISTS(SELECT 1 FROM sight s WHERE s.device = p.device"
        " AND s.registry >= " HM_REGISTRY_N(
            "p.ending") ") FROM permit p"
                        " JOIN record r ON r.id = p.record LEFT JOIN user u ON u.user = "
                        "p.user"
                        " WHERE :device IS NULL OR p.device = :device ORDER BY p.record";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_blob(stmt, 1, device == NULL ? HM_NO_BYTES : hm_id_bytes(device));
        status = hm_sql_list(store, stmt, sizeof(**permits), read_permit, &list, count,
                             arena, err);
    }
    if (status == HM_OK) {
        *permits = list;
    }
    return status;
}

enum hm_status hm_store_heads(struct hm_store *store,
                              const struct hm_id *device,
                              struct hm_revoked_head **heads,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_revoked_head *list =
        hm_arena_get_array(arena, HM_REVOKED_HEADS_MAX, sizeof(*list));
    struct hm_origin *origins = NULL;
    size_t left = 0;
    size_t n = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_store_origins(store, &origins, &left, arena, err);
    }
    while (left > 0 && n < HM_REVOKED_HEADS_MAX && status == HM_OK) {
        struct hm_origin *origin = &origins[--left];
        if (origin->branch > 0 || !hm_id_equal(&origin->device, device)) {
            continue;
        }
        /* Others may have brought what the device did not send here itself. */
        status = hm_store_origin_reach(store, origin, err);
        if (status == HM_OK && origin->seq > 0) {
            list[n++] =
                (struct hm_revoked_head){origin->epoch, origin->seq, origin->head};
        }
    }
    if (status == HM_OK) {
        *heads = list;
        *count = n;
    }
    return status;
}

enum hm_status hm_store_visits_forget(struct hm_store *store, struct hm_err *err)
{
    static const char update[] =
        "UPDATE visit SET current = NULL, pending = NULL, request = NULL";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    return status != HM_OK ? status : hm_sql_run(store, stmt, err);
}
