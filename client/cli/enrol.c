/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A laptop joins. Store and key are made in a folder of their own inside the store's
 * folder and put in their places last, the store after its key: whoever finds a store
 * finds it whole. What a power cut leaves behind is swept away by the next try.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrol.h"
#include "hamlet/base/limits.h"
#include "hamlet/command/store_path.h"
#include "hamlet/host/file.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/host/lock.h"
#include "hamlet/record/role.h"
#include "hamlet/wire/invitation.h"

enum { LOCK_WAIT_MS = 5000, PATHS_MAX = 64 * 1024 };

#define DRAFT ".enrol"

struct enrolling {
    const struct hm_env *env;
    char *folder;
    struct hm_arena arena;
    struct hm_buf json; /* the invitation */
    struct hm_invitation invitation;
    struct hm_id device;
    bool again; /* a store is there, and takes it in place of an earlier one */
};

/* ---- the invitation ---- */

static enum hm_status check_role(struct enrolling *e, struct hm_err *err)
{
    enum hm_role role = HM_ROLE_COUNT;
    if (hm_role_find(&role, e->invitation.role) && role != HM_ROLE_SERVER) {
        return HM_OK;
    }
    const char *name = hm_arena_copy_text(&e->arena, e->invitation.role);
    return hm_fail(err, HM_BAD_INPUT, "role-unknown", name, NULL, NULL);
}

/* ---- folders ---- */

static const char *path_of(struct enrolling *e, const char *name)
{
    return hm_replica_path(&e->arena, e->folder, name);
}

/* What an earlier try left; names are fixed, so nothing else is ever touched. */
static void sweep(struct enrolling *e)
{
    static const char *const names[] = {DRAFT "/store.db", DRAFT "/store.db-journal",
                                        DRAFT "/keys/device"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *path = path_of(e, names[i]);
        if (path != NULL) {
            (void)unlink(path);
        }
    }
    static const char *const folders[] = {DRAFT "/keys", DRAFT};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        const char *path = path_of(e, folders[i]);
        if (path != NULL) {
            (void)rmdir(path);
        }
    }
}

static enum hm_status fail_folder(const char *path, struct hm_err *err)
{
    return hm_fail_errno(err, errno, path);
}

static enum hm_status sync_folder(const char *path, struct hm_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum hm_status status = HM_OK;
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
        status = fail_folder(path, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

static enum hm_status check_free(struct enrolling *e, struct hm_err *err)
{
    struct stat about;
    const char *path = path_of(e, HM_REPLICA_STORE);
    if (path == NULL) {
        return hm_arena_status(&e->arena, err);
    }
    return lstat(path, &about) != 0
               ? HM_OK
               : hm_fail(err, HM_EXISTS, "store-exists", e->folder, NULL, NULL);
}

/* ---- the store ---- */

static enum hm_status draw_epoch(const struct enrolling *e,
                                 uint32_t *epoch,
                                 struct hm_err *err)
{
    uint8_t drawn[sizeof(*epoch)];
    enum hm_status status = HM_OK;
    *epoch = 0;
    while (*epoch == 0 && status == HM_OK) {
        status = hm_env_random(e->env, drawn, sizeof(drawn), err);
        for (size_t i = 0; i < sizeof(drawn); i++) {
            *epoch = *epoch << 8 | drawn[i];
        }
    }
    return status;
}

static enum hm_status put_facts(struct enrolling *e,
                                struct hm_store *store,
                                uint32_t epoch,
                                struct hm_err *err)
{
    const struct hm_invitation *inv = &e->invitation;
    const struct {
        const char *name;
        struct hm_bytes value;
    } facts[] = {
        {HM_META_DISTRICT, hm_id_bytes(&inv->server)},
        {HM_META_DEVICE, hm_id_bytes(&e->device)},
        {HM_META_USER, hm_id_bytes(&inv->user)},
        {HM_META_ROLE, inv->role},
        {HM_META_UNIT, inv->unit},
        {HM_META_SERVER_KEY, HM_BYTES(inv->key.at)},
        {HM_META_INVITATION, hm_buf_bytes(&e->json)},
    };
    enum hm_status status = hm_store_meta_put_int(store, HM_META_EPOCH, epoch, err);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]) && status == HM_OK; i++) {
        status = hm_store_meta_put(store, facts[i].name, facts[i].value, err);
    }
    return status != HM_OK ? status : hm_put_server(store, inv, err);
}

static enum hm_status make_store(struct enrolling *e,
                                 const struct hm_kinds *kinds,
                                 struct hm_err *err)
{
    struct hm_store *store = NULL;
    uint32_t epoch = 0;
    const char *path = path_of(e, DRAFT "/store.db");
    enum hm_status status = hm_arena_status(&e->arena, err);
    if (status == HM_OK) {
        status = draw_epoch(e, &epoch, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_open(&store, path, HM_STORE_LAPTOP, true, kinds, e->env, NULL, err);
    }
    if (status == HM_OK) {
        status = hm_store_begin(store, err);
    }
    if (status == HM_OK) {
        status = put_facts(e, store, epoch, err);
        if (status == HM_OK) {
            status = hm_store_commit(store, err);
        } else {
            hm_store_rollback(store);
        }
    }
    hm_store_close(store);
    return status;
}

static enum hm_status make_key(struct enrolling *e, struct hm_err *err)
{
    uint8_t seed[HM_SEED_SIZE];
    struct hm_key key;
    struct hm_secret secret;
    const char *draft = path_of(e, DRAFT);
    enum hm_status status = hm_arena_status(&e->arena, err);
    if (status == HM_OK) {
        status = hm_keyfile_load_or_make(seed, e->env, draft, HM_REPLICA_KEY, err);
    }
    if (status == HM_OK) {
        hm_sign_pair(&key, &secret, seed);
        e->device = hm_sign_device(&key);
        hm_secret_wipe(&secret);
        explicit_bzero(seed, sizeof(seed));
    }
    return status;
}

/*
 * The key goes first. Alone it means nothing: a key without a store is from a try that
 * was cut here, and is replaced.
 */
static enum hm_status publish(struct enrolling *e, struct hm_err *err)
{
    const char *draft_keys = path_of(e, DRAFT "/keys");
    const char *draft_key = path_of(e, DRAFT "/keys/device");
    const char *draft_store = path_of(e, DRAFT "/store.db");
    const char *keys = path_of(e, "keys");
    const char *key = path_of(e, "keys/device");
    const char *store = path_of(e, HM_REPLICA_STORE);
    enum hm_status status = hm_arena_status(&e->arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_env_step(e->env, "enrol-key");
    if (rename(draft_keys, keys) != 0 && rename(draft_key, key) != 0) {
        return fail_folder(keys, err);
    }
    status = sync_folder(keys, err);
    hm_env_step(e->env, "enrol-store");
    if (status == HM_OK && rename(draft_store, store) != 0) {
        status = fail_folder(store, err);
    }
    return status != HM_OK ? status : sync_folder(e->folder, err);
}

static enum hm_status make_draft(struct enrolling *e, struct hm_err *err)
{
    struct hm_kinds *kinds = NULL;
    const char *draft = path_of(e, DRAFT);
    enum hm_status status = hm_arena_status(&e->arena, err);
    if (status == HM_OK) {
        status = hm_file_make_folders(draft, err);
    }
    if (status == HM_OK) {
        status = hm_replica_kinds(&kinds, e->folder, err);
    }
    if (status == HM_OK) {
        status = make_key(e, err);
    }
    if (status == HM_OK) {
        status = make_store(e, kinds, err);
    }
    hm_kinds_close(kinds);
    return status;
}

/* Whoever holds the lock is alone in the folder. */
static enum hm_status make_all(struct enrolling *e, struct hm_err *err)
{
    struct hm_lock lock = HM_LOCK_NONE;
    const char *path = path_of(e, HM_REPLICA_LOCK);
    enum hm_status status = hm_arena_status(&e->arena, err);
    if (status == HM_OK) {
        status = hm_file_make_folders(e->folder, err);
    }
    if (status == HM_OK) {
        status = hm_lock_open(&lock, e->env, path, LOCK_WAIT_MS, err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = check_free(e, err);
    if (status == HM_OK) {
        sweep(e);
        status = make_draft(e, err);
        if (status == HM_OK) {
            status = publish(e, err);
        }
        sweep(e);
    }
    hm_lock_close(&lock);
    return status;
}

/* ---- what is said ---- */

static void put_done(struct hm_json_write *out, const struct enrolling *e)
{
    const struct hm_invitation *inv = &e->invitation;
    hm_json_open(out, '{');
    hm_json_put_hex(out, "device", hm_id_bytes(&e->device));
    hm_json_put_text(out, "unit", inv->unit);
    hm_json_put_text(out, "role", inv->role);
    hm_json_put_text(out, "name", inv->name);
    hm_json_put_hex(out, "user", hm_id_bytes(&inv->user));
    hm_json_put_hex(out, "server", hm_id_bytes(&inv->server));
    hm_json_put_wall(out, "expires", inv->expires);
    hm_json_close(out, '}');
}

static enum hm_status say(const struct hm_call *call,
                          struct enrolling *e,
                          struct hm_err *err)
{
    struct hm_view view;
    struct hm_buf buf;
    struct hm_json_write out;
    hm_desk_view(&view, call);
    if (!call->args->json) {
        const char *name = hm_arena_copy_text(&e->arena, e->invitation.name);
        const char *unit = hm_arena_copy_text(&e->arena, e->invitation.unit);
        enum hm_role role = HM_ROLE_VIEWER;
        (void)hm_role_find(&role, e->invitation.role);
        hm_view_say(&view, e->again ? "enrol.again" : "enrol.done", name,
                    hm_words_ui(call->words, hm_role_word(role)), unit);
        return hm_arena_status(&e->arena, err);
    }
    hm_buf_init(&buf, HM_INVITATION_TEXT_MAX);
    hm_json_write_init(&out, &buf);
    put_done(&out, e);
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        hm_output_put(call->out, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

enum hm_status hm_run_enrol(struct hm_call *call, struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct enrolling e = {.env = &cli->env};
    hm_arena_init(&e.arena, (size_t)PATHS_MAX * 4);
    hm_buf_init(&e.json, 2 * (size_t)HM_INVITATION_TEXT_MAX);
    enum hm_status status = hm_read_invitation(&e.invitation, &e.json,
                                               call->args->operands[0], &e.arena, err);
    if (status == HM_OK) {
        status = check_role(&e, err);
    }
    if (status == HM_OK) {
        status = hm_store_path(&e.folder, hm_args_value(call->args, "store"), err);
    }
    if (status == HM_OK) {
        e.again = check_free(&e, NULL) == HM_EXISTS;
        status = e.again ? hm_enrol_again(call, hm_buf_bytes(&e.json), &e.invitation,
                                          &e.device, err)
                         : make_all(&e, err);
    }
    if (status == HM_OK) {
        status = say(call, &e, err);
    }
    free(e.folder);
    hm_buf_fini(&e.json);
    hm_arena_fini(&e.arena);
    return status;
}
