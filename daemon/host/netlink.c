/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    DATAGRAM_MAX = 32 * 1024, /* the kernel's own upper bound for one */
    DATAGRAMS_AT_ONCE = 64    /* what is left makes the fd readable again */
};

int hm_netlink_open(void)
{
    struct sockaddr_nl groups = {
        .nl_family = AF_NETLINK,
        .nl_groups =
            RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&groups, sizeof(groups)) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/*
 * Old wireless drivers report the end of every scan as a change of the link: a laptop
 * that looks for a network would be woken every minute for nothing.
 */
static bool tells_of_scan(struct hm_bytes attributes)
{
    struct rtattr head;
    while (attributes.size >= sizeof(head)) {
        memcpy(&head, attributes.data, sizeof(head));
        if (head.rta_type == IFLA_WIRELESS) {
            return true;
        }
        size_t step =
            (head.rta_len + (size_t)RTA_ALIGNTO - 1) & ~((size_t)RTA_ALIGNTO - 1);
        if (head.rta_len < sizeof(head) || step >= attributes.size) {
            return false;
        }
        attributes.data += step;
        attributes.size -= step;
    }
    return false;
}

static bool link_means_up(struct hm_bytes body)
{
    struct ifinfomsg link;
    if (body.size < sizeof(link)) {
        return true;
    }
    memcpy(&link, body.data, sizeof(link));
    return link.ifi_family == AF_UNSPEC && (link.ifi_flags & IFF_RUNNING) != 0 &&
           (link.ifi_flags & IFF_LOOPBACK) == 0 &&
           !tells_of_scan(
               (struct hm_bytes){body.data + sizeof(link), body.size - sizeof(link)});
}

static bool address_means_up(struct hm_bytes body)
{
    struct ifaddrmsg address;
    if (body.size < sizeof(address)) {
        return true;
    }
    memcpy(&address, body.data, sizeof(address));
    return address.ifa_scope < RT_SCOPE_HOST;
}

static bool route_means_up(struct hm_bytes body)
{
    struct rtmsg route;
    if (body.size < sizeof(route)) {
        return true;
    }
    memcpy(&route, body.data, sizeof(route));
    return route.rtm_type == RTN_UNICAST && route.rtm_table != RT_TABLE_LOCAL &&
           route.rtm_scope < RT_SCOPE_HOST && (route.rtm_flags & RTM_F_CLONED) == 0;
}

static bool message_means_up(uint16_t type, struct hm_bytes body)
{
    switch (type) {
    case RTM_NEWLINK:
        return link_means_up(body);
    case RTM_NEWADDR:
        return address_means_up(body);
    case RTM_NEWROUTE:
        return route_means_up(body);
    default:
        return false;
    }
}

bool hm_netlink_means_up(struct hm_bytes datagram)
{
    struct nlmsghdr head;
    while (datagram.size >= sizeof(head)) {
        memcpy(&head, datagram.data, sizeof(head));
        if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > datagram.size) {
            return true; /* cut: what it said is lost */
        }
        struct hm_bytes body = {datagram.data + sizeof(head),
                                head.nlmsg_len - sizeof(head)};
        if (message_means_up(head.nlmsg_type, body)) {
            return true;
        }
        size_t step =
            (head.nlmsg_len + (size_t)NLMSG_ALIGNTO - 1) & ~((size_t)NLMSG_ALIGNTO - 1);
        if (step >= datagram.size) {
            break;
        }
        datagram.data += step;
        datagram.size -= step;
    }
    return false;
}

bool hm_netlink_drain(int fd)
{
    uint8_t held[DATAGRAM_MAX];
    bool up = false;
    for (int i = 0; i < DATAGRAMS_AT_ONCE; i++) {
        struct sockaddr_nl from = {0};
        socklen_t size = sizeof(from);
        ssize_t got = recvfrom(fd, held, sizeof(held), MSG_DONTWAIT,
                               (struct sockaddr *)&from, &size);
        if (got < 0 && errno == ENOBUFS) {
            up = true; /* more came than the socket could hold */
        } else if (got < 0 && errno != EINTR) {
            break;
        } else if (got > 0 && from.nl_pid == 0) {
            up = hm_netlink_means_up((struct hm_bytes){held, (size_t)got}) || up;
        }
    }
    return up;
}
