/* SPDX-License-Identifier: Apache-2.0 */
#include "pins.h"

#include <string.h>

#include "data.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"
#include "hamlet/httpd/certificate.h"
#include "hamlet/store/registry.h"

enum { PATHS_MAX = 64 * 1024 };

_Static_assert((int)HM_PINS_PIN_SIZE == (int)HM_PIN_SIZE, "one kind of pin");

static enum hm_status pin_of_file(struct hm_pins *pins,
                                  const char *dir,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_buf certificate;
    const char *path = hm_data_path(arena, dir, HM_DATA_TLS);
    enum hm_status status = hm_arena_status(arena, err);
    hm_buf_init(&certificate, HM_CERTIFICATE_BYTES_MAX);
    if (status == HM_OK) {
        status = hm_file_read(&certificate, path, err);
        status = status == HM_NOT_FOUND ? HM_UNCONFIGURED : status;
    }
    if (status == HM_OK) {
        status = hm_certificate_pin(pins->at[0], hm_buf_bytes(&certificate), err);
        pins->count = 1;
    }
    hm_buf_fini(&certificate);
    return status;
}

enum hm_status hm_pins_find(struct hm_pins *pins,
                            struct hm_control_ctx *ctx,
                            struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_bytes text = HM_NO_BYTES;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_store_pins(ctx->store, &ctx->device, &text, &arena, err);
    if (status == HM_OK && !hm_pins_read(pins, text)) {
        status = pin_of_file(pins, ctx->dir, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}

/* Trust rests on the key alone: a certificate of another is made anew. */
static enum hm_status mend(struct hm_buf *certificate,
                           struct hm_bytes key,
                           struct hm_err *err)
{
    uint8_t pins[2][HM_PIN_SIZE];
    struct hm_buf made;
    hm_buf_init(&made, HM_CERTIFICATE_BYTES_MAX);
    enum hm_status status = hm_certificate_of(&made, key, NULL, err);
    if (status == HM_OK) {
        status = hm_certificate_pin(pins[0], hm_buf_bytes(&made), err);
    }
    if (status == HM_OK &&
        (hm_certificate_pin(pins[1], hm_buf_bytes(certificate), NULL) != HM_OK ||
         memcmp(pins[0], pins[1], HM_PIN_SIZE) != 0)) {
        hm_buf_clear(certificate);
        hm_buf_put_bytes(certificate, hm_buf_bytes(&made));
        status = hm_buf_status(certificate, err);
    }
    hm_buf_fini(&made);
    return status;
}

enum hm_status hm_pins_load(struct hm_buf *certificate,
                            struct hm_buf *key,
                            const char *dir,
                            struct hm_err *err)
{
    struct hm_arena arena;
    hm_arena_init(&arena, PATHS_MAX);
    const char *certificate_path = hm_data_path(&arena, dir, HM_DATA_TLS);
    const char *key_path = hm_data_path(&arena, dir, HM_DATA_TLS_KEY);
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        status = hm_file_read(certificate, certificate_path, err);
    }
    if (status == HM_OK) {
        status = hm_file_read(key, key_path, err);
    }
    status = status == HM_NOT_FOUND ? HM_UNCONFIGURED : status;
    if (status == HM_OK) {
        status = mend(certificate, hm_buf_bytes(key), err);
    }
    hm_arena_fini(&arena);
    return status;
}
