/* SPDX-License-Identifier: Apache-2.0 */
/* add, edit: a person at the district writes a record, as members do on their laptops. */
#include "account.h"
#include "commands.h"
#include "hamlet/api/evaluate.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/replica/replica.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/records.h"
#include "hamlet/store/rules.h"
#include "show.h"

enum { FIELDS_MAX = HM_KIND_FIELDS_MAX + 1 }; /* and `unit` */

struct writing {
    struct hm_call *call;
    struct hm_json *json;
    struct hm_field_input fields[FIELDS_MAX];
    size_t count;
    struct hm_id record;
    struct hm_id change;
    struct hm_arena arena;
};

static enum hm_status read_fields(struct writing *w, struct hm_err *err)
{
    static const struct hm_json_limits limits = {HM_CHANGE_BYTES_MAX * 4,
                                                 HM_JSON_DEPTH_MAX, 1U << 16};
    const char *given = hm_args_value(w->call->args, "fields");
    enum hm_status status = hm_json_parse(&w->json, hm_text(given), &limits, err);
    if (status == HM_OK &&
        (!hm_json_is(w->json, HM_JSON_OBJECT) || hm_json_count(w->json) > FIELDS_MAX)) {
        return hm_fail(err, HM_USAGE, "fields-json", NULL, NULL, NULL);
    }
    for (const struct hm_json *at = hm_json_first(w->json); at != NULL;
         at = hm_json_next(at)) {
        struct hm_field_input *field = &w->fields[w->count++];
        field->name = hm_text(hm_json_name(at));
        if (hm_json_is(at, HM_JSON_TEXT)) {
            field->text = hm_json_text_or(at, HM_NO_BYTES);
        } else {
            field->json = at;
        }
    }
    return status;
}

/* In the transaction that writes: nothing came to the dossier since it was read. */
static enum hm_status check_seen(const struct writing *w,
                                 struct hm_bytes unit,
                                 struct hm_err *err)
{
    const char *seen = hm_args_value(w->call->args, "seen");
    const struct hm_control_ctx *ctx = w->call->ctx;
    struct hm_catalogues *catalogues = NULL;
    struct hm_view view;
    if (seen == NULL) {
        return HM_OK;
    }
    hm_show_view(&view, w->call, ctx->store);
    enum hm_status status = hm_replica_catalogues(&catalogues, ctx->dir, err);
    if (status == HM_OK) {
        status = hm_api_dossier_still(&view, catalogues, seen, unit, err);
    }
    hm_catalogues_close(catalogues);
    return status;
}

static struct hm_bytes unit_given(const struct writing *w)
{
    for (size_t i = 0; i < w->count; i++) {
        if (hm_bytes_are(w->fields[i].name, "unit")) {
            return w->fields[i].text;
        }
    }
    return HM_NO_BYTES;
}

static enum hm_status check_seen_of(struct writing *w, struct hm_err *err)
{
    struct hm_control_ctx *ctx = w->call->ctx;
    struct hm_listed listed;
    if (hm_args_value(w->call->args, "seen") == NULL) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_record_show(ctx->store, &w->record, &listed, &w->arena, err);
    return status != HM_OK ? status : check_seen(w, listed.unit, err);
}

/* In the same transaction: the refused change that this puts right is open no more. */
static enum hm_status note_corrected(struct writing *w, struct hm_err *err)
{
    const char *given = hm_args_value(w->call->args, "corrects");
    const struct hm_control_ctx *ctx = w->call->ctx;
    struct hm_held held;
    struct hm_id change;
    if (given == NULL) {
        return HM_OK;
    }
    if (!hm_id_get_hex(&change, hm_text(given))) {
        return hm_fail(err, HM_NOT_FOUND, "change-missing", given, NULL, NULL);
    }
    enum hm_status status =
        hm_store_change_find(ctx->store, &change, &held, &w->arena, err);
    if (status == HM_OK && held.verdict != HM_VERDICT_QUARANTINED) {
        status = hm_fail(err, HM_NOT_FOUND, "change-not-held", given, NULL, NULL);
    }
    return status != HM_OK ? status : hm_store_corrected_put(ctx->store, held.row, err);
}

static enum hm_status add(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct writing *w = ctx;
    struct hm_added added;
    enum hm_status status = check_seen(w, unit_given(w), err);
    if (status == HM_OK) {
        status = hm_author_add(author, hm_text(w->call->args->operands[0]), w->fields,
                               w->count, &added, err);
    }
    if (status == HM_OK) {
        w->record = added.record;
        w->change = added.change;
        status = note_corrected(w, err);
    }
    return status;
}

static enum hm_status edit(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct writing *w = ctx;
    const char *given = w->call->args->operands[0];
    if (!hm_id_get_hex(&w->record, hm_text(given))) {
        return hm_fail(err, HM_NOT_FOUND, "record-missing", given, NULL, NULL);
    }
    enum hm_status status = check_seen_of(w, err);
    if (status == HM_OK) {
        status = hm_author_edit(author, &w->record, w->fields, w->count, false,
                                &w->change, err);
    }
    return status != HM_OK ? status : note_corrected(w, err);
}

static enum hm_status run(struct hm_call *call,
                          enum hm_status (*act)(struct hm_author *author,
                                                void *ctx,
                                                struct hm_err *err),
                          struct hm_err *err)
{
    struct writing w = {.call = call};
    hm_arena_init(&w.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_fields(&w, err);
    if (status == HM_OK) {
        status = hm_account_act(call->ctx, hm_args_value(call->args, "as"), act, &w,
                                &w.arena, err);
    }
    if (status == HM_OK) {
        status = hm_show_change(call, &w.record, &w.change, err);
    }
    hm_json_free(w.json);
    hm_arena_fini(&w.arena);
    return status;
}

enum hm_status hm_add_run(struct hm_call *call, struct hm_err *err)
{
    return run(call, add, err);
}

enum hm_status hm_edit_run(struct hm_call *call, struct hm_err *err)
{
    return run(call, edit, err);
}
