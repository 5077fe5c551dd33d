/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle export: what the server does not have, as a file sealed to it. The store notes
 * what was sealed when the file is safe and not before: a stick that is pulled out leaves
 * the store as it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cargo.h"
#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/bundle/out.h"
#include "hamlet/command/store_path.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "hamlet/sync/session.h"

enum { NUMBER_SIZE = 24, PART_MB_MIN = 1, PART_MB_MAX = 1900, MEGABYTE = 1000 * 1000 };

struct exporting {
    struct hm_call *call;
    const char *path;
    char *folder;
    struct hm_replica replica;
    struct hm_bundle_head head;
    struct hm_key server;
    uint64_t changes; /* that are not acknowledged, all of them in the file */
    struct hm_cargo cargo;
    struct hm_bundle_out *out;
    struct hm_bundle_out_stats stats;
    struct hm_arena arena;
};

static enum hm_status open_replica(struct exporting *e, struct hm_err *err)
{
    const struct hm_cli *cli = e->call->ctx;
    enum hm_status status =
        hm_store_path(&e->folder, hm_args_value(e->call->args, "store"), err);
    return status != HM_OK
               ? status
               : hm_replica_open(&e->replica, e->folder, &cli->env, true, err);
}

/* Whether the server may not know this machine any more. */
static enum hm_status was_lost(struct exporting *e, bool *lost, struct hm_err *err)
{
    struct hm_bytes *names = NULL;
    size_t count = 0;
    enum hm_status status = HM_OK;
    *lost = hm_args_has(e->call->args, "all");
    for (int state = HM_OLD_TO_OFFER; state < HM_OLD_STATES && status == HM_OK; state++) {
        status = hm_store_buckets_old(e->replica.store, (enum hm_old)state, &names,
                                      &count, &e->arena, err);
        *lost = *lost || count > 0;
    }
    return status;
}

/* A key that the registry has not heard of comes with those before it. */
static enum hm_status fill_keys(struct exporting *e,
                                struct hm_store *store,
                                bool lost,
                                struct hm_err *err)
{
    struct hm_device known;
    struct hm_bytes keys = HM_NO_BYTES;
    enum hm_status status = hm_store_meta_get(store, HM_META_KEYS, &e->arena, &keys, err);
    if (status == HM_OK && keys.size > 0) {
        status = hm_store_device_get(store, &e->head.from, &known, &e->arena, err);
        bool told = status == HM_OK && !lost && hm_bytes_equal(known.keys, keys);
        keys = told ? HM_NO_BYTES : keys;
    }
    _Static_assert((int)HM_KEYS_TEXT_MAX <= (int)HM_BUNDLE_KEYS_MAX, "all have room");
    if (status == HM_OK && keys.size > 0 && keys.size <= HM_BUNDLE_KEYS_MAX) {
        memcpy(e->head.keys, keys.data, keys.size);
        e->head.keys_size = keys.size;
        e->head.has_key = false;
    }
    return status;
}

/* Who writes to whom, and as what the server knows him. */
static enum hm_status make_head(struct exporting *e, struct hm_err *err)
{
    struct hm_store *store = e->replica.store;
    struct hm_bytes key = HM_NO_BYTES;
    struct hm_bytes invitation = HM_NO_BYTES;
    int64_t epoch = 0;
    int64_t incarnation = 0;
    bool lost = false;
    enum hm_status status =
        hm_store_meta_get_id(store, HM_META_DISTRICT, &e->head.server, err);
    if (status == HM_OK) {
        status = was_lost(e, &lost, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_id(store, HM_META_DEVICE, &e->head.from, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_EPOCH, 0, &epoch, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_INCARNATION, 0, &incarnation, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_get(store, HM_META_INVITATION, &e->arena, &invitation, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_SERVER_KEY, &e->arena, &key, err);
    }
    if (status == HM_OK && key.size != HM_KEY_SIZE) {
        return hm_fail(err, HM_UNCONFIGURED, "store-missing", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        memcpy(e->server.at, key.data, HM_KEY_SIZE);
        e->head.to = e->head.server;
        e->head.time = hm_env_wall(hm_store_env(store));
        e->head.epoch = (uint32_t)epoch;
        e->head.incarnation = (uint64_t)incarnation;
        e->head.has_key = invitation.size > 0 || lost;
        e->head.key = e->replica.key;
        status = fill_keys(e, store, lost, err);
    }
    return status;
}

static enum hm_status count_changes(struct exporting *e, struct hm_err *err)
{
    struct hm_origin origin;
    enum hm_status status = hm_store_origin_get(e->replica.store, &e->head.from,
                                                e->head.epoch, false, &origin, err);
    e->changes = origin.seq - origin.acked;
    return status;
}

static enum hm_status put_bodies(struct exporting *e, struct hm_err *err)
{
    struct hm_session *session = NULL;
    struct hm_buf body;
    bool first = true;
    bool more = true;
    hm_buf_init(&body, HM_BUNDLE_BODY_MAX);
    enum hm_status status =
        hm_session_open(&session, e->replica.store, &e->replica.secret, HM_VERSION, err);
    if (status == HM_OK && hm_args_has(e->call->args, "all")) {
        hm_session_file_all(session);
    }
    while (status == HM_OK && more) {
        hm_buf_clear(&body);
        status = hm_session_file_body(session, &e->head.id, first, &body, &more, err);
        if (status == HM_OK) {
            status = hm_bundle_out_put(e->out, hm_buf_bytes(&body), err);
        }
        first = false;
    }
    hm_session_close(session);
    hm_buf_fini(&body);
    return status;
}

static enum hm_status write_own(struct exporting *e, struct hm_err *err)
{
    const struct hm_env *env = hm_store_env(e->replica.store);
    enum hm_status status = hm_env_random(env, e->head.id.at, HM_ID_SIZE, err);
    if (status == HM_OK) {
        status =
            hm_bundle_out_begin(e->out, &e->head, &e->server, &e->replica.secret, err);
    }
    if (status == HM_OK) {
        status = put_bodies(e, err);
    }
    return status != HM_OK ? status : hm_bundle_out_end(e->out, err);
}

/* ---- for others ---- */

/* Whether a device is meant by --for: its name, its id, or a unit that it lies in. */
static enum hm_status is_meant(struct exporting *e,
                               const struct hm_fleet_row *row,
                               const char *wanted,
                               bool *meant,
                               struct hm_err *err)
{
    struct hm_id id;
    bool unit = false;
    *meant = hm_id_get_hex(&id, hm_text(wanted)) ? hm_id_equal(&id, &row->device)
                                                 : hm_bytes_are(row->name, wanted);
    enum hm_status status =
        hm_store_unit_known(e->replica.store, hm_text(wanted), &unit, err);
    if (status == HM_OK && unit) {
        status = hm_store_unit_within(e->replica.store, row->home, hm_text(wanted), meant,
                                      err);
    }
    return status;
}

/* With --for nothing of our own is written: only what the server sealed for them. */
static enum hm_status write_cargo(struct exporting *e,
                                  const char *wanted,
                                  struct hm_err *err)
{
    struct hm_fleet_row *rows = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_fleet(e->replica.store, &rows, &count, &e->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        bool meant = false;
        status = is_meant(e, &rows[i], wanted, &meant, err);
        if (status == HM_OK && meant) {
            status = hm_cargo_write(&e->cargo, &rows[i].device, e->out, err);
        }
    }
    if (status == HM_OK && hm_bundle_out_stats(e->out)->carried == 0) {
        return hm_fail(err, HM_NOT_FOUND, "bundle-no-cargo", wanted, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_sync(e->out, err);
    }
    return status != HM_OK ? status : hm_bundle_out_publish(e->out, err);
}

/* One transaction around it all, so that what is in the file is what the store says. */
static enum hm_status write_all(struct exporting *e, struct hm_err *err)
{
    struct hm_store *store = e->replica.store;
    enum hm_status status = hm_store_begin(store, err);
    if (status != HM_OK) {
        return status;
    }
    status = count_changes(e, err);
    if (status == HM_OK) {
        status = write_own(e, err);
    }
    if (status == HM_OK) {
        status = hm_cargo_write(&e->cargo, &e->head.server, e->out, err);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_sync(e->out, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    } else {
        hm_store_rollback(store);
    }
    return status != HM_OK ? status : hm_bundle_out_publish(e->out, err);
}

static enum hm_status file_size(struct exporting *e, uint64_t *most, struct hm_err *err)
{
    const char *given = hm_args_value(e->call->args, "split");
    int64_t megabytes = PART_MB_MAX;
    enum hm_status status = HM_OK;
    if (given != NULL) {
        status =
            hm_option_number(&megabytes, given, "--split", PART_MB_MIN, PART_MB_MAX, err);
    }
    *most = (uint64_t)megabytes * MEGABYTE;
    return status;
}

static enum hm_status show_json(const struct exporting *e, struct hm_err *err)
{
    struct hm_buf buf;
    struct hm_json_write out;
    struct hm_view view;
    hm_desk_view(&view, e->call);
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "file", hm_text(e->path));
    hm_json_put_int(&out, "files", (int64_t)e->stats.files);
    hm_json_put_int(&out, "bytes", (int64_t)e->stats.bytes);
    hm_json_put_int(&out, "changes", (int64_t)e->changes);
    hm_json_put_int(&out, "carried", (int64_t)e->stats.carried);
    hm_json_close(&out, '}');
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        view.put(view.ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

static void say(const struct exporting *e)
{
    char changes[NUMBER_SIZE];
    char files[NUMBER_SIZE];
    char carried[NUMBER_SIZE];
    struct hm_view view;
    hm_desk_view(&view, e->call);
    (void)snprintf(changes, sizeof(changes), "%" PRIu64, e->changes);
    (void)snprintf(files, sizeof(files), "%zu", e->stats.files);
    (void)snprintf(carried, sizeof(carried), "%zu", e->stats.carried);
    hm_view_say(&view, e->stats.bundles > 0 ? "bundle.written" : "bundle.written-carried",
                e->path, e->stats.bundles > 0 ? changes : carried, NULL);
    if (e->stats.bundles > 0 && e->stats.carried > 0) {
        hm_view_say(&view, "bundle.carries", carried, NULL, NULL);
    }
    if (e->stats.files > 1) {
        hm_view_say(&view, "bundle.files", e->path, files, NULL);
    }
}

enum hm_status hm_run_bundle_export(struct hm_call *call, struct hm_err *err)
{
    struct exporting e = {.call = call, .path = call->args->operands[0]};
    const struct hm_cli *cli = call->ctx;
    uint64_t most = 0;
    hm_arena_init(&e.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = file_size(&e, &most, err);
    if (status == HM_OK) {
        status = open_replica(&e, err);
    }
    if (status == HM_OK) {
        status = hm_cargo_init(&e.cargo, &cli->env, e.folder, &e.arena, err);
    }
    if (status == HM_OK) {
        status = make_head(&e, err);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_open(&e.out, &cli->env, e.path, most, err);
    }
    if (status == HM_OK) {
        const char *wanted = hm_args_value(call->args, "for");
        status = wanted != NULL ? write_cargo(&e, wanted, err) : write_all(&e, err);
    }
    if (status == HM_OK) {
        e.stats = *hm_bundle_out_stats(e.out);
        if (call->args->json) {
            status = show_json(&e, err);
        } else {
            say(&e);
        }
    }
    hm_bundle_out_close(e.out);
    hm_replica_close(&e.replica);
    free(e.folder);
    hm_arena_fini(&e.arena);
    return status;
}
