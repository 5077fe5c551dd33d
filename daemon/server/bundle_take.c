/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of a laptop's file, judged and kept as requests are. */
#include "bundle.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"
#include "hamlet/store/registry.h"
#include "hamlet/sync/serving.h"

struct taking {
    struct hm_control_ctx *ctx;
    const char *path; /* of the file, for errors */
    struct hm_bundle_head head;
    struct hm_serving_self self;
    struct hm_file_part part;
    uint64_t fresh;
    uint64_t refused;
    uint64_t enrolled;
    uint64_t copied; /* bodies that contradict what another disk of the device sent */
    enum hm_problem problem;
    struct hm_arena arena;
};

/* ---- whose it is ---- */

/* The key of a device that is not known yet is one that its id was made of. */
static enum hm_status find_key(struct taking *t, struct hm_key *key, struct hm_err *err)
{
    char from[HM_HEX16_SIZE];
    struct hm_device device;
    hm_hex_put(from, hm_id_bytes(&t->head.from));
    enum hm_status status =
        hm_store_device_get(t->ctx->store, &t->head.from, &device, &t->arena, err);
    if (status != HM_OK) {
        return status;
    }
    if (device.revoked) {
        return hm_fail(err, HM_DENIED, "bundle-revoked", t->path, from, NULL);
    }
    if (t->head.keys_size > 0) {
        struct hm_bytes text = {t->head.keys, t->head.keys_size};
        return hm_keys_meet(key, device.keys, text, &t->head.from)
                   ? HM_OK
                   : hm_fail(err, HM_BAD_INPUT, "bundle-unknown", t->path, from, NULL);
    }
    struct hm_id own = hm_sign_device(&t->head.key);
    if (!device.known && (!t->head.has_key || !hm_id_equal(&own, &t->head.from))) {
        return hm_fail(err, HM_BAD_INPUT, "bundle-unknown", t->path, from, NULL);
    }
    *key = device.known ? device.key : t->head.key;
    return HM_OK;
}

/* A key that was replaced: what it signed last is written again with the new one. */
static bool is_by_old_key(struct taking *t, const struct hm_bundle_line *line)
{
    struct hm_device device;
    struct hm_keys keys;
    bool old = false;
    if (hm_store_device_get(t->ctx->store, &t->head.from, &device, &t->arena, NULL) ==
            HM_OK &&
        device.known && hm_keys_read(&keys, device.keys, &device.id)) {
        for (size_t i = 0; i + 1 < keys.count && !old; i++) {
            old = hm_bundle_head_check(line, &keys.at[i]);
        }
    }
    return old;
}

static enum hm_status check_head(struct taking *t,
                                 struct hm_bytes text,
                                 struct hm_err *err)
{
    struct hm_bundle_line line;
    struct hm_key key;
    enum hm_status status = hm_bundle_head_read(&t->head, &line, text, NULL);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY
                   ? hm_fail_memory(err)
                   : hm_fail(err, HM_BAD_INPUT, "bundle-broken", t->path, NULL, NULL);
    }
    if (!hm_id_equal(&t->head.server, &t->ctx->device) ||
        !hm_id_equal(&t->head.to, &t->ctx->device)) {
        return hm_fail(err, HM_BAD_INPUT, "bundle-foreign", t->path, NULL, NULL);
    }
    status = find_key(t, &key, err);
    if (status == HM_OK && !hm_bundle_head_check(&line, &key)) {
        status = hm_fail(err, HM_BAD_INPUT,
                         is_by_old_key(t, &line) ? "bundle-old-key" : "bundle-broken",
                         t->path, NULL, NULL);
    }
    return status;
}

/* ---- what it says ---- */

static enum hm_status redeem(struct taking *t,
                             struct hm_serving *serving,
                             struct hm_err *err)
{
    struct hm_err refused = HM_ERR_NONE;
    const struct hm_request_enrolment *enrolment = hm_serving_enrolment(serving);
    if (enrolment == NULL) {
        return HM_OK;
    }
    enum hm_status status =
        hm_author_redeem(t->ctx->store, &t->ctx->secret, &enrolment->invitation,
                         hm_serving_first(serving), &enrolment->key, &refused);
    if (status == HM_DENIED || status == HM_NOT_FOUND) {
        hm_serving_refuse(serving, HM_PROBLEM_ENROLMENT);
        return HM_OK;
    }
    if (status != HM_OK && err != NULL && err->status == HM_OK) {
        *err = refused;
    }
    t->enrolled += status == HM_OK;
    return status;
}

/* The registry hears of a new key before what it signed is judged. */
static enum hm_status rotate(struct taking *t,
                             struct hm_serving *serving,
                             struct hm_err *err)
{
    struct hm_err refused = HM_ERR_NONE;
    struct hm_bytes keys = hm_serving_keys(serving);
    if (keys.size == 0) {
        return HM_OK;
    }
    enum hm_status status =
        hm_author_rotate(t->ctx->store, &t->ctx->secret, &t->head.from, keys, &refused);
    if (status == HM_DENIED) {
        return HM_OK; /* the commit finds out what stands in its way */
    }
    if (status != HM_OK && err != NULL && err->status == HM_OK) {
        *err = refused;
    }
    return status;
}

static enum hm_status commit(struct taking *t,
                             struct hm_serving *serving,
                             struct hm_err *err)
{
    const struct hm_request *request = hm_serving_request(serving);
    if (!hm_serving_commits(serving)) {
        return HM_OK;
    }
    if (!hm_id_equal(&request->device, &t->head.from)) {
        hm_serving_refuse(serving, HM_PROBLEM_SIGNATURE);
        return HM_OK;
    }
    enum hm_status status = redeem(t, serving, err);
    if (status == HM_OK) {
        status = rotate(t, serving, err);
    }
    if (status == HM_OK && hm_serving_commits(serving)) {
        status = hm_servings_commit(&serving, 1, t->ctx->store, err);
    }
    if (status == HM_OK) {
        t->fresh += hm_serving_fresh(serving);
        t->refused += hm_serving_refused(serving);
    }
    return status;
}

static enum hm_status take_body(struct taking *t,
                                struct hm_bytes body,
                                uint64_t declared,
                                struct hm_err *err)
{
    struct hm_serving *serving = NULL;
    enum hm_status status = hm_serving_open(&serving, &t->self, declared, err);
    if (status != HM_OK) {
        return status;
    }
    hm_serving_of_part(serving, &t->part);
    bool good = hm_serving_put(serving, t->ctx->store, body);
    if (good && body.size == declared) {
        hm_serving_end(serving);
    }
    status = commit(t, serving, err);
    t->problem = hm_serving_problem(serving);
    if (status == HM_OK && t->problem == HM_PROBLEM_STALE) {
        t->copied++; /* kept all the same; the answer tells that disk */
        t->problem = HM_PROBLEM_NONE;
    }
    hm_serving_close(serving);
    return status;
}

static enum hm_status take_bodies(struct taking *t,
                                  struct hm_unpack *in,
                                  struct hm_err *err)
{
    enum hm_status status = HM_OK;
    size_t count = hm_unpack_count(in, 2);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        uint64_t declared = hm_unpack_uint(in);
        struct hm_bytes body = hm_unpack_bytes(in);
        if (in->failed || t->problem != HM_PROBLEM_NONE) {
            break;
        }
        status = take_body(t, body, declared, err);
    }
    return status;
}

/* Later parts go by it, so it is noted once all bodies are safe. */
static enum hm_status end_part(struct taking *t, bool more, struct hm_err *err)
{
    enum hm_status status = hm_store_begin(t->ctx->store, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_file_part_taken(&t->part, t->ctx->store, more, err);
    if (status == HM_OK) {
        return hm_store_commit(t->ctx->store, err);
    }
    hm_store_rollback(t->ctx->store);
    return status;
}

static enum hm_status take_part(struct taking *t,
                                struct hm_unpack *in,
                                struct hm_err *err)
{
    t->part = (struct hm_file_part){
        .device = t->head.from, .bundle = t->head.id, .number = t->head.part};
    enum hm_status status = hm_file_part_find(&t->part, t->ctx->store, err);
    if (status == HM_OK) {
        status = take_bodies(t, in, err);
    }
    uint64_t end = hm_unpack_uint(in);
    bool ends = !in->failed && end != HM_BUNDLE_GOES_ON;
    return status == HM_OK && ends && t->problem == HM_PROBLEM_NONE
               ? end_part(t, end == HM_BUNDLE_MORE_PARTS, err)
               : status;
}

enum hm_status hm_bundle_take_run(struct hm_call *call, struct hm_err *err)
{
    struct taking t = {.ctx = call->ctx, .path = call->args->operands[0]};
    struct hm_unpack in;
    int64_t incarnation = 0;
    t.self = (struct hm_serving_self){.server = t.ctx->device,
                                      .key = &t.ctx->key,
                                      .secret = &t.ctx->secret,
                                      .env = t.ctx->env};
    hm_arena_init(&t.arena, HM_REQUEST_ARENA_MAX);
    hm_unpack_init(&in, t.ctx->input);
    enum hm_status status = check_head(&t, hm_unpack_bytes(&in), err);
    if (status == HM_OK) {
        status = hm_store_meta_get_int(t.ctx->store, HM_META_INCARNATION, 0, &incarnation,
                                       err);
        t.self.incarnation = (uint64_t)incarnation;
    }
    if (status == HM_OK) {
        status = take_part(&t, &in, err);
    }
    if (status == HM_OK) {
        hm_pack_uint(&t.ctx->file, t.fresh);
        hm_pack_uint(&t.ctx->file, t.refused);
        hm_pack_uint(&t.ctx->file, t.enrolled);
        hm_pack_uint(&t.ctx->file, t.copied);
        hm_pack_uint(&t.ctx->file, t.part.waits ? t.part.missing : 0);
        hm_pack_uint(&t.ctx->file, (uint64_t)t.problem);
        status = hm_buf_status(&t.ctx->file, err);
    }
    hm_arena_fini(&t.arena);
    return status;
}
