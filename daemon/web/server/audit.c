/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/audit.h"

#include "inside.h"

enum { ROWS = 100, ROWS_MAX = 1000 };

enum hm_status hm_server_run_audit(struct hm_web_call *call, struct hm_err *err)
{
    const int64_t none = INT64_C(1) << 40;
    struct hm_audit_query query = {.newest = true};
    enum hm_status status =
        hm_web_query_number(call, "before", 0, none, 0, &query.after, err);
    if (status == HM_OK) {
        status = hm_web_query_number(call, "limit", 1, ROWS_MAX, ROWS, &query.limit, err);
    }
    if (status == HM_OK) {
        status = hm_api_audit_since(hm_web_query_of(call, "since"), &query.since, err);
    }
    if (status != HM_OK) {
        return status;
    }
    return hm_api_audit(&call->view, &query, err);
}

static void take_text(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

/* A table to keep: the page hands it on as a file. */
enum hm_status hm_server_run_audit_export(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_wall since;
    struct hm_buf text;
    struct hm_view view = call->view;
    hm_buf_init(&text, HM_WEB_ANSWER_MAX / 2);
    view.put = take_text;
    view.ctx = &text;
    enum hm_status status =
        hm_api_audit_since(hm_web_query_of(call, "since"), &since, err);
    if (status == HM_OK) {
        status = hm_api_audit_all(&view, since, HM_AUDIT_CSV, err);
    }
    status = status == HM_OK ? hm_buf_status(&text, err) : status;
    if (status == HM_OK) {
        hm_json_write_init(&out, &call->out);
        hm_json_open(&out, '{');
        hm_json_put_text(&out, "file", hm_text("hamlet-audit.csv"));
        hm_json_put_text(&out, "csv", hm_buf_bytes(&text));
        hm_json_close(&out, '}');
    }
    hm_buf_fini(&text);
    return status;
}

enum hm_status hm_server_run_audit_verify(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_audit_verify(&call->view, err);
}
