/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/import.h"
#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/exchange/table.h"
#include "hamlet/host/file.h"
#include "hamlet/replica/imports.h"

/* A file that is larger holds no list of people, and would fill a small machine. */
#define IMPORT_BYTES_MAX ((size_t)48 * 1024 * 1024)

/* The file is kept before its rows: where there is no room for it, nothing is imported.
 */
static enum hm_status keep_and_import(const struct hm_call *call,
                                      struct hm_desk *desk,
                                      const struct hm_import *import,
                                      struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_imported imported = {.batch = {{0}}};
    struct hm_digest digest;
    bool fresh = false;
    enum hm_status status = HM_OK;
    hm_hash_once(digest.at, sizeof(digest.at), import->file);
    if (!import->dry_run) {
        status =
            hm_imports_keep(desk->folder, &cli->env, &digest, import->file, &fresh, err);
    }
    if (status == HM_OK) {
        status = hm_api_import(&desk->view, import, &imported, err);
    }
    bool written = status == HM_OK && !hm_id_is_none(&imported.batch);
    if (written) {
        hm_poke(&cli->env, desk->folder);
    } else if (fresh) {
        hm_imports_drop(desk->folder, &digest);
    }
    return status;
}

static enum hm_status import_file(const struct hm_call *call,
                                  const struct hm_import *import,
                                  struct hm_err *err)
{
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    status = import->dry_run ? HM_OK : hm_desk_unlock(call, &desk, err);
    if (status == HM_OK) {
        status = keep_and_import(call, &desk, import, err);
    }
    hm_desk_close(&desk);
    return status;
}

enum hm_status hm_run_import(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    const char *maps[HM_TABLE_COLUMNS_MAX];
    struct hm_buf file;
    struct hm_import import = {.kind = hm_text(args->operands[0]),
                               .sheet = hm_text(hm_args_value(args, "sheet")),
                               .maps = maps,
                               .encoding = hm_args_value(args, "encoding"),
                               .strict = hm_args_has(args, "strict"),
                               .dry_run = hm_args_has(args, "dry-run"),
                               .proper_case = hm_args_has(args, "proper-case")};
    for (const char *map = hm_args_value_at(args, "map", 0); map != NULL;
         map = hm_args_value_at(args, "map", import.map_count)) {
        if (import.map_count == HM_TABLE_COLUMNS_MAX) {
            return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
        }
        maps[import.map_count++] = map;
    }
    hm_buf_init(&file, IMPORT_BYTES_MAX);
    enum hm_status status = hm_file_read(&file, args->operands[1], err);
    if (status == HM_OK) {
        import.file = hm_buf_bytes(&file);
        status = import_file(call, &import, err);
    }
    hm_buf_fini(&file);
    return status;
}
