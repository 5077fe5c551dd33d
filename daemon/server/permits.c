/* SPDX-License-Identifier: Apache-2.0 */
/* permits, end: who may do what where, and how that ends. */
#include <stdio.h>

#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/store/registry.h"
#include "rights.h"
#include "show.h"

struct listing {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_permit *permits;
    size_t count;
    struct hm_view view;
    struct hm_show show;
    struct hm_arena arena;
};

/* `ending`: as soon as the device has heard of it. */
static const char *state_of(const struct hm_permit *permit)
{
    if (!permit->ended) {
        return "active";
    }
    return permit->when_seen && !permit->seen ? "ending" : "ended";
}

static void put_permit(struct hm_json_write *out, const struct hm_permit *permit)
{
    hm_json_open(out, '{');
    hm_json_put_hex(out, "permit", hm_id_bytes(&permit->record));
    hm_json_put_hex(out, "device", hm_id_bytes(&permit->device));
    hm_show_text(out, "name", permit->name);
    hm_json_put_text(out, "role", permit->role);
    hm_json_put_text(out, "unit", permit->home);
    hm_json_put_text(out, "state", hm_text(state_of(permit)));
    hm_json_close(out, '}');
}

/* Name, role and unit, for the front of a sentence. */
static const char *who(struct listing *list, const struct hm_permit *permit)
{
    enum hm_role role = HM_ROLE_VIEWER;
    const char *made = NULL;
    struct hm_buf text;
    hm_buf_init(&text, (size_t)8 * HM_NAME_MAX);
    hm_buf_put_bytes(&text, permit->name);
    hm_buf_put_text(&text, ", ");
    if (hm_role_find(&role, permit->role)) {
        hm_buf_put_text(&text, hm_words_ui(list->call->words, hm_role_word(role)));
        hm_buf_put_text(&text, ", ");
    }
    hm_buf_put_bytes(&text, permit->home);
    if (hm_buf_status(&text, NULL) == HM_OK) {
        made = hm_arena_copy_text(&list->arena, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return made == NULL ? "" : made;
}

static void say_permit(struct listing *list, const struct hm_permit *permit)
{
    char id[HM_HEX16_SIZE];
    const char *key = !permit->ended                       ? "permits.active"
                      : permit->when_seen && !permit->seen ? "permits.ending"
                                                           : "permits.ended";
    hm_hex_put(id, hm_id_bytes(&permit->record));
    hm_view_say(&list->view, key, id, who(list, permit), NULL);
}

static enum hm_status load(struct listing *list, struct hm_err *err)
{
    const struct hm_fleet_row *row = NULL;
    enum hm_status status = HM_OK;
    if (list->call->args->operand_count > 0) {
        status = hm_rights_device(list->ctx, list->call->args->operands[0], &row,
                                  &list->arena, err);
    }
    return status != HM_OK
               ? status
               : hm_store_permits(list->ctx->store, row == NULL ? NULL : &row->device,
                                  &list->permits, &list->count, &list->arena, err);
}

enum hm_status hm_permits_run(struct hm_call *call, struct hm_err *err)
{
    struct listing list = {.call = call, .ctx = call->ctx};
    hm_arena_init(&list.arena, HM_COMMAND_ARENA_MAX);
    hm_show_view(&list.view, call, NULL);
    hm_show_begin(&list.show);
    hm_json_open(&list.show.out, '[');
    enum hm_status status = load(&list, err);
    for (size_t i = 0; i < list.count && status == HM_OK; i++) {
        if (call->args->json) {
            put_permit(&list.show.out, &list.permits[i]);
        } else {
            say_permit(&list, &list.permits[i]);
        }
    }
    hm_json_close(&list.show.out, ']');
    if (call->args->json) {
        status = hm_show_end(&list.show, call, status, err);
    }
    hm_buf_fini(&list.show.buf);
    hm_arena_fini(&list.arena);
    return status;
}

/* ---- end ---- */

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
    hm_show_view(&list.view, call, NULL);
    enum hm_status status = find(&list, &permit, err);
    if (status == HM_OK) {
        status = take(&list, permit, err);
    }
    if (status == HM_OK && call->args->json) {
        hm_show_begin(&list.show);
        put_permit(&list.show.out, permit);
        status = hm_show_end(&list.show, call, HM_OK, err);
    } else if (status == HM_OK) {
        say_permit(&list, permit);
    }
    hm_arena_fini(&list.arena);
    return status;
}
