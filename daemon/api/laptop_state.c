/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/laptop_state.h"

static enum hm_status read_facts(struct hm_laptop_state *state,
                                 struct hm_store *store,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    enum hm_status status =
        hm_store_meta_get_id(store, HM_META_DEVICE, &state->device, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_UNIT, arena, &state->unit, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_EPOCH, 0, &state->epoch, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_get_int(store, HM_META_LAST_SYNC, 0, &state->synced_ms, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_LAST_ERROR, arena, &state->failed, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_OFFSET, INT64_MIN,
                                       &state->offset_ms, err);
    }
    return status;
}

enum hm_status hm_laptop_state_load(struct hm_laptop_state *state,
                                    struct hm_store *store,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    enum hm_status status = read_facts(state, store, arena, err);
    if (status == HM_OK) {
        status = hm_store_counts(store, true, &state->counts, err);
    }
    return status != HM_OK ? status
                           : hm_last_receipt_load(&state->receipt, store, arena, err);
}
