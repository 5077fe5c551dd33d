/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tries.h - wrong passphrases make the next one wait (replica/passphrase.h: how long).
 *
 * Owner:   daemon/replica/tries.c, private
 * Threads: that of the store
 */
#ifndef DAEMON_REPLICA_TRIES_H
#define DAEMON_REPLICA_TRIES_H

#include "hamlet/store/tries.h"

/*
 * Inside a transaction: count a try of this user as if it were wrong, before anybody
 * knows. `*wait_ms`: how long the next has to wait, if it is.
 * HM_DENIED  passphrase-wait (seconds): it came too early; nothing was counted
 */
HM_CHECKED enum hm_status hm_tries_count(struct hm_store *store,
                                         const struct hm_id *user,
                                         struct hm_mono now,
                                         int64_t *wait_ms,
                                         struct hm_err *err);
/* The failure that says so. */
HM_CHECKED enum hm_status hm_tries_wait(int64_t wait_ms, struct hm_err *err);

#endif
