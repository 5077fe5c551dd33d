/* SPDX-License-Identifier: Apache-2.0 */
/* grant, move: what a device may do, given beside or in place of what it could. */
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "rights.h"
#include "show.h"

struct granting {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    const struct hm_fleet_row *row;
    struct hm_permit *permits; /* what the device has and had */
    size_t count;
    struct hm_permit given; /* the last one that was given */
    size_t given_count;
    struct hm_arena arena;
};

static enum hm_status read_device(struct granting *g, struct hm_err *err)
{
    enum hm_status status =
        hm_rights_device(g->ctx, g->call->args->operands[0], &g->row, &g->arena, err);
    if (status == HM_OK && g->row->revoked) {
        const char *given = g->call->args->operands[0];
        return hm_fail(err, HM_DENIED, "device-revoked", given, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_permits(g->ctx->store, &g->row->device, &g->permits, &g->count,
                                  &g->arena, err);
    }
    if (status == HM_OK) {
        g->given.device = g->row->device;
        status = hm_rights_unit(g->ctx, hm_args_value(g->call->args, "unit"),
                                &g->given.home, &g->arena, err);
    }
    return status;
}

/* Whose permit it is: of the one member the device has, or of the one that is named. */
static enum hm_status find_user(struct granting *g, struct hm_err *err)
{
    const char *name = hm_args_value(g->call->args, "name");
    const struct hm_permit *found = NULL;
    enum hm_status status = HM_OK;
    if (name != NULL) {
        status = hm_show_given(&g->given.name, name, "--name", false, &g->arena, err);
    }
    for (size_t i = 0; i < g->count && status == HM_OK; i++) {
        const struct hm_permit *other = &g->permits[i];
        if (name != NULL && !hm_bytes_equal(other->name, g->given.name)) {
            continue;
        }
        if (found != NULL && !hm_id_equal(&found->user, &other->user)) {
            return hm_fail(err, HM_BAD_INPUT, "grant-who", g->call->args->operands[0],
                           NULL, NULL);
        }
        found = other;
    }
    if (status == HM_OK && found != NULL) {
        g->given.user = found->user;
        g->given.name = found->name;
    } else if (status == HM_OK && name == NULL) {
        status = hm_fail(err, HM_BAD_INPUT, "grant-who", g->call->args->operands[0], NULL,
                         NULL);
    }
    return status;
}

/* A name that nobody on this device has yet is a new member. */
static enum hm_status need_user(struct granting *g,
                                struct hm_author *author,
                                struct hm_err *err)
{
    struct hm_added added;
    if (!hm_id_is_none(&g->given.user)) {
        return HM_OK;
    }
    const struct hm_registry_value name = {HM_REGISTRY_NAME,
                                           hm_show_value(&g->arena, g->given.name)};
    enum hm_status status = hm_arena_status(&g->arena, err);
    if (status == HM_OK) {
        status =
            hm_author_registry(author, HM_KIND_USER, NULL, NULL, &name, 1, &added, err);
    }
    if (status == HM_OK) {
        g->given.user = added.record;
    }
    return status;
}

static const struct hm_permit *standing(const struct granting *g,
                                        const struct hm_permit *like)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct hm_permit *permit = &g->permits[i];
        if (!permit->ended && hm_id_equal(&permit->user, &like->user) &&
            hm_bytes_equal(permit->role, like->role) &&
            hm_bytes_equal(permit->home, like->home)) {
            return permit;
        }
    }
    return NULL;
}

/* What stands already is not given twice: the command may be given again. */
static enum hm_status give(struct granting *g,
                           struct hm_author *author,
                           struct hm_err *err)
{
    const struct hm_permit *known = standing(g, &g->given);
    if (known != NULL) {
        g->given.record = known->record;
        return HM_OK;
    }
    enum hm_status status = need_user(g, author, err);
    if (status == HM_OK) {
        status = hm_rights_put(author, &g->given, &g->arena, err);
        g->given_count++;
    }
    return status;
}

static enum hm_status show(struct granting *g, const char *key, struct hm_err *err)
{
    struct hm_view view;
    struct hm_show show;
    if (g->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_hex(&show.out, "permit", hm_id_bytes(&g->given.record));
        hm_json_put_hex(&show.out, "device", hm_id_bytes(&g->row->device));
        hm_show_text(&show.out, "name", g->given.name);
        hm_json_put_text(&show.out, "role", g->given.role);
        hm_json_put_text(&show.out, "unit", g->given.home);
        hm_json_put_int(&show.out, "given", (int64_t)g->given_count);
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, g->call, HM_OK, err);
    }
    const char *name = hm_arena_copy_text(&g->arena, g->row->name);
    const char *unit = hm_arena_copy_text(&g->arena, g->given.home);
    hm_show_view(&view, g->call, NULL);
    hm_view_say(&view, key, name == NULL ? "" : name, unit == NULL ? "" : unit, NULL);
    return hm_arena_status(&g->arena, err);
}

/* ---- grant ---- */

enum hm_status hm_grant_run(struct hm_call *call, struct hm_err *err)
{
    struct granting g = {.call = call, .ctx = call->ctx};
    struct hm_author *author = NULL;
    hm_arena_init(&g.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = read_device(&g, err);
    if (status == HM_OK) {
        status = hm_rights_role(hm_args_value(call->args, "role"), &g.given.role, err);
    }
    if (status == HM_OK) {
        status = find_user(&g, err);
    }
    if (status == HM_OK) {
        status = hm_rights_begin(g.ctx, &author, err);
    }
    if (status == HM_OK) {
        status = give(&g, author, err);
    }
    status = hm_rights_end(author, status, err);
    if (status == HM_OK) {
        status = show(&g, "grant.done", err);
    }
    hm_arena_fini(&g.arena);
    return status;
}

/* ---- move ---- */

/* Each permit that stands is given anew in the other unit, and ends where it was. */
static enum hm_status move_all(struct granting *g,
                               struct hm_author *author,
                               struct hm_err *err)
{
    const char *how =
        hm_args_has(g->call->args, "at-once") ? HM_ENDED_ONCE : HM_ENDED_SEEN;
    const struct hm_bytes home = g->given.home;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < g->count && status == HM_OK; i++) {
        const struct hm_permit *permit = &g->permits[i];
        if (permit->ended || hm_bytes_equal(permit->home, home)) {
            continue;
        }
        g->given = *permit;
        g->given.home = home;
        status = give(g, author, err);
        if (status == HM_OK) {
            status = hm_rights_take(author, permit, how, &g->arena, err);
        }
    }
    return status != HM_OK || hm_bytes_equal(g->row->home, home)
               ? status
               : hm_rights_put_device(author, &g->row->device, HM_REGISTRY_HOME,
                                      hm_show_value(&g->arena, home), &g->arena, err);
}

/* The permit that a move leaves standing, where it is given a second time. */
static enum hm_status find_moved(struct granting *g, struct hm_err *err)
{
    const struct hm_permit *found = NULL;
    for (size_t i = 0; i < g->count; i++) {
        found = g->permits[i].ended ? found : &g->permits[i];
    }
    if (found == NULL) {
        return hm_fail(err, HM_NOT_FOUND, "move-none", g->call->args->operands[0], NULL,
                       NULL);
    }
    const struct hm_bytes home = g->given.home;
    g->given = *found;
    g->given.home = home;
    return HM_OK;
}

enum hm_status hm_move_run(struct hm_call *call, struct hm_err *err)
{
    struct granting g = {.call = call, .ctx = call->ctx};
    struct hm_author *author = NULL;
    hm_arena_init(&g.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = read_device(&g, err);
    if (status == HM_OK) {
        status = find_moved(&g, err);
    }
    if (status == HM_OK) {
        status = hm_rights_begin(g.ctx, &author, err);
    }
    if (status == HM_OK) {
        status = move_all(&g, author, err);
    }
    status = hm_rights_end(author, status, err);
    if (status == HM_OK) {
        status = show(&g, "move.done", err);
    }
    hm_arena_fini(&g.arena);
    return status;
}
