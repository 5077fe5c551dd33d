/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/stream.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"

enum { WINDOW_BITS = 15, MEMORY_LEVEL = 9, PIECE = 16 * 1024 };
/* What zlib holds back at most when it begins a new block: 2^15 symbols of 9 bits. */
enum { BLOCK_MOST = 64 * 1024 };

struct hm_deflate {
    z_stream z;
    int level;
    enum hm_texture texture;
};

struct hm_inflate {
    z_stream z;
    size_t in_bytes;
    size_t out_bytes;
    bool ended;
};

/* zlib's own names, before parameters of the same name hide them. */
static int zlib_deflate(z_stream *z, int flush)
{
    return deflate(z, flush);
}

static int zlib_inflate(z_stream *z)
{
    return inflate(z, Z_NO_FLUSH);
}

static struct hm_bytes dictionary(void)
{
    return (struct hm_bytes){hm_embedded_dictionary[0].data,
                             hm_embedded_dictionary[0].size};
}

enum hm_status hm_deflate_open(struct hm_deflate **deflate, int level, struct hm_err *err)
{
    struct hm_deflate *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->level = level;
    if (deflateInit2(&made->z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(made);
        return hm_fail_memory(err);
    }
    int set = deflateSetDictionary(&made->z, dictionary().data, (uInt)dictionary().size);
    HM_ASSERT(set == Z_OK);
    *deflate = made;
    return HM_OK;
}

void hm_deflate_close(struct hm_deflate *deflate)
{
    if (deflate != NULL) {
        (void)deflateEnd(&deflate->z);
        free(deflate);
    }
}

enum hm_status hm_deflate_copy(struct hm_deflate **copy,
                               const struct hm_deflate *deflate,
                               struct hm_err *err)
{
    struct hm_deflate *made = malloc(sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    *made = *deflate;
    if (deflateCopy(&made->z, (z_stream *)(uintptr_t)&deflate->z) != Z_OK) {
        free(made);
        return hm_fail_memory(err);
    }
    *copy = made;
    return HM_OK;
}

/* Run zlib until it has taken all input and given all that `flush` demands. */
static enum hm_status run(struct hm_deflate *deflate,
                          struct hm_buf *out,
                          struct hm_bytes text,
                          int flush,
                          struct hm_err *err)
{
    z_stream *z = &deflate->z;
    z->next_in = (Bytef *)(uintptr_t)text.data;
    z->avail_in = (uInt)text.size;
    int result = Z_OK;
    do {
        uint8_t *room = hm_buf_reserve(out, PIECE);
        if (room == NULL) {
            return hm_buf_status(out, err);
        }
        z->next_out = room;
        z->avail_out = PIECE;
        result = zlib_deflate(z, flush);
        hm_buf_commit(out, PIECE - z->avail_out);
    } while (z->avail_out == 0 || z->avail_in > 0);
    HM_ASSERT(result == Z_OK || result == Z_BUF_ERROR || result == Z_STREAM_END);
    return HM_OK;
}

enum hm_status hm_deflate_put(struct hm_deflate *deflate,
                              struct hm_buf *out,
                              struct hm_bytes text,
                              enum hm_texture texture,
                              struct hm_err *err)
{
    if (texture != deflate->texture) {
        uint8_t *room = hm_buf_reserve(out, BLOCK_MOST);
        if (room == NULL) {
            return hm_buf_status(out, err);
        }
        deflate->z.next_in = NULL;
        deflate->z.avail_in = 0;
        deflate->z.next_out = room;
        deflate->z.avail_out = BLOCK_MOST;
        deflate->texture = texture;
        int set = deflateParams(&deflate->z, deflate->level,
                                texture == HM_TEXTURE_NOISE ? Z_HUFFMAN_ONLY
                                                            : Z_DEFAULT_STRATEGY);
        hm_buf_commit(out, BLOCK_MOST - deflate->z.avail_out);
        HM_ASSERT(set == Z_OK);
    }
    return run(deflate, out, text, Z_NO_FLUSH, err);
}

enum hm_status hm_deflate_flush(struct hm_deflate *deflate,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    return run(deflate, out, HM_NO_BYTES, Z_PARTIAL_FLUSH, err);
}

enum hm_status hm_deflate_end(struct hm_deflate *deflate,
                              struct hm_buf *out,
                              struct hm_err *err)
{
    return run(deflate, out, HM_NO_BYTES, Z_FINISH, err);
}

enum hm_status hm_inflate_open(struct hm_inflate **inflate, struct hm_err *err)
{
    struct hm_inflate *made = calloc(1, sizeof(*made));
    if (made == NULL || inflateInit2(&made->z, WINDOW_BITS) != Z_OK) {
        free(made);
        return hm_fail_memory(err);
    }
    *inflate = made;
    return HM_OK;
}

void hm_inflate_close(struct hm_inflate *inflate)
{
    if (inflate != NULL) {
        (void)inflateEnd(&inflate->z);
        free(inflate);
    }
}

static enum hm_status judge(struct hm_inflate *inflate, int result, struct hm_err *err)
{
    if (result == Z_NEED_DICT) {
        struct hm_bytes ours = dictionary();
        result = inflateSetDictionary(&inflate->z, ours.data, (uInt)ours.size);
        if (result != Z_OK) {
            return hm_fail(err, HM_PROTOCOL, "dictionary", NULL, NULL, NULL);
        }
    }
    if (result == Z_STREAM_END) {
        inflate->ended = true;
    }
    if (result == Z_MEM_ERROR) {
        return hm_fail_memory(err);
    }
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return hm_fail(err, HM_PROTOCOL, "stream", NULL, NULL, NULL);
    }
    bool bomb =
        inflate->out_bytes > HM_INFLATE_BYTES_MAX ||
        inflate->out_bytes > inflate->in_bytes * HM_INFLATE_RATIO_MAX + HM_PAGE_TEXT_MAX;
    return bomb ? hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL) : HM_OK;
}

enum hm_status hm_inflate_put(struct hm_inflate *inflate,
                              struct hm_buf *out,
                              struct hm_bytes in,
                              struct hm_err *err)
{
    z_stream *z = &inflate->z;
    z->next_in = (Bytef *)(uintptr_t)in.data;
    z->avail_in = (uInt)in.size;
    inflate->in_bytes += in.size;
    for (;;) {
        if (inflate->ended) {
            return z->avail_in == 0
                       ? HM_OK
                       : hm_fail(err, HM_PROTOCOL, "stream", NULL, NULL, NULL);
        }
        uint8_t *room = hm_buf_reserve(out, PIECE);
        if (room == NULL) {
            return hm_buf_status(out, err);
        }
        z->next_out = room;
        z->avail_out = PIECE;
        int result = zlib_inflate(z);
        size_t made = PIECE - z->avail_out;
        hm_buf_commit(out, made);
        inflate->out_bytes += made;
        enum hm_status status = judge(inflate, result, err);
        if (status != HM_OK) {
            return status;
        }
        if (result != Z_NEED_DICT && !inflate->ended && z->avail_out > 0) {
            return HM_OK;
        }
    }
}

bool hm_inflate_ended(const struct hm_inflate *inflate)
{
    return inflate->ended;
}
