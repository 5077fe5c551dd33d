/* SPDX-License-Identifier: Apache-2.0 */
/* devices: who may write here, who was invited, and when each was last heard of. */
#include "commands.h"
#include "hamlet/api/fleet.h"
#include "show.h"

enum hm_status hm_devices_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_control_ctx *ctx = call->ctx;
    struct hm_view view;
    hm_show_view(&view, call, ctx->store);
    const struct hm_api_fleet all = {.server = ctx->device, .now = hm_env_wall(ctx->env)};
    return hm_api_fleet(&view, &all, err);
}
