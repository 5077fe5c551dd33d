/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A laptop whose invitation was over before the district heard of it takes a new one. It
 * has written as the user of the first one and stays him, with its key and all that was
 * entered: the new one only opens the door (PROTOCOL.md 9).
 */
#include <string.h>

#include "enrol.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"

enum { ARENA_MAX = 64 * 1024 };

struct again {
    const struct hm_call *call;
    struct hm_store *store;
    const char *folder;
    struct hm_bytes json; /* the new one */
    struct hm_invitation *invitation;
    struct hm_bytes old_json; /* the one in whose place it comes */
    struct hm_invitation old;
    struct hm_arena arena;
};

/* What was entered says of what unit and in which role: none but these let it in. */
static enum hm_status fail_place(struct again *a, struct hm_err *err)
{
    enum hm_role role = HM_ROLE_VIEWER;
    const char *unit = hm_arena_copy_text(&a->arena, a->old.unit);
    enum hm_status status = hm_arena_status(&a->arena, err);
    (void)hm_role_find(&role, a->old.role);
    return status != HM_OK
               ? status
               : hm_fail(err, HM_BAD_INPUT, "invitation-place", unit,
                         hm_words_ui(a->call->words, hm_role_word(role)), NULL);
}

static enum hm_status judge(struct again *a, struct hm_err *err)
{
    const struct hm_invitation *new = a->invitation;
    enum hm_status status =
        hm_store_meta_get(a->store, HM_META_INVITATION, &a->arena, &a->old_json, err);
    if (status == HM_OK && a->old_json.size > 0) {
        status = hm_invitation_read(&a->old, a->old_json, &a->arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (a->old_json.size == 0 || hm_id_equal(&a->old.id, &new->id)) {
        return hm_fail(err, HM_EXISTS, "store-exists", a->folder, NULL, NULL);
    }
    if (memcmp(a->old.key.at, new->key.at, HM_KEY_SIZE) != 0) {
        return hm_fail(err, HM_BAD_INPUT, "trust-foreign", NULL, NULL, NULL);
    }
    return hm_bytes_equal(a->old.unit, new->unit) &&
                   hm_bytes_equal(a->old.role, new->role)
               ? HM_OK
               : fail_place(a, err);
}

/* However often that happens, the first one is whose user has written. */
static enum hm_status keep_first(struct again *a, struct hm_err *err)
{
    struct hm_bytes first = HM_NO_BYTES;
    enum hm_status status =
        hm_store_meta_get(a->store, HM_META_FIRST, &a->arena, &first, err);
    return status != HM_OK || first.size > 0
               ? status
               : hm_store_meta_put(a->store, HM_META_FIRST, a->old_json, err);
}

static enum hm_status take(struct again *a, struct hm_err *err)
{
    enum hm_status status = judge(a, err);
    if (status == HM_OK) {
        status = keep_first(a, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(a->store, HM_META_INVITATION, a->json, err);
    }
    if (status == HM_OK) {
        /* A server that was begun anew counts its TLS keys anew. */
        status = hm_store_meta_put(a->store, HM_META_PINS, HM_NO_BYTES, err);
    }
    return status == HM_OK ? hm_put_server(a->store, a->invitation, err) : status;
}

static enum hm_status take_once(struct again *a,
                                struct hm_id *device,
                                struct hm_id *user,
                                struct hm_err *err)
{
    enum hm_status status = hm_store_begin(a->store, err);
    if (status != HM_OK) {
        return status;
    }
    status = take(a, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_id(a->store, HM_META_DEVICE, device, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_id(a->store, HM_META_USER, user, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(a->store, err);
    }
    hm_store_rollback(a->store);
    return status;
}

enum hm_status hm_enrol_again(const struct hm_call *call,
                              struct hm_bytes json,
                              struct hm_invitation *invitation,
                              struct hm_id *device,
                              struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_desk desk;
    struct again a = {.call = call, .json = json, .invitation = invitation};
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    a.store = desk.replica.store;
    a.folder = desk.folder;
    hm_arena_init(&a.arena, ARENA_MAX);
    status = take_once(&a, device, &invitation->user, err);
    if (status == HM_OK) {
        hm_poke(&cli->env, desk.folder);
    }
    hm_arena_fini(&a.arena);
    hm_desk_close(&desk);
    return status;
}
