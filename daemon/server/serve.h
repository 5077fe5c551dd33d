/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve.h - the daemon: answers laptops over HTTPS, and its own commands.
 *
 * Owner: daemon/server/serve.c
 */
#ifndef DAEMON_SERVER_SERVE_H
#define DAEMON_SERVER_SERVE_H

#include "commands.h"

/*
 * Serve until SIGTERM. call->ctx is a `struct hm_main`; --data and, if given, --listen
 * stand in call->args.
 * HM_LOCKED        another process holds DIR/lock, or the address is taken
 * HM_UNCONFIGURED  there is no data folder of a server, its unit is not known, or its
 *                  configuration is broken
 */
enum hm_status hm_serve_run(struct hm_call *call, struct hm_err *err);

#endif
