/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw: a decision, a change or a whole batch is taken back at the district. */
#include "account.h"
#include "commands.h"
#include "hamlet/base/limits.h"
#include "show.h"

struct withdrawing {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_id name; /* of a change, or of a bulk */
    struct hm_bytes reason;
    struct hm_id change;
    struct hm_arena arena;
};

static enum hm_status read_line(struct withdrawing *w, struct hm_err *err)
{
    const struct hm_args *args = w->call->args;
    const char *given = args->operands[0];
    if (!hm_id_get_hex(&w->name, hm_text(given))) {
        return hm_fail(err, HM_NOT_FOUND, "batch-missing", given, NULL, NULL);
    }
    return hm_show_given(&w->reason, hm_args_value(args, "reason"), "--reason", true,
                         &w->arena, err);
}

static enum hm_status withdraw(struct withdrawing *w, struct hm_err *err)
{
    struct hm_author *author = NULL;
    enum hm_status status = hm_account_author(w->ctx, hm_args_value(w->call->args, "as"),
                                              &author, &w->arena, err);
    if (status == HM_OK) {
        status = hm_author_begin(author, err);
    }
    if (status == HM_OK) {
        status = hm_author_withdraw(author, &w->name, w->reason, &w->change, err);
        if (status == HM_OK) {
            status = hm_author_commit(author, err);
        } else {
            hm_author_rollback(author);
        }
    }
    hm_author_close(author);
    return status;
}

static enum hm_status show(struct withdrawing *w, struct hm_err *err)
{
    char change[HM_HEX16_SIZE];
    struct hm_show show;
    if (w->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_hex(&show.out, "id", hm_id_bytes(&w->name));
        hm_json_put_hex(&show.out, "change", hm_id_bytes(&w->change));
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, w->call, HM_OK, err);
    }
    hm_hex_put(change, hm_id_bytes(&w->change));
    hm_output_put_text(w->call->out, change);
    hm_output_put_text(w->call->out, "\n");
    return HM_OK;
}

enum hm_status hm_withdraw_run(struct hm_call *call, struct hm_err *err)
{
    struct withdrawing w = {.call = call, .ctx = call->ctx};
    hm_arena_init(&w.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_line(&w, err);
    if (status == HM_OK) {
        status = withdraw(&w, err);
    }
    if (status == HM_OK) {
        status = show(&w, err);
    }
    hm_arena_fini(&w.arena);
    return status;
}
