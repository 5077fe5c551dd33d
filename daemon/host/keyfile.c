/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "folder.h"
#include "hamlet/base/assert.h"
#include "hamlet/base/buf.h"
#include "hamlet/host/file.h"

struct paths {
    char *folder; /* …/keys */
    char *file;   /* …/keys/NAME */
};

static char *joined(const char *folder, const char *name)
{
    struct hm_buf path;
    hm_buf_init(&path, PATH_MAX);
    hm_buf_put_text(&path, folder);
    hm_buf_put_text(&path, "/");
    hm_buf_put_text(&path, name);
    if (hm_buf_status(&path, NULL) != HM_OK) {
        hm_buf_fini(&path);
        return NULL;
    }
    return hm_buf_take_text(&path);
}

static void paths_fini(struct paths *paths)
{
    free(paths->file);
    free(paths->folder);
    *paths = (struct paths){NULL, NULL};
}

static enum hm_status paths_init(struct paths *paths,
                                 const char *folder,
                                 const char *name,
                                 struct hm_err *err)
{
    HM_ASSERT(*name != '\0' && strchr(name, '/') == NULL); /* our own constants */
    if (strlen(folder) + strlen(name) + sizeof("/keys/") > PATH_MAX) {
        (void)hm_failure_path(err, ENAMETOOLONG, folder);
        return HM_BAD_INPUT;
    }
    paths->folder = joined(folder, "keys");
    paths->file = paths->folder == NULL ? NULL : joined(paths->folder, name);
    if (paths->file == NULL) {
        paths_fini(paths);
        (void)hm_fail_memory(err);
        return HM_NO_MEMORY;
    }
    return HM_OK;
}

static enum hm_status check_folder(const char *folder, struct hm_err *err)
{
    struct stat seen;
    if (lstat(folder, &seen) != 0) {
        return hm_failure_path(err, errno, folder);
    }
    if (!S_ISDIR(seen.st_mode)) {
        return hm_fail(err, HM_BAD_INPUT, "file-kind", folder, NULL, NULL);
    }
    if ((seen.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return hm_fail(err, HM_UNCONFIGURED, "file-wide", folder, NULL, NULL);
    }
    return HM_OK;
}

/* Read past the end of what is expected, so that a longer file is seen to be one. */
static enum hm_status read_seed(uint8_t seed[HM_SEED_SIZE],
                                int fd,
                                const char *path,
                                struct hm_err *err)
{
    uint8_t held[HM_SEED_SIZE + 1];
    size_t size = 0;
    ssize_t got = 1;
    enum hm_status status = HM_OK;
    while (got != 0 && size < sizeof(held)) {
        got = read(fd, held + size, sizeof(held) - size);
        if (got < 0 && errno != EINTR) {
            status = hm_failure_path(err, errno, path);
            goto out;
        }
        size += got > 0 ? (size_t)got : 0;
    }
    if (size != HM_SEED_SIZE) {
        status = hm_fail(err, HM_CORRUPT, "key-broken", path, NULL, NULL);
        goto out;
    }
    memcpy(seed, held, HM_SEED_SIZE);
out:
    explicit_bzero(held, sizeof(held));
    return status;
}

static enum hm_status load(uint8_t seed[HM_SEED_SIZE],
                           const struct paths *paths,
                           struct hm_err *err)
{
    int fd = -1;
    enum hm_status status = check_folder(paths->folder, err);
    if (status != HM_OK) {
        goto out;
    }
    status = hm_file_open_private(&fd, paths->file, err);
    if (status != HM_OK) {
        goto out;
    }
    status = read_seed(seed, fd, paths->file, err);
out:
    if (status != HM_OK) {
        explicit_bzero(seed, HM_SEED_SIZE);
    }
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

/* Draw a seed and keep it; whoever was first, what is kept is what is loaded next. */
static enum hm_status make(const struct hm_env *env,
                           const struct paths *paths,
                           struct hm_err *err)
{
    uint8_t drawn[HM_SEED_SIZE] = {0};
    struct hm_err taken = HM_ERR_NONE;
    enum hm_status status = hm_file_make_folders(paths->folder, err);
    if (status != HM_OK) {
        goto out;
    }
    status = check_folder(paths->folder, err);
    if (status != HM_OK) {
        goto out;
    }
    status = hm_env_random(env, drawn, sizeof(drawn), err);
    if (status != HM_OK) {
        goto out;
    }
    status = hm_file_create(env, paths->file, HM_BYTES(drawn), 0600, &taken);
    if (status == HM_EXISTS) {
        status = HM_OK;
    } else if (status != HM_OK) {
        status = hm_failure_pass(err, &taken);
    }
out:
    explicit_bzero(drawn, sizeof(drawn));
    return status;
}

enum hm_status hm_keyfile_load(uint8_t seed[HM_SEED_SIZE],
                               const char *folder,
                               const char *name,
                               struct hm_err *err)
{
    struct paths paths = {NULL, NULL};
    enum hm_status status = paths_init(&paths, folder, name, err);
    if (status == HM_OK) {
        status = load(seed, &paths, err);
        paths_fini(&paths);
    }
    return status;
}

enum hm_status hm_keyfile_load_or_make(uint8_t seed[HM_SEED_SIZE],
                                       const struct hm_env *env,
                                       const char *folder,
                                       const char *name,
                                       struct hm_err *err)
{
    struct paths paths = {NULL, NULL};
    struct hm_err missing = HM_ERR_NONE;
    enum hm_status status = paths_init(&paths, folder, name, err);
    if (status != HM_OK) {
        return status;
    }
    status = load(seed, &paths, &missing);
    if (status == HM_NOT_FOUND) {
        status = make(env, &paths, err);
        if (status == HM_OK) {
            status = load(seed, &paths, err);
        }
    } else if (status != HM_OK) {
        status = hm_failure_pass(err, &missing);
    }
    paths_fini(&paths);
    return status;
}

/* One file may have both names for a moment; what `name` holds is never wiped. */
static enum hm_status forget(const struct hm_env *env,
                             const struct paths *kept,
                             const struct paths *old,
                             struct hm_err *err)
{
    uint8_t newer[HM_SEED_SIZE];
    uint8_t older[HM_SEED_SIZE];
    struct hm_err why = HM_ERR_NONE;
    struct stat seen;
    enum hm_status status = HM_OK;
    if (lstat(old->file, &seen) != 0) {
        return errno == ENOENT ? HM_OK : hm_failure_path(err, errno, old->file);
    }
    status = load(newer, kept, err);
    if (status != HM_OK) {
        return status;
    }
    status = load(older, old, &why);
    if (status == HM_OK && memcmp(newer, older, HM_SEED_SIZE) == 0) {
        status = unlink(old->file) == 0 ? HM_OK : hm_failure_path(err, errno, old->file);
    } else {
        status = hm_file_wipe(env, old->file, err);
    }
    explicit_bzero(newer, sizeof(newer));
    explicit_bzero(older, sizeof(older));
    return status;
}

static enum hm_status sync_keys(const struct paths *paths, struct hm_err *err)
{
    int fd = open(paths->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return hm_failure_path(err, errno, paths->folder);
    }
    enum hm_status status = hm_folder_sync(fd, paths->folder, err);
    close(fd);
    return status;
}

enum hm_status hm_keyfile_replace(const struct hm_env *env,
                                  const char *folder,
                                  const char *name,
                                  const char *next,
                                  const char *old,
                                  struct hm_err *err)
{
    struct paths of_name = {NULL, NULL};
    struct paths of_next = {NULL, NULL};
    struct paths of_old = {NULL, NULL};
    enum hm_status status = paths_init(&of_name, folder, name, err);
    if (status == HM_OK) {
        status = paths_init(&of_next, folder, next, err);
    }
    if (status == HM_OK) {
        status = paths_init(&of_old, folder, old, err);
    }
    if (status != HM_OK) {
        goto out;
    }
    hm_env_step(env, "key-keep");
    /* Where there are no second names the old file is gone with its name, not wiped. */
    (void)!link(of_name.file, of_old.file);
    hm_env_step(env, "key-rename");
    if (rename(of_next.file, of_name.file) != 0) {
        status = hm_failure_path(err, errno, of_next.file);
        goto out;
    }
    hm_env_step(env, "key-sync");
    status = sync_keys(&of_name, err);
    if (status == HM_OK) {
        status = forget(env, &of_name, &of_old, err);
    }
out:
    paths_fini(&of_old);
    paths_fini(&of_next);
    paths_fini(&of_name);
    return status;
}

enum hm_status hm_keyfile_forget(const struct hm_env *env,
                                 const char *folder,
                                 const char *name,
                                 const char *old,
                                 struct hm_err *err)
{
    struct paths of_name = {NULL, NULL};
    struct paths of_old = {NULL, NULL};
    enum hm_status status = paths_init(&of_name, folder, name, err);
    if (status == HM_OK) {
        status = paths_init(&of_old, folder, old, err);
    }
    if (status == HM_OK) {
        status = forget(env, &of_name, &of_old, err);
    }
    paths_fini(&of_old);
    paths_fini(&of_name);
    return status;
}
