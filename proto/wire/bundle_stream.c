/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows the head of a bundle: pieces, each as its size as sealed, 4 bytes, the
 * highest first, and itself; a size of 0 ends the bundle. A body begins with its size, 4
 * bytes, in a piece of its own, and fills as many pieces as it needs: no piece holds
 * bytes of two. The last piece is one byte: whether another part follows.
 */
#include <string.h>

#include "bundle_inside.h"

enum {
    SIZE_SIZE = 4,
    PIECE_MAX = HM_BUNDLE_PIECE + HM_SEAL_STREAM_EXTRA,
    LINES_MAX = HM_BUNDLE_MAGIC_SIZE + HM_BUNDLE_HEAD_MAX
};

enum { IN_LINES, IN_SIZE, IN_PIECE };

static enum hm_status broken(struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, "bundle-damaged", NULL, NULL, NULL);
}

static void put_size(struct hm_buf *buf, size_t size)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        hm_buf_put_byte(buf, (uint8_t)(size >> shift));
    }
}

static size_t get_size(const uint8_t *at)
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

/* ---- writing ---- */

static enum hm_status put_piece(struct hm_bundle_writer *writer,
                                struct hm_buf *out,
                                struct hm_bytes piece,
                                bool last,
                                struct hm_err *err)
{
    put_size(out, piece.size + HM_SEAL_STREAM_EXTRA);
    enum hm_status status = hm_buf_status(out, err);
    return status != HM_OK ? status
                           : hm_seal_stream_put(out, &writer->stream, piece, last, err);
}

enum hm_status hm_bundle_put(struct hm_bundle_writer *writer,
                             struct hm_buf *out,
                             struct hm_bytes body,
                             struct hm_err *err)
{
    uint8_t first[HM_BUNDLE_PIECE + 1];
    struct hm_buf piece;
    size_t size = HM_BUNDLE_PIECE - SIZE_SIZE;
    size = body.size < size ? body.size : size;
    hm_buf_init_fixed(&piece, first, sizeof(first));
    put_size(&piece, body.size);
    hm_buf_put(&piece, body.data, size);
    enum hm_status status = put_piece(writer, out, hm_buf_bytes(&piece), false, err);
    for (size_t at = size; at < body.size && status == HM_OK; at += size) {
        size_t left = body.size - at;
        size = left < HM_BUNDLE_PIECE ? left : HM_BUNDLE_PIECE;
        status =
            put_piece(writer, out, (struct hm_bytes){body.data + at, size}, false, err);
    }
    return status;
}

size_t hm_bundle_size(size_t body)
{
    size_t plain = SIZE_SIZE + body;
    size_t pieces = (plain + HM_BUNDLE_PIECE - 1) / HM_BUNDLE_PIECE;
    return plain + pieces * (SIZE_SIZE + HM_SEAL_STREAM_EXTRA);
}

enum hm_status hm_bundle_end(struct hm_bundle_writer *writer,
                             struct hm_buf *out,
                             bool more,
                             struct hm_err *err)
{
    const uint8_t said = more;
    enum hm_status status =
        put_piece(writer, out, (struct hm_bytes){&said, 1}, true, err);
    if (status == HM_OK) {
        put_size(out, 0);
        status = hm_buf_status(out, err);
    }
    return status;
}

void hm_bundle_writer_wipe(struct hm_bundle_writer *writer)
{
    hm_seal_stream_wipe(&writer->stream);
}

/* ---- reading ---- */

void hm_bundle_reader_init(struct hm_bundle_reader *reader)
{
    *reader = (struct hm_bundle_reader){.state = IN_LINES};
    hm_buf_init(&reader->raw, LINES_MAX + SIZE_SIZE + PIECE_MAX);
    hm_buf_init(&reader->piece, PIECE_MAX);
    hm_buf_init(&reader->body, HM_BUNDLE_BODY_MAX);
}

void hm_bundle_reader_fini(struct hm_bundle_reader *reader)
{
    hm_seal_stream_wipe(&reader->stream);
    hm_buf_fini(&reader->raw);
    hm_buf_fini(&reader->piece);
    hm_buf_fini(&reader->body);
}

bool hm_bundle_may_end(const struct hm_bundle_reader *reader)
{
    return reader->state == IN_LINES && (reader->raw.size == 0 || reader->given);
}

/* Bytes into `raw` until it holds `wanted`. */
static bool gather(struct hm_bundle_reader *reader, struct hm_bytes *in, size_t wanted)
{
    size_t size = wanted - reader->raw.size;
    size = in->size < size ? in->size : size;
    if (size > 0) {
        hm_buf_put(&reader->raw, in->data, size);
        in->data += size;
        in->size -= size;
    }
    return reader->raw.size == wanted;
}

/* As soon as it can be told: what is no bundle may have no line end for gigabytes. */
static enum hm_status check_magic(const struct hm_bundle_reader *reader,
                                  struct hm_err *err)
{
    const size_t any = strlen(HM_BUNDLE_MAGIC_ANY);
    size_t size = reader->raw.size;
    size_t known = size < any ? size : any;
    if (memcmp(reader->raw.data, HM_BUNDLE_MAGIC_ANY, known) != 0) {
        return hm_fail(err, HM_BAD_INPUT, "bundle-not", NULL, NULL, NULL);
    }
    size = size < HM_BUNDLE_MAGIC_SIZE ? size : HM_BUNDLE_MAGIC_SIZE;
    return memcmp(reader->raw.data, HM_BUNDLE_MAGIC, size) == 0
               ? HM_OK
               : hm_fail(err, HM_UNCONFIGURED, "bundle-version", NULL, NULL, NULL);
}

static enum hm_status read_lines(struct hm_bundle_reader *reader,
                                 struct hm_bytes *in,
                                 bool *whole,
                                 struct hm_err *err)
{
    const uint8_t *end = memchr(in->data, '\n', in->size);
    size_t size = end == NULL ? in->size : (size_t)(end - in->data) + 1;
    if (reader->raw.size + size > LINES_MAX) {
        size = LINES_MAX - reader->raw.size;
    }
    (void)gather(reader, in, reader->raw.size + size);
    enum hm_status status = hm_buf_status(&reader->raw, err);
    if (status == HM_OK && reader->raw.size > 0) {
        status = check_magic(reader, err);
    }
    if (status != HM_OK || reader->raw.size <= HM_BUNDLE_MAGIC_SIZE) {
        return status;
    }
    if (reader->raw.data[reader->raw.size - 1] != '\n') {
        return reader->raw.size == LINES_MAX ? broken(err) : HM_OK;
    }
    *whole = true;
    return hm_bundle_head_read(
        &reader->head, &reader->line,
        (struct hm_bytes){reader->raw.data + HM_BUNDLE_MAGIC_SIZE,
                          reader->raw.size - HM_BUNDLE_MAGIC_SIZE - 1},
        err);
}

/* An opened piece: the front of a body, more of one, or the end. */
static enum hm_status take_piece(struct hm_bundle_reader *reader,
                                 bool last,
                                 struct hm_err *err)
{
    struct hm_bytes piece = hm_buf_bytes(&reader->piece);
    if (last) {
        reader->final = true;
        reader->more = piece.size == 1 && piece.data[0] == 1;
        return piece.size == 1 && piece.data[0] <= 1 && reader->declared == 0
                   ? HM_OK
                   : broken(err);
    }
    if (reader->declared == 0) {
        reader->declared = piece.size < SIZE_SIZE ? 0 : get_size(piece.data);
        if (reader->declared == 0 || reader->declared > HM_BUNDLE_BODY_MAX) {
            return broken(err);
        }
        piece.data += SIZE_SIZE;
        piece.size -= SIZE_SIZE;
    }
    if (piece.size > reader->declared - reader->body.size) {
        return broken(err);
    }
    hm_buf_put_bytes(&reader->body, piece);
    return hm_buf_status(&reader->body, err);
}

static enum hm_status open_piece(struct hm_bundle_reader *reader, struct hm_err *err)
{
    bool last = false;
    struct hm_bytes sealed = {reader->raw.data + SIZE_SIZE, reader->raw.size - SIZE_SIZE};
    hm_buf_clear(&reader->piece);
    if (reader->final) {
        return broken(err);
    }
    enum hm_status status =
        hm_seal_stream_get(&reader->piece, &reader->stream, sealed, &last, NULL);
    if (status == HM_BAD_INPUT) {
        return broken(err);
    }
    return status != HM_OK ? hm_fail_memory(err) : take_piece(reader, last, err);
}

/* What was given out before is done with. */
static void clear_given(struct hm_bundle_reader *reader)
{
    if (reader->given) {
        hm_buf_clear(&reader->raw);
        if (reader->declared > 0 && reader->body.size == reader->declared) {
            hm_buf_clear(&reader->body);
            reader->declared = 0;
        }
        reader->given = false;
    }
}

static void begin_bundle(struct hm_bundle_reader *reader)
{
    reader->state = IN_SIZE;
    reader->unlocked = false;
    reader->final = false;
    reader->more = false;
}

static enum hm_status read_piece(struct hm_bundle_reader *reader,
                                 enum hm_bundle_event *event,
                                 struct hm_err *err)
{
    reader->state = IN_SIZE;
    reader->given = true;
    if (!reader->unlocked) {
        *event = HM_BUNDLE_RAW;
        return HM_OK;
    }
    enum hm_status status = open_piece(reader, err);
    if (status == HM_OK && reader->declared > 0 &&
        reader->body.size == reader->declared) {
        *event = HM_BUNDLE_BODY;
    } else {
        hm_buf_clear(&reader->raw);
        reader->given = false;
    }
    return status;
}

static enum hm_status read_size(struct hm_bundle_reader *reader,
                                enum hm_bundle_event *event,
                                struct hm_err *err)
{
    size_t size = get_size(reader->raw.data);
    if (size > 0) {
        reader->state = IN_PIECE;
        return size > HM_SEAL_STREAM_EXTRA && size <= PIECE_MAX ? HM_OK : broken(err);
    }
    if (reader->unlocked && !reader->final) {
        return broken(err);
    }
    reader->state = IN_LINES;
    reader->given = true;
    *event = HM_BUNDLE_END;
    return HM_OK;
}

enum hm_status hm_bundle_read(struct hm_bundle_reader *reader,
                              struct hm_bytes *in,
                              enum hm_bundle_event *event,
                              struct hm_err *err)
{
    enum hm_status status = HM_OK;
    *event = HM_BUNDLE_MORE;
    while (status == HM_OK && *event == HM_BUNDLE_MORE && in->size > 0) {
        bool whole = false;
        clear_given(reader);
        if (reader->state == IN_LINES) {
            status = read_lines(reader, in, &whole, err);
            if (status == HM_OK && whole) {
                begin_bundle(reader);
                reader->given = true;
                *event = HM_BUNDLE_HEAD;
            }
            continue;
        }
        size_t wanted = SIZE_SIZE;
        if (reader->state == IN_PIECE) {
            wanted += get_size(reader->raw.data);
        }
        whole = gather(reader, in, wanted);
        status = hm_buf_status(&reader->raw, err);
        if (status == HM_OK && whole) {
            status = reader->state == IN_SIZE ? read_size(reader, event, err)
                                              : read_piece(reader, event, err);
        }
    }
    return status;
}
