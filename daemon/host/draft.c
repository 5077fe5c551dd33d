/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/draft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "failure.h"
#include "folder.h"

enum { RANDOM_SIZE = 8, RANDOM_HEX = 2 * RANDOM_SIZE, TRIES = 3 };
enum { READ_SIZE = 64 * 1024 };

_Static_assert(HM_DRAFT_NAME_SIZE == 1 + RANDOM_HEX + sizeof(".new"), "its name");

static bool is_draft_name(const char *name)
{
    return name[0] == '.' && strspn(name + 1, "0123456789abcdef") == RANDOM_HEX &&
           strcmp(name + 1 + RANDOM_HEX, ".new") == 0;
}

/* Who writes a draft holds its lock; of who was killed amid it nobody does. */
static void remove_if_left(int folder, const char *name)
{
    struct stat seen;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &seen) == 0 && S_ISREG(seen.st_mode) &&
        flock(fd, LOCK_EX | LOCK_NB) == 0) {
        (void)unlinkat(folder, name, 0);
    }
    close(fd);
}

/* A stick that was pulled out comes back with its half file. What cannot be removed harms
 * nobody: it stays. */
static void remove_left(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = fd < 0 ? NULL : fdopendir(fd);
    if (names == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    for (struct dirent *at = readdir(names); at != NULL; at = readdir(names)) {
        if (is_draft_name(at->d_name)) {
            remove_if_left(folder, at->d_name);
        }
    }
    closedir(names);
}

/* `*taken`: whoever cleans up saw it before it was locked, and has removed it. */
static enum hm_status create(struct hm_draft *draft, bool *taken, struct hm_err *err)
{
    uint8_t random[RANDOM_SIZE];
    struct stat seen;
    char name[HM_DRAFT_NAME_SIZE] = ".";
    enum hm_status status = hm_env_random(draft->env, random, sizeof(random), err);
    if (status != HM_OK) {
        return status;
    }
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
    /* A file system without locks has nobody who cleans up either. */
    *taken = flock(draft->fd, LOCK_EX) == 0 && fstat(draft->fd, &seen) == 0 &&
             seen.st_nlink == 0;
    return HM_OK;
}

enum hm_status hm_draft_open(struct hm_draft *draft,
                             const struct hm_env *env,
                             const char *path,
                             struct hm_err *err)
{
    bool taken = true;
    *draft = (struct hm_draft){.env = env, .path = path, .folder = -1, .fd = -1};
    enum hm_status status =
        hm_folder_open(&draft->folder, &draft->last, draft->path, err);
    if (status == HM_OK) {
        remove_left(draft->folder);
    }
    for (int i = 0; i < TRIES && taken && status == HM_OK; i++) {
        if (draft->fd >= 0) {
            close(draft->fd);
            draft->fd = -1;
        }
        status = create(draft, &taken, err);
    }
    return status;
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

enum hm_status hm_draft_read(const struct hm_draft *draft,
                             struct hm_buf *to,
                             struct hm_err *err)
{
    off_t at = 0;
    for (;;) {
        uint8_t *room = hm_buf_reserve(to, READ_SIZE);
        ssize_t got = room == NULL ? 0 : pread(draft->fd, room, READ_SIZE, at);
        if (got < 0 && errno != EINTR) {
            return hm_failure_path(err, errno, draft->path);
        }
        if (got == 0) {
            return hm_buf_status(to, err);
        }
        if (got > 0) {
            hm_buf_commit(to, (size_t)got);
            at += got;
        }
    }
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

void hm_draft_unname(struct hm_draft *draft)
{
    struct stat own;
    struct stat there;
    if (draft->fd >= 0 && draft->name[0] == '\0' && fstat(draft->fd, &own) == 0 &&
        fstatat(draft->folder, draft->last, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
        own.st_dev == there.st_dev && own.st_ino == there.st_ino) {
        (void)unlinkat(draft->folder, draft->last, 0);
    }
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
