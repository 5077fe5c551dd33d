/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include "inside.h"

/* A refusal fits the socket's buffer; a peer that takes nothing must not hold a worker.
 */
enum { WRITE_WAIT_MS = 2000 };

static bool is_broken(const struct hm_httpd_peer *peer)
{
    struct pollfd state = {.fd = peer->fd};
    return poll(&state, 1, 0) == 1 && (state.revents & (POLLERR | POLLHUP)) != 0;
}

/*
 * When a connection was reset, libmicrohttpd reads once more and throws away what it got,
 * and the rest with it. Those bytes crossed a slow link and may hold whole pages. So in
 * the middle of a body a broken stream shows nothing to it; it closes the request, and in
 * that call the handler is shown what is left (exchange.c). At other times it must see
 * the end: its handshake would turn round and round.
 */
static ssize_t pull(gnutls_transport_ptr_t ctx, void *to, size_t size)
{
    struct hm_httpd_peer *peer = ctx;
    ssize_t got = -1;
    int code = EAGAIN;
    if (!peer->holds || !is_broken(peer)) {
        got = recv(peer->fd, to, size, MSG_DONTWAIT);
        code = errno;
    }
    if (got == 0) {
        got = -1;
        code = ECONNRESET;
    }
    if (got < 0) {
        gnutls_transport_set_errno(peer->tls, code);
    }
    return got;
}

static int pull_wait(gnutls_transport_ptr_t ctx, unsigned int ms)
{
    const struct hm_httpd_peer *peer = ctx;
    struct pollfd ready = {.fd = peer->fd, .events = POLLIN};
    return poll(&ready, 1, (int)ms);
}

void hm_httpd_wire_init(struct hm_httpd_peer *peer, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info == NULL) {
        return;
    }
    peer->tls = info->tls_session;
    (void)gnutls_record_set_max_size(peer->tls, HM_HTTPD_RECORD_BYTES);
    gnutls_transport_set_ptr2(peer->tls, peer,
                              (gnutls_transport_ptr_t)(intptr_t)peer->fd);
    gnutls_transport_set_pull_function(peer->tls, pull);
    gnutls_transport_set_pull_timeout_function(peer->tls, pull_wait);
}

bool hm_httpd_wire_pending(const struct hm_httpd_peer *peer)
{
    return peer->tls != NULL && gnutls_record_check_pending(peer->tls) > 0;
}

size_t hm_httpd_wire_drain(struct hm_httpd_peer *peer, uint8_t *to, size_t size)
{
    ssize_t got = 0;
    if (peer->tls != NULL) {
        got = gnutls_record_recv(peer->tls, to, size);
    }
    return got > 0 ? (size_t)got : 0;
}

bool hm_httpd_wire_send(struct hm_httpd_peer *peer, struct hm_bytes bytes)
{
    const int on = 1;
    int64_t due_ms = hm_httpd_now_ms() + WRITE_WAIT_MS;
    struct pollfd ready = {.fd = peer->fd, .events = POLLOUT};
    while (bytes.size > 0) {
        ssize_t sent = peer->tls != NULL
                           ? gnutls_record_send(peer->tls, bytes.data, bytes.size)
                           : send(peer->fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.data += sent;
            bytes.size -= (size_t)sent;
        } else if (hm_httpd_now_ms() >= due_ms || poll(&ready, 1, WRITE_WAIT_MS) != 1 ||
                   (ready.revents & (POLLERR | POLLHUP)) != 0) {
            return false;
        }
    }
    /* An earlier reply may have left the socket corked: this pushes what it holds. */
    (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return true;
}
