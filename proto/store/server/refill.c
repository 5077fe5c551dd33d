/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/refill.h"

#include "../names.h"
#include "../sql.h"
#include "hamlet/store/server.h"

enum { INCARNATION_BYTES = 6, EPOCH_BYTES = 4 };

static uint64_t number_of(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

enum hm_status hm_store_incarnation_begin(struct hm_store *store,
                                          const struct hm_env *env,
                                          uint64_t *incarnation,
                                          struct hm_err *err)
{
    uint8_t drawn[INCARNATION_BYTES + EPOCH_BYTES];
    uint64_t epoch = 0;
    enum hm_status status = HM_OK;
    *incarnation = 0;
    while (status == HM_OK && (*incarnation == 0 || epoch == 0)) {
        status = hm_env_random(env, drawn, sizeof(drawn), err);
        *incarnation = number_of(drawn, INCARNATION_BYTES);
        epoch = number_of(drawn + INCARNATION_BYTES, EPOCH_BYTES);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_put_int(store, HM_META_INCARNATION, (int64_t)*incarnation, err);
    }
    return status == HM_OK
               ? hm_store_meta_put_int(store, HM_META_EPOCH, (int64_t)epoch, err)
               : status;
}

enum hm_status hm_store_come_back(struct hm_store *store,
                                  const struct hm_env *env,
                                  uint64_t *incarnation,
                                  struct hm_err *err)
{
    enum hm_status status = hm_store_incarnation_begin(store, env, incarnation, err);
    if (status == HM_OK) {
        status = hm_store_visits_forget(store, err);
    }
    return status == HM_OK ? hm_store_refill_open(store, hm_env_wall(env), err) : status;
}

enum hm_status hm_store_refilling(struct hm_store *store, bool *open, struct hm_err *err)
{
    int64_t since = 0;
    enum hm_status status = hm_store_meta_get_int(store, HM_META_REFILL, 0, &since, err);
    *open = status == HM_OK && since != 0;
    return status;
}

/* A clock that stands at 0 opens one all the same. */
static enum hm_status put_since(struct hm_store *store,
                                struct hm_wall now,
                                struct hm_err *err)
{
    return hm_store_meta_put_int(store, HM_META_REFILL, now.ms == 0 ? 1 : now.ms, err);
}

enum hm_status hm_store_refill_open(struct hm_store *store,
                                    struct hm_wall now,
                                    struct hm_err *err)
{
    static const char *const steps[] = {
        "DELETE FROM regained", "DELETE FROM refused_early",
        "DELETE FROM sight WHERE registry <= 0",
        "INSERT INTO sight(device, registry, epoch, seq) VALUES(zeroblob(16), 0, 0, 0)"};
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == HM_OK; i++) {
        sqlite3_stmt *stmt = NULL;
        status = hm_sql(store, steps[i], &stmt, err);
        if (status == HM_OK) {
            status = hm_sql_run(store, stmt, err);
        }
    }
    return status != HM_OK ? status : put_since(store, now, err);
}

enum hm_status hm_store_refill_reopen(struct hm_store *store,
                                      struct hm_wall now,
                                      struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool was = false;
    enum hm_status status =
        hm_sql(store, "SELECT 1 FROM sight WHERE device = zeroblob(16) AND registry = 0",
               &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &was, err);
        hm_sql_done(stmt);
    }
    if (status == HM_OK && !was) {
        status = hm_fail(err, HM_NOT_FOUND, "refill-none", NULL, NULL, NULL);
    }
    return status != HM_OK ? status : put_since(store, now, err);
}

enum hm_status hm_store_refill_close(struct hm_store *store, struct hm_err *err)
{
    return hm_store_meta_put(store, HM_META_REFILL, HM_NO_BYTES, err);
}

enum hm_status hm_store_refused_early_add(struct hm_store *store,
                                          int64_t change,
                                          struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(
        store, "INSERT OR IGNORE INTO refused_early(change) VALUES(:change)", &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, change);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_refused_early(struct hm_store *store,
                                      int64_t change,
                                      bool *early,
                                      struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status =
        hm_sql(store, "SELECT 1 FROM refused_early WHERE change = :change", &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, change);
        status = hm_sql_step(store, stmt, early, err);
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_regained_add(struct hm_store *store,
                                     struct hm_bytes home,
                                     uint64_t verified,
                                     uint64_t judged,
                                     struct hm_err *err)
{
    static const char add[] =
        "INSERT INTO regained(home, verified, judged) VALUES(:home, :verified, :judged)"
        " ON CONFLICT(home) DO UPDATE SET verified = verified + excluded.verified,"
        " judged = judged + excluded.judged";
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    enum hm_status status = hm_unit_number(store, home, true, &number, err);
    if (status == HM_OK) {
        status = hm_sql(store, add, &stmt, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, number);
    hm_bind_int(stmt, 2, (int64_t)verified);
    hm_bind_int(stmt, 3, (int64_t)judged);
    return hm_sql_run(store, stmt, err);
}

/* Mailboxes repeat what buckets of units hold, so they are not counted. */
#define LOST                                                                             \
    " FROM bucket b CROSS JOIN offer o ON o.bucket = b.id WHERE b.name NOT LIKE '@%'"

static void read_regained(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_regained *regained = item;
    regained->home = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
    regained->verified = (uint64_t)hm_column_int(stmt, 1);
    regained->judged = (uint64_t)hm_column_int(stmt, 2);
    regained->missing = (uint64_t)hm_column_int(stmt, 3);
}

enum hm_status hm_store_regained(struct hm_store *store,
                                 struct hm_regained **rows,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    static const char select[] =
        "WITH lost(code, n) AS (SELECT b.name, count(DISTINCT o.change)" LOST
        " GROUP BY b.name)"
        " SELECT u.code, g.verified, g.judged, coalesce((SELECT n FROM lost"
        " WHERE lost.code = u.code), 0) FROM regained g CROSS JOIN unit u"
        " ON u.id = g.home UNION ALL SELECT lost.code, 0, 0, lost.n FROM lost"
        " WHERE NOT EXISTS (SELECT 1 FROM unit u CROSS JOIN regained g ON g.home = u.id"
        " WHERE u.code = lost.code) ORDER BY 1";
    sqlite3_stmt *stmt = NULL;
    void *list = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_list(store, stmt, sizeof(**rows), read_regained, &list, count,
                             arena, err);
    }
    if (status == HM_OK) {
        *rows = list;
    }
    return status;
}
