/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

struct undoing {
    struct hm_id batch;
    struct hm_bytes reason;
    struct hm_id change;
};

static enum hm_status act(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct undoing *undoing = ctx;
    return hm_author_withdraw(author, &undoing->batch, undoing->reason, &undoing->change,
                              err);
}

static enum hm_status say(const struct hm_call *call,
                          const struct undoing *undoing,
                          struct hm_err *err)
{
    struct hm_buf buf;
    struct hm_json_write out;
    if (!call->args->json) {
        return hm_say_id(call, &undoing->change, &undoing->batch, &undoing->change, err);
    }
    hm_buf_init(&buf, (size_t)HM_ERR_ARG_MAX * 2);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_put_hex(&out, "batch", hm_id_bytes(&undoing->batch));
    hm_json_put_hex(&out, "change", hm_id_bytes(&undoing->change));
    hm_json_close(&out, '}');
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        hm_output_put(call->out, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

enum hm_status hm_run_undo(struct hm_call *call, struct hm_err *err)
{
    struct undoing undoing = {.reason = hm_text(hm_args_value(call->args, "reason"))};
    enum hm_status status =
        hm_read_id(&undoing.batch, call->args->operands[0], "batch-missing", err);
    if (status == HM_OK) {
        status = hm_desk_act(call, act, &undoing, err);
    }
    return status != HM_OK ? status : say(call, &undoing, err);
}
