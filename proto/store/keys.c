/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a device: of the registry, and a laptop's own before they are there. */
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"

/* A laptop knows of its own new key before the registry does. */
static enum hm_status own_keys(struct hm_store *store,
                               const struct hm_id *device,
                               struct hm_bytes *text,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_id own;
    struct hm_bytes ours = HM_NO_BYTES;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DEVICE, &own, err);
    if (status == HM_OK && hm_id_equal(&own, device)) {
        status = hm_store_meta_get(store, HM_META_KEYS, arena, &ours, err);
    }
    if (status == HM_OK && ours.size > text->size) {
        *text = ours;
    }
    return status;
}

enum hm_status hm_store_keys(struct hm_store *store,
                             const struct hm_id *device,
                             struct hm_keys *keys,
                             struct hm_err *err)
{
    struct hm_device found;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_store_device_get(store, device, &found, &arena, err);
    if (status == HM_OK) {
        status = own_keys(store, device, &found.keys, &arena, err);
    }
    if (status == HM_OK) {
        (void)hm_keys_read(keys, found.keys, device);
    }
    hm_arena_fini(&arena);
    return status;
}
