/* SPDX-License-Identifier: Apache-2.0 */
/* report: what the district publishes, out of its records. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/api/report.h"
#include "hamlet/api/signed.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/draft.h"
#include "hamlet/replica/replica.h"
#include "records.h"
#include "show.h"

enum { FD_PATH_SIZE = 48, PIECE = 64 * 1024 };

struct reporting {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_catalogues *catalogues;
    struct hm_reports *reports;
    struct hm_view view;
    struct hm_api_report report;
};

static void keep(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

static enum hm_status read_all(struct hm_buf *to, int fd, struct hm_err *err)
{
    char piece[PIECE];
    off_t at = 0;
    for (;;) {
        ssize_t got = pread(fd, piece, sizeof(piece), at);
        if (got < 0) {
            return hm_fail_errno(err, errno, "report");
        }
        if (got == 0) {
            return hm_buf_status(to, err);
        }
        hm_buf_put(to, piece, (size_t)got);
        at += got;
    }
}

/* The library that writes it wants a file: a draft, which never gets its name. */
static enum hm_status make_book(struct reporting *r, struct hm_err *err)
{
    struct hm_draft draft = {.folder = -1, .fd = -1};
    struct hm_arena arena;
    char path[FD_PATH_SIZE];
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    const char *name = hm_replica_path(&arena, r->ctx->dir, "report");
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        status = hm_draft_open(&draft, r->ctx->env, name, err);
    }
    if (status == HM_OK) {
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", draft.fd);
        r->report.path = path;
        r->report.temporary = r->ctx->dir;
        status = hm_api_report(&r->view, r->reports, r->catalogues, &r->report, err);
    }
    if (status == HM_OK) {
        status = read_all(&r->ctx->file, draft.fd, err);
    }
    hm_draft_close(&draft);
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status make(struct reporting *r, struct hm_err *err)
{
    const struct hm_args *args = r->call->args;
    bool out = hm_args_has(args, "out");
    if (r->report.name == NULL || strcmp(r->report.name, "list") == 0) {
        return hm_api_report_list(&r->view, r->reports, err);
    }
    if (r->report.format == HM_REPORT_FORMAT_BOOK) {
        return out ? make_book(r, err)
                   : hm_fail(err, HM_USAGE, "export-out", NULL, NULL, NULL);
    }
    if (out) {
        r->view.put = keep;
        r->view.ctx = &r->ctx->file;
    }
    enum hm_status status =
        hm_api_report(&r->view, r->reports, r->catalogues, &r->report, err);
    return status == HM_OK ? hm_buf_status(&r->ctx->file, err) : status;
}

static void read_line(struct reporting *r)
{
    const struct hm_args *args = r->call->args;
    const char *format = hm_args_value(args, "format");
    const char *as = hm_args_value(args, "as");
    r->report =
        (struct hm_api_report){.name = args->operand_count > 0 ? args->operands[0] : NULL,
                               .unit = hm_args_value(args, "unit"),
                               .year = hm_args_value(args, "year"),
                               .from = hm_args_value(args, "from"),
                               .to = hm_args_value(args, "to"),
                               .today = as != NULL && strcmp(as, "today") == 0,
                               .figure = hm_args_value(args, "figure"),
                               .format = HM_REPORT_FORMAT_TEXT};
    if (format == NULL) {
        return;
    }
    r->view.json = r->view.json || strcmp(format, "json") == 0;
    if (strcmp(format, "csv") == 0) {
        r->report.format = HM_REPORT_FORMAT_CSV;
    } else if (strcmp(format, "xlsx") == 0) {
        r->report.format = HM_REPORT_FORMAT_BOOK;
    }
}

/* Counts for the one above, signed, into the file that was named. */
static enum hm_status make_counts(struct reporting *r, struct hm_err *err)
{
    struct hm_buf body;
    hm_buf_init(&body, HM_SIGNED_FILE_MAX);
    enum hm_status status =
        hm_api_counts(&r->view, r->reports, r->catalogues, &r->report, &body, err);
    if (status == HM_OK) {
        status = hm_api_signed_make(&r->ctx->file, hm_buf_bytes(&body), &r->ctx->key,
                                    &r->ctx->secret, err);
    }
    hm_buf_fini(&body);
    return status;
}

static enum hm_status run(struct hm_call *call,
                          enum hm_status (*made)(struct reporting *r, struct hm_err *err),
                          struct hm_err *err)
{
    struct reporting r = {.call = call, .ctx = call->ctx};
    hm_show_view(&r.view, call, r.ctx->store);
    read_line(&r);
    enum hm_status status = hm_replica_catalogues(&r.catalogues, r.ctx->dir, err);
    if (status == HM_OK) {
        status = hm_replica_reports(&r.reports, r.ctx->dir, err);
    }
    if (status == HM_OK) {
        status = made(&r, err);
    }
    hm_reports_close(r.reports);
    hm_catalogues_close(r.catalogues);
    return status;
}

enum hm_status hm_report_run(struct hm_call *call, struct hm_err *err)
{
    return run(call, make, err);
}

enum hm_status hm_counts_run(struct hm_call *call, struct hm_err *err)
{
    return run(call, make_counts, err);
}
