/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in: a name, and what only one person knows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../session.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/text/normal.h"
#include "inside.h"

enum {
    SECOND_MS = 1000,
    NUMBER_SIZE = 24,
    HTTP_UNAUTHORISED = 401,
    HTTP_TOO_MANY = 429,
    WAITING_MAX = 3 /* each waits in a thread that laptops need, too */
};

/* ---- what a page is told ---- */

static void put_rights(struct hm_json_write *out, enum hm_role role)
{
    hm_json_key(out, "rights");
    hm_json_open(out, '[');
    for (int i = HM_RIGHT_STRANGER + 1; i < HM_RIGHT_COUNT; i++) {
        if (hm_role_may(role, (enum hm_right)i)) {
            hm_json_text(out, hm_text(hm_right_name((enum hm_right)i)));
        }
    }
    hm_json_close(out, ']');
}

static enum hm_status put_session(struct hm_json_write *out,
                                  struct hm_web_call *call,
                                  struct hm_err *err)
{
    const struct hm_account *account = &call->account;
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status =
        hm_view_unit_name(&call->view, account->home, &unit, &call->arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_json_open(out, '{');
    hm_json_put_hex(out, "user", hm_id_bytes(&account->user));
    hm_json_put_text(out, "account", account->name);
    hm_json_put_text(out, "role", hm_text(hm_role_name(account->role)));
    hm_json_put_text(out, "scope", account->home);
    hm_json_put_text(out, "scope_name", unit);
    put_rights(out, account->role);
    hm_json_put_int(out, "idle_s", call->web->server.idle_ms / SECOND_MS);
    hm_json_put_text(out, "lang", hm_text(call->guest.lang == HM_LANG_EN ? "en" : "vi"));
    hm_json_put_text(out, "version", hm_text(HM_VERSION));
    hm_json_close(out, '}');
    return HM_OK;
}

/* A new session, and the token that goes with it. */
static enum hm_status say_begun(struct hm_web_call *call,
                                const struct hm_digest *proof,
                                struct hm_err *err)
{
    struct hm_json_write out;
    char token[HM_B64_32_SIZE];
    enum hm_status status = hm_web_reader_take(call, err);
    if (status == HM_OK) {
        status = hm_web_session_begin(call, proof, token, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "token", hm_text(token));
    hm_json_key(&out, "session");
    status = put_session(&out, call, err);
    hm_json_close(&out, '}');
    return status;
}

enum hm_status hm_server_run_session(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    hm_json_write_init(&out, &call->out);
    return put_session(&out, call, err);
}

enum hm_status hm_server_run_here(struct hm_web_call *call, struct hm_err *err)
{
    (void)err; /* a POST is the sign of a person by itself */
    hm_buf_put_text(&call->out, "{}");
    return HM_OK;
}

enum hm_status hm_server_run_sign_out(struct hm_web_call *call, struct hm_err *err)
{
    enum hm_status status = hm_web_audit(call, "sign-out", HM_NO_BYTES, HM_NO_BYTES, err);
    hm_web_session_end(call);
    hm_buf_put_text(&call->out, "{}");
    return status;
}

/* ---- proving who one is ---- */

/* Somebody who says that he is one of us. */
struct claimant {
    struct hm_web_call *call;
    struct hm_bytes name;
    bool known;         /* he is an account that may sign in */
    struct hm_id place; /* where his tries are counted */
    struct hm_account_secret secret;
    struct hm_digest opened; /* of one who changes his passphrase: what the old one is */
    struct hm_bytes given;   /* passphrase, … */
    struct hm_bytes code;    /* … which is a new one where there is a code */
    int64_t wait_ms;
};

static enum hm_status read_name(struct claimant *c, struct hm_err *err)
{
    struct hm_bytes typed = HM_NO_BYTES;
    struct hm_buf normal;
    enum hm_status status = hm_web_body_text(c->call, "account", &typed, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&normal, HM_NAME_MAX);
    if (hm_text_normal(&normal, typed, false, NULL) == HM_OK) {
        c->name = hm_arena_copy(&c->call->arena, hm_buf_bytes(&normal));
    }
    hm_buf_fini(&normal);
    return hm_arena_status(&c->call->arena, err);
}

/* Who has no account is judged like one who has: nothing tells them apart. */
static enum hm_status find(struct claimant *c, struct hm_err *err)
{
    struct hm_web_call *call = c->call;
    struct hm_err none = HM_ERR_NONE;
    enum hm_status status =
        hm_account_find(call->view.store, c->name, &call->account, &call->arena, &none);
    c->known = status == HM_OK && hm_role_may(call->account.role, HM_RIGHT_SELF);
    if (status != HM_OK && status != HM_NOT_FOUND) {
        return hm_fail(err, status, none.key, none.arg[0], none.arg[1], none.arg[2]);
    }
    if (!c->known) {
        c->place = hm_account_nobody(c->name);
        return HM_OK;
    }
    call->user = call->account.user;
    c->place = call->account.user;
    return hm_store_account_get(call->view.store, &c->place, &c->secret, err);
}

static enum hm_status count(struct hm_store *store, void *ctx, struct hm_err *err)
{
    struct claimant *c = ctx;
    return hm_account_try(store, &c->place, hm_env_mono(c->call->web->options.env),
                          &c->wait_ms, err);
}

static enum hm_status forgive(struct hm_store *store, void *ctx, struct hm_err *err)
{
    struct claimant *c = ctx;
    return hm_account_forgive(store, &c->place, err);
}

static bool in_line(struct hm_web *web, int change)
{
    pthread_mutex_lock(&web->lock);
    web->waiting += change;
    bool few = web->waiting <= WAITING_MAX;
    pthread_mutex_unlock(&web->lock);
    return few;
}

/* Argon2id takes memory and time: one at a time, and few in line. */
static enum hm_status spend(struct claimant *c,
                            enum hm_status (*work)(struct claimant *c,
                                                   struct hm_err *err),
                            struct hm_err *err)
{
    struct hm_web *web = c->call->web;
    enum hm_status status = HM_OK;
    if (in_line(web, 1)) {
        pthread_mutex_lock(&web->checks);
        status = work(c, err);
        pthread_mutex_unlock(&web->checks);
    } else {
        status = hm_fail(err, HM_LOCKED, "web-busy", NULL, NULL, NULL);
    }
    (void)in_line(web, -1);
    return status;
}

static enum hm_status open_with(struct claimant *c, struct hm_err *err)
{
    return hm_account_open(&c->secret, c->given, err);
}

static enum hm_status seal(struct claimant *c, struct hm_err *err)
{
    return hm_account_seal(&c->secret, c->given, c->call->web->options.env, err);
}

/* Wrong ones are 401, and 429 from when one has to wait; how long stands in a header. */
static enum hm_status told(struct claimant *c, enum hm_status status, struct hm_err *err)
{
    char seconds[NUMBER_SIZE];
    if (status != HM_DENIED) {
        return status;
    }
    c->call->http =
        strcmp(err->key, "passphrase-wait") == 0 ? HTTP_TOO_MANY : HTTP_UNAUTHORISED;
    if (c->wait_ms > 0) {
        (void)snprintf(seconds, sizeof(seconds), "%" PRId64,
                       (c->wait_ms + SECOND_MS - 1) / SECOND_MS);
        (void)!hm_httpd_reply_header(c->call->reply, "Retry-After", seconds);
    }
    return status;
}

static enum hm_status note(struct claimant *c,
                           const char *act,
                           enum hm_status (*run)(struct hm_store *store,
                                                 void *ctx,
                                                 struct hm_err *err),
                           struct hm_err *err)
{
    const struct hm_audit row = {.account = c->known ? c->name : hm_text("(nobody)"),
                                 .act = hm_text(act)};
    return hm_web_write(c->call, run, c, &row, err);
}

static enum hm_status refused(struct claimant *c,
                              enum hm_status status,
                              struct hm_err *err)
{
    if (status == HM_DENIED) {
        enum hm_status noted = note(c, "sign-in-failed", NULL, NULL);
        (void)noted; /* the try itself was counted before */
    }
    return told(c, status, err);
}

static enum hm_status keep(struct claimant *c, struct hm_store *store, struct hm_err *err)
{
    enum hm_status status = hm_store_account_put(store, &c->place, &c->secret, err);
    return status != HM_OK ? status : forgive(store, c, err);
}

/* The code is used up with the passphrase it made: of two who send it one is late. */
static enum hm_status settle(struct hm_store *store, void *ctx, struct hm_err *err)
{
    struct claimant *c = ctx;
    struct hm_account_secret now;
    enum hm_status status = hm_store_account_get(store, &c->place, &now, err);
    if (status == HM_OK &&
        !hm_account_code_is(&now, c->code, hm_env_wall(c->call->web->options.env))) {
        status = hm_fail(err, HM_DENIED, "account-code", NULL, NULL, NULL);
    }
    return status != HM_OK ? status : keep(c, store, err);
}

static enum hm_status by_code(struct claimant *c, struct hm_err *err)
{
    struct hm_wall now = hm_env_wall(c->call->web->options.env);
    if (!c->known || !hm_account_code_is(&c->secret, c->code, now)) {
        return refused(c, hm_fail(err, HM_DENIED, "account-code", NULL, NULL, NULL), err);
    }
    enum hm_status status = spend(c, seal, err);
    if (status == HM_OK) {
        status = note(c, "passphrase", settle, err);
    }
    return told(c, status, err);
}

static enum hm_status by_passphrase(struct claimant *c, struct hm_err *err)
{
    enum hm_status status = spend(c, open_with, err);
    if (status != HM_OK) {
        return refused(c, status, err);
    }
    c->wait_ms = 0;
    return note(c, "sign-in", forgive, err);
}

static enum hm_status prove(struct claimant *c, struct hm_err *err)
{
    const struct hm_json *code = hm_json_get(c->call->body, "code");
    c->code = hm_json_text_or(code, HM_NO_BYTES);
    enum hm_status status = hm_web_body_text(c->call, "passphrase", &c->given, err);
    if (status == HM_OK) {
        status = find(c, err);
    }
    if (status == HM_OK) {
        status = told(c, hm_web_write(c->call, count, c, NULL, err), err);
    }
    if (status != HM_OK) {
        return status;
    }
    return c->code.size > 0 ? by_code(c, err) : by_passphrase(c, err);
}

enum hm_status hm_server_run_sign_in(struct hm_web_call *call, struct hm_err *err)
{
    struct claimant c = {.call = call};
    enum hm_status status = read_name(&c, err);
    if (status == HM_OK) {
        status = prove(&c, err);
    }
    return status != HM_OK ? status : say_begun(call, &c.secret.verifier, err);
}

/* While it was judged a code may have been given, or the account have ended. */
static enum hm_status replace(struct hm_store *store, void *ctx, struct hm_err *err)
{
    struct claimant *c = ctx;
    struct hm_account_secret now;
    enum hm_status status = hm_store_account_get(store, &c->place, &now, err);
    if (status == HM_OK &&
        (!now.has_passphrase || !hm_digest_equal(&now.verifier, &c->opened))) {
        status = hm_fail(err, HM_DENIED, "web-session-over", NULL, NULL, NULL);
    }
    return status != HM_OK ? status : keep(c, store, err);
}

enum hm_status hm_server_run_passphrase(struct hm_web_call *call, struct hm_err *err)
{
    struct claimant c = {.call = call,
                         .known = true,
                         .name = call->account.name,
                         .place = call->account.user};
    struct hm_bytes fresh = HM_NO_BYTES;
    enum hm_status status = hm_web_body_text(call, "old", &c.given, err);
    if (status == HM_OK) {
        status = hm_web_body_text(call, "new", &fresh, err);
    }
    if (status == HM_OK) {
        status = hm_store_account_get(call->view.store, &c.place, &c.secret, err);
    }
    if (status == HM_OK) {
        status = told(&c, hm_web_write(call, count, &c, NULL, err), err);
    }
    if (status == HM_OK) {
        status = refused(&c, spend(&c, open_with, err), err);
    }
    if (status == HM_OK) {
        c.opened = c.secret.verifier;
        c.given = fresh;
        status = spend(&c, seal, err);
    }
    if (status == HM_OK) {
        status = told(&c, note(&c, "passphrase", replace, err), err);
    }
    if (status == HM_OK) {
        hm_web_session_end(call); /* the others end by what they were opened with */
        status = say_begun(call, &c.secret.verifier, err);
    }
    return status;
}
