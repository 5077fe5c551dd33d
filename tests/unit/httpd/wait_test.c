/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that have nothing to say yet; and whose port a Host names. */
#include "run.h"
#include "tests/unit/httpd/world.h"

static struct world world;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void wait_begin(struct peer *peer, bool tls, int64_t waits_ms)
{
    world_init(&world, tls);
    world.waits_ms = waits_ms;
    world.options.limits.threads = 1;
    world.options.limits.idle_s = 1;
    world_start(&world);
    peer_open(peer, &world);
    ck_assert(peer_say(peer, "GET /v1/any HTTP/1.1\r\nHost: a\r\n\r\n"));
    ck_assert(world_wait(&world, &world.ended, 1));
}

static void world_answers(void)
{
    pthread_mutex_lock(&world.lock);
    world.answers = true;
    world_changed(&world);
    hm_httpd_wake(world.httpd);
}

START_TEST(who_waits_is_asked_again_when_something_happened)
{
    struct answer answer;
    struct peer peer;
    wait_begin(&peer, _i == 1, WAIT_MS);

    hm_httpd_wake(world.httpd); /* for somebody else */
    ck_assert(world_wait(&world, &world.ended, 2));
    world_answers();
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    ck_assert(!world.waited);
    answer_fini(&answer);
    ck_assert(peer_say(&peer, "GET /v1/any HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer_answer(&peer, &answer);
    ck_assert_int_eq(answer.status, 200); /* the connection is as good as before */
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(who_waits_takes_no_thread)
{
    struct answer answer;
    struct peer waiting[8];
    struct peer peer;
    wait_begin(&waiting[0], false, WAIT_MS);
    for (size_t i = 1; i < 8; i++) {
        peer_open(&waiting[i], &world);
        ck_assert(peer_say(&waiting[i], "GET /v1/any HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    ck_assert(world_wait(&world, &world.ended, 8));

    peer_open(&peer, &world); /* beside one thread */
    ck_assert(peer_say(&peer, "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer_answer(&peer, &answer);
    ck_assert_int_eq(answer.status, 404);
    answer_fini(&answer);
    world_answers();

    for (size_t i = 0; i < 8; i++) {
        peer_answer(&waiting[i], &answer);
        ck_assert_int_eq(answer.status, 200);
        answer_fini(&answer);
        peer_close(&waiting[i]);
    }
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(who_waits_must_answer_when_the_time_is_over)
{
    struct answer answer;
    struct peer peer;
    int64_t began = now_ms();
    wait_begin(&peer, false, 150);

    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    ck_assert(world.waited);
    ck_assert_int_ge(now_ms() - began, 150);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(stopping_ends_every_wait)
{
    struct answer answer;
    struct peer peer;
    int64_t began = now_ms();
    wait_begin(&peer, false, WAIT_MS);

    hm_httpd_stop(world.httpd, WAIT_MS);
    world.httpd = NULL;

    peer_answer(&peer, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(world.waited);
    ck_assert_int_lt(now_ms() - began, WAIT_MS / 2);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(who_went_away_while_he_waited_is_closed)
{
    struct peer peer;
    wait_begin(&peer, false, WAIT_MS);
    peer_close(&peer);

    world_answers();

    ck_assert(world_wait(&world, &world.closed, 1));
    world_fini(&world);
}
END_TEST

/* ---- the own port ---- */

static int status_for_host(const char *host)
{
    char head[256];
    struct answer answer;
    struct peer peer;
    peer_open(&peer, &world);
    snprintf(head, sizeof(head), "GET /v1/any HTTP/1.1\r\nHost: %s\r\n\r\n", host);
    ck_assert(peer_say(&peer, head));
    peer_answer(&peer, &answer);
    int status = answer.status;
    answer_fini(&answer);
    peer_close(&peer);
    return status;
}

START_TEST(the_port_in_host_is_the_own_where_that_is_asked_for)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", NULL};
    static const char *const others[] = {
        "127.0.0.1",  "localhost",     "127.0.0.1:1",  "evil.test",
        "127.0.0.1:", "localhost:080", "localhost.:1", "127.0.0.1.nip.io"};
    char own[96];
    world_init(&world, false);
    world.options.hosts = hosts;
    world.options.host_port = true;
    world_start(&world);
    const char *port = strrchr(hm_httpd_address(world.httpd), ':');

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        ck_assert_int_eq(status_for_host(others[i]), 421);
    }
    snprintf(own, sizeof(own), "localhost.%s", port);
    ck_assert_int_eq(status_for_host(own), 421);
    snprintf(own, sizeof(own), "127.0.0.1%s0", port);
    ck_assert_int_eq(status_for_host(own), 421);
    snprintf(own, sizeof(own), "localhost%s", port);
    ck_assert_int_eq(status_for_host(own), 200);
    ck_assert_int_eq(status_for_host(hm_httpd_address(world.httpd)), 200);
    world_fini(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wait");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, who_waits_is_asked_again_when_something_happened, 0, 2);
    tcase_add_test(all, who_waits_takes_no_thread);
    tcase_add_test(all, who_waits_must_answer_when_the_time_is_over);
    tcase_add_test(all, stopping_ends_every_wait);
    tcase_add_test(all, who_went_away_while_he_waited_is_closed);
    tcase_add_test(all, the_port_in_host_is_the_own_where_that_is_asked_for);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
