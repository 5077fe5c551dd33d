/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What opens the door is drawn here, 32 random bytes each: a start secret, and of a
 * session the cookie and the token. Only digests are kept, so that comparing them tells
 * nobody how much of a guess was right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/replica/passphrase.h"
#include "inside.h"
#include "run.h"
#include "session.h"

enum {
    KEY_SIZE = 32,
    SECRET_MS = 2 * 60 * 1000,        /* a slow machine starts its browser */
    SESSION_MS = 12 * 60 * 60 * 1000, /* a working day without a request */
    COOKIE_SIZE = 256
};

static int64_t now_ms(const struct hm_web *web)
{
    return hm_env_mono(web->options.env).ms;
}

static struct hm_digest digest_of(struct hm_bytes text)
{
    struct hm_digest digest;
    hm_hash_once(digest.at, sizeof(digest.at), text);
    return digest;
}

static enum hm_status draw(const struct hm_web *web,
                           char text[HM_B64_32_SIZE],
                           struct hm_err *err)
{
    uint8_t key[KEY_SIZE];
    enum hm_status status = hm_env_random(web->options.env, key, sizeof(key), err);
    if (status == HM_OK) {
        hm_b64_put(text, HM_BYTES(key));
    }
    return status;
}

enum hm_status hm_web_secret(struct hm_web *web, struct hm_buf *out, struct hm_err *err)
{
    char text[HM_B64_32_SIZE];
    enum hm_status status = draw(web, text, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_put_text(out, text);
    pthread_mutex_lock(&web->lock);
    struct hm_web_secret *oldest = &web->secrets[0];
    for (size_t i = 1; i < HM_WEB_SECRETS; i++) {
        if (web->secrets[i].due_ms < oldest->due_ms) {
            oldest = &web->secrets[i];
        }
    }
    *oldest = (struct hm_web_secret){digest_of(hm_text(text)), now_ms(web) + SECRET_MS};
    pthread_mutex_unlock(&web->lock);
    return hm_buf_status(out, err);
}

/* Under the lock. A secret is used up by being right, and by being late. */
static bool take_secret(struct hm_web *web, struct hm_bytes text)
{
    struct hm_digest digest = digest_of(text);
    for (size_t i = 0; i < HM_WEB_SECRETS; i++) {
        struct hm_web_secret *secret = &web->secrets[i];
        if (secret->due_ms > 0 && hm_digest_equal(&secret->digest, &digest)) {
            bool good = now_ms(web) < secret->due_ms;
            *secret = (struct hm_web_secret){.due_ms = 0};
            return good;
        }
    }
    return false;
}

/* Under the lock. A free place, else that of the session that was silent longest. */
static size_t find_place(const struct hm_web *web)
{
    size_t place = 0;
    for (size_t i = 0; i < web->session_count; i++) {
        if (!web->sessions[i].open) {
            return i;
        }
        if (web->sessions[i].seen_ms < web->sessions[place].seen_ms) {
            place = i;
        }
    }
    return place;
}

enum hm_status hm_web_sessions_init(struct hm_web *web, size_t count, struct hm_err *err)
{
    web->sessions = calloc(count, sizeof(*web->sessions));
    web->session_count = web->sessions == NULL ? 0 : count;
    return web->sessions == NULL ? hm_fail_memory(err) : HM_OK;
}

/* What the guest has from here on: he is the browser that gets this answer. */
static enum hm_status draw_both(struct hm_web_call *call, struct hm_err *err)
{
    enum hm_status status = draw(call->web, call->guest.cookie, err);
    return status != HM_OK ? status : draw(call->web, call->guest.token, err);
}

/* Under the lock. */
static struct hm_web_session *put_session(struct hm_web_call *call)
{
    struct hm_web *web = call->web;
    struct hm_web_session *session = &web->sessions[find_place(web)];
    *session = (struct hm_web_session){.open = true,
                                       .cookie = digest_of(hm_text(call->guest.cookie)),
                                       .token = digest_of(hm_text(call->guest.token)),
                                       .seen_ms = now_ms(web),
                                       .began_ms = now_ms(web)};
    return session;
}

static bool send_cookie(struct hm_web_call *call, const char *attributes)
{
    char header[COOKIE_SIZE];
    (void)snprintf(header, sizeof(header), "%s=%s; HttpOnly; SameSite=Strict; %s",
                   call->web->cookie, call->guest.cookie, attributes);
    return hm_httpd_reply_header(call->reply, "Set-Cookie", header);
}

enum hm_status hm_web_session_open(struct hm_web_call *call,
                                   struct hm_bytes secret,
                                   char token[HM_B64_32_SIZE],
                                   struct hm_err *err)
{
    struct hm_web *web = call->web;
    enum hm_status status = draw_both(call, err);
    if (status != HM_OK) {
        return status;
    }
    pthread_mutex_lock(&web->lock);
    bool good = take_secret(web, secret);
    if (good) {
        (void)put_session(call);
    }
    pthread_mutex_unlock(&web->lock);
    memcpy(token, call->guest.token, HM_B64_32_SIZE);
    if (!good || !send_cookie(call, "Path=/api")) {
        call->http = 401;
        return hm_fail(err, HM_DENIED, "web-secret", NULL, NULL, NULL);
    }
    return HM_OK;
}

enum hm_status hm_web_session_begin(struct hm_web_call *call,
                                    const struct hm_digest *proof,
                                    char token[HM_B64_32_SIZE],
                                    struct hm_err *err)
{
    struct hm_web *web = call->web;
    enum hm_status status = draw_both(call, err);
    if (status != HM_OK) {
        return status;
    }
    pthread_mutex_lock(&web->lock);
    struct hm_web_session *session = put_session(call);
    session->signed_in = true;
    session->user = call->user;
    session->proof = *proof;
    pthread_mutex_unlock(&web->lock);
    memcpy(token, call->guest.token, HM_B64_32_SIZE);
    return send_cookie(call, "Secure; Path=/") ? HM_OK : hm_fail_memory(err);
}

/* Under the lock. */
static struct hm_web_session *match(const struct hm_web_call *call)
{
    struct hm_web *web = call->web;
    struct hm_digest cookie = digest_of(hm_text(call->guest.cookie));
    struct hm_digest token = digest_of(hm_text(call->guest.token));
    for (size_t i = 0; i < web->session_count; i++) {
        struct hm_web_session *session = &web->sessions[i];
        if (session->open && hm_digest_equal(&session->cookie, &cookie) &&
            hm_digest_equal(&session->token, &token)) {
            session->open = now_ms(web) - session->seen_ms < SESSION_MS;
            return session->open ? session : NULL;
        }
    }
    return NULL;
}

bool hm_web_session_known(struct hm_web_call *call)
{
    pthread_mutex_lock(&call->web->lock);
    const struct hm_web_session *session = match(call);
    if (session != NULL) {
        call->user = session->user;
    }
    pthread_mutex_unlock(&call->web->lock);
    return session != NULL;
}

/*
 * Under the lock. Who went away leaves the page open: without a sign of him it locks, if
 * he has what opens it again.
 */
static void judge_idle(struct hm_web_call *call, struct hm_web_session *session)
{
    const struct hm_web_options *options = &call->web->options;
    int64_t left_ms = options->idle_ms - (now_ms(call->web) - session->seen_ms);
    call->locks_in_ms = -1;
    if (session->signed_in && hm_passphrase_is_set(options->dir, &session->user)) {
        session->signed_in = left_ms > 0;
        call->locks_in_ms = left_ms;
    }
}

/* Under the lock. Pages read by themselves, and write because somebody does something. */
static void note_sign(struct hm_web_call *call, struct hm_web_session *session)
{
    if (strcmp(call->route->method, "POST") == 0 && !call->route->unseen) {
        session->seen_ms = now_ms(call->web);
    }
}

enum hm_status hm_web_session_find(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web *web = call->web;
    pthread_mutex_lock(&web->lock);
    struct hm_web_session *session = match(call);
    if (session != NULL) {
        judge_idle(call, session);
        note_sign(call, session);
        call->signed_in = session->signed_in;
        call->user = session->user;
    }
    pthread_mutex_unlock(&web->lock);
    if (session == NULL) {
        call->http = 401;
        return hm_fail(err, HM_DENIED, "web-session", NULL, NULL, NULL);
    }
    if (!call->signed_in && call->route->needs == HM_WEB_MEMBER) {
        return hm_fail(err, HM_DENIED, "web-locked", NULL, NULL, NULL);
    }
    return HM_OK;
}

void hm_web_session_sign(struct hm_web_call *call, const struct hm_id *user)
{
    struct hm_web *web = call->web;
    pthread_mutex_lock(&web->lock);
    struct hm_web_session *session = match(call); /* it may be over meanwhile */
    if (session != NULL) {
        session->signed_in = user != NULL;
        session->user = user != NULL ? *user : session->user;
    }
    pthread_mutex_unlock(&web->lock);
    call->signed_in = user != NULL;
    if (user != NULL) {
        call->user = *user;
    }
}

void hm_web_session_alone(struct hm_web_call *call)
{
    struct hm_web *web = call->web;
    pthread_mutex_lock(&web->lock);
    const struct hm_web_session *own = match(call);
    for (size_t i = 0; i < web->session_count; i++) {
        struct hm_web_session *other = &web->sessions[i];
        if (other != own && hm_id_equal(&other->user, &call->user)) {
            other->signed_in = false;
        }
    }
    pthread_mutex_unlock(&web->lock);
}

bool hm_web_session_of(struct hm_web_call *call, struct hm_digest *proof)
{
    struct hm_web *web = call->web;
    pthread_mutex_lock(&web->lock);
    struct hm_web_session *session = match(call);
    if (session != NULL && (now_ms(web) - session->seen_ms >= web->server.idle_ms ||
                            now_ms(web) - session->began_ms >= SESSION_MS)) {
        session->open = false;
        session = NULL;
    }
    if (session != NULL) {
        note_sign(call, session);
        call->user = session->user;
        *proof = session->proof;
    }
    pthread_mutex_unlock(&web->lock);
    call->signed_in = session != NULL;
    return session != NULL;
}

void hm_web_session_end(struct hm_web_call *call)
{
    struct hm_web *web = call->web;
    pthread_mutex_lock(&web->lock);
    struct hm_web_session *session = match(call);
    if (session != NULL) {
        session->open = false;
    }
    pthread_mutex_unlock(&web->lock);
}
