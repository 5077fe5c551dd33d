/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/import.h"
#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/exchange/csv.h"
#include "hamlet/host/file.h"

static enum hm_status import_file(const struct hm_call *call,
                                  const struct hm_import *import,
                                  struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_desk desk;
    struct hm_imported imported;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_api_import(&desk.view, import, &imported, err);
    if (status == HM_OK && !hm_id_is_none(&imported.batch)) {
        hm_poke(&cli->env, desk.folder);
    }
    hm_desk_close(&desk);
    return status;
}

enum hm_status hm_run_import(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    const char *maps[HM_CSV_COLUMNS_MAX];
    struct hm_buf file;
    struct hm_import import = {.kind = hm_text(args->operands[0]),
                               .maps = maps,
                               .encoding = hm_args_value(args, "encoding"),
                               .strict = hm_args_has(args, "strict"),
                               .dry_run = hm_args_has(args, "dry-run")};
    for (const char *map = hm_args_value_at(args, "map", 0); map != NULL;
         map = hm_args_value_at(args, "map", import.map_count)) {
        if (import.map_count == HM_CSV_COLUMNS_MAX) {
            return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
        }
        maps[import.map_count++] = map;
    }
    hm_buf_init(&file, HM_FILE_BYTES_MAX);
    enum hm_status status = hm_file_read(&file, args->operands[1], err);
    if (status == HM_OK) {
        import.file = hm_buf_bytes(&file);
        status = import_file(call, &import, err);
    }
    hm_buf_fini(&file);
    return status;
}
