/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/netlink.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "hamlet/host/process.h"
#include "world.h"

enum { SEEN_WITHIN_MS = 10000, SEED = 20260305, RANDOM_DATAGRAMS = 20000 };

/* A datagram as the kernel would send it, built message by message. */
struct datagram {
    uint8_t at[512];
    size_t size;
};

static void put_message(struct datagram *to, uint16_t type, const void *body, size_t size)
{
    struct nlmsghdr head = {.nlmsg_len = (uint32_t)(sizeof(head) + size),
                            .nlmsg_type = type};
    memcpy(to->at + to->size, &head, sizeof(head));
    memcpy(to->at + to->size + sizeof(head), body, size);
    to->size += NLMSG_ALIGN(sizeof(head) + size);
}

static bool means_up(const struct datagram *datagram)
{
    return hm_netlink_means_up((struct hm_bytes){datagram->at, datagram->size});
}

static bool link_means_up(uint16_t type, unsigned flags)
{
    struct datagram datagram = {.size = 0};
    struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_flags = flags};
    put_message(&datagram, type, &link, sizeof(link));
    return means_up(&datagram);
}

START_TEST(a_link_means_something_when_it_runs_and_leads_elsewhere)
{
    ck_assert(link_means_up(RTM_NEWLINK, IFF_UP | IFF_RUNNING));
    ck_assert(!link_means_up(RTM_NEWLINK, IFF_UP));
    ck_assert(!link_means_up(RTM_NEWLINK, IFF_UP | IFF_RUNNING | IFF_LOOPBACK));
    ck_assert(!link_means_up(RTM_DELLINK, IFF_UP | IFF_RUNNING));
}
END_TEST

START_TEST(the_end_of_a_wireless_scan_means_nothing)
{
    struct {
        struct ifinfomsg link;
        struct rtattr name;
        char text[8];
        struct rtattr scan;
    } body = {.link = {.ifi_flags = IFF_UP | IFF_RUNNING},
              .name = {.rta_len = sizeof(struct rtattr) + 6, .rta_type = IFLA_IFNAME},
              .text = "wlan0",
              .scan = {.rta_len = sizeof(struct rtattr), .rta_type = IFLA_WIRELESS}};
    struct datagram scan = {.size = 0};
    struct datagram change = {.size = 0};

    put_message(&scan, RTM_NEWLINK, &body, sizeof(body));
    body.scan.rta_type = IFLA_MTU;
    put_message(&change, RTM_NEWLINK, &body, sizeof(body));

    ck_assert(!means_up(&scan));
    ck_assert(means_up(&change));
}
END_TEST

static bool address_means_up(uint8_t scope)
{
    struct datagram datagram = {.size = 0};
    struct ifaddrmsg address = {.ifa_family = AF_INET, .ifa_scope = scope};
    put_message(&datagram, RTM_NEWADDR, &address, sizeof(address));
    return means_up(&datagram);
}

START_TEST(an_address_means_something_beyond_this_machine)
{
    ck_assert(address_means_up(RT_SCOPE_UNIVERSE));
    ck_assert(address_means_up(RT_SCOPE_LINK));
    ck_assert(!address_means_up(RT_SCOPE_HOST));
}
END_TEST

static bool route_means_up(uint8_t type, uint8_t table, unsigned flags)
{
    struct datagram datagram = {.size = 0};
    struct rtmsg route = {.rtm_type = type, .rtm_table = table, .rtm_flags = flags};
    put_message(&datagram, RTM_NEWROUTE, &route, sizeof(route));
    return means_up(&datagram);
}

START_TEST(a_route_means_something_when_packets_go_out_by_it)
{
    ck_assert(route_means_up(RTN_UNICAST, RT_TABLE_MAIN, 0));
    ck_assert(!route_means_up(RTN_UNICAST, RT_TABLE_MAIN, RTM_F_CLONED));
    ck_assert(!route_means_up(RTN_LOCAL, RT_TABLE_LOCAL, 0));
    ck_assert(!route_means_up(RTN_UNREACHABLE, RT_TABLE_MAIN, 0));
}
END_TEST

START_TEST(the_last_message_of_a_datagram_counts_too)
{
    struct datagram datagram = {.size = 0};
    struct ifaddrmsg own = {.ifa_scope = RT_SCOPE_HOST};
    struct ifaddrmsg outer = {.ifa_scope = RT_SCOPE_UNIVERSE};
    put_message(&datagram, RTM_NEWADDR, &own, sizeof(own));
    put_message(&datagram, NLMSG_DONE, &own, 1);

    bool before = means_up(&datagram);
    put_message(&datagram, RTM_NEWADDR, &outer, sizeof(outer));

    ck_assert(!before);
    ck_assert(means_up(&datagram));
}
END_TEST

START_TEST(what_was_cut_is_a_doubt_and_a_doubt_is_a_yes)
{
    struct datagram datagram = {.size = 0};
    struct ifaddrmsg own = {.ifa_scope = RT_SCOPE_HOST};
    put_message(&datagram, RTM_NEWADDR, &own, sizeof(own));
    datagram.size--;
    struct datagram bare = {.size = 0};
    put_message(&bare, RTM_NEWADDR, "", 0);

    ck_assert(means_up(&datagram));
    ck_assert(means_up(&bare));
    ck_assert(!hm_netlink_means_up(HM_NO_BYTES));
}
END_TEST

START_TEST(no_datagram_is_read_beyond_its_end)
{
    uint32_t state = SEED;
    printf("seed %d\n", SEED);
    for (int i = 0; i < RANDOM_DATAGRAMS; i++) {
        state = state * 1664525 + 1013904223;
        size_t size = state >> 8 & 63;
        uint8_t *exact = malloc(size + 1); /* a byte beyond `size - 1` is seen by ASan */
        for (size_t j = 0; j < size; j++) {
            state = state * 1664525 + 1013904223;
            /* Mostly small numbers: lengths and types that lead further in. */
            exact[j] = (uint8_t)(state >> 24) & ((state & 0xF00) != 0 ? 0x1F : 0xFF);
        }
        uint8_t *end = realloc(exact, size == 0 ? 1 : size);
        (void)hm_netlink_means_up((struct hm_bytes){end, size});
        free(end);
    }
}
END_TEST

/* ---- the kernel ---- */

static int open_and_drain(void *ctx)
{
    (void)ctx;
    if (!world_become(NOBODY, NOBODY, NULL, 0)) {
        return 2;
    }
    int fd = hm_netlink_open();
    return fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC && !hm_netlink_drain(fd) ? 0 : 1;
}

START_TEST(no_privileges_are_needed_and_an_idle_socket_says_nothing)
{
    int status = world_wait(world_fork(open_and_drain, NULL));

    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(without_a_socket_nothing_came_up)
{
    ck_assert(!hm_netlink_drain(-1));
}
END_TEST

/* In a network of this test's own; false where that is denied or there is no `ip`. */
static bool have_own_network(void)
{
    return syscall(SYS_unshare, CLONE_NEWNET) == 0 && access("/sbin/ip", X_OK) == 0;
}

static void ip(char *const argv[])
{
    struct hm_buf output;
    int code = -1;
    hm_buf_init(&output, 4096);
    ck_assert_int_eq(hm_process_run("/sbin/ip", argv, false, &output, &code, &err),
                     HM_OK);
    ck_assert_int_eq(code, 0);
    hm_buf_fini(&output);
}

#define IP(...) ip((char *[]){"ip", __VA_ARGS__, NULL})

static bool is_readable(int fd, int wait_ms)
{
    struct pollfd look = {.fd = fd, .events = POLLIN};
    return poll(&look, 1, wait_ms) == 1;
}

START_TEST(a_network_that_comes_up_wakes_and_its_end_does_not)
{
    if (!have_own_network()) {
        fprintf(stderr, "no network of one's own here: not tested\n");
        return;
    }
    int fd = hm_netlink_open();
    ck_assert(!is_readable(fd, 0));

    IP("link", "add", "hamlet0", "type", "veth", "peer", "name", "hamlet1");
    bool added_seen = is_readable(fd, SEEN_WITHIN_MS);
    bool added = hm_netlink_drain(fd);
    IP("link", "set", "hamlet0", "up");
    IP("link", "set", "hamlet1", "up");
    IP("addr", "add", "192.0.2.1/24", "dev", "hamlet0");
    bool came_seen = is_readable(fd, SEEN_WITHIN_MS);
    bool came = hm_netlink_drain(fd);
    bool drained = !is_readable(fd, 0);
    IP("link", "del", "hamlet0");
    bool went_seen = is_readable(fd, SEEN_WITHIN_MS);
    bool went = hm_netlink_drain(fd);

    ck_assert(added_seen && !added);
    ck_assert(came_seen && came && drained);
    ck_assert(went_seen && !went);
    close(fd);
}
END_TEST

START_TEST(what_another_process_says_is_not_believed)
{
    struct datagram datagram = {.size = 0};
    struct ifaddrmsg outer = {.ifa_scope = RT_SCOPE_UNIVERSE};
    struct sockaddr_nl to = {.nl_family = AF_NETLINK};
    socklen_t size = sizeof(to);
    int fd = hm_netlink_open();
    int liar = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    put_message(&datagram, RTM_NEWADDR, &outer, sizeof(outer));
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&to, &size), 0);
    to.nl_groups = 0;

    bool sent = sendto(liar, datagram.at, datagram.size, 0, (struct sockaddr *)&to,
                       sizeof(to)) > 0; /* the kernel lets root alone do this */

    ck_assert(sent || geteuid() != 0);
    ck_assert(!sent || is_readable(fd, SEEN_WITHIN_MS));
    ck_assert(!hm_netlink_drain(fd));
    close(liar);
    close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.netlink");
    TCase *messages = world_group(suite, "messages");
    TCase *kernel = world_group(suite, "kernel");
    tcase_add_test(messages, a_link_means_something_when_it_runs_and_leads_elsewhere);
    tcase_add_test(messages, the_end_of_a_wireless_scan_means_nothing);
    tcase_add_test(messages, an_address_means_something_beyond_this_machine);
    tcase_add_test(messages, a_route_means_something_when_packets_go_out_by_it);
    tcase_add_test(messages, the_last_message_of_a_datagram_counts_too);
    tcase_add_test(messages, what_was_cut_is_a_doubt_and_a_doubt_is_a_yes);
    tcase_add_test(messages, no_datagram_is_read_beyond_its_end);
    tcase_add_test(kernel, no_privileges_are_needed_and_an_idle_socket_says_nothing);
    tcase_add_test(kernel, without_a_socket_nothing_came_up);
    tcase_add_test(kernel, a_network_that_comes_up_wakes_and_its_end_does_not);
    tcase_add_test(kernel, what_another_process_says_is_not_believed);
    return world_run(suite);
}
