/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "hamlet/api/check.h"

enum hm_status hm_run_verify(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        status = hm_api_verify(&desk.view, NULL, err);
        hm_desk_close(&desk);
    }
    return status;
}
