/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "failure.h"
#include "folder.h"

enum {
    CHUNK_BYTES = 16 * 1024,
    DRAFT_RANDOM = 8,
    DRAFT_HEX = 2 * DRAFT_RANDOM,
    DRAFT_NAME_SIZE = 1 + DRAFT_HEX + sizeof(".new")
};

/* ---- reading ---- */

static enum hm_status open_plain(int *fd,
                                 struct stat *seen,
                                 const char *path,
                                 struct hm_err *err)
{
    /* O_NONBLOCK: to open a pipe for reading would wait for its writer. */
    int opened = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum hm_status status = HM_OK;
    if (opened < 0) {
        return hm_failure_path(err, errno, path);
    }
    if (fstat(opened, seen) != 0) {
        status = hm_failure_path(err, errno, path);
    } else if (!S_ISREG(seen->st_mode)) {
        status = hm_fail(err, HM_BAD_INPUT, "file-kind", path, NULL, NULL);
    }
    if (status != HM_OK) {
        close(opened);
        return status;
    }
    *fd = opened;
    return HM_OK;
}

enum hm_status hm_file_open(int *fd, const char *path, struct hm_err *err)
{
    struct stat seen;
    return open_plain(fd, &seen, path, err);
}

enum hm_status hm_file_open_private(int *fd, const char *path, struct hm_err *err)
{
    struct stat seen = {0};
    int opened = -1;
    enum hm_status status = open_plain(&opened, &seen, path, err);
    if (status == HM_OK && (seen.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        close(opened);
        return hm_fail(err, HM_UNCONFIGURED, "file-wide", path, NULL, NULL);
    }
    if (status == HM_OK) {
        *fd = opened;
    }
    return status;
}

static enum hm_status fail_too_big(const struct hm_buf *to,
                                   const char *path,
                                   struct hm_err *err)
{
    char most[24];
    (void)snprintf(most, sizeof(most), "%zu", to->max);
    return hm_fail(err, HM_TOO_BIG, "file-too-big", path, most, NULL);
}

static ssize_t read_some(int fd, uint8_t *to, size_t size)
{
    ssize_t got = 0;
    do {
        got = read(fd, to, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* One piece; `*end` once there is no more. The file may grow while we read it. */
static enum hm_status read_piece(struct hm_buf *to,
                                 int fd,
                                 const char *path,
                                 bool *end,
                                 struct hm_err *err)
{
    uint8_t beyond = 0;
    size_t room = to->max - to->size;
    size_t want = room < CHUNK_BYTES ? room : CHUNK_BYTES;
    uint8_t *at = want == 0 ? &beyond : hm_buf_reserve(to, want);
    if (at == NULL) {
        return hm_buf_status(to, err);
    }
    ssize_t got = read_some(fd, at, want == 0 ? 1 : want);
    if (got < 0) {
        return hm_failure_path(err, errno, path);
    }
    if (got > 0 && want == 0) {
        return fail_too_big(to, path, err);
    }
    if (want > 0) {
        hm_buf_commit(to, (size_t)got);
    }
    *end = got == 0;
    return HM_OK;
}

enum hm_status hm_file_read(struct hm_buf *to, const char *path, struct hm_err *err)
{
    int fd = -1;
    bool end = false;
    struct stat seen = {0};
    enum hm_status status = open_plain(&fd, &seen, path, err);
    if (status != HM_OK) {
        return status;
    }
    if (seen.st_size > 0 && (uint64_t)seen.st_size > to->max) {
        status = fail_too_big(to, path, err);
    }
    while (status == HM_OK && !end) {
        status = read_piece(to, fd, path, &end, err);
    }
    if (status != HM_OK) {
        hm_buf_clear(to);
    }
    close(fd);
    return status;
}

/* ---- writing ---- */

/* A file that is being written under another name. */
struct draft {
    const struct hm_env *env;
    const char *path; /* what it will be */
    const char *last; /* of the path; in `folder` */
    int folder;
    int fd;
    char name[DRAFT_NAME_SIZE]; /* empty: nothing of it is left to remove */
};

static enum hm_status draft_open(struct draft *draft, struct hm_err *err)
{
    uint8_t random[DRAFT_RANDOM];
    enum hm_status status =
        hm_folder_open(&draft->folder, &draft->last, draft->path, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_env_random(draft->env, random, sizeof(random), err);
    if (status != HM_OK) {
        return status;
    }
    char name[DRAFT_NAME_SIZE] = ".";
    hm_hex_put(name + 1, HM_BYTES(random));
    memcpy(name + 1 + DRAFT_HEX, ".new", sizeof(".new"));
    hm_env_step(draft->env, "file-create");
    /* 0600 until the content is there: the mode asked for may let others read. */
    draft->fd = openat(draft->folder, name,
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (draft->fd < 0) {
        return hm_failure_path(err, errno, draft->path);
    }
    memcpy(draft->name, name, sizeof(name));
    return HM_OK;
}

static enum hm_status draft_fill(struct draft *draft,
                                 struct hm_bytes bytes,
                                 mode_t mode,
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
static bool name_if_free(struct draft *draft)
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

static bool name_anyway(struct draft *draft)
{
    return renameat(draft->folder, draft->name, draft->folder, draft->last) == 0;
}

static enum hm_status draft_name(struct draft *draft, bool replace, struct hm_err *err)
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

static void draft_fini(struct draft *draft)
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
}

static enum hm_status write_whole(struct draft *draft,
                                  struct hm_bytes bytes,
                                  mode_t mode,
                                  bool replace,
                                  struct hm_err *err)
{
    enum hm_status status = draft_open(draft, err);
    if (status != HM_OK) {
        goto out;
    }
    status = draft_fill(draft, bytes, mode, err);
    if (status != HM_OK) {
        goto out;
    }
    status = draft_name(draft, replace, err);
out:
    draft_fini(draft);
    return status;
}

enum hm_status hm_file_write(const struct hm_env *env,
                             const char *path,
                             struct hm_bytes bytes,
                             mode_t mode,
                             struct hm_err *err)
{
    struct draft draft = {.env = env, .path = path, .folder = -1, .fd = -1};
    return write_whole(&draft, bytes, mode, true, err);
}

enum hm_status hm_file_create(const struct hm_env *env,
                              const char *path,
                              struct hm_bytes bytes,
                              mode_t mode,
                              struct hm_err *err)
{
    struct draft draft = {.env = env, .path = path, .folder = -1, .fd = -1};
    return write_whole(&draft, bytes, mode, false, err);
}

/* ---- folders ---- */

static enum hm_status make_folder(const char *path, struct hm_err *err)
{
    int above = -1;
    const char *last = NULL;
    if (mkdir(path, 0700) != 0) {
        int code = errno == ENOTDIR ? EISDIR : errno; /* either way the wrong kind */
        return code == EEXIST ? HM_OK : hm_failure_path(err, code, path);
    }
    enum hm_status status = hm_folder_open(&above, &last, path, err);
    if (status == HM_OK) {
        status = hm_folder_sync(above, path, err);
        close(above);
    }
    return status;
}

enum hm_status hm_file_make_folders(const char *path, struct hm_err *err)
{
    struct stat seen;
    enum hm_status status = HM_OK;
    char *part = strdup(path);
    if (part == NULL) {
        return hm_fail_memory(err);
    }
    size_t size = strlen(part);
    while (size > 1 && part[size - 1] == '/') {
        part[--size] = '\0';
    }
    for (char *slash = strchr(part + (size > 0), '/'); slash != NULL && status == HM_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        status = make_folder(part, err);
        *slash = '/';
    }
    if (status == HM_OK) {
        status = make_folder(part, err);
    }
    if (status == HM_OK && (stat(part, &seen) != 0 || !S_ISDIR(seen.st_mode))) {
        status = hm_fail(err, HM_BAD_INPUT, "file-kind", path, NULL, NULL);
    }
    free(part);
    return status;
}
