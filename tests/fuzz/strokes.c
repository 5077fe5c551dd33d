/* SPDX-License-Identifier: Apache-2.0 */
/* A drawing: points as JSON give the same text; and JSON that is one gives points. */
#include "hamlet/record/strokes.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"

#define JSON_MAX (16 * HM_VALUE_BYTES_MAX)

static const struct hm_json_limits limits = {JSON_MAX, HM_JSON_DEPTH_MAX,
                                             8 * HM_VALUE_BYTES_MAX};

static size_t count_points(struct hm_bytes text)
{
    struct hm_strokes strokes;
    size_t count = 0;
    hm_strokes_init(&strokes, text);
    for (enum hm_strokes_step step = hm_strokes_next(&strokes); step != HM_STROKES_END;
         step = hm_strokes_next(&strokes)) {
        HM_ASSERT(step != HM_STROKES_BROKEN);
        HM_ASSERT(strokes.x >= -HM_STROKES_MOST && strokes.x <= HM_STROKES_MOST);
        HM_ASSERT(strokes.y >= -HM_STROKES_MOST && strokes.y <= HM_STROKES_MOST);
        count++;
    }
    return count;
}

static void round_trip(struct hm_bytes text)
{
    struct hm_json_write out;
    struct hm_json *json = NULL;
    struct hm_buf points;
    struct hm_buf again;
    hm_buf_init(&points, JSON_MAX);
    hm_buf_init(&again, HM_VALUE_BYTES_MAX);
    hm_json_write_init(&out, &points);
    hm_strokes_to_json(&out, text);
    HM_ASSERT(hm_buf_status(&points, NULL) == HM_OK);
    HM_ASSERT(hm_json_parse(&json, hm_buf_bytes(&points), &limits, NULL) == HM_OK);
    HM_ASSERT(hm_strokes_from_json(&again, json, NULL) == HM_OK);
    HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), text));
    hm_json_free(json);
    hm_buf_fini(&again);
    hm_buf_fini(&points);
}

static void from_json(struct hm_bytes input)
{
    struct hm_json *json = NULL;
    struct hm_buf text;
    if (hm_json_parse(&json, input, &limits, NULL) != HM_OK) {
        return;
    }
    hm_buf_init(&text, HM_VALUE_BYTES_MAX);
    hm_buf_put_byte(&text, 'x');
    if (hm_strokes_from_json(&text, json, NULL) != HM_OK) {
        HM_ASSERT(text.size == 1);
    } else if (text.size > 1) {
        struct hm_bytes made = {text.data + 1, text.size - 1};
        HM_ASSERT(hm_strokes_valid(made));
        round_trip(made);
    }
    hm_buf_fini(&text);
    hm_json_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes text = {data, size};
    if (size > HM_VALUE_BYTES_MAX) {
        return 0;
    }
    if (hm_strokes_valid(text)) {
        HM_ASSERT(count_points(text) > 0);
        round_trip(text);
    }
    from_json(text);
    return 0;
}
