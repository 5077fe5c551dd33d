/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody has begun to type, kept at each change of a field. */
#include "hamlet/author/saw.h"
#include "hamlet/base/json.h"
#include "hamlet/store/drafts.h"
#include "run.h"

static void put_draft(struct hm_json_write *out, const struct hm_draft *draft)
{
    hm_json_open(out, '{');
    hm_json_put_hex(out, "draft", hm_id_bytes(&draft->id));
    hm_json_put_text(out, "kind", draft->kind);
    hm_json_key(out, "record");
    if (hm_id_is_none(&draft->record)) {
        hm_json_null(out);
    } else {
        hm_json_hex(out, hm_id_bytes(&draft->record));
    }
    hm_json_key(out, "form");
    hm_json_raw(out, draft->form);
    hm_json_put_wall(out, "saved", draft->saved);
    hm_json_close(out, '}');
}

enum hm_status hm_web_run_drafts(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_draft *drafts = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_drafts(call->replica.store, &call->user, &drafts,
                                            &count, &call->arena, err);
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        put_draft(&out, &drafts[i]);
    }
    hm_json_close(&out, ']');
    return status;
}

/* A draft that went with values that were erased does not come back with the next key. */
static enum hm_status keep(struct hm_web_call *call,
                           const struct hm_draft *draft,
                           struct hm_bytes seen,
                           struct hm_err *err)
{
    struct hm_store *store = call->replica.store;
    struct hm_draft before;
    bool found = true;
    bool erased = false;
    enum hm_status status = HM_OK;
    if (!hm_id_is_none(&draft->record) && seen.size > 0) {
        status =
            hm_store_draft_find(store, &draft->id, &before, &found, &call->arena, err);
    }
    if (status == HM_OK && !found) {
        status =
            hm_author_saw_erased(store, &draft->record, seen, &erased, &call->arena, err);
    }
    if (status == HM_OK && erased) {
        status = hm_fail(err, HM_EXISTS, "web-draft-erased", NULL, NULL, NULL);
    }
    return status != HM_OK ? status : hm_store_draft_put(store, draft, err);
}

/* One transaction around an act on the table of drafts; `seen` null: it is dropped. */
static enum hm_status in_transaction(struct hm_web_call *call,
                                     const struct hm_draft *draft,
                                     const struct hm_bytes *seen,
                                     struct hm_err *err)
{
    struct hm_store *store = call->replica.store;
    enum hm_status status = hm_store_begin(store, err);
    if (status == HM_OK) {
        status = seen != NULL ? keep(call, draft, *seen, err)
                              : hm_store_draft_drop(store, &draft->id, &call->user, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    }
    hm_store_rollback(store);
    return status;
}

static enum hm_status read_draft(struct hm_web_call *call,
                                 struct hm_draft *draft,
                                 struct hm_buf *form,
                                 struct hm_err *err)
{
    const struct hm_json *record = hm_json_get(call->body, "record");
    enum hm_status status = hm_web_body_id(call, "draft", &draft->id, err);
    if (status == HM_OK) {
        status = hm_web_body_text(call, "kind", &draft->kind, err);
    }
    if (status == HM_OK && record != NULL && !hm_json_is(record, HM_JSON_NULL)) {
        status = hm_web_body_id(call, "record", &draft->record, err);
    }
    if (status == HM_OK && hm_kinds_find(call->replica.kinds, draft->kind) == NULL) {
        status = hm_fail(err, HM_USAGE, "web-member", "kind", NULL, NULL);
    }
    if (status == HM_OK && !hm_json_is(hm_json_get(call->body, "form"), HM_JSON_OBJECT)) {
        status = hm_fail(err, HM_USAGE, "web-member", "form", NULL, NULL);
    }
    if (status == HM_OK) {
        struct hm_json_write out;
        hm_json_write_init(&out, form);
        hm_json_again(&out, hm_json_get(call->body, "form"));
        status = hm_buf_status(form, err);
    }
    draft->form = hm_buf_bytes(form);
    return status;
}

enum hm_status hm_web_run_draft(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_draft draft = {.user = call->user,
                             .saved = hm_env_wall(call->web->options.env)};
    struct hm_json_write out;
    struct hm_buf form;
    struct hm_bytes seen;
    bool given = false;
    hm_buf_init(&form, HM_DRAFT_BYTES_MAX);
    enum hm_status status = read_draft(call, &draft, &form, err);
    if (status == HM_OK) {
        status = hm_web_body_seen(call, &given, &seen, err);
    }
    if (status == HM_OK) {
        status = in_transaction(call, &draft, &seen, err);
    }
    hm_buf_fini(&form);
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '{');
    hm_json_put_wall(&out, "saved", draft.saved);
    hm_json_close(&out, '}');
    return status;
}

enum hm_status hm_web_run_drop(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_draft draft = {.user = call->user};
    enum hm_status status = hm_web_body_id(call, "draft", &draft.id, err);
    if (status == HM_OK) {
        status = in_transaction(call, &draft, NULL, err);
    }
    hm_buf_put_text(&call->out, "{}");
    return status;
}
