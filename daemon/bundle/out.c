/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/bundle/out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILES_MAX = 1000,
    PLACES = 8, /* of a file's number, with its point */
    FILE_MODE = S_IRUSR | S_IWUSR,
    CARRY_PIECE = 64 * 1024
};

/* Of one body with what stands around it, and of a head with an end. */
#define PIECES_MAX (HM_BUNDLE_BODY_MAX + HM_BUNDLE_BODY_MAX / 64)

struct file {
    char *path;
    struct hm_draft draft;
    uint64_t size;
};

struct hm_bundle_out {
    const struct hm_env *env;
    const char *path;
    uint64_t most;
    struct file *files;
    struct hm_bundle_out_stats stats;
    struct hm_buf piece;

    /* the bundle under way */
    bool begun;
    struct hm_bundle_head head;
    struct hm_key reader;
    const struct hm_secret *secret;
    struct hm_bundle_writer writer;
};

/* FILE, FILE.2, FILE.3… */
static char *path_of(const struct hm_bundle_out *out, size_t number)
{
    size_t size = strlen(out->path) + PLACES;
    char *path = malloc(size);
    if (path != NULL && number == 1) {
        (void)snprintf(path, size, "%s", out->path);
    } else if (path != NULL) {
        (void)snprintf(path, size, "%s.%zu", out->path, number);
    }
    return path;
}

static enum hm_status open_file(struct hm_bundle_out *out, struct hm_err *err)
{
    size_t number = out->stats.files + 1;
    struct stat seen;
    if (number > FILES_MAX) {
        return hm_fail(err, HM_TOO_BIG, "bundle-files", out->path, NULL, NULL);
    }
    struct file *files = realloc(out->files, number * sizeof(*files));
    if (files == NULL) {
        return hm_fail_memory(err);
    }
    out->files = files;
    struct file *file = &files[number - 1];
    *file =
        (struct file){.path = path_of(out, number), .draft = {.folder = -1, .fd = -1}};
    if (file->path == NULL) {
        return hm_fail_memory(err);
    }
    out->stats.files = number;
    /* Told before anything is written; the name is given later, if it is free still. */
    if (lstat(file->path, &seen) == 0) {
        return hm_fail(err, HM_EXISTS, "file-exists", file->path, NULL, NULL);
    }
    return hm_draft_open(&file->draft, out->env, file->path, err);
}

static struct file *last_file(struct hm_bundle_out *out)
{
    return &out->files[out->stats.files - 1];
}

static enum hm_status flush(struct hm_bundle_out *out, struct hm_err *err)
{
    struct file *file = last_file(out);
    enum hm_status status = hm_buf_status(&out->piece, err);
    if (status == HM_OK) {
        status = hm_draft_put(&file->draft, hm_buf_bytes(&out->piece), err);
    }
    file->size += out->piece.size;
    out->stats.bytes += out->piece.size;
    hm_buf_clear(&out->piece);
    return status;
}

enum hm_status hm_bundle_out_open(struct hm_bundle_out **out,
                                  const struct hm_env *env,
                                  const char *path,
                                  uint64_t most,
                                  struct hm_err *err)
{
    struct hm_bundle_out *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->env = env;
    made->path = path;
    made->most = most;
    hm_buf_init(&made->piece, PIECES_MAX);
    enum hm_status status = open_file(made, err);
    if (status == HM_OK) {
        *out = made;
        made = NULL;
    }
    hm_bundle_out_close(made);
    return status;
}

void hm_bundle_out_close(struct hm_bundle_out *out)
{
    if (out != NULL) {
        for (size_t i = 0; i < out->stats.files; i++) {
            hm_draft_close(&out->files[i].draft);
            free(out->files[i].path);
        }
        hm_bundle_writer_wipe(&out->writer);
        hm_buf_fini(&out->piece);
        free(out->files);
        free(out);
    }
}

static bool has_room(struct hm_bundle_out *out, uint64_t size)
{
    uint64_t used = last_file(out)->size;
    return used < out->most && size <= out->most - used;
}

/*
 * Of this bundle, in the file that is last now; in the next, where not even a head with
 * an end fits behind the bundles of others.
 */
static enum hm_status begin_part(struct hm_bundle_out *out, struct hm_err *err)
{
    out->head.part++;
    enum hm_status status = hm_bundle_begin(&out->writer, &out->piece, &out->head,
                                            &out->reader, out->secret, out->env, err);
    if (status == HM_OK && last_file(out)->size > 0 &&
        !has_room(out, out->piece.size + HM_BUNDLE_END_SIZE)) {
        status = open_file(out, err);
    }
    return status != HM_OK ? status : flush(out, err);
}

static enum hm_status end_part(struct hm_bundle_out *out, bool more, struct hm_err *err)
{
    enum hm_status status = hm_bundle_end(&out->writer, &out->piece, more, err);
    return status != HM_OK ? status : flush(out, err);
}

enum hm_status hm_bundle_out_begin(struct hm_bundle_out *out,
                                   const struct hm_bundle_head *head,
                                   const struct hm_key *reader,
                                   const struct hm_secret *secret,
                                   struct hm_err *err)
{
    enum hm_status status = HM_OK;
    out->head = *head;
    out->head.part = 0;
    out->reader = *reader;
    out->secret = secret;
    if (hm_id_is_none(&out->head.id)) {
        status = hm_env_random(out->env, out->head.id.at, HM_ID_SIZE, err);
    }
    out->begun = status == HM_OK;
    out->stats.bundles += status == HM_OK;
    return status != HM_OK ? status : begin_part(out, err);
}

enum hm_status hm_bundle_out_put(struct hm_bundle_out *out,
                                 struct hm_bytes body,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    if (!has_room(out, hm_bundle_size(body.size) + HM_BUNDLE_END_SIZE)) {
        status = end_part(out, true, err);
        if (status == HM_OK) {
            status = open_file(out, err);
        }
        if (status == HM_OK) {
            status = begin_part(out, err);
        }
    }
    if (status == HM_OK) {
        status = hm_bundle_put(&out->writer, &out->piece, body, err);
    }
    return status != HM_OK ? status : flush(out, err);
}

enum hm_status hm_bundle_out_end(struct hm_bundle_out *out, struct hm_err *err)
{
    out->begun = false;
    return end_part(out, false, err);
}

enum hm_status hm_bundle_out_carry(struct hm_bundle_out *out, int fd, struct hm_err *err)
{
    struct stat seen = {0};
    bool end = false;
    enum hm_status status = HM_OK;
    if (fstat(fd, &seen) != 0) {
        return hm_fail_errno(err, errno, out->path);
    }
    if (last_file(out)->size > 0 && !has_room(out, (uint64_t)seen.st_size)) {
        status = open_file(out, err);
    }
    while (status == HM_OK && !end) {
        uint8_t *room = hm_buf_reserve(&out->piece, CARRY_PIECE);
        if (room == NULL) {
            return hm_buf_status(&out->piece, err);
        }
        ssize_t got = read(fd, room, CARRY_PIECE);
        if (got < 0 && errno != EINTR) {
            return hm_fail_errno(err, errno, out->path);
        }
        hm_buf_commit(&out->piece, got > 0 ? (size_t)got : 0);
        end = got == 0;
        status = flush(out, err);
    }
    out->stats.carried += status == HM_OK;
    return status;
}

enum hm_status hm_bundle_out_sync(struct hm_bundle_out *out, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < out->stats.files && status == HM_OK; i++) {
        status = hm_draft_sync(&out->files[i].draft, FILE_MODE, err);
    }
    return status;
}

enum hm_status hm_bundle_out_publish(struct hm_bundle_out *out, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    /* The first last: who finds it finds them all. */
    for (size_t i = out->stats.files; i > 0 && status == HM_OK; i--) {
        status = hm_draft_name(&out->files[i - 1].draft, false, err);
    }
    /* Parts without their first are of no use, and in the way of the next try. */
    for (size_t i = 0; i < out->stats.files && status != HM_OK; i++) {
        hm_draft_unname(&out->files[i].draft);
    }
    return status;
}

const struct hm_bundle_out_stats *hm_bundle_out_stats(const struct hm_bundle_out *out)
{
    return &out->stats;
}
