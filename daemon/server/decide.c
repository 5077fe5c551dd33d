/* SPDX-License-Identifier: Apache-2.0 */
/* decide: all that is in conflict of one record, as it was shown. */
#include "account.h"
#include "commands.h"
#include "hamlet/api/inbox.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/replica/account.h"
#include "show.h"

static enum hm_status read_line(struct hm_decision *decision,
                                struct hm_json **settle,
                                const struct hm_args *args,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const struct hm_json_limits limits = {HM_CHANGE_BYTES_MAX * 4,
                                                 HM_JSON_DEPTH_MAX, 1U << 16};
    const char *record = args->operands[0];
    decision->preview = hm_args_has(args, "preview");
    if (!hm_id_get_hex(&decision->record, hm_text(record))) {
        return hm_fail(err, HM_NOT_FOUND, "record-missing", record, NULL, NULL);
    }
    enum hm_status status =
        hm_json_parse(settle, hm_text(hm_args_value(args, "settle")), &limits, err);
    decision->answers = *settle;
    return status != HM_OK
               ? status
               : hm_show_given(&decision->reason, hm_args_value(args, "reason"),
                               "--reason", true, arena, err);
}

/* A rule is proposed for what who decides on the page could settle by it. */
static enum hm_status find_unit(struct hm_decision *decision,
                                const struct hm_control_ctx *ctx,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_account account;
    if (ctx->account.size == 0) {
        return HM_OK;
    }
    enum hm_status status =
        hm_account_find(ctx->store, ctx->account, &account, arena, err);
    if (status == HM_OK) {
        decision->unit = account.home;
    }
    return status;
}

enum hm_status hm_decide_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    struct hm_author *author = NULL;
    struct hm_decision decision = {.preview = false};
    struct hm_json *settle = NULL;
    struct hm_view view;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    hm_show_view(&view, call, ctx->store);
    enum hm_status status = read_line(&decision, &settle, call->args, &arena, err);
    if (status == HM_OK) {
        status =
            hm_account_author(ctx, hm_args_value(call->args, "as"), &author, &arena, err);
    }
    if (status == HM_OK) {
        status = find_unit(&decision, ctx, &arena, err);
    }
    if (status == HM_OK) {
        status = hm_api_decide(&view, author, &decision, err);
    }
    hm_author_close(author);
    hm_json_free(settle);
    hm_arena_fini(&arena);
    return status;
}
