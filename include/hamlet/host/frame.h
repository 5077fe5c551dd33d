/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - one bounded message over a stream socket: 4 bytes of length, then as many.
 *
 * Owner:   daemon/host/frame.c; layer 4
 * Threads: a frame belongs to one thread
 * Format:  the length is big-endian and counts what follows it
 * Errors:  HM_NO_SERVER where the other side broke off or, with a deadline, was too slow;
 *          then the connection is of no use any more
 *
 * hm_frame_send and hm_frame_receive do what can be done at once and never wait: made for
 * a loop, with a timer of the caller's against slow peers. Memory grows with what has
 * arrived, not with what was announced.
 */
#ifndef HAMLET_HOST_FRAME_H
#define HAMLET_HOST_FRAME_H

#include "hamlet/base/buf.h"
#include "hamlet/base/env.h"

enum { HM_FRAME_HEAD = 4 };

struct hm_frame {
    struct hm_buf body; /* of a received frame: the message, once it is whole */
    uint8_t head[HM_FRAME_HEAD];
    size_t done; /* bytes of head and body that were sent or received */
};

/* `max`: the longest message. */
void hm_frame_init(struct hm_frame *frame, size_t max);
void hm_frame_fini(struct hm_frame *frame);
void hm_frame_clear(struct hm_frame *frame); /* for the next message; keeps the memory */

/* Make `message` what is sent; it is copied. HM_TOO_BIG: longer than the cap. */
HM_CHECKED enum hm_status hm_frame_set(struct hm_frame *frame,
                                       struct hm_bytes message,
                                       struct hm_err *err);

/* `*whole`: all is sent. */
HM_CHECKED enum hm_status hm_frame_send(struct hm_frame *frame,
                                        int fd,
                                        bool *whole,
                                        struct hm_err *err);

/*
 * `*whole`: all has arrived; bytes after the message were left where they are.
 * HM_TOO_BIG  the message announced is longer than the cap; nothing of it was read
 */
HM_CHECKED enum hm_status hm_frame_receive(struct hm_frame *frame,
                                           int fd,
                                           bool *whole,
                                           struct hm_err *err);

/* As the two above, waiting until `deadline` for the whole of it. */
HM_CHECKED enum hm_status hm_frame_send_by(struct hm_frame *frame,
                                           int fd,
                                           const struct hm_env *env,
                                           struct hm_mono deadline,
                                           struct hm_err *err);
HM_CHECKED enum hm_status hm_frame_receive_by(struct hm_frame *frame,
                                              int fd,
                                              const struct hm_env *env,
                                              struct hm_mono deadline,
                                              struct hm_err *err);

#endif
