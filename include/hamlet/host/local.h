/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local.h - Unix sockets between programs of ours on one machine.
 *
 * Owner:   daemon/host/local.c; layer 4
 * Threads: no shared state
 * Errors:  outputs are written only on success; HM_BAD_INPUT where the name is too long
 *          for a socket or taken by something that is none
 *
 * Every fd given is the caller's, closed on exec and not blocking, so that it can stand
 * in a loop. A path longer than a socket address holds is reached through its folder.
 */
#ifndef HAMLET_HOST_LOCAL_H
#define HAMLET_HOST_LOCAL_H

#include <sys/types.h>

#include "hamlet/base/buf.h"
#include "hamlet/base/env.h"

/* In place of a group: only the own user and root. */
#define HM_LOCAL_NO_GROUP ((gid_t)-1)

/*
 * Listen at `path`: mode 0600, or 0660 and of `group`. A socket that nobody answers at is
 * left from a crash, and is replaced. Whoever calls this holds the lock of the folder:
 * between looking and replacing, another could begin to listen.
 * HM_LOCKED  somebody listens there
 */
HM_CHECKED enum hm_status hm_local_listen(int *fd,
                                          const char *path,
                                          gid_t group,
                                          struct hm_err *err);

/* Stop listening and remove the name. Does nothing with an fd of -1. */
void hm_local_close(int fd, const char *path);

/*
 * Accept one peer; `*fd` is -1 if none is waiting. The peer must be of our user, root, or
 * in `group` (first or further); what the kernel says counts, not what the peer says.
 * HM_DENIED  a stranger; the connection was closed
 * HM_IO      no more fds: the peer still waits, so look again only after a while
 */
HM_CHECKED enum hm_status hm_local_accept(int *fd,
                                          int listener,
                                          gid_t group,
                                          struct hm_err *err);

/*
 * Connect, waiting up to `wait_ms` where the listener's queue is full.
 * HM_NO_SERVER  nobody listens there, or the wait was over
 * HM_DENIED     no permission on the socket
 */
HM_CHECKED enum hm_status hm_local_connect(int *fd,
                                           const char *path,
                                           int64_t wait_ms,
                                           struct hm_err *err);

/*
 * Connect, send `request`, take the one reply into `reply`, whose cap is the limit; all
 * within `wait_ms`. `reply` is replaced on success only.
 * HM_NO_SERVER  nobody listens, it broke off, or the wait was over; the request may have
 *               been carried out
 * HM_TOO_BIG    the reply is larger than the cap
 */
HM_CHECKED enum hm_status hm_local_exchange(const struct hm_env *env,
                                            const char *path,
                                            struct hm_bytes request,
                                            struct hm_buf *reply,
                                            int64_t wait_ms,
                                            struct hm_err *err);

#endif
