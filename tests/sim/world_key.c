/* SPDX-License-Identifier: Apache-2.0 */
#include "world_key.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/keys.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"

/* False: its disk fails, and nobody can say. */
static bool read_text(const struct world_laptop *laptop,
                      struct hm_bytes *text,
                      struct hm_arena *arena)
{
    struct hm_err err = HM_ERR_NONE;
    char first[HM_B64_32_SIZE];
    if (hm_store_meta_get(laptop->store, HM_META_KEYS, arena, text, &err) != HM_OK) {
        return false;
    }
    hm_b64_put(first, HM_BYTES(laptop->key.at));
    *text = text->size > 0 ? *text : hm_arena_copy(arena, hm_text(first));
    return true;
}

struct hm_bytes world_key_text(const struct world_laptop *laptop, struct hm_arena *arena)
{
    struct hm_bytes text = HM_NO_BYTES;
    if (!read_text(laptop, &text, arena)) {
        abort();
    }
    return text;
}

static bool knows(struct hm_store *store,
                  const struct world_laptop *laptop,
                  struct hm_arena *arena)
{
    struct hm_device device;
    struct hm_err err = HM_ERR_NONE;
    struct hm_bytes text = HM_NO_BYTES;
    const struct hm_id id = hm_sign_device(&laptop->key);
    return read_text(laptop, &text, arena) &&
           hm_store_device_get(store, &id, &device, arena, &err) == HM_OK &&
           hm_bytes_equal(device.keys, text);
}

bool world_key_known(const struct world *world, const struct world_laptop *laptop)
{
    struct hm_arena arena;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    bool known = knows(world->store, laptop, &arena);
    hm_arena_fini(&arena);
    return known;
}

bool world_key_may(const struct world_laptop *laptop)
{
    struct hm_arena arena;
    struct hm_keys keys;
    const struct hm_id id = hm_sign_device(&laptop->key);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    bool may = knows(laptop->store, laptop, &arena) &&
               hm_keys_read(&keys, world_key_text(laptop, &arena), &id) &&
               keys.count < HM_KEYS_MAX;
    hm_arena_fini(&arena);
    return may;
}

static enum hm_status name_key(struct world_laptop *laptop,
                               const struct world_pair *next,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_origin origin;
    struct hm_buf text;
    int64_t epoch = 0;
    const struct hm_id id = hm_sign_device(&laptop->key);
    enum hm_status status =
        hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &epoch, err);
    if (status == HM_OK) {
        status =
            hm_store_origin_get(laptop->store, &id, (uint32_t)epoch, false, &origin, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&text, HM_KEYS_TEXT_MAX);
    hm_keys_add(&text, world_key_text(laptop, arena), &id, &next->key, (uint32_t)epoch,
                origin.row == 0 ? 0 : origin.seq, &laptop->secret);
    status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        status = hm_store_meta_put(laptop->store, HM_META_KEYS, hm_buf_bytes(&text), err);
    }
    hm_buf_fini(&text);
    return status;
}

enum hm_status world_key_change(struct world_laptop *laptop,
                                struct world_pair *next,
                                struct hm_err *err)
{
    struct hm_arena arena;
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof(seed); i++) {
        seed[i] = (uint8_t)hm_testenv_below(&laptop->env, 256);
    }
    hm_sign_pair(&next->key, &next->secret, seed);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_store_begin(laptop->store, err);
    if (status == HM_OK) {
        status = name_key(laptop, next, &arena, err);
        if (status == HM_OK) {
            status = hm_store_commit(laptop->store, err);
        } else {
            hm_store_rollback(laptop->store);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

bool world_key_take(struct world_laptop *laptop, const struct world_pair *next)
{
    struct hm_arena arena;
    struct hm_keys keys;
    const struct hm_id id = hm_sign_device(&laptop->key);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    bool named = hm_keys_read(&keys, world_key_text(laptop, &arena), &id) &&
                 memcmp(hm_keys_newest(&keys)->at, next->key.at, HM_KEY_SIZE) == 0;
    if (named) {
        laptop->secret = next->secret;
        laptop->newest = next->key;
        hm_session_close(laptop->session); /* it began with the key before */
        laptop->session = NULL;
    }
    hm_arena_fini(&arena);
    return named;
}
