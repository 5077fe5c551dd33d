/* SPDX-License-Identifier: Apache-2.0 */
#include "data.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/host/file.h"

enum { PATH_BYTES_MAX = 4096 }; /* as the kernel's */

char *hm_data_path(struct hm_arena *arena, const char *dir, const char *name)
{
    size_t size = strlen(dir) + strlen(name) + sizeof("/");
    if (name[0] == '/') {
        return hm_arena_copy_text(arena, hm_text(name));
    }
    char *path = hm_arena_get(arena, size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", dir, name);
    }
    return path;
}

/* ---- a folder that appears whole or not at all ---- */

static enum hm_status check_free(const char *dir, struct hm_err *err)
{
    bool empty = true;
    DIR *folder = opendir(dir);
    if (folder == NULL) {
        return errno == ENOENT ? HM_OK
                               : hm_fail(err, HM_EXISTS, "data-exists", dir, NULL, NULL);
    }
    for (struct dirent *at = readdir(folder); at != NULL && empty; at = readdir(folder)) {
        empty = strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0;
    }
    (void)closedir(folder);
    return empty ? HM_OK : hm_fail(err, HM_EXISTS, "data-exists", dir, NULL, NULL);
}

/* The length of `dir` without slashes at its end. */
static size_t trimmed(const char *dir)
{
    size_t size = strlen(dir);
    while (size > 1 && dir[size - 1] == '/') {
        size--;
    }
    return size;
}

/* The folder that `dir` stands in. */
static char *above(struct hm_arena *arena, const char *dir)
{
    size_t size = trimmed(dir);
    while (size > 0 && dir[size - 1] != '/') {
        size--;
    }
    if (size == 0) {
        return hm_arena_copy_text(arena, hm_text("."));
    }
    return hm_arena_copy_text(arena, (struct hm_bytes){(const uint8_t *)dir, size});
}

enum hm_status hm_data_beside(char **draft,
                              const char *dir,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char end[] = ".XXXXXX";
    size_t size = trimmed(dir);
    const char *folder = above(arena, dir);
    char *path = hm_arena_get(arena, size + sizeof(end));
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_file_make_folders(folder, err);
    }
    if (status != HM_OK) {
        return status;
    }
    memcpy(path, dir, size);
    memcpy(path + size, end, sizeof(end));
    if (mkdtemp(path) == NULL) {
        return hm_fail_errno(err, errno, folder);
    }
    *draft = path;
    return HM_OK;
}

enum hm_status hm_data_draft(char **draft,
                             const char *dir,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    enum hm_status status = check_free(dir, err);
    return status != HM_OK ? status : hm_data_beside(draft, dir, arena, err);
}

static enum hm_status sync_folder(const char *path, struct hm_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum hm_status status = HM_OK;
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
        status = hm_fail_errno(err, errno, path);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

enum hm_status hm_data_publish(const char *draft, const char *dir, struct hm_err *err)
{
    struct hm_arena arena;
    hm_arena_init(&arena, (size_t)2 * PATH_BYTES_MAX);
    const char *folder = above(&arena, dir);
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        status = sync_folder(draft, err);
    }
    /* An empty folder is replaced in the same step; one that was filled meanwhile not. */
    if (status == HM_OK && rename(draft, dir) != 0) {
        status = errno == ENOTEMPTY || errno == EEXIST
                     ? hm_fail(err, HM_EXISTS, "data-exists", dir, NULL, NULL)
                     : hm_fail_errno(err, errno, dir);
    }
    if (status == HM_OK) {
        status = sync_folder(folder, err);
    }
    hm_arena_fini(&arena);
    return status;
}

void hm_data_discard(const char *draft)
{
    /* fts_open takes pointers to what it does not change. */
    char *path = draft == NULL ? NULL : strdup(draft);
    char *paths[] = {path, NULL};
    FTS *walk = path == NULL ? NULL : fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *at = walk == NULL ? NULL : fts_read(walk); at != NULL;
         at = fts_read(walk)) {
        if (at->fts_info != FTS_D) {
            (void)remove(at->fts_accpath);
        }
    }
    if (walk != NULL) {
        (void)fts_close(walk);
    }
    free(path);
}
