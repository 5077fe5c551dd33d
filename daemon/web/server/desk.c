/* SPDX-License-Identifier: Apache-2.0 */
/* What was refused: seen without what was written, opened as a case, let stand, or
 * written again. */
#include "hamlet/api/conflicts.h"
#include "hamlet/base/json.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/records.h"
#include "inside.h"

enum { LIMIT = 100, LIMIT_MAX = 500, SKIP_MAX = 1000000 };

enum hm_status hm_server_run_quarantine(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_api_refused query = {.closed = true};
    enum hm_status status = hm_web_scope(call, &query.scope, err);
    if (status == HM_OK) {
        status =
            hm_web_query_number(call, "limit", 1, LIMIT_MAX, LIMIT, &query.limit, err);
    }
    if (status == HM_OK) {
        status = hm_web_query_number(call, "after", 0, SKIP_MAX, 0, &query.skip, err);
    }
    return status != HM_OK ? status : hm_api_quarantine(&call->view, &query, err);
}

/* The change of this id, refused and below the account: commands act for the server. */
static enum hm_status find_refused(struct hm_web_call *call,
                                   struct hm_bytes text,
                                   struct hm_held *held,
                                   struct hm_err *err)
{
    struct hm_id id;
    const char *given = hm_arena_copy_text(&call->arena, text);
    if (!hm_id_get_hex(&id, text)) {
        return hm_fail(err, HM_NOT_FOUND, "change-missing", given, NULL, NULL);
    }
    enum hm_status status =
        hm_store_change_find(call->view.store, &id, held, &call->arena, err);
    if (status == HM_OK) {
        status = hm_web_within(call, held->change.home, err);
    }
    return status == HM_OK && held->verdict != HM_VERDICT_QUARANTINED
               ? hm_fail(err, HM_NOT_FOUND, "change-not-held", given, NULL, NULL)
               : status;
}

static enum hm_status read_refused(struct hm_web_call *call,
                                   struct hm_held *held,
                                   struct hm_err *err)
{
    struct hm_bytes text = HM_NO_BYTES;
    enum hm_status status = hm_web_body_text(call, "change", &text, err);
    return status != HM_OK ? status : find_refused(call, text, held, err);
}

/* It may name people: who opened it stands in the log before he sees it. */
enum hm_status hm_server_run_refused(struct hm_web_call *call, struct hm_err *err)
{
    const char *change = hm_web_query_of(call, "change");
    const struct hm_api_refused query = {.scope = call->account.home, .change = change};
    struct hm_held held;
    if (change == NULL) {
        return hm_fail(err, HM_USAGE, "web-member", "change", NULL, NULL);
    }
    enum hm_status status = find_refused(call, hm_text(change), &held, err);
    if (status == HM_OK) {
        status = hm_web_audit(call, "open-refused", hm_text(change), HM_NO_BYTES, err);
    }
    if (status == HM_OK) {
        status = hm_web_reader_take(call, err);
    }
    return status != HM_OK ? status : hm_api_quarantine(&call->view, &query, err);
}

enum hm_status hm_server_check_refused(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_held held;
    return read_refused(call, &held, err);
}

enum hm_status hm_server_run_release(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "release");
    hm_web_line_option(&line, "reason");
    hm_web_line_operand(&line, "change");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

/* What was meant, in the name of who corrects it: the same record, or one in its unit. */
enum hm_status hm_server_run_correct(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    struct hm_held held;
    const struct hm_json *fields = hm_json_get(call->body, "fields");
    enum hm_status status = read_refused(call, &held, err);
    if (status != HM_OK) {
        return status;
    }
    bool creates = held.change.act == HM_ACT_CREATE;
    struct hm_bytes unit = hm_json_text_or(hm_json_get(fields, "unit"), HM_NO_BYTES);
    if (creates && !hm_bytes_equal(unit, held.change.home)) {
        return hm_fail(err, HM_USAGE, "web-member", "unit", NULL, NULL);
    }
    call->kind = hm_kinds_find(hm_store_kinds(call->view.store), held.change.kind);
    char record[HM_HEX16_SIZE];
    hm_hex_put(record, hm_id_bytes(&held.change.record));
    hm_web_line_begin(&line, call, creates ? "add" : "edit");
    hm_web_line_as(&line);
    hm_web_line_word(&line, creates ? held.change.kind : hm_text(record));
    hm_web_line_put(&line, "corrects",
                    hm_json_text_or(hm_json_get(call->body, "change"), HM_NO_BYTES));
    status = hm_web_line_json(&line, "fields", err);
    return status != HM_OK ? status : hm_web_line_run(&line, HM_NO_BYTES, err);
}
