/* SPDX-License-Identifier: Apache-2.0 */
/* units import: the tree of units, all of a file or nothing. */
#include "units.h"

#include <stdio.h>
#include <string.h>

#include "account.h"
#include "commands.h"
#include "hamlet/api/units.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/records.h"
#include "show.h"

enum { NUMBER_SIZE = 24 };

struct counts {
    size_t added;
    size_t changed;
    size_t unchanged;
};

/* ---- writing ---- */

struct writing {
    struct hm_control_ctx *ctx;
    const struct hm_units *units;
    struct counts *counts;
    const char *day; /* from which on what differs holds; null: it was never otherwise */
};

/* What stands of a row: there at all, and with these values. */
struct standing {
    struct hm_id record;
    struct hm_loaded loaded;
    bool there;
    bool same;
    bool renamed; /* what it is called, or where it stands */
};

static void compare(struct standing *standing,
                    const struct hm_units *units,
                    const struct hm_units_row *row)
{
    const struct hm_kind_tree *tree = units->kind->tree;
    for (size_t i = 0; i < units->column_count; i++) {
        const struct hm_field *field = units->columns[i];
        struct hm_bytes shown = hm_loaded_field(&standing->loaded, field);
        bool null = hm_value_tag(row->values[i]) == HM_VALUE_NULL;
        bool empty = shown.size == 0 || hm_value_tag(shown) == HM_VALUE_NULL;
        if (null ? empty : hm_bytes_equal(shown, row->values[i])) {
            continue;
        }
        standing->same = false;
        standing->renamed = standing->renamed || field == tree->name ||
                            field == tree->type || field == tree->parent ||
                            field == tree->system;
    }
}

static enum hm_status look_up(struct hm_control_ctx *ctx,
                              const struct hm_units *units,
                              const struct hm_units_row *row,
                              struct standing *standing,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_err missing = HM_ERR_NONE;
    *standing = (struct standing){.same = true};
    if (!row->known) {
        return HM_OK;
    }
    enum hm_status status = hm_units_find(ctx, row->code, &standing->record,
                                          &standing->loaded, arena, &missing);
    if (status == HM_NOT_FOUND) {
        return HM_OK;
    }
    if (status != HM_OK) {
        return hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                       missing.arg[2]);
    }
    standing->there = standing->loaded.merged.there && !standing->loaded.merged.deleted &&
                      standing->loaded.key != NULL;
    compare(standing, units, row);
    return HM_OK;
}

static bool has_versions(const struct hm_units *units)
{
    for (size_t i = 0; i < units->column_count; i++) {
        if (units->columns[i] == units->kind->tree->versions) {
            return true;
        }
    }
    return false;
}

static enum hm_status edit_row(const struct writing *w,
                               struct hm_author *author,
                               const struct hm_units_row *row,
                               const struct standing *standing,
                               struct hm_err *err)
{
    const struct hm_units *units = w->units;
    struct hm_field_input fields[HM_UNITS_COLUMNS_MAX + 1];
    struct hm_id change;
    struct hm_buf was;
    size_t count = units->column_count;
    enum hm_status status = HM_OK;
    hm_buf_init(&was, HM_VALUE_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        fields[i] = (struct hm_field_input){hm_text(units->columns[i]->name),
                                            row->cells[i], NULL};
    }
    if (w->day != NULL && standing->renamed && !has_versions(units)) {
        status = hm_units_was(&was, units->kind->tree, &standing->loaded, w->day, err);
        if (status == HM_OK) {
            fields[count++] = (struct hm_field_input){
                hm_text(units->kind->tree->versions->name), hm_buf_bytes(&was), NULL};
        }
    }
    if (status == HM_OK) {
        status =
            hm_author_edit(author, &standing->record, fields, count, true, &change, err);
    }
    hm_buf_fini(&was);
    return status;
}

static enum hm_status add_row(const struct writing *w,
                              struct hm_author *author,
                              const struct hm_units_row *row,
                              struct hm_err *err)
{
    const struct hm_units *units = w->units;
    struct hm_field_input fields[HM_UNITS_COLUMNS_MAX];
    struct hm_added added;
    for (size_t i = 0; i < units->column_count; i++) {
        fields[i] = (struct hm_field_input){hm_text(units->columns[i]->name),
                                            row->cells[i], NULL};
    }
    return hm_author_add(author, hm_text(units->kind->name), fields, units->column_count,
                         &added, err);
}

static enum hm_status write_row(const struct writing *w,
                                struct hm_author *author,
                                const struct hm_units_row *row,
                                struct hm_err *err)
{
    struct standing standing;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = look_up(w->ctx, w->units, row, &standing, &arena, err);
    if (status == HM_OK && !standing.there) {
        w->counts->added++;
        status = add_row(w, author, row, err);
    } else if (status == HM_OK && standing.same) {
        w->counts->unchanged++;
    } else if (status == HM_OK) {
        w->counts->changed++;
        status = edit_row(w, author, row, &standing, err);
    }
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status write_all(struct hm_author *author, void *ctx, struct hm_err *err)
{
    const struct writing *w = ctx;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < w->units->count && status == HM_OK; i++) {
        status = write_row(w, author, &w->units->rows[i], err);
    }
    return status;
}

/* ---- telling ---- */

static enum hm_status show_json(const struct hm_call *call,
                                const struct hm_units *units,
                                const struct counts *counts,
                                struct hm_err *err)
{
    struct hm_show show;
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_int(&show.out, "added", (int64_t)counts->added);
    hm_json_put_int(&show.out, "changed", (int64_t)counts->changed);
    hm_json_put_int(&show.out, "unchanged", (int64_t)counts->unchanged);
    hm_json_put_int(&show.out, "padded", (int64_t)units->padded_count);
    hm_json_key(&show.out, "refused");
    hm_json_open(&show.out, '[');
    for (size_t i = 0; i < units->count; i++) {
        const struct hm_units_row *row = &units->rows[i];
        if (row->refused != NULL) {
            hm_json_open(&show.out, '{');
            hm_json_put_int(&show.out, "line", (int64_t)row->line);
            hm_json_put_text(&show.out, "reason", hm_text(row->refused->key));
            hm_json_close(&show.out, '}');
        }
    }
    hm_json_close(&show.out, ']');
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, call, HM_OK, err);
}

static void say_refused(const struct hm_view *view,
                        const struct hm_call *call,
                        const struct hm_units_row *row)
{
    char line[NUMBER_SIZE];
    struct hm_buf why;
    hm_buf_init(&why, HM_VALUE_BYTES_MAX);
    hm_words_error(&why, call->words, row->refused, false);
    (void)snprintf(line, sizeof(line), "%zu", row->line);
    hm_view_say(view, "units.refused", line,
                why.size == 0 ? row->refused->key : (const char *)why.data, NULL);
    hm_buf_fini(&why);
}

static void say(const struct hm_call *call,
                const struct hm_units *units,
                const struct counts *counts)
{
    char added[NUMBER_SIZE];
    char changed[NUMBER_SIZE];
    char unchanged[NUMBER_SIZE];
    struct hm_view view;
    hm_show_view(&view, call, NULL);
    for (size_t i = 0; i < units->count; i++) {
        if (units->rows[i].refused != NULL) {
            say_refused(&view, call, &units->rows[i]);
        }
    }
    (void)snprintf(added, sizeof(added), "%zu", counts->added);
    (void)snprintf(changed, sizeof(changed), "%zu", counts->changed);
    (void)snprintf(unchanged, sizeof(unchanged), "%zu", counts->unchanged);
    hm_view_say(&view, "units.imported", added, changed, unchanged);
    if (units->padded_count > 0) {
        (void)snprintf(added, sizeof(added), "%zu", units->padded_count);
        hm_view_say(&view, "units.padded", added, NULL, NULL);
    }
}

enum hm_status hm_units_import_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    struct hm_units units;
    struct hm_arena arena;
    struct counts counts = {0, 0, 0};
    struct writing w = {.ctx = ctx, .units = &units, .counts = &counts};
    const char *on = hm_args_value(call->args, "on");
    const char *sheet = hm_args_value(call->args, "sheet");
    const struct hm_import import = {.file = ctx->input,
                                     .sheet =
                                         sheet == NULL ? HM_NO_BYTES : hm_text(sheet),
                                     .encoding = hm_args_value(call->args, "encoding")};
    char day[HM_API_DAY_SIZE];
    char refused[NUMBER_SIZE];
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_units_read(&units, ctx->kinds, call->words, &import, &arena, err);
    if (status == HM_OK) {
        status = hm_units_pad(&units, ctx, err);
    }
    if (status == HM_OK && on != NULL) {
        status = hm_api_day(day, on, ctx->env, err);
        w.day = day;
    }
    if (status == HM_OK) {
        status = hm_units_judge(&units, ctx, err);
    }
    if (status == HM_OK && units.refused_count == 0) {
        status = hm_account_act(ctx, NULL, write_all, &w, &arena, err);
    }
    if (status == HM_OK && call->args->json) {
        status = show_json(call, &units, &counts, err);
    } else if (status == HM_OK) {
        say(call, &units, &counts);
    }
    if (status == HM_OK && units.refused_count > 0) {
        (void)snprintf(refused, sizeof(refused), "%zu", units.refused_count);
        status = hm_fail(err, HM_BAD_INPUT, "units-refused", refused, NULL, NULL);
    }
    hm_arena_fini(&arena);
    return status;
}
