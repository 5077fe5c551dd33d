/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "failure.h"
#include "folder.h"

enum { RANDOM_SIZE = 8, RANDOM_HEX = 2 * RANDOM_SIZE };

_Static_assert(HM_DRAFT_NAME_SIZE == 1 + RANDOM_HEX + sizeof(".new"), "its name");

enum hm_status hm_draft_open(struct hm_draft *draft,
                             const struct hm_env *env,
                             const char *path,
                             struct hm_err *err)
{
    uint8_t random[RANDOM_SIZE];
    *draft = (struct hm_draft){.env = env, .path = path, .folder = -1, .fd = -1};
    enum hm_status status =
        hm_folder_open(&draft->folder, &draft->last, draft->path, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_env_random(draft->env, random, sizeof(random), err);
    if (status != HM_OK) {
        return status;
    }
    char name[HM_DRAFT_NAME_SIZE] = ".";
    hm_hex_put(name + 1, HM_BYTES(random));
    memcpy(name + 1 + RANDOM_HEX, ".new", sizeof(".new"));
    hm_env_step(draft->env, "file-create");
    /* 0600 until the content is there: the mode asked for may let others read. */
    draft->fd = openat(draft->folder, name,
                       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (draft->fd < 0) {
        return hm_failure_path(err, errno, draft->path);
    }
    memcpy(draft->name, name, sizeof(name));
    return HM_OK;
}

enum hm_status hm_draft_put(struct hm_draft *draft,
                            struct hm_bytes bytes,
                            struct hm_err *err)
{
    hm_env_step(draft->env, "file-write");
    while (bytes.size > 0) {
        ssize_t put = write(draft->fd, bytes.data, bytes.size);
        if (put < 0 && errno != EINTR) {
            return hm_failure_path(err, errno, draft->path);
        }
        if (put > 0) {
            bytes.data += put;
            bytes.size -= (size_t)put;
        }
    }
    return HM_OK;
}

enum hm_status hm_draft_sync(struct hm_draft *draft, mode_t mode, struct hm_err *err)
{
    /* A stick formatted as FAT has no modes and says so; its mount decides for all. */
    if (fchmod(draft->fd, mode) != 0 && errno != EPERM) {
        return hm_failure_path(err, errno, draft->path);
    }
    hm_env_step(draft->env, "file-sync");
    if (fsync(draft->fd) != 0) {
        return hm_failure_path(err, errno, draft->path);
    }
    return HM_OK;
}

/* Give the draft its name unless that is taken; errno says why not. */
static bool name_if_free(struct hm_draft *draft)
{
    if (syscall(SYS_renameat2, draft->folder, draft->name, draft->folder, draft->last,
                RENAME_NOREPLACE) == 0) {
        return true;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return false;
    }
    /* A file system without that flag: a second name is just as atomic. */
    if (linkat(draft->folder, draft->name, draft->folder, draft->last, 0) != 0) {
        return false;
    }
    (void)unlinkat(draft->folder, draft->name, 0);
    return true;
}

static bool name_anyway(struct hm_draft *draft)
{
    return renameat(draft->folder, draft->name, draft->folder, draft->last) == 0;
}

enum hm_status hm_draft_name(struct hm_draft *draft, bool replace, struct hm_err *err)
{
    hm_env_step(draft->env, "file-rename");
    bool named = replace ? name_anyway(draft) : name_if_free(draft);
    if (!named) {
        return hm_failure_path(err, errno, draft->path);
    }
    draft->name[0] = '\0';
    hm_env_step(draft->env, "file-folder-sync");
    return hm_folder_sync(draft->folder, draft->path, err);
}

void hm_draft_close(struct hm_draft *draft)
{
    if (draft->fd >= 0) {
        close(draft->fd);
    }
    if (draft->name[0] != '\0') {
        (void)unlinkat(draft->folder, draft->name, 0);
    }
    if (draft->folder >= 0) {
        close(draft->folder);
    }
    *draft = (struct hm_draft){.folder = -1, .fd = -1};
}
