/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compressed stream: in any pieces the same text or the same refusal, never more than
 * its caps; and any text comes back out of a stream of ours. The first byte chooses how
 * long the pieces are.
 */
#include "hamlet/wire/stream.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"

#define TEXT_MAX (2 * HM_PAGE_TEXT_MAX)
#define SLACK    ((size_t)256 * 1024) /* zlib is given room by the piece */

static enum hm_status inflate(struct hm_buf *out,
                              bool *ended,
                              struct hm_bytes input,
                              size_t piece)
{
    struct hm_inflate *inflate = NULL;
    enum hm_status status = hm_inflate_open(&inflate, NULL);
    HM_ASSERT(status == HM_OK);
    for (size_t at = 0; at < input.size && status == HM_OK; at += piece) {
        size_t size = input.size - at < piece ? input.size - at : piece;
        status =
            hm_inflate_put(inflate, out, (struct hm_bytes){input.data + at, size}, NULL);
    }
    *ended = hm_inflate_ended(inflate);
    hm_inflate_close(inflate);
    return status;
}

static void read_in_pieces(struct hm_bytes input, size_t piece)
{
    struct hm_buf whole;
    struct hm_buf pieces;
    bool whole_ended = false;
    bool pieces_ended = false;
    hm_buf_init(&whole, TEXT_MAX);
    hm_buf_init(&pieces, TEXT_MAX);
    enum hm_status a = inflate(&whole, &whole_ended, input, input.size + 1);
    enum hm_status b = inflate(&pieces, &pieces_ended, input, piece);
    HM_ASSERT(a == HM_OK || a == HM_PROTOCOL || a == HM_TOO_BIG);
    if (a == HM_OK && b == HM_OK) {
        HM_ASSERT(whole_ended == pieces_ended);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&whole), hm_buf_bytes(&pieces)));
    }
    HM_ASSERT(a == b || a == HM_TOO_BIG || b == HM_TOO_BIG);
    hm_buf_fini(&pieces);
    hm_buf_fini(&whole);
}

static void send_and_read(struct hm_bytes text, size_t piece)
{
    struct hm_deflate *deflate = NULL;
    struct hm_buf sent;
    struct hm_buf read;
    bool ended = false;
    hm_buf_init(&sent, text.size * 2 + SLACK);
    hm_buf_init(&read, TEXT_MAX);
    struct hm_bytes rows = {text.data, text.size / 2};
    struct hm_bytes noise = {text.data + rows.size, text.size - rows.size};
    HM_ASSERT(hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_FAST, NULL) == HM_OK);
    HM_ASSERT(hm_deflate_put(deflate, &sent, rows, HM_TEXTURE_ROWS, NULL) == HM_OK);
    HM_ASSERT(hm_deflate_flush(deflate, &sent, NULL) == HM_OK);
    HM_ASSERT(hm_deflate_put(deflate, &sent, noise, HM_TEXTURE_NOISE, NULL) == HM_OK);
    HM_ASSERT(hm_deflate_end(deflate, &sent, NULL) == HM_OK);
    HM_ASSERT(inflate(&read, &ended, hm_buf_bytes(&sent), piece) == HM_OK);
    HM_ASSERT(ended && hm_bytes_equal(hm_buf_bytes(&read), text));
    hm_deflate_close(deflate);
    hm_buf_fini(&read);
    hm_buf_fini(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes input = {data, size};
    size_t piece = 1 + (size_t)fuzz_choice(&input);
    read_in_pieces(input, piece);
    if (input.size < 4096) {
        send_and_read(input, piece);
    }
    return 0;
}
