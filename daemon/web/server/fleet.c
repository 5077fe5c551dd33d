/* SPDX-License-Identifier: Apache-2.0 */
/* Machines and people: who is silent and why, who may do what, who is let in. */
#include "hamlet/api/fleet.h"

#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "inside.h"

enum { LIMIT = 100, LIMIT_MAX = 500, SKIP_MAX = 1000000 };

static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 10};

/* ---- reading ---- */

enum hm_status hm_server_run_devices(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_api_fleet query = {.now = hm_env_wall(call->web->server.env)};
    enum hm_status status = hm_web_scope(call, &query.scope, err);
    if (status == HM_OK) {
        status =
            hm_store_meta_get_id(call->view.store, HM_META_DEVICE, &query.server, err);
    }
    if (status == HM_OK) {
        status =
            hm_web_query_number(call, "limit", 1, LIMIT_MAX, LIMIT, &query.limit, err);
    }
    if (status == HM_OK) {
        status = hm_web_query_number(call, "after", 0, SKIP_MAX, 0, &query.skip, err);
    }
    return status != HM_OK ? status : hm_api_fleet(&call->view, &query, err);
}

enum hm_status hm_server_run_permits(struct hm_web_call *call, struct hm_err *err)
{
    const char *given = hm_web_query_of(call, "device");
    struct hm_id device;
    if (given != NULL && !hm_id_get_hex(&device, hm_text(given))) {
        return hm_fail(err, HM_NOT_FOUND, "device-missing", given, NULL, NULL);
    }
    return hm_api_permits(&call->view, call->account.home, given == NULL ? NULL : &device,
                          err);
}

/* ---- whom the account may touch ---- */

/*
 * What a permit still covers: one that ended when it is seen stands until the device is
 * known to have seen it.
 */
static bool stands(const struct hm_permit *permit, bool ending)
{
    return !permit->ended || (ending && permit->when_seen && !permit->seen);
}

/*
 * A machine is in reach where its own unit and all that it may do lie. `ending`: also
 * what it may send until it hears that it may no more, which a revocation takes.
 */
static enum hm_status check_device(struct hm_web_call *call,
                                   bool ending,
                                   struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    struct hm_device device;
    struct hm_id id;
    size_t count = 0;
    enum hm_status status = hm_web_body_id(call, "device", &id, err);
    if (status == HM_OK) {
        status = hm_store_device_get(call->view.store, &id, &device, &call->arena, err);
    }
    if (status == HM_OK) {
        status = hm_web_within(call, device.home, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_permits(call->view.store, &id, &permits, &count, &call->arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (stands(&permits[i], ending)) {
            status = hm_web_within(call, permits[i].home, err);
        }
    }
    return status;
}

/* Nobody gives a right that is not below his own, but the admin, who gives any. */
static enum hm_status check_role(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes text = hm_json_text_or(hm_json_get(call->body, "role"), HM_NO_BYTES);
    enum hm_role own = call->account.role;
    enum hm_role role = HM_ROLE_VIEWER;
    if (!hm_role_find(&role, text)) {
        return HM_OK; /* the command says what is wrong with it */
    }
    return own == HM_ROLE_DISTRICT_ADMIN || hm_role_rank(role) < hm_role_rank(own)
               ? HM_OK
               : hm_fail(err, HM_DENIED, "page-role", NULL, NULL, NULL);
}

static enum hm_status check_unit(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status = hm_web_body_text(call, "unit", &unit, err);
    return status != HM_OK ? status : hm_web_within(call, unit, err);
}

/* ---- inviting ---- */

/* What the command said, and its link as a code that a phone reads. */
static enum hm_status put_invitation(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes said = hm_arena_copy(&call->arena, hm_buf_bytes(&call->out));
    struct hm_json *json = NULL;
    struct hm_json_write out;
    enum hm_status status = hm_arena_status(&call->arena, err);
    if (status == HM_OK) {
        status = hm_json_parse(&json, said, &limits, err);
    }
    const char *link = status == HM_OK ? hm_json_chars(hm_json_get(json, "link")) : NULL;
    HM_ASSERT(status != HM_OK || (link != NULL && strlen(link) <= HM_WEB_LINK_MAX));
    if (status == HM_OK) {
        hm_buf_clear(&call->out);
        hm_json_write_init(&out, &call->out);
        hm_json_open(&out, '{');
        hm_json_key(&out, "invited");
        hm_json_again(&out, json);
        hm_json_key(&out, "qr");
        status = hm_web_code_put(&out, link, false, err);
        hm_json_close(&out, '}');
    }
    hm_json_free(json);
    return status;
}

enum hm_status hm_server_check_invite(struct hm_web_call *call, struct hm_err *err)
{
    enum hm_status status = check_unit(call, err);
    return status != HM_OK ? status : check_role(call, err);
}

enum hm_status hm_server_run_invite(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "invite");
    hm_web_line_option(&line, "unit");
    hm_web_line_option(&line, "role");
    hm_web_line_option(&line, "name");
    hm_web_line_option(&line, "valid");
    enum hm_status status = hm_web_line_run(&line, HM_NO_BYTES, err);
    return status == HM_OK ? put_invitation(call, err) : status;
}

/* ---- giving and taking ---- */

enum hm_status hm_server_check_revoke(struct hm_web_call *call, struct hm_err *err)
{
    return check_device(call, true, err);
}

enum hm_status hm_server_run_revoke(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "revoke");
    hm_web_line_option(&line, "reason");
    hm_web_line_operand(&line, "device");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

enum hm_status hm_server_check_grant(struct hm_web_call *call, struct hm_err *err)
{
    enum hm_status status = check_device(call, false, err);
    return status != HM_OK ? status : hm_server_check_invite(call, err);
}

enum hm_status hm_server_run_grant(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "grant");
    hm_web_line_option(&line, "unit");
    hm_web_line_option(&line, "role");
    hm_web_line_option(&line, "name");
    hm_web_line_operand(&line, "device");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

enum hm_status hm_server_check_move(struct hm_web_call *call, struct hm_err *err)
{
    enum hm_status status = check_device(call, false, err);
    return status != HM_OK ? status : check_unit(call, err);
}

enum hm_status hm_server_run_move(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "move");
    hm_web_line_option(&line, "unit");
    hm_web_line_flag(&line, "at-once");
    hm_web_line_operand(&line, "device");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

enum hm_status hm_server_check_end(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    struct hm_id permit;
    size_t count = 0;
    enum hm_status status = hm_web_body_id(call, "permit", &permit, err);
    if (status == HM_OK) {
        status =
            hm_store_permits(call->view.store, NULL, &permits, &count, &call->arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (hm_id_equal(&permits[i].record, &permit)) {
            status = hm_web_within(call, permits[i].home, err);
        }
    }
    return status;
}

enum hm_status hm_server_run_end(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "end");
    hm_web_line_flag(&line, "at-once");
    hm_web_line_operand(&line, "permit");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}
