/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

struct adding {
    const char *kind;
    struct hm_fields fields;
    struct hm_added added;
};

static enum hm_status act(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct adding *adding = ctx;
    return hm_author_add(author, hm_text(adding->kind), adding->fields.at,
                         adding->fields.count, &adding->added, err);
}

enum hm_status hm_run_add(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct adding adding = {.kind = args->operands[0]};
    enum hm_status status =
        hm_fields_init(&adding.fields, args->operands + 1, args->operand_count - 1, err);
    if (status == HM_OK) {
        status = hm_desk_act(call, act, &adding, err);
    }
    if (status == HM_OK) {
        status = hm_say_id(call, &adding.added.record, &adding.added.record,
                           &adding.added.change, err);
    }
    hm_fields_fini(&adding.fields);
    return status;
}
