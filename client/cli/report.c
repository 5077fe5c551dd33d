/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/report.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/draft.h"

enum { FD_PATH_SIZE = 48, FILE_MODE = 0600 };

static enum hm_status put_draft(struct hm_draft *draft, struct hm_err *err)
{
    enum hm_status status = hm_draft_sync(draft, FILE_MODE, err);
    return status == HM_OK ? hm_draft_name(draft, false, err) : status;
}

/* The library that writes the file wants a name: that of the open draft. */
static enum hm_status write_book(const struct hm_call *call,
                                 const struct hm_desk *desk,
                                 const struct hm_reports *reports,
                                 const struct hm_catalogues *catalogues,
                                 struct hm_api_report *report,
                                 struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_draft draft = {.folder = -1, .fd = -1};
    char path[FD_PATH_SIZE];
    enum hm_status status =
        hm_draft_open(&draft, &cli->env, hm_args_value(call->args, "out"), err);
    if (status == HM_OK) {
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", draft.fd);
        report->path = path;
        report->temporary = desk->folder;
        status = hm_api_report(&desk->view, reports, catalogues, report, err);
    }
    if (status == HM_OK) {
        status = put_draft(&draft, err);
    }
    hm_draft_close(&draft);
    return status;
}

static void keep(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

static enum hm_status write_text(const struct hm_call *call,
                                 const struct hm_desk *desk,
                                 const struct hm_reports *reports,
                                 const struct hm_catalogues *catalogues,
                                 const struct hm_api_report *report,
                                 struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_draft draft = {.folder = -1, .fd = -1};
    struct hm_view view = desk->view;
    struct hm_buf buf;
    hm_buf_init(&buf, HM_FILE_BYTES_MAX);
    view.put = keep;
    view.ctx = &buf;
    enum hm_status status = hm_api_report(&view, reports, catalogues, report, err);
    if (status == HM_OK) {
        status = hm_buf_status(&buf, err);
    }
    if (status == HM_OK) {
        status = hm_draft_open(&draft, &cli->env, hm_args_value(call->args, "out"), err);
    }
    if (status == HM_OK) {
        status = hm_draft_put(&draft, hm_buf_bytes(&buf), err);
    }
    if (status == HM_OK) {
        status = put_draft(&draft, err);
    }
    hm_draft_close(&draft);
    hm_buf_fini(&buf);
    return status;
}

static enum hm_status run(const struct hm_call *call,
                          const struct hm_desk *desk,
                          const struct hm_reports *reports,
                          const struct hm_catalogues *catalogues,
                          struct hm_err *err)
{
    const struct hm_args *args = call->args;
    const char *format = hm_args_value(args, "format");
    const char *as = hm_args_value(args, "as");
    bool out = hm_args_has(args, "out");
    struct hm_api_report report = {.name =
                                       args->operand_count > 0 ? args->operands[0] : NULL,
                                   .unit = hm_args_value(args, "unit"),
                                   .year = hm_args_value(args, "year"),
                                   .from = hm_args_value(args, "from"),
                                   .to = hm_args_value(args, "to"),
                                   .today = as != NULL && strcmp(as, "today") == 0,
                                   .figure = hm_args_value(args, "figure"),
                                   .format = HM_REPORT_FORMAT_TEXT};
    if (report.name == NULL || strcmp(report.name, "list") == 0) {
        return hm_api_report_list(&desk->view, reports, err);
    }
    if (format != NULL && strcmp(format, "csv") == 0) {
        report.format = HM_REPORT_FORMAT_CSV;
    } else if (format != NULL && strcmp(format, "xlsx") == 0) {
        report.format = HM_REPORT_FORMAT_BOOK;
    }
    if (report.format == HM_REPORT_FORMAT_BOOK && !out) {
        return hm_fail(err, HM_USAGE, "export-out", NULL, NULL, NULL);
    }
    if (report.format == HM_REPORT_FORMAT_BOOK) {
        return write_book(call, desk, reports, catalogues, &report, err);
    }
    return out ? write_text(call, desk, reports, catalogues, &report, err)
               : hm_api_report(&desk->view, reports, catalogues, &report, err);
}

enum hm_status hm_run_report(struct hm_call *call, struct hm_err *err)
{
    struct hm_catalogues *catalogues = NULL;
    struct hm_reports *reports = NULL;
    const char *format = hm_args_value(call->args, "format");
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    desk.view.json = desk.view.json || (format != NULL && strcmp(format, "json") == 0);
    status = hm_replica_catalogues(&catalogues, desk.folder, err);
    if (status == HM_OK) {
        status = hm_replica_reports(&reports, desk.folder, err);
    }
    if (status == HM_OK) {
        status = run(call, &desk, reports, catalogues, err);
    }
    hm_reports_close(reports);
    hm_catalogues_close(catalogues);
    hm_desk_close(&desk);
    return status;
}
