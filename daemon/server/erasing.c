/* SPDX-License-Identifier: Apache-2.0 */
#include "erasing.h"

#include "hamlet/base/log.h"
#include "hamlet/store/erase.h"

/* Another program that reads the file ends some time, and trying costs a moment; a disk
 * with no room for a second copy of the store is not asked so often. */
enum { READ_AGAIN_MS = 5 * 1000, AGAIN_MS = 60 * 1000 };

/* Said where it begins and where it ends, not at each try between. */
static void tell(struct hm_control_ctx *ctx,
                 enum hm_status status,
                 enum hm_log_event failed,
                 const struct hm_err *err)
{
    struct hm_wall now = hm_env_wall(ctx->env);
    bool before = ctx->scrub_due;
    ctx->scrub_due = status != HM_OK;
    if (ctx->scrub_due) {
        ctx->scrub_ms =
            hm_env_mono(ctx->env).ms + (status == HM_LOCKED ? READ_AGAIN_MS : AGAIN_MS);
    }
    if (ctx->scrub_due && !before) {
        hm_log(now, failed, "status", hm_status_name(status), "what",
               err->key == NULL ? "" : err->key, "detail", err->arg[0], NULL);
    } else if (before && !ctx->scrub_due) {
        hm_log(now, HM_LOG_ERASED_GONE, NULL);
    }
}

void hm_erasing_after(struct hm_control_ctx *ctx)
{
    struct hm_err err = HM_ERR_NONE;
    bool scrubbed = false;
    /* While a registry is being brought back, too, though it may list it already: who
     * does not hold the unit knows of the erasure by the registry alone. */
    enum hm_status status = hm_author_list_erasures(ctx->store, &ctx->secret, &err);
    if (status == HM_OK && ctx->scrub_due && hm_env_mono(ctx->env).ms < ctx->scrub_ms) {
        return;
    }
    if (status != HM_OK) {
        tell(ctx, status, HM_LOG_STORE_FAILED, &err);
        return;
    }
    status = hm_store_scrub(ctx->store, &scrubbed, &err);
    tell(ctx, status, HM_LOG_ERASED_STAYS, &err);
}

enum hm_status hm_erasing_now(struct hm_control_ctx *ctx, bool *stays, struct hm_err *err)
{
    hm_erasing_after(ctx);
    return hm_store_scrub_due(ctx->store, stays, err);
}
