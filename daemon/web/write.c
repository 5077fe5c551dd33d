/* SPDX-License-Identifier: Apache-2.0 */
/* Adding, editing, deleting, undoing, deciding: as the member who is signed in. */
#include <string.h>

#include "hamlet/api/conflicts.h"
#include "hamlet/api/warning.h"
#include "hamlet/author/saw.h"
#include "hamlet/base/json.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/drafts.h"
#include "problem.h"
#include "run.h"
#include "session.h"

enum { HTTP_CREATED = 201, WARNED_MAX = 64 * 1024 };

struct writing {
    struct hm_web_call *call;
    struct hm_field_input *fields;
    size_t count;
    bool dry; /* judge all of it, keep nothing */
    bool from_draft;
    bool form;  /* fields are written: an `add` or an `edit` */
    bool hides; /* a `delete` or a `merge`: the record stands in no list any more */
    bool again; /* the draft was written before: what came of it is the answer */
    struct hm_draft draft;
    struct hm_bytes kind;
    struct hm_bytes reason;
    struct hm_id record;
    struct hm_id into; /* of a merge */
    struct hm_id change;
    bool marked;          /* by a page that says what it showed: … */
    struct hm_bytes mark; /* … this */
    struct hm_buf warned; /* JSON of what should be looked at; empty: nothing */
    enum hm_status (*act)(struct hm_author *author,
                          struct writing *w,
                          struct hm_err *err);
};

/* ---- what is asked ---- */

static enum hm_status read_fields(struct writing *w, struct hm_err *err)
{
    struct hm_web_call *call = w->call;
    const struct hm_json *fields = hm_json_get(call->body, "fields");
    const struct hm_json *unit = hm_json_get(call->body, "unit");
    if (!hm_json_is(fields, HM_JSON_OBJECT)) {
        return hm_fail(err, HM_USAGE, "web-member", "fields", NULL, NULL);
    }
    w->fields =
        hm_arena_get_array(&call->arena, hm_json_count(fields) + 1, sizeof(*w->fields));
    enum hm_status status = hm_arena_status(&call->arena, err);
    const struct hm_json *at = hm_json_first(fields);
    for (; at != NULL && status == HM_OK; at = hm_json_next(at)) {
        w->fields[w->count++] =
            (struct hm_field_input){.name = hm_text(hm_json_name(at)), .json = at};
    }
    if (status == HM_OK && unit != NULL) {
        w->fields[w->count++] =
            (struct hm_field_input){.name = hm_text("unit"), .json = unit};
    }
    return status;
}

enum hm_status hm_web_body_seen(const struct hm_web_call *call,
                                bool *given,
                                struct hm_bytes *mark,
                                struct hm_err *err)
{
    const struct hm_json *seen = hm_json_get(call->body, "seen");
    *given = seen != NULL;
    *mark = hm_json_text_or(seen, HM_NO_BYTES);
    return !*given || (hm_json_is(seen, HM_JSON_TEXT) && hm_author_is_mark(*mark))
               ? HM_OK
               : hm_fail(err, HM_USAGE, "web-member", "seen", NULL, NULL);
}

static enum hm_status read_options(struct writing *w, struct hm_err *err)
{
    struct hm_web_call *call = w->call;
    w->dry = hm_json_bool_or(hm_json_get(call->body, "dry"), false);
    w->reason = hm_json_text_or(hm_json_get(call->body, "reason"), HM_NO_BYTES);
    w->from_draft = hm_json_get(call->body, "draft") != NULL && !w->dry;
    w->draft.user = call->user;
    w->draft.saved = hm_env_wall(call->web->options.env);
    enum hm_status status = hm_web_body_seen(call, &w->marked, &w->mark, err);
    return status == HM_OK && w->from_draft
               ? hm_web_body_id(call, "draft", &w->draft.id, err)
               : status;
}

/* ---- writing ---- */

/* Whether this draft was written before, and what came of it. */
static enum hm_status look_at_draft(struct writing *w,
                                    struct hm_draft *before,
                                    struct hm_err *err)
{
    bool found = false;
    enum hm_status status = hm_store_draft_find(w->call->replica.store, &w->draft.id,
                                                before, &found, &w->call->arena, err);
    if (status == HM_OK && found && !hm_id_equal(&before->user, &w->draft.user)) {
        return hm_fail(err, HM_NOT_FOUND, "web-draft-missing", NULL, NULL, NULL);
    }
    w->again = status == HM_OK && found && before->form.size == 0;
    if (w->again && !hm_id_is_none(&w->record) &&
        !hm_id_equal(&w->record, &before->record)) {
        return hm_fail(err, HM_EXISTS, "web-draft-done", NULL, NULL, NULL);
    }
    return status;
}

/* As the page showed the record; `own`, if any, came of its first try. */
static enum hm_status look_back(struct hm_author *author,
                                const struct writing *w,
                                const struct hm_id *own,
                                struct hm_err *err)
{
    return w->marked ? hm_author_saw_mark(author, w->mark, own, &w->call->arena, err)
                     : HM_OK;
}

/*
 * What was sent twice is written once. Whoever heard no answer may have gone on: what is
 * not in the record that came of it is written there.
 */
static enum hm_status write_again(struct hm_author *author,
                                  struct writing *w,
                                  const struct hm_draft *before,
                                  struct hm_err *err)
{
    struct hm_id change = {{0}};
    w->record = before->record;
    w->change = before->change;
    enum hm_status status = look_back(author, w, &before->change, err);
    if (status == HM_OK && w->form) {
        status =
            hm_author_edit(author, &w->record, w->fields, w->count, true, &change, err);
    }
    if (status == HM_OK && !hm_id_is_none(&change)) {
        w->change = change;
        w->again = false;
    }
    return status;
}

static enum hm_status write_all(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct writing *w = ctx;
    struct hm_draft before;
    enum hm_status status = w->from_draft ? look_at_draft(w, &before, err) : HM_OK;
    if (status == HM_OK) {
        status = w->again ? write_again(author, w, &before, err) : w->act(author, w, err);
    }
    if (status == HM_OK && w->from_draft && !w->again) {
        w->draft.kind = w->kind;
        w->draft.record = w->record;
        w->draft.change = w->change;
        status = hm_store_draft_done(w->call->replica.store, &w->draft, err);
    }
    return status;
}

/* As the person saw the record; then what was written is seen by him as well. */
static void say_seen(const struct writing *w, struct hm_json_write *out)
{
    struct hm_buf seen;
    char own[2 * HM_PREFIX_SIZE + 1];
    hm_buf_init(&seen, HM_WEB_BODY_MAX + sizeof(own));
    hm_hex_put(own, (struct hm_bytes){w->change.at, HM_PREFIX_SIZE});
    hm_buf_put_bytes(&seen, w->mark);
    hm_buf_put_text(&seen, own);
    hm_json_put_text(out, "seen", hm_buf_bytes(&seen));
    hm_buf_fini(&seen);
}

/* Whether the record is out of the lists: what its person never saw stands against it. */
static void say_hidden(const struct writing *w, struct hm_json_write *out)
{
    struct hm_listed listed;
    struct hm_err unread = HM_ERR_NONE; /* it is written, whatever can be read of it */
    enum hm_status status = hm_store_record_show(w->call->replica.store, &w->record,
                                                 &listed, &w->call->arena, &unread);
    if (status == HM_OK) {
        hm_json_put_bool(out, "holds",
                         listed.deleted || !hm_id_is_none(&listed.merged_into));
    }
}

/* Whoever is signed in writes; who was invited needs no registry for it. */
static enum hm_status write_as(struct hm_author *author,
                               struct writing *w,
                               struct hm_err *err)
{
    struct hm_id own;
    struct hm_member self;
    enum hm_status status =
        hm_store_meta_get_id(w->call->replica.store, HM_META_USER, &own, err);
    if (status != HM_OK || hm_id_equal(&own, &w->call->user)) {
        return status;
    }
    status = hm_web_member_self(w->call, &self, err);
    return status != HM_OK ? status : hm_author_as(author, self.name, err);
}

static enum hm_status try_all(struct hm_author *author,
                              struct writing *w,
                              struct hm_err *err)
{
    enum hm_status status = hm_author_begin(author, err);
    if (status == HM_OK) {
        status = w->act(author, w, err);
    }
    hm_author_rollback(author);
    return status;
}

static void keep_warnings(struct writing *w, const struct hm_author *author)
{
    struct hm_json_write out;
    size_t count = 0;
    const struct hm_finding *found = hm_author_warnings(author, &count);
    if (count > 0) {
        hm_buf_init(&w->warned, WARNED_MAX);
        hm_json_write_init(&out, &w->warned);
        hm_api_put_warnings(&out, found, count, w->call->guest.lang);
    }
}

static enum hm_status run(struct writing *w, struct hm_err *err)
{
    struct hm_web_call *call = w->call;
    struct hm_author *author = NULL;
    enum hm_status status = hm_author_open(&author, call->replica.store, err);
    if (status == HM_OK) {
        status = write_as(author, w, err);
    }
    if (status == HM_OK) {
        status =
            w->dry ? try_all(author, w, err) : hm_author_act(author, write_all, w, err);
    }
    if (status == HM_OK) {
        keep_warnings(w, author);
    }
    hm_author_close(author);
    if (status == HM_OK && !w->dry && !w->again) {
        hm_web_changed(call->web, HM_WEB_RECORDS | HM_WEB_SYNC);
        call->web->options.saved(call->web->options.ctx);
    }
    return status;
}

static void say(struct writing *w, bool record)
{
    struct hm_json_write out;
    hm_json_write_init(&out, &w->call->out);
    hm_json_open(&out, '{');
    if (!w->dry && record) {
        hm_json_put_hex(&out, "id", hm_id_bytes(&w->record));
    }
    if (!w->dry) {
        hm_json_put_hex(&out, "change", hm_id_bytes(&w->change));
    }
    if (!w->dry && w->marked) {
        say_seen(w, &out);
    }
    if (!w->dry && w->hides) {
        say_hidden(w, &out);
    }
    if (w->warned.size > 0 && w->warned.failed == HM_OK) {
        hm_json_key(&out, "warnings");
        hm_json_raw(&out, hm_buf_bytes(&w->warned));
    }
    hm_json_close(&out, '}');
    hm_buf_fini(&w->warned);
}

/* ---- the acts ---- */

static enum hm_status add(struct hm_author *author, struct writing *w, struct hm_err *err)
{
    struct hm_added added;
    enum hm_status status =
        hm_author_add(author, w->kind, w->fields, w->count, &added, err);
    if (status == HM_OK) {
        w->record = added.record;
        w->change = added.change;
    }
    return status;
}

enum hm_status hm_web_run_add(struct hm_web_call *call, struct hm_err *err)
{
    struct writing w = {.call = call, .act = add, .form = true};
    enum hm_status status = hm_web_body_text(call, "kind", &w.kind, err);
    if (status == HM_OK) {
        call->kind = hm_kinds_find(call->replica.kinds, w.kind);
        status = read_fields(&w, err);
    }
    if (status == HM_OK) {
        status = read_options(&w, err);
    }
    if (status == HM_OK) {
        status = run(&w, err);
        if (status == HM_BAD_INPUT) {
            hm_web_fault_fields(call, w.fields, w.count, true, err);
        }
    }
    if (status == HM_OK) {
        call->http = w.dry ? 0 : HTTP_CREATED;
        say(&w, true);
    }
    return status;
}

static enum hm_status edit(struct hm_author *author,
                           struct writing *w,
                           struct hm_err *err)
{
    enum hm_status status = look_back(author, w, NULL, err);
    return status != HM_OK ? status
                           : hm_author_edit(author, &w->record, w->fields, w->count,
                                            false, &w->change, err);
}

static enum hm_status find_kind(struct writing *w, struct hm_err *err)
{
    struct hm_listed listed;
    enum hm_status status = hm_store_record_show(w->call->replica.store, &w->record,
                                                 &listed, &w->call->arena, err);
    if (status == HM_OK) {
        w->kind = listed.kind;
        w->call->kind = hm_kinds_find(w->call->replica.kinds, listed.kind);
    }
    return status;
}

enum hm_status hm_web_run_edit(struct hm_web_call *call, struct hm_err *err)
{
    struct writing w = {.call = call, .act = edit, .form = true};
    enum hm_status status = hm_web_body_id(call, "id", &w.record, err);
    if (status == HM_OK) {
        status = find_kind(&w, err);
    }
    if (status == HM_OK) {
        status = read_fields(&w, err);
    }
    if (status == HM_OK) {
        status = read_options(&w, err);
    }
    if (status == HM_OK) {
        status = run(&w, err);
        if (status == HM_BAD_INPUT) {
            hm_web_fault_fields(call, w.fields, w.count, false, err);
        }
    }
    if (status == HM_OK) {
        say(&w, true);
    }
    return status;
}

static enum hm_status delete (struct hm_author *author,
                              struct writing *w,
                              struct hm_err *err) {
    enum hm_status status = look_back(author, w, NULL, err);
    return status != HM_OK
               ? status
               : hm_author_delete(author, &w->record, w->reason, &w->change, err);
}

enum hm_status hm_web_run_delete(struct hm_web_call *call, struct hm_err *err)
{
    struct writing w = {.call = call, .act = delete, .hides = true};
    enum hm_status status = hm_web_body_id(call, "id", &w.record, err);
    if (status == HM_OK) {
        status = find_kind(&w, err);
    }
    if (status == HM_OK) {
        status = read_options(&w, err);
    }
    if (status == HM_OK) {
        status = run(&w, err);
    }
    if (status == HM_OK) {
        say(&w, true);
    }
    return status;
}

static enum hm_status withdraw(struct hm_author *author,
                               struct writing *w,
                               struct hm_err *err)
{
    return hm_author_withdraw(author, &w->record, w->reason, &w->change, err);
}

enum hm_status hm_web_run_undo(struct hm_web_call *call, struct hm_err *err)
{
    struct writing w = {.call = call, .act = withdraw};
    enum hm_status status = hm_web_body_id(call, "change", &w.record, err);
    if (status == HM_OK) {
        status = read_options(&w, err);
    }
    if (status == HM_OK) {
        status = run(&w, err);
    }
    if (status == HM_OK) {
        say(&w, false);
    }
    return status;
}

static enum hm_status merge(struct hm_author *author,
                            struct writing *w,
                            struct hm_err *err)
{
    enum hm_status status = look_back(author, w, NULL, err);
    return status != HM_OK ? status
                           : hm_author_merge(author, &w->record, &w->into, w->reason,
                                             &w->change, err);
}

static enum hm_status unmerge(struct hm_author *author,
                              struct writing *w,
                              struct hm_err *err)
{
    return hm_author_unmerge(author, &w->record, w->reason, &w->change, err);
}

static enum hm_status join(struct writing *w, struct hm_err *err)
{
    enum hm_status status = hm_web_body_id(w->call, "id", &w->record, err);
    if (status == HM_OK) {
        status = read_options(w, err);
    }
    if (status == HM_OK) {
        status = run(w, err);
    }
    if (status == HM_OK) {
        say(w, true);
    }
    return status;
}

enum hm_status hm_web_run_merge(struct hm_web_call *call, struct hm_err *err)
{
    struct writing w = {.call = call, .act = merge, .hides = true};
    enum hm_status status = hm_web_body_id(call, "into", &w.into, err);
    return status != HM_OK ? status : join(&w, err);
}

enum hm_status hm_web_run_unmerge(struct hm_web_call *call, struct hm_err *err)
{
    struct writing w = {.call = call, .act = unmerge};
    return join(&w, err);
}

/* A sync may have brought a value after the page was drawn: in the transaction. */
static enum hm_status check_shown(struct writing *w, struct hm_err *err)
{
    struct hm_web_call *call = w->call;
    struct hm_store *store = call->replica.store;
    struct hm_conflict conflict;
    struct hm_listed listed;
    enum hm_status status =
        hm_store_conflict_find(store, &w->record, &conflict, &call->arena, err);
    if (status == HM_OK) { /* what differs is told by its label */
        status =
            hm_store_record_show(store, &conflict.record, &listed, &call->arena, err);
    }
    if (status == HM_OK) {
        call->kind = hm_kinds_find(call->replica.kinds, listed.kind);
    }
    return status != HM_OK
               ? status
               : hm_api_conflict_still(store, &conflict, hm_json_get(call->body, "heads"),
                                       &call->arena, err);
}

static enum hm_status resolve(struct hm_author *author,
                              struct writing *w,
                              struct hm_err *err)
{
    const struct hm_json *body = w->call->body;
    bool takes = hm_json_get(body, "take") != NULL;
    struct hm_id take;
    enum hm_status status = takes ? hm_web_body_id(w->call, "take", &take, err) : HM_OK;
    if (status == HM_OK && !takes && hm_json_get(body, "value") == NULL) {
        status = hm_fail(err, HM_USAGE, "web-member", "value", NULL, NULL);
    }
    if (status == HM_OK) {
        status = check_shown(w, err);
    }
    return status != HM_OK ? status
                           : hm_author_resolve(author, &w->record, takes ? &take : NULL,
                                               hm_json_get(body, "value"), w->reason,
                                               &w->change, err);
}

enum hm_status hm_web_run_resolve(struct hm_web_call *call, struct hm_err *err)
{
    struct writing w = {.call = call, .act = resolve};
    enum hm_status status = hm_web_body_id(call, "conflict", &w.record, err);
    if (status == HM_OK) {
        status = read_options(&w, err);
    }
    if (status == HM_OK && w.reason.size == 0) {
        status = hm_fail(err, HM_USAGE, "web-member", "reason", NULL, NULL);
    }
    if (status == HM_OK) {
        status = run(&w, err);
    }
    if (status == HM_OK) {
        say(&w, false);
    }
    return status;
}
