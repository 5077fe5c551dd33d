/* SPDX-License-Identifier: Apache-2.0 */
/* permits, end: who may do what where, and how that ends. */
#include "hamlet/api/fleet.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "rights.h"
#include "show.h"

enum hm_status hm_permits_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    const struct hm_fleet_row *row = NULL;
    struct hm_arena arena;
    struct hm_view view;
    enum hm_status status = HM_OK;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_show_view(&view, call, ctx->store);
    if (call->args->operand_count > 0) {
        status = hm_rights_device(ctx, call->args->operands[0], &row, &arena, err);
    }
    if (status == HM_OK) {
        status =
            hm_api_permits(&view, HM_NO_BYTES, row == NULL ? NULL : &row->device, err);
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- end ---- */

struct listing {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_permit *permits;
    size_t count;
    struct hm_view view;
    struct hm_show show;
    struct hm_arena arena;
};

static enum hm_status find(struct listing *list,
                           struct hm_permit **found,
                           struct hm_err *err)
{
    const char *given = list->call->args->operands[0];
    struct hm_id record;
    bool is_id = hm_id_get_hex(&record, hm_text(given));
    enum hm_status status = hm_store_permits(list->ctx->store, NULL, &list->permits,
                                             &list->count, &list->arena, err);
    for (size_t i = 0; i < list->count && status == HM_OK && is_id; i++) {
        if (hm_id_equal(&list->permits[i].record, &record)) {
            *found = &list->permits[i];
        }
    }
    if (status == HM_OK && *found == NULL) {
        return hm_fail(err, HM_NOT_FOUND, "permit-missing", given, NULL, NULL);
    }
    if (status == HM_OK && hm_id_equal(&(*found)->device, &list->ctx->device)) {
        return hm_fail(err, HM_DENIED, "device-server", given, NULL, NULL);
    }
    return status;
}

/* One that ends when it is seen may still be ended at once, and not the other way. */
static enum hm_status take(struct listing *list,
                           struct hm_permit *permit,
                           struct hm_err *err)
{
    struct hm_author *author = NULL;
    bool once = hm_args_has(list->call->args, "at-once");
    if (permit->ended && (!once || !permit->when_seen)) {
        return HM_OK;
    }
    enum hm_status status = hm_rights_begin(list->ctx, &author, err);
    if (status == HM_OK) {
        status = hm_rights_take(author, permit, once ? HM_ENDED_ONCE : HM_ENDED_SEEN,
                                &list->arena, err);
    }
    status = hm_rights_end(author, status, err);
    if (status == HM_OK) {
        permit->ended = true;
        permit->when_seen = !once;
        permit->seen = false;
    }
    return status;
}

enum hm_status hm_end_run(struct hm_call *call, struct hm_err *err)
{
    struct listing list = {.call = call, .ctx = call->ctx};
    struct hm_permit *permit = NULL;
    hm_arena_init(&list.arena, HM_COMMAND_ARENA_MAX);
    hm_show_view(&list.view, call, list.ctx->store);
    enum hm_status status = find(&list, &permit, err);
    if (status == HM_OK) {
        status = take(&list, permit, err);
    }
    struct hm_bytes unit = HM_NO_BYTES;
    if (status == HM_OK && call->args->json) {
        status = hm_view_unit_name(&list.view, permit->home, &unit, &list.arena, err);
    }
    if (status == HM_OK && call->args->json) {
        hm_show_begin(&list.show);
        hm_permit_put(&list.show.out, permit, unit);
        status = hm_show_end(&list.show, call, HM_OK, err);
    } else if (status == HM_OK) {
        hm_permit_say(&list.view, permit, &list.arena);
    }
    hm_arena_fini(&list.arena);
    return status;
}
