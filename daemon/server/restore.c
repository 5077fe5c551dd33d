/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restore: the server of a backup comes back, as another incarnation of itself; with
 * --empty it has its key, its settings and its kinds, and not a record; with --dry-run it
 * comes back beside the folder that is named, is verified whole, and is removed again.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "backup_file.h"
#include "commands.h"
#include "data.h"
#include "hamlet/api/check.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/replica/replica.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/server.h"
#include "init.h"
#include "recovery.h"
#include "show.h"

enum { RECOVERY_FILE_MAX = 1024 };

struct restoring {
    struct hm_call *call;
    struct hm_main *main;
    const char *dir;
    const char *path; /* of the backup */
    int fd;
    char *draft;
    struct hm_backup backup;
    struct hm_backup_keys keys;
    uint8_t recovery[HM_RECOVERY_SIZE];
    bool empty;
    bool dry;             /* it is gone again once it was looked at */
    uint64_t incarnation; /* the new one */
    struct hm_bytes unit;
    struct hm_id user; /* of the server's own account */
    struct hm_arena arena;
};

static enum hm_status read_recovery(struct restoring *r, struct hm_err *err)
{
    uint8_t memory[RECOVERY_FILE_MAX + 1];
    struct hm_buf text;
    hm_buf_init_fixed(&text, memory, sizeof(memory));
    enum hm_status status =
        hm_file_read(&text, hm_args_value(r->call->args, "recovery-key-file"), err);
    if (status == HM_OK) {
        status = hm_recovery_get(r->recovery, hm_buf_bytes(&text), err);
    }
    explicit_bzero(memory, sizeof(memory));
    return status;
}

static enum hm_status read_head(struct restoring *r, struct hm_err *err)
{
    enum hm_status status = read_recovery(r, err);
    if (status == HM_OK) {
        status = hm_file_open(&r->fd, r->path, err);
    }
    if (status == HM_OK) {
        status = hm_backup_head_read(&r->backup, &r->keys, r->fd, r->path, r->recovery,
                                     &r->arena, err);
    }
    return status;
}

/* ---- files ---- */

static enum hm_status put_file(struct restoring *r,
                               const char *name,
                               struct hm_bytes content,
                               mode_t mode,
                               struct hm_err *err)
{
    const char *path = hm_data_path(&r->arena, r->draft, name);
    enum hm_status status = hm_arena_status(&r->arena, err);
    return status != HM_OK ? status
                           : hm_file_create(&r->main->env, path, content, mode, err);
}

static enum hm_status make_folder(struct restoring *r,
                                  const char *name,
                                  struct hm_err *err)
{
    const char *path = hm_data_path(&r->arena, r->draft, name);
    enum hm_status status = hm_arena_status(&r->arena, err);
    return status != HM_OK ? status : hm_file_make_folders(path, err);
}

static bool is_inside(const char *name, const char *folder)
{
    size_t size = strlen(folder);
    return strncmp(name, folder, size) == 0 && name[size] == '/' &&
           strchr(name + size + 1, '/') == NULL && name[size + 1] != '.';
}

/* A name in a file that came from outside leads nowhere else. */
static bool is_expected(const char *name)
{
    return strcmp(name, HM_DATA_TLS) == 0 || strcmp(name, HM_DATA_CONFIG) == 0 ||
           is_inside(name, HM_REPLICA_KINDS) || is_inside(name, HM_REPLICA_CATALOGUES) ||
           is_inside(name, HM_REPLICA_REPORTS);
}

/* A trial needs none of them, so they stay sealed. */
static enum hm_status put_keys(struct restoring *r, struct hm_err *err)
{
    enum hm_status status = make_folder(r, "keys", err);
    if (status == HM_OK) {
        status = put_file(r, "keys/" HM_DATA_KEY, HM_BYTES(r->keys.seed), 0600, err);
    }
    if (status == HM_OK) {
        status = put_file(r, HM_DATA_TLS_KEY, hm_buf_bytes(&r->keys.tls), 0600, err);
    }
    return status;
}

static enum hm_status put_parts(struct restoring *r, struct hm_err *err)
{
    enum hm_status status = r->dry ? HM_OK : put_keys(r, err);
    if (status == HM_OK) {
        status = make_folder(r, HM_REPLICA_KINDS, err);
    }
    if (status == HM_OK) {
        status = make_folder(r, HM_REPLICA_CATALOGUES, err);
    }
    if (status == HM_OK) {
        status = make_folder(r, HM_REPLICA_REPORTS, err);
    }
    for (size_t i = 0; i < r->backup.part_count && status == HM_OK; i++) {
        const struct hm_backup_part *part = &r->backup.parts[i];
        status = is_expected(part->name)
                     ? put_file(r, part->name, part->content, 0644, err)
                     : hm_fail(err, HM_BAD_INPUT, "backup-broken", r->path, NULL, NULL);
    }
    return status;
}

static enum hm_status put_store(struct restoring *r, const char *path, struct hm_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return hm_fail_errno(err, errno, path);
    }
    enum hm_status status =
        hm_backup_body_read(fd, r->path, r->fd, &r->backup, &r->keys.body, err);
    if (status == HM_OK && fsync(fd) != 0) {
        status = hm_fail_errno(err, errno, path);
    }
    (void)close(fd);
    return status;
}

/* ---- another incarnation ---- */

static enum hm_status renew(struct restoring *r,
                            struct hm_store *store,
                            struct hm_err *err)
{
    enum hm_status status = hm_store_begin(store, err);
    if (status == HM_OK) {
        status = hm_store_come_back(store, &r->main->env, &r->incarnation, err);
    }
    return status == HM_OK ? hm_store_commit(store, err) : status;
}

/* Whose store it is, by its own account. */
static enum hm_status read_facts(struct restoring *r,
                                 struct hm_store *store,
                                 struct hm_err *err)
{
    struct hm_id district;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DISTRICT, &district, err);
    if (status == HM_OK && !hm_id_equal(&district, &r->backup.server)) {
        return hm_fail(err, HM_BAD_INPUT, "backup-broken", r->path, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_UNIT, &r->arena, &r->unit, err);
    }
    return status != HM_OK ? status
                           : hm_store_meta_get_id(store, HM_META_USER, &r->user, err);
}

/* The store of the backup has said what it had to say. */
static enum hm_status begin_anew(struct restoring *r,
                                 const char *path,
                                 struct hm_kinds *kinds,
                                 struct hm_err *err)
{
    struct hm_empty empty = {.main = r->main,
                             .draft = r->draft,
                             .unit = r->unit,
                             .user = r->user,
                             .kinds = kinds,
                             .seed = r->keys.seed,
                             .recovery = r->recovery};
    if (unlink(path) != 0) {
        return hm_fail_errno(err, errno, path);
    }
    enum hm_status status = hm_init_empty(&empty, err);
    r->incarnation = empty.incarnation;
    return status;
}

/* Would it do? The store of the backup stands as it was when it was made. */
static enum hm_status look(const struct restoring *r,
                           struct hm_store *store,
                           struct hm_err *err)
{
    struct hm_view view;
    struct hm_key key;
    struct hm_secret secret;
    hm_sign_pair(&key, &secret, r->keys.seed);
    hm_secret_wipe(&secret);
    hm_show_view(&view, r->call, store);
    return hm_api_verify(&view, &key, err);
}

static enum hm_status build(struct restoring *r, struct hm_err *err)
{
    struct hm_kinds *kinds = NULL;
    struct hm_store *store = NULL;
    const char *path = hm_data_path(&r->arena, r->draft, HM_DATA_STORE);
    enum hm_status status = hm_arena_status(&r->arena, err);
    if (status == HM_OK) {
        status = put_parts(r, err);
    }
    if (status == HM_OK) {
        status = put_store(r, path, err);
    }
    if (status == HM_OK) {
        status = hm_replica_kinds(&kinds, r->draft, err);
    }
    if (status == HM_OK) {
        status = hm_store_open(&store, path, HM_STORE_SERVER, false, kinds, &r->main->env,
                               NULL, err);
    }
    if (status == HM_OK) {
        status = read_facts(r, store, err);
    }
    if (status == HM_OK && r->dry) {
        status = look(r, store, err);
    } else if (status == HM_OK && !r->empty) {
        status = renew(r, store, err);
    }
    hm_store_close(store);
    if (status == HM_OK && r->empty && !r->dry) {
        status = begin_anew(r, path, kinds, err);
    }
    hm_kinds_close(kinds);
    return status;
}

static enum hm_status show(struct restoring *r, struct hm_err *err)
{
    char when[HM_VIEW_TIME_SIZE];
    struct hm_view view;
    struct hm_show show;
    if (r->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "unit", r->unit);
        hm_json_put_hex(&show.out, "server", hm_id_bytes(&r->backup.server));
        hm_json_put_int(&show.out, "incarnation", (int64_t)r->incarnation);
        hm_json_put_wall(&show.out, "time", r->backup.time);
        hm_json_put_bool(&show.out, "empty", r->empty);
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, r->call, HM_OK, err);
    }
    const char *unit = hm_arena_copy_text(&r->arena, r->unit);
    hm_view_time(when, r->backup.time);
    hm_show_view(&view, r->call, NULL);
    hm_view_say(&view, r->empty ? "restore.empty" : "restore.done", r->dir,
                unit == NULL ? "" : unit, when);
    hm_view_say(&view, "restore.refill", NULL, NULL, NULL);
    return HM_OK;
}

static void show_dry(const struct restoring *r)
{
    char when[HM_VIEW_TIME_SIZE];
    struct hm_view view;
    hm_view_time(when, r->backup.time);
    hm_show_view(&view, r->call, NULL);
    if (!view.json) {
        hm_view_say(&view, "restore.dry-run", r->path, when, NULL);
    }
}

enum hm_status hm_restore_run(struct hm_call *call, struct hm_err *err)
{
    struct restoring r = {.call = call,
                          .main = call->ctx,
                          .dir = hm_args_value(call->args, "data"),
                          .path = call->args->operands[0],
                          .fd = -1,
                          .empty = hm_args_has(call->args, "empty"),
                          .dry = hm_args_has(call->args, "dry-run")};
    if (r.dry && r.empty) { /* a trial is of all that the backup holds */
        return hm_fail(err, HM_USAGE, "restore-both", NULL, NULL, NULL);
    }
    hm_arena_init(&r.arena, HM_FILE_BYTES_MAX);
    hm_backup_keys_init(&r.keys);
    enum hm_status status = read_head(&r, err);
    if (status == HM_OK) {
        status = r.dry ? hm_data_beside(&r.draft, r.dir, &r.arena, err)
                       : hm_data_draft(&r.draft, r.dir, &r.arena, err);
    }
    if (status == HM_OK) {
        status = build(&r, err);
    }
    if (status == HM_OK && r.dry) {
        show_dry(&r);
    } else if (status == HM_OK) {
        status = hm_data_publish(r.draft, r.dir, err);
    }
    if (status == HM_OK && !r.dry) {
        r.draft = NULL;
        status = show(&r, err);
    }
    hm_data_discard(r.draft);
    hm_backup_keys_wipe(&r.keys);
    explicit_bzero(r.recovery, sizeof(r.recovery));
    if (r.fd >= 0) {
        (void)close(r.fd);
    }
    hm_arena_fini(&r.arena);
    return status;
}
