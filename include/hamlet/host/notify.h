/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify.h - tell the service manager how we are (sd_notify(3), without its library).
 *
 * Owner:   daemon/host/notify.c; layer 4
 * Threads: any
 *
 * Each call is one datagram to $NOTIFY_SOCKET. Without that variable, or when nobody
 * takes the datagram, nothing happens: being watched is no condition for working.
 */
#ifndef HAMLET_HOST_NOTIFY_H
#define HAMLET_HOST_NOTIFY_H

void hm_notify_ready(void);
void hm_notify_stopping(void);

/* What `systemctl status` shows: one line of text; control characters become spaces. */
void hm_notify_status(const char *text);

#endif
