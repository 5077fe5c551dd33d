/* SPDX-License-Identifier: Apache-2.0 */
/* A store whose kinds are others than before: a program or a kind's file came anew. */
#include "hamlet/replica/imports.h"
#include "hamlet/replica/replica.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/erase.h"

enum { META_MAX = 4096 };

enum hm_status hm_replica_kinds_changed(struct hm_store *store,
                                        bool *changed,
                                        struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_bytes known = HM_NO_BYTES;
    const struct hm_digest now = hm_kinds_digest(hm_store_kinds(store));
    hm_arena_init(&arena, META_MAX);
    enum hm_status status = hm_store_meta_get(store, HM_META_KINDS, &arena, &known, err);
    if (status == HM_OK) {
        *changed = !hm_bytes_equal(known, hm_digest_bytes(&now));
    }
    hm_arena_fini(&arena);
    return status;
}

/* Noted after it is done: whatever stops this in between, the next opening does again. */
enum hm_status hm_replica_kinds_settle(struct hm_store *store, struct hm_err *err)
{
    size_t different = 0;
    const struct hm_digest now = hm_kinds_digest(hm_store_kinds(store));
    enum hm_status status = hm_store_rebuild(store, &different, err);
    if (status == HM_OK) {
        status = hm_store_begin(store, err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = hm_store_meta_put(store, HM_META_KINDS, hm_digest_bytes(&now), err);
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    } else {
        hm_store_rollback(store);
    }
    return status;
}

void hm_replica_scrub(struct hm_store *store, const char *dir)
{
    bool scrubbed = false;
    int64_t due = 0;
    struct hm_err why = HM_ERR_NONE;
    if (hm_store_meta_get_int(store, HM_META_SCRUB, 0, &due, &why) != HM_OK ||
        (due != 0 && !hm_imports_clear(dir))) {
        return; /* the note that it is due stands: the next opening tries again */
    }
    (void)!hm_store_scrub(store, &scrubbed, &why); /* else the next opening does it */
}
