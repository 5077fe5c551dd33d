/* SPDX-License-Identifier: Apache-2.0 */
/* What one screen asks, in one request: the store is opened once for all of it. */
#include <string.h>

#include "hamlet/base/json.h"
#include "problem.h"
#include "query.h"
#include "run.h"

enum { ASKED_MAX = 64, HTTP_OK = 200 };

static const char prefix[] = "/api/";

static const struct hm_web_route *find_route(const struct hm_web_call *call,
                                             const char *path)
{
    for (const struct hm_web_route *at = call->web->side->routes; at->method != NULL;
         at++) {
        if (at->with_others && strcmp(at->path + strlen(prefix), path) == 0) {
            return at;
        }
    }
    return NULL;
}

/* "path?query", as it would stand in a request of its own, without the prefix. */
static enum hm_status run_one(struct hm_web_call *call,
                              struct hm_bytes asked,
                              struct hm_err *err)
{
    char *path = hm_arena_copy_text(&call->arena, asked);
    enum hm_status status = hm_arena_status(&call->arena, err);
    if (status != HM_OK) {
        return status;
    }
    char *query = strchr(path, '?');
    if (query != NULL) {
        *query++ = '\0';
    }
    const struct hm_web_route *route = find_route(call, path);
    if (route == NULL) {
        return hm_fail(err, HM_USAGE, "web-member", "ask", NULL, NULL);
    }
    status = hm_web_query_read(call->query, &call->query_count, query,
                               route->names == NULL ? "" : route->names, err);
    if (status == HM_OK) {
        status = route->run(call, err);
    }
    return status != HM_OK ? status : hm_buf_status(&call->out, err);
}

/* Each is answered as if it had come alone: what one of them fails at is its own. */
static void answer_one(struct hm_web_call *call,
                       struct hm_bytes asked,
                       struct hm_json_write *all)
{
    struct hm_err why = HM_ERR_NONE;
    int http = HTTP_OK;
    call->http = 0;
    call->kind = NULL;
    call->told = HM_NO_BYTES;
    call->query_count = 0;
    hm_buf_clear(&call->faults);
    hm_buf_clear(&call->out);
    if (run_one(call, asked, &why) != HM_OK) {
        hm_buf_clear(&call->out);
        http = hm_web_refusal(&call->out, call->guest.lang, call, &why);
    }
    hm_json_open(all, '{');
    hm_json_put_int(all, "status", http);
    hm_json_key(all, "reply");
    hm_json_raw(all, hm_buf_bytes(&call->out));
    hm_json_close(all, '}');
}

enum hm_status hm_web_run_several(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_json *asked = hm_json_get(call->body, "ask");
    struct hm_json_write all;
    struct hm_buf answers;
    if (!hm_json_is(asked, HM_JSON_LIST) || hm_json_count(asked) > ASKED_MAX) {
        return hm_fail(err, HM_USAGE, "web-member", "ask", NULL, NULL);
    }
    hm_buf_init(&answers, HM_WEB_ANSWER_MAX);
    hm_json_write_init(&all, &answers);
    hm_json_open(&all, '[');
    for (const struct hm_json *at = hm_json_first(asked); at != NULL;
         at = hm_json_next(at)) {
        answer_one(call, hm_json_text_or(at, HM_NO_BYTES), &all);
    }
    hm_json_close(&all, ']');
    call->http = 0;
    hm_buf_fini(&call->out);
    call->out = answers;
    return HM_OK;
}
