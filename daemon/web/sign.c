/* SPDX-License-Identifier: Apache-2.0 */
/* Who sits here: how a session begins, who is signed in, what he must know for it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/json.h"
#include "hamlet/replica/passphrase.h"
#include "run.h"
#include "session.h"

enum { SECOND_MS = 1000, NUMBER_SIZE = 24, HTTP_UNAUTHORISED = 401, HTTP_TOO_MANY = 429 };

static enum hm_status all_members(struct hm_web_call *call,
                                  struct hm_member **members,
                                  size_t *count,
                                  struct hm_err *err)
{
    return hm_api_members(&call->view, members, count, &call->arena, err);
}

static bool is_guarded(const struct hm_web_call *call, const struct hm_id *user)
{
    return hm_passphrase_is_set(call->web->options.dir, user);
}

enum hm_status hm_web_member_self(struct hm_web_call *call,
                                  struct hm_member *self,
                                  struct hm_err *err)
{
    struct hm_member *members = NULL;
    size_t count = 0;
    enum hm_status status = all_members(call, &members, &count, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (hm_id_equal(&members[i].user, &call->user)) {
            *self = members[i];
            return HM_OK;
        }
    }
    return status != HM_OK ? status
                           : hm_fail(err, HM_DENIED, "web-locked", NULL, NULL, NULL);
}

/* ---- what a page is told ---- */

static void put_member(struct hm_json_write *out,
                       const struct hm_web_call *call,
                       const struct hm_member *member)
{
    hm_json_open(out, '{');
    hm_json_put_hex(out, "user", hm_id_bytes(&member->user));
    hm_json_put_text(out, "name", member->name);
    hm_json_put_text(out, "role", member->role);
    hm_json_put_bool(out, "passphrase", is_guarded(call, &member->user));
    hm_json_put_bool(out, "resets", hm_api_may_reset(member->role));
    hm_json_close(out, '}');
}

static const struct hm_member *find(const struct hm_member *members,
                                    size_t count,
                                    const struct hm_id *user)
{
    for (size_t i = 0; i < count; i++) {
        if (hm_id_equal(&members[i].user, user)) {
            return &members[i];
        }
    }
    return NULL;
}

static void put_session(struct hm_json_write *out,
                        const struct hm_web_call *call,
                        const struct hm_member *members,
                        size_t count)
{
    const struct hm_member *last = find(members, count, &call->user);
    HM_ASSERT(members != NULL); /* room for one more than there are, always */
    hm_json_open(out, '{');
    hm_json_key(out, "member");
    if (last == NULL || !call->signed_in) {
        hm_json_null(out);
    } else {
        put_member(out, call, last);
    }
    hm_json_key(out, "last");
    if (last == NULL) {
        hm_json_null(out);
    } else {
        hm_json_hex(out, hm_id_bytes(&last->user));
    }
    hm_json_key(out, "members");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        put_member(out, call, &members[i]);
    }
    hm_json_close(out, ']');
    hm_json_put_int(out, "idle_s", call->web->options.idle_ms / SECOND_MS);
    hm_json_put_text(out, "lang", hm_text(call->guest.lang == HM_LANG_EN ? "en" : "vi"));
    hm_json_close(out, '}');
}

static enum hm_status say_session(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_member *members = NULL;
    size_t count = 0;
    enum hm_status status = all_members(call, &members, &count, err);
    if (status == HM_OK) {
        hm_json_write_init(&out, &call->out);
        put_session(&out, call, members, count);
    }
    return status;
}

/* Where one person works on the laptop, who has no passphrase, nothing is to be asked. */
enum hm_status hm_web_run_start(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    char token[HM_B64_32_SIZE] = "";
    struct hm_bytes secret = HM_NO_BYTES;
    struct hm_member *members = NULL;
    size_t count = 0;
    enum hm_status status = hm_web_body_text(call, "secret", &secret, err);
    if (status == HM_OK) {
        status = all_members(call, &members, &count, err);
    }
    if (status == HM_OK) {
        status = hm_web_session_open(call, secret, token, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (count == 1 && !is_guarded(call, &members[0].user)) {
        hm_web_session_sign(call, &members[0].user);
    }
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "token", hm_text(token));
    hm_json_key(&out, "session");
    put_session(&out, call, members, count);
    hm_json_close(&out, '}');
    return HM_OK;
}

enum hm_status hm_web_run_session(struct hm_web_call *call, struct hm_err *err)
{
    return say_session(call, err);
}

enum hm_status hm_web_run_here(struct hm_web_call *call, struct hm_err *err)
{
    (void)err; /* a POST is the sign of a person by itself */
    hm_buf_put_text(&call->out, "{}");
    return HM_OK;
}

/* ---- passphrases ---- */

static struct hm_passphrase_of passphrase_of(struct hm_web_call *call)
{
    return (struct hm_passphrase_of){.store = call->replica.store,
                                     .dir = call->web->options.dir,
                                     .env = call->web->options.env,
                                     .user = call->user,
                                     .uncounted = &call->web->uncounted};
}

/* Wrong ones are 401, and 429 from when one has to wait; how long stands in a header. */
static enum hm_status told(struct hm_web_call *call,
                           enum hm_status status,
                           int64_t wait_ms,
                           const struct hm_err *err)
{
    char seconds[NUMBER_SIZE];
    if (status != HM_DENIED) {
        return status;
    }
    call->http =
        strcmp(err->key, "passphrase-wait") == 0 ? HTTP_TOO_MANY : HTTP_UNAUTHORISED;
    if (wait_ms > 0) {
        (void)snprintf(seconds, sizeof(seconds), "%" PRId64,
                       (wait_ms + SECOND_MS - 1) / SECOND_MS);
        (void)!hm_httpd_reply_header(call->reply, "Retry-After", seconds);
    }
    return status;
}

/* Of call->user, who is not signed in yet. */
static enum hm_status check(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_json *given = hm_json_get(call->body, "passphrase");
    const struct hm_passphrase_of of = passphrase_of(call);
    int64_t wait_ms = 0;
    pthread_mutex_lock(&call->web->checks);
    enum hm_status status =
        hm_passphrase_check(&of, hm_json_text_or(given, HM_NO_BYTES), &wait_ms, err);
    pthread_mutex_unlock(&call->web->checks);
    return told(call, status, wait_ms, err);
}

enum hm_status hm_web_run_sign_in(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_member self;
    struct hm_id before = call->user;
    enum hm_status status = hm_web_body_id(call, "user", &call->user, err);
    if (status == HM_OK) {
        status = hm_web_member_self(call, &self, err);
    }
    if (status == HM_OK) {
        status = check(call, err);
    }
    if (status != HM_OK) {
        call->user = before;
        return status;
    }
    hm_web_session_sign(call, &self.user);
    hm_web_changed(call->web, HM_WEB_SESSION);
    return say_session(call, err);
}

enum hm_status hm_web_run_sign_out(struct hm_web_call *call, struct hm_err *err)
{
    hm_web_session_sign(call, NULL);
    hm_web_changed(call->web, HM_WEB_SESSION);
    return say_session(call, err);
}

enum hm_status hm_web_run_passphrase(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_json *old = hm_json_get(call->body, "old");
    const struct hm_json *fresh = hm_json_get(call->body, "new");
    const struct hm_passphrase_of of = passphrase_of(call);
    int64_t wait_ms = 0;
    if (!hm_json_is(fresh, HM_JSON_TEXT) && !hm_json_is(fresh, HM_JSON_NULL)) {
        return hm_fail(err, HM_USAGE, "web-member", "new", NULL, NULL);
    }
    pthread_mutex_lock(&call->web->checks);
    enum hm_status status =
        hm_passphrase_change(&of, hm_json_text_or(old, HM_NO_BYTES),
                             hm_json_text_or(fresh, HM_NO_BYTES), &wait_ms, err);
    pthread_mutex_unlock(&call->web->checks);
    if (status != HM_OK) {
        return told(call, status, wait_ms, err);
    }
    hm_web_session_alone(call);
    hm_web_changed(call->web, HM_WEB_SESSION);
    return say_session(call, err);
}

/* A head who proved who he is; anybody can sit down as one who has no passphrase. */
static enum hm_status may_reset(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_member self;
    enum hm_status status = hm_web_member_self(call, &self, err);
    if (status == HM_OK &&
        (!hm_api_may_reset(self.role) || !is_guarded(call, &self.user))) {
        status = hm_fail(err, HM_DENIED, "passphrase-head", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_web_run_passphrase_reset(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_passphrase_of of = passphrase_of(call);
    struct hm_member *members = NULL;
    size_t count = 0;
    enum hm_status status = hm_web_body_id(call, "user", &of.user, err);
    if (status == HM_OK) {
        status = may_reset(call, err);
    }
    if (status == HM_OK) {
        status = all_members(call, &members, &count, err);
    }
    if (status == HM_OK &&
        (find(members, count, &of.user) == NULL || hm_id_equal(&of.user, &call->user))) {
        status = hm_fail(err, HM_BAD_INPUT, "web-member", "user", NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_passphrase_reset(&of, err);
    }
    if (status == HM_OK) {
        hm_web_changed(call->web, HM_WEB_SESSION);
        status = say_session(call, err);
    }
    return status;
}
