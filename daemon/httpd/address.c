/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inside.h"

/* Laptops come back all at once when a district's network does. */
enum { BACKLOG = 1024, PORT_DIGITS_MAX = 5 };

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof(four));
        return ntohl(four.sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof(six));
        return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) != 0;
    }
    return false;
}

/* The resolver takes any number and keeps its last 16 bits. */
static bool is_port(const char *text)
{
    size_t size = strspn(text, "0123456789");
    return size > 0 && size <= PORT_DIGITS_MAX && text[size] == '\0' &&
           strtol(text, NULL, 10) <= UINT16_MAX;
}

/* "ADDR:PORT" or "[ADDR]:PORT", numbers only: a server does not look names up. */
static bool split(char *host, const char **port, const char *address)
{
    const char *colon = strrchr(address, ':');
    size_t size = colon == NULL ? 0 : (size_t)(colon - address);
    if (size == 0 || size >= HM_HTTPD_ADDRESS_SIZE || !is_port(colon + 1)) {
        return false;
    }
    if (address[0] == '[') {
        if (size < 3 || address[size - 1] != ']') {
            return false;
        }
        address++;
        size -= 2;
    } else if (memchr(address, ':', size) != NULL) {
        return false;
    }
    memcpy(host, address, size);
    host[size] = '\0';
    *port = colon + 1;
    return true;
}

static int socket_make(const struct addrinfo *found)
{
    const int on = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    /* A restart must not wait until the last connections are forgotten. */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (found->ai_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    }
    if (bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int code = errno;
        (void)close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

static bool show(char shown[HM_HTTPD_ADDRESS_SIZE], int fd)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof(bound);
    char host[HM_HTTPD_ADDRESS_SIZE];
    char port[8];
    int length;
    if (getsockname(fd, (struct sockaddr *)&bound, &size) != 0 ||
        getnameinfo((struct sockaddr *)&bound, size, host, sizeof(host), port,
                    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return false;
    }
    length = snprintf(shown, HM_HTTPD_ADDRESS_SIZE,
                      bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
    return length > 0 && length < HM_HTTPD_ADDRESS_SIZE;
}

static enum hm_status listen_failed(const char *address, int code, struct hm_err *err)
{
    if (code == EADDRINUSE) {
        return hm_fail(err, HM_LOCKED, "address-in-use", address, NULL, NULL);
    }
    return hm_fail(err, HM_IO, "address-listen", address, strerror(code), NULL);
}

enum hm_status hm_httpd_listen(int *fd,
                               char shown[HM_HTTPD_ADDRESS_SIZE],
                               const char *address,
                               bool loopback_only,
                               struct hm_err *err)
{
    const struct addrinfo wanted = {.ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags =
                                        AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    enum hm_status status = HM_OK;
    struct addrinfo *found = NULL;
    char host[HM_HTTPD_ADDRESS_SIZE];
    const char *port = NULL;
    int made = -1;
    if (!split(host, &port, address) || getaddrinfo(host, port, &wanted, &found) != 0) {
        status = hm_fail(err, HM_USAGE, "address-form", address, NULL, NULL);
        goto out;
    }
    if (loopback_only && !is_loopback(found->ai_addr)) {
        status = hm_fail(err, HM_USAGE, "address-plain", address, NULL, NULL);
        goto out;
    }
    made = socket_make(found);
    if (made < 0 || !show(shown, made)) {
        status = listen_failed(address, errno, err);
        goto out;
    }
    *fd = made;
    made = -1;
out:
    if (made >= 0) {
        (void)close(made);
    }
    if (found != NULL) {
        freeaddrinfo(found);
    }
    return status;
}
