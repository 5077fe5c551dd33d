/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/replica/replica.h"

#include <string.h>
#include <unistd.h>

#include "key.h"

enum { PATHS_MAX = 64 * 1024 };

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

/* Where there is no room to write, what is here can still be read and sent. */
static enum hm_status settle(struct hm_store *store, const char *dir, struct hm_err *err)
{
    struct hm_err why = HM_ERR_NONE;
    bool changed = false;
    enum hm_status status = hm_replica_kinds_changed(store, &changed, err);
    if (status == HM_OK) {
        hm_replica_scrub(store, dir);
    }
    if (status != HM_OK || !changed) {
        return status;
    }
    status = hm_replica_kinds_settle(store, &why);
    if (status == HM_IO || status == HM_LOCKED) {
        return HM_OK; /* the next opening tries again */
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
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
    if (status == HM_OK) {
        status = settle(made.store, dir, err);
    }
    if (status == HM_OK && with_key) {
        status = hm_replica_load_key(&made, dir, env, err);
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
