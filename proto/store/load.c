/* SPDX-License-Identifier: Apache-2.0 */

#include "derive.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"
#include "hamlet/record/register.h"
#include "hamlet/store/conflicts.h"
#include "names.h"

static bool is_effective(const struct hm_held *held)
{
    return held->verdict != HM_VERDICT_QUARANTINED && !held->withdrawn;
}

static enum hm_status make_known(struct hm_loaded *loaded,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    loaded->known = hm_arena_get_array(arena, loaded->count, sizeof(*loaded->known));
    if (loaded->known == NULL) {
        return hm_arena_status(arena, err);
    }
    loaded->weight = 0;
    loaded->refused = 0;
    for (size_t i = 0; i < loaded->count; i++) {
        const struct hm_held *held = &loaded->held[i];
        enum hm_role role = HM_ROLE_VIEWER;
        *(held->verdict == HM_VERDICT_QUARANTINED ? &loaded->refused : &loaded->weight) +=
            hm_change_weight(&held->change);
        (void)hm_role_find(&role, held->change.role);
        loaded->known[i] = (struct hm_known){.change = &held->change,
                                             .effective = is_effective(held),
                                             .rank = hm_role_rank(role)};
        if (held->change.key_field_count > 0 && loaded->key == NULL) {
            loaded->key = held->change.key_fields;
            loaded->key_count = held->change.key_field_count;
        }
    }
    return HM_OK;
}

enum hm_status hm_loaded_merge(struct hm_loaded *loaded,
                               const struct hm_kinds *kinds,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    loaded->kind = hm_kinds_find(kinds, loaded->kind_name);
    loaded->key = NULL;
    loaded->key_count = 0;
    enum hm_status status = make_known(loaded, arena, err);
    if (status == HM_OK) {
        status = hm_merge(&loaded->merged, loaded->known, loaded->count, arena, err);
    }
    return status != HM_OK || !hm_registry_rules(loaded->kind_name)
               ? status
               : hm_registry_merge(loaded, arena, err);
}

struct hm_bytes hm_loaded_shown(const struct hm_loaded *loaded, struct hm_bytes reg)
{
    const struct hm_register *found = hm_merged_register(&loaded->merged, reg);
    if (found != NULL) {
        return found->heads[found->shown].write->value;
    }
    for (size_t i = 0; i < loaded->key_count; i++) {
        if (hm_bytes_equal(loaded->key[i].name, reg)) {
            return loaded->key[i].value;
        }
    }
    return HM_NO_BYTES;
}

struct hm_bytes hm_loaded_field(const struct hm_loaded *loaded,
                                const struct hm_field *field)
{
    if (field->reg == NULL) {
        return hm_loaded_shown(loaded, hm_text(field->name));
    }
    return hm_register_field(hm_loaded_shown(loaded, hm_text(field->reg->name)), field);
}

bool hm_loaded_holds(const struct hm_loaded *loaded, struct hm_bytes reg)
{
    for (size_t i = 0; i < loaded->count; i++) {
        const struct hm_write *write = hm_change_write(&loaded->held[i].change, reg);
        if (write != NULL && write->value.size > 0 &&
            hm_value_tag(write->value) != HM_VALUE_NULL) {
            return true;
        }
    }
    return false;
}

enum hm_status hm_loaded_heads(const struct hm_loaded *loaded,
                               hm_prefix **heads,
                               size_t *count,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct hm_merged *merged = &loaded->merged;
    size_t room = 0;
    size_t n = 0;
    *count = 0;
    for (size_t i = 0; i < merged->register_count; i++) {
        room += merged->registers[i].head_count;
    }
    hm_prefix *found = hm_arena_get_array(arena, room, sizeof(*found));
    if (found == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < merged->register_count; i++) {
        const struct hm_register *reg = &merged->registers[i];
        for (size_t h = 0; h < reg->head_count; h++) {
            found[n++] = hm_prefix_of(&loaded->known[reg->heads[h].known].change->id);
        }
    }
    *heads = found;
    *count = hm_prefixes_sort(found, n);
    return HM_OK;
}

/* Collects the changes of one record after the other. */
struct collector {
    struct hm_store *store;
    struct hm_arena arena; /* of the record at hand */
    struct hm_id district;
    struct hm_loaded loaded;
    size_t capacity;
    enum hm_status (*each)(void *,
                           struct hm_loaded *,
                           struct hm_arena *,
                           struct hm_err *);
    void *ctx;
};

static enum hm_status finish(struct collector *c, struct hm_err *err)
{
    if (c->loaded.count == 0) {
        return HM_OK;
    }
    const struct hm_change *change = &c->loaded.held[0].change;
    c->loaded.row = c->loaded.held[0].record_row;
    c->loaded.id = change->record;
    c->loaded.home = change->home;
    c->loaded.kind_name = change->kind;
    enum hm_status status = hm_loaded_merge(&c->loaded, c->store->kinds, &c->arena, err);
    if (status == HM_OK) {
        status = c->each(c->ctx, &c->loaded, &c->arena, err);
    }
    c->loaded = (struct hm_loaded){.count = 0};
    c->capacity = 0;
    return status;
}

static enum hm_status make_room(struct collector *c, struct hm_err *err)
{
    c->loaded.held = hm_arena_grow(&c->arena, c->loaded.held, c->loaded.count,
                                   &c->capacity, sizeof(*c->loaded.held));
    return c->loaded.held == NULL ? hm_arena_status(&c->arena, err) : HM_OK;
}

/*
 * A change that is not merged is only read where it is the record's first known: then as
 * one that wrote nothing.
 */
static void leave_out(struct hm_held *held)
{
    held->change.write_count = 0;
    held->change.seen_count = 0;
}

static enum hm_status collect(struct collector *c, sqlite3_stmt *stmt, struct hm_err *err)
{
    bool row = false;
    int64_t at = -1;
    for (;;) {
        enum hm_status status = hm_sql_step(c->store, stmt, &row, err);
        if (status != HM_OK) {
            return status;
        }
        if (!row || hm_column_int(stmt, HM_CHANGE_COLUMN_COUNT) != at) {
            status = finish(c, err);
            hm_arena_clear(&c->arena);
            if (status != HM_OK || !row) {
                hm_sql_done(stmt);
                return status;
            }
            at = hm_column_int(stmt, HM_CHANGE_COLUMN_COUNT);
        }
        status = make_room(c, err);
        if (status == HM_OK) {
            status = hm_change_row(c->store, stmt, &c->district,
                                   &c->loaded.held[c->loaded.count], &c->arena, err);
        }
        if (status == HM_OK &&
            hm_column_int(stmt, HM_CHANGE_COLUMN_COUNT + 1) == HM_LATER_LEFT_OUT) {
            leave_out(&c->loaded.held[c->loaded.count]);
        }
        if (status != HM_OK) {
            hm_sql_done(stmt);
            return status;
        }
        c->loaded.count++;
    }
}

enum hm_status hm_load_each(struct hm_store *store,
                            const struct hm_touch *touches,
                            size_t count,
                            enum hm_status (*each)(void *ctx,
                                                   struct hm_loaded *loaded,
                                                   struct hm_arena *arena,
                                                   struct hm_err *err),
                            void *ctx,
                            struct hm_err *err)
{
    /* Row numbers ascend with arrival, so the first change comes before the later ones.
     */
    static const char select[] = HM_CHANGE_COLUMNS
        ", x.i, c.later FROM batch(:rows) x CROSS JOIN change c ON c.id = x.n1 OR"
        " (c.record = x.n0 AND c.later = 1)"
        " CROSS JOIN author a ON a.id = c.author CROSS JOIN device d ON d.id = a.device"
        " CROSS JOIN unit u ON u.id = c.home CROSS JOIN record r ON r.id = c.record"
        " CROSS JOIN kind k ON k.id = r.kind LEFT JOIN bulk b ON b.id = c.bulk";
    struct collector c = {.store = store, .each = each, .ctx = ctx};
    struct hm_arena rows_arena;
    sqlite3_stmt *stmt = NULL;
    hm_arena_init(&c.arena, HM_REQUEST_ARENA_MAX);
    hm_arena_init(&rows_arena, HM_REQUEST_ARENA_MAX);
    struct hm_batch_row *rows = hm_arena_get_array(&rows_arena, count, sizeof(*rows));
    enum hm_status status = hm_arena_status(&rows_arena, err);
    if (status == HM_OK) {
        status = hm_district_get(store, &c.district, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        struct hm_batch batch = {.rows = rows, .count = count};
        for (size_t i = 0; i < count; i++) {
            rows[i].n[0] = touches[i].record;
            rows[i].n[1] = touches[i].first;
        }
        hm_bind_batch(stmt, 1, &batch);
        status = collect(&c, stmt, err);
    }
    hm_arena_fini(&rows_arena);
    hm_arena_fini(&c.arena);
    return status;
}

static enum hm_status take_found(struct hm_store *store,
                                 sqlite3_stmt *stmt,
                                 const struct hm_id *record,
                                 struct hm_touch *touch,
                                 struct hm_err *err)
{
    enum hm_status status = hm_sql_find(store, stmt, record, "record-missing", err);
    if (status == HM_OK) {
        *touch = (struct hm_touch){.record = hm_column_int(stmt, 0),
                                   .first = hm_column_int(stmt, 1)};
        hm_sql_done(stmt);
    }
    return status;
}

static enum hm_status find_record(struct hm_store *store,
                                  const struct hm_id *record,
                                  struct hm_touch *touch,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT f.id, f.first FROM record f WHERE f.id = " HM_RECORD_FOUND;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, record);
    return take_found(store, stmt, record, touch, err);
}

enum hm_status hm_store_record_key(struct hm_store *store,
                                   const struct hm_id *record,
                                   const struct hm_key_field **key,
                                   size_t *count,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    /* Nearly always the first: of the later ones no value is looked at. */
    static const char select[] =
        "SELECT c.body FROM change c WHERE (c.id = :first OR (c.record = :record AND"
        " c.later = 1)) AND c.act = 0 ORDER BY c.id LIMIT 1";
    struct hm_change change = {.act = HM_ACT_CREATE};
    struct hm_touch touch = {.record = 0};
    struct hm_err missing = HM_ERR_NONE;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    *key = NULL;
    *count = 0;
    enum hm_status status = find_record(store, record, &touch, &missing);
    if (status != HM_OK) {
        return status == HM_NOT_FOUND ? HM_OK
                                      : hm_fail(err, status, missing.key, missing.arg[0],
                                                missing.arg[1], missing.arg[2]);
    }
    status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, touch.first);
        hm_bind_int(stmt, 2, touch.record);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK || !row) {
        return status;
    }
    struct hm_bytes body = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
    hm_sql_done(stmt);
    status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_change_body_get(&change, body, arena, err);
    }
    *key = change.key_fields;
    *count = change.key_field_count;
    return status;
}

/* Keeps the one record that was asked for: the collector's arena becomes the caller's. */
struct keeper {
    struct hm_loaded *loaded;
    struct hm_arena kept;
};

static enum hm_status keep(void *ctx,
                           struct hm_loaded *loaded,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    struct keeper *keeper = ctx;
    (void)err;
    *keeper->loaded = *loaded;
    keeper->kept = *arena;
    hm_arena_init(arena, arena->max);
    return HM_OK;
}

static enum hm_status load_one(struct hm_store *store,
                               const struct hm_touch *touch,
                               struct hm_loaded *loaded,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_loaded found = {.count = 0};
    struct keeper keeper = {.loaded = &found};
    enum hm_status status = hm_load_each(store, touch, 1, keep, &keeper, err);
    if (status == HM_OK) {
        hm_arena_join(arena, &keeper.kept);
        *loaded = found;
    }
    return status;
}

enum hm_status hm_store_record_load(struct hm_store *store,
                                    const struct hm_id *record,
                                    struct hm_loaded *loaded,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_touch touch = {.record = 0};
    enum hm_status status = find_record(store, record, &touch, err);
    return status == HM_OK ? load_one(store, &touch, loaded, arena, err) : status;
}

enum hm_status hm_store_record_load_in(struct hm_store *store,
                                       struct hm_bytes home,
                                       const struct hm_id *record,
                                       struct hm_loaded *loaded,
                                       struct hm_arena *arena,
                                       struct hm_err *err)
{
    static const char select[] =
        "SELECT r.id, r.first FROM unit h CROSS JOIN record r ON r.home = h.id"
        " AND r.record = :record WHERE h.code = :home"
        " ORDER BY " HM_RECORD_CREATED " DESC, r.id LIMIT 1";
    struct hm_touch touch = {.record = 0};
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, record);
        hm_bind_text(stmt, 2, home);
        status = take_found(store, stmt, record, &touch, err);
    }
    return status == HM_OK ? load_one(store, &touch, loaded, arena, err) : status;
}

enum hm_status hm_store_conflict_load(struct hm_store *store,
                                      const struct hm_conflict *conflict,
                                      struct hm_loaded *loaded,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char select[] = "SELECT r.id, r.first FROM record r WHERE r.id = :row";
    struct hm_touch touch = {.record = 0};
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, conflict->record_row);
        status = take_found(store, stmt, &conflict->record, &touch, err);
    }
    return status == HM_OK ? load_one(store, &touch, loaded, arena, err) : status;
}
