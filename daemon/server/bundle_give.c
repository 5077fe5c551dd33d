/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of files for laptops: what each may read and does not have, as it said last. */
#include <string.h>

#include "bundle.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "hamlet/sync/serving.h"
#include "show.h"

struct giving {
    struct hm_control_ctx *ctx;
    const char *wanted; /* of --for; null: everybody */
    struct hm_serving_self self;
    struct hm_file_reader reader;
    struct hm_arena arena;
};

/* ---- for whom ---- */

static bool is_reader(const struct giving *g, const struct hm_fleet_row *row)
{
    return !row->revoked && !hm_id_equal(&row->device, &g->ctx->device);
}

static enum hm_status put_reader(struct giving *g,
                                 const struct hm_id *device,
                                 struct hm_buf *list,
                                 struct hm_err *err)
{
    struct hm_device known;
    enum hm_status status =
        hm_file_reader_get(&g->reader, g->ctx->store, device, &g->arena, err);
    if (status == HM_OK) {
        status = hm_store_device_get(g->ctx->store, device, &known, &g->arena, err);
    }
    if (status == HM_OK) {
        hm_buf_put_bytes(list, hm_id_bytes(device));
        hm_buf_put_bytes(list, HM_BYTES(known.key.at));
        hm_pack_uint(list, g->reader.epoch);
        hm_file_reader_put(list, &g->reader);
        status = hm_buf_status(list, err);
    }
    return status;
}

static enum hm_status is_meant(struct giving *g,
                               const struct hm_fleet_row *row,
                               bool unit,
                               const struct hm_id *id,
                               struct hm_bytes name,
                               bool *meant,
                               struct hm_err *err)
{
    *meant = g->wanted == NULL;
    if (g->wanted != NULL && unit) {
        return hm_store_unit_within(g->ctx->store, row->home, hm_text(g->wanted), meant,
                                    err);
    }
    if (g->wanted != NULL) {
        *meant =
            id != NULL ? hm_id_equal(&row->device, id) : hm_bytes_equal(row->name, name);
    }
    return HM_OK;
}

/* --for names a unit, whose devices all are meant, or one device by name or id. */
static enum hm_status find_readers(struct giving *g,
                                   struct hm_buf *list,
                                   size_t *count,
                                   struct hm_err *err)
{
    struct hm_fleet_row *rows = NULL;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_id id;
    size_t row_count = 0;
    bool unit = false;
    bool by_id = g->wanted != NULL && hm_id_get_hex(&id, hm_text(g->wanted));
    enum hm_status status =
        hm_store_fleet(g->ctx->store, &rows, &row_count, &g->arena, err);
    if (status == HM_OK && g->wanted != NULL) {
        status = hm_store_unit_known(g->ctx->store, hm_text(g->wanted), &unit, err);
    }
    if (status == HM_OK && g->wanted != NULL && !unit && !by_id) {
        status = hm_show_given(&name, g->wanted, "--for", false, &g->arena, err);
    }
    for (size_t i = 0; i < row_count && status == HM_OK; i++) {
        bool meant = false;
        status = is_meant(g, &rows[i], unit, by_id ? &id : NULL, name, &meant, err);
        if (status == HM_OK && meant && is_reader(g, &rows[i])) {
            status = put_reader(g, &rows[i].device, list, err);
            ++*count;
        }
    }
    if (status == HM_OK && *count == 0) {
        return hm_fail(err, HM_NOT_FOUND, "bundle-nobody",
                       g->wanted == NULL ? "" : g->wanted, NULL, NULL);
    }
    return status;
}

static enum hm_status give_readers(struct giving *g, struct hm_err *err)
{
    struct hm_buf list;
    size_t count = 0;
    hm_buf_init(&list, HM_FILE_BYTES_MAX);
    enum hm_status status = find_readers(g, &list, &count, err);
    if (status == HM_OK) {
        hm_pack_uint(&g->ctx->file, count);
        hm_buf_put_bytes(&g->ctx->file, hm_buf_bytes(&list));
        status = hm_buf_status(&g->ctx->file, err);
    }
    hm_buf_fini(&list);
    return status;
}

/* ---- what ---- */

static enum hm_status give_body(struct giving *g,
                                struct hm_buf *body,
                                bool *more,
                                struct hm_err *err)
{
    struct hm_serving *serving = NULL;
    enum hm_status status = hm_serving_open(&serving, &g->self, 0, err);
    if (status == HM_OK) {
        status = hm_serving_for_file(serving, g->ctx->store, &g->reader, err);
    }
    if (status == HM_OK) {
        status = hm_serving_answer(serving, g->ctx->store, body, err);
    }
    if (status == HM_OK) {
        *more = hm_serving_more(serving);
        status = hm_file_reader_keep(&g->reader, &g->arena, err);
    }
    hm_serving_close(serving);
    return status;
}

static enum hm_status give_bodies(struct giving *g, struct hm_err *err)
{
    struct hm_buf bodies;
    struct hm_buf body;
    size_t count = 0;
    bool more = true;
    enum hm_status status = HM_OK;
    hm_buf_init(&bodies, HM_FILE_BYTES_MAX);
    hm_buf_init(&body, HM_BUNDLE_BODY_MAX);
    while (status == HM_OK && more && bodies.size < HM_BUNDLE_AT_ONCE) {
        hm_buf_clear(&body);
        status = give_body(g, &body, &more, err);
        hm_pack_bytes(&bodies, hm_buf_bytes(&body));
        count++;
    }
    if (status == HM_OK) {
        hm_pack_uint(&g->ctx->file, more);
        hm_file_reader_put(&g->ctx->file, &g->reader);
        hm_pack_uint(&g->ctx->file, count);
        hm_buf_put_bytes(&g->ctx->file, hm_buf_bytes(&bodies));
        status = hm_buf_status(&bodies, err);
    }
    hm_buf_fini(&body);
    hm_buf_fini(&bodies);
    return status != HM_OK ? status : hm_buf_status(&g->ctx->file, err);
}

static enum hm_status read_question(struct giving *g, struct hm_err *err)
{
    struct hm_unpack in;
    hm_unpack_init(&in, g->ctx->input);
    struct hm_bytes device = hm_unpack_raw(&in, HM_ID_SIZE);
    uint64_t epoch = hm_unpack_uint(&in);
    if (in.failed || epoch > UINT32_MAX) {
        return hm_fail(err, HM_PROTOCOL, "control-message", NULL, NULL, NULL);
    }
    enum hm_status status = hm_file_reader_read(&g->reader, &in, &g->arena, err);
    if (status == HM_OK && !hm_unpack_done(&in)) {
        return hm_fail(err, HM_PROTOCOL, "control-message", NULL, NULL, NULL);
    }
    memcpy(g->reader.device.at, device.data, HM_ID_SIZE);
    g->reader.epoch = (uint32_t)epoch;
    return status;
}

enum hm_status hm_bundle_give_run(struct hm_call *call, struct hm_err *err)
{
    struct giving g = {.ctx = call->ctx, .wanted = hm_args_value(call->args, "for")};
    int64_t incarnation = 0;
    hm_arena_init(&g.arena, HM_REQUEST_ARENA_MAX);
    g.self = (struct hm_serving_self){.server = g.ctx->device,
                                      .key = &g.ctx->key,
                                      .secret = &g.ctx->secret,
                                      .env = g.ctx->env};
    enum hm_status status =
        hm_store_meta_get_int(g.ctx->store, HM_META_INCARNATION, 0, &incarnation, err);
    g.self.incarnation = (uint64_t)incarnation;
    if (status == HM_OK && g.ctx->input.size == 0) {
        status = give_readers(&g, err);
    } else if (status == HM_OK) {
        status = read_question(&g, err);
        status = status != HM_OK ? status : give_bodies(&g, err);
    }
    hm_arena_fini(&g.arena);
    return status;
}
