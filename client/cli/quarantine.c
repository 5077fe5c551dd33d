/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "hamlet/api/conflicts.h"

enum hm_status hm_run_quarantine(struct hm_call *call, struct hm_err *err)
{
    const struct hm_api_refused all = {.change = NULL};
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        status = hm_api_quarantine(&desk.view, &all, err);
        hm_desk_close(&desk);
    }
    return status;
}
