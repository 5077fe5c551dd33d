/* SPDX-License-Identifier: Apache-2.0 */
/* An invitation as it is given, and what it says of the server. */
#include "cli.h"
#include "hamlet/host/file.h"

enum hm_status hm_read_invitation(struct hm_invitation *invitation,
                                  struct hm_buf *json,
                                  const char *given,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_buf file;
    struct hm_bytes text = hm_text(given);
    enum hm_status status = HM_OK;
    hm_buf_init(&file, 2 * (size_t)HM_INVITATION_TEXT_MAX);
    if (!hm_invitation_is_link(text)) {
        status = hm_file_read(&file, given, err);
        text = hm_buf_bytes(&file);
    }
    if (status == HM_OK && hm_invitation_is_link(text)) {
        status = hm_invitation_unlink(json, text, err);
    } else if (status == HM_OK) {
        hm_buf_put_bytes(json, text);
        status = hm_buf_status(json, err);
    }
    if (status == HM_OK) {
        status = hm_invitation_read(invitation, hm_buf_bytes(json), arena, err);
    }
    hm_buf_fini(&file);
    return status;
}

static void put_urls(struct hm_buf *text, const struct hm_invitation *invitation)
{
    struct hm_json_write out;
    hm_json_write_init(&out, text);
    hm_json_open(&out, '[');
    for (size_t i = 0; i < invitation->url_count; i++) {
        hm_json_text(&out, invitation->urls[i]);
    }
    hm_json_close(&out, ']');
}

enum hm_status hm_put_server(struct hm_store *store,
                             const struct hm_invitation *invitation,
                             struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_INVITATION_TEXT_MAX);
    put_urls(&text, invitation);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_URLS, hm_buf_bytes(&text), err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_PIN, HM_BYTES(invitation->pin), err);
    }
    hm_buf_clear(&text);
    if (status == HM_OK && invitation->pins.count > 0) {
        hm_pins_put(&text, &invitation->pins);
        status = hm_store_meta_put(store, HM_META_PINS, hm_buf_bytes(&text), err);
    }
    hm_buf_fini(&text);
    return status;
}
