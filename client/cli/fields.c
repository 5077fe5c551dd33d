/* SPDX-License-Identifier: Apache-2.0 */
/* Fields as they are written on the command line. */
#include <string.h>

#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"

enum { FIELDS_BYTES_MAX = 64 * 1024 * 1024 };

static enum hm_status read_file(struct hm_fields *fields,
                                const char *path,
                                struct hm_bytes *text,
                                struct hm_err *err)
{
    struct hm_buf content;
    hm_buf_init(&content, HM_FIELD_BYTES_MAX);
    enum hm_status status = hm_file_read(&content, path, err);
    if (status == HM_OK) {
        *text = hm_arena_copy(&fields->arena, hm_buf_bytes(&content));
        status = hm_arena_status(&fields->arena, err);
    }
    hm_buf_fini(&content);
    return status;
}

static enum hm_status read_json(struct hm_fields *fields,
                                size_t i,
                                const char *text,
                                struct hm_err *err)
{
    /* A drawing as points in JSON is a few times longer than its text. */
    static const struct hm_json_limits limits = {.size_max = 16 * HM_VALUE_BYTES_MAX,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 18};
    enum hm_status status =
        hm_json_parse(&fields->documents[i], hm_text(text), &limits, err);
    fields->at[i].json = fields->documents[i];
    return status;
}

static enum hm_status read_one(struct hm_fields *fields,
                               size_t i,
                               const char *given,
                               struct hm_err *err)
{
    struct hm_field_input *field = &fields->at[i];
    const char *equals = strchr(given, '=');
    if (equals == NULL || equals == given) {
        return hm_fail(err, HM_USAGE, "field-form", given, NULL, NULL);
    }
    bool json = equals[-1] == ':';
    field->name =
        (struct hm_bytes){(const uint8_t *)given, (size_t)(equals - given) - json};
    if (json) {
        return read_json(fields, i, equals + 1, err);
    }
    if (equals[1] == '@') {
        return read_file(fields, equals + 2, &field->text, err);
    }
    field->text = hm_text(equals + 1);
    return HM_OK;
}

enum hm_status hm_fields_init(struct hm_fields *fields,
                              const char *const *given,
                              size_t count,
                              struct hm_err *err)
{
    *fields = (struct hm_fields){.count = count};
    hm_arena_init(&fields->arena, FIELDS_BYTES_MAX);
    fields->at = hm_arena_get_array(&fields->arena, count, sizeof(*fields->at));
    fields->documents =
        hm_arena_get_array(&fields->arena, count, sizeof(struct hm_json *));
    enum hm_status status = hm_arena_status(&fields->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = read_one(fields, i, given[i], err);
    }
    return status;
}

void hm_fields_fini(struct hm_fields *fields)
{
    for (size_t i = 0; fields->documents != NULL && i < fields->count; i++) {
        hm_json_free(fields->documents[i]);
    }
    hm_arena_fini(&fields->arena);
}
