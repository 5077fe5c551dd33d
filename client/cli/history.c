/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "hamlet/api/records.h"

enum hm_status hm_run_history(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        status = hm_api_history(&desk.view, call->args->operands[0], err);
        hm_desk_close(&desk);
    }
    return status;
}
