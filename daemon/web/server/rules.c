/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that decide from now on: listed, said, ended; each within the own units. */
#include "hamlet/api/rules.h"

#include "hamlet/base/json.h"
#include "hamlet/store/rules.h"
#include "inside.h"

enum hm_status hm_server_run_rules(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_rules(&call->view, call->account.home, err);
}

static struct hm_bytes unit_of(const struct hm_web_call *call)
{
    return hm_json_text_or(hm_json_get(call->body, "unit"), call->account.home);
}

enum hm_status hm_server_check_unit(struct hm_web_call *call, struct hm_err *err)
{
    return hm_web_within(call, unit_of(call), err);
}

enum hm_status hm_server_run_rule(struct hm_web_call *call, struct hm_err *err)
{
    static const char *const must[] = {"policy", "kind", "register", "reason"};
    struct hm_web_line line;
    enum hm_status status = HM_OK;
    hm_web_line_begin(&line, call, "rule add");
    for (size_t i = 0; i < sizeof(must) / sizeof(must[0]) && status == HM_OK; i++) {
        struct hm_bytes text = HM_NO_BYTES;
        status = hm_web_body_text(call, must[i], &text, err);
        hm_web_line_option(&line, must[i]);
    }
    hm_web_line_put(&line, "unit", unit_of(call));
    hm_web_line_as(&line);
    return status != HM_OK ? status : hm_web_line_run(&line, HM_NO_BYTES, err);
}

/* Of one that there is not the command says so. */
enum hm_status hm_server_check_rule(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_standing *rules = NULL;
    struct hm_id rule;
    size_t count = 0;
    enum hm_status status = hm_web_body_id(call, "rule", &rule, err);
    if (status == HM_OK) {
        status =
            hm_store_rules(call->view.store, true, &rules, &count, &call->arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (hm_id_equal(&rules[i].rule, &rule)) {
            status = hm_web_within(call, rules[i].unit, err);
        }
    }
    return status;
}

enum hm_status hm_server_run_rule_end(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "rule end");
    hm_web_line_as(&line);
    hm_web_line_operand(&line, "rule");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}
