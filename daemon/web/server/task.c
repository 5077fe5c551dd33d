/* SPDX-License-Identifier: Apache-2.0 */
/* What goes on in the background, and is asked for again until it is done. */
#include "inside.h"

enum { SOON_MS = 2000, HTTP_ACCEPTED = 202 };

enum hm_status hm_web_task_read(struct hm_web_call *call, struct hm_err *err)
{
    const int64_t most = INT64_C(1) << 40;
    int64_t task = 0;
    enum hm_status status = hm_web_query_number(call, "task", 1, most, 0, &task, err);
    if (status == HM_OK) {
        call->task = (uint64_t)task;
    }
    return status;
}

static void put_progress(struct hm_web_call *call, const struct hm_web_task_seen *seen)
{
    struct hm_json_write out;
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "task", (int64_t)call->task);
    hm_json_put_int(&out, "permille", seen->permille);
    hm_json_put_int(&out, "rows", seen->rows);
    hm_json_close(&out, '}');
    call->http = HTTP_ACCEPTED;
}

enum hm_status hm_web_task_await(struct hm_web_call *call,
                                 struct hm_web_task_seen *seen,
                                 struct hm_err *err)
{
    const struct hm_web_server_options *server = &call->web->server;
    int64_t wait_ms = 0;
    int64_t now = hm_env_mono(server->env).ms;
    *seen = (struct hm_web_task_seen){.fd = -1};
    call->asked_ms = call->asked_ms == 0 ? now : call->asked_ms;
    enum hm_status status =
        hm_web_query_number(call, "wait", 0, SOON_MS, SOON_MS, &wait_ms, err);
    if (status == HM_OK) {
        status = server->look(server->ctx, call->task, call->account.name, seen,
                              &call->out, err);
    }
    if (status != HM_OK || seen->done) {
        return status;
    }
    if (!call->reply->waited && call->asked_ms + wait_ms > now) {
        call->reply->wait_ms = call->asked_ms + wait_ms - now;
    } else {
        call->reply->wait_ms = 0;
        put_progress(call, seen);
    }
    return HM_OK;
}
