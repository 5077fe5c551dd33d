/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client makes of everything that is not our server. How it speaks with one
 * that is: tests/integration/net_httpd_test.c.
 */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hamlet/net/client.h"

/* A listener that takes one connection, reads something, says something and goes. */
struct stranger {
    int fd;
    unsigned int port;
    const char *says;
    size_t size;
    bool resets;
    bool silent; /* never accepts: the system does, and nobody answers */
    pthread_t thread;
    char heard[512];
};

static void *stranger_run(void *arg)
{
    struct stranger *stranger = arg;
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    int peer = accept(stranger->fd, NULL, NULL);
    ssize_t got = recv(peer, stranger->heard, sizeof(stranger->heard) - 1, 0);
    (void)got;
    (void)send(peer, stranger->says, stranger->size, MSG_NOSIGNAL);
    if (stranger->resets) {
        (void)setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    }
    close(peer);
    return NULL;
}

static void stranger_start(struct stranger *stranger, const char *says, size_t size)
{
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t length = sizeof(here);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    stranger->says = says;
    stranger->size = size;
    stranger->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(stranger->fd, (struct sockaddr *)&here, sizeof(here)), 0);
    ck_assert_int_eq(listen(stranger->fd, 4), 0);
    ck_assert_int_eq(getsockname(stranger->fd, (struct sockaddr *)&here, &length), 0);
    stranger->port = ntohs(here.sin_port);
    if (!stranger->silent) {
        ck_assert_int_eq(pthread_create(&stranger->thread, NULL, stranger_run, stranger),
                         0);
    }
}

static void stranger_end(struct stranger *stranger)
{
    if (!stranger->silent) {
        pthread_join(stranger->thread, NULL);
    }
    close(stranger->fd);
}

static const uint8_t pin[HM_NET_PIN_SIZE] = {1, 2, 3};
static struct hm_net_result result;
static int done;

static bool never_bytes(void *ctx, struct hm_bytes bytes)
{
    (void)ctx;
    (void)bytes;
    ck_abort_msg("bytes of a reply came");
    return false;
}

static void never_head(void *ctx, const struct hm_net_head *head)
{
    (void)ctx;
    (void)head;
    ck_abort_msg("the head of a reply came");
}

static void note_done(void *ctx, const struct hm_net_result *given)
{
    (void)ctx;
    result = *given;
    done++;
}

static struct hm_net *net_open(const struct hm_net_limits *limits)
{
    struct hm_net *net = NULL;
    ck_assert_int_eq(hm_net_open(&net, NULL, limits, NULL), HM_OK);
    return net;
}

static void ask(struct hm_net *net, const char *url)
{
    struct hm_net_request request = {.url = url,
                                     .pin = pin,
                                     .content_type = "text/plain",
                                     .body = {(const uint8_t *)"hello", 5},
                                     .reply_max = 1000,
                                     .head = never_head,
                                     .bytes = never_bytes,
                                     .done = note_done};
    done = 0;
    ck_assert_int_eq(hm_net_start(net, &request, NULL), HM_OK);
    ck_assert_int_eq(done, 0);
    hm_net_run(net);
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(result.http, 0);
    ck_assert_int_eq(result.bytes_up, 0);
    ck_assert_int_eq(result.bytes_down, 0);
}

static void ask_port(struct hm_net *net, unsigned int port)
{
    char url[64];
    snprintf(url, sizeof(url), "https://127.0.0.1:%u/v1/sync", port);
    ask(net, url);
}

START_TEST(where_nobody_listens_there_is_no_server)
{
    struct stranger stranger = {.silent = true};
    struct hm_net *net = net_open(NULL);
    stranger_start(&stranger, "", 0);
    close(stranger.fd); /* the port is free again */

    ask_port(net, stranger.port);

    ck_assert_int_eq(result.status, HM_NO_SERVER);
    ck_assert_str_eq(result.err.key, "server-unreachable");
    ck_assert_ptr_nonnull(strstr(result.err.arg[0], "https://127.0.0.1:"));
    hm_net_close(net);
}
END_TEST

START_TEST(a_name_that_is_unknown_is_no_server)
{
    struct hm_net *net = net_open(NULL);

    ask(net, "https://hamlet.invalid:8443/v1/sync");

    ck_assert_int_eq(result.status, HM_NO_SERVER);
    ck_assert_str_eq(result.err.key, "server-name");
    hm_net_close(net);
}
END_TEST

START_TEST(only_https_is_spoken)
{
    static const char *const urls[] = {"http://127.0.0.1:1/v1/sync",
                                       "ftp://127.0.0.1/x",
                                       "file:///etc/passwd",
                                       "",
                                       "https://",
                                       "https://[::1/x",
                                       "https://a b/",
                                       "://x",
                                       "https://127.0.0.1:99999/",
                                       "gopher://127.0.0.1/"};
    struct hm_net *net = net_open(NULL);

    ask(net, urls[_i]);

    ck_assert_msg(result.status == HM_USAGE, "%s: %s", urls[_i], result.err.key);
    ck_assert_str_eq(result.err.key, "server-address");
    hm_net_close(net);
}
END_TEST

#define SAYS(text)                                                                       \
    {                                                                                    \
        text, sizeof(text) - 1                                                           \
    }

START_TEST(who_does_not_speak_tls_is_no_server)
{
    static const struct {
        const char *says;
        size_t size;
    } strangers[] = {
        SAYS("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlogin"), /* a captive portal */
        SAYS("HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n"),
        SAYS("SSH-2.0-OpenSSH_9.2\r\n"),
        SAYS("\x16\x03\x03\xff\xff garbage of a handshake"),
        SAYS("\x15\x03\x03\x00\x02\x02\x28"), /* an alert: handshake failure */
        SAYS("\x16\x03\x01"),
        SAYS(""),
        SAYS("\0\0\0\0\0\0\0\0"),
    };
    struct stranger stranger = {.resets = _i % 2 == 1};
    struct hm_net *net = net_open(NULL);
    stranger_start(&stranger, strangers[_i / 2].says, strangers[_i / 2].size);

    ask_port(net, stranger.port);

    ck_assert_msg(result.status == HM_NO_SERVER, "%s", result.err.key);
    ck_assert(strcmp(result.err.key, "server-tls") == 0 ||
              strcmp(result.err.key, "server-cut") == 0);
    stranger_end(&stranger);
    ck_assert_int_eq(stranger.heard[0], 0x16); /* a hello, and nothing of the request */
    ck_assert_ptr_null(strstr(stranger.heard, "POST"));
    hm_net_close(net);
}
END_TEST

START_TEST(a_server_that_never_answers_the_hello_is_given_up)
{
    const struct hm_net_limits limits = {.connect_ms = 300};
    struct stranger stranger = {.silent = true};
    struct hm_net *net = net_open(&limits);
    stranger_start(&stranger, "", 0);

    ask_port(net, stranger.port);

    ck_assert_int_eq(result.status, HM_NO_SERVER);
    ck_assert_str_eq(result.err.key, "server-slow");
    hm_net_close(net);
    stranger_end(&stranger);
}
END_TEST

START_TEST(the_hello_is_small_enough_to_stay_unpadded)
{
    struct stranger stranger = {.silent = false};
    struct hm_net *net = net_open(NULL);
    stranger_start(&stranger, "", 0);

    ask_port(net, stranger.port);

    stranger_end(&stranger);
    /* From 256 bytes on OpenSSL fills it up to 512. */
    ck_assert_int_eq(stranger.heard[3], 0);
    ck_assert_uint_lt((unsigned char)stranger.heard[4], 250);
    hm_net_close(net);
}
END_TEST

START_TEST(no_proxy_is_asked_but_the_one_of_hamlet_proxy)
{
    static const char answer[] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    struct stranger stranger = {.silent = false};
    char proxy[64];
    stranger_start(&stranger, answer, sizeof(answer) - 1);
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", stranger.port);
    setenv("https_proxy", proxy, 1);
    setenv("ALL_PROXY", proxy, 1);
    struct hm_net *net = net_open(NULL);
    ask(net, "https://127.0.0.1:1/v1/sync");
    ck_assert_str_eq(result.err.key, "server-unreachable");
    hm_net_close(net);

    setenv("HAMLET_PROXY", proxy, 1);
    net = net_open(NULL);
    done = 0;
    struct hm_net_request request = {.url = "https://hamlet.invalid:8443/v1/sync",
                                     .pin = pin,
                                     .bytes = never_bytes,
                                     .done = note_done};
    ck_assert_int_eq(hm_net_start(net, &request, NULL), HM_OK);
    hm_net_run(net);

    ck_assert_int_eq(result.status, HM_NO_SERVER);
    stranger_end(&stranger);
    ck_assert_ptr_nonnull(strstr(stranger.heard, "CONNECT hamlet.invalid:8443 HTTP/1.1"));
    hm_net_close(net);
}
END_TEST

START_TEST(a_request_may_be_dropped_at_any_time)
{
    struct hm_net_request request = {.url = "https://127.0.0.1:1/",
                                     .pin = pin,
                                     .bytes = never_bytes,
                                     .done = note_done};
    struct hm_net *net = net_open(NULL);
    done = 0;

    hm_net_cancel(net);
    hm_net_idle(net);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(hm_net_start(net, &request, NULL), HM_OK);
        ck_assert(hm_net_running(net));
        hm_net_idle(net); /* does nothing now */
        ck_assert(hm_net_running(net));
        hm_net_cancel(net);
        hm_net_idle(net);
    }
    ck_assert_int_eq(hm_net_start(net, &request, NULL), HM_OK);
    hm_net_close(net);
    hm_net_close(NULL);

    ck_assert_int_eq(done, 0);
}
END_TEST

static struct hm_net *again_net;
static int again_left;

static void again_done(void *ctx, const struct hm_net_result *given)
{
    struct hm_net_request *request = ctx;
    (void)given;
    done++;
    if (again_left-- > 0) {
        hm_net_idle(again_net);
        ck_assert_int_eq(hm_net_start(again_net, request, NULL), HM_OK);
    }
}

START_TEST(the_next_request_may_begin_from_the_end_of_the_last)
{
    struct hm_net_request request = {
        .url = "https://127.0.0.1:1/", .pin = pin, .bytes = never_bytes};
    request.ctx = &request;
    request.done = again_done;
    again_net = net_open(NULL);
    again_left = 3;
    done = 0;

    ck_assert_int_eq(hm_net_start(again_net, &request, NULL), HM_OK);
    hm_net_run(again_net);

    ck_assert_int_eq(done, 4);
    hm_net_close(again_net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net/client");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;
    tcase_set_timeout(all, 60);
    tcase_add_test(all, where_nobody_listens_there_is_no_server);
    tcase_add_test(all, a_name_that_is_unknown_is_no_server);
    tcase_add_loop_test(all, only_https_is_spoken, 0, 10);
    tcase_add_loop_test(all, who_does_not_speak_tls_is_no_server, 0, 16);
    tcase_add_test(all, a_server_that_never_answers_the_hello_is_given_up);
    tcase_add_test(all, the_hello_is_small_enough_to_stay_unpadded);
    tcase_add_test(all, no_proxy_is_asked_but_the_one_of_hamlet_proxy);
    tcase_add_test(all, a_request_may_be_dropped_at_any_time);
    tcase_add_test(all, the_next_request_may_begin_from_the_end_of_the_last);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
