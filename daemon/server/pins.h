/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins.h - the TLS keys of this server: the one in use, and the spare, whose private part
 * lies elsewhere until it is needed.
 *
 * Owner:   daemon/server/pins.c
 * Threads: that of the command
 */
#ifndef DAEMON_SERVER_PINS_H
#define DAEMON_SERVER_PINS_H

#include "context.h"
#include "hamlet/wire/pins.h"

/*
 * By which keys laptops know this server: what its registry says or, where that says
 * nothing, the certificate that it has (turn 0).
 */
HM_CHECKED enum hm_status hm_pins_find(struct hm_pins *pins,
                                       struct hm_control_ctx *ctx,
                                       struct hm_err *err);

/*
 * The certificate and the private key of DIR, PEM, into two empty buffers. Where a change
 * of them was killed half way, the certificate is made for the key.
 * HM_UNCONFIGURED  they are missing
 * HM_CORRUPT       the key is broken
 */
HM_CHECKED enum hm_status hm_pins_load(struct hm_buf *certificate,
                                       struct hm_buf *key,
                                       const char *dir,
                                       struct hm_err *err);

#endif
