/* SPDX-License-Identifier: Apache-2.0 */
/* What became of a record, one row a write. */
#include "grid.h"
#include "hamlet/api/records.h"
#include "hamlet/model/value.h"

struct history {
    const struct hm_view *view;
    struct hm_loaded loaded;
    struct hm_arena *arena;
};

struct write_row {
    const struct hm_held *held;
    const struct hm_write *write;
    struct hm_bytes user;
    struct hm_bytes why; /* the reason that the change gives; no bytes: none */
};

static bool replaces(const struct hm_write *write, const struct hm_change *earlier)
{
    return hm_change_write(earlier, write->reg) != NULL &&
           hm_prefixes_have(write->replaces, write->replaces_count,
                            hm_prefix_of(&earlier->id));
}

/* The changes whose write of the register this one replaces, as far as they are here. */
static void put_replaces(struct hm_json_write *out,
                         const struct history *h,
                         const struct hm_write *write)
{
    hm_json_key(out, "replaces");
    hm_json_open(out, '[');
    for (size_t i = 0; i < h->loaded.count; i++) {
        const struct hm_change *other = &h->loaded.held[i].change;
        if (replaces(write, other)) {
            hm_json_hex(out, hm_id_bytes(&other->id));
        }
    }
    hm_json_close(out, ']');
}

static void put_replaced_by(struct hm_json_write *out,
                            const struct history *h,
                            const struct write_row *row)
{
    hm_json_key(out, "replaced_by");
    hm_json_open(out, '[');
    for (size_t i = 0; i < h->loaded.count; i++) {
        const struct hm_change *other = &h->loaded.held[i].change;
        const struct hm_write *write = hm_change_write(other, row->write->reg);
        if (write != NULL && replaces(write, &row->held->change)) {
            hm_json_hex(out, hm_id_bytes(&other->id));
        }
    }
    hm_json_close(out, ']');
}

/* Of what stands here only erased values are missing. */
static bool is_erased(const struct write_row *row)
{
    return row->write->value.size == 0 && row->held->verdict != HM_VERDICT_QUARANTINED;
}

static enum hm_status put_json(struct hm_rows *rows,
                               const struct history *h,
                               const struct write_row *row,
                               struct hm_err *err)
{
    struct hm_json_write *out = &rows->out;
    const struct hm_change *change = &row->held->change;
    hm_json_open(out, '{');
    hm_json_put_hex(out, "change", hm_id_bytes(&change->id));
    hm_json_put_text(out, "act", hm_text(hm_act_name(change->act)));
    hm_json_put_text(out, "register", row->write->reg);
    hm_api_put_value(out, "value", row->write->value);
    hm_json_put_text(out, "user", row->user);
    hm_json_put_text(out, "role", change->role);
    hm_json_put_hex(out, "device", hm_id_bytes(&change->device));
    hm_json_put_wall(out, "time", change->time);
    put_replaces(out, h, row->write);
    put_replaced_by(out, h, row);
    hm_json_put_bool(out, "resolution", hm_act_decides(change->act));
    hm_api_put_value(out, "reason", row->why);
    hm_json_put_bool(out, "withheld", row->write->value.size == 0);
    hm_json_put_bool(out, "erased", is_erased(row));
    hm_json_put_bool(out, "quarantined", row->held->verdict == HM_VERDICT_QUARANTINED);
    hm_json_put_bool(out, "withdrawn", row->held->withdrawn);
    hm_json_close(out, '}');
    return hm_rows_flush(rows, err);
}

static enum hm_status put_text(struct hm_grid *table,
                               const struct history *h,
                               const struct write_row *row,
                               struct hm_err *err)
{
    char time[HM_VIEW_TIME_SIZE];
    struct hm_buf shown;
    enum hm_role role = HM_ROLE_COUNT;
    const struct hm_kind *kind = h->loaded.kind;
    bool known = hm_role_find(&role, row->held->change.role);
    const char *word = known ? hm_words_ui(h->view->words, hm_role_word(role)) : "";
    hm_view_time(time, row->held->change.time);
    hm_grid_put(table, hm_text(time));
    hm_grid_put(table, row->user);
    hm_grid_put(table, hm_text(word));
    hm_buf_init(&shown, HM_VALUE_BYTES_MAX * 4);
    hm_api_show_name(&shown, h->view, kind, row->write->reg);
    hm_grid_put(table, hm_buf_bytes(&shown));
    enum hm_status status = hm_buf_status(&shown, err);
    hm_buf_clear(&shown);
    if (is_erased(row)) {
        hm_buf_put_text(&shown, hm_words_ui(h->view->words, "value.erased"));
    } else {
        hm_api_show_register(&shown, h->view, kind, row->write->reg, row->write->value);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&shown, err);
    }
    hm_grid_put(table, hm_buf_bytes(&shown));
    hm_grid_put(table, hm_value_text_or(row->why, HM_NO_BYTES));
    hm_buf_fini(&shown);
    return status;
}

static void put_heading(struct hm_grid *table)
{
    static const char *const keys[] = {"column.time",  "column.user",  "column.role",
                                       "column.field", "column.value", "column.reason"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        hm_grid_put(table, hm_text(hm_words_ui(table->view->words, keys[i])));
    }
}

/* Every write of a change but the reason, which stands beside each of them. */
static enum hm_status put_change(const struct history *h,
                                 const struct hm_held *held,
                                 struct hm_rows *rows,
                                 struct hm_grid *table,
                                 struct hm_err *err)
{
    const struct hm_change *change = &held->change;
    const struct hm_write *why = hm_change_write(change, hm_text(HM_REGISTER_WHY));
    struct write_row row = {.held = held, .why = why == NULL ? HM_NO_BYTES : why->value};
    enum hm_status status =
        hm_view_user(h->view, &change->user, &row.user, h->arena, err);
    for (size_t i = 0; i < change->write_count && status == HM_OK; i++) {
        row.write = &change->writes[i];
        if (row.write != why) {
            status = h->view->json ? put_json(rows, h, &row, err)
                                   : put_text(table, h, &row, err);
        }
    }
    return status;
}

static enum hm_status put_all(const struct history *h, struct hm_err *err)
{
    struct hm_rows rows;
    struct hm_grid table;
    enum hm_status status = HM_OK;
    hm_rows_init(&rows, h->view);
    hm_grid_init(&table, h->view, 6);
    put_heading(&table);
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < h->loaded.count && status == HM_OK; i++) {
        status = put_change(h, &h->loaded.held[i], &rows, &table, err);
    }
    if (status == HM_OK && h->view->json) {
        hm_json_close(&rows.out, ']');
        status = hm_rows_end(&rows, err);
    } else if (status == HM_OK) {
        status = hm_grid_end(&table, "list.none", err);
    }
    hm_grid_fini(&table);
    hm_rows_fini(&rows);
    return status;
}

enum hm_status hm_api_history(const struct hm_view *view,
                              const char *record,
                              struct hm_err *err)
{
    struct hm_id id;
    struct hm_arena arena;
    struct history h = {.view = view, .arena = &arena};
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_api_record_id(&id, record, err);
    if (status == HM_OK) {
        status = hm_store_record_load(view->store, &id, &h.loaded, &arena, err);
    }
    if (status == HM_OK) {
        status = put_all(&h, err);
    }
    hm_arena_fini(&arena);
    return status;
}
