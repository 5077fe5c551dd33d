/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "hamlet/base/limits.h"
#include "hamlet/wire/stream.h"

enum hm_status answer_inflate(struct answering *a)
{
    struct hm_inflate *inflate = NULL;
    struct hm_buf text;
    struct hm_bytes data = answer_hex(a, "data");
    hm_buf_init(&text, 2 * HM_INFLATE_BYTES_MAX);
    enum hm_status status = hm_inflate_open(&inflate, a->err);
    /* Byte by byte: where the pieces are cut must not matter. */
    for (size_t i = 0; i < data.size && status == HM_OK; i++) {
        status =
            hm_inflate_put(inflate, &text, (struct hm_bytes){data.data + i, 1}, a->err);
    }
    if (status == HM_OK) {
        hm_json_put_hex(a->out, "data", hm_buf_bytes(&text));
        hm_json_put_bool(a->out, "ended", hm_inflate_ended(inflate));
    }
    hm_inflate_close(inflate);
    hm_buf_fini(&text);
    return status;
}

/* Pieces are rows and noise in turn, each flushed. */
enum hm_status answer_deflate(struct answering *a)
{
    struct hm_deflate *deflate = NULL;
    struct hm_buf data;
    hm_buf_init(&data, 2 * HM_INFLATE_BYTES_MAX);
    enum hm_status status = hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_SMALL, a->err);
    enum hm_texture texture = HM_TEXTURE_ROWS;
    const struct hm_json *piece = hm_json_first(hm_json_get(a->ask, "pieces"));
    for (; piece != NULL && status == HM_OK; piece = hm_json_next(piece)) {
        status =
            hm_deflate_put(deflate, &data, heard_hex(piece, a->arena), texture, a->err);
        if (status == HM_OK) {
            status = hm_deflate_flush(deflate, &data, a->err);
        }
        texture = texture == HM_TEXTURE_ROWS ? HM_TEXTURE_NOISE : HM_TEXTURE_ROWS;
    }
    if (status == HM_OK) {
        status = hm_deflate_end(deflate, &data, a->err);
    }
    if (status == HM_OK) {
        hm_json_put_hex(a->out, "data", hm_buf_bytes(&data));
    }
    hm_deflate_close(deflate);
    hm_buf_fini(&data);
    return status;
}
