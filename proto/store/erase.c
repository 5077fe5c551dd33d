/* SPDX-License-Identifier: Apache-2.0 */
#include "erase.h"

#include "derive.h"
#include "hamlet/base/limits.h"
#include "names.h"
#include "numbers.h"

enum { RECORDS_AT_ONCE = 256 };

/* ---- one record ---- */

/* A record with all that is known of it, left out of the merge or not, and its orders. */
struct erasing {
    struct hm_store *store;
    int64_t home;
    struct hm_id record;
    struct hm_id own; /* this device */
    struct hm_held *held;
    struct hm_known *known;
    size_t count;
    size_t capacity;
    struct hm_order *orders;
    size_t order_count;
    size_t order_capacity;
    struct hm_erased *erased;
    size_t erased_count;
    struct hm_arena arena;
};

static enum hm_status add_held(struct erasing *e, sqlite3_stmt *stmt, struct hm_err *err)
{
    struct hm_id district = {{0}};
    e->held = hm_arena_grow(&e->arena, e->held, e->count, &e->capacity, sizeof(*e->held));
    if (e->held == NULL) {
        return hm_arena_status(&e->arena, err);
    }
    return hm_change_row(e->store, stmt, &district, &e->held[e->count++], &e->arena, err);
}

static enum hm_status load_changes(struct erasing *e, struct hm_err *err)
{
    static const char select[] = HM_CHANGE_COLUMNS HM_CHANGE_FROM
        " WHERE c.id IN (SELECT f.id FROM record q CROSS JOIN change f ON f.id = q.first"
        " OR (f.record = q.id AND f.later = 1) OR (f.record = q.id AND f.verdict <> 2)"
        " WHERE q.home = :home AND q.record = :record) ORDER BY c.id";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(e->store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, e->home);
        hm_bind_id(stmt, 2, &e->record);
    }
    while (status == HM_OK) {
        status = hm_sql_step(e->store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = add_held(e, stmt, err);
    }
    hm_sql_done(stmt);
    e->known = hm_arena_get_array(&e->arena, e->count, sizeof(*e->known));
    if (status == HM_OK) {
        status = hm_arena_status(&e->arena, err);
    }
    for (size_t i = 0; i < e->count && status == HM_OK; i++) {
        e->known[i] = (struct hm_known){.change = &e->held[i].change};
    }
    return status;
}

static enum hm_status add_order(struct erasing *e,
                                struct hm_bytes reg,
                                hm_prefix prefix,
                                struct hm_err *err)
{
    e->orders = hm_arena_grow(&e->arena, e->orders, e->order_count, &e->order_capacity,
                              sizeof(*e->orders));
    if (e->orders == NULL) {
        return hm_arena_status(&e->arena, err);
    }
    e->orders[e->order_count++] = (struct hm_order){reg, prefix};
    return HM_OK;
}

static enum hm_status load_orders(struct erasing *e, struct hm_err *err)
{
    static const char select[] = "SELECT register, prefix FROM erasure"
                                 " WHERE home = :home AND record = :record";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(e->store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, e->home);
        hm_bind_id(stmt, 2, &e->record);
    }
    while (status == HM_OK) {
        status = hm_sql_step(e->store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_bytes prefix = hm_column_bytes(stmt, 1);
        if (prefix.size == HM_PREFIX_SIZE) {
            status = add_order(e, hm_arena_copy(&e->arena, hm_column_bytes(stmt, 0)),
                               hm_prefix_from(prefix.data), err);
        }
    }
    hm_sql_done(stmt);
    return status != HM_OK ? status : hm_arena_status(&e->arena, err);
}

static enum hm_status load_record(struct erasing *e, struct hm_err *err)
{
    enum hm_status status = load_changes(e, err);
    if (status == HM_OK) {
        status = load_orders(e, err);
    }
    return status != HM_OK
               ? status
               : hm_erase_reach(&e->erased, &e->erased_count, e->known, e->count,
                                e->orders, e->order_count, &e->arena, err);
}

/* What erased writes replace is erased too, be it here or not. */
static enum hm_status reached_orders(struct erasing *e,
                                     struct hm_order **orders,
                                     size_t *count,
                                     struct hm_err *err)
{
    size_t room = 0;
    size_t n = 0;
    for (size_t i = 0; i < e->erased_count; i++) {
        const struct hm_erased *at = &e->erased[i];
        room += e->held[at->known].change.writes[at->write].replaces_count;
    }
    struct hm_order *list = hm_arena_get_array(&e->arena, room, sizeof(*list));
    for (size_t i = 0; list != NULL && i < e->erased_count; i++) {
        const struct hm_erased *at = &e->erased[i];
        const struct hm_write *write = &e->held[at->known].change.writes[at->write];
        for (size_t p = 0; p < write->replaces_count; p++) {
            list[n++] = (struct hm_order){write->reg, write->replaces[p]};
        }
    }
    *orders = list;
    *count = n;
    return hm_arena_status(&e->arena, err);
}

/* Seeds give keys, and keys salts: none of ours is kept beside a value that is gone. */
static enum hm_status forget_seeds(struct hm_store *store, struct hm_err *err)
{
    static const char drop[] = "DELETE FROM run";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, drop, &stmt, err);
    return status != HM_OK ? status : hm_sql_run(store, stmt, err);
}

/* *some: a value was here. */
static enum hm_status forget_values(struct erasing *e, bool *some, struct hm_err *err)
{
    bool *changed = hm_arena_get_array(&e->arena, e->count, sizeof(*changed));
    enum hm_status status = hm_arena_status(&e->arena, err);
    bool own = false;
    *some = false;
    for (size_t i = 0; i < e->erased_count && status == HM_OK; i++) {
        const struct hm_erased *at = &e->erased[i];
        struct hm_change *change = &e->held[at->known].change;
        if (change->writes[at->write].value.size > 0) {
            hm_change_forget(change, at->write);
            changed[at->known] = true;
            own = own || hm_id_equal(&change->device, &e->own);
            *some = true;
        }
    }
    for (size_t i = 0; i < e->count && status == HM_OK; i++) {
        if (changed[i]) {
            status = hm_change_rewrite(e->store, e->held[i].row, &e->held[i].change, err);
        }
    }
    return status != HM_OK || !own ? status : forget_seeds(e->store, err);
}

static enum hm_status close_orders(struct erasing *e, struct hm_err *err)
{
    static const char update[] = "UPDATE erasure SET done = 1 WHERE home = :home"
                                 " AND record = :record AND done = 0";
    struct hm_order *orders = NULL;
    size_t count = 0;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = reached_orders(e, &orders, &count, err);
    if (status == HM_OK) {
        status =
            hm_erasure_note(e->store, e->home, &e->record, orders, count, &e->arena, err);
    }
    if (status == HM_OK) {
        status = hm_sql(e->store, update, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, e->home);
        hm_bind_id(stmt, 2, &e->record);
        status = hm_sql_run(e->store, stmt, err);
    }
    return status;
}

static enum hm_status refresh(struct erasing *e, struct hm_err *err)
{
    int64_t *rows = hm_arena_get_array(&e->arena, e->count, sizeof(*rows));
    enum hm_status status = hm_arena_status(&e->arena, err);
    for (size_t i = 0; i < e->count && status == HM_OK; i++) {
        rows[i] = e->held[i].record_row;
    }
    return status != HM_OK ? status
                           : hm_refresh_rows(e->store, rows, e->count, &e->arena, err);
}

/* That the file is to be gone over: see hm_store_scrub. */
static enum hm_status note_scrub(struct hm_store *store, struct hm_err *err)
{
    return hm_store_meta_put_int(store, HM_META_SCRUB, 1, err);
}

/* What somebody began to type from the values that are gone holds them too. */
static enum hm_status forget_drafts(struct erasing *e, struct hm_err *err)
{
    static const char drop[] =
        "DELETE FROM draft WHERE record = :record AND form IS NOT NULL";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(e->store, drop, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, &e->record);
        status = hm_sql_run(e->store, stmt, err);
    }
    return status;
}

static enum hm_status settle_record(struct erasing *e, struct hm_err *err)
{
    bool some = false;
    enum hm_status status = load_record(e, err);
    if (status == HM_OK) {
        status = forget_values(e, &some, err);
    }
    if (status == HM_OK) {
        status = close_orders(e, err);
    }
    if (status == HM_OK && some) {
        status = forget_drafts(e, err);
    }
    if (status == HM_OK && some) {
        status = note_scrub(e->store, err);
    }
    return status != HM_OK || !some ? status : refresh(e, err);
}

static enum hm_status check_record(struct erasing *e,
                                   size_t *different,
                                   struct hm_err *err)
{
    struct hm_order *orders = NULL;
    size_t count = 0;
    bool known = true;
    enum hm_status status = load_record(e, err);
    if (status == HM_OK) {
        status = reached_orders(e, &orders, &count, err);
    }
    if (status == HM_OK) {
        status = hm_erasure_known(e->store, e->home, &e->record, orders, count, &known,
                                  &e->arena, err);
    }
    for (size_t i = 0; i < e->erased_count && status == HM_OK; i++) {
        const struct hm_erased *at = &e->erased[i];
        *different += e->held[at->known].change.writes[at->write].value.size > 0;
    }
    *different += status == HM_OK && !known;
    return status;
}

/* ---- all of them ---- */

struct places {
    int64_t homes[RECORDS_AT_ONCE];
    struct hm_id records[RECORDS_AT_ONCE];
    size_t count;
};

/* The next records with orders; `stmt` is bound and asks for RECORDS_AT_ONCE at most. */
static enum hm_status read_places(struct hm_store *store,
                                  sqlite3_stmt *stmt,
                                  struct places *places,
                                  struct hm_err *err)
{
    bool row = true;
    enum hm_status status = HM_OK;
    places->count = 0;
    while (status == HM_OK && places->count < RECORDS_AT_ONCE) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        places->homes[places->count] = hm_column_int(stmt, 0);
        (void)hm_column_id(stmt, 1, &places->records[places->count++]);
    }
    hm_sql_done(stmt);
    return status;
}

/* `different` null: settle; else check. */
static enum hm_status visit(struct hm_store *store,
                            const struct places *places,
                            size_t *different,
                            struct hm_err *err)
{
    struct hm_id own;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DEVICE, &own, err);
    for (size_t i = 0; i < places->count && status == HM_OK; i++) {
        struct erasing e = {.store = store,
                            .home = places->homes[i],
                            .record = places->records[i],
                            .own = own};
        hm_arena_init(&e.arena, HM_REQUEST_ARENA_MAX);
        status =
            different == NULL ? settle_record(&e, err) : check_record(&e, different, err);
        hm_arena_fini(&e.arena);
    }
    return status;
}

enum hm_status hm_erasures_settle(struct hm_store *store, struct hm_err *err)
{
    static const char select[] =
        "SELECT DISTINCT home, record FROM erasure WHERE done = 0 LIMIT 256";
    struct places places;
    enum hm_status status = HM_OK;
    while (store->erases && status == HM_OK) {
        sqlite3_stmt *stmt = NULL;
        status = hm_sql(store, select, &stmt, err);
        if (status == HM_OK) {
            status = read_places(store, stmt, &places, err);
        }
        if (status == HM_OK) {
            status = visit(store, &places, NULL, err);
        }
        store->erases = status == HM_OK && places.count > 0;
    }
    return status;
}

enum hm_status hm_erasures_check(struct hm_store *store,
                                 size_t *different,
                                 struct hm_err *err)
{
    static const char select[] =
        "SELECT DISTINCT home, record FROM erasure WHERE (home, record) > (:home,"
        " :record) ORDER BY home, record LIMIT 256";
    struct places places = {.count = 0};
    struct hm_arena arena;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_erasures_check_accepted(store, different, &arena, err);
    hm_arena_fini(&arena);
    int64_t home = 0;
    struct hm_id record = {{0}};
    do {
        sqlite3_stmt *stmt = NULL;
        if (status == HM_OK) {
            status = hm_sql(store, select, &stmt, err);
        }
        if (status == HM_OK) {
            hm_bind_int(stmt, 1, home);
            hm_bind_id(stmt, 2, &record);
            status = read_places(store, stmt, &places, err);
        }
        if (status == HM_OK) {
            status = visit(store, &places, different, err);
        }
        if (status == HM_OK && places.count > 0) {
            home = places.homes[places.count - 1];
            record = places.records[places.count - 1];
        }
    } while (status == HM_OK && places.count > 0);
    return status;
}
