/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"
#include "hamlet/api/records.h"

enum hm_status hm_run_export(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    const char *format = hm_args_value(call->args, "format");
    bool csv = format == NULL ? !call->args->json : strcmp(format, "csv") == 0;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        status = hm_api_export(&desk.view, hm_text(call->args->operands[0]), csv, err);
        hm_desk_close(&desk);
    }
    return status;
}
