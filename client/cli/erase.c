/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/author/erase.h"
#include "cli.h"
#include "hamlet/base/limits.h"

struct erasing {
    struct hm_id record;
    struct hm_bytes *names;
    size_t count;
    struct hm_bytes reason;
    struct hm_id change;
    bool more;
};

static enum hm_status act(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct erasing *e = ctx;
    return hm_author_erase(author, &e->record, e->names, e->count, e->reason, &e->change,
                           &e->more, err);
}

/* The change, and that somebody wrote more than one erasure names. */
static enum hm_status say_more(const struct hm_call *call,
                               const struct erasing *e,
                               struct hm_err *err)
{
    struct hm_cli *cli = call->ctx;
    struct hm_json_write out;
    const char *text = hm_words_ui(call->words, "erase.more");
    hm_json_write_init(&out, &cli->warned);
    hm_json_open(&out, '[');
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "rule", hm_text("erase-more"));
    hm_json_put_text(&out, "text", hm_text(text));
    hm_json_close(&out, '}');
    hm_json_close(&out, ']');
    enum hm_status status = hm_say_id(call, &e->change, &e->record, &e->change, err);
    if (status == HM_OK && !call->args->json) {
        hm_output_put_text(call->out, text);
        hm_output_put_text(call->out, "\n");
    }
    return status;
}

enum hm_status hm_run_erase(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct erasing e = {.reason = hm_text(hm_args_value(args, "reason"))};
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status =
        hm_read_id(&e.record, args->operands[0], "record-missing", err);
    e.names = hm_arena_get_array(&arena, args->operand_count, sizeof(*e.names));
    if (status == HM_OK) {
        status = hm_arena_status(&arena, err);
    }
    for (size_t i = 1; i < args->operand_count && status == HM_OK; i++) {
        e.names[e.count++] = hm_text(args->operands[i]);
    }
    if (status == HM_OK) {
        status = hm_desk_act(call, act, &e, err);
    }
    hm_arena_fini(&arena);
    if (status != HM_OK || !e.more) {
        return status != HM_OK ? status
                               : hm_say_id(call, &e.change, &e.record, &e.change, err);
    }
    return say_more(call, &e, err);
}
