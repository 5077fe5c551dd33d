/* SPDX-License-Identifier: Apache-2.0 */
/* A laptop follows what the registry says of its own place. */
#include "hamlet/store/purge.h"
#include "hamlet/store/registry.h"
#include "session_inside.h"

/* Who works here, as what, where. */
struct place {
    struct hm_id user;
    struct hm_bytes role;
    struct hm_bytes unit;
};

static enum hm_status load_place(struct hm_session *session,
                                 struct place *place,
                                 struct hm_err *err)
{
    struct hm_arena *arena = &session->inbox.arena;
    enum hm_status status =
        hm_store_meta_get_id(session->store, HM_META_USER, &place->user, err);
    if (status == HM_OK) {
        status =
            hm_store_meta_get(session->store, HM_META_ROLE, arena, &place->role, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_get(session->store, HM_META_UNIT, arena, &place->unit, err);
    }
    return status;
}

static enum hm_status store_place(struct hm_session *session,
                                  const struct place *place,
                                  struct hm_err *err)
{
    enum hm_status status =
        hm_store_meta_put(session->store, HM_META_USER, hm_id_bytes(&place->user), err);
    if (status == HM_OK) {
        status = hm_store_meta_put(session->store, HM_META_ROLE, place->role, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(session->store, HM_META_UNIT, place->unit, err);
    }
    return status;
}

enum hm_status hm_session_follow(struct hm_session *session, struct hm_err *err)
{
    struct place place;
    bool gone = false;
    bool found = false;
    enum hm_status status = load_place(session, &place, err);
    if (status == HM_OK) {
        status = hm_store_permit_gone(session->store, &session->device, &place.user,
                                      place.role, place.unit, &gone, err);
    }
    if (status != HM_OK || !gone) {
        return status;
    }
    status =
        hm_store_permit_best(session->store, &session->device, &place.user, &place.role,
                             &place.unit, &found, &session->inbox.arena, err);
    return status != HM_OK || !found ? status : store_place(session, &place, err);
}

/* ---- units that it may no longer hold ---- */

static bool is_among(struct hm_bytes name, const struct hm_bytes *list, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        found = hm_bytes_equal(list[i], name);
    }
    return found;
}

/*
 * Only what the server and the own registry both say is not ours any more, and once was:
 * what a person wrote where he never might and was refused stays his.
 */
static enum hm_status purge_lost(struct hm_session *session,
                                 bool *purged,
                                 struct hm_err *err)
{
    struct hm_bytes *homes = NULL;
    struct hm_bytes *scope = NULL;
    size_t home_count = 0;
    size_t count = 0;
    bool had = false;
    const struct hm_reply *reply = &session->reply;
    /* Where no list came the buckets that we named are all: a home without one is none of
     * them. What was written there before is gone up by now. */
    enum hm_status status = hm_store_homes(session->store, !reply->has_scope, &homes,
                                           &home_count, &session->arena, err);
    if (status == HM_OK && home_count > 0) {
        status = hm_store_scope(session->store, &session->device, &scope, &count,
                                &session->arena, err);
    }
    for (size_t i = 0; i < home_count && status == HM_OK; i++) {
        if (is_among(homes[i], scope, count) ||
            is_among(homes[i], reply->scope, reply->scope_count)) {
            continue;
        }
        status =
            hm_store_permit_had(session->store, &session->device, homes[i], &had, err);
        if (status == HM_OK && had) {
            status = hm_store_purge(session->store, homes[i], err);
            *purged = true;
        }
    }
    return status != HM_OK || !*purged ? status : hm_store_purged(session->store, err);
}

static enum hm_status is_any_bare(struct hm_session *session,
                                  bool *any,
                                  struct hm_err *err)
{
    struct hm_bytes *homes = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_homes(session->store, true, &homes, &count, &session->arena, err);
    *any = count > 0;
    return status;
}

enum hm_status hm_session_part(struct hm_session *session, struct hm_err *err)
{
    struct hm_origin origin;
    int64_t epoch = 0;
    bool purged = false;
    bool bare = false;
    enum hm_status status = HM_OK;
    if (!session->reply.has_scope) {
        status = is_any_bare(session, &bare, err);
        if (status != HM_OK || !bare) {
            return status; /* what is here is just what may be */
        }
    }
    status = hm_store_begin(session->store, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_store_meta_get_int(session->store, HM_META_EPOCH, 0, &epoch, err);
    if (status == HM_OK) {
        status = hm_store_origin_get(session->store, &session->device, (uint32_t)epoch,
                                     false, &origin, err);
    }
    /* Nobody wipes before uploading: another process may have written meanwhile. */
    if (status == HM_OK && origin.acked == origin.seq) {
        status = purge_lost(session, &purged, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(session->store, err);
    }
    hm_store_rollback(session->store);
    return status;
}
