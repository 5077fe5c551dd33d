/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

struct editing {
    struct hm_id record;
    struct hm_fields fields;
    struct hm_id change;
};

static enum hm_status act(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct editing *editing = ctx;
    return hm_author_edit(author, &editing->record, editing->fields.at,
                          editing->fields.count, false, &editing->change, err);
}

enum hm_status hm_run_edit(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct editing editing;
    enum hm_status status =
        hm_fields_init(&editing.fields, args->operands + 1, args->operand_count - 1, err);
    if (status == HM_OK) {
        status = hm_read_id(&editing.record, args->operands[0], "record-missing", err);
    }
    if (status == HM_OK) {
        status = hm_desk_act(call, act, &editing, err);
    }
    if (status == HM_OK) {
        status = hm_say_id(call, &editing.change, &editing.record, &editing.change, err);
    }
    hm_fields_fini(&editing.fields);
    return status;
}
