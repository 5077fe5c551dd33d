/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backoff.h - how long to wait after a failure before trying again.
 *
 * Owner:   daemon/run/backoff.c; layer 4, pure: randomness comes through `struct hm_env`
 * Threads: a backoff belongs to one thread
 *
 * The wait is drawn evenly between nothing and a ceiling that doubles with each failure
 * (full jitter): laptops of a district that lost the server in the same minute must not
 * come back in the same minute. Whatever makes success likely resets it: a network came
 * up, somebody asked for it, a try succeeded.
 */
#ifndef HAMLET_RUN_BACKOFF_H
#define HAMLET_RUN_BACKOFF_H

#include "hamlet/base/env.h"

/* Four tries a day at least, so that a day at the fair catches one even without events.
 */
#define HM_BACKOFF_MOST_MS (INT64_C(6) * 60 * 60 * 1000)

/* A server under load may say "1"; less than half a minute would only add to the load. */
#define HM_RETRY_AFTER_LEAST_MS (INT64_C(30) * 1000)

struct hm_backoff {
    int64_t first_ms; /* the ceiling of the first wait */
    unsigned failures;
};

/* `first_ms`: 1 to HM_BACKOFF_MOST_MS. */
void hm_backoff_init(struct hm_backoff *backoff, int64_t first_ms);
void hm_backoff_reset(struct hm_backoff *backoff);

/*
 * After a failure: how long to wait, in ms, 1 to HM_BACKOFF_MOST_MS. `asked_ms` is what
 * the server asked for (Retry-After), or less than 0: nothing. What was asked is brought
 * between HM_RETRY_AFTER_LEAST_MS and HM_BACKOFF_MOST_MS and never undercut; up to a
 * quarter is added, because many were told the same. Without randomness the longest wait
 * of the range is given: jitter is no secret.
 */
int64_t hm_backoff_next(struct hm_backoff *backoff,
                        const struct hm_env *env,
                        int64_t asked_ms);

#endif
