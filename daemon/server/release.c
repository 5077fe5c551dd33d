/* SPDX-License-Identifier: Apache-2.0 */
/* release: a quarantined change is let through after all, and why is written down. */
#include "account.h"
#include "commands.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/records.h"
#include "hamlet/store/registry.h"
#include "show.h"

/* An entry has no room for why: that stands in the registry, for those who audit it. */
static const char kind_release[] = "~release";
static const char key_change[] = "change";
static const char register_reason[] = "reason";

struct releasing {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_bytes reason;
    struct hm_held held;
    struct hm_arena arena;
};

static enum hm_status find(struct releasing *r, struct hm_err *err)
{
    const char *given = r->call->args->operands[0];
    struct hm_id change;
    if (!hm_id_get_hex(&change, hm_text(given))) {
        return hm_fail(err, HM_NOT_FOUND, "change-missing", given, NULL, NULL);
    }
    enum hm_status status =
        hm_store_change_find(r->ctx->store, &change, &r->held, &r->arena, err);
    if (status == HM_OK && r->held.verdict != HM_VERDICT_QUARANTINED) {
        status = hm_fail(err, HM_NOT_FOUND, "change-not-held", given, NULL, NULL);
    }
    return status;
}

/*
 * The admin, within what the server serves. The registry is never in reach: a change of
 * it that was refused would give its author rights.
 */
static enum hm_status check_right(struct releasing *r, struct hm_err *err)
{
    struct hm_id user;
    bool permitted = false;
    struct hm_bytes home = r->held.change.home;
    enum hm_status status = hm_store_meta_get_id(r->ctx->store, HM_META_USER, &user, err);
    if (status == HM_OK) {
        status = hm_store_permitted(r->ctx->store, &r->ctx->device, &user,
                                    hm_text(hm_role_name(HM_ROLE_DISTRICT_ADMIN)), home,
                                    &permitted, err);
    }
    if (status == HM_OK && !permitted) {
        const char *code = hm_arena_copy_text(&r->arena, home);
        status =
            hm_fail(err, HM_DENIED, "unit-scope", code == NULL ? "" : code, NULL, NULL);
    }
    return status;
}

/* Released it stands, and its record is read as a whole by whoever touches it. */
static enum hm_status check_room(struct releasing *r, struct hm_err *err)
{
    struct hm_loaded loaded;
    char record[HM_HEX16_SIZE];
    const struct hm_change *change = &r->held.change;
    if (hm_id_is_none(&change->record)) {
        return HM_OK;
    }
    enum hm_status status = hm_store_record_load_in(
        r->ctx->store, change->home, &change->record, &loaded, &r->arena, err);
    if (status != HM_OK ||
        loaded.weight + hm_change_weight(change) <= HM_RECORD_WEIGHT_MAX) {
        return status;
    }
    hm_hex_put(record, hm_id_bytes(&change->record));
    return hm_fail(err, HM_TOO_BIG, "record-full", record, NULL, NULL);
}

static enum hm_status put_reason(struct releasing *r,
                                 struct hm_author *author,
                                 struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    struct hm_added added;
    hm_hex_put(text, hm_id_bytes(&r->held.change.id));
    const struct hm_key_field key = {hm_text(key_change),
                                     hm_show_value(&r->arena, hm_text(text))};
    const struct hm_registry_value reason = {register_reason,
                                             hm_show_value(&r->arena, r->reason)};
    enum hm_status status = hm_arena_status(&r->arena, err);
    return status != HM_OK ? status
                           : hm_author_registry(author, kind_release, NULL, &key, &reason,
                                                1, &added, err);
}

/* Readers of the unit learn of it, and the author, who may not be one of them. */
static enum hm_status put_entries(struct releasing *r, struct hm_err *err)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_entry entry = {
        .count = 1, .change = r->held.row, .kind = HM_ENTRY_RELEASED};
    hm_mailbox_name(mailbox, &r->held.change.device);
    enum hm_status status = hm_store_entries_append(r->ctx->store, r->held.change.home,
                                                    &entry, 1, &r->arena, err);
    if (status == HM_OK) {
        status = hm_store_entries_append(r->ctx->store, hm_text(mailbox), &entry, 1,
                                         &r->arena, err);
    }
    return status;
}

static enum hm_status write_all(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct releasing *r = ctx;
    enum hm_status status = put_reason(r, author, err);
    return status != HM_OK ? status : put_entries(r, err);
}

static enum hm_status show(struct releasing *r, struct hm_err *err)
{
    char change[HM_HEX16_SIZE];
    struct hm_view view;
    struct hm_show show;
    if (r->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_hex(&show.out, "change", hm_id_bytes(&r->held.change.id));
        hm_json_put_hex(&show.out, "record", hm_id_bytes(&r->held.change.record));
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, r->call, HM_OK, err);
    }
    hm_hex_put(change, hm_id_bytes(&r->held.change.id));
    hm_show_view(&view, r->call, NULL);
    hm_view_say(&view, "release.done", change, NULL, NULL);
    return HM_OK;
}

enum hm_status hm_release_run(struct hm_call *call, struct hm_err *err)
{
    struct releasing r = {.call = call, .ctx = call->ctx};
    hm_arena_init(&r.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_show_given(&r.reason, hm_args_value(call->args, "reason"),
                                          "--reason", true, &r.arena, err);
    if (status == HM_OK) {
        status = find(&r, err);
    }
    if (status == HM_OK) {
        status = check_right(&r, err);
    }
    if (status == HM_OK) {
        status = check_room(&r, err);
    }
    if (status == HM_OK) {
        status = hm_account_act(call->ctx, NULL, write_all, &r, &r.arena, err);
    }
    if (status == HM_OK) {
        status = show(&r, err);
    }
    hm_arena_fini(&r.arena);
    return status;
}
