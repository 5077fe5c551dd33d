/* SPDX-License-Identifier: Apache-2.0 */
#include "where.h"

#include <string.h>

static enum hm_status read_value(const struct hm_field *field,
                                 struct hm_bytes text,
                                 struct hm_bytes *value,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_buf buf;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_field_read(field, text, &buf, err);
    if (status == HM_OK) {
        *value = hm_arena_copy(arena, hm_buf_bytes(&buf));
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&buf);
    return status;
}

static enum hm_status read_one(const struct hm_view *view,
                               const struct hm_kind *kind,
                               const char *given,
                               struct hm_key_field *where,
                               struct hm_list_query *query,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const char *equals = strchr(given, '=');
    if (equals == NULL) {
        return hm_fail(err, HM_USAGE, "field-form", given, NULL, NULL);
    }
    struct hm_bytes name = {(const uint8_t *)given, (size_t)(equals - given)};
    const struct hm_field *field = hm_kind_field(kind, name);
    if (hm_bytes_are(name, "unit")) {
        return hm_view_unit(view, equals + 1, &query->unit, arena, err);
    }
    if (field == NULL) {
        char text[HM_ERR_ARG_MAX];
        hm_api_argument(text, name);
        return hm_fail(err, HM_BAD_INPUT, "field-unknown", text, kind->name, NULL);
    }
    where->name = hm_text(field->name);
    query->where_count++;
    return read_value(field, hm_text(equals + 1), &where->value, arena, err);
}

enum hm_status hm_api_where(const struct hm_view *view,
                            const struct hm_kind *kind,
                            const char *const *where,
                            size_t count,
                            struct hm_list_query *query,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    struct hm_key_field *fields = hm_arena_get_array(arena, count, sizeof(*fields));
    enum hm_status status = hm_arena_status(arena, err);
    query->where = fields;
    query->where_count = 0;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = read_one(view, kind, where[i], &fields[query->where_count], query, arena,
                          err);
    }
    return status;
}
