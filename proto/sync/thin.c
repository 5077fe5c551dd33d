/* SPDX-License-Identifier: Apache-2.0 */
#include "thin.h"

#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/store/registry.h"

/*
 * A change without its values. The commitments of values that are here are computed
 * first; the key would open them again, so it stays here.
 */
static enum hm_status make_skeleton(struct hm_change *change, struct hm_err *err)
{
    struct hm_buf scratch;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_change_seal(change, &scratch, err);
    hm_buf_fini(&scratch);
    for (size_t i = 0; i < change->write_count; i++) {
        change->writes[i].value = HM_NO_BYTES;
    }
    change->has_key = false;
    return status;
}

enum hm_status hm_thin_out(struct hm_store *store,
                           const struct hm_id *reader,
                           const struct hm_id *author,
                           struct hm_bytes home,
                           struct hm_held *held,
                           size_t count,
                           struct hm_err *err)
{
    int rank = -1;
    bool asked = false;
    enum hm_status status = HM_OK;
    if (hm_id_equal(author, reader)) {
        return HM_OK;
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (held[i].verdict != HM_VERDICT_QUARANTINED) {
            continue;
        }
        if (!asked) {
            status = hm_store_rank(store, reader, home, &rank, err);
            asked = true;
        }
        if (status == HM_OK && rank < hm_role_rank(HM_ROLE_COMMUNE_OFFICER)) {
            status = make_skeleton(&held[i].change, err);
        }
    }
    return status;
}
