/* SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/api/check.h"
#include "hamlet/api/conflicts.h"
#include "hamlet/api/duplicates.h"
#include "hamlet/api/evaluate.h"
#include "hamlet/api/kinds.h"
#include "hamlet/api/records.h"
#include "hamlet/api/signed.h"
#include "hamlet/api/units.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/draft.h"
#include "hamlet/replica/replica.h"
#include "show.h"

enum { LIMIT_DIGITS_MAX = 9, FD_PATH_SIZE = 48 };

static struct hm_view view_of(const struct hm_call *call)
{
    const struct hm_control_ctx *ctx = call->ctx;
    struct hm_view view;
    hm_show_view(&view, call, ctx->store);
    return view;
}

static enum hm_status read_limit(const char *given, int64_t *limit, struct hm_err *err)
{
    *limit = 0;
    if (given == NULL) {
        return HM_OK;
    }
    size_t size = strlen(given);
    if (size == 0 || size > LIMIT_DIGITS_MAX || strspn(given, "0123456789") != size) {
        return hm_fail(err, HM_BAD_INPUT, "limit-form", given, NULL, NULL);
    }
    *limit = strtoll(given, NULL, 10);
    return HM_OK;
}

static size_t count_given(const struct hm_args *args, const char *name)
{
    size_t count = 0;
    while (hm_args_value_at(args, name, count) != NULL) {
        count++;
    }
    return count;
}

/* *where: to free, also after a failure. */
static enum hm_status read_list(struct hm_api_list *list,
                                const char ***where,
                                const struct hm_args *args,
                                struct hm_err *err)
{
    size_t count = count_given(args, "where");
    *list = (struct hm_api_list){.kind = hm_text(args->operands[0]),
                                 .search = hm_text(hm_args_value(args, "search")),
                                 .deleted = hm_args_has(args, "deleted"),
                                 .voided = hm_args_has(args, "void"),
                                 .where_count = count};
    *where = calloc(count + 1, sizeof(**where));
    if (*where == NULL) {
        return hm_fail_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        (*where)[i] = hm_args_value_at(args, "where", i);
    }
    list->where = *where;
    return read_limit(hm_args_value(args, "limit"), &list->limit, err);
}

enum hm_status hm_list_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_view view = view_of(call);
    struct hm_api_list list;
    const char **where = NULL;
    enum hm_status status = read_list(&list, &where, call->args, err);
    if (status == HM_OK) {
        status = hm_api_list(&view, &list, err);
    }
    free(where);
    return status;
}

enum hm_status hm_show_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_view view = view_of(call);
    return hm_api_show(&view, call->args->operands[0], err);
}

enum hm_status hm_history_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_view view = view_of(call);
    return hm_api_history(&view, call->args->operands[0], err);
}

/* The library wants a file of a name: one that nobody else sees, beside the store. */
static enum hm_status write_book(struct hm_call *call,
                                 struct hm_api_export *export,
                                 struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    const struct hm_view view = view_of(call);
    struct hm_draft draft = {.folder = -1, .fd = -1};
    char name[PATH_MAX];
    char path[FD_PATH_SIZE];
    if (snprintf(name, sizeof(name), "%s/export.xlsx", ctx->dir) >= (int)sizeof(name)) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    enum hm_status status = hm_draft_open(&draft, ctx->env, name, err);
    if (status == HM_OK) {
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", draft.fd);
        export->path = path;
        export->temporary = ctx->dir;
        export->now = hm_env_wall(ctx->env);
        status = hm_api_export(&view, export, err);
    }
    if (status == HM_OK) {
        status = hm_draft_read(&draft, &ctx->file, err);
    }
    hm_draft_close(&draft);
    return status;
}

/* What was exported, and of what, under the server's signature. */
static enum hm_status write_signed(struct hm_call *call,
                                   const struct hm_api_export *export,
                                   struct hm_err *err)
{
    struct hm_control_ctx *ctx = call->ctx;
    const struct hm_view view = view_of(call);
    struct hm_buf body;
    hm_buf_init(&body, HM_SIGNED_FILE_MAX);
    enum hm_status status = hm_api_export_body(&view, export, ctx->unit, &body, err);
    if (status == HM_OK) {
        status = hm_api_signed_make(&ctx->file, hm_buf_bytes(&body), &ctx->key,
                                    &ctx->secret, err);
    }
    hm_buf_fini(&body);
    return status;
}

static enum hm_export_format format_of(const struct hm_args *args)
{
    const char *format = hm_args_value(args, "format");
    if (format == NULL) {
        return args->json ? HM_EXPORT_JSON : HM_EXPORT_CSV;
    }
    return strcmp(format, "xlsx") == 0  ? HM_EXPORT_BOOK
           : strcmp(format, "csv") == 0 ? HM_EXPORT_CSV
                                        : HM_EXPORT_JSON;
}

enum hm_status hm_export_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    const struct hm_view view = view_of(call);
    struct hm_api_list only;
    const char **where = NULL;
    struct hm_api_export export = {.kind = hm_text(args->operands[0]),
                                   .format = format_of(args),
                                   .columns = hm_args_value(args, "columns"),
                                   .all = hm_args_has(args, "all"),
                                   .only = &only};
    const char *format = hm_args_value(args, "format");
    bool is_signed = format != NULL && strcmp(format, "signed-json") == 0;
    if ((is_signed || export.format == HM_EXPORT_BOOK) != hm_args_has(args, "out")) {
        return hm_fail(err, HM_USAGE, "export-out", NULL, NULL, NULL);
    }
    enum hm_status status = read_list(&only, &where, args, err);
    if (status == HM_OK) {
        status = is_signed                         ? write_signed(call, &export, err)
                 : export.format == HM_EXPORT_BOOK ? write_book(call, &export, err)
                                                   : hm_api_export(&view, &export, err);
    }
    free(where);
    return status;
}

enum hm_status hm_conflicts_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_view view = view_of(call);
    const char *state = hm_args_value(call->args, "state");
    bool open = state == NULL || strcmp(state, "open") == 0;
    return hm_api_conflicts(&view, open, hm_args_value(call->args, "unit"), err);
}

enum hm_status hm_duplicates_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    const struct hm_view view = view_of(call);
    const char *kind = args->operand_count > 0 ? args->operands[0] : NULL;
    return hm_api_duplicates(&view, kind, hm_args_value(args, "unit"), err);
}

enum hm_status hm_quarantine_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_api_refused all = {.change = NULL};
    const struct hm_view view = view_of(call);
    return hm_api_quarantine(&view, &all, err);
}

enum hm_status hm_units_list_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    const struct hm_view view = view_of(call);
    struct hm_api_units query = {.code =
                                     args->operand_count > 0 ? args->operands[0] : NULL,
                                 .system = hm_args_value(args, "system"),
                                 .on = hm_args_value(args, "on"),
                                 .under = hm_args_value(args, "under"),
                                 .search = hm_args_value(args, "search")};
    enum hm_status status = read_limit(hm_args_value(args, "limit"), &query.limit, err);
    return status == HM_OK ? hm_api_units(&view, &query, err) : status;
}

enum hm_status hm_kinds_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_view view = view_of(call);
    const struct hm_args *args = call->args;
    return hm_api_kinds(&view, args->operand_count > 0 ? args->operands[0] : NULL, err);
}

static enum hm_status run_year(struct hm_call *call,
                               enum hm_status (*show)(const struct hm_view *view,
                                                      const struct hm_catalogues *known,
                                                      const struct hm_api_year *year,
                                                      struct hm_err *err),
                               struct hm_err *err)
{
    const struct hm_control_ctx *ctx = call->ctx;
    const struct hm_view view = view_of(call);
    struct hm_api_year year = {.unit = hm_args_value(call->args, "unit"),
                               .stage = hm_args_value(call->args, "stage"),
                               .on = hm_args_value(call->args, "on")};
    struct hm_catalogues *catalogues = NULL;
    enum hm_status status =
        hm_api_read_year(&year.year, hm_args_value(call->args, "year"), err);
    if (status == HM_OK) {
        status = hm_replica_catalogues(&catalogues, ctx->dir, err);
    }
    if (status == HM_OK) {
        status = show(&view, catalogues, &year, err);
    }
    hm_catalogues_close(catalogues);
    return status;
}

enum hm_status hm_evaluate_run(struct hm_call *call, struct hm_err *err)
{
    return run_year(call, hm_api_evaluate, err);
}

enum hm_status hm_case_run(struct hm_call *call, struct hm_err *err)
{
    return run_year(call, hm_api_case, err);
}

static enum hm_status show_cases(const struct hm_view *view,
                                 const struct hm_catalogues *known,
                                 const struct hm_api_year *year,
                                 struct hm_err *err)
{
    char code[HM_ERR_ARG_MAX];
    struct hm_api_year asked = *year;
    struct hm_bytes unit = HM_NO_BYTES;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_view_unit(view, year->unit, &unit, &arena, err);
    if (status == HM_OK) {
        (void)snprintf(code, sizeof(code), "%.*s", (int)unit.size,
                       (const char *)unit.data);
        asked.unit = code;
        status = hm_api_cases(view, known, &asked, err);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_cases_run(struct hm_call *call, struct hm_err *err)
{
    return run_year(call, show_cases, err);
}

enum hm_status hm_catalogues_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_control_ctx *ctx = call->ctx;
    const struct hm_view view = view_of(call);
    const struct hm_args *args = call->args;
    struct hm_catalogues *catalogues = NULL;
    enum hm_status status = hm_replica_catalogues(&catalogues, ctx->dir, err);
    if (status == HM_OK) {
        status = hm_api_catalogues(
            &view, catalogues, args->operand_count > 0 ? args->operands[0] : NULL, err);
    }
    hm_catalogues_close(catalogues);
    return status;
}

enum hm_status hm_digest_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_view view = view_of(call);
    return hm_api_digest(&view, hm_args_value(call->args, "unit"), err);
}

enum hm_status hm_verify_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_control_ctx *ctx = call->ctx;
    const struct hm_view view = view_of(call);
    return hm_api_verify(&view, &ctx->key, err);
}

enum hm_status hm_rebuild_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_view view = view_of(call);
    return hm_api_rebuild(&view, err);
}
