/* SPDX-License-Identifier: Apache-2.0 */
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

enum hm_status hm_run_withdraw(struct hm_call *call, struct hm_err *err)
{
    struct withdrawing w = {.reason = hm_text(hm_args_value(call->args, "reason"))};
    enum hm_status status =
        hm_read_id(&w.name, call->args->operands[0], "batch-missing", err);
    if (status == HM_OK) {
        status = hm_desk_act(call, act, &w, err);
    }
    return status != HM_OK ? status : hm_say_id(call, &w.change, &w.name, &w.change, err);
}
