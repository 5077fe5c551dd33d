/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/replica/imports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/host/file.h"
#include "hamlet/replica/replica.h"

/* Others put nothing there; if they did, that is no reason to look at all of it. */
enum { LISTED_MAX = 4 * HM_IMPORTS_MAX, PATH_BYTES_MAX = 8 * 1024 };

struct item {
    char name[HM_HEX32_SIZE];
    uint64_t size;
    struct timespec time;
};

/* Oldest first. */
static int by_age(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;
    if (x->time.tv_sec != y->time.tv_sec) {
        return x->time.tv_sec < y->time.tv_sec ? -1 : 1;
    }
    if (x->time.tv_nsec != y->time.tv_nsec) {
        return x->time.tv_nsec < y->time.tv_nsec ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

static bool is_ours(const char *name)
{
    uint8_t digest[HM_DIGEST_SIZE];
    return hm_hex_get(digest, sizeof(digest), hm_text(name));
}

static size_t list(DIR *folder, struct item *items)
{
    size_t count = 0;
    for (struct dirent *at = readdir(folder); at != NULL && count < LISTED_MAX;
         at = readdir(folder)) {
        struct stat seen;
        if (!is_ours(at->d_name) ||
            fstatat(dirfd(folder), at->d_name, &seen, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;
        }
        struct item *item = &items[count++];
        memcpy(item->name, at->d_name, HM_HEX32_SIZE);
        item->size = (uint64_t)seen.st_size;
        item->time = seen.st_mtim;
    }
    qsort(items, count, sizeof(*items), by_age);
    return count;
}

/* What is beyond the bounds goes, but for `kept`; it matters to nobody if that fails. */
static void trim(const char *path, const char *kept)
{
    uint64_t bytes = 0;
    struct item *items = calloc(LISTED_MAX, sizeof(*items));
    DIR *folder = items == NULL ? NULL : opendir(path);
    size_t count = folder == NULL ? 0 : list(folder, items);
    size_t left = count;
    for (size_t i = 0; i < count; i++) {
        bytes += items[i].size;
    }
    for (size_t i = 0; i < count; i++) {
        bool over = left > HM_IMPORTS_MAX || bytes > HM_IMPORTS_BYTES_MAX;
        if (over && strcmp(items[i].name, kept) != 0 &&
            unlinkat(dirfd(folder), items[i].name, 0) == 0) {
            left--;
            bytes -= items[i].size;
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    free(items);
}

static char *path_of(struct hm_arena *arena, const char *dir, const char *name)
{
    const char *folder = hm_replica_path(arena, dir, HM_REPLICA_IMPORTS);
    return folder == NULL ? NULL : hm_replica_path(arena, folder, name);
}

enum hm_status hm_imports_keep(const char *dir,
                               const struct hm_env *env,
                               const struct hm_digest *digest,
                               struct hm_bytes bytes,
                               bool *fresh,
                               struct hm_err *err)
{
    struct hm_arena arena;
    struct stat seen;
    char name[HM_HEX32_SIZE];
    hm_hex_put(name, hm_digest_bytes(digest));
    hm_arena_init(&arena, PATH_BYTES_MAX);
    const char *folder = hm_replica_path(&arena, dir, HM_REPLICA_IMPORTS);
    const char *path = path_of(&arena, dir, name);
    enum hm_status status = hm_arena_status(&arena, err);
    bool there = status == HM_OK && lstat(path, &seen) == 0 && S_ISREG(seen.st_mode) &&
                 (uint64_t)seen.st_size == bytes.size;
    if (status == HM_OK && !there) {
        status = hm_file_make_folders(folder, err);
    }
    if (status == HM_OK && !there) {
        status = hm_file_write(env, path, bytes, 0600, err);
    }
    if (status == HM_OK) {
        *fresh = !there;
        trim(folder, name);
    } else if (folder != NULL) {
        (void)rmdir(folder); /* if it was made for this one */
    }
    hm_arena_fini(&arena);
    return status;
}

void hm_imports_drop(const char *dir, const struct hm_digest *digest)
{
    struct hm_arena arena;
    char name[HM_HEX32_SIZE];
    hm_hex_put(name, hm_digest_bytes(digest));
    hm_arena_init(&arena, PATH_BYTES_MAX);
    const char *folder = hm_replica_path(&arena, dir, HM_REPLICA_IMPORTS);
    const char *path = path_of(&arena, dir, name);
    if (path != NULL && folder != NULL) {
        (void)unlink(path);
        (void)rmdir(folder); /* if that was the only one */
    }
    hm_arena_fini(&arena);
}

bool hm_imports_clear(const char *dir)
{
    struct hm_arena arena;
    bool clear = true;
    hm_arena_init(&arena, PATH_BYTES_MAX);
    const char *path = hm_replica_path(&arena, dir, HM_REPLICA_IMPORTS);
    DIR *folder = path == NULL ? NULL : opendir(path);
    if (folder == NULL) {
        clear = path != NULL && errno == ENOENT;
    }
    for (struct dirent *at = folder == NULL ? NULL : readdir(folder); at != NULL;
         at = readdir(folder)) {
        /* Drafts that were cut off too; what is none of ours stands in nobody's way. */
        bool gone = strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0;
        gone = gone || unlinkat(dirfd(folder), at->d_name, 0) == 0;
        clear = clear && (gone || !is_ours(at->d_name));
    }
    if (folder != NULL) {
        clear = fsync(dirfd(folder)) == 0 && clear;
        (void)closedir(folder);
    }
    hm_arena_fini(&arena);
    return clear;
}
