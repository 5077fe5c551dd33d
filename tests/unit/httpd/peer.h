/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer.h - a client that says anything, over TLS or not, and what comes back.
 *
 * It speaks bytes, not HTTP: most of what it sends no HTTP library would send.
 */
#ifndef TESTS_UNIT_HTTPD_PEER_H
#define TESTS_UNIT_HTTPD_PEER_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 20000 };

/* A client on one connection. */
struct peer {
    int fd;
    gnutls_session_t tls;
    gnutls_certificate_credentials_t trust;
    /* of the stream that comes in, below TLS: the longest record, and how many */
    size_t record_left;
    uint8_t record_head[5];
    size_t record_head_size;
    size_t record_max;
};

static inline int peer_connect(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    char host[64];
    const char *colon = strrchr(address, ':');
    const int on = 1;
    const int segment = 1400;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(host, sizeof(host), "%.*s", (int)(colon - address), address);
    to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    /* As on a real link: loopback's 64 KiB would let the system swallow whole replies. */
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
    ck_assert_int_eq(inet_pton(AF_INET, host, &to.sin_addr), 1);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    /* What was sent is on the wire then, and not dropped with a reset. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static inline void records_count(struct peer *peer, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (peer->record_left > 0) {
            peer->record_left--;
            continue;
        }
        peer->record_head[peer->record_head_size++] = data[i];
        if (peer->record_head_size == 5) {
            peer->record_head_size = 0;
            peer->record_left =
                (size_t)peer->record_head[3] << 8 | (size_t)peer->record_head[4];
            if (peer->record_left > peer->record_max) {
                peer->record_max = peer->record_left;
            }
        }
    }
}

static inline ssize_t peer_pull(gnutls_transport_ptr_t ctx, void *to, size_t size)
{
    struct peer *peer = ctx;
    ssize_t got = recv(peer->fd, to, size, 0);
    if (got > 0) {
        records_count(peer, to, (size_t)got);
    } else if (got < 0) {
        gnutls_transport_set_errno(peer->tls, errno);
    }
    return got;
}

static inline ssize_t peer_push(gnutls_transport_ptr_t ctx, const void *from, size_t size)
{
    struct peer *peer = ctx;
    ssize_t sent = send(peer->fd, from, size, MSG_NOSIGNAL);
    if (sent < 0) {
        gnutls_transport_set_errno(peer->tls, errno);
    }
    return sent;
}

static inline int peer_pull_wait(gnutls_transport_ptr_t ctx, unsigned int ms)
{
    struct peer *peer = ctx;
    struct pollfd ready = {.fd = peer->fd, .events = POLLIN};
    return poll(&ready, 1, ms == GNUTLS_INDEFINITE_TIMEOUT ? -1 : (int)ms);
}

static inline int peer_tls(struct peer *peer)
{
    gnutls_init(&peer->tls, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(peer->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL);
    gnutls_certificate_allocate_credentials(&peer->trust);
    gnutls_credentials_set(peer->tls, GNUTLS_CRD_CERTIFICATE, peer->trust);
    gnutls_transport_set_ptr(peer->tls, peer);
    gnutls_transport_set_pull_function(peer->tls, peer_pull);
    gnutls_transport_set_pull_timeout_function(peer->tls, peer_pull_wait);
    gnutls_transport_set_push_function(peer->tls, peer_push);
    return gnutls_handshake(peer->tls);
}

static inline bool peer_send(struct peer *peer, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t sent = peer->tls != NULL ? gnutls_record_send(peer->tls, at, size)
                                         : send(peer->fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static inline bool peer_say(struct peer *peer, const char *text)
{
    return peer_send(peer, text, strlen(text));
}

/* One piece; 0: the end, below 0: an error or nothing for WAIT_MS. */
static inline ssize_t peer_receive(struct peer *peer, void *to, size_t size)
{
    return peer->tls != NULL ? gnutls_record_recv(peer->tls, to, size)
                             : recv(peer->fd, to, size, 0);
}

/* Waits until the other system has all that was sent: a reset would drop the rest. */
static inline void peer_flush(struct peer *peer)
{
    struct pollfd nothing = {.fd = -1};
    int left = 1;
    for (int i = 0; i < WAIT_MS && left > 0; i++) {
        ck_assert_int_eq(ioctl(peer->fd, SIOCOUTQ, &left), 0);
        if (left > 0) {
            (void)poll(&nothing, 1, 1);
        }
    }
    ck_assert_int_eq(left, 0);
}

static inline void peer_close(struct peer *peer)
{
    if (peer->tls != NULL) {
        gnutls_deinit(peer->tls);
        gnutls_certificate_free_credentials(peer->trust);
    }
    close(peer->fd);
}

/* As a broken link shows itself to the server's system. */
static inline void peer_reset(struct peer *peer)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    peer_close(peer);
}

#endif
