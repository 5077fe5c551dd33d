/* SPDX-License-Identifier: Apache-2.0 */
/* revoke: from its commit on, a device neither reads nor writes here. */

#include "commands.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "rights.h"
#include "show.h"

struct revoking {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_bytes reason;
    const struct hm_fleet_row *row;
    size_t permit_count; /* that ended with it */
    size_t head_count;   /* chains that it names */
    struct hm_arena arena;
};

static enum hm_status end_permits(struct revoking *r,
                                  struct hm_author *author,
                                  struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_permits(r->ctx->store, &r->row->device, &permits,
                                             &count, &r->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!permits[i].ended || permits[i].when_seen) {
            status =
                hm_rights_take(author, &permits[i], HM_ENDED_REVOKED, &r->arena, err);
            r->permit_count++;
        }
    }
    return status;
}

/* What was accepted until now stands; what is beyond it came too late, whoever brings it.
 */
static enum hm_status name_heads(struct revoking *r,
                                 struct hm_author *author,
                                 struct hm_err *err)
{
    struct hm_revoked_head *heads = NULL;
    struct hm_buf value;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_store_heads(r->ctx->store, &r->row->device, &heads,
                                           &r->head_count, &r->arena, err);
    if (status == HM_OK) {
        hm_revoked_heads_put(&value, heads, r->head_count);
        status = hm_buf_status(&value, err);
    }
    if (status == HM_OK) {
        status = hm_rights_put_device(author, &r->row->device, HM_REGISTRY_HEADS,
                                      hm_buf_bytes(&value), &r->arena, err);
    }
    hm_buf_fini(&value);
    return status;
}

/* A device that is revoked already stays so: the command may be given again. */
static enum hm_status write_all(struct revoking *r, struct hm_err *err)
{
    struct hm_author *author = NULL;
    if (r->row->revoked) {
        return HM_OK;
    }
    enum hm_status status = hm_rights_begin(r->ctx, &author, err);
    if (status == HM_OK) {
        status = name_heads(r, author, err);
    }
    if (status == HM_OK) {
        status =
            hm_rights_put_device(author, &r->row->device, HM_REGISTRY_REVOKED,
                                 hm_show_value(&r->arena, r->reason), &r->arena, err);
    }
    if (status == HM_OK) {
        status = end_permits(r, author, err);
    }
    return hm_rights_end(author, status, err);
}

static enum hm_status show(struct revoking *r, struct hm_err *err)
{
    char device[HM_HEX16_SIZE];
    struct hm_view view;
    struct hm_show show;
    if (r->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_hex(&show.out, "device", hm_id_bytes(&r->row->device));
        hm_show_text(&show.out, "name", r->row->name);
        hm_json_put_int(&show.out, "permits", (int64_t)r->permit_count);
        hm_json_put_int(&show.out, "heads", (int64_t)r->head_count);
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, r->call, HM_OK, err);
    }
    const char *name = hm_arena_copy_text(&r->arena, r->row->name);
    hm_hex_put(device, hm_id_bytes(&r->row->device));
    hm_show_view(&view, r->call, NULL);
    hm_view_say(&view, "revoke.done", name == NULL ? "" : name, device, NULL);
    return HM_OK;
}

enum hm_status hm_revoke_run(struct hm_call *call, struct hm_err *err)
{
    struct revoking r = {.call = call, .ctx = call->ctx};
    hm_arena_init(&r.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_show_given(&r.reason, hm_args_value(call->args, "reason"),
                                          "--reason", true, &r.arena, err);
    if (status == HM_OK) {
        status = hm_rights_device(r.ctx, call->args->operands[0], &r.row, &r.arena, err);
    }
    if (status == HM_OK) {
        status = write_all(&r, err);
    }
    if (status == HM_OK) {
        status = show(&r, err);
    }
    hm_arena_fini(&r.arena);
    return status;
}
