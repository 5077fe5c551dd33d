/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

struct deleting {
    struct hm_id record;
    struct hm_bytes reason;
    struct hm_id change;
};

static enum hm_status act(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct deleting *deleting = ctx;
    return hm_author_delete(author, &deleting->record, deleting->reason,
                            &deleting->change, err);
}

enum hm_status hm_run_delete(struct hm_call *call, struct hm_err *err)
{
    struct deleting deleting = {.reason = hm_text(hm_args_value(call->args, "reason"))};
    enum hm_status status =
        hm_read_id(&deleting.record, call->args->operands[0], "record-missing", err);
    if (status == HM_OK) {
        status = hm_desk_act(call, act, &deleting, err);
    }
    return status != HM_OK ? status
                           : hm_say_id(call, &deleting.change, &deleting.record,
                                       &deleting.change, err);
}
