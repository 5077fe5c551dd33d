/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9457: what happened, what is safe and what to do, and for programs the key. */
#include <stdio.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "problem.h"

#define PROBLEM_TYPE   "application/problem+json"
#define PROBLEM_PREFIX "urn:hamlet:problem:"

/* Nothing is loaded, sent or framed from elsewhere; no text ever becomes a script. */
static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'";
/* An answer that is opened by itself shows nothing and runs nothing. */
static const char data_policy[] =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox";

static void put(struct hm_httpd_reply *reply, const char *name, const char *value)
{
    /* All of them together are far below the room that there is. */
    (void)!hm_httpd_reply_header(reply, name, value);
}

void hm_web_headers(struct hm_httpd_reply *reply, bool page)
{
    put(reply, "Cache-Control", page ? "no-cache" : "no-store");
    put(reply, "Content-Security-Policy", page ? page_policy : data_policy);
    put(reply, "X-Content-Type-Options", "nosniff");
    put(reply, "X-Frame-Options", "DENY");
    put(reply, "Referrer-Policy", "no-referrer");
    put(reply, "Cross-Origin-Opener-Policy", "same-origin");
    put(reply, "Cross-Origin-Resource-Policy", "same-origin");
    put(reply, "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), usb=(), serial=(),"
        " payment=(), display-capture=()");
}

static void put_sentence(struct hm_json_write *out,
                         const char *name,
                         const struct hm_words *words,
                         const struct hm_err *why,
                         bool hint)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_PROBLEM_BYTES_MAX * 4);
    hm_words_error(&text, words, why, hint);
    if (text.size > 0 && text.failed == HM_OK) {
        hm_json_put_text(out, name, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
}

static void put_args(struct hm_json_write *out, const struct hm_err *why)
{
    size_t count = HM_ERR_ARGS;
    while (count > 0 && why->arg[count - 1][0] == '\0') {
        count--;
    }
    hm_json_key(out, "args");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        hm_json_text(out, hm_text(why->arg[i]));
    }
    hm_json_close(out, ']');
}

static void put_problem(struct hm_json_write *out,
                        const struct hm_words *words,
                        int http,
                        const struct hm_web_call *call,
                        const struct hm_err *why)
{
    struct hm_err told = *why;
    char type[sizeof(PROBLEM_PREFIX) + HM_WEB_NAME_SIZE];
    (void)snprintf(type, sizeof(type), PROBLEM_PREFIX "%.*s", HM_WEB_NAME_SIZE - 1,
                   why->key);
    if (call != NULL && call->view.store != NULL) {
        hm_view_explain(&call->view, call->kind, &told);
    }
    hm_json_open(out, '{');
    hm_json_put_text(out, "type", hm_text(type));
    hm_json_put_int(out, "status", http);
    if (call != NULL && call->told.size > 0) {
        hm_json_put_text(out, "title", call->told);
        hm_json_put_text(out, "detail", call->hint);
    } else {
        put_sentence(out, "title", words, &told, false);
        put_sentence(out, "detail", words, &told, true);
    }
    hm_json_put_text(out, "key", hm_text(why->key));
    put_args(out, why);
    hm_json_put_bool(out, "retry", hm_status_retry(why->status) != HM_RETRY_NEVER);
    if (call != NULL && call->faults.size > 0 && call->faults.failed == HM_OK) {
        hm_json_key(out, "fields");
        hm_json_raw(out, hm_buf_bytes(&call->faults));
    }
    hm_json_close(out, '}');
}

int hm_web_refusal(struct hm_buf *body,
                   enum hm_lang lang,
                   const struct hm_web_call *call,
                   const struct hm_err *why)
{
    struct hm_json_write out;
    struct hm_err told = *why;
    int http = call != NULL && call->http != 0 ? call->http : hm_status_http(told.status);
    if (told.key == NULL) {
        told.key = "";
    }
    hm_json_write_init(&out, body);
    put_problem(&out, hm_words_of(lang), http, call, &told);
    return http;
}

void hm_web_refuse(struct hm_httpd_reply *reply,
                   enum hm_lang lang,
                   const struct hm_web_call *call,
                   const struct hm_err *why)
{
    reply->content_type = PROBLEM_TYPE;
    hm_web_headers(reply, false);
    hm_buf_clear(&reply->body);
    reply->retry_after_s = call == NULL ? 0 : call->later_s;
    reply->status = hm_web_refusal(&reply->body, lang, call, why);
}

/* Which sentence tells a person why the guard refused. */
static const char *guard_key(int status)
{
    static const struct {
        int status;
        const char *key;
    } keys[] = {{404, "web-path"}, {405, "web-path"}, {411, "web-form"},
                {413, "too-big"},  {415, "web-form"}, {421, "web-foreign"},
                {431, "too-big"},  {503, "stopped"}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].status == status) {
            return keys[i].key;
        }
    }
    return "web-form";
}

void hm_web_problem(void *ctx, int status, const char *name, struct hm_httpd_reply *reply)
{
    struct hm_err why = {.status = HM_PROTOCOL, .key = guard_key(status)};
    struct hm_json_write out;
    (void)ctx;
    (void)name;
    reply->status = status;
    reply->content_type = PROBLEM_TYPE;
    hm_web_headers(reply, false);
    hm_json_write_init(&out, &reply->body);
    put_problem(&out, hm_words_of(HM_LANG_VI), status, NULL, &why);
}

/* ---- fields ---- */

static void put_fault(struct hm_json_write *out,
                      const struct hm_web_call *call,
                      const char *field,
                      const struct hm_err *why)
{
    struct hm_err told = *why;
    hm_view_explain(&call->view, call->kind, &told);
    hm_json_open(out, '{');
    hm_json_put_text(out, "field", hm_text(field));
    hm_json_put_text(out, "key", hm_text(why->key));
    put_sentence(out, "text", call->view.words, &told, false);
    put_sentence(out, "hint", call->view.words, &told, true);
    hm_json_close(out, '}');
}

static const struct hm_field_input *given_of(const struct hm_field *field,
                                             const struct hm_field_input *fields,
                                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (hm_bytes_are(fields[i].name, field->name)) {
            return &fields[i];
        }
    }
    return NULL;
}

/* HM_OK: the field is as it should be, as far as it can be judged by itself. */
static enum hm_status judge_field(const struct hm_field *field,
                                  const struct hm_field_input *given,
                                  bool whole,
                                  struct hm_err *err)
{
    struct hm_buf value;
    enum hm_status status = HM_OK;
    bool empty = given == NULL;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    if (given != NULL) {
        status = hm_field_read_json(field, given->json, &value, err);
        empty = value.size == 1; /* null */
    }
    hm_buf_fini(&value);
    if (status == HM_OK && empty && (field->required || field->key) &&
        (whole || given != NULL)) {
        status = hm_fail(err, HM_BAD_INPUT, "field-required", field->name, NULL, NULL);
    }
    return status;
}

void hm_web_fault_fields(struct hm_web_call *call,
                         const struct hm_field_input *fields,
                         size_t count,
                         bool whole,
                         const struct hm_err *refused)
{
    struct hm_json_write out;
    bool any = false;
    hm_buf_clear(&call->faults);
    hm_json_write_init(&out, &call->faults);
    hm_json_open(&out, '[');
    for (size_t i = 0; call->kind != NULL && i < call->kind->field_count; i++) {
        const struct hm_field *field = &call->kind->fields[i];
        struct hm_err why = HM_ERR_NONE;
        if (judge_field(field, given_of(field, fields, count), whole, &why) != HM_OK) {
            put_fault(&out, call, field->name, &why);
            any = true;
        }
    }
    /* What breaks a rule between fields is right by itself. */
    for (size_t i = 0; !any && call->kind != NULL && i < call->kind->field_count; i++) {
        if (strcmp(call->kind->fields[i].name, refused->arg[0]) == 0) {
            put_fault(&out, call, refused->arg[0], refused);
            any = true;
        }
    }
    hm_json_close(&out, ']');
    if (!any) {
        hm_buf_clear(&call->faults);
    }
}
