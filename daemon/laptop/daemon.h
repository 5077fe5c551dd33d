/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemon.h - hamletd: when to talk to the server.
 *
 * Owner: daemon/laptop/daemon.c
 *
 * It talks at its start, when something was saved here, when a network comes up, when it
 * is asked to, and after a wait; between that it sleeps. A failure is tried again after a
 * wait that grows up to six hours (run/backoff.h).
 */
#ifndef DAEMON_LAPTOP_DAEMON_H
#define DAEMON_LAPTOP_DAEMON_H

#include "hamlet/command/program.h"

/*
 * Run until SIGTERM, or with --once until both sides hold the same. call->ctx is the
 * environment.
 * HM_LOCKED        another hamletd runs on this store
 * HM_UNCONFIGURED  nothing was enrolled here
 */
enum hm_status hm_daemon_run(struct hm_call *call, struct hm_err *err);

#endif
