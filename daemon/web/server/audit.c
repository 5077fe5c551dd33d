/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "sheet.h"

enum { ROWS = 100, ROWS_MAX = 1000, NAME_SIZE = 64 };

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

/* ---- a table to keep ---- */

/* A log of years is longer than an answer that is held in memory. */
struct auditing {
    struct hm_sheet sheet; /* first */
    struct hm_wall since;
};

static void auditing_free(void *at)
{
    struct auditing *a = at;
    hm_sheet_fini(&a->sheet);
    free(a);
}

static enum hm_status write_file(struct hm_sheet *sheet, struct hm_err *err)
{
    const struct auditing *a = (const struct auditing *)sheet;
    return hm_api_audit_all(&sheet->view, a->since, HM_AUDIT_CSV, err);
}

static enum hm_status audit_now(struct hm_store *reader,
                                void *at,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    (void)out;
    return hm_sheet_write(at, reader, "audit", write_file, err);
}

static enum hm_status begin(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_web_server_options *server = &call->web->server;
    const char *since = hm_web_query_of(call, "since");
    struct hm_wall from;
    char name[NAME_SIZE];
    enum hm_status status = hm_api_audit_since(since, &from, err);
    struct auditing *a = status == HM_OK ? calloc(1, sizeof(*a)) : NULL;
    if (status != HM_OK || a == NULL) {
        return status != HM_OK ? status : hm_fail_memory(err);
    }
    hm_sheet_init(&a->sheet, call);
    a->since = from;
    (void)snprintf(name, sizeof(name), "audit %s", since == NULL ? "" : since);
    const struct hm_web_task task = {.owner = call->account.name,
                                     .name = hm_text(name),
                                     .run = audit_now,
                                     .file = hm_sheet_file,
                                     .free = auditing_free,
                                     .ctx = a};
    return server->begin(server->ctx, &task, &call->task, err);
}

enum hm_status hm_server_run_audit_export(struct hm_web_call *call, struct hm_err *err)
{
    enum hm_status status = call->task == 0 ? hm_web_task_read(call, err) : HM_OK;
    if (status == HM_OK && call->task == 0) {
        status = begin(call, err);
    }
    hm_web_reader_give(call);
    return status != HM_OK ? status
                           : hm_sheet_answer(call, "text/csv; charset=utf-8",
                                             hm_text("hamlet-audit"), "csv", err);
}

enum hm_status hm_server_run_audit_verify(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_audit_verify(&call->view, err);
}
