/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inbox. A list for all who may decide; what names people is shown in a case that
 * was opened: it is then one account's for ten minutes, and the log tells of it.
 */
#include "hamlet/api/inbox.h"

#include <string.h>

#include "hamlet/api/duplicates.h"
#include "hamlet/api/forms.h"
#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/claims.h"
#include "hamlet/store/records.h"
#include "hamlet/store/registry.h"
#include "inside.h"

enum { LIMIT_MAX = 200, LIMIT = 50, SKIP_MAX = 1000000, DAYS_MAX = 36500, OPEN_MAX = 2 };

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

/* ---- lists ---- */

static struct hm_wall now_of(const struct hm_web_call *call)
{
    const struct hm_env *env = call->web->server.env;
    return hm_env_wall(env);
}

enum hm_status hm_server_run_inbox(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_inbox_query query = {.scope = call->account.home,
                                   .unit = hm_web_query_of(call, "unit"),
                                   .kind = hm_web_query_of(call, "kind"),
                                   .type = hm_web_query_of(call, "type")};
    int64_t days = 0;
    enum hm_status status =
        hm_web_query_number(call, "limit", 1, LIMIT_MAX, LIMIT, &query.limit, err);
    if (status == HM_OK) {
        status = hm_web_query_number(call, "after", 0, SKIP_MAX, 0, &query.skip, err);
    }
    if (status == HM_OK) {
        status = hm_web_query_number(call, "days", 0, DAYS_MAX, 0, &days, err);
    }
    if (days > 0) {
        query.until = (struct hm_wall){now_of(call).ms - days * day_ms};
    }
    return status != HM_OK ? status : hm_api_inbox(&call->view, &query, err);
}

enum hm_status hm_server_run_kinds(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_forms(&call->view, hm_web_query_of(call, "kind"),
                        hm_text(hm_role_name(call->account.role)), err);
}

enum hm_status hm_server_run_merges(struct hm_web_call *call, struct hm_err *err)
{
    const char *given = hm_web_query_of(call, "after");
    struct hm_merges_query query = {.limit = 0};
    struct hm_id after;
    int64_t limit = 0;
    enum hm_status status = hm_web_scope(call, &query.unit, err);
    if (status == HM_OK) {
        status = hm_web_query_number(call, "limit", 1, LIMIT_MAX, LIMIT, &limit, err);
    }
    if (status == HM_OK && given != NULL && !hm_id_get_hex(&after, hm_text(given))) {
        status = hm_fail(err, HM_USAGE, "web-member", "after", NULL, NULL);
    }
    query.limit = (size_t)limit;
    query.after = given == NULL ? NULL : &after;
    return status != HM_OK ? status : hm_api_merges(&call->view, &query, err);
}

/* Whether the case lies below the account; one whose record is gone lies nowhere. */
static enum hm_status is_below(struct hm_web_call *call,
                               const struct hm_claim *claim,
                               bool *below,
                               struct hm_err *err)
{
    struct hm_listed listed;
    struct hm_err gone = HM_ERR_NONE;
    enum hm_status status = hm_store_record_show(call->view.store, &claim->subject,
                                                 &listed, &call->arena, &gone);
    *below = false;
    if (status == HM_NOT_FOUND) {
        return HM_OK;
    }
    return status == HM_OK
               ? hm_store_unit_within(call->view.store, listed.unit, call->account.home,
                                      below, err)
               : hm_fail(err, status, gone.key, gone.arg[0], gone.arg[1], gone.arg[2]);
}

static enum hm_status put_claim(struct hm_json_write *out,
                                struct hm_web_call *call,
                                const struct hm_claim *claim,
                                struct hm_err *err)
{
    struct hm_bytes name = HM_NO_BYTES;
    bool below = false;
    enum hm_status status = is_below(call, claim, &below, err);
    if (status != HM_OK || !below) {
        return status;
    }
    status = hm_view_user(&call->view, &claim->user, &name, &call->arena, err);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "case", hm_id_bytes(&claim->subject));
    hm_json_put_text(out, "account", name);
    hm_json_put_bool(out, "mine", hm_id_equal(&claim->user, &call->account.user));
    hm_json_put_wall(out, "due", claim->due);
    hm_json_close(out, '}');
    return status;
}

enum hm_status hm_server_run_claims(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_claim *claims = NULL;
    struct hm_json_write out;
    size_t count = 0;
    enum hm_status status = hm_store_claims(call->view.store, now_of(call), &claims,
                                            &count, &call->arena, err);
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = put_claim(&out, call, &claims[i], err);
    }
    hm_json_close(&out, ']');
    return status;
}

/* ---- opening ---- */

/* One record, or two that look alike. */
struct opening {
    struct hm_id records[OPEN_MAX];
    const char *named[OPEN_MAX]; /* as they were sent */
    size_t count;
    struct hm_id user;
    struct hm_wall now;
    struct hm_id holder;
};

static enum hm_status take_claims(struct hm_store *store, void *ctx, struct hm_err *err)
{
    struct opening *o = ctx;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < o->count && status == HM_OK; i++) {
        status =
            hm_store_claim_take(store, &o->records[i], &o->user, o->now, &o->holder, err);
        if (status == HM_OK && !hm_id_equal(&o->holder, &o->user)) {
            status = hm_fail(err, HM_EXISTS, "case-claimed", "", NULL, NULL);
        }
    }
    return status;
}

static enum hm_status drop_claims(struct hm_store *store, void *ctx, struct hm_err *err)
{
    struct opening *o = ctx;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < o->count && status == HM_OK; i++) {
        status = hm_store_claim_drop(store, &o->records[i], &o->user, err);
    }
    return status;
}

/* A record of the body that lies below the account. */
static enum hm_status read_record(struct hm_web_call *call,
                                  struct opening *o,
                                  const char *member,
                                  struct hm_err *err)
{
    struct hm_id *id = &o->records[o->count];
    struct hm_listed listed;
    char text[HM_HEX16_SIZE];
    enum hm_status status = hm_web_body_id(call, member, id, err);
    if (status == HM_OK) {
        status = hm_store_record_show(call->view.store, id, &listed, &call->arena, err);
    }
    if (status == HM_OK) {
        status = hm_web_within(call, listed.unit, err);
    }
    if (status == HM_OK) {
        hm_hex_put(text, hm_id_bytes(id));
        o->named[o->count++] = hm_arena_copy_text(&call->arena, hm_text(text));
        status = hm_arena_status(&call->arena, err);
    }
    return status;
}

enum hm_status hm_server_check_case(struct hm_web_call *call, struct hm_err *err)
{
    struct opening o = {.count = 0};
    return read_record(call, &o, "case", err);
}

enum hm_status hm_server_check_pair(struct hm_web_call *call, struct hm_err *err)
{
    struct opening o = {.count = 0};
    enum hm_status status = read_record(call, &o, "id", err);
    return status != HM_OK ? status : read_record(call, &o, "other", err);
}

static enum hm_status claimed(struct hm_web_call *call,
                              const struct opening *o,
                              struct hm_err *err)
{
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status = hm_web_reader_take(call, err);
    if (status == HM_OK) {
        status = hm_view_user(&call->view, &o->holder, &name, &call->arena, err);
    }
    const char *shown = status == HM_OK ? hm_arena_copy_text(&call->arena, name) : NULL;
    return status != HM_OK ? status
                           : hm_fail(err, HM_EXISTS, "case-claimed",
                                     shown == NULL ? "" : shown, NULL, NULL);
}

/* It is this account's from here on, and the log says so. */
static enum hm_status claim(struct hm_web_call *call,
                            struct opening *o,
                            struct hm_err *err)
{
    const struct hm_audit row = {.account = call->account.name,
                                 .act = hm_text("open"),
                                 .subject = hm_text(o->named[0]),
                                 .detail =
                                     o->count > 1 ? hm_text(o->named[1]) : HM_NO_BYTES};
    struct hm_err why = HM_ERR_NONE;
    o->user = call->account.user;
    o->now = now_of(call);
    enum hm_status status = hm_web_write(call, take_claims, o, &row, &why);
    if (status == HM_EXISTS) {
        return claimed(call, o, err);
    }
    return status != HM_OK
               ? hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2])
               : hm_web_reader_take(call, err);
}

enum hm_status hm_server_run_case_open(struct hm_web_call *call, struct hm_err *err)
{
    struct opening o = {.count = 0};
    enum hm_status status = read_record(call, &o, "case", err);
    if (status == HM_OK) {
        status = claim(call, &o, err);
    }
    return status != HM_OK ? status : hm_api_dispute(&call->view, o.named[0], err);
}

enum hm_status hm_server_run_pair_open(struct hm_web_call *call, struct hm_err *err)
{
    struct opening o = {.count = 0};
    enum hm_status status = read_record(call, &o, "id", err);
    if (status == HM_OK) {
        status = read_record(call, &o, "other", err);
    }
    if (status == HM_OK) {
        status = claim(call, &o, err);
    }
    return status != HM_OK ? status
                           : hm_api_pair(&call->view, o.named[0], o.named[1], err);
}

enum hm_status hm_server_run_case_leave(struct hm_web_call *call, struct hm_err *err)
{
    struct opening o = {.count = 1, .user = call->account.user};
    enum hm_status status = hm_web_body_id(call, "case", &o.records[0], err);
    if (status == HM_OK) {
        status = hm_web_write(call, drop_claims, &o, NULL, err);
    }
    if (status == HM_OK) {
        hm_buf_put_text(&call->out, "{}");
    }
    return status;
}

/* What shows a record to whoever decides it is for who has it open. */
static enum hm_status check_open(struct hm_web_call *call,
                                 const char *member,
                                 struct hm_err *err)
{
    struct opening o = {.count = 0};
    enum hm_status status = read_record(call, &o, member, err);
    if (status == HM_OK) {
        status = hm_store_claim_holder(call->view.store, &o.records[0], now_of(call),
                                       &o.holder, err);
    }
    if (status == HM_OK && hm_id_is_none(&o.holder)) {
        return hm_fail(err, HM_EXISTS, "case-closed", NULL, NULL, NULL);
    }
    return status != HM_OK || hm_id_equal(&o.holder, &call->account.user)
               ? status
               : claimed(call, &o, err);
}

/* ---- deciding ---- */

enum hm_status hm_server_check_decide(struct hm_web_call *call, struct hm_err *err)
{
    return check_open(call, "case", err);
}

enum hm_status hm_server_run_decide(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "decide");
    hm_web_line_option(&line, "reason");
    hm_web_line_flag(&line, "preview");
    hm_web_line_as(&line);
    hm_web_line_operand(&line, "case");
    enum hm_status status = hm_web_line_json(&line, "settle", err);
    return status != HM_OK ? status : hm_web_line_run(&line, HM_NO_BYTES, err);
}

/* merge, unmerge, apart: their answers are ids alone. */
static enum hm_status decide_pair(struct hm_web_call *call,
                                  const char *command,
                                  const char *other,
                                  struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, command);
    hm_web_line_option(&line, "reason");
    hm_web_line_as(&line);
    hm_web_line_operand(&line, "id");
    if (other != NULL) {
        hm_web_line_operand(&line, other);
    }
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

static enum hm_status check_both(struct hm_web_call *call,
                                 const char *other,
                                 struct hm_err *err)
{
    enum hm_status status = check_open(call, "id", err);
    return status != HM_OK ? status : check_open(call, other, err);
}

enum hm_status hm_server_check_merge(struct hm_web_call *call, struct hm_err *err)
{
    return check_both(call, "into", err);
}

enum hm_status hm_server_check_apart(struct hm_web_call *call, struct hm_err *err)
{
    return check_both(call, "other", err);
}

enum hm_status hm_server_run_merge(struct hm_web_call *call, struct hm_err *err)
{
    return decide_pair(call, "merge", "into", err);
}

enum hm_status hm_server_run_unmerge(struct hm_web_call *call, struct hm_err *err)
{
    return decide_pair(call, "unmerge", NULL, err);
}

enum hm_status hm_server_run_apart(struct hm_web_call *call, struct hm_err *err)
{
    return decide_pair(call, "apart", "other", err);
}

enum hm_status hm_server_run_undo(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "withdraw");
    if (hm_json_get(call->body, "reason") == NULL) {
        hm_web_line_put(&line, "reason",
                        hm_text(hm_words_ui(call->view.words, "page.undone")));
    }
    hm_web_line_option(&line, "reason");
    hm_web_line_as(&line);
    hm_web_line_operand(&line, "change");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

/* By a rule, within the own units; never with values, which may name people. */
enum hm_status hm_server_run_settle(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    struct hm_bytes unit =
        hm_json_text_or(hm_json_get(call->body, "unit"), call->account.home);
    hm_web_line_begin(&line, call, "resolve");
    hm_web_line_option(&line, "policy");
    hm_web_line_option(&line, "kind");
    hm_web_line_option(&line, "register");
    hm_web_line_option(&line, "reason");
    hm_web_line_flag(&line, "preview");
    hm_web_line_set(&line, "bare");
    hm_web_line_put(&line, "unit", unit);
    hm_web_line_as(&line);
    return hm_json_get(call->body, "policy") == NULL
               ? hm_fail(err, HM_USAGE, "web-member", "policy", NULL, NULL)
               : hm_web_line_run(&line, HM_NO_BYTES, err);
}

/* ---- what was asked ---- */

static enum hm_status check_talk(struct hm_web_call *call,
                                 struct hm_bytes name,
                                 struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_find(hm_store_kinds(call->view.store), name);
    return kind != NULL && kind->talk
               ? HM_OK
               : hm_fail(err, HM_USAGE, "web-member", "kind", NULL, NULL);
}

enum hm_status hm_server_check_talk(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes kind = HM_NO_BYTES;
    enum hm_status status = hm_web_body_text(call, "kind", &kind, err);
    return status != HM_OK ? status : check_talk(call, kind, err);
}

/* A record that whoever holds the unit hears of with its next sync. */
enum hm_status hm_server_run_ask(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "add");
    hm_web_line_as(&line);
    hm_web_line_operand(&line, "kind");
    enum hm_status status = hm_web_line_json(&line, "fields", err);
    return status != HM_OK ? status : hm_web_line_run(&line, HM_NO_BYTES, err);
}

/* Questions are people's words and may name somebody: that they were read is logged. */
enum hm_status hm_server_run_questions(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes kind = HM_NO_BYTES;
    struct hm_bytes where = HM_NO_BYTES;
    struct hm_buf unit;
    const char *filters[2] = {NULL, NULL};
    enum hm_status status = hm_web_body_text(call, "kind", &kind, err);
    if (status == HM_OK) {
        status = hm_web_body_text(call, "where", &where, err);
    }
    hm_buf_init(&unit, HM_WEB_BODY_MAX);
    hm_buf_put_text(&unit, "unit=");
    hm_buf_put_bytes(&unit, call->account.home);
    filters[0] = hm_arena_copy_text(&call->arena, where);
    filters[1] = hm_arena_copy_text(&call->arena, hm_buf_bytes(&unit));
    hm_buf_fini(&unit);
    if (status == HM_OK) {
        status = hm_arena_status(&call->arena, err);
    }
    if (status == HM_OK) {
        status = hm_web_audit(call, "questions", HM_NO_BYTES, HM_NO_BYTES, err);
    }
    if (status == HM_OK) {
        status = hm_web_reader_take(call, err);
    }
    const struct hm_api_list list = {
        .kind = kind, .where = filters, .where_count = 2, .limit = LIMIT_MAX};
    return status != HM_OK ? status : hm_api_browse(&call->view, &list, err);
}

enum hm_status hm_server_check_answer(struct hm_web_call *call, struct hm_err *err)
{
    struct opening o = {.count = 0};
    struct hm_listed listed;
    enum hm_status status = read_record(call, &o, "id", err);
    if (status == HM_OK) {
        status = hm_store_record_show(call->view.store, &o.records[0], &listed,
                                      &call->arena, err);
    }
    if (status == HM_OK) {
        status = check_talk(call, listed.kind, err);
    }
    return status;
}

enum hm_status hm_server_run_answer(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "edit");
    hm_web_line_as(&line);
    hm_web_line_operand(&line, "id");
    enum hm_status status = hm_web_line_json(&line, "fields", err);
    return status != HM_OK ? status : hm_web_line_run(&line, HM_NO_BYTES, err);
}
