/* SPDX-License-Identifier: Apache-2.0 */
#include "acting.h"

#include <string.h>

#include "hamlet/base/limits.h"

static bool is_told(const char *option)
{
    static const char *const told[] = {
        "unit", "role",  "take",    "into",  "policy", "on",   "kind",  "register",
        "now",  "valid", "at-once", "close", "anyway", "open", "spare", "corrects"};
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        if (strcmp(option, told[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Of FIELD=VALUE the name alone: the value is somebody's words. */
static void put_operand(struct hm_buf *text, const char *operand)
{
    const char *equals = strchr(operand, '=');
    size_t size = equals == NULL ? strlen(operand) : (size_t)(equals - operand);
    hm_buf_put_bytes(text, (struct hm_bytes){(const uint8_t *)operand, size});
}

static enum hm_status tell_options(struct hm_acting *acting,
                                   const struct hm_args *args,
                                   struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_REQUEST_BYTES_MAX);
    for (size_t i = 1; i < args->operand_count; i++) {
        hm_buf_put_text(&text, i > 1 ? " " : "");
        put_operand(&text, args->operands[i]);
    }
    for (size_t i = 0; i < args->given_count; i++) {
        const char *value = args->given[i].value;
        if (!is_told(args->given[i].option->name)) {
            continue;
        }
        hm_buf_put_text(&text, text.size > 0 ? " " : "");
        hm_buf_put_text(&text, args->given[i].option->name);
        hm_buf_put_text(&text, value == NULL ? "" : "=");
        hm_buf_put_text(&text, value == NULL ? "" : value);
    }
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        acting->row.detail = hm_arena_copy(&acting->arena, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}

/* Whoever stands at the server is one of its administrators: which one it cannot know. */
static void tell_who(struct hm_acting *acting, const struct hm_args *args)
{
    acting->row.account = acting->ctx->account;
    if (acting->row.account.size == 0) {
        const char *as = hm_args_value(args, "as");
        struct hm_buf text;
        hm_buf_init(&text, HM_REQUEST_BYTES_MAX);
        hm_buf_put_text(&text, as == NULL ? "" : as);
        hm_buf_put_text(&text, as == NULL ? "(console)" : " (console)");
        acting->row.account = hm_arena_copy(&acting->arena, hm_buf_bytes(&text));
        hm_buf_fini(&text);
    }
}

enum hm_status hm_acting_begin(struct hm_acting *acting,
                               struct hm_call *call,
                               const struct hm_handler *handler,
                               struct hm_err *err)
{
    *acting = (struct hm_acting){.ctx = call->ctx, .acts = handler->acts};
    hm_arena_init(&acting->arena, HM_REQUEST_ARENA_MAX);
    if (!acting->acts) {
        return HM_OK;
    }
    acting->row.act = hm_text(handler->name);
    if (call->args->operand_count > 0 && !handler->reads) {
        acting->row.subject = hm_text(call->args->operands[0]);
    }
    tell_who(acting, call->args);
    enum hm_status status = tell_options(acting, call->args, err);
    if (status == HM_OK) {
        status = hm_arena_status(&acting->arena, err);
    }
    if (status == HM_OK) {
        (void)hm_store_audit_next(acting->ctx->store, &acting->row);
    }
    return status;
}

/* Nothing was written: only that it was tried. */
static void tell_refusal(struct hm_acting *acting, const struct hm_err *why)
{
    struct hm_store *store = acting->ctx->store;
    acting->row.detail = hm_text(why == NULL || why->key == NULL ? "" : why->key);
    struct hm_audit row = acting->row;
    row.act = hm_text("refused");
    row.subject = acting->row.act;
    if (hm_store_begin(store, NULL) != HM_OK) {
        return; /* the command itself has said what is wrong with the disk */
    }
    if (hm_store_audit_append(store, &row, NULL) == HM_OK) {
        (void)!hm_store_commit(store, NULL);
    }
    hm_store_rollback(store);
}

void hm_acting_end(struct hm_acting *acting,
                   enum hm_status status,
                   const struct hm_err *why)
{
    if (acting->acts) {
        (void)hm_store_audit_next(acting->ctx->store, NULL);
        if (status != HM_OK && acting->ctx->account.size > 0) {
            tell_refusal(acting, why);
        }
    }
    hm_arena_fini(&acting->arena);
}
