/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/withdraw.h"
#include "cli.h"

struct withdrawing {
    struct hm_id name; /* of a change, or of a bulk */
    struct hm_bytes reason;
    struct hm_id change;
};

static enum hm_status act(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct withdrawing *w = ctx;
    return hm_author_withdraw(author, &w->name, w->reason, &w->change, err);
}

/* What it would come to. */
static enum hm_status try(struct hm_call *call,
                          const struct withdrawing *w,
                          struct hm_err *err)
{
    struct hm_desk desk;
    struct hm_author *author = NULL;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_author_open(&author, desk.replica.store, err);
    if (status == HM_OK) {
        status = hm_api_withdraw_try(&desk.view, author, &w->name, w->reason, err);
    }
    hm_author_close(author);
    hm_desk_close(&desk);
    return status;
}

enum hm_status hm_run_withdraw(struct hm_call *call, struct hm_err *err)
{
    struct withdrawing w = {.reason = hm_text(hm_args_value(call->args, "reason"))};
    enum hm_status status =
        hm_read_id(&w.name, call->args->operands[0], "batch-missing", err);
    if (status == HM_OK && hm_args_has(call->args, "dry-run")) {
        return try(call, &w, err);
    }
    if (status == HM_OK) {
        status = hm_desk_act(call, act, &w, err);
    }
    return status != HM_OK ? status : hm_say_id(call, &w.change, &w.name, &w.change, err);
}
