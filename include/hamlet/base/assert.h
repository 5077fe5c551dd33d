/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assert.h - for our own bugs only; stays on in release builds.
 *
 * Whatever came from disk, network, a person or a clock is judged and answered with a
 * status, never asserted. Stopping is right here: going on would write what a broken
 * program believes.
 */
#ifndef HAMLET_BASE_ASSERT_H
#define HAMLET_BASE_ASSERT_H

_Noreturn void hm_assert_failed(const char *expression, const char *file, int line);

#define HM_ASSERT(expression)                                                            \
    ((expression) ? (void)0 : hm_assert_failed(#expression, __FILE__, __LINE__))

#endif
