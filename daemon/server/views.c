/* SPDX-License-Identifier: Apache-2.0 */
/* views: the records as tables for other programs. */
#include "hamlet/store/views.h"

#include "records.h"
#include "show.h"

enum hm_status hm_views_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    hm_store_views(&ctx->file, ctx->kinds, hm_args_has(call->args, "above"));
    return hm_buf_status(&ctx->file, err);
}
