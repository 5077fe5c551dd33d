/* SPDX-License-Identifier: Apache-2.0 */
/* A device joins: what an invitation promised becomes part of the registry. */
#include "hamlet/model/value.h"
#include "hamlet/store/server.h"
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

struct redeeming {
    const struct hm_id *invitation;
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
    status = put_device(author, &invited, hex, r->key, err);
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
                                const struct hm_key *key,
                                struct hm_err *err)
{
    struct redeeming r = {invitation, key};
    return hm_author_serve(store, secret, redeem, &r, err);
}
