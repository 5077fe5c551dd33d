/* SPDX-License-Identifier: Apache-2.0 */
/* devices: who may write here, who was invited, and when each was last heard of. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/store/server.h"
#include "show.h"

enum { NUMBER_SIZE = 24 };

/* ---- as JSON ---- */

static void put_notices(struct hm_json_write *out,
                        const struct hm_notice *notices,
                        size_t count)
{
    hm_json_key(out, "notices");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct hm_notice *notice = &notices[i];
        bool copied = notice->type == HM_NOTICE_COPIED;
        hm_json_open(out, '{');
        hm_json_put_text(out, "type", hm_text(copied ? "copied" : "restored"));
        hm_json_put_wall(out, "time", notice->time);
        hm_json_put_int(out, "epoch", notice->epoch);
        hm_json_put_int(out, "carries_on", notice->parent);
        hm_json_put_int(out, "moved", notice->moved);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_visit(struct hm_json_write *out, const struct hm_visit *visit)
{
    if (visit == NULL) {
        hm_show_null(out, "epoch");
        hm_show_null(out, "last_contact");
        hm_show_null(out, "pending");
        hm_show_null(out, "clock_offset_ms");
        hm_show_null(out, "version");
        return;
    }
    hm_json_put_int(out, "epoch", visit->epoch);
    hm_json_put_wall(out, "last_contact", visit->contact);
    hm_json_put_int(out, "pending", visit->waiting);
    hm_json_put_int(out, "clock_offset_ms", visit->offset_ms);
    hm_show_text(out, "version", visit->version);
}

static void put_device(struct hm_json_write *out,
                       const struct hm_fleet_row *row,
                       const struct hm_notice *notices,
                       size_t count)
{
    hm_json_open(out, '{');
    hm_json_put_hex(out, "device", hm_id_bytes(&row->device));
    hm_show_text(out, "name", row->name);
    hm_show_text(out, "unit", row->home);
    hm_show_text(out, "role", row->role);
    hm_json_put_text(out, "state", hm_text(row->revoked ? "revoked" : "active"));
    put_visit(out, row->visited ? &row->visit : NULL);
    put_notices(out, notices, count);
    hm_json_close(out, '}');
}

/* Until it is redeemed nobody knows which device it will be. */
static void put_invited(struct hm_json_write *out, const struct hm_invited *invited)
{
    hm_json_open(out, '{');
    hm_show_null(out, "device");
    hm_json_put_text(out, "name", invited->name);
    hm_json_put_text(out, "unit", invited->home);
    hm_json_put_text(out, "role", invited->role);
    hm_json_put_text(out, "state", hm_text("invited"));
    put_visit(out, NULL);
    put_notices(out, NULL, 0);
    hm_json_put_hex(out, "invitation", hm_id_bytes(&invited->id));
    hm_json_put_wall(out, "expires", invited->expires);
    hm_json_close(out, '}');
}

/* ---- in words ---- */

/* Name, role and unit of whoever it is, for the middle of a sentence. */
static const char *who(const struct hm_call *call,
                       struct hm_bytes name,
                       struct hm_bytes role,
                       struct hm_bytes home,
                       struct hm_arena *arena)
{
    enum hm_role known = HM_ROLE_VIEWER;
    const char *made = NULL;
    struct hm_buf text;
    hm_buf_init(&text, (size_t)8 * HM_NAME_MAX);
    hm_buf_put_bytes(&text, name);
    hm_buf_put_text(&text, ", ");
    if (hm_role_find(&known, role)) {
        hm_buf_put_text(&text, hm_words_ui(call->words, hm_role_word(known)));
        hm_buf_put_text(&text, ", ");
    }
    hm_buf_put_bytes(&text, home);
    if (hm_buf_status(&text, NULL) == HM_OK) {
        made = hm_arena_copy_text(arena, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return made == NULL ? "" : made;
}

static void say_device(const struct hm_view *view,
                       const struct hm_call *call,
                       const struct hm_fleet_row *row,
                       struct hm_arena *arena)
{
    const char *name = who(call, row->name, row->role, row->home, arena);
    char when[HM_VIEW_TIME_SIZE];
    char waiting[NUMBER_SIZE];
    if (row->revoked) {
        hm_view_say(view, "devices.revoked", name, NULL, NULL);
    } else if (!row->visited) {
        hm_view_say(view, "devices.unseen", name, NULL, NULL);
    } else {
        hm_view_time(when, row->visit.contact);
        (void)snprintf(waiting, sizeof(waiting), "%" PRId64, row->visit.waiting);
        hm_view_say(view, "devices.active", name, when, waiting);
    }
}

static void say_notices(const struct hm_view *view,
                        const struct hm_notice *notices,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool copied = notices[i].type == HM_NOTICE_COPIED;
        char when[HM_VIEW_TIME_SIZE];
        char moved[NUMBER_SIZE];
        hm_view_time(when, notices[i].time);
        (void)snprintf(moved, sizeof(moved), "%" PRId64, notices[i].moved);
        hm_view_say(view, copied ? "devices.copied" : "devices.restored", when, moved,
                    NULL);
    }
}

static void say_invited(const struct hm_view *view,
                        const struct hm_call *call,
                        const struct hm_invited *invited,
                        struct hm_arena *arena)
{
    const char *name = who(call, invited->name, invited->role, invited->home, arena);
    char when[HM_VIEW_TIME_SIZE];
    hm_view_time(when, invited->expires);
    hm_view_say(view, "devices.invited", name, when, NULL);
}

/* ---- all of them ---- */

struct listing {
    const struct hm_call *call;
    struct hm_notice *notices; /* those of a device lie together */
    size_t notice_count;
    struct hm_view view;
    struct hm_show show;
    struct hm_arena arena;
};

static void list_device(struct listing *list, const struct hm_fleet_row *row)
{
    const struct hm_notice *first = list->notices;
    const struct hm_notice *end = list->notices + list->notice_count;
    size_t count = 0;
    while (first < end && !hm_id_equal(&first->device, &row->device)) {
        first++;
    }
    while (first + count < end && hm_id_equal(&first[count].device, &row->device)) {
        count++;
    }
    if (list->call->args->json) {
        put_device(&list->show.out, row, first, count);
    } else {
        say_device(&list->view, list->call, row, &list->arena);
        say_notices(&list->view, first, count);
    }
}

static void list_invited(struct listing *list, const struct hm_invited *invited)
{
    if (list->call->args->json) {
        put_invited(&list->show.out, invited);
    } else {
        say_invited(&list->view, list->call, invited, &list->arena);
    }
}

static enum hm_status list_all(struct listing *list,
                               struct hm_control_ctx *ctx,
                               struct hm_err *err)
{
    struct hm_fleet_row *rows = NULL;
    struct hm_invited *invited = NULL;
    size_t row_count = 0;
    size_t invited_count = 0;
    enum hm_status status =
        hm_store_fleet(ctx->store, &rows, &row_count, &list->arena, err);
    if (status == HM_OK) {
        status = hm_store_notices(ctx->store, &list->notices, &list->notice_count,
                                  &list->arena, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_invitations(ctx->store, &invited, &invited_count, &list->arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    for (size_t i = 0; i < row_count; i++) {
        if (!hm_id_equal(&rows[i].device, &ctx->device)) { /* the server itself */
            list_device(list, &rows[i]);
        }
    }
    for (size_t i = 0; i < invited_count; i++) {
        if (hm_id_is_none(&invited[i].device)) {
            list_invited(list, &invited[i]);
        }
    }
    return hm_arena_status(&list->arena, err);
}

enum hm_status hm_devices_run(struct hm_call *call, struct hm_err *err)
{
    struct listing list = {.call = call};
    hm_arena_init(&list.arena, HM_COMMAND_ARENA_MAX);
    hm_show_view(&list.view, call, NULL);
    hm_show_begin(&list.show);
    hm_json_open(&list.show.out, '[');
    enum hm_status status = list_all(&list, call->ctx, err);
    hm_json_close(&list.show.out, ']');
    if (call->args->json) {
        status = hm_show_end(&list.show, call, status, err);
    }
    hm_buf_fini(&list.show.buf);
    hm_arena_fini(&list.arena);
    return status;
}
