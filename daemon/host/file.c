/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "folder.h"
#include "hamlet/host/draft.h"

enum { CHUNK_BYTES = 16 * 1024 };

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

static enum hm_status write_whole(const struct hm_env *env,
                                  const char *path,
                                  struct hm_bytes bytes,
                                  mode_t mode,
                                  bool replace,
                                  struct hm_err *err)
{
    struct hm_draft draft;
    enum hm_status status = hm_draft_open(&draft, env, path, err);
    if (status == HM_OK) {
        status = hm_draft_put(&draft, bytes, err);
    }
    if (status == HM_OK) {
        status = hm_draft_sync(&draft, mode, err);
    }
    if (status == HM_OK) {
        status = hm_draft_name(&draft, replace, err);
    }
    hm_draft_close(&draft);
    return status;
}

enum hm_status hm_file_write(const struct hm_env *env,
                             const char *path,
                             struct hm_bytes bytes,
                             mode_t mode,
                             struct hm_err *err)
{
    return write_whole(env, path, bytes, mode, true, err);
}

enum hm_status hm_file_create(const struct hm_env *env,
                              const char *path,
                              struct hm_bytes bytes,
                              mode_t mode,
                              struct hm_err *err)
{
    return write_whole(env, path, bytes, mode, false, err);
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
