/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A year's register of a kind that is not about persons, as a file: what the district
 * publishes of each unit. It is written to a file beside the store and read from there as
 * it is sent, however long it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/api/evaluate.h"
#include "hamlet/api/records.h"
#include "hamlet/api/signed.h"
#include "hamlet/base/limits.h"
#include "inside.h"
#include "sheet.h"

enum { FD_PATH_SIZE = 48, WHERES = 2, NAME_SIZE = 512, YEAR_SIZE = 12 };

static const struct {
    const char *name;
    const char *ending;
    const char *type;
} formats[] = {
    {"csv", "csv", "text/csv; charset=utf-8"},
    {"xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"signed-json", "json", "application/json; charset=utf-8"}};

enum format { CSV, BOOK, SIGNED, FORMATS };

struct registering {
    struct hm_sheet sheet; /* first */
    enum format format;
    const char *kind; /* these from its arena */
    const char *unit;
    const char *where[WHERES];
};

static void registering_free(void *at)
{
    struct registering *r = at;
    hm_sheet_fini(&r->sheet);
    free(r);
}

/* ---- the file ---- */

static enum hm_status write_signed(struct registering *r,
                                   const struct hm_api_export *export,
                                   struct hm_err *err)
{
    const struct hm_web_server_options *server = &r->sheet.web->server;
    const struct hm_view *view = &r->sheet.view;
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
        view->put(view->ctx, hm_buf_bytes(&file));
    }
    hm_buf_fini(&file);
    hm_buf_fini(&body);
    return status;
}

static enum hm_status write_file(struct hm_sheet *sheet, struct hm_err *err)
{
    struct registering *r = (struct registering *)sheet;
    const struct hm_api_list only = {.where = r->where, .where_count = WHERES};
    char path[FD_PATH_SIZE];
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", sheet->draft.fd);
    const struct hm_api_export export = {.kind = hm_text(r->kind),
                                         .format = r->format == CSV    ? HM_EXPORT_CSV
                                                   : r->format == BOOK ? HM_EXPORT_BOOK
                                                                       : HM_EXPORT_JSON,
                                         .all = true,
                                         .only = &only,
                                         .path = path,
                                         .temporary = sheet->web->server.dir,
                                         .now = hm_env_wall(sheet->web->server.env)};
    return r->format == SIGNED ? write_signed(r, &export, err)
                               : hm_api_export(&sheet->view, &export, err);
}

static enum hm_status register_now(struct hm_store *reader,
                                   void *at,
                                   struct hm_buf *out,
                                   struct hm_err *err)
{
    (void)out;
    return hm_sheet_write(at, reader, "register", write_file, err);
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
    const char *kept = text.failed == HM_OK
                           ? hm_arena_copy_text(&r->sheet.arena, hm_buf_bytes(&text))
                           : NULL;
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
    hm_sheet_init(&r->sheet, call);
    r->kind = hm_arena_copy_text(&r->sheet.arena, hm_text(kind->name));
    r->unit = hm_arena_copy_text(&r->sheet.arena, unit);
    r->where[0] = put_where(r, "unit", r->unit == NULL ? "" : r->unit);
    r->where[1] = put_where(r, kind->year->name, digits);
    enum hm_status status = hm_arena_status(&r->sheet.arena, err);
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
                   formats[format].name, r->sheet.lang == HM_LANG_VI ? "vi" : "en");
    const struct hm_web_task task = {.owner = call->account.name,
                                     .name = hm_text(name),
                                     .run = register_now,
                                     .file = hm_sheet_file,
                                     .free = registering_free,
                                     .ctx = r};
    return server->begin(server->ctx, &task, &call->task, err);
}

/* ---- the answer ---- */

/* Its name: what the query holds. */
static enum hm_status answer(struct hm_web_call *call,
                             enum format format,
                             struct hm_err *err)
{
    static const char *const parts[] = {"kind", "unit", "year"};
    struct hm_buf name;
    hm_buf_init(&name, HM_REQUEST_BYTES_MAX);
    hm_buf_put_text(&name, "hamlet");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const char *text = hm_web_query_of(call, parts[i]);
        hm_buf_put_byte(&name, '-');
        hm_buf_put_text(&name, text == NULL ? "" : text);
    }
    enum hm_status status = hm_buf_status(&name, err);
    if (status == HM_OK) {
        status = hm_sheet_answer(call, formats[format].type, hm_buf_bytes(&name),
                                 formats[format].ending, err);
    }
    hm_buf_fini(&name);
    return status;
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
