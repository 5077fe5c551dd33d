/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/replica/replica.h"

#include <string.h>
#include <unistd.h>

#include "hamlet/host/keyfile.h"

enum { PATHS_MAX = 64 * 1024 };

/* A device without its key is another device, so it is never given a new one here. */
static enum hm_status load_key(struct hm_replica *replica,
                               const char *dir,
                               struct hm_err *err)
{
    uint8_t seed[HM_SEED_SIZE];
    struct hm_id known;
    enum hm_status status = hm_keyfile_load(seed, dir, HM_REPLICA_KEY, err);
    if (status != HM_OK) {
        return status == HM_NOT_FOUND ? HM_UNCONFIGURED : status;
    }
    hm_sign_pair(&replica->key, &replica->secret, seed);
    explicit_bzero(seed, sizeof(seed));
    status = hm_store_meta_get_id(replica->store, HM_META_DEVICE, &known, err);
    struct hm_id device = hm_sign_device(&replica->key);
    if (status == HM_OK && !hm_id_equal(&known, &device)) {
        return hm_fail(err, HM_UNCONFIGURED, "key-foreign", dir, NULL, NULL);
    }
    return status;
}

static enum hm_status open_store(struct hm_replica *replica,
                                 const char *dir,
                                 const struct hm_env *env,
                                 struct hm_err *err)
{
    struct hm_arena arena;
    hm_arena_init(&arena, PATHS_MAX);
    const char *path = hm_replica_path(&arena, dir, HM_REPLICA_STORE);
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK && access(path, F_OK) != 0) {
        status = hm_fail(err, HM_UNCONFIGURED, "store-missing", dir, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_open(&replica->store, path, HM_STORE_LAPTOP, false,
                               replica->kinds, env, NULL, err);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_replica_open(struct hm_replica *replica,
                               const char *dir,
                               const struct hm_env *env,
                               bool with_key,
                               struct hm_err *err)
{
    struct hm_replica made = {.store = NULL};
    enum hm_status status = hm_replica_kinds(&made.kinds, dir, err);
    if (status == HM_OK) {
        status = open_store(&made, dir, env, err);
    }
    if (status == HM_OK && with_key) {
        status = load_key(&made, dir, err);
    }
    if (status != HM_OK) {
        hm_replica_close(&made);
        return status;
    }
    *replica = made;
    return HM_OK;
}

void hm_replica_close(struct hm_replica *replica)
{
    hm_store_close(replica->store);
    hm_kinds_close(replica->kinds);
    hm_secret_wipe(&replica->secret);
    *replica = (struct hm_replica){.store = NULL};
}
