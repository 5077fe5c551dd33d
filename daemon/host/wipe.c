/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "folder.h"
#include "hamlet/host/file.h"

enum { PIECE = 4096 };

static enum hm_status overwrite(int fd, const char *path, struct hm_err *err)
{
    static const uint8_t zeros[PIECE];
    struct stat about;
    if (fstat(fd, &about) != 0) {
        return hm_failure_path(err, errno, path);
    }
    for (off_t at = 0; at < about.st_size;) {
        off_t left = about.st_size - at;
        ssize_t put = pwrite(fd, zeros, left < PIECE ? (size_t)left : PIECE, at);
        if (put < 0 && errno != EINTR) {
            return hm_failure_path(err, errno, path);
        }
        at += put > 0 ? put : 0;
    }
    return fsync(fd) == 0 ? HM_OK : hm_failure_path(err, errno, path);
}

enum hm_status hm_file_wipe(const struct hm_env *env,
                            const char *path,
                            struct hm_err *err)
{
    int folder = -1;
    const char *last = NULL;
    enum hm_status status = hm_folder_open(&folder, &last, path, err);
    if (status != HM_OK) {
        return status;
    }
    hm_env_step(env, "file-wipe");
    int fd = openat(folder, last, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        status = hm_failure_path(err, errno, path);
        goto out;
    }
    status = overwrite(fd, path, err);
    close(fd);
    hm_env_step(env, "file-wiped");
    if (status == HM_OK && unlinkat(folder, last, 0) != 0) {
        status = hm_failure_path(err, errno, path);
    }
    if (status == HM_OK) {
        status = hm_folder_sync(folder, path, err);
    }
out:
    close(folder);
    return status;
}

enum hm_status hm_file_remove(const struct hm_env *env,
                              const char *path,
                              struct hm_err *err)
{
    int folder = -1;
    const char *last = NULL;
    enum hm_status status = hm_folder_open(&folder, &last, path, err);
    if (status != HM_OK) {
        return status;
    }
    hm_env_step(env, "file-remove");
    if (unlinkat(folder, last, 0) != 0) {
        status = hm_failure_path(err, errno, path);
    }
    hm_env_step(env, "file-removed");
    if (status == HM_OK) {
        status = hm_folder_sync(folder, path, err);
    }
    close(folder);
    return status;
}
