/* SPDX-License-Identifier: Apache-2.0 */
/* backup: the whole server in one file, while it serves. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backup_file.h"
#include "commands.h"
#include "config.h"
#include "data.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/httpd/certificate.h"
#include "hamlet/replica/replica.h"
#include "hamlet/store/server.h"
#include "show.h"

enum { NUMBER_SIZE = 24 };

struct backing {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    const char *path; /* absolute, of the backup */
    char *draft;      /* of the backup while it is written; null: there is none */
    char *copy;       /* of the store, in the data folder; null: there is none */
    int draft_fd;
    int copy_fd;
    struct hm_backup head;
    struct hm_backup_keys keys;
    struct hm_arena arena;
};

/* ---- files beside ---- */

/* A new file of mode 0600 whose name begins like `path`. */
static enum hm_status make_beside(char **made,
                                  int *fd,
                                  const char *path,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char end[] = ".XXXXXX";
    size_t size = strlen(path);
    char *name = hm_arena_get(arena, size + sizeof(end));
    if (name == NULL) {
        return hm_arena_status(arena, err);
    }
    memcpy(name, path, size);
    memcpy(name + size, end, sizeof(end));
    int opened = mkstemp(name);
    if (opened < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? hm_fail(err, HM_NOT_FOUND, "file-missing", path, NULL, NULL)
               : errno == EACCES || errno == EPERM
                   ? hm_fail(err, HM_DENIED, "file-denied", path, NULL, NULL)
                   : hm_fail_errno(err, errno, path);
    }
    (void)fcntl(opened, F_SETFD, FD_CLOEXEC);
    *made = name;
    *fd = opened;
    return HM_OK;
}

static void remove_beside(char *name, int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
    if (name != NULL) {
        (void)unlink(name);
    }
}

/* Give the draft its name unless that was taken meanwhile. */
static enum hm_status publish(struct backing *b, struct hm_err *err)
{
    if (fsync(b->draft_fd) != 0) {
        return hm_fail_errno(err, errno, b->path);
    }
    bool named = syscall(SYS_renameat2, AT_FDCWD, b->draft, AT_FDCWD, b->path,
                         RENAME_NOREPLACE) == 0;
    if (!named && (errno == EINVAL || errno == ENOSYS)) {
        named = link(b->draft, b->path) == 0; /* as atomic, with a name to remove */
        if (named) {
            (void)unlink(b->draft);
        }
    }
    if (!named) {
        return errno == EEXIST
                   ? hm_fail(err, HM_EXISTS, "file-exists", b->path, NULL, NULL)
                   : hm_fail_errno(err, errno, b->path);
    }
    b->draft = NULL;
    return HM_OK;
}

/* ---- what goes into it ---- */

/*
 * The copy stands in the data folder, whose disk may hold what it holds: never on the
 * stick that the backup goes to, where a deleted file can be found again.
 */
static enum hm_status copy_store(struct backing *b, struct hm_err *err)
{
    const char *store = hm_data_path(&b->arena, b->ctx->dir, HM_DATA_STORE);
    enum hm_status status = hm_arena_status(&b->arena, err);
    if (status == HM_OK) {
        status = make_beside(&b->copy, &b->copy_fd, store, &b->arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_copy(b->ctx->store, b->copy, err);
    }
    return status != HM_OK ? status
                           : hm_backup_measure(&b->head, b->copy_fd, b->copy, err);
}

static enum hm_status read_keys(struct backing *b, struct hm_err *err)
{
    struct hm_bytes recovery = HM_NO_BYTES;
    const char *tls = hm_data_path(&b->arena, b->ctx->dir, HM_DATA_TLS_KEY);
    enum hm_status status =
        hm_store_meta_get(b->ctx->store, HM_META_RECOVERY, &b->arena, &recovery, err);
    if (status == HM_OK && recovery.size != HM_SEAL_KEY_SIZE) {
        status = hm_fail(err, HM_UNCONFIGURED, "recovery-none", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        memcpy(b->head.recovery.at, recovery.data, HM_SEAL_KEY_SIZE);
        status = hm_keyfile_load(b->keys.seed, b->ctx->dir, HM_DATA_KEY, err);
    }
    if (status == HM_OK) {
        status = hm_file_read(&b->keys.tls, tls, err);
    }
    if (status == HM_OK) {
        status = hm_env_random(b->ctx->env, b->keys.body.at, HM_SEAL_KEY_SIZE, err);
    }
    return status;
}

static enum hm_status read_part(struct backing *b,
                                struct hm_backup_part *part,
                                const char *name,
                                struct hm_err *err)
{
    struct hm_buf content;
    const char *path = hm_data_path(&b->arena, b->ctx->dir, name);
    hm_buf_init(&content, HM_KIND_FILE_MAX);
    enum hm_status status = hm_arena_status(&b->arena, err);
    if (status == HM_OK) {
        status = hm_file_read(&content, path, err);
    }
    if (status == HM_OK) {
        part->name = name;
        part->content = hm_arena_copy(&b->arena, hm_buf_bytes(&content));
        status = hm_arena_status(&b->arena, err);
    }
    hm_buf_fini(&content);
    return status;
}

/* The files of one folder beside the store. */
static enum hm_status read_folder(struct backing *b,
                                  struct hm_backup_part *parts,
                                  size_t *n,
                                  const char *folder,
                                  struct hm_err *err)
{
    char **names = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_replica_files(b->ctx->dir, folder, &names, &count, &b->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        const char *name = hm_data_path(&b->arena, folder, names[i]);
        status = name == NULL ? hm_arena_status(&b->arena, err)
                              : read_part(b, &parts[(*n)++], name, err);
    }
    return status;
}

static enum hm_status read_parts(struct backing *b, struct hm_err *err)
{
    size_t n = 0;
    struct hm_backup_part *parts =
        hm_arena_get_array(&b->arena, HM_BACKUP_FILES_MAX, sizeof(*parts));
    _Static_assert(3 * HM_REPLICA_KINDS_MAX + 2 <= HM_BACKUP_FILES_MAX, "all have room");
    enum hm_status status = hm_arena_status(&b->arena, err);
    if (status == HM_OK) {
        status = read_part(b, &parts[n++], HM_DATA_TLS, err);
    }
    if (status == HM_OK) {
        status = read_part(b, &parts[n++], HM_DATA_CONFIG, err);
    }
    if (status == HM_OK) {
        status = read_folder(b, parts, &n, HM_REPLICA_KINDS, err);
    }
    if (status == HM_OK) {
        status = read_folder(b, parts, &n, HM_REPLICA_CATALOGUES, err);
    }
    if (status == HM_OK) {
        status = read_folder(b, parts, &n, HM_REPLICA_REPORTS, err);
    }
    b->head.parts = parts;
    b->head.part_count = n;
    return status;
}

static enum hm_status fill(struct backing *b, struct hm_err *err)
{
    int64_t incarnation = 0;
    enum hm_status status =
        hm_store_meta_get_int(b->ctx->store, HM_META_INCARNATION, 0, &incarnation, err);
    b->head.server = b->ctx->device;
    b->head.incarnation = (uint64_t)incarnation;
    b->head.time = hm_env_wall(b->ctx->env);
    b->head.version = hm_text(HM_VERSION);
    if (status == HM_OK) {
        status = read_keys(b, err);
    }
    if (status == HM_OK) {
        status = read_parts(b, err);
    }
    return status != HM_OK ? status : copy_store(b, err);
}

/* ---- the command ---- */

static enum hm_status write_all(struct backing *b, struct hm_err *err)
{
    struct hm_buf head;
    hm_buf_init(&head, HM_BACKUP_HEAD_MAX + (size_t)1024);
    enum hm_status status =
        hm_backup_head_put(&head, &b->head, &b->keys, &b->ctx->secret, b->ctx->env, err);
    if (status == HM_OK) {
        status = hm_backup_put(b->draft_fd, hm_buf_bytes(&head), b->path, err);
    }
    if (status == HM_OK) {
        status = hm_backup_body_write(b->draft_fd, b->path, b->copy_fd, &b->keys.body,
                                      b->ctx->env, err);
    }
    hm_buf_fini(&head);
    return status != HM_OK ? status : publish(b, err);
}

/* For those who watch over it. The backup is good without: a failure is not the person's.
 */
static void note(struct backing *b)
{
    struct hm_err err = HM_ERR_NONE;
    enum hm_status status = hm_store_begin(b->ctx->store, &err);
    if (status == HM_OK) {
        status =
            hm_store_meta_put_int(b->ctx->store, HM_META_BACKUP, b->head.time.ms, &err);
    }
    if (status == HM_OK) {
        (void)!hm_store_commit(b->ctx->store, &err);
    }
    hm_store_rollback(b->ctx->store);
}

static enum hm_status show(struct backing *b, struct hm_err *err)
{
    char size[NUMBER_SIZE];
    struct hm_view view;
    struct hm_show show;
    struct stat seen = {0};
    if (fstat(b->draft_fd, &seen) != 0) {
        return hm_fail_errno(err, errno, b->path);
    }
    if (b->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "file", hm_text(b->path));
        hm_json_put_int(&show.out, "bytes", seen.st_size);
        hm_json_put_wall(&show.out, "time", b->head.time);
        hm_json_put_hex(&show.out, "server", hm_id_bytes(&b->head.server));
        hm_json_put_int(&show.out, "incarnation", (int64_t)b->head.incarnation);
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, b->call, HM_OK, err);
    }
    (void)snprintf(size, sizeof(size), "%" PRId64, (int64_t)seen.st_size);
    hm_show_view(&view, b->call, NULL);
    hm_view_say(&view, "backup.done", b->path, size, NULL);
    return HM_OK;
}

enum hm_status hm_backup_run(struct hm_call *call, struct hm_err *err)
{
    struct backing b = {.call = call, .ctx = call->ctx, .draft_fd = -1, .copy_fd = -1};
    hm_arena_init(&b.arena, HM_FILE_BYTES_MAX);
    hm_backup_keys_init(&b.keys);
    b.path = hm_data_path(&b.arena, b.ctx->folder, call->args->operands[0]);
    enum hm_status status = hm_arena_status(&b.arena, err);
    if (status == HM_OK && access(b.path, F_OK) == 0) {
        status = hm_fail(err, HM_EXISTS, "file-exists", b.path, NULL, NULL);
    }
    if (status == HM_OK) {
        status = make_beside(&b.draft, &b.draft_fd, b.path, &b.arena, err);
    }
    if (status == HM_OK) {
        status = fill(&b, err);
    }
    if (status == HM_OK) {
        status = write_all(&b, err);
    }
    if (status == HM_OK) {
        note(&b);
        status = show(&b, err);
    }
    remove_beside(b.copy, b.copy_fd);
    remove_beside(b.draft, b.draft_fd);
    hm_backup_keys_wipe(&b.keys);
    hm_arena_fini(&b.arena);
    return status;
}
