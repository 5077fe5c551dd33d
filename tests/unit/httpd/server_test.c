/* SPDX-License-Identifier: Apache-2.0 */
/* The server as a whole: addresses, limits, the watcher's clock, many peers, stopping. */
#include "tests/unit/httpd/world.h"

static struct world world;

/* Anything that comes to the server shows itself in its counters. */
static bool stats_wait(const int64_t *counter,
                       struct hm_httpd_stats *stats,
                       int64_t wanted)
{
    struct pollfd nothing = {.fd = -1};
    for (int i = 0; i < WAIT_MS / 10; i++) {
        hm_httpd_stats(world.httpd, stats);
        if (*counter == wanted) {
            return true;
        }
        (void)poll(&nothing, 1, 10);
    }
    return false;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

START_TEST(an_address_is_reported_with_the_port_that_was_free)
{
    static const char *const given[] = {"127.0.0.1:0", "[::1]:0"};
    static const char *const prefix[] = {"127.0.0.1:", "[::1]:"};
    world_init(&world, false);
    world.options.address = given[_i];

    world_start(&world);

    const char *got = hm_httpd_address(world.httpd);
    ck_assert_int_eq(strncmp(got, prefix[_i], strlen(prefix[_i])), 0);
    ck_assert_int_ne(strtol(got + strlen(prefix[_i]), NULL, 10), 0);
    world_fini(&world);
}
END_TEST

START_TEST(an_address_that_cannot_be_read_is_a_mistake_of_usage)
{
    static const char *const bad[] = {
        "",         "8443",         ":8443",           "127.0.0.1",
        "::1:8443", "localhost:80", "127.0.0.1:",      "[::1]",
        "[::1:80",  "127.0.0.1:x",  "127.0.0.1:-1",    "[]:80",
        "1.2.3:a",  "300.1.1.1:80", "127.0.0.1:65536", "127.0.0.1:+1"};
    struct hm_err err = HM_ERR_NONE;
    world_init(&world, true);
    world.options.address = bad[_i];

    enum hm_status status = hm_httpd_start(&world.httpd, &world.options, &err);

    ck_assert_int_eq(status, HM_USAGE);
    ck_assert_str_eq(err.key, "address-form");
    ck_assert_ptr_null(world.httpd);
    world_fini(&world);
}
END_TEST

START_TEST(plain_text_is_served_on_loopback_only)
{
    struct hm_err err = HM_ERR_NONE;
    world_init(&world, false);
    world.options.address = "0.0.0.0:0";

    enum hm_status status = hm_httpd_start(&world.httpd, &world.options, &err);

    ck_assert_int_eq(status, HM_USAGE);
    ck_assert_str_eq(err.key, "address-plain");
    world_fini(&world);
}
END_TEST

START_TEST(an_address_in_use_is_locked)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_httpd *second = NULL;
    char address[64];
    world_init(&world, false);
    world_start(&world);
    snprintf(address, sizeof(address), "%s", hm_httpd_address(world.httpd));
    world.options.address = address;

    enum hm_status status = hm_httpd_start(&second, &world.options, &err);

    ck_assert_int_eq(status, HM_LOCKED);
    ck_assert_str_eq(err.key, "address-in-use");
    ck_assert_str_eq(err.arg[0], address);
    ck_assert_ptr_null(second);
    world_fini(&world);
}
END_TEST

START_TEST(an_address_of_another_machine_is_an_io_failure)
{
    struct hm_err err = HM_ERR_NONE;
    world_init(&world, true);
    world.options.address = "192.0.2.1:0";

    enum hm_status status = hm_httpd_start(&world.httpd, &world.options, &err);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_str_eq(err.key, "address-listen");
    world_fini(&world);
}
END_TEST

START_TEST(a_certificate_that_is_none_is_refused_at_the_start)
{
    struct hm_err err = HM_ERR_NONE;
    world_init(&world, true);
    world.options.certificate = hm_text("nothing of the kind");

    enum hm_status status = hm_httpd_start(&world.httpd, &world.options, &err);

    ck_assert_int_eq(status, HM_CORRUPT);
    ck_assert_str_eq(err.key, "certificate-read");
    world_fini(&world);
}
END_TEST

START_TEST(only_tls_1_3_is_spoken)
{
    struct peer peer = {.fd = -1};
    world_init(&world, true);
    world_start(&world);
    peer.fd = peer_connect(hm_httpd_address(world.httpd));
    gnutls_init(&peer.tls, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(peer.tls, "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL);
    gnutls_certificate_allocate_credentials(&peer.trust);
    gnutls_credentials_set(peer.tls, GNUTLS_CRD_CERTIFICATE, peer.trust);
    gnutls_transport_set_int(peer.tls, peer.fd);

    int code = gnutls_handshake(peer.tls);

    ck_assert_int_lt(code, 0);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(the_certificate_shown_is_the_one_of_the_pin)
{
    uint8_t pin[HM_PIN_SIZE];
    uint8_t shown[HM_PIN_SIZE];
    struct hm_buf pem;
    struct peer peer;
    gnutls_datum_t text;
    world_init(&world, true);
    world_start(&world);
    peer_open(&peer, &world);
    unsigned int count = 0;
    const gnutls_datum_t *der = gnutls_certificate_get_peers(peer.tls, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(gnutls_pem_base64_encode2("CERTIFICATE", der, &text), 0);
    hm_buf_init(&pem, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_put(&pem, text.data, text.size);

    ck_assert_int_eq(hm_certificate_pin(shown, hm_buf_bytes(&pem), NULL), HM_OK);
    ck_assert_int_eq(hm_certificate_pin(pin, hm_buf_bytes(&world.certificate), NULL),
                     HM_OK);

    ck_assert_mem_eq(shown, pin, HM_PIN_SIZE);
    gnutls_free(text.data);
    hm_buf_fini(&pem);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_header_that_drips_is_shut_at_its_deadline)
{
    struct hm_httpd_stats stats = {0};
    struct peer peer;
    int sent = 0;
    int64_t began;
    world_init(&world, _i == 0);
    world.options.limits.header_ms = 300;
    world_start(&world);
    peer_open(&peer, &world);
    began = now_ms();

    /* A byte each 20 ms: never silent, never done (A16). */
    struct pollfd ended = {.fd = peer.fd, .events = POLLIN};
    ck_assert(peer_say(&peer, "GET /v1/any HTTP/1.1\r\nX-A: "));
    while (poll(&ended, 1, 20) == 0 && sent < 500 && peer_send(&peer, "a", 1)) {
        sent++;
    }

    ck_assert_int_gt(sent, 0);
    ck_assert_int_lt(sent, 500);
    ck_assert_int_ge(now_ms() - began, 200);
    ck_assert(stats_wait(&stats.open, &stats, 0));
    ck_assert_int_eq(stats.overdue, 1);
    ck_assert_int_eq(stats.requests, 0);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_handshake_that_never_comes_is_shut_at_the_deadline)
{
    struct hm_httpd_stats stats = {0};
    int fd;
    world_init(&world, true);
    world.options.limits.header_ms = 200;
    world_start(&world);

    fd = peer_connect(hm_httpd_address(world.httpd));

    ck_assert(stats_wait(&stats.overdue, &stats, 1));
    ck_assert(stats_wait(&stats.open, &stats, 0));
    close(fd);
    world_fini(&world);
}
END_TEST

START_TEST(a_body_that_drips_is_broken_off_at_its_deadline)
{
    struct hm_httpd_stats stats = {0};
    struct peer peer;
    int sent = 0;
    world_init(&world, _i == 0);
    world.options.limits.body_ms = 300;
    world.options.limits.bytes_per_s = 100000;
    world_start(&world);
    peer_open(&peer, &world);
    peer_post_head(&peer, "/v1/sync", 10000);

    struct pollfd ended = {.fd = peer.fd, .events = POLLIN};
    while (poll(&ended, 1, 20) == 0 && sent < 500 && peer_send(&peer, "a", 1)) {
        sent++;
    }

    ck_assert_int_gt(sent, 0);
    ck_assert_int_lt(sent, 500);
    ck_assert(world_wait(&world, &world.closed, 1));
    ck_assert_int_eq(world.broken, 1);
    ck_assert_int_gt(world.chunk_bytes, 0);
    hm_httpd_stats(world.httpd, &stats);
    ck_assert_int_eq(stats.overdue, 1);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_body_may_take_as_long_as_its_length_at_the_least_pace)
{
    struct answer answer;
    struct peer peer;
    world_init(&world, true);
    world.options.limits.body_ms = 1;
    world.options.limits.bytes_per_s = 1000;
    world_start(&world);
    peer_open(&peer, &world);

    /* 2,000 bytes at 1,000 bytes/s: two seconds, and this takes half of one. */
    peer_post_head(&peer, "/v1/sync", 2000);
    for (int i = 0; i < 20; i++) {
        struct pollfd nothing = {.fd = -1};
        uint8_t *data = pattern_new(100);
        (void)poll(&nothing, 1, 25);
        ck_assert(peer_send(&peer, data, 100));
        free(data);
    }
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(no_clock_runs_while_a_handler_does)
{
    struct hm_httpd_stats stats = {0};
    struct pollfd nothing = {.fd = -1};
    struct answer answer;
    struct peer peer;
    world_init(&world, true);
    world.options.limits.body_ms = 100;
    world.options.limits.bytes_per_s = 1000000;
    world.blocks = true;
    world_start(&world);
    peer_open(&peer, &world);
    peer_post_head(&peer, "/v1/sync", 6);
    ck_assert(peer_say(&peer, "hello"));
    ck_assert(world_wait(&world, &world.blocked, 1));

    (void)poll(&nothing, 1, 400); /* four times its deadline */
    world_release(&world);
    ck_assert(peer_say(&peer, "!"));
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    hm_httpd_stats(world.httpd, &stats);
    ck_assert_int_eq(stats.overdue, 0);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_peer_that_does_not_read_its_reply_is_shut)
{
    const int little = 4096;
    struct hm_httpd_stats stats = {0};
    struct peer peer;
    world_init(&world, _i == 0);
    world.reply_size = 2 << 20;
    world.options.limits.body_ms = 300;
    world.options.limits.bytes_per_s = 100 << 20;
    world_start(&world);
    peer_open(&peer, &world);
    setsockopt(peer.fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little));

    peer_post_head(&peer, "/v1/sync", 0);

    ck_assert(world_wait(&world, &world.finished, 1));
    ck_assert(!world.last_complete);
    ck_assert_int_eq(world.closed, 1);
    ck_assert(stats_wait(&stats.open, &stats, 0));
    ck_assert_int_eq(stats.overdue, 1);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_silent_connection_is_closed_after_the_idle_time)
{
    struct hm_httpd_stats stats = {0};
    struct answer answer;
    struct peer peer;
    world_init(&world, _i == 0);
    world.options.limits.idle_s = 1;
    world_start(&world);
    peer_open(&peer, &world);

    ck_assert(peer_say(&peer, "GET /v1/any HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer_answer(&peer, &answer);
    ck_assert(peer_ended(&peer));

    ck_assert_int_eq(answer.status, 200);
    ck_assert(stats_wait(&stats.open, &stats, 0));
    ck_assert_int_eq(stats.overdue, 0);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(over_the_limit_the_newest_connection_is_refused)
{
    enum { MAX = 5 };
    struct hm_httpd_stats stats = {0};
    struct answer answer;
    int fds[MAX];
    int late;
    char byte;
    world_init(&world, false);
    if (_i == 0) {
        world.options.limits.connections_max = MAX;
    } else {
        world.options.limits.per_address_max = MAX;
    }
    world_start(&world);
    for (int i = 0; i < MAX; i++) {
        fds[i] = peer_connect(hm_httpd_address(world.httpd));
    }
    ck_assert(stats_wait(&stats.open, &stats, MAX));

    late = peer_connect(hm_httpd_address(world.httpd));
    ssize_t got = recv(late, &byte, 1, 0);

    ck_assert_int_le(got, 0);
    ck_assert(stats_wait(&stats.open, &stats, MAX));
    ck_assert_int_eq(stats.refused, 1);
    for (int i = 0; i < MAX; i++) { /* the others are served */
        struct peer peer = {.fd = fds[i]};
        ck_assert(peer_say(&peer, "GET /v1/any HTTP/1.1\r\nHost: a\r\n\r\n"));
        peer_answer(&peer, &answer);
        ck_assert_int_eq(answer.status, 200);
        answer_fini(&answer);
        close(fds[i]);
    }
    close(late);
    world_fini(&world);
}
END_TEST

static void *client_run(void *arg)
{
    enum { SIZE = 10000 };
    int *good = arg;
    uint8_t *data = pattern_new(SIZE);
    struct answer answer;
    struct peer peer;
    peer_open(&peer, &world);
    for (int i = 0; i < 3; i++) {
        peer_post_head(&peer, "/v1/sync", SIZE);
        if (!peer_send(&peer, data, SIZE)) {
            break;
        }
        peer_answer(&peer, &answer);
        *good += answer.status == 200 && answer.body.size == 3000 &&
                 memcmp(answer.body.data, data, 3000) == 0;
        answer_fini(&answer);
    }
    peer_close(&peer);
    free(data);
    return NULL;
}

START_TEST(two_hundred_at_once_are_all_served)
{
    enum { COUNT = 200 };
    pthread_t threads[COUNT];
    int good[COUNT] = {0};
    struct hm_httpd_stats stats = {0};
    world_init(&world, true);
    world.reply_size = 3000;
    world.options.limits.threads = 8;
    world_start(&world);

    for (int i = 0; i < COUNT; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, client_run, &good[i]), 0);
    }
    for (int i = 0; i < COUNT; i++) {
        pthread_join(threads[i], NULL);
    }

    for (int i = 0; i < COUNT; i++) {
        ck_assert_int_eq(good[i], 3);
    }
    ck_assert(stats_wait(&stats.open, &stats, 0));
    ck_assert_int_eq(stats.requests, 600);
    ck_assert_int_eq(stats.running, 0);
    ck_assert_int_eq(world.closed, 600);
    ck_assert_int_eq(world.broken, 0);
    world_fini(&world);
}
END_TEST

START_TEST(a_blocked_handler_does_not_hold_up_the_next_connection)
{
    struct answer answer;
    struct peer slow;
    struct peer quick;
    world_init(&world, true);
    world.blocks = true;
    world.options.limits.threads = 2;
    world_start(&world);
    peer_open(&slow, &world);
    peer_post_head(&slow, "/v1/sync", 5);
    ck_assert(peer_say(&slow, "hello"));
    ck_assert(world_wait(&world, &world.blocked, 1));

    for (int i = 0; i < 10; i++) {
        peer_open(&quick, &world);
        ck_assert(peer_say(&quick, "GET /v1/none HTTP/1.1\r\nHost: a\r\n\r\n"));
        peer_answer(&quick, &answer);
        ck_assert_int_eq(answer.status, 404);
        answer_fini(&answer);
        peer_close(&quick);
    }

    world_release(&world);
    peer_answer(&slow, &answer);
    ck_assert_int_eq(answer.status, 200);
    answer_fini(&answer);
    peer_close(&slow);
    world_fini(&world);
}
END_TEST

static void *stop_run(void *arg)
{
    hm_httpd_stop(world.httpd, *(const int64_t *)arg);
    return NULL;
}

/* Waits until nothing listens there any more. */
static bool deaf_wait(const char *address)
{
    struct pollfd nothing = {.fd = -1};
    struct sockaddr_in to = {.sin_family = AF_INET};
    to.sin_port = htons((uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < WAIT_MS / 10; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int code = connect(fd, (struct sockaddr *)&to, sizeof(to));
        close(fd);
        if (code != 0) {
            return true;
        }
        (void)poll(&nothing, 1, 10);
    }
    return false;
}

START_TEST(stopping_lets_a_request_end_and_takes_no_new_one)
{
    int64_t grace_ms = WAIT_MS;
    struct answer answer;
    struct peer peer;
    struct peer kept;
    pthread_t thread;
    char address[64];
    world_init(&world, true);
    world.blocks = true;
    world.reply_size = 100000;
    world.options.limits.threads = 2;
    world_start(&world);
    snprintf(address, sizeof(address), "%s", hm_httpd_address(world.httpd));
    peer_open(&peer, &world);
    peer_open(&kept, &world); /* the other worker's: the first one's handler is busy */
    peer_post_head(&peer, "/v1/sync", 10);
    ck_assert(peer_say(&peer, "hello"));
    ck_assert(world_wait(&world, &world.blocked, 1));

    ck_assert_int_eq(pthread_create(&thread, NULL, stop_run, &grace_ms), 0);
    ck_assert(deaf_wait(address));
    ck_assert(peer_say(&kept, "GET /v1/any HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer_answer(&kept, &answer);
    ck_assert_int_eq(answer.status, 503);
    ck_assert(hm_bytes_are(hm_buf_bytes(&answer.body), "{\"type\":\"http-stopping\"}"));
    answer_fini(&answer);
    world_release(&world);
    ck_assert(peer_say(&peer, "world"));
    peer_answer(&peer, &answer);
    pthread_join(thread, NULL);
    world.httpd = NULL;

    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_eq(answer.body.size, 100000);
    ck_assert_int_eq(world.ended, 1);
    ck_assert_int_eq(world.closed, 1);
    answer_fini(&answer);
    peer_close(&peer);
    peer_close(&kept);
    world_fini(&world);
}
END_TEST

START_TEST(what_does_not_end_in_time_is_broken_off)
{
    struct peer peer;
    int64_t began;
    world_init(&world, true);
    world_start(&world);
    peer_open(&peer, &world);
    peer_post_head(&peer, "/v1/sync", 10);
    ck_assert(peer_say(&peer, "hello"));
    ck_assert(world_wait(&world, &world.begun, 1));
    began = now_ms();

    hm_httpd_stop(world.httpd, 200);
    world.httpd = NULL;

    ck_assert_int_ge(now_ms() - began, 199);
    ck_assert_int_eq(world.broken, 1);
    ck_assert_int_eq(world.closed, 1);
    ck_assert_int_eq(world.chunk_bytes, 5);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(an_idle_server_stops_at_once)
{
    struct peer peer;
    int64_t began;
    world_init(&world, true);
    world_start(&world);
    peer_open(&peer, &world);
    began = now_ms();

    hm_httpd_stop(world.httpd, WAIT_MS);
    world.httpd = NULL;

    ck_assert_int_lt(now_ms() - began, WAIT_MS / 4);
    ck_assert(peer_ended(&peer));
    peer_close(&peer);
    hm_httpd_stop(NULL, 0);
    world_fini(&world);
}
END_TEST

static void add_starts(TCase *all)
{
    tcase_add_loop_test(all, an_address_is_reported_with_the_port_that_was_free, 0, 2);
    tcase_add_loop_test(all, an_address_that_cannot_be_read_is_a_mistake_of_usage, 0, 16);
    tcase_add_test(all, plain_text_is_served_on_loopback_only);
    tcase_add_test(all, an_address_in_use_is_locked);
    tcase_add_test(all, an_address_of_another_machine_is_an_io_failure);
    tcase_add_test(all, a_certificate_that_is_none_is_refused_at_the_start);
    tcase_add_test(all, only_tls_1_3_is_spoken);
    tcase_add_test(all, the_certificate_shown_is_the_one_of_the_pin);
}

static void add_clocks(TCase *all)
{
    tcase_add_loop_test(all, a_header_that_drips_is_shut_at_its_deadline, 0, 2);
    tcase_add_test(all, a_handshake_that_never_comes_is_shut_at_the_deadline);
    tcase_add_loop_test(all, a_body_that_drips_is_broken_off_at_its_deadline, 0, 2);
    tcase_add_test(all, a_body_may_take_as_long_as_its_length_at_the_least_pace);
    tcase_add_test(all, no_clock_runs_while_a_handler_does);
    tcase_add_loop_test(all, a_peer_that_does_not_read_its_reply_is_shut, 0, 2);
    tcase_add_loop_test(all, a_silent_connection_is_closed_after_the_idle_time, 0, 2);
}

int main(void)
{
    Suite *suite = suite_create("httpd/server");
    TCase *starts = tcase_create("start");
    TCase *clocks = tcase_create("clock");
    TCase *load = tcase_create("load");
    SRunner *runner = srunner_create(suite);
    int failed;
    add_starts(starts);
    add_clocks(clocks);
    tcase_add_loop_test(load, over_the_limit_the_newest_connection_is_refused, 0, 2);
    tcase_add_test(load, two_hundred_at_once_are_all_served);
    tcase_add_test(load, a_blocked_handler_does_not_hold_up_the_next_connection);
    tcase_add_test(load, stopping_lets_a_request_end_and_takes_no_new_one);
    tcase_add_test(load, what_does_not_end_in_time_is_broken_off);
    tcase_add_test(load, an_idle_server_stops_at_once);
    tcase_set_timeout(clocks, 60);
    tcase_set_timeout(load, 60);
    suite_add_tcase(suite, starts);
    suite_add_tcase(suite, clocks);
    suite_add_tcase(suite, load);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
