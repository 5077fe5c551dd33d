/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/frame.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>

#include "failure.h"

enum { CHUNK_BYTES = 16 * 1024 };

void hm_frame_init(struct hm_frame *frame, size_t max)
{
    *frame = (struct hm_frame){.done = 0};
    hm_buf_init(&frame->body, max < UINT32_MAX ? max : UINT32_MAX);
}

void hm_frame_fini(struct hm_frame *frame)
{
    hm_buf_fini(&frame->body);
    frame->done = 0;
}

void hm_frame_clear(struct hm_frame *frame)
{
    hm_buf_clear(&frame->body);
    frame->done = 0;
}

enum hm_status hm_frame_set(struct hm_frame *frame,
                            struct hm_bytes message,
                            struct hm_err *err)
{
    hm_frame_clear(frame);
    hm_buf_put_bytes(&frame->body, message);
    for (int i = 0; i < HM_FRAME_HEAD; i++) {
        frame->head[i] = (uint8_t)(message.size >> (8 * (HM_FRAME_HEAD - 1 - i)));
    }
    return hm_buf_status(&frame->body, err);
}

/* What a failed send or recv means; `*again`: nothing, it is only not possible now. */
static enum hm_status judge(int code, bool *again, struct hm_err *err)
{
    *again = code == EAGAIN || code == EWOULDBLOCK;
    if (*again || code == EINTR) {
        return HM_OK;
    }
    if (code == EPIPE || code == ECONNRESET || code == ENOTCONN) {
        return hm_fail(err, HM_NO_SERVER, "local-cut", NULL, NULL, NULL);
    }
    return hm_failure_system(err, code, "socket");
}

enum hm_status hm_frame_send(struct hm_frame *frame,
                             int fd,
                             bool *whole,
                             struct hm_err *err)
{
    size_t all = HM_FRAME_HEAD + frame->body.size;
    bool again = false;
    while (frame->done < all && !again) {
        bool head = frame->done < HM_FRAME_HEAD;
        const uint8_t *from = head ? frame->head + frame->done
                                   : frame->body.data + (frame->done - HM_FRAME_HEAD);
        size_t size = (head ? HM_FRAME_HEAD : all) - frame->done;
        ssize_t sent = send(fd, from, size, MSG_NOSIGNAL);
        if (sent < 0) {
            enum hm_status status = judge(errno, &again, err);
            if (status != HM_OK) {
                return status;
            }
        } else {
            frame->done += (size_t)sent;
        }
    }
    *whole = frame->done == all;
    return HM_OK;
}

static size_t announced(const struct hm_frame *frame)
{
    size_t size = 0;
    for (int i = 0; i < HM_FRAME_HEAD; i++) {
        size = size << 8 | frame->head[i];
    }
    return size;
}

/* How many bytes are still to come, as far as is known; 0: the message is whole. */
static size_t missing(const struct hm_frame *frame)
{
    return frame->done < HM_FRAME_HEAD ? HM_FRAME_HEAD - frame->done
                                       : announced(frame) + HM_FRAME_HEAD - frame->done;
}

static enum hm_status take_in(struct hm_frame *frame, size_t got, struct hm_err *err)
{
    bool head = frame->done < HM_FRAME_HEAD;
    frame->done += got;
    if (!head) {
        hm_buf_commit(&frame->body, got);
    } else if (frame->done == HM_FRAME_HEAD && announced(frame) > frame->body.max) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    return HM_OK;
}

static enum hm_status receive_piece(struct hm_frame *frame,
                                    int fd,
                                    bool *again,
                                    struct hm_err *err)
{
    size_t want = missing(frame);
    uint8_t *to;
    if (frame->done < HM_FRAME_HEAD) {
        to = &frame->head[frame->done];
    } else {
        want = want < CHUNK_BYTES ? want : CHUNK_BYTES;
        to = hm_buf_reserve(&frame->body, want);
        if (to == NULL) {
            return hm_buf_status(&frame->body, err);
        }
    }
    ssize_t got = recv(fd, to, want, 0);
    if (got < 0) {
        return judge(errno, again, err);
    }
    if (got == 0) {
        return hm_fail(err, HM_NO_SERVER, "local-cut", NULL, NULL, NULL);
    }
    return take_in(frame, (size_t)got, err);
}

enum hm_status hm_frame_receive(struct hm_frame *frame,
                                int fd,
                                bool *whole,
                                struct hm_err *err)
{
    bool again = false;
    while (missing(frame) > 0 && !again) {
        enum hm_status status = receive_piece(frame, fd, &again, err);
        if (status != HM_OK) {
            return status;
        }
    }
    *whole = missing(frame) == 0;
    return HM_OK;
}

/* Wait until `fd` is ready or the deadline has passed. */
static enum hm_status wait_for(int fd,
                               short events,
                               const struct hm_env *env,
                               struct hm_mono deadline,
                               struct hm_err *err)
{
    struct pollfd look = {.fd = fd, .events = events};
    int64_t left_ms = deadline.ms - hm_env_mono(env).ms;
    if (left_ms <= 0) {
        return hm_fail(err, HM_NO_SERVER, "local-slow", NULL, NULL, NULL);
    }
    if (poll(&look, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms) < 0 &&
        errno != EINTR) {
        return hm_failure_system(err, errno, "poll");
    }
    return HM_OK; /* whoever asked looks again, also after nothing */
}

enum hm_status hm_frame_send_by(struct hm_frame *frame,
                                int fd,
                                const struct hm_env *env,
                                struct hm_mono deadline,
                                struct hm_err *err)
{
    bool whole = false;
    enum hm_status status = hm_frame_send(frame, fd, &whole, err);
    while (status == HM_OK && !whole) {
        status = wait_for(fd, POLLOUT, env, deadline, err);
        if (status == HM_OK) {
            status = hm_frame_send(frame, fd, &whole, err);
        }
    }
    return status;
}

enum hm_status hm_frame_receive_by(struct hm_frame *frame,
                                   int fd,
                                   const struct hm_env *env,
                                   struct hm_mono deadline,
                                   struct hm_err *err)
{
    bool whole = false;
    enum hm_status status = hm_frame_receive(frame, fd, &whole, err);
    while (status == HM_OK && !whole) {
        status = wait_for(fd, POLLIN, env, deadline, err);
        if (status == HM_OK) {
            status = hm_frame_receive(frame, fd, &whole, err);
        }
    }
    return status;
}
