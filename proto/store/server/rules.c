/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/rules.h"

#include "../sql.h"

enum hm_status hm_store_rule_add(struct hm_store *store,
                                 const struct hm_standing *rule,
                                 struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO rule(rule, user, policy, kind, register, unit, reason, begun)"
        " VALUES(:rule, :user, :policy, :kind, :register, :unit, :reason, :begun)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, &rule->rule);
        hm_bind_id(stmt, 2, &rule->user);
        hm_bind_text(stmt, 3, rule->policy);
        hm_bind_text(stmt, 4, rule->kind);
        hm_bind_text(stmt, 5, rule->reg);
        hm_bind_text(stmt, 6, rule->unit);
        hm_bind_text(stmt, 7, rule->reason);
        hm_bind_int(stmt, 8, rule->begun.ms);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

static enum hm_status find_standing(struct hm_store *store,
                                    const struct hm_id *rule,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT 1 FROM rule WHERE rule = :rule AND ended IS NULL";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, rule);
        status = hm_sql_find(store, stmt, rule, "rule-missing", err);
    }
    if (status == HM_OK) {
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_rule_end(struct hm_store *store,
                                 const struct hm_id *rule,
                                 const struct hm_id *ender,
                                 struct hm_wall now,
                                 struct hm_err *err)
{
    static const char update[] =
        "UPDATE rule SET ended = :now, ender = :ender WHERE rule = :rule";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = find_standing(store, rule, err);
    if (status == HM_OK) {
        status = hm_sql(store, update, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, now.ms);
        hm_bind_blob(stmt, 2, ender == NULL ? HM_NO_BYTES : hm_id_bytes(ender));
        hm_bind_id(stmt, 3, rule);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

static void read_rule(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_standing *rule = item;
    *rule = (struct hm_standing){.begun = {hm_column_int(stmt, 7)},
                                 .ended = !hm_column_null(stmt, 8),
                                 .ended_at = {hm_column_int(stmt, 8)},
                                 .settled = hm_column_int(stmt, 10)};
    (void)hm_column_id(stmt, 0, &rule->rule);
    (void)hm_column_id(stmt, 1, &rule->user);
    rule->policy = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    rule->kind = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
    rule->reg = hm_arena_copy(arena, hm_column_bytes(stmt, 4));
    rule->unit = hm_arena_copy(arena, hm_column_bytes(stmt, 5));
    rule->reason = hm_arena_copy(arena, hm_column_bytes(stmt, 6));
    if (!hm_column_null(stmt, 9)) {
        (void)hm_column_id(stmt, 9, &rule->ender);
    }
}

enum hm_status hm_store_rules(struct hm_store *store,
                              bool standing,
                              struct hm_standing **rules,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char select[] =
        "SELECT r.rule, r.user, r.policy, r.kind, r.register, r.unit, r.reason, r.begun,"
        " r.ended, r.ender, (SELECT coalesce(sum(a.settled), 0) FROM rule_act a"
        " WHERE a.rule = r.rule) FROM rule r"
        " WHERE :standing = 0 OR r.ended IS NULL ORDER BY r.begun DESC, r.rule";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, standing);
        status = hm_sql_list(store, stmt, sizeof(**rules), read_rule, &list, count, arena,
                             err);
    }
    *rules = list;
    return status;
}

enum hm_status hm_store_rule_acted(struct hm_store *store,
                                   const struct hm_id *rule,
                                   const struct hm_rule_act *act,
                                   struct hm_err *err)
{
    static const char insert[] = "INSERT INTO rule_act(rule, time, bulk, settled)"
                                 " VALUES(:rule, :time, :bulk, :settled)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, rule);
        hm_bind_int(stmt, 2, act->time.ms);
        hm_bind_id(stmt, 3, &act->bulk);
        hm_bind_int(stmt, 4, act->settled);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

static void read_act(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_rule_act *act = item;
    (void)arena;
    *act = (struct hm_rule_act){.time = {hm_column_int(stmt, 1)},
                                .settled = hm_column_int(stmt, 2)};
    (void)hm_column_id(stmt, 0, &act->bulk);
}

enum hm_status hm_store_rule_acts(struct hm_store *store,
                                  const struct hm_id *rule,
                                  size_t most,
                                  struct hm_rule_act **acts,
                                  size_t *count,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] = "SELECT bulk, time, settled FROM rule_act"
                                 " WHERE rule = :rule ORDER BY time DESC LIMIT :most";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, rule);
        hm_bind_int(stmt, 2, (int64_t)most);
        status =
            hm_sql_list(store, stmt, sizeof(**acts), read_act, &list, count, arena, err);
    }
    *acts = list;
    return status;
}

enum hm_status hm_store_corrected_put(struct hm_store *store,
                                      int64_t change,
                                      struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO corrected(change) VALUES(:change) ON CONFLICT DO NOTHING";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, change);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}
