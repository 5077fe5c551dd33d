/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/err.h"

#include <errno.h>
#include <string.h>

#include "hamlet/base/cut.h"

enum hm_status hm_fail(struct hm_err *err,
                       enum hm_status status,
                       const char *key,
                       const char *arg1,
                       const char *arg2,
                       const char *arg3)
{
    const char *args[HM_ERR_ARGS] = {arg1, arg2, arg3};
    if (err == NULL || err->status != HM_OK) {
        return status;
    }
    err->status = status;
    err->key = key;
    err->code = 0;
    for (int i = 0; i < HM_ERR_ARGS; i++) {
        hm_cut(err->arg[i], sizeof(err->arg[i]), hm_text(args[i]));
    }
    return status;
}

enum hm_status hm_fail_errno(struct hm_err *err, int code, const char *what)
{
    enum hm_status status = HM_IO;
    const char *key = "io";
    if (code == ENOMEM) {
        return hm_fail_memory(err);
    }
    if (code == EAGAIN || code == EWOULDBLOCK || code == EBUSY) {
        status = HM_LOCKED;
        key = "locked";
    } else if (code == ENOSPC || code == EDQUOT) {
        key = "disk-full";
    }
    status = hm_fail(err, status, key, what, strerror(code), NULL);
    if (err != NULL && err->code == 0) {
        err->code = code;
    }
    return status;
}

enum hm_status hm_fail_memory(struct hm_err *err)
{
    return hm_fail(err, HM_NO_MEMORY, "no-memory", NULL, NULL, NULL);
}

void hm_err_clear(struct hm_err *err)
{
    if (err != NULL) {
        *err = HM_ERR_NONE;
    }
}
