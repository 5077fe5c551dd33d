/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds that stand beside the built-in ones, one file each. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/host/file.h"
#include "hamlet/replica/replica.h"

enum { PATHS_MAX = 1024 * 1024 };

char *hm_replica_path(struct hm_arena *arena, const char *dir, const char *name)
{
    size_t size = strlen(dir) + strlen(name) + sizeof("/");
    char *path = hm_arena_get(arena, size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", dir, name);
    }
    return path;
}

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
        if (*count == HM_REPLICA_KINDS_MAX) {
            return hm_fail(err, HM_UNCONFIGURED, "kinds-many", path, NULL, NULL);
        }
        names[(*count)++] = hm_arena_copy_text(arena, hm_text(at->d_name));
    }
    return errno == 0 ? hm_arena_status(arena, err) : hm_fail_errno(err, errno, path);
}

/* What a reader of JSON says names no file: it does not know of any. */
static enum hm_status read_kind(struct hm_kinds *kinds,
                                struct hm_bytes text,
                                const char *name,
                                struct hm_err *err)
{
    struct hm_err why = HM_ERR_NONE;
    enum hm_status status = hm_kinds_add(kinds, text, name, &why);
    if (status != HM_OK && strcmp(why.key, "json") == 0) {
        return hm_fail(err, status, "kind-json", name, why.arg[0], why.arg[1]);
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

static enum hm_status add_kind(struct hm_kinds *kinds,
                               const char *folder,
                               const char *name,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_KIND_FILE_MAX);
    const char *path = hm_replica_path(arena, folder, name);
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_file_read(&text, path, err);
    }
    if (status == HM_OK) {
        status = read_kind(kinds, hm_buf_bytes(&text), name, err);
    }
    hm_buf_fini(&text);
    /* To whoever runs the program a broken kind is a wrong setting. */
    return status == HM_BAD_INPUT || status == HM_TOO_BIG ? HM_UNCONFIGURED : status;
}

enum hm_status hm_replica_files(const char *dir,
                                const char *sub,
                                char ***names,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    const char *path = hm_replica_path(arena, dir, sub);
    char **list = hm_arena_get_array(arena, HM_REPLICA_KINDS_MAX, sizeof(*list));
    size_t found = 0;
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    DIR *folder = opendir(path);
    if (folder == NULL && errno != ENOENT) {
        return hm_fail_errno(err, errno, path);
    }
    if (folder != NULL) {
        status = read_names(folder, path, list, &found, arena, err);
        (void)closedir(folder);
    }
    if (status == HM_OK) {
        qsort(list, found, sizeof(list[0]), by_text);
        *names = list;
        *count = found;
    }
    return status;
}

static enum hm_status add_kinds(struct hm_kinds *kinds,
                                const char *dir,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    char **names = NULL;
    size_t count = 0;
    const char *folder = hm_replica_path(arena, dir, HM_REPLICA_KINDS);
    enum hm_status status =
        hm_replica_files(dir, HM_REPLICA_KINDS, &names, &count, arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = add_kind(kinds, folder, names[i], arena, err);
    }
    return status;
}

enum hm_status hm_replica_kinds(struct hm_kinds **kinds,
                                const char *dir,
                                struct hm_err *err)
{
    struct hm_kinds *made = NULL;
    struct hm_arena arena;
    hm_arena_init(&arena, PATHS_MAX);
    enum hm_status status = hm_kinds_open(&made, hm_embedded_kinds, err);
    if (status == HM_OK) {
        status = add_kinds(made, dir, &arena, err);
    }
    if (status == HM_OK) {
        *kinds = made;
        made = NULL;
    }
    hm_kinds_close(made);
    hm_arena_fini(&arena);
    return status;
}
