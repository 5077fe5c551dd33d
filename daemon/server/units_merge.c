/* SPDX-License-Identifier: Apache-2.0 */
/* units merge: a unit becomes part of another and takes no new records. */
#include <string.h>

#include "account.h"
#include "commands.h"
#include "hamlet/api/units.h"
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
    char on[HM_API_DAY_SIZE]; /* the first day on which it is part of the other */
    struct hm_arena arena;
};

/* It is closed as soon as this is written: what lies ahead cannot be said yet. */
static enum hm_status read_day(struct merging *m, struct hm_err *err)
{
    char today[HM_API_DAY_SIZE];
    const struct hm_env *env = m->ctx->env;
    enum hm_status status = hm_api_day(today, NULL, env, err);
    if (status == HM_OK) {
        status = hm_api_day(m->on, hm_args_value(m->call->args, "on"), env, err);
    }
    if (status == HM_OK && strcmp(m->on, today) > 0) {
        status = hm_fail(err, HM_BAD_INPUT, "units-ahead", m->on, NULL, NULL);
    }
    return status;
}

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
    return status == HM_OK ? read_day(m, err) : status;
}

/* Its last day is the one before: from then on it is counted in the other. */
static enum hm_status merge(struct hm_author *author, void *ctx, struct hm_err *err)
{
    enum { FIELDS = 2 };
    struct merging *m = ctx;
    const struct hm_kind_tree *tree = m->kind->tree;
    struct hm_loaded loaded;
    struct hm_id record;
    struct hm_id change;
    char last[HM_API_DAY_SIZE];
    hm_api_day_add(last, m->on, -1);
    const struct hm_field_input fields[FIELDS] = {
        {hm_text(tree->into->name), m->into, NULL},
        {hm_text(tree->to->name), hm_text(last), NULL}};
    enum hm_status status =
        hm_units_find(m->ctx, m->unit, &record, &loaded, &m->arena, err);
    return status != HM_OK
               ? status
               : hm_author_edit(author, &record, fields, FIELDS, true, &change, err);
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
        hm_json_put_text(&show.out, "on", hm_text(m->on));
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, m->call, HM_OK, err);
    }
    const char *unit = hm_arena_copy_text(&m->arena, m->unit);
    const char *into = hm_arena_copy_text(&m->arena, m->into);
    hm_show_view(&view, m->call, NULL);
    hm_view_say(&view, "units.merged", unit == NULL ? "" : unit, into == NULL ? "" : into,
                m->on);
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
