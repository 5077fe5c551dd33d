/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep.h"

#include <check.h>
#include <stdio.h>

#include "fault.h"

static bool fail_at(const struct hm_sweep *sweep, uint64_t nth, bool on)
{
    struct hm_err err = HM_ERR_NONE;
    if (sweep->before != NULL) {
        sweep->before(sweep->ctx);
    }
    if (on) {
        hm_fault_arm_from(nth);
    } else {
        hm_fault_arm(nth);
    }
    enum hm_status status = sweep->act(sweep->ctx, &err);
    bool fired = hm_fault_disarm();
    ck_assert_msg(status == HM_OK || (fired && status == HM_NO_MEMORY),
                  "%s: %s (%s %s) at allocation %u", sweep->name, hm_status_name(status),
                  err.key == NULL ? "" : err.key, err.arg[0], (unsigned)nth);
    if (status != HM_OK) {
        ck_assert_msg(err.status == HM_NO_MEMORY, "%s: the error is %s at allocation %u",
                      sweep->name, hm_status_name(err.status), (unsigned)nth);
        if (sweep->unchanged != NULL) {
            sweep->unchanged(sweep->ctx);
        }
    }
    return fired;
}

uint64_t hm_sweep_memory_some(const struct hm_sweep *sweep, uint64_t stride)
{
    uint64_t failed = 0;
    hm_fault_start();
    for (int on = 0; on < 2; on++) {
        uint64_t nth = 1;
        while (fail_at(sweep, nth, on == 1)) {
            failed++;
            nth += stride;
        }
    }
    (void)fprintf(stderr, "%s: %u allocations failed\n", sweep->name, (unsigned)failed);
    return failed;
}

uint64_t hm_sweep_memory(const struct hm_sweep *sweep)
{
    return hm_sweep_memory_some(sweep, 1);
}
