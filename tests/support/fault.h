/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.h - make the n-th allocation fail.
 *
 * Owner:   the test program
 * Threads: one
 *
 * Counted are the allocations of our own code, of SQLite and of cJSON; those of libraries
 * that only know the system's malloc (zlib, utf8proc) are not. The program is linked with
 * --wrap, which also catches Check's, so a test disarms before its first ck_assert.
 *
 *     hm_fault_start();
 *     for (uint64_t n = 1; fired; n++) {
 *         hm_fault_arm(n);
 *         status = hm_under_test(…);
 *         fired = hm_fault_disarm();
 *         ck_assert(status == HM_OK || status == HM_NO_MEMORY);
 *     }
 */
#ifndef TESTS_SUPPORT_FAULT_H
#define TESTS_SUPPORT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Take over the allocators of SQLite and cJSON, before either has been used; again is
 * once. SQLite then takes no memory from its lookaside, so that each of its needs is
 * counted.
 */
void hm_fault_start(void);

/* The `nth` allocation from now on fails, counted from 1, and only that one. */
void hm_fault_arm(uint64_t nth);
/* It and every one after it: memory stays out. */
void hm_fault_arm_from(uint64_t nth);

/* Allocations succeed again. Whether one failed since it was armed. */
bool hm_fault_disarm(void);

#endif
