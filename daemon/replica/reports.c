/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that stand beside the built-in ones, one file each. */
#include "hamlet/host/file.h"
#include "hamlet/replica/replica.h"

enum { PATHS_MAX = 1024 * 1024 };

/* To whoever runs the program a broken report is a wrong setting. */
static enum hm_status add_one(struct hm_reports *reports,
                              const char *folder,
                              const char *name,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_REPORT_FILE_MAX);
    const char *path = hm_replica_path(arena, folder, name);
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_file_read(&text, path, err);
    }
    if (status == HM_OK) {
        status = hm_reports_add(reports, hm_buf_bytes(&text), name, err);
    }
    hm_buf_fini(&text);
    return status == HM_BAD_INPUT || status == HM_TOO_BIG ? HM_UNCONFIGURED : status;
}

enum hm_status hm_replica_reports(struct hm_reports **reports,
                                  const char *dir,
                                  struct hm_err *err)
{
    struct hm_reports *made = NULL;
    struct hm_arena arena;
    char **names = NULL;
    size_t count = 0;
    hm_arena_init(&arena, PATHS_MAX);
    const char *folder = hm_replica_path(&arena, dir, HM_REPLICA_REPORTS);
    enum hm_status status =
        hm_replica_files(dir, HM_REPLICA_REPORTS, &names, &count, &arena, err);
    if (status == HM_OK) {
        status = hm_reports_open(&made, hm_embedded_reports, err);
    }
    for (size_t i = 0; status == HM_OK && i < count; i++) {
        status = add_one(made, folder, names[i], &arena, err);
    }
    if (status == HM_OK) {
        *reports = made;
        made = NULL;
    }
    hm_reports_close(made);
    hm_arena_fini(&arena);
    return status;
}
