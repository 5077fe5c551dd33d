/* SPDX-License-Identifier: Apache-2.0 */
/* What is published of the records: the reports, and what each figure is made of. */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/host/draft.h"
#include "query.h"
#include "run.h"

enum { LIMIT_MAX = 200, LIMIT = 50, SKIP_MAX = 10000000 };
enum { FD_PATH_SIZE = 48, FILE_NAME_MAX = 120, HEADER_SIZE = 192 };

/* ---- what is asked ---- */

static const struct {
    const char *name;
    const char *type;
    enum hm_report_format format;
} formats[] = {{"csv", "text/csv; charset=utf-8", HM_REPORT_FORMAT_CSV},
               {"xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                HM_REPORT_FORMAT_BOOK},
               {"json", "application/json; charset=utf-8", HM_REPORT_FORMAT_TEXT}};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* Which of the formats the query names; FORMATS: none of them. */
static size_t format_of(const struct hm_web_call *call)
{
    const char *given = hm_web_query_of(call, "format");
    size_t at = 0;
    while (at < FORMATS && (given == NULL || strcmp(formats[at].name, given) != 0)) {
        at++;
    }
    return at;
}

static enum hm_status read_piece(const struct hm_web_call *call,
                                 struct hm_api_report *asked,
                                 struct hm_err *err)
{
    int64_t limit = 0;
    int64_t skip = 0;
    asked->figure = hm_web_query_of(call, "figure");
    if (asked->figure == NULL) {
        return hm_fail(err, HM_USAGE, "web-member", "figure", NULL, NULL);
    }
    enum hm_status status =
        hm_web_query_number(call, "limit", 1, LIMIT_MAX, LIMIT, &limit, err);
    if (status == HM_OK) {
        status = hm_web_query_number(call, "after", 0, SKIP_MAX, 0, &skip, err);
    }
    asked->limit = (size_t)limit;
    asked->skip = (size_t)skip;
    return status;
}

enum hm_status hm_web_report_read(const struct hm_web_call *call,
                                  bool records,
                                  struct hm_api_report *asked,
                                  struct hm_err *err)
{
    const char *as = hm_web_query_of(call, "as");
    size_t format = format_of(call);
    *asked = (struct hm_api_report){.name = hm_web_query_of(call, "report"),
                                    .unit = hm_web_query_of(call, "unit"),
                                    .year = hm_web_query_of(call, "year"),
                                    .from = hm_web_query_of(call, "from"),
                                    .to = hm_web_query_of(call, "to"),
                                    .today = as != NULL && strcmp(as, "today") == 0,
                                    .parts = true,
                                    .format = HM_REPORT_FORMAT_TEXT};
    if (asked->name == NULL) {
        return hm_fail(err, HM_USAGE, "web-member", "report", NULL, NULL);
    }
    if (format < FORMATS) {
        asked->format = formats[format].format;
    } else if (hm_web_query_of(call, "format") != NULL) {
        return hm_fail(err, HM_USAGE, "web-member", "format", NULL, NULL);
    }
    return records ? read_piece(call, asked, err) : HM_OK;
}

/* ---- making it ---- */

static void keep(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

/* The library that writes it wants a file: a draft, which never gets its name. */
static enum hm_status make_book(const struct hm_view *view,
                                const char *dir,
                                const struct hm_reports *reports,
                                const struct hm_catalogues *catalogues,
                                struct hm_api_report *asked,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    struct hm_draft draft = {.folder = -1, .fd = -1};
    struct hm_arena arena;
    char path[FD_PATH_SIZE];
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    const char *name = hm_replica_path(&arena, dir, "report");
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        status = hm_draft_open(&draft, hm_store_env(view->store), name, err);
    }
    if (status == HM_OK) {
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", draft.fd);
        asked->path = path;
        asked->temporary = dir;
        status = hm_api_report(view, reports, catalogues, asked, err);
    }
    if (status == HM_OK) {
        status = hm_draft_read(&draft, out, err);
    }
    asked->path = NULL;
    hm_draft_close(&draft);
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_web_report_make(const struct hm_view *view,
                                  const char *dir,
                                  struct hm_api_report *asked,
                                  struct hm_buf *out,
                                  struct hm_err *err)
{
    struct hm_catalogues *catalogues = NULL;
    struct hm_reports *reports = NULL;
    struct hm_view shown = *view;
    shown.json = true;
    shown.put = keep;
    shown.ctx = out;
    enum hm_status status = hm_replica_catalogues(&catalogues, dir, err);
    if (status == HM_OK) {
        status = hm_replica_reports(&reports, dir, err);
    }
    if (status == HM_OK && asked == NULL) {
        status = hm_api_report_list(&shown, reports, err);
    } else if (status == HM_OK && asked->format == HM_REPORT_FORMAT_BOOK) {
        status = make_book(&shown, dir, reports, catalogues, asked, out, err);
    } else if (status == HM_OK) {
        status = hm_api_report(&shown, reports, catalogues, asked, err);
    }
    hm_reports_close(reports);
    hm_catalogues_close(catalogues);
    return status;
}

/* ---- a file ---- */

/* Of `text` what every file system takes; anything else becomes a dash. */
static void put_plain(char *to, size_t size, const char *text)
{
    size_t at = strlen(to);
    for (; text != NULL && *text != '\0' && at + 1 < size; text++) {
        bool plain = (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') ||
                     (*text >= 'A' && *text <= 'Z') || *text == '.' || *text == '_';
        to[at++] = *(plain ? text : "-");
    }
    to[at] = '\0';
}

static void put_part(char *to, size_t size, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        put_plain(to, size, "-");
        put_plain(to, size, text);
    }
}

void hm_web_report_file(struct hm_web_call *call, const struct hm_api_report *asked)
{
    char name[FILE_NAME_MAX] = "hamlet";
    char header[HEADER_SIZE];
    size_t format = format_of(call);
    if (format == FORMATS) {
        return;
    }
    put_part(name, sizeof(name), asked->name);
    put_part(name, sizeof(name), asked->unit);
    put_part(name, sizeof(name), asked->from);
    put_part(name, sizeof(name), asked->to);
    put_part(name, sizeof(name), asked->year);
    put_part(name, sizeof(name), asked->today ? "today" : NULL);
    (void)snprintf(header, sizeof(header), "attachment; filename=\"%s.%s\"", name,
                   formats[format].name);
    call->type = formats[format].type;
    /* Plain letters, and far below the room that there is. */
    (void)!hm_httpd_reply_header(call->reply, "Content-Disposition", header);
}

/* ---- on a laptop ---- */

static enum hm_status show(struct hm_web_call *call, bool records, struct hm_err *err)
{
    struct hm_api_report asked;
    enum hm_status status = hm_web_report_read(call, records, &asked, err);
    if (status == HM_OK) {
        status = hm_web_report_make(&call->view, call->web->options.dir, &asked,
                                    &call->out, err);
    }
    if (status == HM_OK) {
        hm_web_report_file(call, &asked);
    }
    return status;
}

enum hm_status hm_web_run_reports(struct hm_web_call *call, struct hm_err *err)
{
    return hm_web_report_make(&call->view, call->web->options.dir, NULL, &call->out, err);
}

enum hm_status hm_web_run_report(struct hm_web_call *call, struct hm_err *err)
{
    return show(call, false, err);
}

enum hm_status hm_web_run_report_records(struct hm_web_call *call, struct hm_err *err)
{
    return show(call, true, err);
}
