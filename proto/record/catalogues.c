/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/catalogues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_inside.h"

enum { ARENA_TIMES = 48, DATE_SIZE = 16 };

/* What one file left behind; a file of its own, so that a refused one goes as a whole. */
struct file {
    struct file *next;
    struct hm_arena arena;
    struct hm_catalogue catalogue;
};

struct hm_catalogues {
    struct file *files; /* in the order of their coming */
    struct file **end;
    struct hm_facts facts;
    struct hm_case_table table;
};

static const struct hm_json_limits limits = {.size_max = HM_CATALOGUE_FILE_MAX,
                                             .depth_max = 10,
                                             .values_max = 8192};

static void file_free(struct file *file)
{
    if (file != NULL) {
        hm_arena_fini(&file->arena);
        free(file);
    }
}

void hm_catalogues_close(struct hm_catalogues *catalogues)
{
    if (catalogues == NULL) {
        return;
    }
    while (catalogues->files != NULL) {
        struct file *next = catalogues->files->next;
        file_free(catalogues->files);
        catalogues->files = next;
    }
    free(catalogues);
}

const struct hm_catalogue *hm_catalogues_find(const struct hm_catalogues *catalogues,
                                              struct hm_bytes name)
{
    for (const struct file *file = catalogues->files; file != NULL; file = file->next) {
        if (file->catalogue.name != NULL && hm_bytes_are(name, file->catalogue.name)) {
            return &file->catalogue;
        }
    }
    return NULL;
}

size_t hm_catalogues_count(const struct hm_catalogues *catalogues)
{
    size_t count = 0;
    for (const struct file *file = catalogues->files; file != NULL; file = file->next) {
        count += file->catalogue.name != NULL;
    }
    return count;
}

const struct hm_catalogue *hm_catalogues_at(const struct hm_catalogues *catalogues,
                                            size_t index)
{
    for (const struct file *file = catalogues->files; file != NULL; file = file->next) {
        if (file->catalogue.name != NULL && index-- == 0) {
            return &file->catalogue;
        }
    }
    return NULL;
}

const struct hm_facts *hm_catalogues_facts(const struct hm_catalogues *catalogues)
{
    return &catalogues->facts;
}

const struct hm_case_table *hm_catalogues_case(const struct hm_catalogues *catalogues)
{
    return &catalogues->table;
}

/* The two files that are no catalogues say so by a member. */
static enum hm_status load_parsed(struct hm_catalogues *catalogues,
                                  struct file *file,
                                  const struct hm_json *parsed,
                                  const char *name,
                                  struct hm_err *err)
{
    struct hm_bytes base = hm_json_text_or(hm_json_get(parsed, "extends"), HM_NO_BYTES);
    struct hm_catalogue_load load = {
        {.file = name, .arena = &file->arena, .err = err},
        &file->catalogue,
        base.size == 0 ? NULL : hm_catalogues_find(catalogues, base)};
    if (hm_json_get(parsed, "facts") != NULL) {
        return hm_facts_read(&load.load, &catalogues->facts, parsed);
    }
    if (hm_json_get(parsed, "case") != NULL) {
        return hm_case_read(&load.load, &catalogues->table, parsed);
    }
    enum hm_status status = hm_catalogue_read(&load, parsed);
    if (status == HM_OK &&
        hm_catalogues_find(catalogues, hm_text(file->catalogue.name)) != NULL) {
        status = hm_fail(err, HM_BAD_INPUT, "kind-twice", name, "catalogue",
                         file->catalogue.name);
    }
    return status;
}

enum hm_status hm_catalogues_add(struct hm_catalogues *catalogues,
                                 struct hm_bytes json,
                                 const char *name,
                                 struct hm_err *err)
{
    enum hm_status status = HM_NO_MEMORY;
    struct hm_facts before = catalogues->facts;
    struct hm_case_table table = catalogues->table;
    struct hm_json *parsed = NULL;
    struct file *file = calloc(1, sizeof(*file));
    if (file == NULL) {
        (void)hm_fail_memory(err);
        goto out;
    }
    hm_arena_init(&file->arena, HM_CATALOGUE_FILE_MAX * ARENA_TIMES);
    status = hm_json_parse(&parsed, json, &limits, err);
    if (status == HM_OK) {
        status = load_parsed(catalogues, file, parsed, name, err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(&file->arena, err); /* of texts that were kept */
    }
    if (status == HM_OK) {
        *catalogues->end = file;
        catalogues->end = &file->next;
        file = NULL;
    } else {
        catalogues->facts = before;
        catalogues->table = table;
    }
out:
    hm_json_free(parsed);
    file_free(file);
    return status;
}

enum hm_status hm_catalogues_open(struct hm_catalogues **catalogues,
                                  const struct hm_embedded *table,
                                  struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_catalogues *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->end = &made->files;
    for (; status == HM_OK && table != NULL && table->name != NULL; table++) {
        struct hm_bytes json = {table->data, table->size};
        status = hm_catalogues_add(made, json, table->name, err);
    }
    if (status == HM_OK) {
        *catalogues = made;
        made = NULL;
    }
    hm_catalogues_close(made);
    return status;
}

/* ---- which ---- */

const struct hm_criteria *hm_catalogue_criteria(const struct hm_catalogue *catalogue,
                                                const char *unit_kind)
{
    for (size_t i = 0; i < catalogue->unit_count; i++) {
        if (hm_texts_have(&catalogue->units[i].kinds, hm_text(unit_kind))) {
            return &catalogue->units[i];
        }
    }
    return NULL;
}

/* The one for this kind of unit, before the one for any. */
static bool fits(const char *kind, const char *unit_kind, bool any)
{
    return strcmp(kind, any ? "any" : unit_kind) == 0;
}

const struct hm_span *hm_catalogue_window(const struct hm_catalogue *catalogue,
                                          const char *unit_kind)
{
    for (int any = 0; any < 2; any++) {
        for (size_t i = 0; i < catalogue->span_count; i++) {
            if (fits(catalogue->spans[i].kind, unit_kind, any != 0)) {
                return &catalogue->spans[i];
            }
        }
    }
    return NULL;
}

static bool in_force(const struct hm_catalogue *catalogue,
                     const struct hm_span *window,
                     int year)
{
    char day[DATE_SIZE];
    (void)snprintf(day, sizeof(day), "%04d-%s", year + window->year, window->to);
    return strcmp(catalogue->from, day) <= 0 &&
           (catalogue->to == NULL || strcmp(day, catalogue->to) <= 0);
}

bool hm_catalogue_holds(const struct hm_catalogue *overlay,
                        const struct hm_span *window,
                        int year)
{
    return in_force(overlay, window, year);
}

const struct hm_catalogue *hm_catalogue_of(const struct hm_catalogues *catalogues,
                                           const char *purpose,
                                           int year,
                                           const char *unit_kind)
{
    for (const struct file *file = catalogues->files; file != NULL; file = file->next) {
        const struct hm_catalogue *at = &file->catalogue;
        bool may = at->name != NULL && at->extends == NULL &&
                   strcmp(at->purpose, purpose) == 0 &&
                   hm_catalogue_criteria(at, unit_kind) != NULL;
        const struct hm_span *window = may ? hm_catalogue_window(at, unit_kind) : NULL;
        if (window != NULL && in_force(at, window, year)) {
            return at;
        }
    }
    return NULL;
}

bool hm_catalogue_excludes(const struct hm_catalogue *catalogue,
                           const char *unit_kind,
                           struct hm_bytes reason)
{
    for (size_t i = 0; reason.size > 0 && i < catalogue->exclusion_count; i++) {
        if (strcmp(catalogue->exclusions[i].kind, unit_kind) == 0) {
            return hm_texts_have(&catalogue->exclusions[i].reasons, reason);
        }
    }
    return false;
}

const struct hm_level *hm_catalogue_level(const struct hm_catalogue *catalogue,
                                          const char *unit_kind,
                                          const char *day)
{
    for (int any = 0; any < 2; any++) {
        for (size_t i = 0; i < catalogue->level_count; i++) {
            const struct hm_level *at = &catalogue->levels[i];
            if (fits(at->kind, unit_kind, any != 0) && strcmp(at->from, day) <= 0 &&
                (at->to == NULL || strcmp(day, at->to) <= 0)) {
                return at;
            }
        }
    }
    return NULL;
}
