/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failure.h - what a failed system call means to a person.
 *
 * Owner: daemon/host/failure.c; private to host
 */
#ifndef HAMLET_HOST_FAILURE_H
#define HAMLET_HOST_FAILURE_H

#include "hamlet/base/err.h"

/* A file or folder at `path`: a wrong name is the person's, not the disk's failure. */
enum hm_status hm_failure_path(struct hm_err *err, int code, const char *path);

/* Anything that is no file; `what` names the call or the thing. */
enum hm_status hm_failure_system(struct hm_err *err, int code, const char *what);

/* Hand on a failure that was kept aside until it was clear that it is one. */
enum hm_status hm_failure_pass(struct hm_err *err, const struct hm_err *kept);

#endif
