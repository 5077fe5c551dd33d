/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock of a laptop whose battery died: put before a program with LD_PRELOAD, wall
 * time is wrong by YEAR_CLOCK_S seconds. What measures waiting is left alone.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DECIMAL = 10 };

/* In the place of the C library's, whose parameters have names that are its own. */
int year_clock(clockid_t clock, struct timespec *now) __asm__("clock_gettime");

int year_clock(clockid_t clock, struct timespec *now)
{
    const char *wrong_by = getenv("YEAR_CLOCK_S");
    long failed = syscall(SYS_clock_gettime, clock, now);
    if (failed == 0 && clock == CLOCK_REALTIME && wrong_by != NULL) {
        now->tv_sec += strtol(wrong_by, NULL, DECIMAL);
    }
    return (int)failed;
}
