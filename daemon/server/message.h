/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.h - what is said over DIR/control.sock: a command line, and what came of it.
 *
 * Owner:   daemon/server/message.c
 * Threads: no shared state
 * Format:  one frame (host/frame.h) each way, packed (base/pack.h), both beginning with
 *          the text "hamlet-control-1". Another version of the program may answer after
 *          an update without a restart: it is refused, never guessed at
 *
 * A failure travels as its status, the key of its sentence and the arguments: the side
 * that was asked by a person tells it, in that person's language.
 */
#ifndef DAEMON_SERVER_MESSAGE_H
#define DAEMON_SERVER_MESSAGE_H

#include "hamlet/base/arena.h"
#include "hamlet/base/buf.h"
#include "hamlet/base/limits.h"
#include "hamlet/text/words.h"

enum { HM_CONTROL_ARGS_MAX = 1024, HM_CONTROL_KEY_SIZE = 64 };

/* A file that a command reads, and the line. */
#define HM_CONTROL_REQUEST_MAX (HM_FILE_BYTES_MAX + (size_t)1024 * 1024)
/* A whole export of a district. */
#define HM_CONTROL_REPLY_MAX ((size_t)512 * 1024 * 1024)

struct hm_control_request {
    enum hm_lang lang;
    const char *folder; /* where the command was given, absolute */
    int argc;
    char **argv;           /* a null after the last */
    struct hm_bytes input; /* what stands in the file that the command reads */
};

void hm_control_request_put(struct hm_buf *buf, const struct hm_control_request *request);
/*
 * Text and arrays come from `arena`, `input` is borrowed from the message.
 * HM_PROTOCOL  control-message: it is none, or of another version
 */
HM_CHECKED enum hm_status hm_control_request_get(struct hm_control_request *request,
                                                 struct hm_bytes message,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

struct hm_control_reply {
    enum hm_status status; /* of the command */
    struct hm_err err;     /* of a failure; `key` points into what it was read into */
    struct hm_bytes out;   /* its standard output */
    struct hm_bytes file;  /* what is to be written where --out says */
};

void hm_control_reply_put(struct hm_buf *buf, const struct hm_control_reply *reply);
/*
 * `key` gets the key of a failure. `out` and `file` are borrowed from the message.
 * HM_PROTOCOL  as above
 */
HM_CHECKED enum hm_status hm_control_reply_get(struct hm_control_reply *reply,
                                               char key[HM_CONTROL_KEY_SIZE],
                                               struct hm_bytes message,
                                               struct hm_err *err);

#endif
