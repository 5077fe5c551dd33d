/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/err.h"

#include <errno.h>
#include <string.h>

/* Cut on a character boundary: a half character would make the whole line invalid. */
static void copy_argument(char *to, const char *from)
{
    size_t length = strnlen(from, HM_ERR_ARG_MAX + 1);
    if (length > HM_ERR_ARG_MAX) {
        length = HM_ERR_ARG_MAX;
        while (length > 0 && ((unsigned char)from[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

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
        copy_argument(err->arg[i], args[i] == NULL ? "" : args[i]);
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
