/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "hamlet/api/records.h"

enum hm_status hm_read_list(struct hm_api_list *list,
                            const char *where[HM_WHERE_MAX],
                            const struct hm_args *args,
                            struct hm_err *err)
{
    const char *limit = hm_args_value(args, "limit");
    *list = (struct hm_api_list){.kind = hm_text(args->operands[0]),
                                 .where = where,
                                 .search = hm_text(hm_args_value(args, "search")),
                                 .deleted = hm_args_has(args, "deleted"),
                                 .voided = hm_args_has(args, "void")};
    for (const char *at = hm_args_value_at(args, "where", 0); at != NULL;
         at = hm_args_value_at(args, "where", list->where_count)) {
        if (list->where_count == HM_WHERE_MAX) {
            return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
        }
        where[list->where_count++] = at;
    }
    return limit == NULL
               ? HM_OK
               : hm_option_number(&list->limit, limit, "--limit", 1, INT32_MAX, err);
}

enum hm_status hm_run_list(struct hm_call *call, struct hm_err *err)
{
    const char *where[HM_WHERE_MAX];
    struct hm_desk desk;
    struct hm_api_list list;
    enum hm_status status = hm_read_list(&list, where, call->args, err);
    if (status == HM_OK) {
        status = hm_desk_open(&desk, call, err);
    }
    if (status == HM_OK) {
        status = hm_api_list(&desk.view, &list, err);
        hm_desk_close(&desk);
    }
    return status;
}
