/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/problem.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"

#define URN "urn:hamlet:problem:"

static const struct {
    const char *name;
    int http;
    bool again;
    enum hm_status status;
} problems[HM_PROBLEM_COUNT] = {
#define HM_PROBLEM_ROW(name, text, http, again, status)                                  \
    [HM_PROBLEM_##name] = {#text, http, again, HM_##status},
    HM_PROBLEM_MAP(HM_PROBLEM_ROW)
#undef HM_PROBLEM_ROW
};

const char *hm_problem_name(enum hm_problem problem)
{
    return problem == HM_PROBLEM_NONE ? "" : problems[problem].name;
}

int hm_problem_http(enum hm_problem problem)
{
    return problems[problem].http;
}

bool hm_problem_again(enum hm_problem problem)
{
    return problems[problem].again;
}

enum hm_status hm_problem_status(enum hm_problem problem)
{
    return problems[problem].status;
}

void hm_problem_key(char key[HM_PROBLEM_KEY_SIZE], enum hm_problem problem)
{
    (void)snprintf(key, HM_PROBLEM_KEY_SIZE, "problem.%s", hm_problem_name(problem));
}

void hm_problem_write(struct hm_buf *buf,
                      enum hm_problem problem,
                      struct hm_bytes title,
                      struct hm_bytes detail)
{
    struct hm_json_write out;
    char type[HM_PROBLEM_KEY_SIZE];
    (void)snprintf(type, sizeof(type), URN "%s", hm_problem_name(problem));
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "type", hm_text(type));
    hm_json_put_text(&out, "title", title);
    hm_json_put_int(&out, "status", hm_problem_http(problem));
    if (detail.size > 0) {
        hm_json_put_text(&out, "detail", detail);
    }
    hm_json_put_bool(&out, "retry", hm_problem_again(problem));
    hm_json_close(&out, '}');
}

enum hm_problem hm_problem_read(struct hm_bytes body)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_PROBLEM_BYTES_MAX, .depth_max = 4, .values_max = 64};
    struct hm_json *json = NULL;
    enum hm_problem found = HM_PROBLEM_NONE;
    if (hm_json_parse(&json, body, &limits, NULL) != HM_OK) {
        return HM_PROBLEM_NONE;
    }
    struct hm_bytes type = hm_json_text_or(hm_json_get(json, "type"), HM_NO_BYTES);
    size_t prefix = sizeof(URN) - 1;
    if (type.size > prefix && memcmp(type.data, URN, prefix) == 0) {
        struct hm_bytes name = {type.data + prefix, type.size - prefix};
        for (int i = 1; i < HM_PROBLEM_COUNT; i++) {
            if (hm_bytes_are(name, problems[i].name)) {
                found = (enum hm_problem)i;
            }
        }
    }
    hm_json_free(json);
    return found;
}
