/* SPDX-License-Identifier: Apache-2.0 */
/* revoke: from its commit on, a device neither reads nor writes here. */

#include "commands.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "show.h"

/* How a permit ends that is taken away (PROTOCOL.md 5.1); others end when it is seen. */
static const char ended_at_once[] = "at once";

struct revoking {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_bytes reason;
    const struct hm_fleet_row *row;
    size_t permit_count; /* that ended with it */
    struct hm_arena arena;
};

/* ---- which device ---- */

static bool is_meant(const struct hm_fleet_row *row,
                     const struct hm_id *id,
                     struct hm_bytes name)
{
    return id != NULL ? hm_id_equal(&row->device, id) : hm_bytes_equal(row->name, name);
}

/*
 * By id, or by a name that only one of those has that were not revoked yet. A laptop that
 * was replaced often has the name of the one before.
 */
static enum hm_status find(struct revoking *r, struct hm_err *err)
{
    const char *given = r->call->args->operands[0];
    struct hm_fleet_row *rows = NULL;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_id id;
    size_t count = 0;
    size_t standing = 0;
    bool by_id = hm_id_get_hex(&id, hm_text(given));
    enum hm_status status = hm_store_fleet(r->ctx->store, &rows, &count, &r->arena, err);
    if (status == HM_OK) {
        status = hm_show_given(&name, given, "DEVICE", false, &r->arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!is_meant(&rows[i], by_id ? &id : NULL, name)) {
            continue;
        }
        if (r->row == NULL || r->row->revoked) {
            r->row = &rows[i];
        }
        standing += rows[i].revoked ? 0 : 1;
    }
    if (status == HM_OK && r->row == NULL) {
        status = hm_fail(err, HM_NOT_FOUND, "device-missing", given, NULL, NULL);
    } else if (status == HM_OK && standing > 1) {
        status = hm_fail(err, HM_NOT_FOUND, "device-several", given, NULL, NULL);
    } else if (status == HM_OK && hm_id_equal(&r->row->device, &r->ctx->device)) {
        status = hm_fail(err, HM_DENIED, "device-server", given, NULL, NULL);
    }
    return status;
}

/* ---- the end of its rights ---- */

static enum hm_status end_permits(struct revoking *r,
                                  struct hm_author *author,
                                  struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    struct hm_added added;
    size_t count = 0;
    const struct hm_registry_value ended = {
        HM_REGISTRY_ENDED, hm_show_value(&r->arena, hm_text(ended_at_once))};
    enum hm_status status = hm_store_permits(r->ctx->store, &r->row->device, &permits,
                                             &count, &r->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!permits[i].ended) {
            status = hm_author_registry(author, HM_KIND_PERMIT, &permits[i].record, NULL,
                                        &ended, 1, &added, err);
            r->permit_count++;
        }
    }
    return status;
}

static enum hm_status end_device(struct revoking *r,
                                 struct hm_author *author,
                                 struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    struct hm_id record;
    struct hm_added added;
    hm_hex_put(text, hm_id_bytes(&r->row->device));
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE),
                                     hm_show_value(&r->arena, hm_text(text))};
    const struct hm_registry_value revoked = {HM_REGISTRY_REVOKED,
                                              hm_show_value(&r->arena, r->reason)};
    enum hm_status status = hm_arena_status(&r->arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
    return hm_author_registry(author, HM_KIND_DEVICE, &record, NULL, &revoked, 1, &added,
                              err);
}

/* A device that is revoked already stays so: the command may be given again. */
static enum hm_status write_all(struct revoking *r, struct hm_err *err)
{
    struct hm_author *author = NULL;
    enum hm_status status = HM_OK;
    if (r->row->revoked) {
        return HM_OK;
    }
    status = hm_control_author(r->ctx, &author, err);
    if (status != HM_OK) {
        return status;
    }
    hm_author_as_server(author);
    status = hm_author_begin(author, err);
    if (status == HM_OK) {
        status = end_device(r, author, err);
        if (status == HM_OK) {
            status = end_permits(r, author, err);
        }
        if (status == HM_OK) {
            status = hm_author_commit(author, err);
        } else {
            hm_author_rollback(author);
        }
    }
    hm_author_close(author);
    return status;
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
        status = find(&r, err);
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
