/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"

/*
 * The kernel's number since 3.15, the same on every architecture; in POSIX since 2024,
 * but this C library names it only together with all of its own extensions.
 */
#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#endif

/* Twice as fast as a person notices; a wait of 5 s costs 100 looks. */
static const struct timespec nap = {.tv_nsec = 50L * 1000 * 1000};

static enum hm_status open_file(int *fd, const char *path, struct hm_err *err)
{
    struct stat seen;
    enum hm_status status = HM_OK;
    int opened = open(
        path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (opened < 0) {
        return hm_failure_path(err, errno, path);
    }
    if (fstat(opened, &seen) != 0) {
        status = hm_failure_path(err, errno, path);
    } else if (!S_ISREG(seen.st_mode)) {
        status = hm_fail(err, HM_BAD_INPUT, "file-kind", path, NULL, NULL);
    }
    if (status != HM_OK) {
        close(opened);
        return status;
    }
    *fd = opened;
    return HM_OK;
}

static bool try_lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET}; /* l_pid must be 0 */
    return fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

static enum hm_status wait_for_lock(int fd,
                                    const struct hm_env *env,
                                    const char *path,
                                    int64_t wait_ms,
                                    struct hm_err *err)
{
    int64_t end_ms = hm_env_mono(env).ms + wait_ms;
    while (!try_lock(fd)) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
            return hm_failure_path(err, errno, path);
        }
        if (hm_env_mono(env).ms >= end_ms) {
            return hm_fail(err, HM_LOCKED, "locked", path, NULL, NULL);
        }
        (void)nanosleep(&nap, NULL); /* there is no waiting for a lock with a limit */
    }
    return HM_OK;
}

enum hm_status hm_lock_open(struct hm_lock *lock,
                            const struct hm_env *env,
                            const char *path,
                            int64_t wait_ms,
                            struct hm_err *err)
{
    int fd = -1;
    enum hm_status status = open_file(&fd, path, err);
    if (status != HM_OK) {
        return status;
    }
    status = wait_for_lock(fd, env, path, wait_ms, err);
    if (status != HM_OK) {
        close(fd);
        return status;
    }
    lock->fd = fd;
    return HM_OK;
}

void hm_lock_close(struct hm_lock *lock)
{
    if (lock->fd >= 0) {
        close(lock->fd);
        lock->fd = -1;
    }
}
