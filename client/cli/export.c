/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "hamlet/api/records.h"
#include "hamlet/host/draft.h"

enum { FD_PATH_SIZE = 48, FILE_MODE = 0600 };

/*
 * The library that writes the file wants a name: that of the open draft. Who looks for
 * the file finds it whole or not at all.
 */
static enum hm_status write_book(const struct hm_call *call,
                                 const struct hm_desk *desk,
                                 struct hm_api_export *export,
                                 const char *out,
                                 struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_draft draft = {.folder = -1, .fd = -1};
    char path[FD_PATH_SIZE];
    enum hm_status status = hm_draft_open(&draft, &cli->env, out, err);
    if (status == HM_OK) {
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", draft.fd);
        export->path = path;
        export->temporary = desk->folder;
        export->now = hm_env_wall(&cli->env);
        status = hm_api_export(&desk->view, export, err);
    }
    if (status == HM_OK) {
        status = hm_draft_sync(&draft, FILE_MODE, err);
    }
    if (status == HM_OK) {
        status = hm_draft_name(&draft, false, err);
    }
    hm_draft_close(&draft);
    return status;
}

static enum hm_export_format format_of(const struct hm_call *call)
{
    const char *format = hm_args_value(call->args, "format");
    if (format == NULL) {
        return call->args->json ? HM_EXPORT_JSON : HM_EXPORT_CSV;
    }
    return strcmp(format, "xlsx") == 0  ? HM_EXPORT_BOOK
           : strcmp(format, "csv") == 0 ? HM_EXPORT_CSV
                                        : HM_EXPORT_JSON;
}

enum hm_status hm_run_export(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    const char *out = hm_args_value(call->args, "out");
    const char *where[HM_WHERE_MAX];
    struct hm_api_list only;
    struct hm_api_export export = {.kind = hm_text(call->args->operands[0]),
                                   .format = format_of(call),
                                   .columns = hm_args_value(call->args, "columns"),
                                   .all = hm_args_has(call->args, "all"),
                                   .only = &only};
    if ((export.format == HM_EXPORT_BOOK) != (out != NULL)) {
        return hm_fail(err, HM_USAGE, "export-out", NULL, NULL, NULL);
    }
    enum hm_status status = hm_read_list(&only, where, call->args, err);
    if (status == HM_OK) {
        status = hm_desk_open(&desk, call, err);
    }
    if (status == HM_OK) {
        status = out == NULL ? hm_api_export(&desk.view, &export, err)
                             : write_book(call, &desk, &export, out, err);
        hm_desk_close(&desk);
    }
    return status;
}
