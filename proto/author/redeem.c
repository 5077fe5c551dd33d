/* SPDX-License-Identifier: Apache-2.0 */
/* A device joins: what an invitation promised becomes part of the registry. */
#include "hamlet/model/value.h"
#include "hamlet/store/registry.h"
#include "inside.h"

enum { VALUE_ROOM = 512, VALUES = 4 };

static struct hm_bytes text_value(struct hm_author *author, struct hm_bytes text)
{
    uint8_t memory[VALUE_ROOM];
    struct hm_buf buf;
    hm_buf_init_fixed(&buf, memory, sizeof(memory));
    hm_value_put_text(&buf, text);
    return hm_arena_copy(&author->self, hm_buf_bytes(&buf));
}

static enum hm_status judge(const struct hm_author *author,
                            const struct hm_invited *invited,
                            const struct hm_id *device,
                            struct hm_err *err)
{
    struct hm_wall now = hm_env_wall(hm_store_env(author->store));
    if (!hm_id_is_none(&invited->device) && !hm_id_equal(&invited->device, device)) {
        return hm_fail(err, HM_DENIED, "invitation-used", NULL, NULL, NULL);
    }
    if (hm_id_is_none(&invited->device) && invited->expires.ms < now.ms) {
        return hm_fail(err, HM_DENIED, "invitation-expired", NULL, NULL, NULL);
    }
    return HM_OK;
}

static enum hm_status put_device(struct hm_author *author,
                                 const struct hm_invited *invited,
                                 const char *hex,
                                 const struct hm_key *key,
                                 struct hm_err *err)
{
    char text[HM_B64_32_SIZE];
    struct hm_added added;
    hm_b64_put(text, HM_BYTES(key->at));
    const struct hm_key_field field = {hm_text(HM_REGISTRY_DEVICE),
                                       text_value(author, hm_text(hex))};
    const struct hm_registry_value values[] = {
        {HM_REGISTRY_KEY, text_value(author, hm_text(text))},
        {HM_REGISTRY_NAME, text_value(author, invited->name)},
        {HM_REGISTRY_HOME, text_value(author, invited->home)},
    };
    return hm_author_registry(author, HM_KIND_DEVICE, NULL, &field, values, 3, &added,
                              err);
}

static enum hm_status put_permit(struct hm_author *author,
                                 const struct hm_invited *invited,
                                 const char *hex,
                                 struct hm_err *err)
{
    char user[HM_HEX16_SIZE];
    struct hm_added added;
    hm_hex_put(user, hm_id_bytes(&invited->user));
    const struct hm_registry_value values[VALUES] = {
        {HM_REGISTRY_USER, text_value(author, hm_text(user))},
        {HM_REGISTRY_DEVICE, text_value(author, hm_text(hex))},
        {HM_REGISTRY_ROLE, text_value(author, invited->role)},
        {HM_REGISTRY_HOME, text_value(author, invited->home)},
    };
    return hm_author_registry(author, HM_KIND_PERMIT, NULL, NULL, values, VALUES, &added,
                              err);
}

/*
 * How the user is called, where a server that was lost does not know him: the record's
 * creation may come back with the registry of a laptop, or never.
 */
static enum hm_status name_user(struct hm_author *author,
                                const struct hm_invited *first,
                                struct hm_err *err)
{
    struct hm_change *change = NULL;
    struct hm_bytes known = HM_NO_BYTES;
    enum hm_status status =
        hm_store_user_name(author->store, &first->user, &known, &author->self, err);
    if (status != HM_OK || known.size > 0) {
        return status;
    }
    status = hm_author_draft(author, &change, HM_ACT_EDIT, hm_text(HM_KIND_USER), 1,
                             hm_text(HM_HOME_REGISTRY), err);
    if (status == HM_OK) {
        change->record = first->user;
        status = hm_author_room(author, change, 1, err);
    }
    if (status == HM_OK) {
        status = hm_author_write(author, change, NULL, hm_text(HM_REGISTRY_NAME),
                                 text_value(author, first->name), err);
    }
    return status == HM_OK ? hm_author_take(author, change, err) : status;
}

/*
 * The invitation took the place of one that was over before anybody redeemed it: the
 * device has written as the user of that one, and stays him. It gets no more than the new
 * one promises, and nobody else becomes that user: neither before nor, as the first one
 * is used up with this, later.
 */
static enum hm_status go_on_as(struct hm_author *author,
                               const struct hm_invited *first,
                               const struct hm_id *device,
                               struct hm_invited *invited,
                               struct hm_err *err)
{
    bool elsewhere = false;
    if (!hm_bytes_equal(first->home, invited->home) ||
        !hm_bytes_equal(first->role, invited->role)) {
        return hm_fail(err, HM_DENIED, "invitation-used", NULL, NULL, NULL);
    }
    enum hm_status status =
        hm_store_user_elsewhere(author->store, &first->user, device, &elsewhere, err);
    if (status == HM_OK && elsewhere) {
        return hm_fail(err, HM_DENIED, "invitation-used", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_invitation_redeem(author->store, &first->id, device, err);
    }
    if (status == HM_OK) {
        status = name_user(author, first, err);
    }
    invited->user = first->user;
    return status;
}

struct redeeming {
    const struct hm_id *invitation;
    const struct hm_invited *first;
    const struct hm_key *key;
};

static enum hm_status redeem(struct hm_author *author, void *ctx, struct hm_err *err)
{
    const struct redeeming *r = ctx;
    struct hm_id device = hm_sign_device(r->key);
    struct hm_invited invited;
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(&device));
    enum hm_status status = hm_store_invitation_get(author->store, r->invitation,
                                                    &invited, &author->self, err);
    if (status == HM_OK) {
        status = judge(author, &invited, &device, err);
    }
    if (status != HM_OK || hm_id_equal(&invited.device, &device)) {
        return status;
    }
    if (r->first != NULL) {
        status = go_on_as(author, r->first, &device, &invited, err);
    }
    if (status == HM_OK) {
        status = put_device(author, &invited, hex, r->key, err);
    }
    if (status == HM_OK) {
        status = put_permit(author, &invited, hex, err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(&author->self, err);
    }
    return status != HM_OK
               ? status
               : hm_store_invitation_redeem(author->store, r->invitation, &device, err);
}

enum hm_status hm_author_redeem(struct hm_store *store,
                                const struct hm_secret *secret,
                                const struct hm_id *invitation,
                                const struct hm_invited *first,
                                const struct hm_key *key,
                                struct hm_err *err)
{
    struct redeeming r = {invitation, first, key};
    return hm_author_serve(store, secret, redeem, &r, err);
}
