/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"

#include "show.h"

static enum hm_status become(struct hm_author *author,
                             const char *given,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_err unknown = HM_ERR_NONE;
    enum hm_status status = hm_show_given(&name, given, "--as", false, arena, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_author_as(author, name, &unknown);
    if (status == HM_NOT_FOUND) {
        return hm_fail(err, HM_DENIED, "account-missing", given, NULL, NULL);
    }
    return status == HM_OK ? HM_OK
                           : hm_fail(err, status, unknown.key, unknown.arg[0],
                                     unknown.arg[1], unknown.arg[2]);
}

enum hm_status hm_account_author(struct hm_control_ctx *ctx,
                                 const char *name,
                                 struct hm_author **author,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_author *made = NULL;
    enum hm_status status = hm_control_author(ctx, &made, err);
    if (status == HM_OK && ctx->account.size > 0) {
        name = hm_arena_copy_text(arena, ctx->account);
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK && name != NULL) {
        status = become(made, name, arena, err);
    }
    if (status != HM_OK) {
        hm_author_close(made);
        return status;
    }
    *author = made;
    return HM_OK;
}

enum hm_status hm_account_act(struct hm_control_ctx *ctx,
                              const char *name,
                              enum hm_status (*act)(struct hm_author *author,
                                                    void *ctx,
                                                    struct hm_err *err),
                              void *act_ctx,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_author *author = NULL;
    enum hm_status status = hm_account_author(ctx, name, &author, arena, err);
    if (status == HM_OK) {
        status = hm_author_act(author, act, act_ctx, err);
    }
    hm_author_close(author);
    return status;
}
