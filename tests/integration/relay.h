/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay.h - a listener in front of a server that hands bytes on, counts them, reads the
 * record lengths of TLS, and cuts the connection after so many bytes.
 */
#ifndef TESTS_INTEGRATION_RELAY_H
#define TESTS_INTEGRATION_RELAY_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RELAY_UP, RELAY_DOWN, RELAY_WAYS };

struct relay_way {
    int64_t bytes;
    int64_t data_records; /* of type 23: from the handshake's second half on */
    size_t record_max;    /* of those, with type byte and tag */
    size_t left;
    size_t head_size;
    uint8_t head[5];
};

struct relay {
    int listen_fd;
    int stop_pipe[2];
    char url[64]; /* "https://127.0.0.1:PORT" */
    struct sockaddr_in target;
    pthread_t thread;
    bool slow;      /* a few KiB at a time, and little is in flight */
    int64_t cut_at; /* bytes of both ways, of one connection; below 0: never */
    struct relay_way ways[RELAY_WAYS]; /* of its one connection; read after stop */
};

static inline void relay_records(struct relay_way *way, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (way->left > 0) {
            way->left--;
            continue;
        }
        way->head[way->head_size++] = data[i];
        if (way->head_size == 5) {
            way->head_size = 0;
            way->left = (size_t)way->head[3] << 8 | (size_t)way->head[4];
            if (way->head[0] == 23) {
                way->data_records++;
                way->record_max =
                    way->left > way->record_max ? way->left : way->record_max;
            }
        }
    }
}

static inline bool relay_send(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        data += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* As a radio link goes: reset towards the client, an end towards the server. */
static inline void relay_cut(int client, int server)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close(client);
    close(server);
}

/* False: that way has ended. */
static inline bool relay_hand_on(struct relay *relay,
                                 int way,
                                 int from,
                                 int to,
                                 int64_t *left)
{
    uint8_t data[8192];
    size_t room =
        *left >= 0 && *left < (int64_t)sizeof(data) ? (size_t)*left : sizeof(data);
    ssize_t got = recv(from, data, room, 0);
    if (got <= 0) {
        return false;
    }
    relay->ways[way].bytes += got;
    relay_records(&relay->ways[way], data, (size_t)got);
    if (*left >= 0) {
        *left -= got;
    }
    if (relay->slow) {
        struct pollfd nothing = {.fd = -1};
        (void)poll(&nothing, 1, 2);
    }
    return relay_send(to, data, (size_t)got);
}

static inline void relay_serve(struct relay *relay, int client)
{
    const int on = 1;
    int64_t left = relay->cut_at;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(server, (struct sockaddr *)&relay->target, sizeof(relay->target)) != 0) {
        left = 0;
    }
    while (left != 0) {
        struct pollfd fds[3] = {{.fd = client, .events = POLLIN},
                                {.fd = server, .events = POLLIN},
                                {.fd = relay->stop_pipe[0], .events = POLLIN}};
        if (poll(fds, 3, -1) <= 0 || fds[2].revents != 0) {
            break;
        }
        if (fds[0].revents != 0 &&
            !relay_hand_on(relay, RELAY_UP, client, server, &left)) {
            break;
        }
        if (left != 0 && fds[1].revents != 0 &&
            !relay_hand_on(relay, RELAY_DOWN, server, client, &left)) {
            break;
        }
    }
    if (left == 0) {
        relay_cut(client, server);
    } else {
        close(client);
        close(server);
    }
}

static inline void *relay_run(void *arg)
{
    struct relay *relay = arg;
    for (;;) {
        struct pollfd fds[2] = {{.fd = relay->listen_fd, .events = POLLIN},
                                {.fd = relay->stop_pipe[0], .events = POLLIN}};
        if (poll(fds, 2, -1) <= 0 || fds[1].revents != 0) {
            return NULL;
        }
        int client = accept(relay->listen_fd, NULL, NULL);
        if (client >= 0) {
            relay_serve(relay, client);
        }
    }
}

/* In front of "127.0.0.1:PORT". */
static inline void relay_start(struct relay *relay, const char *address, int64_t cut_at)
{
    const int segment = 1400; /* as on a real link, not loopback's 64 KiB */
    const int window = 16384;
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t size = sizeof(here);
    memset(relay, 0, sizeof(*relay));
    relay->cut_at = cut_at;
    relay->target.sin_family = AF_INET;
    relay->target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    relay->target.sin_port =
        htons((uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10));
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    relay->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(relay->listen_fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
    setsockopt(relay->listen_fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
    ck_assert_int_eq(bind(relay->listen_fd, (struct sockaddr *)&here, sizeof(here)), 0);
    ck_assert_int_eq(listen(relay->listen_fd, 16), 0);
    ck_assert_int_eq(getsockname(relay->listen_fd, (struct sockaddr *)&here, &size), 0);
    snprintf(relay->url, sizeof(relay->url), "https://127.0.0.1:%u",
             (unsigned int)ntohs(here.sin_port));
    ck_assert_int_eq(pipe(relay->stop_pipe), 0);
    ck_assert_int_eq(pthread_create(&relay->thread, NULL, relay_run, relay), 0);
}

static inline void relay_stop(struct relay *relay)
{
    ck_assert_int_eq(write(relay->stop_pipe[1], "", 1), 1);
    pthread_join(relay->thread, NULL);
    close(relay->listen_fd);
    close(relay->stop_pipe[0]);
    close(relay->stop_pipe[1]);
}

#endif
