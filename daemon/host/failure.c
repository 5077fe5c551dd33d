/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"

#include <errno.h>
#include <string.h>

static enum hm_status with_code(struct hm_err *err, int code, enum hm_status status)
{
    if (err != NULL && err->code == 0) {
        err->code = code;
    }
    return status;
}

static enum hm_status judge_path(struct hm_err *err, int code, const char *path)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return hm_fail(err, HM_NOT_FOUND, "file-missing", path, NULL, NULL);
    case EACCES:
    case EPERM:
        return hm_fail(err, HM_DENIED, "file-denied", path, NULL, NULL);
    case EEXIST:
        return hm_fail(err, HM_EXISTS, "file-exists", path, NULL, NULL);
    case ELOOP: /* what O_NOFOLLOW gives for a link */
        return hm_fail(err, HM_BAD_INPUT, "file-link", path, NULL, NULL);
    case EISDIR:
    case ENXIO: /* a socket */
        return hm_fail(err, HM_BAD_INPUT, "file-kind", path, NULL, NULL);
    case ENAMETOOLONG:
        return hm_fail(err, HM_BAD_INPUT, "file-name-long", path, NULL, NULL);
    default:
        return hm_fail_errno(err, code, path);
    }
}

enum hm_status hm_failure_path(struct hm_err *err, int code, const char *path)
{
    return with_code(err, code, judge_path(err, code, path));
}

enum hm_status hm_failure_system(struct hm_err *err, int code, const char *what)
{
    if (code == ENOMEM || code == ENOBUFS) {
        return hm_fail_memory(err);
    }
    return with_code(err, code,
                     hm_fail(err, HM_IO, "system", what, strerror(code), NULL));
}

enum hm_status hm_failure_pass(struct hm_err *err, const struct hm_err *kept)
{
    if (err != NULL && err->status == HM_OK) {
        *err = *kept;
    }
    return kept->status;
}
