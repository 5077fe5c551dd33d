/* SPDX-License-Identifier: Apache-2.0 */
/* resolve: a person at the district decides a conflict. */
#include "account.h"
#include "commands.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
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

enum hm_status hm_resolve_run(struct hm_call *call, struct hm_err *err)
{
    struct deciding d = {.call = call};
    hm_arena_init(&d.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_line(&d, err);
    if (status == HM_OK) {
        status = hm_account_act(call->ctx, hm_args_value(call->args, "as"), decide, &d,
                                &d.arena, err);
    }
    if (status == HM_OK) {
        status = hm_show_change(call, &d.conflict, &d.change, err);
    }
    hm_json_free(d.value);
    hm_arena_fini(&d.arena);
    return status;
}
