/* SPDX-License-Identifier: Apache-2.0 */
/* units import: the tree of units, all of a file or nothing. */
#include "units.h"

#include <stdio.h>
#include <string.h>

#include "account.h"
#include "commands.h"
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

/* What stands of a row: there at all, and with these values. */
struct standing {
    struct hm_id record;
    bool there;
    bool same;
};

static enum hm_status look_up(struct hm_control_ctx *ctx,
                              const struct hm_units *units,
                              const struct hm_units_row *row,
                              struct standing *standing,
                              struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_arena arena;
    struct hm_err missing = HM_ERR_NONE;
    struct hm_key_field key = {hm_text(units->kind->tree->code->name), HM_NO_BYTES};
    for (size_t i = 0; i < units->column_count; i++) {
        if (units->columns[i] == units->kind->tree->code) {
            key.value = row->values[i];
        }
    }
    *standing = (struct standing){.same = true};
    hm_record_id(&standing->record, hm_text(HM_HOME_REGISTRY), hm_text(units->kind->name),
                 &key, 1);
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_store_record_load(ctx->store, &standing->record, &loaded, &arena, &missing);
    if (status == HM_OK) {
        standing->there =
            loaded.merged.there && !loaded.merged.deleted && loaded.key != NULL;
        for (size_t i = 0; i < units->column_count; i++) {
            struct hm_bytes shown = hm_loaded_field(&loaded, units->columns[i]);
            bool null = hm_value_tag(row->values[i]) == HM_VALUE_NULL;
            bool empty = shown.size == 0 || hm_value_tag(shown) == HM_VALUE_NULL;
            standing->same =
                standing->same && (null ? empty : hm_bytes_equal(shown, row->values[i]));
        }
    } else if (status == HM_NOT_FOUND) {
        status = HM_OK;
    } else {
        status = hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                         missing.arg[2]);
    }
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status write_row(struct hm_control_ctx *ctx,
                                struct hm_author *author,
                                const struct hm_units *units,
                                const struct hm_units_row *row,
                                struct counts *counts,
                                struct hm_err *err)
{
    struct hm_field_input fields[HM_UNITS_COLUMNS_MAX];
    struct standing standing;
    struct hm_added added;
    struct hm_id change;
    for (size_t i = 0; i < units->column_count; i++) {
        fields[i] = (struct hm_field_input){hm_text(units->columns[i]->name),
                                            row->cells[i], NULL};
    }
    enum hm_status status = look_up(ctx, units, row, &standing, err);
    if (status != HM_OK) {
        return status;
    }
    if (!standing.there) {
        counts->added++;
        return hm_author_add(author, hm_text(units->kind->name), fields,
                             units->column_count, &added, err);
    }
    if (standing.same) {
        counts->unchanged++;
        return HM_OK;
    }
    counts->changed++;
    return hm_author_edit(author, &standing.record, fields, units->column_count, true,
                          &change, err);
}

struct writing {
    struct hm_control_ctx *ctx;
    const struct hm_units *units;
    struct counts *counts;
};

static enum hm_status write_all(struct hm_author *author, void *ctx, struct hm_err *err)
{
    const struct writing *w = ctx;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < w->units->count && status == HM_OK; i++) {
        status = write_row(w->ctx, author, w->units, &w->units->rows[i], w->counts, err);
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
}

enum hm_status hm_units_import_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    struct hm_units units;
    struct hm_arena arena;
    struct counts counts = {0, 0, 0};
    struct writing w = {ctx, &units, &counts};
    char refused[NUMBER_SIZE];
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_units_read(&units, ctx->kinds, ctx->input, &arena, err);
    if (status == HM_OK) {
        status = hm_units_judge(&units, ctx, err);
    }
    if (status == HM_OK && units.refused_count == 0) {
        status = hm_account_act(ctx, NULL, write_all, &w, NULL, err);
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
