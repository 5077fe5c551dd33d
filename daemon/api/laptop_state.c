/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/laptop_state.h"

#include <string.h>

#include "hamlet/base/limits.h"

/* Its arguments stand one after the other, each with its NUL. */
static enum hm_status read_failure(struct hm_laptop_state *state,
                                   struct hm_store *store,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    struct hm_bytes key = HM_NO_BYTES;
    struct hm_bytes args = HM_NO_BYTES;
    state->failed = HM_ERR_NONE;
    enum hm_status status =
        hm_store_meta_get(store, HM_META_LAST_ERROR, arena, &key, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_LAST_ARGS, arena, &args, err);
    }
    if (status != HM_OK || key.size == 0) {
        return status;
    }
    const char *text[HM_ERR_ARGS] = {NULL};
    for (size_t i = 0; i < HM_ERR_ARGS && args.size > 0; i++) {
        const uint8_t *end = memchr(args.data, 0, args.size);
        if (end == NULL) {
            break;
        }
        size_t length = (size_t)(end - args.data) + 1;
        text[i] = (const char *)args.data;
        args = (struct hm_bytes){args.data + length, args.size - length};
    }
    (void)hm_fail(&state->failed, HM_NO_SERVER, hm_arena_copy_text(arena, key), text[0],
                  text[1], text[2]);
    return hm_arena_status(arena, err);
}

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
        status = read_failure(state, store, arena, err);
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

enum hm_status hm_laptop_failure_put(struct hm_store *store,
                                     const struct hm_err *failed,
                                     struct hm_err *err)
{
    struct hm_buf args;
    hm_buf_init(&args, sizeof(failed->arg));
    for (size_t i = 0; i < HM_ERR_ARGS; i++) {
        hm_buf_put(&args, failed->arg[i], strlen(failed->arg[i]) + 1);
    }
    enum hm_status status = hm_buf_status(&args, err);
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_LAST_ERROR, hm_text(failed->key), err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_LAST_ARGS, hm_buf_bytes(&args), err);
    }
    hm_buf_fini(&args);
    return status;
}
