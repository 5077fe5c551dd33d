/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's key, and how it changes. The store says which key is the newest, in the
 * fact that names them all; the files hold it as keys/device or, until the registry here
 * knows it, as keys/device.next:
 *
 *     1. device.next is made                      the old key speaks
 *     2. the store names the new key              device.next speaks, with its
 * certificate
 *     3. the registry came and names it           …
 *     4. device.next becomes device, the old one is wiped
 *
 * Between any two of them the power may go. All four happen under the store's write lock.
 */
#include "key.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/host/keyfile.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"

enum { ARENA_MAX = 64 * 1024, NUMBER_SIZE = 16 };

struct pair {
    struct hm_key key;
    struct hm_secret secret;
};

static enum hm_status load_pair(struct pair *pair,
                                const char *dir,
                                const char *name,
                                struct hm_err *err)
{
    uint8_t seed[HM_SEED_SIZE];
    enum hm_status status = hm_keyfile_load(seed, dir, name, err);
    if (status == HM_OK) {
        hm_sign_pair(&pair->key, &pair->secret, seed);
        explicit_bzero(seed, sizeof(seed));
    }
    return status;
}

static bool same_key(const struct hm_key *a, const struct hm_key *b)
{
    return memcmp(a->at, b->at, HM_KEY_SIZE) == 0;
}

static enum hm_status pass(struct hm_err *err, const struct hm_err *why)
{
    return hm_fail(err, why->status, why->key, why->arg[0], why->arg[1], why->arg[2]);
}

/* What the store says of this device: its id, and its keys if there were several. */
struct self {
    struct hm_id device;
    struct hm_bytes text; /* no bytes: it never changed its key */
    struct hm_keys keys;
};

static enum hm_status load_self(struct self *self,
                                struct hm_store *store,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    enum hm_status status =
        hm_store_meta_get_id(store, HM_META_DEVICE, &self->device, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_KEYS, arena, &self->text, err);
    }
    if (status == HM_OK && self->text.size > 0 &&
        !hm_keys_read(&self->keys, self->text, &self->device)) {
        return hm_fail(err, HM_CORRUPT, "keys-broken", NULL, NULL, NULL);
    }
    return status;
}

static bool is_newest(const struct self *self, const struct hm_key *key)
{
    if (self->text.size > 0) {
        return same_key(key, hm_keys_newest(&self->keys));
    }
    struct hm_id named = hm_sign_device(key);
    return hm_id_equal(&named, &self->device);
}

/* A device without its key is another device, so it is never given a new one here. */
static enum hm_status find(struct pair *pair,
                           const struct self *self,
                           const char *dir,
                           struct hm_err *err)
{
    struct hm_err why = HM_ERR_NONE;
    struct hm_err none = HM_ERR_NONE;
    enum hm_status status = load_pair(pair, dir, HM_REPLICA_KEY, &why);
    if (status == HM_OK && is_newest(self, &pair->key)) {
        return HM_OK;
    }
    if (self->text.size > 0 && load_pair(pair, dir, HM_REPLICA_NEXT, &none) == HM_OK &&
        is_newest(self, &pair->key)) {
        return HM_OK;
    }
    if (status == HM_OK) {
        return hm_fail(err, HM_UNCONFIGURED, "key-foreign", dir, NULL, NULL);
    }
    return status == HM_NOT_FOUND
               ? hm_fail(err, HM_UNCONFIGURED, "key-missing", dir, NULL, NULL)
               : pass(err, &why);
}

enum hm_status hm_replica_load_key(struct hm_replica *replica,
                                   const char *dir,
                                   const struct hm_env *env,
                                   struct hm_err *err)
{
    struct self self = {.text = HM_NO_BYTES};
    struct pair pair;
    struct hm_arena arena;
    hm_arena_init(&arena, ARENA_MAX);
    enum hm_status status = load_self(&self, replica->store, &arena, err);
    if (status == HM_OK) {
        status = find(&pair, &self, dir, err);
    }
    if (status == HM_OK) {
        replica->key = pair.key;
        replica->secret = pair.secret;
        hm_replica_settle_key(replica, dir, env);
    }
    hm_secret_wipe(&pair.secret);
    hm_arena_fini(&arena);
    return status;
}

/* Whether the registry here names all keys that the store does. */
static enum hm_status is_known(const struct self *self,
                               struct hm_store *store,
                               bool *known,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_device device;
    enum hm_status status =
        hm_store_device_get(store, &self->device, &device, arena, err);
    *known = self->text.size == 0 || hm_keys_follow(device.keys, self->text);
    return status;
}

/* What the files are, against what the store says. */
static enum hm_status settle(struct hm_store *store,
                             const char *dir,
                             const struct hm_env *env,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct self self = {.text = HM_NO_BYTES};
    struct pair pair;
    bool known = false;
    enum hm_status status = load_self(&self, store, arena, err);
    if (status == HM_OK) {
        status = is_known(&self, store, &known, arena, err);
    }
    if (status != HM_OK || !known) {
        return status;
    }
    status = load_pair(&pair, dir, HM_REPLICA_KEY, err);
    if (status == HM_OK && is_newest(&self, &pair.key)) {
        status = hm_keyfile_forget(env, dir, HM_REPLICA_KEY, HM_REPLICA_OLD, err);
        if (status == HM_OK) {
            status = hm_keyfile_forget(env, dir, HM_REPLICA_KEY, HM_REPLICA_NEXT, err);
        }
    } else if (load_pair(&pair, dir, HM_REPLICA_NEXT, err) == HM_OK &&
               is_newest(&self, &pair.key)) {
        status = hm_keyfile_replace(env, dir, HM_REPLICA_KEY, HM_REPLICA_NEXT,
                                    HM_REPLICA_OLD, err);
    }
    hm_secret_wipe(&pair.secret);
    return status;
}

void hm_replica_settle_key(const struct hm_replica *replica,
                           const char *dir,
                           const struct hm_env *env)
{
    struct hm_err none = HM_ERR_NONE;
    struct hm_arena arena;
    hm_arena_init(&arena, ARENA_MAX);
    const char *next = hm_replica_path(&arena, dir, "keys/" HM_REPLICA_NEXT);
    const char *old = hm_replica_path(&arena, dir, "keys/" HM_REPLICA_OLD);
    bool several = next != NULL && old != NULL &&
                   (access(next, F_OK) == 0 || access(old, F_OK) == 0);
    /* Whoever changes the key writes to the store while it does: never both at once. */
    if (several && hm_store_begin(replica->store, &none) == HM_OK) {
        /* A disk without room keeps the old key a little longer: the next one tries. */
        (void)!settle(replica->store, dir, env, &arena, &none);
        hm_store_rollback(replica->store);
    }
    hm_arena_fini(&arena);
}

/* ---- a new key ---- */

static enum hm_status make_next(struct hm_key *next,
                                const char *dir,
                                const struct hm_env *env,
                                struct hm_err *err)
{
    uint8_t seed[HM_SEED_SIZE];
    struct hm_secret secret;
    /* One that an earlier try left may have been copied since. */
    enum hm_status status =
        hm_keyfile_forget(env, dir, HM_REPLICA_KEY, HM_REPLICA_NEXT, err);
    if (status == HM_OK) {
        status = hm_keyfile_load_or_make(seed, env, dir, HM_REPLICA_NEXT, err);
    }
    if (status == HM_OK) {
        hm_sign_pair(next, &secret, seed);
        hm_secret_wipe(&secret);
    }
    explicit_bzero(seed, sizeof(seed));
    return status;
}

static enum hm_status name_next(const struct hm_replica *replica,
                                const struct self *self,
                                const struct hm_key *next,
                                struct hm_err *err)
{
    struct hm_origin origin;
    struct hm_buf text;
    char first[HM_B64_32_SIZE];
    int64_t epoch = 0;
    struct hm_store *store = replica->store;
    enum hm_status status = hm_store_meta_get_int(store, HM_META_EPOCH, 0, &epoch, err);
    if (status == HM_OK) {
        status = hm_store_origin_get(store, &self->device, (uint32_t)epoch, false,
                                     &origin, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_b64_put(first, HM_BYTES(replica->key.at));
    hm_buf_init(&text, HM_KEYS_TEXT_MAX);
    hm_keys_add(&text, self->text.size > 0 ? self->text : hm_text(first), &self->device,
                next, (uint32_t)epoch, origin.row == 0 ? 0 : origin.seq,
                &replica->secret);
    status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_KEYS, hm_buf_bytes(&text), err);
    }
    hm_buf_fini(&text);
    return status;
}

static enum hm_status rotate(const struct hm_replica *replica,
                             const char *dir,
                             const struct hm_env *env,
                             bool *waits,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct self self = {.text = HM_NO_BYTES};
    struct hm_key next;
    char number[NUMBER_SIZE];
    bool known = false;
    enum hm_status status = load_self(&self, replica->store, arena, err);
    if (status == HM_OK) {
        status = is_known(&self, replica->store, &known, arena, err);
    }
    /* Another one may have changed it since this one was opened. */
    *waits = status == HM_OK && (!known || !is_newest(&self, &replica->key));
    if (status != HM_OK || *waits) {
        return status;
    }
    if (self.keys.count == HM_KEYS_MAX) {
        (void)snprintf(number, sizeof(number), "%d", HM_KEYS_MAX - 1);
        return hm_fail(err, HM_DENIED, "keys-many", number, NULL, NULL);
    }
    status = make_next(&next, dir, env, err);
    return status != HM_OK ? status : name_next(replica, &self, &next, err);
}

enum hm_status hm_replica_rotate(struct hm_replica *replica,
                                 const char *dir,
                                 const struct hm_env *env,
                                 bool *waits,
                                 struct hm_err *err)
{
    struct hm_arena arena;
    hm_arena_init(&arena, ARENA_MAX);
    enum hm_status status = hm_store_begin(replica->store, err);
    if (status == HM_OK) {
        status = rotate(replica, dir, env, waits, &arena, err);
        if (status == HM_OK && !*waits) {
            status = hm_store_commit(replica->store, err);
        } else {
            hm_store_rollback(replica->store);
        }
    }
    hm_arena_fini(&arena);
    return status;
}
