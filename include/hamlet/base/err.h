/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.h - the record of why something failed, owned by the caller.
 *
 * Owner:   proto/base/err.c; layer 0
 * Threads: a record belongs to one thread
 *
 * A record names a sentence of the words files (`error.KEY` in proto/words), never the
 * sentence itself, so that one failure can be told in Vietnamese and in English. The
 * arguments stand in for {1}, {2}, {3}; they are cut at HM_ERR_ARG_MAX bytes on a
 * character boundary. The first cause wins: a record that holds a failure keeps it.
 * `err` may be null everywhere.
 */
#ifndef HAMLET_BASE_ERR_H
#define HAMLET_BASE_ERR_H

#include <stddef.h>

#include "hamlet/base/status.h"

enum { HM_ERR_ARG_MAX = 120, HM_ERR_ARGS = 3 };

struct hm_err {
    enum hm_status status; /* HM_OK: no failure yet */
    const char *key;       /* constant text */
    int code;              /* errno or an extended SQLite code; 0 if there is none */
    char arg[HM_ERR_ARGS][HM_ERR_ARG_MAX + 1];
};

#define HM_ERR_NONE ((struct hm_err){.status = HM_OK})

/*
 * Record `key` with up to three arguments (null: none) and give back `status`, so that a
 * failing function can end with `return hm_fail(...)`.
 */
enum hm_status hm_fail(struct hm_err *err,
                       enum hm_status status,
                       const char *key,
                       const char *arg1,
                       const char *arg2,
                       const char *arg3);

/* As hm_fail, for a failed system call: errno `code` is kept and decides IO or LOCKED. */
enum hm_status hm_fail_errno(struct hm_err *err, int code, const char *what);

/* Out of memory, in one word. */
enum hm_status hm_fail_memory(struct hm_err *err);

/* Forget a failure that was dealt with. */
void hm_err_clear(struct hm_err *err);

#endif
