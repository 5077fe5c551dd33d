/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox.h - a file from a stranger, read by a child that can do nothing else.
 *
 * Owner:   daemon/host/sandbox.c; layer 4
 * Threads: hm_sandbox_start only while this process has one thread
 *
 * The child has the file as its input, a pipe to us as its output, the memory that this
 * process had when it began, and no way to open, send, start or become anything: a filter
 * of system calls kills it where it tries. What it sends is as little to be believed as
 * the file was.
 */
#ifndef HAMLET_HOST_SANDBOX_H
#define HAMLET_HOST_SANDBOX_H

#include <sys/types.h>

#include "hamlet/base/buf.h"

struct hm_sandbox {
    pid_t child;
    int pipe;
};

#define HM_SANDBOX_NONE ((struct hm_sandbox){.child = -1, .pipe = -1})

/*
 * Run `work` in a child that reads `fd` and writes to us. What it returns is not looked
 * at: it says in what it writes that it came to its end.
 * HM_IO            there is no child, or nothing that would hold it
 * HM_UNCONFIGURED  sandbox-machine: nobody wrote down what holds a child on a machine of
 *                  this kind; `work` was not run
 */
HM_CHECKED enum hm_status hm_sandbox_start(struct hm_sandbox *box,
                                           int fd,
                                           void (*work)(void *ctx),
                                           void *ctx,
                                           struct hm_err *err);

/* Up to `size` bytes of what it wrote; less only where it ended or was ended. */
HM_CHECKED enum hm_status hm_sandbox_get(struct hm_sandbox *box,
                                         uint8_t *to,
                                         size_t size,
                                         size_t *got,
                                         struct hm_err *err);

/* End it, wherever it is. Does nothing on none. */
void hm_sandbox_stop(struct hm_sandbox *box);

/* For `work`: bytes of the file, 0 at its end; bytes for the parent. False: no more. */
bool hm_sandbox_read(uint8_t *to, size_t size, size_t *got);
bool hm_sandbox_write(const uint8_t *from, size_t size);

#endif
