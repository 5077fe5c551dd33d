/* SPDX-License-Identifier: Apache-2.0 */
/* units merge: a unit becomes part of another and takes no new records. */
#include "account.h"
#include "commands.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "rights.h"
#include "show.h"
#include "units.h"

struct merging {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    const struct hm_kind *kind; /* the tree of units */
    struct hm_bytes unit;
    struct hm_bytes into;
    struct hm_arena arena;
};

static enum hm_status read_line(struct merging *m, struct hm_err *err)
{
    const char *given = m->call->args->operands[0];
    bool ring = false;
    m->kind = hm_kinds_tree(m->ctx->kinds);
    if (m->kind == NULL || m->kind->tree->into == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "units-no-merger", NULL, NULL, NULL);
    }
    enum hm_status status = hm_rights_unit(m->ctx, given, &m->unit, &m->arena, err);
    if (status == HM_OK) {
        status = hm_rights_unit(m->ctx, hm_args_value(m->call->args, "into"), &m->into,
                                &m->arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_unit_within(m->ctx->store, m->into, m->unit, &ring, err);
    }
    if (status == HM_OK && ring) {
        status = hm_fail(err, HM_BAD_INPUT, "units-ring", given, NULL, NULL);
    }
    return status;
}

static enum hm_status merge(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct merging *m = ctx;
    const struct hm_field_input field = {hm_text(m->kind->tree->into->name), m->into,
                                         NULL};
    const struct hm_key_field key = {hm_text(m->kind->tree->code->name),
                                     hm_show_value(&m->arena, m->unit)};
    struct hm_id record;
    struct hm_id change;
    enum hm_status status = hm_arena_status(&m->arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(m->kind->name), &key, 1);
    return hm_author_edit(author, &record, &field, 1, true, &change, err);
}

static enum hm_status show(struct merging *m, struct hm_err *err)
{
    struct hm_view view;
    struct hm_show show;
    if (m->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "unit", m->unit);
        hm_json_put_text(&show.out, "into", m->into);
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, m->call, HM_OK, err);
    }
    const char *unit = hm_arena_copy_text(&m->arena, m->unit);
    const char *into = hm_arena_copy_text(&m->arena, m->into);
    hm_show_view(&view, m->call, NULL);
    hm_view_say(&view, "units.merged", unit == NULL ? "" : unit, into == NULL ? "" : into,
                NULL);
    return hm_arena_status(&m->arena, err);
}

enum hm_status hm_units_merge_run(struct hm_call *call, struct hm_err *err)
{
    struct merging m = {.call = call, .ctx = call->ctx};
    hm_arena_init(&m.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = read_line(&m, err);
    if (status == HM_OK) {
        status = hm_account_act(call->ctx, NULL, merge, &m, &m.arena, err);
    }
    if (status == HM_OK) {
        status = show(&m, err);
    }
    hm_arena_fini(&m.arena);
    return status;
}
