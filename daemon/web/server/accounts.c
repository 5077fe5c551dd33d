/* SPDX-License-Identifier: Apache-2.0 */
/* Who may sign in here: given by the admin, for as long as the account lasts. */
#include "hamlet/api/accounts.h"

#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/text/normal.h"
#include "inside.h"

enum hm_status hm_server_run_accounts(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_accounts(&call->view, call->account.home,
                           hm_env_wall(call->web->server.env), err);
}

enum hm_status hm_server_check_account_add(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status = hm_web_body_text(call, "unit", &unit, err);
    return status != HM_OK ? status : hm_web_within(call, unit, err);
}

enum hm_status hm_server_run_account_add(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "admin add");
    hm_web_line_option(&line, "role");
    hm_web_line_option(&line, "unit");
    hm_web_line_operand(&line, "name");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

/* Commands act for the server: whose account it is must lie below the own unit. One that
 * there is not, the command itself misses. */
enum hm_status hm_server_check_account(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_err none = HM_ERR_NONE;
    struct hm_account account;
    struct hm_bytes given = HM_NO_BYTES;
    struct hm_buf name;
    hm_buf_init(&name, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_web_body_text(call, "name", &given, err);
    if (status == HM_OK) {
        status = hm_text_normal(&name, given, false, err);
    }
    if (status == HM_OK) {
        status = hm_account_find(call->view.store, hm_buf_bytes(&name), &account,
                                 &call->arena, &none);
        if (status == HM_OK) {
            status = hm_web_within(call, account.home, err);
        } else if (status == HM_NOT_FOUND) {
            status = HM_OK;
        } else {
            status =
                hm_fail(err, status, none.key, none.arg[0], none.arg[1], none.arg[2]);
        }
    }
    hm_buf_fini(&name);
    return status;
}

static enum hm_status run_on(struct hm_web_call *call,
                             const char *command,
                             struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, command);
    hm_web_line_operand(&line, "name");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

enum hm_status hm_server_run_account_code(struct hm_web_call *call, struct hm_err *err)
{
    return run_on(call, "admin code", err);
}

enum hm_status hm_server_run_account_end(struct hm_web_call *call, struct hm_err *err)
{
    return run_on(call, "admin end", err);
}
