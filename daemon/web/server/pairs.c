/* SPDX-License-Identifier: Apache-2.0 */
/* What looks alike in a district: every record of a kind is held to its neighbours, which
 * takes longer than a thread that laptops need, too, should be held. */
#include <stdio.h>
#include <stdlib.h>

#include "hamlet/api/duplicates.h"
#include "hamlet/base/limits.h"
#include "inside.h"

enum { NAME_MAX_SIZE = 256 };

/* What the task needs of the request, which is over before it is. */
struct looking {
    enum hm_lang lang;
    struct hm_arena arena;
    const char *kind; /* null: all */
    const char *unit;
    struct hm_buf *out;
};

static void looking_free(void *at)
{
    struct looking *looking = at;
    hm_arena_fini(&looking->arena);
    free(looking);
}

static void take(void *at, struct hm_bytes bytes)
{
    const struct looking *looking = at;
    hm_buf_put_bytes(looking->out, bytes);
}

static enum hm_status look_now(struct hm_store *reader,
                               void *at,
                               struct hm_buf *out,
                               struct hm_err *err)
{
    struct looking *looking = at;
    const struct hm_view view = {.store = reader,
                                 .words = hm_words_of(looking->lang),
                                 .lang = looking->lang,
                                 .json = true,
                                 .put = take,
                                 .ctx = looking};
    looking->out = out;
    enum hm_status status =
        hm_api_duplicates_bare(&view, looking->kind, looking->unit, err);
    return status == HM_OK ? hm_buf_status(out, err) : status;
}

static enum hm_status begin(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_web_server_options *server = &call->web->server;
    const char *kind = hm_web_query_of(call, "kind");
    struct hm_bytes unit = HM_NO_BYTES;
    struct looking *looking = NULL;
    char name[NAME_MAX_SIZE];
    enum hm_status status = hm_web_scope(call, &unit, err);
    if (status == HM_OK) {
        looking = calloc(1, sizeof(*looking));
        status = looking == NULL ? hm_fail_memory(err) : HM_OK;
    }
    if (status != HM_OK) {
        return status;
    }
    hm_arena_init(&looking->arena, HM_REQUEST_BYTES_MAX);
    looking->lang = call->guest.lang;
    looking->unit = hm_arena_copy_text(&looking->arena, unit);
    looking->kind =
        kind == NULL ? NULL : hm_arena_copy_text(&looking->arena, hm_text(kind));
    status = hm_arena_status(&looking->arena, err);
    if (status != HM_OK) {
        looking_free(looking);
        return status;
    }
    (void)snprintf(name, sizeof(name), "duplicates %s %s %s",
                   looking->lang == HM_LANG_VI ? "vi" : "en", looking->unit,
                   kind == NULL ? "" : kind);
    const struct hm_web_task task = {.owner = call->account.name,
                                     .name = hm_text(name),
                                     .run = look_now,
                                     .free = looking_free,
                                     .ctx = looking};
    return server->begin(server->ctx, &task, &call->task, err);
}

enum hm_status hm_server_run_duplicates(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_task_seen seen;
    enum hm_status status = call->task == 0 ? hm_web_task_read(call, err) : HM_OK;
    if (status == HM_OK && call->task == 0) {
        status = begin(call, err);
    }
    hm_web_reader_give(call);
    return status != HM_OK ? status : hm_web_task_await(call, &seen, err);
}
