/* SPDX-License-Identifier: Apache-2.0 */
#include "cargo.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/host/file.h"
#include "hamlet/replica/replica.h"

#define FOLDER "cargo"
#define ENDING ".hmb"

enum hm_status hm_cargo_init(struct hm_cargo *cargo,
                             const struct hm_env *env,
                             const char *store,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    *cargo = (struct hm_cargo){.env = env, .draft = {.folder = -1, .fd = -1}};
    cargo->folder = hm_replica_path(arena, store, FOLDER);
    return hm_arena_status(arena, err);
}

void hm_cargo_fini(struct hm_cargo *cargo)
{
    hm_draft_close(&cargo->draft);
}

/* ---- what there is ---- */

struct item {
    char name[HM_CARGO_NAME_SIZE];
    uint64_t size;
    struct timespec time;
};

/* Newest first. */
static int by_time(const void *a, const void *b)
{
    const struct item *one = a;
    const struct item *other = b;
    if (one->time.tv_sec != other->time.tv_sec) {
        return one->time.tv_sec > other->time.tv_sec ? -1 : 1;
    }
    if (one->time.tv_nsec != other->time.tv_nsec) {
        return one->time.tv_nsec > other->time.tv_nsec ? -1 : 1;
    }
    return strcmp(one->name, other->name);
}

static bool is_cargo(const char *name)
{
    size_t size = strlen(name);
    return size > strlen(ENDING) && size < HM_CARGO_NAME_SIZE && name[0] != '.' &&
           strcmp(name + size - strlen(ENDING), ENDING) == 0;
}

/* At most twice what is kept: a folder that others filled is no reason to stop. */
static size_t list(const struct hm_cargo *cargo, struct item *items, size_t room)
{
    size_t count = 0;
    DIR *folder = opendir(cargo->folder);
    for (struct dirent *at = folder == NULL ? NULL : readdir(folder);
         at != NULL && count < room; at = readdir(folder)) {
        struct stat seen;
        if (!is_cargo(at->d_name) ||
            fstatat(dirfd(folder), at->d_name, &seen, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(seen.st_mode)) {
            continue;
        }
        struct item *item = &items[count++];
        memcpy(item->name, at->d_name, strlen(at->d_name) + 1); /* is_cargo measured it */
        item->size = (uint64_t)seen.st_size;
        item->time = seen.st_mtim;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    qsort(items, count, sizeof(*items), by_time);
    return count;
}

static struct item *list_all(const struct hm_cargo *cargo,
                             size_t *count,
                             struct hm_err *err)
{
    const size_t room = (size_t)2 * HM_CARGO_FILES_MAX;
    struct item *items = calloc(room, sizeof(*items));
    if (items == NULL) {
        (void)hm_fail_memory(err);
        return NULL;
    }
    *count = list(cargo, items, room);
    return items;
}

static char *path_of(const struct hm_cargo *cargo, const char *name)
{
    size_t size = strlen(cargo->folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", cargo->folder, name);
    }
    return path;
}

/* The oldest go, as far as there are too many or they are too large. */
static enum hm_status make_room(const struct hm_cargo *cargo, struct hm_err *err)
{
    size_t count = 0;
    uint64_t sum = 0;
    struct item *items = list_all(cargo, &count, err);
    if (items == NULL) {
        return HM_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        sum += items[i].size;
        if (i < HM_CARGO_FILES_MAX && sum <= HM_CARGO_BYTES_MAX) {
            continue;
        }
        char *path = path_of(cargo, items[i].name);
        if (path != NULL) {
            (void)unlink(path); /* what cannot go stays, and is tried the next time */
        }
        free(path);
    }
    free(items);
    return HM_OK;
}

/* ---- taking in ---- */

static void make_name(char name[HM_CARGO_NAME_SIZE], const struct hm_bundle_head *head)
{
    char to[HM_HEX16_SIZE];
    char from[HM_HEX16_SIZE];
    char id[HM_HEX16_SIZE];
    hm_hex_put(to, hm_id_bytes(&head->to));
    hm_hex_put(from, hm_id_bytes(&head->from));
    hm_hex_put(id, hm_id_bytes(&head->id));
    (void)snprintf(name, HM_CARGO_NAME_SIZE, "%s-%s-%s-%" PRIu64 ENDING, to, from, id,
                   head->part);
}

enum hm_status hm_cargo_begin(struct hm_cargo *cargo,
                              const struct hm_bundle_head *head,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    char name[HM_CARGO_NAME_SIZE];
    struct stat seen;
    make_name(name, head);
    hm_draft_close(&cargo->draft);
    cargo->path = NULL;
    cargo->size = 0;
    char *path = hm_replica_path(arena, cargo->folder, name);
    if (path == NULL) {
        return hm_arena_status(arena, err);
    }
    if (lstat(path, &seen) == 0) {
        return HM_OK;
    }
    enum hm_status status = hm_file_make_folders(cargo->folder, err);
    if (status == HM_OK) {
        status = hm_draft_open(&cargo->draft, cargo->env, path, err);
    }
    cargo->path = status == HM_OK ? path : NULL;
    return status;
}

enum hm_status hm_cargo_put(struct hm_cargo *cargo,
                            struct hm_bytes bytes,
                            struct hm_err *err)
{
    if (cargo->path == NULL) {
        return HM_OK;
    }
    cargo->size += bytes.size;
    if (cargo->size > HM_CARGO_BYTES_MAX) {
        hm_draft_close(&cargo->draft); /* it would push out all others and itself */
        cargo->path = NULL;
        return HM_OK;
    }
    return hm_draft_put(&cargo->draft, bytes, err);
}

enum hm_status hm_cargo_end(struct hm_cargo *cargo, struct hm_err *err)
{
    if (cargo->path == NULL) {
        return HM_OK;
    }
    enum hm_status status = hm_draft_sync(&cargo->draft, S_IRUSR | S_IWUSR, err);
    if (status == HM_OK) {
        status = hm_draft_name(&cargo->draft, true, err);
    }
    cargo->taken += status == HM_OK;
    cargo->path = NULL;
    hm_draft_close(&cargo->draft);
    return status != HM_OK ? status : make_room(cargo, err);
}

/* ---- handing on ---- */

static enum hm_status write_one(const struct hm_cargo *cargo,
                                const char *name,
                                struct hm_bundle_out *out,
                                struct hm_err *err)
{
    int fd = -1;
    char *path = path_of(cargo, name);
    if (path == NULL) {
        return hm_fail_memory(err);
    }
    enum hm_status status = hm_file_open(&fd, path, err);
    if (status == HM_OK) {
        status = hm_bundle_out_carry(out, fd, err);
        close(fd);
    }
    free(path);
    return status;
}

enum hm_status hm_cargo_write(const struct hm_cargo *cargo,
                              const struct hm_id *to,
                              struct hm_bundle_out *out,
                              struct hm_err *err)
{
    char reader[HM_HEX16_SIZE];
    size_t count = 0;
    enum hm_status status = HM_OK;
    struct item *items = list_all(cargo, &count, err);
    if (items == NULL) {
        return HM_NO_MEMORY;
    }
    hm_hex_put(reader, hm_id_bytes(to));
    /* The oldest first: parts and answers are taken in their order. */
    for (size_t i = count; i > 0 && status == HM_OK; i--) {
        if (strncmp(items[i - 1].name, reader, strlen(reader)) == 0) {
            status = write_one(cargo, items[i - 1].name, out, err);
        }
    }
    free(items);
    return status;
}
