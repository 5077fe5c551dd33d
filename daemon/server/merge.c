/* SPDX-License-Identifier: Apache-2.0 */
/* merge, unmerge, apart: two records that are one, or are not, at the district. */
#include "account.h"
#include "commands.h"
#include "hamlet/base/limits.h"
#include "show.h"

struct merging {
    struct hm_call *call;
    struct hm_id record;
    struct hm_id into; /* or the other that it is not */
    struct hm_bytes reason;
    struct hm_id change;
    struct hm_arena arena;
};

static enum hm_status read_id(struct hm_id *id, const char *given, struct hm_err *err)
{
    return hm_id_get_hex(id, hm_text(given))
               ? HM_OK
               : hm_fail(err, HM_NOT_FOUND, "record-missing", given, NULL, NULL);
}

static enum hm_status merge(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct merging *m = ctx;
    return hm_author_merge(author, &m->record, &m->into, m->reason, &m->change, err);
}

static enum hm_status unmerge(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct merging *m = ctx;
    return hm_author_unmerge(author, &m->record, m->reason, &m->change, err);
}

static enum hm_status apart(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct merging *m = ctx;
    return hm_author_apart(author, &m->record, &m->into, m->reason, &m->change, err);
}

static enum hm_status run(struct hm_call *call,
                          enum hm_status (*act)(struct hm_author *author,
                                                void *ctx,
                                                struct hm_err *err),
                          struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct merging m = {.call = call};
    hm_arena_init(&m.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_id(&m.record, args->operands[0], err);
    if (status == HM_OK && act != unmerge) {
        status = read_id(&m.into, args->operands[1], err);
    }
    if (status == HM_OK) {
        status = hm_show_given(&m.reason, hm_args_value(args, "reason"), "--reason", true,
                               &m.arena, err);
    }
    if (status == HM_OK) {
        status =
            hm_account_act(call->ctx, hm_args_value(args, "as"), act, &m, &m.arena, err);
    }
    if (status == HM_OK) {
        status = hm_show_change(call, &m.record, &m.change, err);
    }
    hm_arena_fini(&m.arena);
    return status;
}

enum hm_status hm_merge_run(struct hm_call *call, struct hm_err *err)
{
    return run(call, merge, err);
}

enum hm_status hm_unmerge_run(struct hm_call *call, struct hm_err *err)
{
    return run(call, unmerge, err);
}

enum hm_status hm_apart_run(struct hm_call *call, struct hm_err *err)
{
    return run(call, apart, err);
}
