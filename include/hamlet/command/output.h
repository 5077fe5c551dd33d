/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - standard output that is written completely or fails.
 *
 * Owner:   daemon/command/output.c; layer 4
 * Threads: an output belongs to one thread
 * Errors:  a failed write marks the output; what is put later goes nowhere, and
 *          hm_output_flush tells
 *
 * A list cut by a full disk or a reader that went away must not look like a whole one, so
 * every program ends with hm_output_flush and its status. SIGPIPE must be ignored.
 */
#ifndef HAMLET_COMMAND_OUTPUT_H
#define HAMLET_COMMAND_OUTPUT_H

#include "hamlet/base/buf.h"

struct hm_output {
    int fd;
    struct hm_buf held;
    struct hm_err failed; /* HM_OK: not yet */
};

/* `fd` stays the caller's. */
void hm_output_init(struct hm_output *out, int fd);
void hm_output_fini(struct hm_output *out); /* drops what was not flushed */

/* As it is: JSON, CSV, sentences. */
void hm_output_put(struct hm_output *out, struct hm_bytes bytes);
void hm_output_put_text(struct hm_output *out, const char *text);

/*
 * Text that somebody entered, for a person's eyes: what a terminal would obey or not show
 * stands as \xNN, line ends too (words.h).
 */
void hm_output_put_shown(struct hm_output *out, struct hm_bytes text);

/* HM_IO: the reader went away, the disk is full or failed; some of it may be written. */
HM_CHECKED enum hm_status hm_output_flush(struct hm_output *out, struct hm_err *err);

#endif
