/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "hamlet/api/check.h"
#include "hamlet/api/signed.h"
#include "hamlet/host/file.h"

static enum hm_status check_file(const struct hm_view *view,
                                 const char *path,
                                 struct hm_err *err)
{
    struct hm_buf file;
    hm_buf_init(&file, HM_SIGNED_FILE_MAX);
    enum hm_status status = hm_file_read(&file, path, err);
    if (status == HM_OK) {
        status = hm_api_signed_check(view, hm_buf_bytes(&file), err);
    }
    hm_buf_fini(&file);
    return status;
}

enum hm_status hm_run_verify(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status == HM_OK) {
        status = args->operand_count > 0 ? check_file(&desk.view, args->operands[0], err)
                                         : hm_api_verify(&desk.view, NULL, err);
        hm_desk_close(&desk);
    }
    return status;
}
