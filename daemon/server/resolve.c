/* SPDX-License-Identifier: Apache-2.0 */
/* resolve: a person at the district decides a conflict, or many by a rule. */
#include <string.h>

#include "account.h"
#include "commands.h"
#include "hamlet/api/settle.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/policy.h"
#include "show.h"

struct deciding {
    struct hm_call *call;
    struct hm_id conflict;
    struct hm_id take;
    bool takes;
    struct hm_json *value;
    struct hm_bytes reason;
    struct hm_id change;
    struct hm_arena arena;
};

static enum hm_status read_choice(struct deciding *d, struct hm_err *err)
{
    static const struct hm_json_limits limits = {HM_VALUE_BYTES_MAX, HM_JSON_DEPTH_MAX,
                                                 HM_VALUE_BYTES_MAX};
    const char *take = hm_args_value(d->call->args, "take");
    const char *value = hm_args_value(d->call->args, "value");
    if ((take == NULL) == (value == NULL)) {
        return hm_fail(err, HM_USAGE, "resolve-choice", NULL, NULL, NULL);
    }
    d->takes = take != NULL;
    if (d->takes) {
        return hm_id_get_hex(&d->take, hm_text(take))
                   ? HM_OK
                   : hm_fail(err, HM_NOT_FOUND, "head-missing", take, NULL, NULL);
    }
    return hm_json_parse(&d->value, hm_text(value), &limits, err);
}

static enum hm_status read_line(struct deciding *d, struct hm_err *err)
{
    const char *conflict = d->call->args->operands[0];
    enum hm_status status = read_choice(d, err);
    if (status == HM_OK && !hm_id_get_hex(&d->conflict, hm_text(conflict))) {
        status = hm_fail(err, HM_NOT_FOUND, "conflict-missing", conflict, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_show_given(&d->reason, hm_args_value(d->call->args, "reason"),
                               "--reason", true, &d->arena, err);
    }
    return status;
}

static enum hm_status decide(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct deciding *d = ctx;
    return hm_author_resolve(author, &d->conflict, d->takes ? &d->take : NULL, d->value,
                             d->reason, &d->change, err);
}

/* ---- by a rule ---- */

static const char declared[] = "declared";

/* One of both: a conflict with its value, or a rule. */
static enum hm_status check_line(const struct hm_args *args, struct hm_err *err)
{
    static const char *const of_one[] = {"take", "value"};
    static const char *const of_rule[] = {"kind", "register", "unit", "preview", "bare"};
    bool rule = hm_args_has(args, "policy");
    bool mixed = rule == (args->operand_count > 0);
    for (size_t i = 0; i < sizeof(of_one) / sizeof(of_one[0]); i++) {
        mixed = mixed || (rule && hm_args_has(args, of_one[i]));
    }
    for (size_t i = 0; i < sizeof(of_rule) / sizeof(of_rule[0]); i++) {
        mixed = mixed || (!rule && hm_args_has(args, of_rule[i]));
    }
    return mixed ? hm_fail(err, HM_USAGE, "resolve-choice", NULL, NULL, NULL) : HM_OK;
}

static enum hm_status read_rule(struct hm_settle *settle,
                                const struct hm_args *args,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    const char *policy = hm_args_value(args, "policy");
    settle->rule =
        (struct hm_resolve_rule){.declared = strcmp(policy, declared) == 0,
                                 .kind = hm_text(hm_args_value(args, "kind")),
                                 .reg = hm_text(hm_args_value(args, "register"))};
    settle->unit = hm_text(hm_args_value(args, "unit"));
    settle->preview = hm_args_has(args, "preview");
    settle->bare = hm_args_has(args, "bare");
    if (!settle->rule.declared &&
        (!hm_policy_find(&settle->rule.policy, hm_text(policy)) ||
         settle->rule.policy == HM_KIND_POLICY_MANUAL)) {
        return hm_fail(err, HM_USAGE, "policy-unknown", policy, NULL, NULL);
    }
    return hm_show_given(&settle->reason, hm_args_value(args, "reason"), "--reason", true,
                         arena, err);
}

static enum hm_status settle_by_rule(struct deciding *d, struct hm_err *err)
{
    struct hm_control_ctx *ctx = d->call->ctx;
    const struct hm_args *args = d->call->args;
    struct hm_author *author = NULL;
    struct hm_settle settle = {.standing = NULL};
    struct hm_view view;
    hm_show_view(&view, d->call, ctx->store);
    enum hm_status status = read_rule(&settle, args, &d->arena, err);
    if (status == HM_OK) {
        status =
            hm_account_author(ctx, hm_args_value(args, "as"), &author, &d->arena, err);
    }
    if (status == HM_OK) {
        status = hm_api_settle(&view, author, &settle, err);
    }
    hm_author_close(author);
    return status;
}

static enum hm_status settle_one(struct deciding *d, struct hm_err *err)
{
    enum hm_status status = read_line(d, err);
    if (status == HM_OK) {
        status = hm_account_act(d->call->ctx, hm_args_value(d->call->args, "as"), decide,
                                d, &d->arena, err);
    }
    return status != HM_OK ? status
                           : hm_show_change(d->call, &d->conflict, &d->change, err);
}

enum hm_status hm_resolve_run(struct hm_call *call, struct hm_err *err)
{
    struct deciding d = {.call = call};
    hm_arena_init(&d.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = check_line(call->args, err);
    if (status == HM_OK) {
        status = hm_args_has(call->args, "policy") ? settle_by_rule(&d, err)
                                                   : settle_one(&d, err);
    }
    hm_json_free(d.value);
    hm_arena_fini(&d.arena);
    return status;
}
