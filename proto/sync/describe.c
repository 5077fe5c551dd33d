/* SPDX-License-Identifier: Apache-2.0 */
/* What a request says of its sender: the buckets here, what is waiting, what failed. */
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/epoch.h"
#include "hamlet/store/registry.h"
#include "hamlet/wire/invitation.h"
#include "session_inside.h"

/* What the request says of the buckets that are here. */
static enum hm_status describe_buckets(struct hm_session *session,
                                       struct hm_request *request,
                                       struct hm_err *err)
{
    struct hm_bucket *buckets = NULL;
    size_t count = 0;
    struct hm_digest scope;
    enum hm_status status =
        hm_store_buckets(session->store, &buckets, &count, &session->arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_scope_digest(&scope, buckets, count);
    memcpy(request->scope, scope.at, HM_ID_SIZE);
    request->buckets =
        hm_arena_get_array(&session->arena, count, sizeof(*request->buckets));
    for (size_t i = 0; request->buckets != NULL && i < count; i++) {
        bool mailbox = buckets[i].name.size > 0 && buckets[i].name.data[0] == '@';
        request->buckets[request->bucket_count++] = (struct hm_bucket_state){
            .name = mailbox ? hm_text("@") : buckets[i].name, .n = buckets[i].n};
    }
    return hm_arena_status(&session->arena, err);
}

static enum hm_status describe_errors(struct hm_session *session,
                                      struct hm_request *request,
                                      struct hm_err *err)
{
    int64_t errors = 0;
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_ERRORS, 0, &errors, err);
    if (status == HM_OK && errors > 0) {
        struct hm_bytes name = HM_NO_BYTES;
        status = hm_store_meta_get(session->store, HM_META_LAST_ERROR, &session->arena,
                                   &name, err);
        request->errors[0] =
            (struct hm_request_error){name.size == 0 ? hm_text("unknown") : name, errors};
        request->error_count = 1;
    }
    return status;
}

/* The text of the keys of a device that never changed it. */
static enum hm_status describe_only_key(struct hm_session *session,
                                        struct hm_request *request,
                                        const struct hm_key *own,
                                        struct hm_err *err)
{
    char text[HM_B64_32_SIZE];
    hm_b64_put(text, HM_BYTES(own->at));
    request->keys = hm_arena_copy(&session->arena, hm_text(text));
    return hm_arena_status(&session->arena, err);
}

/*
 * Which keys this device has had, the newest last: named until the registry here names
 * them too. A key that was replaced meanwhile signs nothing more.
 */
static enum hm_status describe_keys(struct hm_session *session,
                                    struct hm_request *request,
                                    struct hm_keys *keys,
                                    struct hm_err *err)
{
    struct hm_key own;
    struct hm_bytes text = HM_NO_BYTES;
    struct hm_device known;
    memcpy(own.at, session->secret->at + HM_KEY_SIZE, HM_KEY_SIZE);
    hm_keys_one(keys, &own);
    enum hm_status status =
        hm_store_meta_get(session->store, HM_META_KEYS, &session->arena, &text, err);
    session->has_keys = text.size > 0;
    if (status != HM_OK || text.size == 0) {
        session->keys_told = session->tell_keys;
        return status != HM_OK || !session->tell_keys
                   ? status
                   : describe_only_key(session, request, &own, err);
    }
    if (!hm_keys_read(keys, text, &session->device)) {
        return hm_fail(err, HM_CORRUPT, "keys-broken", NULL, NULL, NULL);
    }
    if (memcmp(hm_keys_newest(keys)->at, own.at, HM_KEY_SIZE) != 0) {
        return hm_fail(err, HM_LOCKED, "key-changed", NULL, NULL, NULL);
    }
    status = hm_store_device_get(session->store, &session->device, &known,
                                 &session->arena, err);
    session->keys_told = session->tell_keys || !hm_bytes_equal(known.keys, text);
    if (status == HM_OK && session->keys_told) {
        request->keys = text;
    }
    return status;
}

enum hm_status hm_upload_find_key(struct hm_session *session, struct hm_err *err)
{
    struct hm_device known = {.known = false};
    struct hm_bytes text = HM_NO_BYTES;
    enum hm_status status =
        hm_store_meta_get(session->store, HM_META_KEYS, &session->arena, &text, err);
    if (status == HM_OK && text.size > 0) {
        status = hm_store_device_get(session->store, &session->device, &known,
                                     &session->arena, err);
    }
    session->key_news = text.size > 0 && !hm_bytes_equal(known.keys, text);
    return status;
}

/* Where the invitation took the place of one that was over: whose changes are here. */
static enum hm_status describe_first(struct hm_session *session,
                                     struct hm_request_enrolment *enrolment,
                                     struct hm_err *err)
{
    struct hm_bytes json = HM_NO_BYTES;
    struct hm_buf link;
    hm_buf_init(&link, HM_HEADER_MAX);
    enum hm_status status =
        hm_store_meta_get(session->store, HM_META_FIRST, &session->arena, &json, err);
    if (status == HM_OK && json.size > 0) {
        hm_invitation_link(&link, json);
        enrolment->first = hm_arena_copy(&session->arena, hm_buf_bytes(&link));
        status = hm_buf_status(&link, err);
    }
    hm_buf_fini(&link);
    return status != HM_OK ? status : hm_arena_status(&session->arena, err);
}

/* An invitation that is not redeemed yet is redeemed by this request. */
static enum hm_status describe_enrolment(struct hm_session *session,
                                         const struct hm_key *first,
                                         struct hm_request *request,
                                         struct hm_err *err)
{
    struct hm_request_enrolment *enrolment = &request->enrolment;
    struct hm_bytes json = HM_NO_BYTES;
    struct hm_invitation invitation;
    enum hm_status status = hm_store_meta_get(session->store, HM_META_INVITATION,
                                              &session->arena, &json, err);
    if (status != HM_OK || json.size == 0) {
        return status;
    }
    status = hm_invitation_read(&invitation, json, &session->arena, err);
    if (status == HM_OK) {
        enrolment->invitation = invitation.id;
        enrolment->key = *first;
        hm_enrolment_proof(&enrolment->proof, invitation.secret, &invitation.id,
                           &enrolment->key);
        enrolment->present = true;
        status = describe_first(session, enrolment, err);
    }
    return status;
}

/* What this epoch carries on, until the server has something of it. */
static enum hm_status describe_parent(struct hm_session *session,
                                      struct hm_request *request,
                                      struct hm_err *err)
{
    return session->origin.acked > 0
               ? HM_OK
               : hm_store_epoch_parent(session->store, &request->parent,
                                       &request->has_parent, err);
}

enum hm_status hm_upload_open(struct hm_session *session, struct hm_err *err)
{
    enum hm_status status =
        hm_store_meta_get_id(session->store, HM_META_REQUEST, &session->request_id, err);
    if (status == HM_OK && hm_id_is_none(&session->request_id)) {
        status = hm_env_random(hm_store_env(session->store), session->request_id.at,
                               HM_ID_SIZE, err);
        if (status == HM_OK) {
            status = hm_store_meta_put(session->store, HM_META_REQUEST,
                                       hm_id_bytes(&session->request_id), err);
        }
    }
    return status;
}

enum hm_status hm_upload_describe(struct hm_session *session,
                                  struct hm_request *request,
                                  struct hm_err *err)
{
    int64_t incarnation = 0;
    struct hm_keys keys;
    const struct hm_origin *origin = &session->origin;
    enum hm_status status =
        hm_store_meta_get_id(session->store, HM_META_LEASE, &request->lease, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_int(session->store, HM_META_INCARNATION, 0,
                                       &incarnation, err);
    }
    if (status == HM_OK) {
        status = describe_keys(session, request, &keys, err);
    }
    if (status == HM_OK) {
        status = describe_enrolment(session, &keys.at[0], request, err);
    }
    if (status == HM_OK) {
        status = describe_parent(session, request, err);
    }
    if (status == HM_OK) {
        status = describe_buckets(session, request, err);
    }
    if (status == HM_OK) {
        status = describe_errors(session, request, err);
    }
    session->lease = request->lease;
    request->device = session->device;
    request->epoch = origin->epoch;
    request->id = session->request_id;
    request->incarnation = (uint64_t)incarnation;
    request->seq = origin->seq;
    request->head = origin->head;
    request->time = hm_env_wall(hm_store_env(session->store));
    request->waiting = (int64_t)(origin->seq - origin->acked);
    request->offers = session->offers;
    request->version = hm_text(session->version);
    return status;
}
