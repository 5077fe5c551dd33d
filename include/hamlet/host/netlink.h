/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netlink.h - the alarm clock of synchronisation: the kernel says that a network came up.
 *
 * Owner:   daemon/host/netlink.c; layer 4
 * Threads: an fd belongs to one thread
 *
 * It is a hint to try now, nothing more: only the server's answer tells whether it can be
 * reached. So a doubt counts as yes, and work goes on where there is no such socket. No
 * privileges are needed.
 */
#ifndef HAMLET_HOST_NETLINK_H
#define HAMLET_HOST_NETLINK_H

#include "hamlet/base/bytes.h"

/*
 * A socket, not blocking, that becomes readable when links, addresses or routes change;
 * -1 if there is none to be had. The caller closes it.
 */
int hm_netlink_open(void);

/*
 * Read what is waiting and say whether something in it may mean that a network came up: a
 * link that runs, an address beyond this machine, a route. Events were lost: true. What
 * did not come from the kernel is not looked at. `fd` may be -1: false.
 */
bool hm_netlink_drain(int fd);

/* The same for one datagram of the kernel; never reads beyond it. */
bool hm_netlink_means_up(struct hm_bytes datagram);

#endif
