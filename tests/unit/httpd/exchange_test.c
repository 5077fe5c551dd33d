/* SPDX-License-Identifier: Apache-2.0 */
/* One request, over TLS (loop 0) and plain (loop 1). */
#include "tests/unit/httpd/world.h"

static struct world world;

static void start(int loop)
{
    world_init(&world, loop == 0);
    world_start(&world);
}

START_TEST(a_body_is_shown_in_order_and_answered_at_the_end)
{
    enum { SIZE = 100000 };
    uint8_t *data = pattern_new(SIZE);
    struct answer answer;
    struct peer peer;
    start(_i);
    peer_open(&peer, &world);

    peer_post_head(&peer, "/v1/sync", SIZE);
    ck_assert(peer_send(&peer, data, SIZE));
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    ck_assert(world_wait(&world, &world.finished, 1));
    ck_assert_int_eq(world.chunk_bytes, SIZE);
    ck_assert_uint_eq(world.chunk_sum, sum_of(data, SIZE));
    ck_assert_int_eq(world.ended, 1);
    ck_assert_int_eq(world.broken, 0);
    ck_assert_int_eq(world.closed, 1);
    ck_assert_str_eq(world.last_peer, "127.0.0.1");
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_reply_is_whole_and_no_record_holds_more_than_2_kib)
{
    enum { SIZE = 300001 };
    uint8_t *data = pattern_new(SIZE);
    struct answer answer;
    struct peer peer;
    world_init(&world, _i == 0);
    world.reply_size = SIZE;
    world_start(&world);
    peer_open(&peer, &world);
    peer.record_max = 0;

    peer_post_head(&peer, "/v1/sync", 0);
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_eq(answer.body.size, SIZE);
    ck_assert_mem_eq(answer.body.data, data, SIZE);
    if (_i == 0) {
        /* one byte of type and sixteen of proof are not text */
        ck_assert_uint_eq(peer.record_max, HM_HTTPD_RECORD_BYTES + 17);
    }
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_connection_serves_many_requests)
{
    struct hm_httpd_stats stats = {0};
    struct answer answer;
    struct peer peer;
    start(_i);
    peer_open(&peer, &world);

    for (int i = 0; i < 20; i++) {
        peer_post_head(&peer, "/v1/sync", 5);
        ck_assert(peer_say(&peer, "hello"));
        peer_answer(&peer, &answer);
        ck_assert_int_eq(answer.status, 200);
        answer_fini(&answer);
        ck_assert(peer_say(&peer, "GET /v1/any HTTP/1.1\r\nHost: a\r\n\r\n"));
        peer_answer(&peer, &answer);
        ck_assert_int_eq(answer.status, 200);
        answer_fini(&answer);
        ck_assert(peer_say(&peer, "GET /v1/none HTTP/1.1\r\nHost: a\r\n\r\n"));
        peer_answer(&peer, &answer);
        ck_assert_int_eq(answer.status, 404);
        answer_fini(&answer);
    }

    hm_httpd_stats(world.httpd, &stats);
    ck_assert_int_eq(stats.connections, 1);
    ck_assert_int_eq(stats.requests, 60);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(the_counted_bytes_are_those_of_the_wire)
{
    struct answer answer;
    struct peer peer;
    world_init(&world, _i == 0);
    world.reply_size = 5000;
    world_start(&world);
    peer_open(&peer, &world);
    char head[] = "POST /v1/sync HTTP/1.1\r\nHost: localhost\r\nContent-Type: " SYNC_TYPE
                  "\r\nContent-Length: 7\r\n\r\n1234567";

    ck_assert(peer_say(&peer, head));
    peer_answer(&peer, &answer);

    ck_assert(world_wait(&world, &world.finished, 1));
    ck_assert_int_eq(world.last_in, strlen(head));
    ck_assert_int_eq(world.last_out, answer.head_size + answer.body.size);
    ck_assert_int_eq(world.last_status, 200);
    ck_assert(world.last_complete);
    ck_assert_uint_le(answer.head_size, 130);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

/* libmicrohttpd may see the end of a plain stream only when the peer is silent too long.
 */
START_TEST(a_body_that_breaks_off_is_shown_as_far_as_it_came_then_broken)
{
    enum { SIZE = 20000 };
    uint8_t *data = pattern_new(SIZE);
    struct peer peer;
    world_init(&world, _i == 0);
    world.options.limits.idle_s = 1;
    world_start(&world);
    peer_open(&peer, &world);

    peer_post_head(&peer, "/v1/sync", SIZE + 1);
    ck_assert(world_wait(&world, &world.begun, 1));
    ck_assert(peer_send(&peer, data, SIZE));
    peer_flush(&peer);
    peer_close(&peer);

    ck_assert(world_wait(&world, &world.closed, 1));
    ck_assert_int_eq(world.broken, 1);
    ck_assert_int_eq(world.ended, 0);
    ck_assert_int_eq(world.chunk_bytes, SIZE);
    ck_assert_uint_eq(world.chunk_sum, sum_of(data, SIZE));
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(what_arrived_before_a_reset_is_shown_though_a_handler_was_busy)
{
    enum { SIZE = 20000 };
    uint8_t *data = pattern_new(SIZE);
    struct peer peer;
    world_init(&world, true);
    world.blocks = true;
    world_start(&world);
    peer_open(&peer, &world);
    peer_post_head(&peer, "/v1/sync", SIZE + 1);
    ck_assert(peer_send(&peer, data, 2048));
    ck_assert(world_wait(&world, &world.blocked, 1));

    ck_assert(peer_send(&peer, data + 2048, SIZE - 2048));
    peer_flush(&peer);
    peer_reset(&peer);
    world_release(&world);

    ck_assert(world_wait(&world, &world.closed, 1));
    ck_assert_int_eq(world.broken, 1);
    ck_assert_int_eq(world.chunk_bytes, SIZE);
    ck_assert_uint_eq(world.chunk_sum, sum_of(data, SIZE));
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_reset_anywhere_closes_every_request_once)
{
    enum { SIZE = 3000 };
    uint8_t *data = pattern_new(SIZE);
    int begun;
    start(_i);

    for (int at = 0; at < 60; at++) {
        char head[300];
        struct peer peer;
        size_t head_size = (size_t)snprintf(
            head, sizeof(head),
            "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Type: " SYNC_TYPE
            "\r\nContent-Length: %d\r\n\r\n",
            SIZE);
        peer_open(&peer, &world);
        if (at < 20) {
            ck_assert(peer_send(&peer, head, head_size * (size_t)at / 20));
        } else {
            ck_assert(peer_send(&peer, head, head_size));
            ck_assert(peer_send(&peer, data, SIZE * (size_t)(at - 20) / 39));
        }
        peer_reset(&peer);
    }
    hm_httpd_stop(world.httpd, 1000);
    world.httpd = NULL;

    begun = world.begun;
    ck_assert_int_eq(world.closed, begun);
    ck_assert_int_eq(world.broken + world.ended, begun);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_refusal_before_the_body_reaches_a_peer_that_is_still_sending)
{
    enum { SIZE = 1 << 20 };
    uint8_t *data = pattern_new(SIZE);
    struct answer answer;
    struct peer peer;
    world_init(&world, _i == 0);
    world.options.limits.idle_s = 1;
    world.refuse_status = 503;
    world_start(&world);
    peer_open(&peer, &world);

    peer_post_head(&peer, "/v1/sync", SIZE);
    (void)peer_send(&peer, data, SIZE / 2);
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 503);
    ck_assert_ptr_nonnull(strstr(answer.head, "\r\nRetry-After: 30\r\n"));
    ck_assert_ptr_nonnull(strstr(answer.head, "\r\nConnection: close\r\n"));
    ck_assert(hm_bytes_are(hm_buf_bytes(&answer.body), "refused"));
    peer_close(&peer);
    ck_assert(world_wait(&world, &world.finished, 1));
    ck_assert_int_eq(world.last_out, answer.head_size + answer.body.size);
    ck_assert_int_eq(world.last_status, 503);
    ck_assert(world.last_complete);
    ck_assert_int_eq(world.chunk_bytes, 0);
    ck_assert_int_eq(world.closed, 1);
    ck_assert_int_eq(world.broken, 0);
    answer_fini(&answer);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_refused_body_that_is_read_to_its_end_closes_the_connection)
{
    struct answer answer;
    struct peer peer;
    world_init(&world, _i == 0);
    world.refuse_status = 403;
    world_start(&world);
    peer_open(&peer, &world);

    peer_post_head(&peer, "/v1/sync", 5);
    peer_answer(&peer, &answer);
    ck_assert(peer_say(&peer, "hello"));

    ck_assert_int_eq(answer.status, 403);
    ck_assert(peer_ended(&peer));
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_handler_may_answer_in_the_middle_of_a_body)
{
    enum { SIZE = 100000 };
    uint8_t *data = pattern_new(SIZE);
    struct answer answer;
    struct peer peer;
    world_init(&world, _i == 0);
    world.options.limits.idle_s = 1;
    world.early_after = 3000;
    world_start(&world);
    peer_open(&peer, &world);

    peer_post_head(&peer, "/v1/sync", SIZE);
    (void)peer_send(&peer, data, 10000);
    peer_answer(&peer, &answer);
    peer_close(&peer);

    ck_assert_int_eq(answer.status, 409);
    ck_assert(hm_bytes_are(hm_buf_bytes(&answer.body), "early"));
    ck_assert(world_wait(&world, &world.closed, 1));
    ck_assert_int_eq(world.ended, 0);
    ck_assert_int_eq(world.broken, 0);
    answer_fini(&answer);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(an_answer_at_the_last_piece_keeps_the_connection)
{
    struct answer answer;
    struct peer peer;
    world_init(&world, _i == 0);
    world.early_after = 5;
    world_start(&world);
    peer_open(&peer, &world);

    for (int i = 0; i < 3; i++) {
        peer_post_head(&peer, "/v1/sync", 5);
        ck_assert(peer_say(&peer, "hello"));
        peer_answer(&peer, &answer);
        ck_assert_int_eq(answer.status, 409);
        answer_fini(&answer);
    }

    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_peer_that_waits_for_leave_is_refused_before_it_sends)
{
    struct answer answer;
    struct peer peer;
    start(_i);
    peer_open(&peer, &world);

    ck_assert(peer_say(&peer,
                       "POST /v1/any HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                       "Content-Length: 4097\r\n\r\n"));
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 413);
    ck_assert(hm_bytes_are(hm_buf_bytes(&answer.body), "{\"type\":\"http-body-size\"}"));
    ck_assert(peer_ended(&peer));
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_handler_sees_query_headers_and_peer)
{
    struct answer answer;
    struct peer peer;
    start(_i);
    peer_open(&peer, &world);

    ck_assert(peer_say(&peer, "GET /v1/any?q=%41&r HTTP/1.1\r\nHost: a\r\n"
                              "Cookie: session=1\r\n\r\n"));
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(world.last_query, "q=%41&r");
    ck_assert_str_eq(world.last_cookie, "session=1");
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_header_of_a_reply_cannot_make_a_second_line)
{
    static const char *const bad[] = {"a\r\nSet-Cookie: x", "a\nb", "a\rb", "", "a\x7f"};
    struct hm_httpd_reply reply = {.status = 200};
    hm_buf_init(&reply.headers, 64);

    bool added = hm_httpd_reply_header(&reply, "Location", bad[_i]);
    bool named = hm_httpd_reply_header(&reply, "Bad: name", "x");
    bool full = hm_httpd_reply_header(
        &reply, "Long",
        "0123456789012345678901234567890123456789012345678901234567890123");
    bool good = hm_httpd_reply_header(&reply, "ETag", "\"1\"");

    ck_assert(!added);
    ck_assert(!named);
    ck_assert(!full);
    ck_assert(good);
    hm_buf_fini(&reply.headers);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("httpd/exchange");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_body_is_shown_in_order_and_answered_at_the_end, 0, 2);
    tcase_add_loop_test(all, a_reply_is_whole_and_no_record_holds_more_than_2_kib, 0, 2);
    tcase_add_loop_test(all, a_connection_serves_many_requests, 0, 2);
    tcase_add_loop_test(all, the_counted_bytes_are_those_of_the_wire, 0, 2);
    tcase_add_loop_test(
        all, a_body_that_breaks_off_is_shown_as_far_as_it_came_then_broken, 0, 2);
    tcase_add_loop_test(
        all, what_arrived_before_a_reset_is_shown_though_a_handler_was_busy, 0, 2);
    tcase_add_loop_test(all, a_reset_anywhere_closes_every_request_once, 0, 2);
    tcase_add_loop_test(
        all, a_refusal_before_the_body_reaches_a_peer_that_is_still_sending, 0, 2);
    tcase_add_loop_test(all, a_refused_body_that_is_read_to_its_end_closes_the_connection,
                        0, 2);
    tcase_add_loop_test(all, a_handler_may_answer_in_the_middle_of_a_body, 0, 2);
    tcase_add_loop_test(all, an_answer_at_the_last_piece_keeps_the_connection, 0, 2);
    tcase_add_loop_test(all, a_peer_that_waits_for_leave_is_refused_before_it_sends, 0,
                        2);
    tcase_add_loop_test(all, a_handler_sees_query_headers_and_peer, 0, 2);
    tcase_add_loop_test(all, a_header_of_a_reply_cannot_make_a_second_line, 0, 5);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
