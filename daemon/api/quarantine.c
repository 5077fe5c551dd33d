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

static enum hm_status put_list(const struct hm_view *view,
                               const struct hm_refused *refused,
                               size_t count,
                               const struct hm_api_refused *query,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const bool more = query->limit > 0 && count > (size_t)query->limit;
    const size_t shown = more ? (size_t)query->limit : count;
    struct hm_unit_names names = {.view = view, .arena = arena};
    struct hm_rows rows;
    enum hm_status status = HM_OK;
    hm_rows_init(&rows, view);
    if (query->limit > 0) {
        hm_json_open(&rows.out, '{');
        hm_json_key(&rows.out, "refused");
    }
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < shown && status == HM_OK; i++) {
        status = put_json(&rows, &refused[i], query->closed, &names, err);
    }
    hm_json_close(&rows.out, ']');
    if (query->limit > 0) {
        hm_json_key(&rows.out, "next");
        if (more) {
            hm_json_int(&rows.out, query->skip + query->limit);
        } else {
            hm_json_null(&rows.out);
        }
        hm_json_close(&rows.out, '}');
    }
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}

static enum hm_status put_table(const struct hm_view *view,
                                const struct hm_refused *refused,
                                size_t count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char *const keys[] = {"column.change", "column.kind", "column.unit",
                                       "column.user",   "column.time", "column.reason"};
    struct hm_grid table;
    enum hm_status status = HM_OK;
    hm_grid_init(&table, view, sizeof(keys) / sizeof(keys[0]));
    table.most = HM_GRID_NO_CUT;
    for (size_t i = 0; i < table.columns; i++) {
        hm_grid_put(&table, hm_text(hm_words_ui(view->words, keys[i])));
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = put_text(&table, &refused[i], arena, err);
    }
    if (status == HM_OK) {
        status = hm_grid_end(&table, "quarantine.none", err);
    }
    hm_grid_fini(&table);
    return status;
}

enum hm_status hm_api_quarantine(const struct hm_view *view,
                                 const struct hm_api_refused *query,
                                 struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_refused *refused = NULL;
    struct hm_id one;
    size_t count = 0;
    const bool none =
        query->change != NULL && !hm_id_get_hex(&one, hm_text(query->change));
    /* One more than is shown tells whether there are more. */
    const struct hm_refused_query some = {
        .unit = query->scope,
        .change = query->change == NULL ? NULL : &one,
        .due_first = query->limit > 0,
        .skip = (size_t)query->skip,
        .limit = query->limit > 0 ? (size_t)query->limit + 1 : 0};
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        none ? HM_OK
             : hm_store_refused(view->store, &some, &refused, &count, &arena, err);
    if (status == HM_OK && query->change != NULL && count == 0) {
        status = hm_fail(err, HM_NOT_FOUND, "change-not-held", query->change, NULL, NULL);
    }
    if (status == HM_OK) {
        status = view->json ? put_list(view, refused, count, query, &arena, err)
                            : put_table(view, refused, count, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}
