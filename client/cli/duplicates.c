/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/duplicates.h"
#include "cli.h"

enum hm_status hm_run_duplicates(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        const char *kind = args->operand_count > 0 ? args->operands[0] : NULL;
        status = hm_api_duplicates(&desk.view, kind, hm_args_value(args, "unit"), err);
        hm_desk_close(&desk);
    }
    return status;
}
