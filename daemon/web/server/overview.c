/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/overview.h"

#include "inside.h"

enum hm_status hm_server_run_overview(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status = hm_web_scope(call, &unit, err);
    return status != HM_OK ? status : hm_api_overview(&call->view, unit, err);
}
