/* SPDX-License-Identifier: Apache-2.0 */
/* admin add, code, end, list: who may sign in at the district's page, as what. */
#include <string.h>

#include "commands.h"
#include "hamlet/api/accounts.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/right.h"
#include "hamlet/replica/account.h"
#include "hamlet/store/registry.h"
#include "rights.h"
#include "show.h"

struct admin {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_bytes name;
    struct hm_account account;
    bool found;
    char code[HM_ACCOUNT_CODE_SIZE];
    struct hm_arena arena;
};

static enum hm_status read_name(struct admin *a, struct hm_err *err)
{
    struct hm_err none = HM_ERR_NONE;
    const char *given = a->call->args->operands[0];
    enum hm_status status = hm_show_given(&a->name, given, "NAME", false, &a->arena, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_account_find(a->ctx->store, a->name, &a->account, &a->arena, &none);
    a->found = status == HM_OK;
    return status == HM_OK || status == HM_NOT_FOUND
               ? HM_OK
               : hm_fail(err, status, none.key, none.arg[0], none.arg[1], none.arg[2]);
}

static enum hm_status missing(const struct admin *a, struct hm_err *err)
{
    return hm_fail(err, HM_NOT_FOUND, "account-missing", a->call->args->operands[0], NULL,
                   NULL);
}

/* An account that there is, and not that of whoever asks: his own page would be gone
 * under him, and a district might be left without anybody who could let him in again. */
static enum hm_status check_other(const struct admin *a, struct hm_err *err)
{
    if (!a->found) {
        return missing(a, err);
    }
    return a->ctx->account.size > 0 && hm_bytes_equal(a->ctx->account, a->account.name)
               ? hm_fail(err, HM_DENIED, "account-self", a->call->args->operands[0], NULL,
                         NULL)
               : HM_OK;
}

/* The code is told once: only its digest is kept. */
static enum hm_status show_code(struct admin *a, struct hm_err *err)
{
    struct hm_show show;
    struct hm_view view;
    const char *name = hm_arena_copy_text(&a->arena, a->account.name);
    if (!a->call->args->json) {
        hm_show_view(&view, a->call, NULL);
        hm_view_say(&view, "admin.code", name, a->code, NULL);
        return hm_arena_status(&a->arena, err);
    }
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_hex(&show.out, "user", hm_id_bytes(&a->account.user));
    hm_show_text(&show.out, "name", a->account.name);
    hm_json_put_text(&show.out, "role", hm_text(hm_role_name(a->account.role)));
    hm_json_put_text(&show.out, "unit", a->account.home);
    hm_json_put_text(&show.out, "code", hm_text(a->code));
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, a->call, HM_OK, err);
}

static enum hm_status invite(struct admin *a, struct hm_err *err)
{
    return hm_account_invite(a->ctx->store, &a->account.user, a->ctx->env, a->code, err);
}

/* ---- add ---- */

static enum hm_status read_role(struct admin *a, struct hm_err *err)
{
    const char *given = hm_args_value(a->call->args, "role");
    struct hm_bytes role = HM_NO_BYTES;
    enum hm_status status = hm_rights_role(given, &role, err);
    if (status == HM_OK && (!hm_role_find(&a->account.role, role) ||
                            !hm_role_may(a->account.role, HM_RIGHT_SELF))) {
        status = hm_fail(err, HM_BAD_INPUT, "account-role", given, NULL, NULL);
    }
    return status;
}

static enum hm_status put_user(struct admin *a,
                               struct hm_author *author,
                               struct hm_err *err)
{
    struct hm_added added;
    const struct hm_registry_value name = {HM_REGISTRY_NAME,
                                           hm_show_value(&a->arena, a->name)};
    enum hm_status status = hm_arena_status(&a->arena, err);
    if (status == HM_OK) {
        status =
            hm_author_registry(author, HM_KIND_USER, NULL, NULL, &name, 1, &added, err);
    }
    if (status == HM_OK) {
        a->account.user = added.record;
        a->account.name = a->name;
    }
    return status;
}

static enum hm_status put_account(struct admin *a, struct hm_err *err)
{
    struct hm_author *author = NULL;
    enum hm_status status = hm_rights_begin(a->ctx, &author, err);
    if (status == HM_OK) {
        status = put_user(a, author, err);
    }
    if (status == HM_OK) {
        struct hm_permit permit = {.user = a->account.user,
                                   .device = a->ctx->device,
                                   .role = hm_text(hm_role_name(a->account.role)),
                                   .home = a->account.home};
        status = hm_rights_put(author, &permit, &a->arena, err);
    }
    if (status == HM_OK) {
        status = invite(a, err);
    }
    return hm_rights_end(author, status, err);
}

/* Whoever is to bring the units in comes before they do, for all of them. */
static enum hm_status read_unit(struct admin *a, struct hm_err *err)
{
    const char *given = hm_args_value(a->call->args, "unit");
    bool known = false;
    enum hm_status status = hm_store_unit_known(a->ctx->store, a->ctx->unit, &known, err);
    if (status == HM_OK && !known && hm_bytes_are(a->ctx->unit, given)) {
        a->account.home = a->ctx->unit;
        return HM_OK;
    }
    return status != HM_OK
               ? status
               : hm_rights_unit(a->ctx, given, &a->account.home, &a->arena, err);
}

enum hm_status hm_admin_add_run(struct hm_call *call, struct hm_err *err)
{
    struct admin a = {.call = call, .ctx = call->ctx};
    hm_arena_init(&a.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = read_name(&a, err);
    if (status == HM_OK && a.found) {
        status = hm_fail(err, HM_EXISTS, "account-exists", call->args->operands[0], NULL,
                         NULL);
    }
    if (status == HM_OK) {
        status = read_role(&a, err);
    }
    if (status == HM_OK) {
        status = read_unit(&a, err);
    }
    if (status == HM_OK) {
        status = put_account(&a, err);
    }
    if (status == HM_OK) {
        status = show_code(&a, err);
    }
    hm_arena_fini(&a.arena);
    return status;
}

/* ---- code ---- */

static enum hm_status put_code(struct admin *a, struct hm_err *err)
{
    enum hm_status status = hm_store_begin(a->ctx->store, err);
    if (status == HM_OK) {
        status = invite(a, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(a->ctx->store, err);
    }
    hm_store_rollback(a->ctx->store);
    return status;
}

enum hm_status hm_admin_code_run(struct hm_call *call, struct hm_err *err)
{
    struct admin a = {.call = call, .ctx = call->ctx};
    hm_arena_init(&a.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = read_name(&a, err);
    if (status == HM_OK) {
        status = check_other(&a, err);
    }
    if (status == HM_OK) {
        status = put_code(&a, err);
    }
    if (status == HM_OK) {
        status = show_code(&a, err);
    }
    hm_arena_fini(&a.arena);
    return status;
}

/* ---- end ---- */

static enum hm_status end_permits(struct admin *a,
                                  struct hm_author *author,
                                  struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_permits(a->ctx->store, &a->ctx->device, &permits,
                                             &count, &a->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!permits[i].ended && hm_id_equal(&permits[i].user, &a->account.user)) {
            status = hm_rights_take(author, &permits[i], HM_ENDED_ONCE, &a->arena, err);
        }
    }
    return status;
}

/* Whatever opened the account opens nothing more, should it ever be given again. */
static enum hm_status end_account(struct admin *a, struct hm_err *err)
{
    static const struct hm_account_secret none = {.has_code = false};
    struct hm_author *author = NULL;
    enum hm_status status = hm_rights_begin(a->ctx, &author, err);
    if (status == HM_OK) {
        status = end_permits(a, author, err);
    }
    if (status == HM_OK) {
        status = hm_store_account_put(a->ctx->store, &a->account.user, &none, err);
    }
    return hm_rights_end(author, status, err);
}

/* The one that the server was founded with signs what commands at the server do. */
static enum hm_status may_end(struct admin *a, struct hm_err *err)
{
    struct hm_id founder;
    enum hm_status status =
        hm_store_meta_get_id(a->ctx->store, HM_META_USER, &founder, err);
    if (status == HM_OK) {
        status = check_other(a, err);
    }
    if (status == HM_OK && hm_id_equal(&founder, &a->account.user)) {
        status = hm_fail(err, HM_DENIED, "account-founder", a->call->args->operands[0],
                         NULL, NULL);
    }
    return status;
}

enum hm_status hm_admin_end_run(struct hm_call *call, struct hm_err *err)
{
    struct admin a = {.call = call, .ctx = call->ctx};
    struct hm_view view;
    hm_arena_init(&a.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = read_name(&a, err);
    if (status == HM_OK) {
        status = may_end(&a, err);
    }
    if (status == HM_OK) {
        status = end_account(&a, err);
    }
    if (status == HM_OK) {
        hm_show_view(&view, call, NULL);
        if (!call->args->json) {
            hm_view_say(&view, "admin.ended", call->args->operands[0], NULL, NULL);
        } else {
            hm_output_put_text(call->out, "{}\n");
        }
    }
    hm_arena_fini(&a.arena);
    return status;
}

/* ---- list ---- */

enum hm_status hm_admin_list_run(struct hm_call *call, struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    struct hm_view view;
    hm_show_view(&view, call, ctx->store);
    return hm_api_accounts(&view, HM_NO_BYTES, hm_env_wall(ctx->env), err);
}
