/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env.h - the real clock and the real randomness, behind base's seam.
 *
 * Owner:   daemon/host/env.c; layer 4
 * Threads: any
 *
 * Monotonic time goes on while the machine sleeps (CLOCK_BOOTTIME): a laptop that was
 * shut for a night must find its timers due when it is opened.
 */
#ifndef HAMLET_HOST_ENV_H
#define HAMLET_HOST_ENV_H

#include "hamlet/base/env.h"

/* Fill `env` in; `ctx` and `step` are null. Nothing to release. */
void hm_host_env_init(struct hm_env *env);

#endif
