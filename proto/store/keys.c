/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of a device: of the registry, and a laptop's own before they are there; and
 * the pins of a server.
 */
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/records.h"
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
        (void)hm_keys_trust(keys, found.keys, device);
    }
    hm_arena_fini(&arena);
    return status;
}

static void record_of(struct hm_id *record, const struct hm_id *device)
{
    char hex[HM_HEX16_SIZE];
    uint8_t memory[2 * HM_HEX16_SIZE];
    struct hm_buf value;
    hm_hex_put(hex, hm_id_bytes(device));
    hm_buf_init_fixed(&value, memory, sizeof(memory));
    hm_value_put_text(&value, hm_text(hex));
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE), hm_buf_bytes(&value)};
    hm_record_id(record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
}

/* The registry's record of a device. `known`: it is there. */
static enum hm_status load_device(struct hm_store *store,
                                  const struct hm_id *device,
                                  struct hm_loaded *loaded,
                                  bool *known,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_id record;
    struct hm_err missing = HM_ERR_NONE;
    record_of(&record, device);
    enum hm_status status = hm_store_record_load(store, &record, loaded, arena, &missing);
    if (status != HM_OK && status != HM_NOT_FOUND) {
        return hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                       missing.arg[2]);
    }
    /* A record of another home by this id says nothing: see the registry's kinds. */
    *known = status == HM_OK && hm_bytes_are(loaded->home, HM_HOME_REGISTRY) &&
             !loaded->merged.deleted;
    return HM_OK;
}

/* Of the text shown each key was tried, and of one that it goes on from. */
static bool signed_by(const struct hm_change *change,
                      struct hm_bytes shown,
                      const struct hm_page *page,
                      struct hm_key *key)
{
    struct hm_keys keys;
    size_t which = 0;
    const struct hm_write *write = hm_change_write(change, hm_text(HM_REGISTRY_KEY));
    struct hm_bytes text =
        write == NULL ? HM_NO_BYTES : hm_value_text_or(write->value, HM_NO_BYTES);
    if (text.size == 0 || hm_keys_follow(shown, text)) {
        return false;
    }
    (void)hm_keys_read(&keys, text, &page->device);
    if (!hm_keys_check(&keys, page, &which)) {
        return false;
    }
    *key = keys.at[which];
    return true;
}

enum hm_status hm_store_signer(struct hm_store *store,
                               const struct hm_page *page,
                               struct hm_key *key,
                               bool *found,
                               struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_loaded loaded;
    bool known = false;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    *found = false;
    enum hm_status status =
        load_device(store, &page->device, &loaded, &known, &arena, err);
    struct hm_bytes shown =
        known ? hm_value_text_or(hm_loaded_shown(&loaded, hm_text(HM_REGISTRY_KEY)),
                                 HM_NO_BYTES)
              : HM_NO_BYTES;
    for (size_t i = 0; known && i < loaded.count && !*found; i++) {
        *found = loaded.known[i].effective &&
                 signed_by(&loaded.held[i].change, shown, page, key);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_store_pins(struct hm_store *store,
                             const struct hm_id *server,
                             struct hm_bytes *text,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_loaded loaded;
    bool known = false;
    *text = HM_NO_BYTES;
    enum hm_status status = load_device(store, server, &loaded, &known, arena, err);
    if (known) {
        *text = hm_value_text_or(hm_loaded_shown(&loaded, hm_text(HM_REGISTRY_PINS)),
                                 HM_NO_BYTES);
    }
    return status;
}
