/* SPDX-License-Identifier: Apache-2.0 */
/* bundle import: what the server wrote for this laptop, taken as a reply would be. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cargo.h"
#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/bundle/in.h"
#include "hamlet/command/store_path.h"
#include "hamlet/store/registry.h"
#include "hamlet/sync/session.h"

enum { NUMBER_SIZE = 24 };

struct importing {
    struct hm_call *call;
    const char *path;
    char *folder;
    struct hm_replica replica;
    struct hm_id self;
    struct hm_id district;
    struct hm_key server;
    struct hm_session *session;
    struct hm_bundle_head head; /* under way */
    size_t ours;
    size_t others;
    size_t carried;  /* of these, that go along */
    size_t foreign;  /* of these, of another district */
    bool carries;    /* the one under way goes along */
    size_t whole;    /* of ours, taken to their end */
    size_t refusals; /* of ours, and why the one of them was not that says most */
    struct hm_err refusal;
    bool skips; /* the one under way was refused */
    bool head_ours;
    size_t bodies; /* of the one under way */
    struct hm_cargo cargo;
    bool more;
    struct hm_arena arena;
};

static enum hm_status open_self(struct importing *i, struct hm_err *err)
{
    const struct hm_cli *cli = i->call->ctx;
    struct hm_bytes key = HM_NO_BYTES;
    enum hm_status status =
        hm_store_path(&i->folder, hm_args_value(i->call->args, "store"), err);
    if (status == HM_OK) {
        status = hm_replica_open(&i->replica, i->folder, &cli->env, true, err);
    }
    if (status == HM_OK) {
        status = hm_cargo_init(&i->cargo, &cli->env, i->folder, &i->arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_id(i->replica.store, HM_META_DEVICE, &i->self, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_get_id(i->replica.store, HM_META_DISTRICT, &i->district, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_get(i->replica.store, HM_META_SERVER_KEY, &i->arena, &key, err);
    }
    if (status == HM_OK && key.size != HM_KEY_SIZE) {
        return hm_fail(err, HM_UNCONFIGURED, "store-missing", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        memcpy(i->server.at, key.data, HM_KEY_SIZE);
        status = hm_session_open(&i->session, i->replica.store, &i->replica.secret,
                                 HM_VERSION, err);
    }
    return status;
}

/* With which key its writer signs the bundle, if anybody here can tell. */
static enum hm_status find_signer(struct importing *i,
                                  struct hm_key *key,
                                  bool *known,
                                  struct hm_err *err)
{
    const struct hm_bundle_head *head = &i->head;
    struct hm_bytes text = {head->keys, head->keys_size};
    struct hm_device device;
    *known = hm_id_equal(&head->from, &i->district);
    *key = i->server;
    if (*known) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_device_get(i->replica.store, &head->from, &device, &i->arena, err);
    if (status != HM_OK || device.revoked) {
        return status;
    }
    if (text.size > 0) {
        *known = hm_keys_meet(key, device.keys, text, &head->from);
        return HM_OK;
    }
    struct hm_id own = hm_sign_device(&head->key);
    *known = device.known || (head->has_key && hm_id_equal(&own, &head->from));
    *key = device.known ? device.key : head->key;
    return HM_OK;
}

/*
 * Sealed for somebody else: it goes along if one of our district signed it. Its own work
 * a laptop has, and nobody is served by a revoked one's.
 */
static enum hm_status judge_cargo(struct importing *i,
                                  const struct hm_bundle_line *line,
                                  struct hm_err *err)
{
    struct hm_key key;
    bool known = false;
    i->carries = false;
    if (!hm_id_equal(&i->head.server, &i->district) ||
        hm_id_equal(&i->head.from, &i->self)) {
        return HM_OK;
    }
    enum hm_status status = find_signer(i, &key, &known, err);
    if (status == HM_OK && known && hm_bundle_head_check(line, &key)) {
        status = hm_cargo_begin(&i->cargo, &i->head, &i->arena, err);
        i->carries = status == HM_OK;
    }
    return status;
}

/*
 * A file that others carried holds all that they had for this laptop: what came too late
 * must not stand in the way of what comes after it. What the disk learned of itself by a
 * bundle, or what is no fault of it, ends it all. That the server lost something is said
 * before all else: only that says what to do.
 */
static enum hm_status skip_refused(struct importing *i,
                                   const struct hm_err *failed,
                                   struct hm_err *err)
{
    if (failed->status != HM_BAD_INPUT ||
        hm_bytes_are(hm_text(failed->key), "bundle-ahead") ||
        hm_bytes_are(hm_text(failed->key), "bundle-behind")) {
        if (err != NULL && err->status == HM_OK) {
            *err = *failed;
        }
        return failed->status;
    }
    if (i->refusals++ == 0 || hm_bytes_are(hm_text(failed->key), "bundle-send-first")) {
        i->refusal = *failed;
    }
    i->skips = true;
    return HM_OK;
}

static enum hm_status take_head(void *ctx,
                                const struct hm_bundle_head *head,
                                const struct hm_bundle_line *line,
                                bool ours,
                                struct hm_err *err)
{
    struct importing *i = ctx;
    bool foreign = !hm_id_equal(&head->server, &i->district);
    i->head = *head;
    i->skips = false;
    i->bodies = 0;
    i->head_ours = ours;
    if (!ours) {
        i->others++;
        i->foreign += foreign;
        enum hm_status status = judge_cargo(i, line, err);
        i->carried += i->carries;
        return status;
    }
    i->ours++;
    if (foreign || !hm_id_equal(&head->from, &i->district)) {
        return hm_fail(err, HM_BAD_INPUT, "bundle-foreign", i->path, NULL, NULL);
    }
    return hm_bundle_head_check(line, &i->server)
               ? HM_OK
               : hm_fail(err, HM_BAD_INPUT, "bundle-broken", i->path, NULL, NULL);
}

/* The server signed it, so it is whole: this machine had another key when it was made. */
static enum hm_status take_locked(void *ctx, struct hm_err *err)
{
    struct importing *i = ctx;
    struct hm_err failed = HM_ERR_NONE;
    (void)!hm_fail(&failed, HM_BAD_INPUT, "bundle-locked", i->path, NULL, NULL);
    return skip_refused(i, &failed, err);
}

static enum hm_status take_body(void *ctx,
                                struct hm_bytes body,
                                size_t declared,
                                struct hm_err *err)
{
    struct importing *i = ctx;
    struct hm_err failed = HM_ERR_NONE;
    if (i->skips) {
        return HM_OK;
    }
    enum hm_status status =
        hm_session_file_begin(i->session, i->head.epoch, i->head.incarnation,
                              i->head.part == 1 && i->bodies == 0, &failed);
    i->bodies++;
    if (status == HM_OK) {
        (void)hm_session_put(i->session, body);
        status = hm_session_file_end(i->session, body.size == declared, &failed);
    }
    return status == HM_OK ? HM_OK : skip_refused(i, &failed, err);
}

static enum hm_status take_raw(void *ctx, struct hm_bytes bytes, struct hm_err *err)
{
    struct importing *i = ctx;
    return i->carries ? hm_cargo_put(&i->cargo, bytes, err) : HM_OK;
}

static enum hm_status take_end(void *ctx, bool more, struct hm_err *err)
{
    struct importing *i = ctx;
    enum hm_status status = i->carries ? hm_cargo_end(&i->cargo, err) : HM_OK;
    i->carries = false;
    i->more = i->more || more;
    i->whole += i->head_ours && !i->skips;
    return status;
}

static enum hm_status take_all(struct importing *i, struct hm_err *err)
{
    struct hm_err failed = HM_ERR_NONE;
    char kept[NUMBER_SIZE];
    const struct hm_bundle_taker taker = {i,         take_head, take_locked,
                                          take_body, take_raw,  take_end};
    hm_session_begin(i->session);
    enum hm_status status = hm_bundle_in(i->path, &i->self, &i->replica.key,
                                         &i->replica.secret, &taker, &failed);
    if (status == HM_OK && i->ours + i->carried == 0) {
        return hm_fail(err, HM_BAD_INPUT,
                       i->foreign > 0 ? "bundle-foreign" : "bundle-reader", i->path, NULL,
                       NULL);
    }
    if (status == HM_OK && i->refusals > 0 && i->whole + i->carried == 0) {
        if (err != NULL && err->status == HM_OK) {
            *err = i->refusal;
        }
        return i->refusal.status;
    }
    if (status == HM_OK) {
        return HM_OK;
    }
    uint64_t entries = hm_session_stats(i->session)->entries;
    bool cut = hm_bytes_are(hm_text(failed.key), "bundle-torn");
    if (entries > 0 && (cut || hm_bytes_are(hm_text(failed.key), "bundle-broken"))) {
        (void)snprintf(kept, sizeof(kept), "%" PRIu64, entries);
        return hm_fail(err, status, cut ? "bundle-torn-kept" : "bundle-broken-kept",
                       i->path, kept, NULL);
    }
    if (err != NULL && err->status == HM_OK) {
        *err = failed;
    }
    return status;
}

static enum hm_status show_json(const struct importing *i,
                                const struct hm_view *view,
                                struct hm_err *err)
{
    const struct hm_session_stats *stats = hm_session_stats(i->session);
    struct hm_buf buf;
    struct hm_json_write out;
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "changes", (int64_t)stats->changes_down);
    hm_json_put_int(&out, "entries", (int64_t)stats->entries);
    hm_json_put_int(&out, "acknowledged", (int64_t)stats->changes_up);
    hm_json_put_int(&out, "quarantined", (int64_t)stats->quarantined);
    hm_json_put_int(&out, "bundles", (int64_t)i->ours);
    hm_json_put_int(&out, "others", (int64_t)i->others);
    hm_json_put_int(&out, "carried", (int64_t)i->cargo.taken);
    hm_json_put_int(&out, "skipped", (int64_t)i->refusals);
    hm_json_put_bool(&out, "more", i->more);
    hm_json_close(&out, '}');
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

static void say(const struct importing *i, const struct hm_view *view)
{
    const struct hm_session_stats *stats = hm_session_stats(i->session);
    char changes[NUMBER_SIZE];
    char acknowledged[NUMBER_SIZE];
    char next[NUMBER_SIZE];
    char carried[NUMBER_SIZE];
    (void)snprintf(changes, sizeof(changes), "%" PRIu64, stats->changes_down);
    (void)snprintf(acknowledged, sizeof(acknowledged), "%" PRIu64, stats->changes_up);
    (void)snprintf(next, sizeof(next), "%" PRIu64, i->head.part + 1);
    bool news = stats->entries > 0 || stats->changes_up > 0;
    bool none = !news && i->refusals > 0;
    if (i->whole > 0 && !none) {
        hm_view_say(view, news ? "bundle.received" : "bundle.taken-none", i->path,
                    changes, acknowledged);
    }
    if (i->carried > 0) {
        (void)snprintf(carried, sizeof(carried), "%zu", i->carried);
        hm_view_say(view, "bundle.carried", carried, NULL, NULL);
    }
    if (i->refusals > 0) {
        hm_view_say_why(view, none ? "bundle.skipped-rest" : "bundle.skipped",
                        i->refusals, &i->refusal);
    }
    if (i->more) {
        hm_view_say(view, "bundle.more", next, NULL, NULL);
    }
}

static enum hm_status show(const struct importing *i,
                           enum hm_status status,
                           struct hm_err *err)
{
    struct hm_view view;
    bool kept = hm_session_stats(i->session)->entries > 0;
    hm_desk_view(&view, i->call);
    if (i->call->args->json && (status == HM_OK || kept)) {
        enum hm_status shown = show_json(i, &view, err);
        return status == HM_OK ? shown : status;
    }
    if (status == HM_OK) {
        say(i, &view);
    }
    return status;
}

enum hm_status hm_run_bundle_import(struct hm_call *call, struct hm_err *err)
{
    struct importing i = {.call = call,
                          .path = call->args->operands[0],
                          .cargo = {.draft = {.folder = -1, .fd = -1}}};
    hm_arena_init(&i.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = open_self(&i, err);
    if (status == HM_OK) {
        status = take_all(&i, err);
        status = show(&i, status, err);
    }
    hm_cargo_fini(&i.cargo);
    hm_session_close(i.session);
    if (status == HM_OK) {
        hm_replica_scrub(i.replica.store, i.folder); /* of units that it took from here */
    }
    hm_replica_close(&i.replica);
    free(i.folder);
    hm_arena_fini(&i.arena);
    return status;
}
