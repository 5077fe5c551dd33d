/* SPDX-License-Identifier: Apache-2.0 */
/* invite: one device, once, with its first member. */
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "commands.h"
#include "config.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/log.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "hamlet/web/server.h"
#include "hamlet/wire/invitation.h"
#include "pins.h"
#include "rights.h"
#include "show.h"

enum { NUMBER_SIZE = 24 };

static const char default_validity[] = "7d";

struct inviting {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_config config;
    struct hm_invitation inv;
    struct hm_arena arena;
};

/* ---- what was asked for ---- */

static enum hm_status read_validity(struct inviting *in, struct hm_err *err)
{
    const char *given = hm_args_value(in->call->args, "valid");
    int64_t duration_ms = 0;
    int64_t now_ms = hm_env_wall(in->ctx->env).ms;
    given = given == NULL ? default_validity : given;
    if (!hm_duration_get(&duration_ms, hm_text(given)) || duration_ms <= 0 ||
        __builtin_add_overflow(now_ms, duration_ms, &in->inv.expires.ms)) {
        return hm_fail(err, HM_BAD_INPUT, "duration-form", given, NULL, NULL);
    }
    return HM_OK;
}

static enum hm_status read_line(struct inviting *in, struct hm_err *err)
{
    const char *name = hm_args_value(in->call->args, "name");
    enum hm_status status = hm_rights_unit(in->ctx, hm_args_value(in->call->args, "unit"),
                                           &in->inv.unit, &in->arena, err);
    if (status == HM_OK) {
        status =
            hm_rights_role(hm_args_value(in->call->args, "role"), &in->inv.role, err);
    }
    if (status == HM_OK) {
        status = hm_show_given(&in->inv.name, name, "--name", false, &in->arena, err);
    }
    return status == HM_OK ? read_validity(in, err) : status;
}

/* ---- what the server adds ---- */

static enum hm_status read_pins(struct inviting *in, struct hm_err *err)
{
    _Static_assert((int)HM_PINS_PIN_SIZE == (int)HM_INVITATION_PIN_SIZE, "of one kind");
    enum hm_status status = hm_pins_find(&in->inv.pins, in->ctx, err);
    memcpy(in->inv.pin, in->inv.pins.at[0], HM_INVITATION_PIN_SIZE);
    if (in->inv.pins.turn == 0) {
        in->inv.pins.count = 0; /* nothing is known but the certificate */
    }
    return status;
}

static enum hm_status fill(struct inviting *in, struct hm_err *err)
{
    in->inv.server = in->ctx->device;
    in->inv.key = in->ctx->key;
    enum hm_status status = hm_config_read(&in->config, in->ctx->dir, &in->arena, err);
    if (status == HM_OK) {
        in->inv.urls = in->config.urls;
        in->inv.url_count = in->config.url_count;
        status = read_pins(in, err);
    }
    if (status == HM_OK) {
        status = hm_env_random(in->ctx->env, in->inv.id.at, HM_ID_SIZE, err);
    }
    if (status == HM_OK) {
        status = hm_env_random(in->ctx->env, in->inv.secret, HM_ID_SIZE, err);
    }
    return status;
}

/* ---- writing and telling ---- */

static enum hm_status put_user(struct inviting *in,
                               struct hm_author *author,
                               struct hm_err *err)
{
    struct hm_added added;
    const struct hm_registry_value name = {HM_REGISTRY_NAME,
                                           hm_show_value(&in->arena, in->inv.name)};
    enum hm_status status = hm_arena_status(&in->arena, err);
    if (status == HM_OK) {
        status =
            hm_author_registry(author, HM_KIND_USER, NULL, NULL, &name, 1, &added, err);
    }
    if (status == HM_OK) {
        in->inv.user = added.record;
    }
    return status;
}

static enum hm_status put_row(struct inviting *in, struct hm_err *err)
{
    struct hm_invited invited = {.id = in->inv.id,
                                 .user = in->inv.user,
                                 .name = in->inv.name,
                                 .role = in->inv.role,
                                 .home = in->inv.unit,
                                 .expires = in->inv.expires};
    memcpy(invited.secret, in->inv.secret, HM_ID_SIZE);
    return hm_store_invitation_put(in->ctx->store, &invited, err);
}

/* On the page the invitation is a code, which holds so much. */
static enum hm_status check_code(const struct inviting *in, struct hm_err *err)
{
    struct hm_buf link;
    hm_buf_init(&link, (size_t)2 * HM_INVITATION_TEXT_MAX);
    hm_invitation_link(&link, hm_buf_bytes(&in->ctx->file));
    enum hm_status status = hm_buf_status(&link, err);
    if (status == HM_OK && link.size > HM_WEB_LINK_MAX) {
        char urls[NUMBER_SIZE];
        (void)snprintf(urls, sizeof(urls), "%zu", in->inv.url_count);
        status = hm_fail(err, HM_TOO_BIG, "invite-long", urls, NULL, NULL);
    }
    hm_buf_fini(&link);
    return status;
}

/* The file is made before the commit: what cannot be written was never invited. */
static enum hm_status write_all(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct inviting *in = ctx;
    hm_author_as_server(author);
    enum hm_status status = put_user(in, author, err);
    if (status == HM_OK) {
        status = put_row(in, err);
    }
    if (status == HM_OK) {
        status = hm_invitation_write(&in->ctx->file, &in->inv, &in->ctx->secret, err);
    }
    return status == HM_OK && in->ctx->account.size > 0 ? check_code(in, err) : status;
}

static enum hm_status show(struct inviting *in, struct hm_err *err)
{
    const struct hm_call *call = in->call;
    const char *name = hm_arena_copy_text(&in->arena, in->inv.name);
    char when[HM_VIEW_TIME_SIZE];
    struct hm_view view;
    struct hm_show show;
    struct hm_buf link;
    hm_buf_init(&link, (size_t)2 * HM_INVITATION_TEXT_MAX);
    hm_invitation_link(&link, hm_buf_bytes(&in->ctx->file));
    enum hm_status status = hm_buf_status(&link, err);
    if (status == HM_OK && call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_hex(&show.out, "id", hm_id_bytes(&in->inv.id));
        hm_json_put_text(&show.out, "unit", in->inv.unit);
        hm_json_put_text(&show.out, "role", in->inv.role);
        hm_json_put_text(&show.out, "name", in->inv.name);
        hm_json_put_wall(&show.out, "expires", in->inv.expires);
        hm_json_key(&show.out, "secret");
        hm_json_b64(&show.out, HM_BYTES(in->inv.secret));
        hm_json_put_text(&show.out, "link", hm_buf_bytes(&link));
        hm_json_close(&show.out, '}');
        status = hm_show_end(&show, call, HM_OK, err);
    } else if (status == HM_OK) {
        hm_show_view(&view, call, NULL);
        hm_view_time(when, in->inv.expires);
        const char *out = hm_args_value(call->args, "out");
        hm_view_say(&view, out == NULL ? "invite.made" : "invite.done",
                    name == NULL ? "" : name, out == NULL ? when : out, when);
        hm_view_say(&view, "invite.link", (const char *)link.data, NULL, NULL);
    }
    hm_buf_fini(&link);
    return status;
}

enum hm_status hm_invite_run(struct hm_call *call, struct hm_err *err)
{
    struct inviting in = {.call = call, .ctx = call->ctx};
    hm_arena_init(&in.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_line(&in, err);
    if (status == HM_OK) {
        status = fill(&in, err);
    }
    if (status == HM_OK) {
        status = hm_account_act(call->ctx, NULL, write_all, &in, &in.arena, err);
    }
    if (status == HM_OK) {
        status = show(&in, err);
    }
    explicit_bzero(in.inv.secret, sizeof(in.inv.secret));
    hm_arena_fini(&in.arena);
    return status;
}
