/* SPDX-License-Identifier: Apache-2.0 */
/* What a person gave for the fields of a kind, read by the fields' types. */
#include <string.h>

#include "hamlet/model/value.h"
#include "hamlet/text/normal.h"
#include "inside.h"

static size_t index_of(const struct hm_kind *kind, const struct hm_field *field)
{
    return (size_t)(field - kind->fields);
}

static enum hm_status read_unit(struct hm_author *author,
                                const struct hm_field_input *given,
                                struct hm_values *values,
                                struct hm_err *err)
{
    struct hm_buf text;
    struct hm_bytes from =
        given->json == NULL ? given->text : hm_json_text_or(given->json, HM_NO_BYTES);
    hm_buf_init(&text, HM_NAME_MAX);
    enum hm_status status = hm_text_normal(&text, from, false, err);
    if (status == HM_OK) {
        values->unit = hm_arena_copy(&author->arena, hm_buf_bytes(&text));
        status = hm_arena_status(&author->arena, err);
    }
    hm_buf_fini(&text);
    return status;
}

static enum hm_status read_field(struct hm_author *author,
                                 const struct hm_field *field,
                                 const struct hm_field_input *given,
                                 struct hm_bytes *value,
                                 struct hm_err *err)
{
    hm_buf_clear(&author->scratch);
    enum hm_status status =
        given->json == NULL
            ? hm_field_read(field, given->text, &author->scratch, err)
            : hm_field_read_json(field, given->json, &author->scratch, err);
    if (status == HM_OK) {
        status = hm_buf_status(&author->scratch, err);
    }
    if (status == HM_OK) {
        *value = hm_arena_copy(&author->arena, hm_buf_bytes(&author->scratch));
        status = hm_arena_status(&author->arena, err);
    }
    return status;
}

enum hm_status hm_values_read(struct hm_author *author,
                              const struct hm_kind *kind,
                              const struct hm_field_input *given,
                              size_t count,
                              struct hm_values *values,
                              struct hm_err *err)
{
    *values = (struct hm_values){.kind = kind};
    values->at =
        hm_arena_get_array(&author->arena, kind->field_count, sizeof(*values->at));
    enum hm_status status = hm_arena_status(&author->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        char name[HM_ERR_ARG_MAX];
        const struct hm_field *field = hm_kind_field(kind, given[i].name);
        hm_author_argument(name, given[i].name);
        if (hm_bytes_are(given[i].name, "unit")) {
            status = read_unit(author, &given[i], values, err);
        } else if (field == NULL) {
            status = hm_fail(err, HM_BAD_INPUT, "field-unknown", name, kind->name, NULL);
        } else if (values->at[index_of(kind, field)].size > 0) {
            status = hm_fail(err, HM_BAD_INPUT, "field-twice", name, NULL, NULL);
        } else {
            status = read_field(author, field, &given[i],
                                &values->at[index_of(kind, field)], err);
        }
    }
    return status;
}

static struct hm_bytes value_of(void *ctx, const struct hm_field *field)
{
    const struct hm_values *values = ctx;
    return values->at[index_of(values->kind, field)];
}

struct hm_kind_values hm_values_getter(struct hm_values *values)
{
    return (struct hm_kind_values){value_of, values};
}
