/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"

enum {
    ACCEPT_SERIES = 32,    /* accepted in one go before deadlines are looked at again */
    ACCEPT_PAUSE_MS = 200, /* when descriptors or memory ran out */
    BUSY_WEIGHT = 1 << 16  /* a worker whose handler runs comes after all idle ones */
};

int64_t hm_httpd_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void hm_httpd_gate_wake(struct hm_httpd *httpd)
{
    const uint64_t one = 1;
    /* It fails only where the counter is full, and then the gate is awake already. */
    ssize_t written = write(httpd->wake_fd, &one, sizeof(one));
    (void)written;
}

void hm_httpd_peer_wait(struct hm_httpd_peer *peer, int64_t wait_ms)
{
    struct hm_httpd *httpd = peer->worker->httpd;
    int64_t deadline = wait_ms < 0 ? INT64_MAX : hm_httpd_now_ms() + wait_ms;
    bool sooner;
    pthread_mutex_lock(&httpd->lock);
    peer->deadline_ms = deadline;
    sooner = deadline < httpd->wake_ms;
    pthread_mutex_unlock(&httpd->lock);
    if (sooner) {
        hm_httpd_gate_wake(httpd);
    }
}

static void peer_resume(struct hm_httpd_peer *peer, bool over)
{
    peer->waited = over;
    peer->deadline_ms = INT64_MAX;
    MHD_resume_connection(peer->waits);
    peer->waits = NULL;
}

void hm_httpd_peers_resume(struct hm_httpd *httpd, bool over)
{
    for (struct hm_httpd_peer *peer = httpd->peers; peer != NULL; peer = peer->next) {
        if (peer->waits != NULL) {
            peer_resume(peer, over);
        }
    }
}

bool hm_httpd_peer_suspend(struct hm_httpd_peer *peer,
                           struct MHD_Connection *connection,
                           uint64_t woken,
                           int64_t wait_ms)
{
    struct hm_httpd *httpd = peer->worker->httpd;
    bool sooner = false;
    pthread_mutex_lock(&httpd->lock);
    bool waits = httpd->woken == woken && !httpd->stopping;
    if (waits) {
        MHD_suspend_connection(connection);
        peer->waits = connection;
        peer->deadline_ms = hm_httpd_now_ms() + wait_ms;
        sooner = peer->deadline_ms < httpd->wake_ms;
    }
    peer->waited = httpd->stopping;
    pthread_mutex_unlock(&httpd->lock);
    if (sooner) {
        hm_httpd_gate_wake(httpd);
    }
    return waits;
}

/* Under the lock. Only shut: the descriptor is libmicrohttpd's to close. */
static int64_t sweep(struct hm_httpd *httpd, int64_t now)
{
    int64_t next = INT64_MAX;
    for (struct hm_httpd_peer *peer = httpd->peers; peer != NULL; peer = peer->next) {
        if (peer->deadline_ms <= now && peer->waits != NULL) {
            peer_resume(peer, true);
        } else if (peer->deadline_ms <= now) {
            (void)shutdown(peer->fd, SHUT_RDWR);
            peer->deadline_ms = INT64_MAX;
            httpd->stats.overdue++;
        }
        next = peer->deadline_ms < next ? peer->deadline_ms : next;
    }
    return next;
}

static struct hm_httpd_worker *least_busy(struct hm_httpd *httpd)
{
    struct hm_httpd_worker *least = httpd->workers;
    int load_least = INT_MAX;
    for (unsigned int i = 0; i < httpd->options.limits.threads; i++) {
        struct hm_httpd_worker *worker = &httpd->workers[i];
        int load =
            atomic_load(&worker->busy) * BUSY_WEIGHT + atomic_load(&worker->connections);
        if (load < load_least) {
            least = worker;
            load_least = load;
        }
    }
    return least;
}

/* False: there is nothing to accept now, or nothing to accept it with (`*pause`). */
static bool accept_one(struct hm_httpd *httpd, bool *pause)
{
    const int on = 1;
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    struct hm_httpd_worker *worker = least_busy(httpd);
    int fd = accept(httpd->listen_fd, (struct sockaddr *)&address, &size);
    if (fd < 0) {
        *pause =
            errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        return errno == EINTR || errno == ECONNABORTED;
    }
    pthread_mutex_lock(&httpd->lock);
    httpd->stats.connections++;
    pthread_mutex_unlock(&httpd->lock);
    /* The handshake is several small writes: each must leave without an answer. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    atomic_fetch_add(&worker->connections, 1);
    if (MHD_add_connection(worker->daemon, fd, (struct sockaddr *)&address, size) !=
        MHD_YES) {
        atomic_fetch_sub(&worker->connections, 1); /* it closed the descriptor */
    }
    return true;
}

/* Gives the time that the next round may wait without looking at the socket, or 0. */
static int64_t accept_series(struct hm_httpd *httpd)
{
    bool pause = false;
    for (int i = 0; i < ACCEPT_SERIES && accept_one(httpd, &pause); i++) {
    }
    return pause ? ACCEPT_PAUSE_MS : 0;
}

static int wait_of(int64_t until, int64_t now)
{
    if (until == INT64_MAX) {
        return -1;
    }
    if (until <= now) {
        return 0;
    }
    return until - now > INT_MAX / 2 ? INT_MAX / 2 : (int)(until - now) + 1;
}

static void stop_listening(struct hm_httpd *httpd)
{
    if (httpd->listen_fd >= 0) {
        (void)close(httpd->listen_fd);
        httpd->listen_fd = -1;
    }
}

void *hm_httpd_gate_run(void *arg)
{
    struct hm_httpd *httpd = arg;
    int64_t deaf_until = 0;
    for (bool ends = false; !ends;) {
        struct pollfd fds[2] = {{.fd = -1, .events = POLLIN},
                                {.fd = httpd->wake_fd, .events = POLLIN}};
        int64_t now = hm_httpd_now_ms();
        int64_t until;
        uint64_t count;
        pthread_mutex_lock(&httpd->lock);
        until = sweep(httpd, now);
        if (httpd->stopping) {
            stop_listening(httpd);
        } else if (now >= deaf_until) {
            fds[0].fd = httpd->listen_fd;
        } else {
            until = deaf_until < until ? deaf_until : until;
        }
        httpd->wake_ms = until;
        ends = httpd->gate_ends;
        pthread_mutex_unlock(&httpd->lock);
        if (ends || poll(fds, 2, wait_of(until, now)) <= 0) {
            continue;
        }
        if (fds[1].revents != 0) {
            ssize_t taken = read(httpd->wake_fd, &count, sizeof(count));
            (void)taken;
        }
        if (fds[0].revents != 0) {
            int64_t pause = accept_series(httpd);
            deaf_until = pause > 0 ? hm_httpd_now_ms() + pause : 0;
        }
    }
    stop_listening(httpd);
    return NULL;
}

static void address_put(struct hm_httpd_peer *peer, struct MHD_Connection *connection)
{
    const struct sockaddr *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
            ->client_addr;
    socklen_t size = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                    : sizeof(struct sockaddr_in);
    if (getnameinfo(address, size, peer->address, sizeof(peer->address), NULL, 0,
                    NI_NUMERICHOST) != 0) {
        peer->address[0] = '\0';
    }
}

/* Under the lock, before `peer` is in the list. */
static bool over_limit(const struct hm_httpd *httpd, const struct hm_httpd_peer *peer)
{
    const struct hm_httpd_limits *limits = &httpd->options.limits;
    unsigned int same = 0;
    if (httpd->stats.open >= (int64_t)limits->connections_max) {
        return true;
    }
    if (limits->per_address_max == 0) {
        return false;
    }
    for (const struct hm_httpd_peer *other = httpd->peers; other != NULL;
         other = other->next) {
        same += strcmp(other->address, peer->address) == 0;
    }
    return same >= limits->per_address_max;
}

static void peer_start(struct hm_httpd_worker *worker,
                       struct MHD_Connection *connection,
                       void **socket_context)
{
    struct hm_httpd *httpd = worker->httpd;
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                 ->connect_fd;
    struct hm_httpd_peer *peer = calloc(1, sizeof(*peer));
    bool refused = peer == NULL;
    *socket_context = peer;
    if (peer != NULL) {
        peer->worker = worker;
        peer->fd = fd;
        peer->deadline_ms = INT64_MAX;
        address_put(peer, connection);
        hm_httpd_wire_init(peer, connection);
    }
    pthread_mutex_lock(&httpd->lock);
    if (peer != NULL) {
        refused = over_limit(httpd, peer);
        peer->next = httpd->peers;
        if (peer->next != NULL) {
            peer->next->previous = peer;
        }
        httpd->peers = peer;
    }
    httpd->stats.open++;
    httpd->stats.refused += refused;
    pthread_mutex_unlock(&httpd->lock);
    if (refused) {
        (void)shutdown(fd, SHUT_RDWR);
    } else {
        hm_httpd_peer_wait(peer, httpd->options.limits.header_ms);
    }
}

static void peer_end(struct hm_httpd_worker *worker, struct hm_httpd_peer *peer)
{
    struct hm_httpd *httpd = worker->httpd;
    atomic_fetch_sub(&worker->connections, 1);
    pthread_mutex_lock(&httpd->lock);
    httpd->stats.open--;
    if (peer != NULL) {
        if (peer->next != NULL) {
            peer->next->previous = peer->previous;
        }
        if (peer->previous != NULL) {
            peer->previous->next = peer->next;
        } else {
            httpd->peers = peer->next;
        }
    }
    pthread_mutex_unlock(&httpd->lock);
    free(peer);
}

void hm_httpd_peer_notify(void *cls,
                          struct MHD_Connection *connection,
                          void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct hm_httpd_worker *worker = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        peer_start(worker, connection, socket_context);
    } else {
        peer_end(worker, *socket_context);
        *socket_context = NULL;
    }
}
