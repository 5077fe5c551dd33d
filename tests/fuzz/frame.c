/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames over a socket: in whatever pieces they come, a message is what was announced,
 * one over the cap is refused before it is read, and what follows is left alone. The
 * first byte chooses the cap, the second the pieces.
 */
#include "hamlet/host/frame.h"

#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"

enum { INPUT_MAX = 16 * 1024 }; /* fits into a socket's buffer */

static size_t announced(struct hm_bytes input)
{
    return (size_t)input.data[0] << 24 | (size_t)input.data[1] << 16 |
           (size_t)input.data[2] << 8 | input.data[3];
}

/* How many bytes the frame takes off the front of `input`; 0: it is not whole. */
static size_t expect(struct hm_bytes input, size_t max)
{
    if (input.size < HM_FRAME_HEAD || announced(input) > max ||
        announced(input) > input.size - HM_FRAME_HEAD) {
        return 0;
    }
    return HM_FRAME_HEAD + announced(input);
}

static enum hm_status receive(struct hm_frame *frame,
                              const int pair[2],
                              struct hm_bytes input,
                              size_t piece,
                              bool *whole)
{
    enum hm_status status = HM_OK;
    for (size_t at = 0; at < input.size && status == HM_OK && !*whole; at += piece) {
        size_t size = input.size - at < piece ? input.size - at : piece;
        ssize_t sent = send(pair[0], input.data + at, size, MSG_NOSIGNAL);
        HM_ASSERT(sent == (ssize_t)size);
        status = hm_frame_receive(frame, pair[1], whole, NULL);
        HM_ASSERT(frame->body.size <= at + size);
    }
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes input = {data, size};
    struct hm_frame frame;
    int pair[2];
    bool whole = false;
    size_t max = (size_t)fuzz_choice(&input) * 64;
    size_t piece = 1 + (size_t)fuzz_choice(&input) * 8;
    if (input.size == 0 || input.size > INPUT_MAX) {
        return 0;
    }
    HM_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    hm_frame_init(&frame, max);
    enum hm_status status = receive(&frame, pair, input, piece, &whole);
    if (input.size >= HM_FRAME_HEAD && announced(input) > max) {
        HM_ASSERT(status == HM_TOO_BIG && frame.body.size == 0);
    } else {
        size_t end = expect(input, max);
        HM_ASSERT(status == HM_OK && whole == (end > 0));
        struct hm_bytes body = {input.data + HM_FRAME_HEAD, end - HM_FRAME_HEAD};
        HM_ASSERT(!whole || hm_bytes_equal(hm_buf_bytes(&frame.body), body));
    }
    hm_frame_fini(&frame);
    (void)close(pair[0]);
    (void)close(pair[1]);
    return 0;
}
