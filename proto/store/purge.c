/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/purge.h"

#include <string.h>

#include "derive.h"
#include "erase.h"
#include "hamlet/base/limits.h"
#include "names.h"
#include "numbers.h"
#include "own.h"

static enum hm_status run(struct hm_store *store,
                          const char *text,
                          int64_t number,
                          struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, text, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, number);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

/* ---- which homes there are ---- */

static enum hm_status body_holds(struct hm_bytes body, bool *holds, struct hm_err *err)
{
    struct hm_change change = {.write_count = 0};
    struct hm_arena piece;
    hm_arena_init(&piece, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_change_body_get(&change, body, &piece, err);
    *holds = status == HM_OK && hm_change_holds(&change);
    hm_arena_fini(&piece);
    return status;
}

/*
 * Whether a value of the home is here. Not whether something was withheld: what has no
 * writes, like a withdrawal that gives no reason, is the same before and after a purge.
 */
static enum hm_status holds_values(struct hm_store *store,
                                   int64_t home,
                                   bool bare,
                                   bool *holds,
                                   struct hm_err *err)
{
    static const char select[] = "SELECT c.body FROM change c WHERE c.home = :home"
                                 " AND c.withheld <= NOT :bare";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    *holds = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, home);
        hm_bind_int(stmt, 2, bare);
    }
    while (status == HM_OK && !*holds) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = body_holds(hm_column_bytes(stmt, 0), holds, err);
    }
    hm_sql_done(stmt);
    return status;
}

struct home {
    struct hm_bytes code;
    int64_t number; /* 0: its bucket is here, whatever else is */
};

static void read_home(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct home *home = item;
    home->number = hm_column_int(stmt, 0);
    home->code = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
}

enum hm_status hm_store_homes(struct hm_store *store,
                              bool bare,
                              struct hm_bytes **homes,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char select[] =
        "SELECT u.id, u.code FROM unit u WHERE u.code <> '~'"
        " AND EXISTS(SELECT 1 FROM change c WHERE c.home = u.id"
        "  AND c.withheld <= NOT :bare)"
        " AND NOT EXISTS(SELECT 1 FROM bucket b WHERE b.name = u.code) UNION ALL"
        " SELECT 0, b.name FROM bucket b WHERE b.name <> '~' AND b.name NOT LIKE '@%'"
        " AND NOT :bare ORDER BY 2";
    sqlite3_stmt *stmt = NULL;
    void *found = NULL;
    size_t n = 0;
    *homes = NULL;
    *count = 0;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, bare);
        status = hm_sql_list(store, stmt, sizeof(struct home), read_home, &found, &n,
                             arena, err);
    }
    const struct home *list = found;
    struct hm_bytes *codes = hm_arena_get_array(arena, n, sizeof(*codes));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < n && status == HM_OK; i++) {
        bool holds = true;
        if (list[i].number != 0) {
            status = holds_values(store, list[i].number, bare, &holds, err);
        }
        if (status == HM_OK && holds) {
            codes[(*count)++] = list[i].code;
        }
    }
    *homes = codes;
    return status;
}

/* ---- what is left of a change that the mailbox names ---- */

/* Without its values, and without the key that would open them again. */
static enum hm_status make_skeleton(struct hm_store *store,
                                    int64_t row,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_held held;
    struct hm_buf scratch;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_store_changes_get(store, row, 1, &held, arena, err);
    if (status == HM_OK) {
        status = hm_change_seal(&held.change, &scratch, err);
    }
    for (size_t i = 0; status == HM_OK && i < held.change.write_count; i++) {
        held.change.writes[i].value = HM_NO_BYTES;
    }
    if (status == HM_OK) {
        held.change.has_key = false;
        status = hm_change_rewrite(store, row, &held.change, err);
    }
    hm_buf_fini(&scratch);
    return status;
}

/* The row numbers that a statement about the home gives. */
static enum hm_status numbers_of(struct hm_store *store,
                                 const char *text,
                                 int64_t home,
                                 struct hm_numbers *numbers,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, text, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, home);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = hm_numbers_add(numbers, hm_column_int(stmt, 0), arena, err);
    }
    hm_sql_done(stmt);
    return status;
}

static enum hm_status thin_out(struct hm_store *store,
                               int64_t home,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const char select[] =
        "SELECT c.id FROM change c WHERE c.home = :home"
        " AND EXISTS(SELECT 1 FROM entry e WHERE e.change = c.id)";
    struct hm_numbers kept = {.count = 0};
    enum hm_status status = numbers_of(store, select, home, &kept, arena, err);
    for (size_t i = 0; i < kept.count && status == HM_OK; i++) {
        struct hm_arena piece;
        hm_arena_init(&piece, HM_REQUEST_ARENA_MAX);
        status = make_skeleton(store, kept.at[i], &piece, err);
        hm_arena_fini(&piece);
    }
    return status;
}

/* ---- places in chains ---- */

struct run_of {
    int64_t origin;
    int64_t seq;
    int64_t count;
    int64_t change;
};

struct runs {
    struct run_of *at;
    size_t count;
    size_t capacity;
};

/* Runs of neighbours may reach beyond the home: the own ones do. */
static enum hm_status find_runs(struct hm_store *store,
                                int64_t home,
                                struct runs *runs,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] =
        "SELECT v.origin, v.seq, v.count, v.change FROM envelope v WHERE"
        " EXISTS(SELECT 1 FROM change c WHERE c.id >= v.change"
        " AND c.id < v.change + v.count AND +c.home = :home)";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, home);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        runs->at = hm_arena_grow(arena, runs->at, runs->count, &runs->capacity,
                                 sizeof(*runs->at));
        if (runs->at == NULL) {
            break;
        }
        runs->at[runs->count++] =
            (struct run_of){hm_column_int(stmt, 0), hm_column_int(stmt, 1),
                            hm_column_int(stmt, 2), hm_column_int(stmt, 3)};
    }
    hm_sql_done(stmt);
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

/* What is left of a run whose changes are gone by now: none, or pieces of it. */
static enum hm_status mend_run(struct hm_store *store,
                               const struct run_of *of,
                               struct hm_err *err)
{
    static const char drop[] =
        "DELETE FROM envelope WHERE origin = :origin AND seq = :seq";
    static const char insert[] =
        "INSERT INTO envelope(origin, seq, count, change)"
        " SELECT :origin, :seq + c.id - :change, 1, c.id FROM change c"
        " WHERE c.id >= :change AND c.id < :change + :count";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, drop, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, of->origin);
        hm_bind_int(stmt, 2, of->seq);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, insert, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, of->origin);
        hm_bind_int(stmt, 2, of->seq);
        hm_bind_int(stmt, 3, of->change);
        hm_bind_int(stmt, 4, of->count);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

/* ---- all of a home ---- */

static enum hm_status drop_records(struct hm_store *store,
                                   int64_t home,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char *const steps[] = {
        "DELETE FROM conflict WHERE record IN (SELECT id FROM record WHERE home = :home)",
        "DELETE FROM disputed WHERE record IN (SELECT id FROM record WHERE home = :home)",
        ("DELETE FROM incomplete WHERE record IN"
         " (SELECT id FROM record WHERE home = :home)"),
        /* Where a draft will belong is not known before it is written: all of them. */
        "DELETE FROM draft WHERE :home > 0",
        ("DELETE FROM record WHERE home = :home AND id NOT IN"
         " (SELECT c.record FROM change c WHERE c.home = :home)"),
        ("UPDATE record SET first = (SELECT min(c.id) FROM change c WHERE c.home = :home"
         " AND c.record = record.id) WHERE home = :home"),
        ("UPDATE change SET later = 0 WHERE home = :home"
         " AND id IN (SELECT first FROM record WHERE home = :home)")};
    static const char left[] = "SELECT id FROM record WHERE home = :home";
    struct hm_numbers records = {.count = 0};
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == HM_OK; i++) {
        status = run(store, steps[i], home, err);
    }
    if (status == HM_OK) { /* what took back something that stays may be gone */
        status = hm_withdrawals_refresh(store, home, arena, err);
    }
    if (status == HM_OK) {
        status = numbers_of(store, left, home, &records, arena, err);
    }
    return status != HM_OK || records.count == 0
               ? status
               : hm_refresh_rows(store, records.at, records.count, arena, err);
}

static enum hm_status purge(struct hm_store *store,
                            int64_t home,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    static const char pages[] = "DELETE FROM page WHERE home = :home";
    static const char changes[] =
        "DELETE FROM change WHERE home = :home"
        " AND NOT EXISTS(SELECT 1 FROM entry e WHERE e.change = change.id)";
    struct runs runs = {.count = 0};
    enum hm_status status = find_runs(store, home, &runs, arena, err);
    if (status == HM_OK) {
        status = run(store, pages, home, err);
    }
    if (status == HM_OK) {
        status = thin_out(store, home, arena, err);
    }
    if (status == HM_OK) {
        status = run(store, changes, home, err);
    }
    for (size_t i = 0; i < runs.count && status == HM_OK; i++) {
        status = mend_run(store, &runs.at[i], err);
    }
    return status != HM_OK ? status : drop_records(store, home, arena, err);
}

static enum hm_status drop_bucket(struct hm_store *store,
                                  struct hm_bytes home,
                                  struct hm_err *err)
{
    static const char entries[] = "DELETE FROM entry WHERE bucket = :bucket";
    static const char bucket[] = "DELETE FROM bucket WHERE id = :bucket";
    int64_t number = 0;
    enum hm_status status = hm_bucket_number(store, home, false, &number, err);
    if (status == HM_OK && number != 0) {
        status = run(store, entries, number, err);
        if (status == HM_OK) {
            status = run(store, bucket, number, err);
        }
    }
    return status;
}

enum hm_status hm_store_purge(struct hm_store *store,
                              struct hm_bytes home,
                              struct hm_err *err)
{
    struct hm_arena arena;
    int64_t number = 0;
    enum hm_status status = drop_bucket(store, home, err);
    if (status == HM_OK) {
        status = hm_unit_number(store, home, false, &number, err);
    }
    if (status == HM_OK && number != 0) {
        hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
        status = purge(store, number, &arena, err);
        hm_arena_fini(&arena);
    }
    return status != HM_OK ? status : hm_store_meta_put_int(store, HM_META_SCRUB, 1, err);
}

/* ---- afterwards ---- */

/* The old chain has gaps from here on, like anybody's of whom only a part is here. */
static enum hm_status give_up(struct hm_store *store,
                              const struct hm_origin *old,
                              struct hm_err *err)
{
    static const char *const steps[] = {"DELETE FROM run WHERE origin = :origin",
                                        "DELETE FROM learned WHERE origin = :origin"};
    struct hm_origin origin = *old;
    enum hm_status status = HM_OK;
    origin.seq = 0;
    origin.sent = 0;
    origin.acked = 0;
    hm_chain_begin(&origin.head, &origin.device, origin.epoch,
                   origin.has_parent ? &origin.parent : NULL);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == HM_OK; i++) {
        status = run(store, steps[i], origin.row, err);
    }
    return status != HM_OK ? status : hm_store_origin_put(store, &origin, err);
}

/* All own ones: a disk that was restored or copied wrote in others before. */
static enum hm_status give_up_all(struct hm_store *store,
                                  const struct hm_id *device,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT o.epoch FROM device d JOIN origin o ON o.device = d.id"
        " WHERE d.device = :device AND o.branch = 0 AND o.seq > 0";
    struct hm_numbers epochs = {.count = 0};
    struct hm_arena arena;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = hm_numbers_add(&epochs, hm_column_int(stmt, 0), &arena, err);
    }
    hm_sql_done(stmt);
    for (size_t i = 0; i < epochs.count && status == HM_OK; i++) {
        struct hm_origin old;
        status =
            hm_store_origin_get(store, device, (uint32_t)epochs.at[i], false, &old, err);
        if (status == HM_OK) {
            status = give_up(store, &old, err);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_store_purged(struct hm_store *store, struct hm_err *err)
{
    struct hm_origin old;
    uint32_t epoch = 0;
    enum hm_status status = hm_own_origin(store, &old, err);
    if (status == HM_OK) {
        status = give_up_all(store, &old.device, err);
    }
    while (status == HM_OK && (epoch == 0 || epoch == old.epoch)) {
        uint8_t drawn[sizeof(epoch)] = {0};
        status = hm_env_random(hm_store_env(store), drawn, sizeof(drawn), err);
        memcpy(&epoch, drawn, sizeof(drawn));
    }
    if (status == HM_OK) {
        status = hm_store_meta_put_int(store, HM_META_EPOCH, epoch, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_PARENT, HM_NO_BYTES, err);
    }
    /* The lease stays: it tells the server which epoch this one comes after. */
    return status != HM_OK ? status
                           : hm_store_meta_put(store, HM_META_REQUEST, HM_NO_BYTES, err);
}
