/* SPDX-License-Identifier: Apache-2.0 */
/* JSON becomes a value: what is accepted is valid, and its own JSON gives it again. */
#include "hamlet/base/json.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"

#define JSON_MAX (8 * HM_VALUE_BYTES_MAX)

static const struct hm_json_limits limits = {JSON_MAX, HM_JSON_DEPTH_MAX,
                                             2 * HM_VALUE_BYTES_MAX};

/* Every member is found by its place and by its name. */
static void walk(const struct hm_json *json)
{
    size_t count = 0;
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        if (hm_json_is(json, HM_JSON_OBJECT)) {
            HM_ASSERT(hm_json_get(json, hm_json_name(at)) == at);
        } else if (count < 64) {
            HM_ASSERT(hm_json_at(json, count) == at);
        }
        walk(at);
        count++;
    }
    HM_ASSERT(count == hm_json_count(json));
}

static void round_trip(struct hm_bytes value)
{
    struct hm_json_write out;
    struct hm_json *json = NULL;
    struct hm_buf text;
    struct hm_buf again;
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
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_json *json = NULL;
    struct hm_err err = HM_ERR_NONE;
    struct hm_buf value;
    enum hm_status status =
        hm_json_parse(&json, (struct hm_bytes){data, size}, &limits, &err);
    if (status != HM_OK) {
        HM_ASSERT(json == NULL && err.key != NULL);
        HM_ASSERT(status == HM_BAD_INPUT || status == HM_TOO_BIG);
        return 0;
    }
    walk(json);
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_buf_put_byte(&value, 'x');
    status = hm_value_from_json(&value, json, &err);
    if (status == HM_OK) {
        struct hm_bytes made = {value.data + 1, value.size - 1};
        HM_ASSERT(hm_value_valid(made));
        round_trip(made);
    } else {
        HM_ASSERT(value.size == 1 && err.key != NULL);
    }
    hm_buf_fini(&value);
    hm_json_free(json);
    return 0;
}
