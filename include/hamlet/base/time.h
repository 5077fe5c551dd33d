/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time.h - two clocks that cannot be mixed.
 *
 * Owner: proto/base/time.c; layer 0
 *
 * Wall time is for display and decides nothing, ever. Monotonic time measures waiting
 * within one process. Both are milliseconds; wall time counts from 1970-01-01T00:00Z.
 */
#ifndef HAMLET_BASE_TIME_H
#define HAMLET_BASE_TIME_H

#include "hamlet/base/bytes.h"

struct hm_wall {
    int64_t ms;
};

struct hm_mono {
    int64_t ms;
};

enum { HM_TIME_TEXT_SIZE = 32 }; /* "2026-03-05T01:02:03.456Z" with room for any year */

/* Any wall time gives some text: years outside 0..9999 are shown as the nearest of them.
 */
void hm_wall_put(char *text, struct hm_wall wall);
bool hm_wall_get(struct hm_wall *wall, struct hm_bytes text);

/* Days since 1970-01-01 of a date of the Gregorian calendar; false: there is none. */
bool hm_date_days(int64_t *days, int64_t year, int64_t month, int64_t day);

/* "30m", "12h", "7d" in milliseconds. */
bool hm_duration_get(int64_t *duration_ms, struct hm_bytes text);

#endif
