/* SPDX-License-Identifier: Apache-2.0 */
#include "conflict.h"
#include "grid.h"
#include "hamlet/model/value.h"

static enum hm_status put_side(struct hm_json_write *out,
                               const struct hm_view *view,
                               const struct hm_side *side,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct hm_change *change = &side->held->change;
    struct hm_bytes user = HM_NO_BYTES;
    enum hm_status status = hm_view_user(view, &change->user, &user, arena, err);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "change", hm_id_bytes(&change->id));
    hm_api_put_value(out, "value", side->value);
    hm_json_put_text(out, "user", user);
    hm_json_put_text(out, "role", change->role);
    hm_json_put_hex(out, "device", hm_id_bytes(&change->device));
    hm_json_put_wall(out, "time", change->time);
    if (side->value.size == 0) {
        hm_json_put_bool(out, "withheld", true);
    }
    hm_json_close(out, '}');
    return status;
}

static struct hm_bytes written(const struct hm_change *change, struct hm_bytes reg)
{
    const struct hm_write *write = hm_change_write(change, reg);
    return write == NULL ? HM_NO_BYTES : write->value;
}

static enum hm_status put_resolution(struct hm_json_write *out,
                                     const struct hm_view *view,
                                     const struct hm_case_view *seen,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    const struct hm_change *change = &seen->settled->change;
    struct hm_bytes user = HM_NO_BYTES;
    enum hm_status status = hm_view_user(view, &change->user, &user, arena, err);
    hm_json_key(out, "resolution");
    hm_json_open(out, '{');
    hm_json_put_hex(out, "change", hm_id_bytes(&change->id));
    hm_api_put_value(out, "value", written(change, seen->conflict->reg));
    hm_json_put_text(out, "user", user);
    hm_api_put_value(out, "reason", written(change, hm_text(HM_REGISTER_WHY)));
    hm_json_put_wall(out, "time", change->time);
    hm_json_close(out, '}');
    return status;
}

static enum hm_status put_case(struct hm_json_write *out,
                               const struct hm_view *view,
                               const struct hm_case_view *seen,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct hm_conflict *conflict = seen->conflict;
    enum hm_status status = HM_OK;
    hm_json_open(out, '{');
    hm_json_put_hex(out, "id", hm_id_bytes(&conflict->id));
    hm_json_put_text(out, "kind", seen->loaded.kind_name);
    hm_json_put_hex(out, "record", hm_id_bytes(&conflict->record));
    hm_json_put_text(out, "register", conflict->reg);
    hm_json_put_text(out, "type", conflict->type);
    hm_json_put_text(out, "unit", seen->loaded.home);
    hm_json_key(out, "values");
    hm_json_open(out, '[');
    for (size_t i = 0; i < seen->side_count && status == HM_OK; i++) {
        status = put_side(out, view, &seen->sides[i], arena, err);
    }
    hm_json_close(out, ']');
    hm_api_put_value(out, "base", seen->base);
    hm_json_key(out, "provisional");
    if (seen->shown == NULL) {
        hm_json_null(out);
    } else {
        hm_json_hex(out, hm_id_bytes(&seen->shown->change.id));
    }
    hm_json_put_text(out, "state", hm_text(conflict->open ? "open" : "resolved"));
    hm_json_put_wall(out, "opened", conflict->opened);
    if (status == HM_OK && seen->settled != NULL) {
        status = put_resolution(out, view, seen, arena, err);
    }
    hm_json_close(out, '}');
    return status;
}

static enum hm_status put_conflict(struct hm_json_write *out,
                                   const struct hm_view *view,
                                   const struct hm_conflict *conflict,
                                   struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_case_view seen;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_case_view_load(&seen, view->store, conflict, &arena, err);
    if (status == HM_OK) {
        status = put_case(out, view, &seen, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status put_cell(struct hm_grid *table,
                               const struct hm_case_view *seen,
                               struct hm_bytes value,
                               struct hm_err *err)
{
    struct hm_buf shown;
    hm_buf_init(&shown, HM_VALUE_BYTES_MAX * 4);
    hm_api_show_register(&shown, table->view, seen->loaded.kind, seen->conflict->reg,
                         value);
    hm_grid_put(table, hm_buf_bytes(&shown));
    enum hm_status status = hm_buf_status(&shown, err);
    hm_buf_fini(&shown);
    return status;
}

/* The values of one conflict, a line each; the one that is shown meanwhile is marked. */
static enum hm_status say_sides(const struct hm_view *view,
                                const struct hm_case_view *seen,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_grid table;
    enum hm_status status = HM_OK;
    static const char *const keys[] = {"column.change", "column.value", "column.user",
                                       "column.time", "column.shown"};
    hm_grid_init(&table, view, sizeof(keys) / sizeof(keys[0]));
    table.most = HM_GRID_NO_CUT; /* what differs may stand at the end */
    for (size_t i = 0; i < table.columns; i++) {
        hm_grid_put(&table, hm_text(hm_words_ui(view->words, keys[i])));
    }
    for (size_t i = 0; i < seen->side_count && status == HM_OK; i++) {
        const struct hm_side *side = &seen->sides[i];
        char id[HM_HEX16_SIZE];
        char time[HM_VIEW_TIME_SIZE];
        struct hm_bytes user = HM_NO_BYTES;
        hm_hex_put(id, hm_id_bytes(&side->held->change.id));
        hm_view_time(time, side->held->change.time);
        status = hm_view_user(view, &side->held->change.user, &user, arena, err);
        hm_grid_put(&table, hm_text(id));
        if (status == HM_OK) {
            status = put_cell(&table, seen, side->value, err);
        }
        hm_grid_put(&table, user);
        hm_grid_put(&table, hm_text(time));
        bool shown = seen->conflict->open && side->held == seen->shown;
        hm_grid_put(&table, hm_text(shown ? "*" : ""));
    }
    if (status == HM_OK) {
        status = hm_grid_end(&table, "list.none", err);
    }
    hm_grid_fini(&table);
    return status;
}

/* What was decided, by whom, when and why. */
static enum hm_status say_resolution(const struct hm_view *view,
                                     const struct hm_case_view *seen,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    const struct hm_change *change = &seen->settled->change;
    struct hm_bytes user = HM_NO_BYTES;
    struct hm_buf value;
    struct hm_buf who;
    char time[HM_VIEW_TIME_SIZE];
    hm_buf_init(&value, HM_VALUE_BYTES_MAX * 4);
    hm_buf_init(&who, HM_VALUE_BYTES_MAX);
    hm_view_time(time, change->time);
    hm_api_show_register(&value, view, seen->loaded.kind, seen->conflict->reg,
                         written(change, seen->conflict->reg));
    enum hm_status status = hm_view_user(view, &change->user, &user, arena, err);
    hm_buf_put_bytes(&who, user);
    hm_buf_put_text(&who, ", ");
    hm_buf_put_text(&who, time);
    struct hm_bytes why = written(change, hm_text(HM_REGISTER_WHY));
    const char *reason =
        hm_arena_copy_text(arena, hm_value_text_or(why, hm_text("\u2013")));
    if (status == HM_OK) {
        status = hm_buf_status(&value, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&who, err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        hm_view_say(view, "conflict.decided", (const char *)value.data,
                    (const char *)who.data, reason);
    }
    hm_buf_fini(&who);
    hm_buf_fini(&value);
    return status;
}

/* Which record, as people call it, and what of it. */
static void put_title(struct hm_buf *out,
                      const struct hm_view *view,
                      const struct hm_case_view *seen)
{
    const struct hm_kind *kind = seen->loaded.kind;
    if (kind != NULL) {
        hm_buf_put_text(out, hm_label_text(&kind->label, view->lang));
        if (kind->order.count > 0) {
            const struct hm_field *name = kind->order.at[0];
            hm_buf_put_text(out, " ");
            hm_field_show(out, name, hm_loaded_field(&seen->loaded, name), view->lang);
        }
        hm_buf_put_text(out, " \u00B7 ");
    }
    hm_api_show_name(out, view, kind, seen->conflict->reg);
}

static enum hm_status say_case(const struct hm_view *view,
                               const struct hm_conflict *conflict,
                               struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_case_view seen;
    struct hm_buf name;
    char id[HM_HEX16_SIZE];
    char record[HM_HEX16_SIZE];
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&name, HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_case_view_load(&seen, view->store, conflict, &arena, err);
    if (status == HM_OK) {
        hm_hex_put(id, hm_id_bytes(&conflict->id));
        hm_hex_put(record, hm_id_bytes(&conflict->record));
        put_title(&name, view, &seen);
        status = hm_buf_status(&name, err);
    }
    if (status == HM_OK) {
        hm_view_say(view, conflict->open ? "conflict.open" : "conflict.resolved", id,
                    (const char *)name.data, record);
        status = say_sides(view, &seen, &arena, err);
    }
    if (status == HM_OK && seen.settled != NULL) {
        status = say_resolution(view, &seen, &arena, err);
    }
    hm_buf_fini(&name);
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status put_all(const struct hm_view *view,
                              const struct hm_conflict *conflicts,
                              size_t count,
                              struct hm_err *err)
{
    struct hm_rows rows;
    enum hm_status status = HM_OK;
    hm_rows_init(&rows, view);
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!view->json) {
            status = say_case(view, &conflicts[i], err);
            continue;
        }
        status = put_conflict(&rows.out, view, &conflicts[i], err);
        if (status == HM_OK) {
            status = hm_rows_flush(&rows, err);
        }
    }
    if (status == HM_OK && view->json) {
        hm_json_close(&rows.out, ']');
        status = hm_rows_end(&rows, err);
    } else if (status == HM_OK && count == 0) {
        hm_view_say(view, "conflict.none", NULL, NULL, NULL);
    } else if (status == HM_OK && conflicts[0].open) {
        hm_view_say(view, "conflict.kept", NULL, NULL, NULL);
    }
    hm_rows_fini(&rows);
    return status;
}

enum hm_status hm_api_conflicts(const struct hm_view *view,
                                bool open,
                                const char *unit,
                                struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_bytes code = HM_NO_BYTES;
    struct hm_conflict *conflicts = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_begin_read(view->store, err); /* heads as the conflicts say */
    if (status == HM_OK && unit != NULL) {
        status = hm_view_unit(view, unit, &code, &arena, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_conflicts(view->store, code, open, &conflicts, &count, &arena, err);
    }
    if (status == HM_OK) {
        status = put_all(view, conflicts, count, err);
    }
    hm_store_rollback(view->store);
    hm_arena_fini(&arena);
    return status;
}
