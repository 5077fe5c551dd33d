/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is typed into a field, or given as JSON: what is accepted is valid, can be shown,
 * and is read back from what is written of it. The first byte chooses the field among
 * those of all kinds, the second the way.
 */
#include "hamlet/record/field.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"

static const struct hm_field *choose(uint8_t choice)
{
    static const struct hm_field *all[256];
    static size_t count;
    struct hm_kinds *kinds = NULL;
    if (count == 0) { /* once, and kept */
        HM_ASSERT(hm_kinds_open(&kinds, hm_embedded_kinds, NULL) == HM_OK);
        for (size_t k = 0; k < hm_kinds_count(kinds); k++) {
            const struct hm_kind *kind = hm_kinds_at(kinds, k);
            for (size_t f = 0; f < kind->field_count && count < 256; f++) {
                all[count++] = &kind->fields[f];
            }
        }
    }
    HM_ASSERT(count > 0);
    return all[choice % count];
}

static enum hm_status read_json(const struct hm_field *field,
                                struct hm_bytes text,
                                struct hm_buf *value,
                                struct hm_err *err)
{
    const struct hm_json_limits limits = {HM_FIELD_BYTES_MAX, HM_JSON_DEPTH_MAX,
                                          HM_FIELD_BYTES_MAX};
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, text, &limits, err);
    if (status == HM_OK) {
        status = hm_field_read_json(field, json, value, err);
    }
    hm_json_free(json);
    return status;
}

static void work_with(const struct hm_field *field, struct hm_bytes value)
{
    struct hm_buf text;
    struct hm_buf again;
    hm_buf_init(&text, 16 * HM_FIELD_BYTES_MAX);
    hm_buf_init(&again, HM_FIELD_BYTES_MAX);
    HM_ASSERT(hm_value_valid(value));
    hm_field_show(&text, field, value, HM_LANG_VI);
    hm_field_show(&text, field, value, HM_LANG_EN);
    hm_buf_clear(&text);
    hm_field_write(&text, field, value);
    HM_ASSERT(hm_buf_status(&text, NULL) == HM_OK);
    if (hm_value_tag(value) != HM_VALUE_NULL) {
        HM_ASSERT(hm_field_valid(field, value));
        HM_ASSERT(hm_field_read(field, hm_buf_bytes(&text), &again, NULL) == HM_OK);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), value));
    }
    hm_buf_fini(&again);
    hm_buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes input = {data, size};
    struct hm_err err = HM_ERR_NONE;
    struct hm_buf value;
    const struct hm_field *field = choose(fuzz_choice(&input));
    uint8_t way = fuzz_choice(&input);
    if (way % 3 == 2) { /* as another replica wrote it */
        if (hm_value_valid(input) && hm_field_valid(field, input)) {
            work_with(field, input);
        }
        return 0;
    }
    hm_buf_init(&value, HM_FIELD_BYTES_MAX);
    enum hm_status status = way % 3 == 0 ? hm_field_read(field, input, &value, &err)
                                         : read_json(field, input, &value, &err);
    if (status == HM_OK) {
        work_with(field, hm_buf_bytes(&value));
    } else {
        HM_ASSERT(status == HM_BAD_INPUT || status == HM_TOO_BIG);
        HM_ASSERT(value.size == 0 && err.key != NULL);
    }
    hm_buf_fini(&value);
    return 0;
}
