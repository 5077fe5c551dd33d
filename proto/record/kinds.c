/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "load.h"

/* What one file left behind; a file of its own, so that a refused one goes as a whole. */
struct file {
    struct file *next;
    bool about; /* it is about persons: itself, or by what it refers to */
    struct hm_arena arena;
    struct hm_kind kind;
};

struct hm_kinds {
    struct file *files;
    const struct hm_kind **at; /* ascending name */
    size_t count;
    struct hm_field_shared shared;
    struct hm_digest digest;
};

/* A file at its limit makes some 20 times as much of texts and structures. */
enum { ARENA_TIMES = 32 };

static const struct hm_json_limits limits = {.size_max = HM_KIND_FILE_MAX,
                                             .depth_max = 10,
                                             .values_max = 8192};

static void file_free(struct file *file)
{
    if (file != NULL) {
        hm_arena_fini(&file->arena);
        free(file);
    }
}

void hm_kinds_close(struct hm_kinds *kinds)
{
    if (kinds == NULL) {
        return;
    }
    while (kinds->files != NULL) {
        struct file *next = kinds->files->next;
        file_free(kinds->files);
        kinds->files = next;
    }
    free(kinds->at);
    free(kinds);
}

/* Where a kind of that name stands, or would. */
static size_t place_of(const struct hm_kinds *kinds, struct hm_bytes name)
{
    size_t i = 0;
    while (i < kinds->count && hm_bytes_compare(hm_text(kinds->at[i]->name), name) < 0) {
        i++;
    }
    return i;
}

static enum hm_status insert(struct hm_kinds *kinds,
                             const struct hm_kind *kind,
                             const char *file,
                             struct hm_err *err)
{
    size_t place = place_of(kinds, hm_text(kind->name));
    if (hm_kinds_find(kinds, hm_text(kind->name)) != NULL) {
        return hm_fail(err, HM_BAD_INPUT, "kind-twice", file, "kind", kind->name);
    }
    if (kind->tree != NULL && hm_kinds_tree(kinds) != NULL) {
        return hm_fail(err, HM_BAD_INPUT, "kind-twice", file, "tree", kind->name);
    }
    const struct hm_kind **at =
        realloc(kinds->at, (kinds->count + 1) * sizeof(struct hm_kind *));
    if (at == NULL) {
        return hm_fail_memory(err);
    }
    for (size_t i = kinds->count; i > place; i--) {
        at[i] = at[i - 1];
    }
    at[place] = kind;
    kinds->at = at;
    kinds->count++;
    return HM_OK;
}

/* The one file that is no kind says so by its only member. */
static enum hm_status load_parsed(struct hm_kinds *kinds,
                                  struct hm_load *load,
                                  const struct hm_json *parsed)
{
    const struct hm_json *shared = hm_json_get(parsed, "shared");
    struct hm_field_shared read = {.date_words = NULL};
    bool is_kind = shared == NULL || hm_json_count(parsed) != 1;
    enum hm_status status =
        is_kind ? hm_load_kind(load, parsed) : hm_load_shared(load, &read, shared);
    if (status == HM_OK) {
        status = hm_arena_status(load->arena, load->err); /* of texts that were kept */
    }
    if (status == HM_OK && is_kind) {
        status = insert(kinds, load->kind, load->file, load->err);
    } else if (status == HM_OK) {
        kinds->shared = read;
    }
    return status;
}

static void digest_add(struct hm_digest *digest, struct hm_bytes json)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put(&hash, hm_digest_bytes(digest));
    hm_hash_put_packed(&hash, json);
    hm_hash_end(&hash, digest->at, HM_DIGEST_SIZE);
}

/* ---- what is never recorded about a person ---- */

static bool is_about(void *ctx, const char *name)
{
    const struct hm_kinds *kinds = ctx;
    for (const struct file *file = kinds->files; file != NULL; file = file->next) {
        if (file->kind.name != NULL && strcmp(file->kind.name, name) == 0) {
            return file->about;
        }
    }
    return false;
}

/* Through any number of references: until no pass finds another. */
static void mark_persons(struct hm_kinds *kinds)
{
    bool more = true;
    for (struct file *file = kinds->files; file != NULL; file = file->next) {
        file->about = file->kind.person;
    }
    while (more) {
        more = false;
        for (struct file *file = kinds->files; file != NULL; file = file->next) {
            if (!file->about && hm_private_ref(&file->kind, is_about, kinds) != NULL) {
                file->about = true;
                more = true;
            }
        }
    }
}

/* `name`: of the file that is to blame, which may not be the one that is at fault. */
static enum hm_status check_private(struct hm_kinds *kinds,
                                    const char *name,
                                    struct hm_err *err)
{
    mark_persons(kinds);
    for (struct file *file = kinds->files; file != NULL; file = file->next) {
        const struct hm_kind *kind = &file->kind;
        const struct hm_field *field = hm_private_name(&kinds->shared, kind);
        if (field != NULL) {
            return hm_fail(err, HM_BAD_INPUT, "kind-private", name, kind->name,
                           field->name);
        }
        field = kind->aggregate ? hm_private_ref(kind, is_about, kinds) : NULL;
        if (field != NULL) {
            return hm_fail(err, HM_BAD_INPUT, "kind-aggregate", name, kind->name,
                           field->name);
        }
    }
    return HM_OK;
}

bool hm_kinds_about_person(const struct hm_kinds *kinds, const struct hm_kind *kind)
{
    const struct file *file = kinds->files;
    while (file != NULL && &file->kind != kind) {
        file = file->next;
    }
    return file == NULL || file->about;
}

/* The newest file, if it is a kind, is taken out again. */
static void take_out(struct hm_kinds *kinds)
{
    struct file *file = kinds->files;
    size_t left = 0;
    for (size_t i = 0; i < kinds->count; i++) {
        if (kinds->at[i] != &file->kind) {
            kinds->at[left++] = kinds->at[i];
        }
    }
    kinds->count = left;
    kinds->files = file->next;
    file_free(file);
    mark_persons(kinds);
}

static enum hm_status check_newest(struct hm_kinds *kinds,
                                   const char *name,
                                   struct hm_err *err)
{
    const struct hm_kind *kind = &kinds->files->kind;
    const struct hm_field *field = NULL;
    enum hm_status status = check_private(kinds, name, err);
    if (status == HM_OK) {
        status = hm_private_label(&kinds->shared, kind, &field, err);
    }
    if (status == HM_OK && field != NULL) {
        status =
            hm_fail(err, HM_BAD_INPUT, "kind-private", name, kind->name, field->name);
    }
    return status;
}

/* ---- files ---- */

static enum hm_status add_file(struct hm_kinds *kinds,
                               struct hm_bytes json,
                               const char *name,
                               struct hm_err *err)
{
    enum hm_status status = HM_NO_MEMORY;
    struct hm_json *parsed = NULL;
    struct file *file = calloc(1, sizeof(*file));
    if (file == NULL) {
        (void)hm_fail_memory(err);
        goto out;
    }
    hm_arena_init(&file->arena, HM_KIND_FILE_MAX * ARENA_TIMES);
    status = hm_json_parse(&parsed, json, &limits, err);
    if (status != HM_OK) {
        goto out;
    }
    struct hm_load load = {name, &file->arena, &kinds->shared, err, &file->kind, NULL};
    status = load_parsed(kinds, &load, parsed);
    if (status == HM_OK) {
        file->next = kinds->files;
        kinds->files = file;
        file = NULL;
    }
out:
    hm_json_free(parsed);
    file_free(file);
    return status;
}

enum hm_status hm_kinds_add(struct hm_kinds *kinds,
                            struct hm_bytes json,
                            const char *name,
                            struct hm_err *err)
{
    struct hm_field_shared before = kinds->shared;
    enum hm_status status = add_file(kinds, json, name, err);
    if (status != HM_OK) {
        return status;
    }
    status = check_newest(kinds, name, err);
    if (status != HM_OK) {
        kinds->shared = before;
        take_out(kinds);
        return status;
    }
    digest_add(&kinds->digest, json);
    return HM_OK;
}

/* Labels of our own files are read by a test, not again at every start. */
enum hm_status hm_kinds_open(struct hm_kinds **kinds,
                             const struct hm_embedded *table,
                             struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_kinds *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    for (; status == HM_OK && table != NULL && table->name != NULL; table++) {
        struct hm_bytes json = {table->data, table->size};
        status = add_file(made, json, table->name, err);
        digest_add(&made->digest, json);
    }
    if (status == HM_OK) {
        status = check_private(made, "kinds", err);
    }
    if (status == HM_OK) {
        *kinds = made;
        made = NULL;
    }
    hm_kinds_close(made);
    return status;
}

const struct hm_kind *hm_kinds_find(const struct hm_kinds *kinds, struct hm_bytes name)
{
    size_t place = place_of(kinds, name);
    bool found = place < kinds->count && hm_bytes_are(name, kinds->at[place]->name);
    return found ? kinds->at[place] : NULL;
}

size_t hm_kinds_count(const struct hm_kinds *kinds)
{
    return kinds->count;
}

const struct hm_kind *hm_kinds_at(const struct hm_kinds *kinds, size_t index)
{
    return index < kinds->count ? kinds->at[index] : NULL;
}

struct hm_digest hm_kinds_digest(const struct hm_kinds *kinds)
{
    return kinds->digest;
}

const struct hm_kind *hm_kinds_tree(const struct hm_kinds *kinds)
{
    for (size_t i = 0; i < kinds->count; i++) {
        if (kinds->at[i]->tree != NULL) {
            return kinds->at[i];
        }
    }
    return NULL;
}
