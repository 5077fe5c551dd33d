/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

struct merging {
    struct hm_id record;
    struct hm_id into;
    struct hm_bytes reason;
    struct hm_id change;
};

static enum hm_status merge(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct merging *m = ctx;
    return hm_author_merge(author, &m->record, &m->into, m->reason, &m->change, err);
}

static enum hm_status unmerge(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct merging *m = ctx;
    return hm_author_unmerge(author, &m->record, m->reason, &m->change, err);
}

enum hm_status hm_run_merge(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct merging m = {.reason = hm_text(hm_args_value(args, "reason"))};
    enum hm_status status =
        hm_read_id(&m.record, args->operands[0], "record-missing", err);
    if (status == HM_OK) {
        status = hm_read_id(&m.into, args->operands[1], "record-missing", err);
    }
    if (status == HM_OK) {
        status = hm_desk_act(call, merge, &m, err);
    }
    return status != HM_OK ? status
                           : hm_say_id(call, &m.change, &m.record, &m.change, err);
}

enum hm_status hm_run_unmerge(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct merging m = {.reason = hm_text(hm_args_value(args, "reason"))};
    enum hm_status status =
        hm_read_id(&m.record, args->operands[0], "record-missing", err);
    if (status == HM_OK) {
        status = hm_desk_act(call, unmerge, &m, err);
    }
    return status != HM_OK ? status
                           : hm_say_id(call, &m.change, &m.record, &m.change, err);
}
