/* SPDX-License-Identifier: Apache-2.0 */
#include "erasing.h"

#include "hamlet/store/erase.h"

/* A disk with no room for a second copy of the store is not asked at every commit. */
enum { AGAIN_MS = 60 * 1000 };

void hm_erasing_after(struct hm_control_ctx *ctx)
{
    struct hm_err err = HM_ERR_NONE;
    bool scrubbed = false;
    /* While a registry is being brought back, too, though it may list it already: who
     * does not hold the unit knows of the erasure by the registry alone. */
    enum hm_status status = hm_author_list_erasures(ctx->store, &ctx->secret, &err);
    if (status != HM_OK || hm_env_mono(ctx->env).ms < ctx->scrub_ms) {
        return;
    }
    status = hm_store_scrub(ctx->store, &scrubbed, &err);
    if (status != HM_OK) {
        ctx->scrub_ms = hm_env_mono(ctx->env).ms + AGAIN_MS;
    }
}
