/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/rules.h"

#include <stdio.h>

#include "grid.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/rules.h"
#include "inside.h"

enum { ACTS_MOST = 20, NUMBER_SIZE = 24 };

struct telling {
    const struct hm_view *view;
    struct hm_rows rows;
    struct hm_grid table;
    struct hm_arena arena;
};

static enum hm_status put_acts(struct telling *t,
                               const struct hm_id *rule,
                               struct hm_err *err)
{
    struct hm_json_write *out = &t->rows.out;
    struct hm_rule_act *acts = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_rule_acts(t->view->store, rule, ACTS_MOST, &acts,
                                               &count, &t->arena, err);
    hm_json_key(out, "acts");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        hm_json_open(out, '{');
        hm_json_put_hex(out, "bulk", hm_id_bytes(&acts[i].bulk));
        hm_json_put_wall(out, "time", acts[i].time);
        hm_json_put_int(out, "settled", acts[i].settled);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    return status;
}

static enum hm_status put_user(struct telling *t,
                               const char *name,
                               const struct hm_id *user,
                               struct hm_err *err)
{
    struct hm_bytes text = HM_NO_BYTES;
    enum hm_status status = hm_view_user(t->view, user, &text, &t->arena, err);
    hm_json_put_text(&t->rows.out, name, text);
    return status;
}

static enum hm_status put_end(struct telling *t,
                              const struct hm_standing *rule,
                              struct hm_err *err)
{
    struct hm_json_write *out = &t->rows.out;
    hm_json_key(out, "ended");
    if (!rule->ended) {
        hm_json_null(out);
    } else {
        hm_json_wall(out, rule->ended_at);
    }
    if (rule->ended && !hm_id_is_none(&rule->ender)) {
        return put_user(t, "ended_by", &rule->ender, err);
    }
    hm_json_key(out, "ended_by");
    hm_json_null(out);
    return HM_OK;
}

static enum hm_status put_json(struct telling *t,
                               const struct hm_standing *rule,
                               struct hm_err *err)
{
    struct hm_json_write *out = &t->rows.out;
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status = hm_view_unit_name(t->view, rule->unit, &name, &t->arena, err);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "rule", hm_id_bytes(&rule->rule));
    hm_json_put_text(out, "policy", rule->policy);
    hm_json_put_text(out, "kind", rule->kind);
    hm_json_put_text(out, "register", rule->reg);
    hm_json_put_text(out, "unit", rule->unit);
    hm_json_put_text(out, "unit_name", name);
    hm_json_put_text(out, "reason", rule->reason);
    hm_json_put_wall(out, "begun", rule->begun);
    hm_json_put_int(out, "settled", rule->settled);
    if (status == HM_OK) {
        status = put_user(t, "by", &rule->user, err);
    }
    if (status == HM_OK) {
        status = put_end(t, rule, err);
    }
    if (status == HM_OK) {
        status = put_acts(t, &rule->rule, err);
    }
    hm_json_close(out, '}');
    return status == HM_OK ? hm_rows_flush(&t->rows, err) : status;
}

static enum hm_status put_text(struct telling *t,
                               const struct hm_standing *rule,
                               struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    char begun[HM_VIEW_TIME_SIZE];
    char ended[HM_VIEW_TIME_SIZE] = "";
    char settled[NUMBER_SIZE];
    struct hm_bytes user = HM_NO_BYTES;
    enum hm_status status = hm_view_user(t->view, &rule->user, &user, &t->arena, err);
    hm_hex_put(id, hm_id_bytes(&rule->rule));
    hm_view_time(begun, rule->begun);
    if (rule->ended) {
        hm_view_time(ended, rule->ended_at);
    }
    (void)snprintf(settled, sizeof(settled), "%lld", (long long)rule->settled);
    hm_grid_put(&t->table, hm_text(id));
    hm_grid_put(&t->table, rule->policy);
    hm_grid_put(&t->table, rule->kind);
    hm_grid_put(&t->table, rule->reg);
    hm_grid_put(&t->table, rule->unit);
    hm_grid_put(&t->table, user);
    hm_grid_put(&t->table, hm_text(begun));
    hm_grid_put(&t->table, hm_text(ended));
    hm_grid_put(&t->table, hm_text(settled));
    return status;
}

static enum hm_status put_all(struct telling *t, struct hm_bytes unit, struct hm_err *err)
{
    struct hm_standing *rules = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_rules(t->view->store, false, &rules, &count, &t->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        bool within = true;
        if (unit.size > 0) {
            status =
                hm_store_unit_within(t->view->store, rules[i].unit, unit, &within, err);
        }
        if (status == HM_OK && within) {
            status =
                t->view->json ? put_json(t, &rules[i], err) : put_text(t, &rules[i], err);
        }
    }
    return status;
}

enum hm_status hm_api_rules(const struct hm_view *view,
                            struct hm_bytes unit,
                            struct hm_err *err)
{
    static const char *const keys[] = {"column.rule",  "column.policy", "column.kind",
                                       "column.field", "column.unit",   "column.user",
                                       "column.begun", "column.ended",  "column.settled"};
    struct telling t = {.view = view};
    hm_arena_init(&t.arena, HM_COMMAND_ARENA_MAX);
    hm_rows_init(&t.rows, view);
    hm_grid_init(&t.table, view, sizeof(keys) / sizeof(keys[0]));
    for (size_t i = 0; !view->json && i < t.table.columns; i++) {
        hm_grid_put(&t.table, hm_text(hm_words_ui(view->words, keys[i])));
    }
    hm_json_open(&t.rows.out, '[');
    enum hm_status status = put_all(&t, unit, err);
    hm_json_close(&t.rows.out, ']');
    if (status == HM_OK && view->json) {
        status = hm_rows_end(&t.rows, err);
    } else if (status == HM_OK) {
        status = hm_grid_end(&t.table, "rules.none", err);
    }
    hm_grid_fini(&t.table);
    hm_rows_fini(&t.rows);
    hm_arena_fini(&t.arena);
    return status;
}
