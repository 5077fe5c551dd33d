/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/json.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "hamlet/base/json_scan.h"

/* A `struct hm_json` is a cJSON node seen from outside; only this file knows. */
static const cJSON *node(const struct hm_json *json)
{
    return (const cJSON *)(const void *)json;
}

static const struct hm_json *seen(const cJSON *item)
{
    return (const struct hm_json *)(const void *)item;
}

enum hm_status hm_json_parse(struct hm_json **json,
                             struct hm_bytes text,
                             const struct hm_json_limits *limits,
                             struct hm_err *err)
{
    enum hm_status status = hm_json_scan(text, limits, err);
    if (status != HM_OK) {
        return status;
    }
    cJSON *document = cJSON_ParseWithLength((const char *)text.data, text.size);
    if (document == NULL) {
        return hm_fail_memory(err); /* the scan has passed, so nothing else is left */
    }
    *json = (struct hm_json *)(void *)document;
    return HM_OK;
}

void hm_json_free(struct hm_json *json)
{
    cJSON_Delete((cJSON *)(void *)json);
}

enum hm_json_type hm_json_type(const struct hm_json *json)
{
    switch (node(json)->type & 0xFF) {
    case cJSON_True:
    case cJSON_False:
        return HM_JSON_BOOL;
    case cJSON_Number:
        return HM_JSON_INTEGER;
    case cJSON_String:
        return HM_JSON_TEXT;
    case cJSON_Array:
        return HM_JSON_LIST;
    case cJSON_Object:
        return HM_JSON_OBJECT;
    default:
        return HM_JSON_NULL;
    }
}

bool hm_json_is(const struct hm_json *json, enum hm_json_type type)
{
    return json != NULL && hm_json_type(json) == type;
}

size_t hm_json_count(const struct hm_json *json)
{
    return json == NULL ? 0 : (size_t)cJSON_GetArraySize(node(json));
}

const struct hm_json *hm_json_first(const struct hm_json *json)
{
    return json == NULL ? NULL : seen(node(json)->child);
}

const struct hm_json *hm_json_next(const struct hm_json *json)
{
    return seen(node(json)->next);
}

const char *hm_json_name(const struct hm_json *json)
{
    return node(json)->string;
}

const struct hm_json *hm_json_get(const struct hm_json *object, const char *name)
{
    if (!hm_json_is(object, HM_JSON_OBJECT)) {
        return NULL;
    }
    return seen(cJSON_GetObjectItemCaseSensitive(node(object), name));
}

const struct hm_json *hm_json_at(const struct hm_json *list, size_t index)
{
    if (!hm_json_is(list, HM_JSON_LIST)) {
        return NULL;
    }
    return seen(cJSON_GetArrayItem(node(list), (int)index));
}

struct hm_bytes hm_json_text_or(const struct hm_json *json, struct hm_bytes other)
{
    return hm_json_is(json, HM_JSON_TEXT) ? hm_text(node(json)->valuestring) : other;
}

int64_t hm_json_int_or(const struct hm_json *json, int64_t other)
{
    return hm_json_is(json, HM_JSON_INTEGER) ? (int64_t)node(json)->valuedouble : other;
}

bool hm_json_bool_or(const struct hm_json *json, bool other)
{
    return hm_json_is(json, HM_JSON_BOOL) ? cJSON_IsTrue(node(json)) != 0 : other;
}

bool hm_json_b64_get(uint8_t *data, size_t size, const struct hm_json *json)
{
    return hm_b64_get(data, size, hm_json_text_or(json, HM_NO_BYTES));
}

const char *hm_json_chars(const struct hm_json *json)
{
    return hm_json_is(json, HM_JSON_TEXT) ? node(json)->valuestring : NULL;
}
