/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical bytes of a value: what is valid becomes JSON and the same bytes again. */
#include "hamlet/model/value.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"

/* A byte of text can become six of JSON. */
#define JSON_MAX (8 * HM_VALUE_BYTES_MAX)

static size_t walk(struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_bytes member = HM_NO_BYTES;
    size_t count = 1;
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &member)) {
        HM_ASSERT(hm_value_valid(member));
        if (each.object) {
            HM_ASSERT(hm_bytes_equal(hm_value_member(value, name), member));
        }
        count += walk(member);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes value = {data, size};
    const struct hm_json_limits limits = {JSON_MAX, HM_JSON_DEPTH_MAX,
                                          2 * HM_VALUE_BYTES_MAX};
    struct hm_json_write out;
    struct hm_json *json = NULL;
    struct hm_buf text;
    struct hm_buf again;
    if (!hm_value_valid(value)) {
        return 0;
    }
    HM_ASSERT(walk(value) <= size);
    hm_buf_init(&text, JSON_MAX);
    hm_buf_init(&again, HM_VALUE_BYTES_MAX);
    hm_json_write_init(&out, &text);
    hm_value_to_json(&out, value);
    HM_ASSERT(hm_buf_status(&text, NULL) == HM_OK);
    HM_ASSERT(hm_json_parse(&json, hm_buf_bytes(&text), &limits, NULL) == HM_OK);
    HM_ASSERT(hm_value_from_json(&again, json, NULL) == HM_OK);
    HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), value));
    hm_json_free(json);
    hm_buf_fini(&again);
    hm_buf_fini(&text);
    return 0;
}
