/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"
#include "hamlet/api/conflicts.h"

enum hm_status hm_run_conflicts(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    const char *state = hm_args_value(call->args, "state");
    bool open = state == NULL || strcmp(state, "open") == 0;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        status =
            hm_api_conflicts(&desk.view, open, hm_args_value(call->args, "unit"), err);
        hm_desk_close(&desk);
    }
    return status;
}
