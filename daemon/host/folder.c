/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"

enum hm_status hm_folder_open(int *fd,
                              const char **name,
                              const char *path,
                              struct hm_err *err)
{
    const char *slash = strrchr(path, '/');
    const char *last = slash == NULL ? path : slash + 1;
    if (*last == '\0') {
        return hm_fail(err, HM_BAD_INPUT, "file-kind", path, NULL, NULL);
    }
    /* The root keeps its slash; without one it is the folder that we are in. */
    char *folder = slash == NULL
                       ? strdup(".")
                       : strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (folder == NULL) {
        return hm_fail_memory(err);
    }
    int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = errno;
    enum hm_status status = HM_OK;
    if (opened < 0) {
        status = hm_failure_path(err, code, folder);
    } else {
        *fd = opened;
        *name = last;
    }
    free(folder);
    return status;
}

enum hm_status hm_folder_sync(int fd, const char *path, struct hm_err *err)
{
    /* EINVAL: a file system, as some on sticks, that knows no such thing. */
    if (fsync(fd) != 0 && errno != EINVAL) {
        return hm_failure_path(err, errno, path);
    }
    return HM_OK;
}
