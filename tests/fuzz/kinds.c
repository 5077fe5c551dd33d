/* SPDX-License-Identifier: Apache-2.0 */
/* A kind's file: it is added and can be worked with, or the kinds stay as they were. */
#include "hamlet/record/kinds.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/register.h"

static struct hm_bytes nothing(void *ctx, const struct hm_field *field)
{
    (void)ctx;
    (void)field;
    return HM_NO_BYTES;
}

/* Every field takes what is typed into it or refuses; what it takes is valid. */
static void type_into(const struct hm_field *field, struct hm_buf *value)
{
    static const char *const typed[] = {"", "1", "5/3/2026", "2026", "[]", "{}", "x,y"};
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        hm_buf_clear(value);
        if (hm_field_read(field, hm_text(typed[i]), value, NULL) == HM_OK) {
            struct hm_bytes read = hm_buf_bytes(value);
            HM_ASSERT(hm_value_tag(read) == HM_VALUE_NULL || hm_field_valid(field, read));
        }
    }
}

static void work_with(const struct hm_kind *kind)
{
    const struct hm_kind_values values = {nothing, NULL};
    struct hm_buf buf;
    hm_buf_init(&buf, HM_CHANGE_BYTES_MAX);
    HM_ASSERT(kind->field_count > 0 && kind->field_count <= HM_KIND_FIELDS_MAX);
    HM_ASSERT(kind->right_count > 0 && kind->rights[kind->right_count - 1].field == NULL);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct hm_field *field = &kind->fields[i];
        HM_ASSERT(hm_kind_field(kind, hm_text(field->name)) == field);
        type_into(field, &buf);
    }
    for (size_t i = 0; i < kind->register_count; i++) {
        const struct hm_kind_register *reg = &kind->registers[i];
        HM_ASSERT(hm_kind_register(kind, hm_text(reg->name)) == reg);
        hm_buf_clear(&buf);
        hm_register_put(&buf, reg, HM_NO_BYTES, &values);
    }
    hm_buf_clear(&buf);
    hm_kind_sort_key(&buf, kind, &values);
    hm_kind_fold(&buf, kind, &values);
    hm_buf_fini(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes json = {data, size};
    struct hm_kinds *kinds = NULL;
    struct hm_err err = HM_ERR_NONE;
    HM_ASSERT(hm_kinds_open(&kinds, NULL, NULL) == HM_OK);
    enum hm_status status = hm_kinds_add(kinds, json, "x.json", &err);
    if (status == HM_OK) {
        size_t count = hm_kinds_count(kinds);
        if (count > 0) { /* shared.json belongs to no kind */
            const struct hm_kind *kind = hm_kinds_at(kinds, 0);
            HM_ASSERT(count == 1 && hm_kinds_find(kinds, hm_text(kind->name)) == kind);
            work_with(kind);
            HM_ASSERT(hm_kinds_add(kinds, json, "y.json", NULL) == HM_BAD_INPUT);
        }
    } else {
        HM_ASSERT(status == HM_BAD_INPUT || status == HM_TOO_BIG);
        HM_ASSERT(hm_kinds_count(kinds) == 0 && err.key != NULL);
        HM_ASSERT(hm_kinds_tree(kinds) == NULL);
    }
    hm_kinds_close(kinds);
    return 0;
}
