/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision holds for what the person saw: each register's heads come back with it, and
 * if they are others now nothing is decided.
 */
#include "dispute.h"
#include "hamlet/base/json.h"
#include "hamlet/store/disputes.h"

struct deciding {
    const struct hm_view *view;
    struct hm_author *author;
    const struct hm_decision *decision;
    struct hm_id change; /* or the bulk: what undoes it */
    struct hm_arena arena;
    struct hm_buf buf;
};

static enum hm_status fail_form(const char *name, struct hm_err *err)
{
    return hm_fail(err, HM_USAGE, "web-member", name, NULL, NULL);
}

/* Whether the register, which is one of this case, stands as it was shown. */
static enum hm_status check_seen(struct deciding *d,
                                 const struct hm_id *id,
                                 const struct hm_json *heads,
                                 struct hm_err *err)
{
    struct hm_conflict conflict;
    enum hm_status status =
        hm_store_conflict_find(d->view->store, id, &conflict, &d->arena, err);
    if (status == HM_OK && !hm_id_equal(&conflict.record, &d->decision->record)) {
        return fail_form("conflict", err);
    }
    return status != HM_OK
               ? status
               : hm_api_conflict_still(d->view->store, &conflict, heads, &d->arena, err);
}

static enum hm_status decide_one(struct deciding *d,
                                 const struct hm_json *answer,
                                 struct hm_id *change,
                                 struct hm_err *err)
{
    const struct hm_json *take = hm_json_get(answer, "take");
    const struct hm_json *value = hm_json_get(answer, "value");
    struct hm_id conflict;
    struct hm_id head;
    if (!hm_id_get_hex(&conflict,
                       hm_json_text_or(hm_json_get(answer, "conflict"), HM_NO_BYTES))) {
        return fail_form("conflict", err);
    }
    if ((take == NULL) == (value == NULL) ||
        (take != NULL && !hm_id_get_hex(&head, hm_json_text_or(take, HM_NO_BYTES)))) {
        return fail_form("take", err);
    }
    enum hm_status status = check_seen(d, &conflict, hm_json_get(answer, "heads"), err);
    return status != HM_OK
               ? status
               : hm_author_resolve(d->author, &conflict, take == NULL ? NULL : &head,
                                   value, d->decision->reason, change, err);
}

static enum hm_status decide_all(struct deciding *d, struct hm_err *err)
{
    const struct hm_json *answers = d->decision->answers;
    const size_t count = hm_json_is(answers, HM_JSON_LIST) ? hm_json_count(answers) : 0;
    struct hm_id change;
    enum hm_status status = count == 0 ? fail_form("settle", err) : HM_OK;
    if (status == HM_OK && count > 1) {
        status = hm_author_bulk(d->author, &d->change, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = decide_one(d, hm_json_at(answers, i), &change, err);
    }
    if (status == HM_OK && count == 1) {
        d->change = change;
    }
    return status;
}

/* Of the registers that were decided the first for which a rule is proposed. */
static enum hm_status propose(struct deciding *d,
                              struct hm_json_write *out,
                              const struct hm_loaded *loaded,
                              struct hm_err *err)
{
    const struct hm_json *answers = d->decision->answers;
    enum hm_status status = HM_OK;
    bool proposed = d->decision->preview;
    for (size_t i = 0; i < hm_json_count(answers) && !proposed && status == HM_OK; i++) {
        struct hm_conflict conflict;
        struct hm_id id;
        (void)hm_id_get_hex(
            &id, hm_json_text_or(hm_json_get(hm_json_at(answers, i), "conflict"),
                                 HM_NO_BYTES));
        status = hm_store_conflict_find(d->view->store, &id, &conflict, &d->arena, err);
        if (status == HM_OK) {
            status = hm_dispute_propose(out, d->view, d->decision->unit,
                                        loaded->kind_name, conflict.reg, &proposed, err);
        }
    }
    return status;
}

/* What it came to, as a reader of this transaction sees it. */
static enum hm_status tell(struct deciding *d, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_loaded loaded;
    struct hm_conflict *left = NULL;
    size_t count = 0;
    hm_json_write_init(&out, &d->buf);
    hm_json_open(&out, '{');
    enum hm_status status = hm_store_record_load(d->view->store, &d->decision->record,
                                                 &loaded, &d->arena, err);
    if (status == HM_OK) {
        status = hm_store_record_conflicts(d->view->store, &loaded, &left, &count,
                                           &d->arena, err);
    }
    if (status == HM_OK) {
        status =
            hm_dispute_put_record(&out, d->view, &d->decision->record, &d->arena, err);
    }
    if (status == HM_OK) {
        status = propose(d, &out, &loaded, err);
    }
    hm_json_put_int(&out, "left", (int64_t)count);
    hm_json_key(&out, "change");
    if (d->decision->preview) {
        hm_json_null(&out);
    } else {
        hm_json_hex(&out, hm_id_bytes(&d->change));
    }
    hm_json_close(&out, '}');
    hm_buf_put_byte(&d->buf, '\n');
    return status != HM_OK ? status : hm_buf_status(&d->buf, err);
}

enum hm_status hm_api_decide(const struct hm_view *view,
                             struct hm_author *author,
                             const struct hm_decision *decision,
                             struct hm_err *err)
{
    struct deciding d = {.view = view, .author = author, .decision = decision};
    hm_arena_init(&d.arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&d.buf, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_author_begin(author, err);
    if (status == HM_OK) {
        status = decide_all(&d, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(author, err);
    }
    if (status == HM_OK) {
        status = tell(&d, err);
    }
    if (status == HM_OK && !decision->preview) {
        status = hm_author_commit(author, err);
    } else {
        hm_author_rollback(author);
    }
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&d.buf));
    }
    hm_buf_fini(&d.buf);
    hm_arena_fini(&d.arena);
    return status;
}
