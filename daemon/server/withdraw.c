/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw: a decision, a change or a whole batch is taken back at the district. */
#include "hamlet/api/withdraw.h"
#include "account.h"
#include "commands.h"
#include "hamlet/base/limits.h"
#include "show.h"

struct withdrawing {
    struct hm_call *call;
    struct hm_id name; /* of a change, or of a bulk */
    struct hm_bytes reason;
    struct hm_id change;
    struct hm_arena arena;
};

static enum hm_status read_line(struct withdrawing *w, struct hm_err *err)
{
    const struct hm_args *args = w->call->args;
    const char *given = args->operands[0];
    if (!hm_id_get_hex(&w->name, hm_text(given))) {
        return hm_fail(err, HM_NOT_FOUND, "batch-missing", given, NULL, NULL);
    }
    return hm_show_given(&w->reason, hm_args_value(args, "reason"), "--reason", true,
                         &w->arena, err);
}

static enum hm_status withdraw(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct withdrawing *w = ctx;
    return hm_author_withdraw(author, &w->name, w->reason, &w->change, err);
}

/* What it would come to. */
static enum hm_status try(struct withdrawing *w, struct hm_err *err)
{
    struct hm_author *author = NULL;
    struct hm_view view;
    struct hm_control_ctx *ctx = w->call->ctx;
    hm_show_view(&view, w->call, ctx->store);
    enum hm_status status = hm_account_author(ctx, hm_args_value(w->call->args, "as"),
                                              &author, &w->arena, err);
    if (status == HM_OK) {
        status = hm_api_withdraw_try(&view, author, &w->name, w->reason, err);
    }
    hm_author_close(author);
    return status;
}

enum hm_status hm_withdraw_run(struct hm_call *call, struct hm_err *err)
{
    struct withdrawing w = {.call = call};
    hm_arena_init(&w.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_line(&w, err);
    bool only_tries = hm_args_has(call->args, "dry-run");
    if (status == HM_OK && only_tries) {
        status = try(&w, err);
    } else if (status == HM_OK) {
        status = hm_account_act(call->ctx, hm_args_value(call->args, "as"), withdraw, &w,
                                &w.arena, err);
        status = status == HM_OK ? hm_show_change(call, &w.name, &w.change, err) : status;
    }
    hm_arena_fini(&w.arena);
    return status;
}
