/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: how one begins, who is signed in. */
#include "hamlet/base/assert.h"
#include "hamlet/base/json.h"
#include "members.h"
#include "run.h"

static void put_member(struct hm_json_write *out, const struct hm_web_member *member)
{
    hm_json_put_hex(out, "user", hm_id_bytes(&member->user));
    hm_json_put_text(out, "name", member->name);
    hm_json_put_text(out, "role", member->role);
}

static void put_session(struct hm_json_write *out,
                        const struct hm_web_call *call,
                        const struct hm_web_member *members,
                        size_t count)
{
    const struct hm_web_member *self = NULL;
    HM_ASSERT(members != NULL); /* room for one more than there are, always */
    for (size_t i = 0; i < count; i++) {
        if (call->signed_in && hm_id_equal(&members[i].user, &call->user)) {
            self = &members[i];
        }
    }
    hm_json_open(out, '{');
    hm_json_key(out, "member");
    if (self == NULL) {
        hm_json_null(out);
    } else {
        hm_json_open(out, '{');
        put_member(out, self);
        hm_json_close(out, '}');
    }
    hm_json_key(out, "members");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        hm_json_open(out, '{');
        put_member(out, &members[i]);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    hm_json_put_text(out, "lang", hm_text(call->guest.lang == HM_LANG_EN ? "en" : "vi"));
    hm_json_close(out, '}');
}

static enum hm_status say_session(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_web_member *members = NULL;
    size_t count = 0;
    enum hm_status status = hm_web_members(call, &members, &count, err);
    if (status == HM_OK) {
        hm_json_write_init(&out, &call->out);
        put_session(&out, call, members, count);
    }
    return status;
}

/* Where one person works on the laptop there is nothing to choose. */
enum hm_status hm_web_run_start(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    char token[HM_B64_32_SIZE] = "";
    struct hm_bytes secret = HM_NO_BYTES;
    struct hm_web_member *members = NULL;
    size_t count = 0;
    enum hm_status status = hm_web_body_text(call, "secret", &secret, err);
    if (status == HM_OK) {
        status = hm_web_members(call, &members, &count, err);
    }
    if (status == HM_OK) {
        status = hm_web_session_open(call, secret, token, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (count == 1) {
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

enum hm_status hm_web_run_sign_in(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_member self;
    struct hm_id before = call->user;
    enum hm_status status = hm_web_body_id(call, "user", &call->user, err);
    if (status == HM_OK) {
        status = hm_web_member_self(call, &self, err);
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
