/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock.h - one process at a time: an exclusive lock on a file.
 *
 * Owner:   daemon/host/lock.c; layer 4
 * Threads: a lock belongs to the struct, not to the process: a second hm_lock_open of the
 *          same file fails in the same process too
 *
 * It is an open-file-description lock. The classic POSIX lock would be lost as soon as
 * any part of the process closed the same file; this one ends with hm_lock_close or with
 * the process, however that dies. The file stays: removing it would let two holders in,
 * each with a file of its own.
 */
#ifndef HAMLET_HOST_LOCK_H
#define HAMLET_HOST_LOCK_H

#include "hamlet/base/env.h"

struct hm_lock {
    int fd; /* -1: not held */
};

#define HM_LOCK_NONE ((struct hm_lock){.fd = -1})

/*
 * Take the lock on `path`, making the file (0600) if it is missing; wait up to `wait_ms`
 * for another holder, 0: do not wait.
 * HM_LOCKED     another holds it still; the error names the file
 * HM_BAD_INPUT  a link or no plain file
 */
HM_CHECKED enum hm_status hm_lock_open(struct hm_lock *lock,
                                       const struct hm_env *env,
                                       const char *path,
                                       int64_t wait_ms,
                                       struct hm_err *err);

/* Does nothing on a lock that is not held. */
void hm_lock_close(struct hm_lock *lock);

#endif
