/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tidy.h - what clang-tidy is told about functions whose body it cannot see.
 *
 * tests/checks/tidy includes it before every file but the one that defines them.
 *
 * hm_fail gives back the status it is given. Not knowing that, the analyzer follows paths
 * on which a function has failed, has written no output, and yet says HM_OK.
 */
#ifndef HAMLET_TESTS_CHECKS_TIDY_H
#define HAMLET_TESTS_CHECKS_TIDY_H

#if __has_include("hamlet/base/err.h")
#include "hamlet/base/err.h"

static inline enum hm_status hm_tidy_gives(enum hm_status made, enum hm_status status)
{
    (void)made;
    return status;
}

#define hm_fail(err, status, ...) hm_tidy_gives(hm_fail(err, status, __VA_ARGS__), status)
#define hm_fail_memory(err)       hm_tidy_gives(hm_fail_memory(err), HM_NO_MEMORY)
#define hm_fail_errno(err, code, what)                                                   \
    hm_tidy_gives(hm_fail_errno(err, code, what), HM_IO)
#endif

#endif
