/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "report_inside.h"

enum { ARENA_TIMES = 48 };

/* What one file left behind; a file of its own, so that a refused one goes as a whole. */
struct file {
    struct file *next; /* in the order of the reports */
    struct hm_arena arena;
    struct hm_report report; /* without a name: the settings */
};

struct hm_reports {
    struct file *files;
    struct hm_report_settings settings;
};

static const struct hm_json_limits limits = {.size_max = HM_REPORT_FILE_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 16384};

static void file_free(struct file *file)
{
    if (file != NULL) {
        hm_arena_fini(&file->arena);
        free(file);
    }
}

void hm_reports_close(struct hm_reports *reports)
{
    if (reports == NULL) {
        return;
    }
    while (reports->files != NULL) {
        struct file *next = reports->files->next;
        file_free(reports->files);
        reports->files = next;
    }
    free(reports);
}

const struct hm_report *hm_reports_find(const struct hm_reports *reports,
                                        struct hm_bytes name)
{
    for (const struct file *file = reports->files; file != NULL; file = file->next) {
        if (file->report.name != NULL && hm_bytes_are(name, file->report.name)) {
            return &file->report;
        }
    }
    return NULL;
}

size_t hm_reports_count(const struct hm_reports *reports)
{
    size_t count = 0;
    for (const struct file *file = reports->files; file != NULL; file = file->next) {
        count += file->report.name != NULL;
    }
    return count;
}

const struct hm_report *hm_reports_at(const struct hm_reports *reports, size_t index)
{
    for (const struct file *file = reports->files; file != NULL; file = file->next) {
        if (file->report.name != NULL && index-- == 0) {
            return &file->report;
        }
    }
    return NULL;
}

const struct hm_report_settings *hm_reports_settings(const struct hm_reports *reports)
{
    return &reports->settings;
}

static enum hm_status load_parsed(struct hm_reports *reports,
                                  struct file *file,
                                  const struct hm_json *parsed,
                                  const char *name,
                                  struct hm_err *err)
{
    struct hm_report_load load = {{.file = name, .arena = &file->arena, .err = err},
                                  &file->report};
    const struct hm_json *settings = hm_json_get(parsed, "settings");
    if (settings != NULL && hm_json_count(parsed) == 1) {
        return hm_report_read_settings(&load.load, &reports->settings, settings);
    }
    enum hm_status status = hm_report_read(&load, parsed);
    if (status == HM_OK && hm_reports_find(reports, hm_text(file->report.name)) != NULL) {
        status =
            hm_fail(err, HM_BAD_INPUT, "kind-twice", name, "report", file->report.name);
    }
    return status;
}

/* By their order, then by their names. */
static void put_file(struct hm_reports *reports, struct file *file)
{
    struct file **at = &reports->files;
    const char *name = file->report.name == NULL ? "" : file->report.name;
    while (*at != NULL) {
        const struct hm_report *there = &(*at)->report;
        if (there->order > file->report.order ||
            (there->order == file->report.order &&
             strcmp(there->name == NULL ? "" : there->name, name) > 0)) {
            break;
        }
        at = &(*at)->next;
    }
    file->next = *at;
    *at = file;
}

enum hm_status hm_reports_add(struct hm_reports *reports,
                              struct hm_bytes json,
                              const char *name,
                              struct hm_err *err)
{
    enum hm_status status = HM_NO_MEMORY;
    struct hm_report_settings before = reports->settings;
    struct hm_json *parsed = NULL;
    struct file *file = calloc(1, sizeof(*file));
    if (file == NULL) {
        (void)hm_fail_memory(err);
        goto out;
    }
    hm_arena_init(&file->arena, HM_REPORT_FILE_MAX * ARENA_TIMES);
    status = hm_json_parse(&parsed, json, &limits, err);
    if (status == HM_OK) {
        status = load_parsed(reports, file, parsed, name, err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(&file->arena, err); /* of texts that were kept */
    }
    if (status == HM_OK) {
        put_file(reports, file);
        file = NULL;
    } else {
        reports->settings = before;
    }
out:
    hm_json_free(parsed);
    file_free(file);
    return status;
}

enum hm_status hm_reports_open(struct hm_reports **reports,
                               const struct hm_embedded *table,
                               struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_reports *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    for (; status == HM_OK && table != NULL && table->name != NULL; table++) {
        struct hm_bytes json = {table->data, table->size};
        status = hm_reports_add(made, json, table->name, err);
    }
    if (status == HM_OK) {
        *reports = made;
        made = NULL;
    }
    hm_reports_close(made);
    return status;
}
