/* SPDX-License-Identifier: Apache-2.0 */
/* rule add, rule end, rules: what somebody of the district decides from now on. */
#include "standing.h"

#include <string.h>

#include "account.h"
#include "commands.h"
#include "hamlet/api/rules.h"
#include "hamlet/api/settle.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/log.h"
#include "hamlet/record/policy.h"
#include "hamlet/record/right.h"
#include "hamlet/replica/account.h"
#include "hamlet/store/audit.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/rules.h"
#include "rights.h"
#include "show.h"

enum { REST_TIMES = 20 };

/* ---- what they do ---- */

static void drop(void *ctx, struct hm_bytes bytes)
{
    (void)ctx;
    (void)bytes;
}

/* Whether who said so may still decide there. */
static enum hm_status may_decide(struct hm_control_ctx *ctx,
                                 const struct hm_standing *rule,
                                 bool *may,
                                 struct hm_account *account,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_err none = HM_ERR_NONE;
    enum hm_status status =
        hm_account_get(ctx->store, &rule->user, account, arena, &none);
    *may = status == HM_OK && hm_role_may(account->role, HM_RIGHT_CONFLICTS);
    if (status == HM_NOT_FOUND) {
        return HM_OK;
    }
    if (status != HM_OK) {
        return hm_fail(err, status, none.key, none.arg[0], none.arg[1], none.arg[2]);
    }
    return *may ? hm_store_unit_within(ctx->store, rule->unit, account->home, may, err)
                : HM_OK;
}

static enum hm_status end(struct hm_control_ctx *ctx,
                          const struct hm_id *rule,
                          const struct hm_id *ender,
                          struct hm_err *err)
{
    enum hm_status status = hm_store_begin(ctx->store, err);
    if (status == HM_OK) {
        status = hm_store_rule_end(ctx->store, rule, ender, hm_env_wall(ctx->env), err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(ctx->store, err);
    }
    hm_store_rollback(ctx->store);
    return status;
}

static enum hm_status settle(struct hm_control_ctx *ctx,
                             const struct hm_standing *rule,
                             const struct hm_account *account,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_author *author = NULL;
    struct hm_settle given = {.rule = {.kind = rule->kind, .reg = rule->reg},
                              .unit = rule->unit,
                              .reason = rule->reason,
                              .bare = true,
                              .standing = &rule->rule,
                              .account = account->name};
    const struct hm_view view = {
        .store = ctx->store, .lang = HM_LANG_VI, .json = true, .put = drop};
    if (!hm_policy_find(&given.rule.policy, rule->policy)) {
        return hm_fail(err, HM_CORRUPT, "policy-unknown",
                       hm_arena_copy_text(arena, rule->policy), NULL, NULL);
    }
    enum hm_status status = hm_account_author(
        ctx, hm_arena_copy_text(arena, account->name), &author, arena, err);
    if (status == HM_OK) {
        status = hm_api_settle(&view, author, &given, err);
    }
    hm_author_close(author);
    return status;
}

static enum hm_status apply(struct hm_control_ctx *ctx,
                            const struct hm_standing *rule,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    struct hm_account account;
    bool may = false;
    enum hm_status status = may_decide(ctx, rule, &may, &account, arena, err);
    if (status != HM_OK) {
        return status;
    }
    return may ? settle(ctx, rule, &account, arena, err)
               : end(ctx, &rule->rule, NULL, err);
}

/* What stops one rule alone: its kind is known no more, or its author may no more. */
static bool is_its_own(enum hm_status status)
{
    return status == HM_BAD_INPUT || status == HM_DENIED || status == HM_NOT_FOUND ||
           status == HM_TOO_BIG;
}

static void note_failure(const struct hm_control_ctx *ctx, const struct hm_err *err)
{
    hm_log(hm_env_wall(ctx->env), HM_LOG_STORE_FAILED, "status",
           hm_status_name(err->status), "what", err->key == NULL ? "" : err->key,
           "detail", err->arg[0], NULL);
}

void hm_standing_after(struct hm_control_ctx *ctx)
{
    struct hm_standing *rules = NULL;
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    size_t count = 0;
    const struct hm_bytes asking = ctx->account;
    int64_t began = hm_env_mono(ctx->env).ms;
    ctx->standing_due = began < ctx->standing_ms;
    if (ctx->standing_due) {
        return;
    }
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    ctx->account = HM_NO_BYTES; /* each acts for who gave it, not for who is asking now */
    enum hm_status status =
        hm_store_rules(ctx->store, true, &rules, &count, &arena, &err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = apply(ctx, &rules[i], &arena, &err);
        if (is_its_own(status)) {
            note_failure(ctx, &err);
            hm_err_clear(&err);
            status = HM_OK;
        }
    }
    if (status != HM_OK) {
        note_failure(ctx, &err);
    }
    ctx->account = asking;
    int64_t now = hm_env_mono(ctx->env).ms;
    if (count > 0) {
        ctx->standing_ms = now + (now - began) * REST_TIMES;
    }
    hm_arena_fini(&arena);
}

/* ---- how they begin and end ---- */

struct ruling {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_account account;
    struct hm_standing rule;
    struct hm_arena arena;
};

static enum hm_status read_account(struct ruling *r, struct hm_err *err)
{
    const char *given = hm_args_value(r->call->args, "as");
    struct hm_err none = HM_ERR_NONE;
    struct hm_bytes name = r->ctx->account;
    enum hm_status status = HM_OK;
    if (name.size == 0) {
        status = hm_show_given(&name, given, "--as", false, &r->arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = hm_account_find(r->ctx->store, name, &r->account, &r->arena, &none);
    if (status == HM_NOT_FOUND) {
        return hm_fail(err, HM_DENIED, "account-missing", given, NULL, NULL);
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, none.key, none.arg[0], none.arg[1], none.arg[2]);
}

/* The register is one of the kind's, of a type that the policy can decide. */
static enum hm_status check_policy(struct ruling *r, struct hm_err *err)
{
    const struct hm_args *args = r->call->args;
    const char *policy = hm_args_value(args, "policy");
    const char *name = hm_args_value(args, "kind");
    const char *reg = hm_args_value(args, "register");
    enum hm_kind_policy found = HM_KIND_POLICY_MANUAL;
    const struct hm_kind *kind = hm_kinds_find(r->ctx->kinds, hm_text(name));
    const struct hm_kind_register *known =
        kind == NULL ? NULL : hm_kind_register(kind, hm_text(reg));
    if (known == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "rule-register", name, reg, NULL);
    }
    if (!hm_policy_find(&found, hm_text(policy)) || found == HM_KIND_POLICY_MANUAL ||
        !hm_policy_fits(found, known)) {
        return hm_fail(err, HM_BAD_INPUT, "policy-unknown", policy, NULL, NULL);
    }
    r->rule.policy = hm_text(policy);
    r->rule.kind = hm_text(name);
    r->rule.reg = hm_text(reg);
    return HM_OK;
}

static enum hm_status read_rule(struct ruling *r, struct hm_err *err)
{
    const struct hm_args *args = r->call->args;
    const char *unit = hm_args_value(args, "unit");
    bool may = false;
    enum hm_status status = check_policy(r, err);
    if (status == HM_OK) {
        status = hm_rights_unit(r->ctx, unit, &r->rule.unit, &r->arena, err);
    }
    if (status == HM_OK) {
        status = hm_show_given(&r->rule.reason, hm_args_value(args, "reason"), "--reason",
                               true, &r->arena, err);
    }
    if (status == HM_OK) {
        status = read_account(r, err);
    }
    if (status == HM_OK) {
        r->rule.user = r->account.user;
        r->rule.begun = hm_env_wall(r->ctx->env);
        status = may_decide(r->ctx, &r->rule, &may, &r->account, &r->arena, err);
    }
    if (status == HM_OK && !may) {
        status = hm_fail(err, HM_DENIED, "unit-scope", unit, NULL, NULL);
    }
    return status;
}

/* Two that say how to decide the same would race for it. */
static enum hm_status check_alone(struct ruling *r, struct hm_err *err)
{
    struct hm_standing *rules = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_rules(r->ctx->store, true, &rules, &count, &r->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (hm_bytes_equal(rules[i].kind, r->rule.kind) &&
            hm_bytes_equal(rules[i].reg, r->rule.reg) &&
            hm_bytes_equal(rules[i].unit, r->rule.unit)) {
            status = hm_fail(err, HM_EXISTS, "rule-stands", NULL, NULL, NULL);
        }
    }
    return status;
}

static enum hm_status add(struct ruling *r, struct hm_err *err)
{
    struct hm_store *store = r->ctx->store;
    enum hm_status status = hm_env_random(r->ctx->env, r->rule.rule.at, HM_ID_SIZE, err);
    if (status == HM_OK) {
        status = hm_store_begin(store, err);
    }
    if (status == HM_OK) {
        status = check_alone(r, err);
    }
    if (status == HM_OK) {
        status = hm_store_rule_add(store, &r->rule, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    }
    hm_store_rollback(store);
    return status;
}

static enum hm_status show(struct ruling *r, const char *sentence, struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    struct hm_view view;
    struct hm_show told;
    hm_hex_put(id, hm_id_bytes(&r->rule.rule));
    if (!r->call->args->json) {
        hm_show_view(&view, r->call, NULL);
        hm_view_say(&view, sentence, id, NULL, NULL);
        return HM_OK;
    }
    hm_show_begin(&told);
    hm_json_open(&told.out, '{');
    hm_json_put_text(&told.out, "rule", hm_text(id));
    hm_json_close(&told.out, '}');
    return hm_show_end(&told, r->call, HM_OK, err);
}

enum hm_status hm_rule_add_run(struct hm_call *call, struct hm_err *err)
{
    struct ruling r = {.call = call, .ctx = call->ctx};
    hm_arena_init(&r.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_rule(&r, err);
    if (status == HM_OK) {
        status = add(&r, err);
    }
    if (status == HM_OK) { /* what is open already is no other than what will come */
        r.ctx->standing_ms = 0;
        hm_standing_after(r.ctx);
        status = show(&r, "rule.added", err);
    }
    hm_arena_fini(&r.arena);
    return status;
}

enum hm_status hm_rule_end_run(struct hm_call *call, struct hm_err *err)
{
    struct ruling r = {.call = call, .ctx = call->ctx};
    const char *given = call->args->operands[0];
    hm_arena_init(&r.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_account(&r, err);
    if (status == HM_OK && !hm_id_get_hex(&r.rule.rule, hm_text(given))) {
        status = hm_fail(err, HM_NOT_FOUND, "rule-missing", given, NULL, NULL);
    }
    if (status == HM_OK) {
        status = end(r.ctx, &r.rule.rule, &r.account.user, err);
    }
    if (status == HM_OK) {
        status = show(&r, "rule.ended", err);
    }
    hm_arena_fini(&r.arena);
    return status;
}

enum hm_status hm_rules_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_control_ctx *ctx = call->ctx;
    struct hm_view view;
    hm_show_view(&view, call, ctx->store);
    return hm_api_rules(&view, HM_NO_BYTES, err);
}
