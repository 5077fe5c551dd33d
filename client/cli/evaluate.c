/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/evaluate.h"

#include "cli.h"

static enum hm_status run(struct hm_call *call,
                          enum hm_status (*show)(const struct hm_view *view,
                                                 const struct hm_catalogues *catalogues,
                                                 const struct hm_api_year *year,
                                                 struct hm_err *err),
                          struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct hm_api_year year = {.unit = hm_args_value(args, "unit"),
                               .stage = hm_args_value(args, "stage"),
                               .on = hm_args_value(args, "on")};
    struct hm_catalogues *catalogues = NULL;
    struct hm_desk desk;
    enum hm_status status =
        hm_api_read_year(&year.year, hm_args_value(args, "year"), err);
    if (status == HM_OK) {
        status = hm_desk_open(&desk, call, err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = hm_replica_catalogues(&catalogues, desk.folder, err);
    if (status == HM_OK) {
        status = show(&desk.view, catalogues, &year, err);
    }
    hm_catalogues_close(catalogues);
    hm_desk_close(&desk);
    return status;
}

enum hm_status hm_run_evaluate(struct hm_call *call, struct hm_err *err)
{
    return run(call, hm_api_evaluate, err);
}

enum hm_status hm_run_case(struct hm_call *call, struct hm_err *err)
{
    return run(call, hm_api_case, err);
}

enum hm_status hm_run_catalogues(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct hm_catalogues *catalogues = NULL;
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_replica_catalogues(&catalogues, desk.folder, err);
    if (status == HM_OK) {
        status =
            hm_api_catalogues(&desk.view, catalogues,
                              args->operand_count > 0 ? args->operands[0] : NULL, err);
    }
    hm_catalogues_close(catalogues);
    hm_desk_close(&desk);
    return status;
}
