/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A year's register of a kind that is not about persons, as a file: what the district
 * publishes of each unit. It is written to a file beside the store and read from there as
 * it is sent, however long it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/api/evaluate.h"
#include "hamlet/api/records.h"
#include "hamlet/api/signed.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/draft.h"
#include "inside.h"

enum {
    FD_PATH_SIZE = 48,
    WHERES = 2,
    HEADER_SIZE = 256,
    NAME_SIZE = 512,
    YEAR_SIZE = 12
};

static const struct {
    const char *name;
    const char *ending;
    const char *type;
} formats[] = {
    {"csv", "csv", "text/csv; charset=utf-8"},
    {"xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"signed-json", "json", "application/json; charset=utf-8"}};

enum format { CSV, BOOK, SIGNED, FORMATS };

/* What a task needs of the request, which is over before it is. */
struct registering {
    struct hm_web *web;
    enum hm_lang lang;
    enum format format;
    const char *kind; /* these from the arena */
    const char *unit;
    const char *where[WHERES];
    struct hm_arena arena;
    int fd; /* what was written; -1: nothing yet */
    /* while it is written */
    struct hm_draft draft;
    enum hm_status status;
    struct hm_err err;
};

static void registering_free(void *at)
{
    struct registering *r = at;
    if (r->fd >= 0) {
        (void)close(r->fd);
    }
    hm_arena_fini(&r->arena);
    free(r);
}

static int file_of(const void *at)
{
    const struct registering *r = at;
    return r->fd;
}

/* ---- the file ---- */

static void put_file(void *at, struct hm_bytes bytes)
{
    struct registering *r = at;
    if (r->status == HM_OK) {
        r->status = hm_draft_put(&r->draft, bytes, &r->err);
    }
}

static enum hm_status write_signed(struct registering *r,
                                   const struct hm_view *view,
                                   const struct hm_api_export *export,
                                   struct hm_err *err)
{
    const struct hm_web_server_options *server = &r->web->server;
    struct hm_buf body;
    struct hm_buf file;
    hm_buf_init(&body, HM_SIGNED_FILE_MAX);
    hm_buf_init(&file, HM_SIGNED_FILE_MAX);
    enum hm_status status =
        hm_api_export_body(view, export, hm_text(r->unit), &body, err);
    if (status == HM_OK) {
        status = server->sign(server->ctx, hm_buf_bytes(&body), &file, err);
    }
    if (status == HM_OK) {
        status = hm_draft_put(&r->draft, hm_buf_bytes(&file), err);
    }
    hm_buf_fini(&file);
    hm_buf_fini(&body);
    return status;
}

static enum hm_status write_file(struct registering *r,
                                 struct hm_store *reader,
                                 struct hm_err *err)
{
    const struct hm_view view = {.store = reader,
                                 .words = hm_words_of(r->lang),
                                 .lang = r->lang,
                                 .put = put_file,
                                 .ctx = r};
    const struct hm_api_list only = {.where = r->where, .where_count = WHERES};
    char path[FD_PATH_SIZE];
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", r->draft.fd);
    const struct hm_api_export export = {.kind = hm_text(r->kind),
                                         .format = r->format == CSV    ? HM_EXPORT_CSV
                                                   : r->format == BOOK ? HM_EXPORT_BOOK
                                                                       : HM_EXPORT_JSON,
                                         .all = true,
                                         .only = &only,
                                         .path = path,
                                         .temporary = r->web->server.dir,
                                         .now = hm_env_wall(r->web->server.env)};
    if (r->format == SIGNED) {
        return write_signed(r, &view, &export, err);
    }
    enum hm_status status = hm_api_export(&view, &export, err);
    if (status == HM_OK && r->status != HM_OK) {
        *err = r->err;
        status = r->status;
    }
    return status;
}

/* What it holds outlives its name, which goes at once. */
static enum hm_status keep_file(struct registering *r, struct hm_err *err)
{
    r->fd = fcntl(r->draft.fd, F_DUPFD_CLOEXEC, 0);
    return r->fd < 0 ? hm_fail_errno(err, errno, "register") : HM_OK;
}

static enum hm_status register_now(struct hm_store *reader,
                                   void *at,
                                   struct hm_buf *out,
                                   struct hm_err *err)
{
    struct registering *r = at;
    (void)out;
    r->draft = (struct hm_draft){.folder = -1, .fd = -1};
    const char *name = hm_replica_path(&r->arena, r->web->server.dir, "register");
    enum hm_status status = hm_arena_status(&r->arena, err);
    if (status == HM_OK) {
        status = hm_draft_open(&r->draft, r->web->server.env, name, err);
    }
    if (status == HM_OK) {
        status = write_file(r, reader, err);
    }
    if (status == HM_OK) {
        status = keep_file(r, err);
    }
    hm_draft_close(&r->draft);
    return status;
}

/* ---- what is asked ---- */

static enum hm_status read_format(const struct hm_web_call *call,
                                  enum format *format,
                                  struct hm_err *err)
{
    const char *given = hm_web_query_of(call, "format");
    *format = CSV;
    while (*format < FORMATS &&
           (given == NULL || strcmp(formats[*format].name, given) != 0)) {
        (*format)++;
    }
    return *format < FORMATS ? HM_OK
                             : hm_fail(err, HM_USAGE, "web-member", "format", NULL, NULL);
}

/* A kind that has a register: one a year, and not about persons. */
static enum hm_status read_kind(const struct hm_web_call *call,
                                const struct hm_kind **kind,
                                struct hm_err *err)
{
    const struct hm_kinds *kinds = hm_store_kinds(call->view.store);
    const char *name = hm_web_query_of(call, "kind");
    *kind = hm_kinds_find(kinds, hm_text(name == NULL ? "" : name));
    bool fits = *kind != NULL && (*kind)->year != NULL &&
                (*kind)->year->type == HM_FIELD_TYPE_INTEGER &&
                !hm_kinds_about_person(kinds, *kind);
    return fits ? HM_OK : hm_fail(err, HM_USAGE, "web-member", "kind", NULL, NULL);
}

static const char *put_where(struct registering *r, const char *field, const char *value)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_REQUEST_BYTES_MAX);
    hm_buf_put_text(&text, field);
    hm_buf_put_byte(&text, '=');
    hm_buf_put_text(&text, value);
    const char *kept =
        text.failed == HM_OK ? hm_arena_copy_text(&r->arena, hm_buf_bytes(&text)) : NULL;
    hm_buf_fini(&text);
    return kept;
}

static enum hm_status registering_new(struct registering **registering,
                                      struct hm_web_call *call,
                                      const struct hm_kind *kind,
                                      int year,
                                      struct hm_bytes unit,
                                      struct hm_err *err)
{
    char digits[YEAR_SIZE];
    struct registering *r = calloc(1, sizeof(*r));
    if (r == NULL) {
        return hm_fail_memory(err);
    }
    (void)snprintf(digits, sizeof(digits), "%d", year);
    hm_arena_init(&r->arena, HM_REQUEST_ARENA_MAX);
    r->web = call->web;
    r->lang = call->guest.lang;
    r->fd = -1;
    r->kind = hm_arena_copy_text(&r->arena, hm_text(kind->name));
    r->unit = hm_arena_copy_text(&r->arena, unit);
    r->where[0] = put_where(r, "unit", r->unit == NULL ? "" : r->unit);
    r->where[1] = put_where(r, kind->year->name, digits);
    enum hm_status status = hm_arena_status(&r->arena, err);
    if (status == HM_OK && (r->where[0] == NULL || r->where[1] == NULL)) {
        status = hm_fail_memory(err);
    }
    if (status != HM_OK) {
        registering_free(r);
        return status;
    }
    *registering = r;
    return HM_OK;
}

static enum hm_status begin(struct hm_web_call *call,
                            enum format format,
                            struct hm_err *err)
{
    const struct hm_web_server_options *server = &call->web->server;
    const char *given = hm_web_query_of(call, "year");
    const struct hm_kind *kind = NULL;
    struct registering *r = NULL;
    struct hm_bytes unit = HM_NO_BYTES;
    char name[NAME_SIZE];
    int year = 0;
    enum hm_status status = hm_web_scope(call, &unit, err);
    if (status == HM_OK) {
        status = read_kind(call, &kind, err);
    }
    if (status == HM_OK) {
        status = hm_api_read_year(&year, given == NULL ? "" : given, err);
    }
    if (status == HM_OK) {
        status = registering_new(&r, call, kind, year, unit, err);
    }
    if (r == NULL) {
        return status;
    }
    r->format = format;
    (void)snprintf(name, sizeof(name), "register %s %s %d %s %s", r->kind, r->unit, year,
                   formats[format].name, r->lang == HM_LANG_VI ? "vi" : "en");
    const struct hm_web_task task = {.owner = call->account.name,
                                     .name = hm_text(name),
                                     .run = register_now,
                                     .file = file_of,
                                     .free = registering_free,
                                     .ctx = r};
    return server->begin(server->ctx, &task, &call->task, err);
}

/* ---- the answer ---- */

/* Its name: of what the query holds, letters and digits alone. */
static void name_file(struct hm_web_call *call, enum format format)
{
    static const char *const parts[] = {"kind", "unit", "year"};
    char header[HEADER_SIZE];
    struct hm_buf name;
    hm_buf_init(&name, HEADER_SIZE / 2);
    hm_buf_put_text(&name, "hamlet");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const char *text = hm_web_query_of(call, parts[i]);
        hm_buf_put_byte(&name, '-');
        for (; text != NULL && *text != '\0'; text++) {
            bool plain = (*text >= '0' && *text <= '9') ||
                         (*text >= 'a' && *text <= 'z') || *text == '_';
            hm_buf_put_byte(&name, (uint8_t)(plain ? *text : '-'));
        }
    }
    hm_buf_put_byte(&name, '\0');
    (void)snprintf(header, sizeof(header), "attachment; filename=\"%s.%s\"",
                   name.failed == HM_OK ? (const char *)name.data : "hamlet",
                   formats[format].ending);
    hm_buf_fini(&name);
    call->type = formats[format].type;
    /* Plain letters, and far below the room that there is. */
    (void)!hm_httpd_reply_header(call->reply, "Content-Disposition", header);
}

static enum hm_status answer(struct hm_web_call *call,
                             enum format format,
                             struct hm_err *err)
{
    struct hm_web_task_seen seen;
    struct stat file;
    enum hm_status status = hm_web_task_await(call, &seen, err);
    if (status != HM_OK || !seen.done) {
        return status;
    }
    if (seen.fd < 0 || fstat(seen.fd, &file) != 0) {
        return hm_fail(err, HM_NOT_FOUND, "task-unknown", "", NULL, NULL);
    }
    call->file =
        (struct hm_httpd_file){.open = true, .fd = seen.fd, .size = file.st_size};
    name_file(call, format);
    return HM_OK;
}

enum hm_status hm_server_run_register(struct hm_web_call *call, struct hm_err *err)
{
    enum format format = CSV;
    enum hm_status status = read_format(call, &format, err);
    if (status == HM_OK && call->task == 0) {
        status = hm_web_task_read(call, err);
    }
    if (status == HM_OK && call->task == 0) {
        status = begin(call, format, err);
    }
    hm_web_reader_give(call);
    return status == HM_OK ? answer(call, format, err) : status;
}
