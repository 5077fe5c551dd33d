/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.h - what a test counted about a promise, as a line of tests/promises.
 *
 * Owner: the test
 *
 * The line is `promise: P2 cuts in a save: 45 places, lost 0`: the promise, what was
 * done, and figures with one number each, all of them counted in this run. Lines of one
 * test that differ in their numbers alone are added up.
 */
#ifndef TESTS_SUPPORT_PROMISE_H
#define TESTS_SUPPORT_PROMISE_H

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 1, 2))) static inline void hm_promise(const char *format,
                                                                    ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    /* Not buffered, and in one piece: tests run in processes that are forked. */
    (void)fprintf(stderr, "promise: %s\n", line);
}

#endif
