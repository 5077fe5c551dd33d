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

/*
 * What was refused in a unit is for those who decide there; what the own mailbox names is
 * its author's, unless he lost the unit.
 */
static enum hm_status may_see(struct hm_store *store,
                              const struct hm_id *reader,
                              struct hm_bytes home,
                              bool mailbox,
                              bool *may,
                              struct hm_err *err)
{
    int rank = -1;
    bool had = false;
    enum hm_status status = hm_store_rank(store, reader, home, &rank, err);
    if (status == HM_OK && mailbox && rank < 0) {
        status = hm_store_permit_had(store, reader, home, &had, err);
    }
    *may = mailbox ? !had : rank >= hm_role_rank(HM_ROLE_COMMUNE_OFFICER);
    return status;
}

enum hm_status hm_thin_out(struct hm_store *store,
                           const struct hm_id *reader,
                           const struct hm_id *author,
                           struct hm_bytes home,
                           bool mailbox,
                           struct hm_held *held,
                           size_t count,
                           struct hm_err *err)
{
    bool may = false;
    bool asked = false;
    enum hm_status status = HM_OK;
    if (!mailbox && hm_id_equal(author, reader)) {
        return HM_OK;
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!mailbox && held[i].verdict != HM_VERDICT_QUARANTINED) {
            continue;
        }
        if (!asked) {
            status = may_see(store, reader, home, mailbox, &may, err);
            asked = true;
        }
        if (status == HM_OK && !may) {
            status = make_skeleton(&held[i].change, err);
        }
    }
    return status;
}
