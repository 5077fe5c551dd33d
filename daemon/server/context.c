/* SPDX-License-Identifier: Apache-2.0 */
#include "context.h"

#include <string.h>
#include <unistd.h>

#include "data.h"
#include "erasing.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/replica/replica.h"
#include "hamlet/sync/judge.h"

/* A server without its key is another server, so it is never given a new one here. */
static enum hm_status load_key(struct hm_control_ctx *ctx, struct hm_err *err)
{
    uint8_t seed[HM_SEED_SIZE];
    enum hm_status status = hm_keyfile_load(seed, ctx->dir, HM_DATA_KEY, err);
    if (status != HM_OK) {
        return status == HM_NOT_FOUND ? HM_UNCONFIGURED : status;
    }
    hm_sign_pair(&ctx->key, &ctx->secret, seed);
    explicit_bzero(seed, sizeof(seed));
    ctx->device = hm_sign_device(&ctx->key);
    return HM_OK;
}

static enum hm_status load_self(struct hm_control_ctx *ctx, struct hm_err *err)
{
    struct hm_id known;
    enum hm_status status =
        hm_store_meta_get_id(ctx->store, HM_META_DISTRICT, &known, err);
    if (status == HM_OK && !hm_id_equal(&known, &ctx->device)) {
        return hm_fail(err, HM_UNCONFIGURED, "key-foreign", ctx->dir, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(ctx->store, HM_META_UNIT, &ctx->self, &ctx->unit, err);
    }
    return status;
}

static enum hm_status open_store(struct hm_control_ctx *ctx, struct hm_err *err)
{
    const char *path = hm_data_path(&ctx->self, ctx->dir, HM_DATA_STORE);
    enum hm_status status = hm_arena_status(&ctx->self, err);
    if (status != HM_OK) {
        return status;
    }
    if (access(path, F_OK) != 0) {
        return hm_fail(err, HM_UNCONFIGURED, "data-missing", ctx->dir, NULL, NULL);
    }
    return hm_store_open(&ctx->store, path, HM_STORE_SERVER, false, ctx->kinds, ctx->env,
                         NULL, err);
}

/*
 * The program or a kind's file is newer than when the store was open last: what could not
 * be read then is judged now. Judged before it is noted, so that nothing stops it for
 * good.
 */
static enum hm_status settle(struct hm_control_ctx *ctx, struct hm_err *err)
{
    bool changed = false;
    enum hm_status status = hm_replica_kinds_changed(ctx->store, &changed, err);
    if (status == HM_OK && changed) {
        status = hm_judge_again(ctx->store, &ctx->device, err);
    }
    if (status == HM_OK && changed) {
        status = hm_replica_kinds_settle(ctx->store, err);
    }
    return status;
}

enum hm_status hm_control_open(struct hm_control_ctx *ctx,
                               const char *dir,
                               const struct hm_env *env,
                               struct hm_err *err)
{
    struct hm_control_ctx made = {.dir = dir, .env = env, .folder = ""};
    hm_arena_init(&made.self, HM_COMMAND_ARENA_MAX);
    hm_buf_init(&made.file, HM_FILE_BYTES_MAX);
    enum hm_status status = hm_replica_kinds(&made.kinds, dir, err);
    if (status == HM_OK) {
        status = open_store(&made, err);
    }
    if (status == HM_OK) {
        status = load_key(&made, err);
    }
    if (status == HM_OK) {
        status = load_self(&made, err);
    }
    if (status == HM_OK) {
        status = settle(&made, err);
    }
    if (status != HM_OK) {
        hm_control_close(&made);
        return status;
    }
    hm_erasing_after(&made);
    *ctx = made;
    return HM_OK;
}

void hm_control_close(struct hm_control_ctx *ctx)
{
    hm_store_close(ctx->store);
    hm_kinds_close(ctx->kinds);
    hm_buf_fini(&ctx->file);
    hm_arena_fini(&ctx->self);
    hm_secret_wipe(&ctx->secret);
    *ctx = (struct hm_control_ctx){.store = NULL};
}

enum hm_status hm_control_author(struct hm_control_ctx *ctx,
                                 struct hm_author **author,
                                 struct hm_err *err)
{
    struct hm_author *made = NULL;
    enum hm_status status = hm_author_open(&made, ctx->store, err);
    if (status == HM_OK) {
        hm_author_sign_with(made, &ctx->secret);
        *author = made;
    }
    return status;
}
