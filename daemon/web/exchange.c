/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "problem.h"
#include "query.h"
#include "room.h"
#include "run.h"

#define ANSWER_TYPE "application/json; charset=utf-8"

enum { FAULTS_MAX = 64 * 1024, HTTP_OK = 200, HTTP_UNCHANGED = 304 };

size_t hm_web_body_max(const struct hm_web_route *route)
{
    return route->body_max > 0 ? route->body_max : HM_WEB_BODY_MAX;
}

static const struct hm_web_route *find_route(const struct hm_web *web,
                                             const struct hm_httpd_request *request)
{
    const struct hm_web_route *route = web->side->routes;
    while (strcmp(route->path, request->path) != 0 ||
           strcmp(route->method, request->method) != 0) {
        route++;
        HM_ASSERT(route->method != NULL); /* the guard found it in the same table */
    }
    return route;
}

static void call_free(struct hm_web_call *call)
{
    if (call != NULL) {
        hm_web_room_give(call);
        hm_buf_fini(&call->body_text);
        free(call->query_text);
        free(call);
    }
}

static struct hm_web_call *call_new(struct hm_web *web,
                                    const struct hm_httpd_request *request)
{
    struct hm_web_call *call = calloc(1, sizeof(*call));
    if (call == NULL) {
        return NULL;
    }
    call->web = web;
    call->route = find_route(web, request);
    call->length = (size_t)request->length;
    call->query_text = strdup(request->query);
    hm_buf_init(&call->body_text, hm_web_body_max(call->route));
    if (call->query_text == NULL) {
        call_free(call);
        return NULL;
    }
    return call;
}

static bool begin(void *server_ctx,
                  const struct hm_httpd_request *request,
                  void **ctx,
                  struct hm_httpd_reply *reply)
{
    struct hm_web *web = server_ctx;
    struct hm_err err = HM_ERR_NONE;
    struct hm_web_call *call = call_new(web, request);
    enum hm_status status = call == NULL ? hm_fail_memory(&err) : HM_OK;
    if (status == HM_OK) {
        *ctx = call;
        status = hm_web_door(web, request, false, &call->guest, &err);
    }
    if (status == HM_OK) {
        status = web->side->meet(call, &err);
    }
    if (status != HM_OK) {
        hm_web_refuse(reply, call == NULL ? HM_LANG_VI : call->guest.lang, call, &err);
    }
    return status == HM_OK;
}

static bool chunk(void *ctx, struct hm_bytes bytes, struct hm_httpd_reply *reply)
{
    struct hm_web_call *call = ctx;
    struct hm_err err = HM_ERR_NONE;
    hm_buf_put_bytes(&call->body_text, bytes);
    if (hm_buf_status(&call->body_text, &err) != HM_OK) {
        hm_web_refuse(reply, call->guest.lang, NULL, &err);
        return false;
    }
    return true;
}

static enum hm_status read_body(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_json_limits limits = {.size_max = hm_web_body_max(call->route),
                                          .depth_max = HM_JSON_DEPTH_MAX,
                                          .values_max = 1U << 16};
    if (strcmp(call->route->method, "POST") != 0) {
        return HM_OK;
    }
    enum hm_status status =
        hm_json_parse(&call->body, hm_buf_bytes(&call->body_text), &limits, err);
    if (status == HM_OK && !hm_json_is(call->body, HM_JSON_OBJECT)) {
        status = hm_fail(err, HM_USAGE, "web-form", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_web_body_text(const struct hm_web_call *call,
                                const char *name,
                                struct hm_bytes *text,
                                struct hm_err *err)
{
    const struct hm_json *json = hm_json_get(call->body, name);
    if (!hm_json_is(json, HM_JSON_TEXT)) {
        return hm_fail(err, HM_USAGE, "web-member", name, NULL, NULL);
    }
    *text = hm_json_text_or(json, HM_NO_BYTES);
    return HM_OK;
}

enum hm_status hm_web_body_data(const struct hm_web_call *call,
                                const char *name,
                                uint8_t **data,
                                size_t *size,
                                struct hm_err *err)
{
    const struct hm_json *json = hm_json_get(call->body, name);
    struct hm_bytes text = hm_json_text_or(json, HM_NO_BYTES);
    size_t bytes = text.size / 4 * 3 + (text.size % 4 > 0 ? text.size % 4 - 1 : 0);
    if (!hm_json_is(json, HM_JSON_TEXT) || bytes == 0) {
        return hm_fail(err, HM_USAGE, "web-member", name, NULL, NULL);
    }
    uint8_t *made = malloc(bytes);
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    if (!hm_json_b64_get(made, bytes, json)) {
        free(made);
        return hm_fail(err, HM_USAGE, "web-member", name, NULL, NULL);
    }
    *data = made;
    *size = bytes;
    return HM_OK;
}

enum hm_status hm_web_body_id(const struct hm_web_call *call,
                              const char *name,
                              struct hm_id *id,
                              struct hm_err *err)
{
    struct hm_bytes text = HM_NO_BYTES;
    enum hm_status status = hm_web_body_text(call, name, &text, err);
    if (status == HM_OK && !hm_id_get_hex(id, text)) {
        status = hm_fail(err, HM_USAGE, "web-member", name, NULL, NULL);
    }
    return status;
}

static void take_shown(void *ctx, struct hm_bytes bytes)
{
    struct hm_web_call *call = ctx;
    hm_buf_put_bytes(&call->out, bytes);
}

static enum hm_status answer(struct hm_web_call *call, struct hm_err *err)
{
    enum hm_status status = call->web->side->admit(call, err);
    if (status == HM_OK && call->route->names != NULL && call->query_count == 0) {
        status = hm_web_query_read(call->query, &call->query_count, call->query_text,
                                   call->route->names, err);
    }
    if (status == HM_OK) {
        status = read_body(call, err);
    }
    if (status == HM_OK) {
        status = call->web->side->open(call, err);
    }
    if (status == HM_OK && call->route->check != NULL) {
        status = call->route->check(call, err);
    }
    if (status == HM_OK) {
        status = call->route->run(call, err);
    }
    return status != HM_OK ? status : hm_buf_status(&call->out, err);
}

static void enter(struct hm_web_call *call, struct hm_httpd_reply *reply)
{
    call->reply = reply;
    call->http = 0;
    call->type = NULL;
    call->view = (struct hm_view){.words = hm_words_of(call->guest.lang),
                                  .lang = call->guest.lang,
                                  .json = true,
                                  .put = take_shown,
                                  .ctx = call};
    hm_arena_init(&call->arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&call->out, HM_WEB_ANSWER_MAX);
    hm_buf_init(&call->faults, FAULTS_MAX);
}

static void leave(struct hm_web_call *call)
{
    if (call->file.open) {
        (void)close(call->file.fd);
        call->file.open = false;
    }
    hm_json_free(call->body);
    call->body = NULL;
    call->kind = NULL;
    call->web->side->close(call);
    hm_buf_fini(&call->faults);
    hm_buf_fini(&call->out);
    hm_arena_fini(&call->arena);
    call->web->side->left(call);
}

static void end(void *ctx, struct hm_httpd_reply *reply)
{
    struct hm_web_call *call = ctx;
    struct hm_err err = HM_ERR_NONE;
    enter(call, reply);
    enum hm_status status = answer(call, &err);
    if (status != HM_OK) {
        hm_web_refuse(reply, call->guest.lang, call, &err);
    } else if (reply->wait_ms == 0) {
        reply->status = call->http == 0 ? HTTP_OK : call->http;
        hm_web_headers(reply, false);
        if (reply->status != HTTP_UNCHANGED) {
            reply->content_type = call->type == NULL ? ANSWER_TYPE : call->type;
            hm_buf_fini(&reply->body);
            reply->body = call->out; /* the reply's from here */
            hm_buf_init(&call->out, HM_WEB_ANSWER_MAX);
            reply->file = call->file;
            call->file.open = false;
        }
    }
    leave(call);
}

static void closed(void *ctx)
{
    call_free(ctx);
}

const struct hm_httpd_handler hm_web_handler = {.begin = begin,
                                                .chunk = chunk,
                                                .end = end,
                                                .closed = closed};
