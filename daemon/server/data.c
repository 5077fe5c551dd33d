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

enum {
    PATH_BYTES_MAX = 4096, /* as the kernel's */
    INCARNATION_BYTES = 6,
    EPOCH_BYTES = 4
};

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

/* ---- kinds ---- */

static bool is_kind_file(const char *name)
{
    static const char end[] = ".json";
    size_t size = strlen(name);
    return name[0] != '.' && size >= sizeof(end) &&
           strcmp(name + size - (sizeof(end) - 1), end) == 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum hm_status read_names(DIR *folder,
                                 const char *path,
                                 char **names,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    errno = 0;
    for (struct dirent *at = readdir(folder); at != NULL; at = readdir(folder)) {
        if (!is_kind_file(at->d_name)) {
            continue;
        }
        if (*count == HM_DATA_KINDS_MAX) {
            return hm_fail(err, HM_UNCONFIGURED, "kinds-many", path, NULL, NULL);
        }
        names[(*count)++] = hm_arena_copy_text(arena, hm_text(at->d_name));
    }
    return errno == 0 ? hm_arena_status(arena, err) : hm_fail_errno(err, errno, path);
}

enum hm_status hm_data_kind_files(const char *dir,
                                  char ***names,
                                  size_t *count,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    char *path = hm_data_path(arena, dir, HM_DATA_KINDS);
    char **list = hm_arena_get_array(arena, HM_DATA_KINDS_MAX, sizeof(*list));
    size_t n = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    DIR *folder = opendir(path);
    if (folder == NULL && errno != ENOENT) {
        return hm_fail_errno(err, errno, path);
    }
    if (folder != NULL) {
        status = read_names(folder, path, list, &n, arena, err);
        (void)closedir(folder);
    }
    if (status == HM_OK) {
        qsort(list, n, sizeof(*list), by_text);
        *names = list;
        *count = n;
    }
    return status;
}

static enum hm_status add_kind(struct hm_kinds *kinds,
                               const char *dir,
                               const char *name,
                               struct hm_err *err)
{
    struct hm_buf text;
    struct hm_arena arena;
    hm_arena_init(&arena, PATH_BYTES_MAX);
    hm_buf_init(&text, HM_KIND_FILE_MAX);
    const char *folder = hm_data_path(&arena, dir, HM_DATA_KINDS);
    const char *path = folder == NULL ? NULL : hm_data_path(&arena, folder, name);
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        status = hm_file_read(&text, path, err);
    }
    if (status == HM_OK) {
        status = hm_kinds_add(kinds, hm_buf_bytes(&text), name, err);
    }
    hm_buf_fini(&text);
    hm_arena_fini(&arena);
    /* To whoever runs the server a broken kind is a wrong setting. */
    return status == HM_BAD_INPUT || status == HM_TOO_BIG ? HM_UNCONFIGURED : status;
}

enum hm_status hm_data_kinds(struct hm_kinds **kinds, const char *dir, struct hm_err *err)
{
    struct hm_kinds *made = NULL;
    struct hm_arena arena;
    char **names = NULL;
    size_t count = 0;
    hm_arena_init(&arena, (size_t)HM_DATA_KINDS_MAX * 2 * PATH_BYTES_MAX);
    enum hm_status status = hm_kinds_open(&made, hm_embedded_kinds, err);
    if (status == HM_OK) {
        status = hm_data_kind_files(dir, &names, &count, &arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = add_kind(made, dir, names[i], err);
    }
    if (status == HM_OK) {
        *kinds = made;
        made = NULL;
    }
    hm_kinds_close(made);
    hm_arena_fini(&arena);
    return status;
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

enum hm_status hm_data_draft(char **draft,
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
        status = check_free(dir, err);
    }
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

enum hm_status hm_data_incarnation(uint64_t *incarnation,
                                   uint32_t *epoch,
                                   const struct hm_env *env,
                                   struct hm_err *err)
{
    uint8_t drawn[INCARNATION_BYTES + EPOCH_BYTES];
    uint64_t first = 0;
    uint32_t second = 0;
    while (first == 0 || second == 0) {
        first = 0;
        second = 0;
        enum hm_status status = hm_env_random(env, drawn, sizeof(drawn), err);
        if (status != HM_OK) {
            return status;
        }
        for (size_t i = 0; i < INCARNATION_BYTES; i++) {
            first = first << 8 | drawn[i];
        }
        for (size_t i = INCARNATION_BYTES; i < sizeof(drawn); i++) {
            second = second << 8 | drawn[i];
        }
    }
    *incarnation = first;
    *epoch = second;
    return HM_OK;
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
