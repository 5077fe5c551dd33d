/* SPDX-License-Identifier: Apache-2.0 */
#include "grid.h"
#include "hamlet/api/conflicts.h"
#include "hamlet/model/value.h"
#include "hamlet/record/reason.h"
#include "hamlet/store/registry.h"

/* What was refused; a reader who may not see it holds no values. */
static void put_values(struct hm_json_write *out, const struct hm_change *change)
{
    hm_json_key(out, "values");
    hm_json_open(out, '{');
    for (size_t i = 0; i < change->key_field_count; i++) {
        hm_json_key_bytes(out, change->key_fields[i].name);
        hm_api_value(out, change->key_fields[i].value);
    }
    for (size_t i = 0; i < change->write_count; i++) {
        if (change->writes[i].value.size > 0) {
            hm_json_key_bytes(out, change->writes[i].reg);
            hm_api_value(out, change->writes[i].value);
        }
    }
    hm_json_close(out, '}');
}

static enum hm_status put_json(struct hm_rows *rows,
                               const struct hm_refused *refused,
                               bool closed,
                               struct hm_unit_names *names,
                               struct hm_err *err)
{
    const struct hm_change *change = &refused->held.change;
    struct hm_json_write *out = &rows->out;
    struct hm_bytes user = HM_NO_BYTES;
    struct hm_bytes unit = change->home;
    enum hm_reason reason = HM_REASON_NONE;
    enum hm_status status =
        hm_view_user(rows->view, &change->user, &user, names->arena, err);
    if (status == HM_OK) {
        status = hm_unit_names_find(names, change->home, &unit, err);
    }
    hm_json_open(out, '{');
    hm_json_put_hex(out, "change", hm_id_bytes(&change->id));
    hm_json_put_hex(out, "record", hm_id_bytes(&refused->record));
    hm_json_put_text(out, "kind", change->kind);
    hm_json_put_text(out, "unit", change->home);
    hm_json_put_text(out, "unit_name", unit);
    hm_json_put_hex(out, "device", hm_id_bytes(&change->device));
    hm_json_put_text(out, "reason", refused->reason);
    hm_json_put_wall(out, "time", change->time);
    hm_json_put_text(out, "act", hm_text(hm_act_name(change->act)));
    hm_json_put_text(out, "user", user);
    hm_json_put_text(out, "role", change->role);
    if (hm_reason_find(&reason, refused->reason)) {
        hm_json_put_text(out, "why",
                         hm_text(hm_words_ui(rows->view->words, hm_reason_word(reason))));
    }
    hm_json_put_bool(out, "withdrawn", refused->held.withdrawn);
    if (refused->corrected) {
        hm_json_put_bool(out, "corrected", true);
    }
    if (!closed) {
        put_values(out, change);
    }
    hm_json_close(out, '}');
    return status != HM_OK ? status : hm_rows_flush(rows, err);
}

static enum hm_status put_text(struct hm_grid *table,
                               const struct hm_refused *refused,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct hm_view *view = table->view;
    const struct hm_change *change = &refused->held.change;
    const struct hm_kind *kind = hm_kinds_find(hm_store_kinds(view->store), change->kind);
    enum hm_reason reason = HM_REASON_NONE;
    struct hm_bytes user = HM_NO_BYTES;
    char id[HM_HEX16_SIZE];
    char time[HM_VIEW_TIME_SIZE];
    enum hm_status status = hm_view_user(view, &change->user, &user, arena, err);
    hm_hex_put(id, hm_id_bytes(&change->id));
    hm_grid_put(table, hm_text(id));
    hm_grid_put(table, kind == NULL ? change->kind
                                    : hm_text(hm_label_text(&kind->label, view->lang)));
    hm_grid_put(table, change->home);
    hm_grid_put(table, user);
    hm_view_time(time, change->time);
    hm_grid_put(table, hm_text(time));
    if (hm_reason_find(&reason, refused->reason)) {
        hm_grid_put(table, hm_text(hm_words_ui(view->words, hm_reason_word(reason))));
    } else {
        hm_grid_put(table, refused->reason);
    }
    return status;
}

static enum hm_status put_all(const struct hm_view *view,
                              const struct hm_refused *refused,
                              size_t count,
                              bool closed,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char *const keys[] = {"column.change", "column.kind", "column.unit",
                                       "column.user",   "column.time", "column.reason"};
    struct hm_unit_names names = {.view = view, .arena = arena};
    struct hm_rows rows;
    struct hm_grid table;
    enum hm_status status = HM_OK;
    hm_rows_init(&rows, view);
    hm_grid_init(&table, view, sizeof(keys) / sizeof(keys[0]));
    table.most = HM_GRID_NO_CUT;
    for (size_t i = 0; i < table.columns; i++) {
        hm_grid_put(&table, hm_text(hm_words_ui(view->words, keys[i])));
    }
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = view->json ? put_json(&rows, &refused[i], closed, &names, err)
                            : put_text(&table, &refused[i], arena, err);
    }
    if (status == HM_OK && view->json) {
        hm_json_close(&rows.out, ']');
        status = hm_rows_end(&rows, err);
    } else if (status == HM_OK) {
        status = hm_grid_end(&table, "quarantine.none", err);
    }
    hm_grid_fini(&table);
    hm_rows_fini(&rows);
    return status;
}

/* Those that are asked for, moved to the front. */
static enum hm_status choose(const struct hm_view *view,
                             const struct hm_api_refused *query,
                             struct hm_refused *refused,
                             size_t *count,
                             struct hm_err *err)
{
    struct hm_id one;
    bool is_id = query->change != NULL && hm_id_get_hex(&one, hm_text(query->change));
    enum hm_status status = HM_OK;
    size_t kept = 0;
    for (size_t i = 0; i < *count && status == HM_OK; i++) {
        const struct hm_change *change = &refused[i].held.change;
        bool fits = query->change == NULL || (is_id && hm_id_equal(&change->id, &one));
        if (fits && query->scope.size > 0) {
            status =
                hm_store_unit_within(view->store, change->home, query->scope, &fits, err);
        }
        if (status == HM_OK && fits) {
            refused[kept++] = refused[i];
        }
    }
    *count = kept;
    if (status == HM_OK && query->change != NULL && kept == 0) {
        return hm_fail(err, HM_NOT_FOUND, "change-not-held", query->change, NULL, NULL);
    }
    return status;
}

enum hm_status hm_api_quarantine(const struct hm_view *view,
                                 const struct hm_api_refused *query,
                                 struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_refused *refused = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_quarantine(view->store, &refused, &count, &arena, err);
    if (status == HM_OK) {
        status = choose(view, query, refused, &count, err);
    }
    if (status == HM_OK) {
        status = put_all(view, refused, count, query->closed, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}
