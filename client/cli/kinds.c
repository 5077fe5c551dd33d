/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/kinds.h"
#include "cli.h"

enum hm_status hm_run_kinds(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        status = hm_api_kinds(&desk.view,
                              args->operand_count > 0 ? args->operands[0] : NULL, err);
        hm_desk_close(&desk);
    }
    return status;
}
