/* SPDX-License-Identifier: Apache-2.0 */
/* audit: who did what at this server. */
#include "hamlet/api/audit.h"

#include <string.h>

#include "show.h"

static enum hm_audit_form find_form(const struct hm_args *args)
{
    const char *format = hm_args_value(args, "format");
    if (format == NULL) {
        return args->json ? HM_AUDIT_JSON : HM_AUDIT_TEXT;
    }
    return strcmp(format, "csv") == 0 ? HM_AUDIT_CSV : HM_AUDIT_JSON;
}

enum hm_status hm_audit_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    struct hm_wall since;
    struct hm_view view;
    hm_show_view(&view, call, ctx->store);
    enum hm_status status =
        hm_api_audit_since(hm_args_value(call->args, "since"), &since, err);
    if (status == HM_OK) {
        status = hm_store_begin_read(ctx->store, err);
    }
    if (status == HM_OK) {
        status = hm_args_has(call->args, "verify")
                     ? hm_api_audit_verify(&view, err)
                     : hm_api_audit_all(&view, since, find_form(call->args), err);
    }
    hm_store_rollback(ctx->store);
    return status;
}
