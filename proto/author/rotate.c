/* SPDX-License-Identifier: Apache-2.0 */
/* A device has a new key: it enters the registry behind those before it. */
#include "hamlet/model/value.h"
#include "hamlet/store/registry.h"
#include "inside.h"

static enum hm_status text_value(struct hm_author *author,
                                 struct hm_bytes text,
                                 struct hm_bytes *value,
                                 struct hm_err *err)
{
    struct hm_buf buf;
    hm_buf_init(&buf, HM_KEYS_TEXT_MAX + 16);
    hm_value_put_text(&buf, text);
    *value = hm_arena_copy(&author->self, hm_buf_bytes(&buf));
    enum hm_status status = hm_buf_status(&buf, err);
    hm_buf_fini(&buf);
    return status != HM_OK ? status : hm_arena_status(&author->self, err);
}

static enum hm_status put_keys(struct hm_author *author,
                               const struct hm_id *device,
                               struct hm_bytes keys,
                               struct hm_err *err)
{
    char hex[HM_HEX16_SIZE];
    struct hm_id record;
    struct hm_added added;
    struct hm_key_field field = {hm_text(HM_REGISTRY_DEVICE), HM_NO_BYTES};
    struct hm_registry_value value = {HM_REGISTRY_KEY, HM_NO_BYTES};
    hm_hex_put(hex, hm_id_bytes(device));
    enum hm_status status = text_value(author, hm_text(hex), &field.value, err);
    if (status == HM_OK) {
        status = text_value(author, keys, &value.value, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &field, 1);
    return hm_author_registry(author, HM_KIND_DEVICE, &record, NULL, &value, 1, &added,
                              err);
}

struct rotating {
    const struct hm_id *device;
    struct hm_bytes keys;
};

static enum hm_status rotate(struct hm_author *author, void *ctx, struct hm_err *err)
{
    const struct rotating *r = ctx;
    struct hm_device known;
    struct hm_keys read;
    enum hm_status status =
        hm_store_device_get(author->store, r->device, &known, &author->self, err);
    if (status != HM_OK) {
        return status;
    }
    if (!known.known || known.revoked || !hm_keys_read(&read, r->keys, r->device) ||
        !hm_keys_follow(r->keys, known.keys)) {
        return hm_fail(err, HM_DENIED, "problem-old_key", NULL, NULL, NULL);
    }
    return r->keys.size == known.keys.size ? HM_OK
                                           : put_keys(author, r->device, r->keys, err);
}

enum hm_status hm_author_rotate(struct hm_store *store,
                                const struct hm_secret *secret,
                                const struct hm_id *device,
                                struct hm_bytes keys,
                                struct hm_err *err)
{
    struct rotating r = {device, keys};
    return hm_author_serve(store, secret, rotate, &r, err);
}
