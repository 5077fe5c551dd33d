/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "hamlet/api/records.h"

enum { WHERE_MAX = 8 };

static enum hm_status read_where(const struct hm_args *args,
                                 const char **where,
                                 size_t *count,
                                 struct hm_err *err)
{
    *count = 0;
    for (const char *at = hm_args_value_at(args, "where", 0); at != NULL;
         at = hm_args_value_at(args, "where", *count)) {
        if (*count == WHERE_MAX) {
            return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
        }
        where[(*count)++] = at;
    }
    return HM_OK;
}

enum hm_status hm_run_list(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    const char *where[WHERE_MAX];
    const char *limit = hm_args_value(args, "limit");
    struct hm_desk desk;
    struct hm_api_list list = {.kind = hm_text(args->operands[0]),
                               .where = where,
                               .search = hm_text(hm_args_value(args, "search")),
                               .deleted = hm_args_has(args, "deleted")};
    enum hm_status status = read_where(args, where, &list.where_count, err);
    if (status == HM_OK && limit != NULL) {
        status = hm_option_number(&list.limit, limit, "--limit", 1, INT32_MAX, err);
    }
    if (status == HM_OK) {
        status = hm_desk_open(&desk, call, err);
    }
    if (status == HM_OK) {
        status = hm_api_list(&desk.view, &list, err);
        hm_desk_close(&desk);
    }
    return status;
}
