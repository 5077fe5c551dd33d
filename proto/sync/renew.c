/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/epoch.h"
#include "session_inside.h"

static enum hm_status still_holds(struct hm_session *session,
                                  bool *holds,
                                  struct hm_err *err)
{
    struct hm_id lease;
    struct hm_id request;
    enum hm_status status =
        hm_store_meta_get_id(session->store, HM_META_LEASE, &lease, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_id(session->store, HM_META_REQUEST, &request, err);
    }
    *holds = status == HM_OK && hm_id_equal(&lease, &session->lease) &&
             hm_id_equal(&request, &session->request_id);
    return status;
}

enum hm_status hm_session_renew(struct hm_session *session,
                                bool *renewed,
                                struct hm_err *err)
{
    uint64_t moved = 0;
    *renewed = false;
    enum hm_status status = hm_store_begin(session->store, err);
    if (status != HM_OK) {
        return status;
    }
    status = still_holds(session, renewed, err);
    if (status == HM_OK && *renewed) {
        status = hm_store_epoch_begin(session->store, &moved, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(session->store, err);
    } else {
        hm_store_rollback(session->store);
    }
    if (status == HM_OK && *renewed) {
        session->stats.epochs++;
        session->stats.moved += moved;
    }
    return status;
}
