/* SPDX-License-Identifier: Apache-2.0 */
/* units rename: from a day on a unit is called otherwise; what it was is kept. */
#include "account.h"
#include "commands.h"
#include "hamlet/api/units.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "rights.h"
#include "show.h"
#include "units.h"

enum { PARTS = 4, FIELDS = PARTS + 1 };

struct renaming {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    const struct hm_kind_tree *tree;
    struct hm_bytes unit;
    struct hm_bytes parent; /* of the server's units; no bytes: it stays where it is */
    char on[HM_API_DAY_SIZE];
    struct hm_arena arena;
};

static enum hm_status read_line(struct renaming *r, struct hm_err *err)
{
    static const char *const options[PARTS] = {"name", "type", "system", "parent"};
    const struct hm_args *args = r->call->args;
    const struct hm_kind *kind = hm_kinds_tree(r->ctx->kinds);
    bool asked = false;
    for (size_t i = 0; i < PARTS; i++) {
        asked = asked || hm_args_has(args, options[i]);
    }
    if (!asked || kind == NULL) {
        return hm_fail(err, HM_USAGE, "units-rename-what", NULL, NULL, NULL);
    }
    r->tree = kind->tree;
    enum hm_status status =
        hm_rights_unit(r->ctx, args->operands[0], &r->unit, &r->arena, err);
    if (status == HM_OK && hm_args_has(args, "parent")) {
        status = hm_rights_unit(r->ctx, hm_args_value(args, "parent"), &r->parent,
                                &r->arena, err);
    }
    return status != HM_OK
               ? status
               : hm_api_day(r->on, hm_args_value(args, "on"), r->ctx->env, err);
}

/* Nothing can be above itself, or the tree would hang in the air. */
static enum hm_status check_parent(struct renaming *r, struct hm_err *err)
{
    bool ring = false;
    if (r->parent.size == 0) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_unit_within(r->ctx->store, r->parent, r->unit, &ring, err);
    if (status == HM_OK && ring) {
        status = hm_fail(err, HM_BAD_INPUT, "units-ring", r->call->args->operands[0],
                         NULL, NULL);
    }
    return status;
}

static size_t list_fields(const struct renaming *r, struct hm_field_input fields[FIELDS])
{
    const struct hm_args *args = r->call->args;
    const struct {
        const struct hm_field *field;
        struct hm_bytes text;
    } parts[PARTS] = {{r->tree->name, hm_text(hm_args_value(args, "name"))},
                      {r->tree->type, hm_text(hm_args_value(args, "type"))},
                      {r->tree->system, hm_text(hm_args_value(args, "system"))},
                      {r->tree->parent, r->parent}};
    size_t count = 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i].field != NULL && parts[i].text.size > 0) {
            fields[count++] = (struct hm_field_input){hm_text(parts[i].field->name),
                                                      parts[i].text, NULL};
        }
    }
    return count;
}

static enum hm_status rename_unit(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct renaming *r = ctx;
    struct hm_field_input fields[FIELDS];
    struct hm_loaded loaded;
    struct hm_id record;
    struct hm_id change;
    struct hm_buf was;
    size_t count = list_fields(r, fields);
    hm_buf_init(&was, HM_VALUE_BYTES_MAX);
    enum hm_status status =
        hm_units_find(r->ctx, r->unit, &record, &loaded, &r->arena, err);
    if (status == HM_OK) {
        status = hm_units_was(&was, r->tree, &loaded, r->on, err);
    }
    if (status == HM_OK) {
        fields[count++] = (struct hm_field_input){hm_text(r->tree->versions->name),
                                                  hm_buf_bytes(&was), NULL};
        status = hm_author_edit(author, &record, fields, count, true, &change, err);
    }
    hm_buf_fini(&was);
    return status;
}

static enum hm_status show(struct renaming *r, struct hm_err *err)
{
    struct hm_view view;
    struct hm_show show;
    if (r->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "unit", r->unit);
        hm_json_put_text(&show.out, "on", hm_text(r->on));
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, r->call, HM_OK, err);
    }
    const char *unit = hm_arena_copy_text(&r->arena, r->unit);
    hm_show_view(&view, r->call, NULL);
    hm_view_say(&view, "units.renamed", unit == NULL ? "" : unit, r->on, NULL);
    return hm_arena_status(&r->arena, err);
}

enum hm_status hm_units_rename_run(struct hm_call *call, struct hm_err *err)
{
    struct renaming r = {.call = call, .ctx = call->ctx};
    hm_arena_init(&r.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = read_line(&r, err);
    if (status == HM_OK) {
        status = check_parent(&r, err);
    }
    if (status == HM_OK) {
        status = hm_account_act(call->ctx, NULL, rename_unit, &r, &r.arena, err);
    }
    if (status == HM_OK) {
        status = show(&r, err);
    }
    hm_arena_fini(&r.arena);
    return status;
}
