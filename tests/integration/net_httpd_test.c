/* SPDX-License-Identifier: Apache-2.0 */
/* The client and the server of this project, one against the other, over a relay. */
#include <malloc.h>

#include "hamlet/net/client.h"
#include "tests/integration/relay.h"
#include "tests/unit/httpd/world.h"

static struct world world;

/* A request, what is asked of it, and what came. */
struct call {
    struct hm_net_request request;
    char url[128];
    uint8_t pin[HM_NET_PIN_SIZE];
    struct hm_buf reply;
    int heads;
    int64_t retry_after_s;
    char type[64];
    int done;
    int64_t stop_after; /* `bytes` breaks off */
    struct hm_net_result result;
};

static void call_head(void *ctx, const struct hm_net_head *head)
{
    struct call *call = ctx;
    call->heads++;
    call->retry_after_s = head->retry_after_s;
    snprintf(call->type, sizeof(call->type), "%s", head->content_type);
}

static bool call_bytes(void *ctx, struct hm_bytes bytes)
{
    struct call *call = ctx;
    hm_buf_put_bytes(&call->reply, bytes);
    return call->stop_after == 0 || (int64_t)call->reply.size < call->stop_after;
}

static void call_done(void *ctx, const struct hm_net_result *result)
{
    struct call *call = ctx;
    call->done++;
    call->result = *result;
}

static void call_init(struct call *call, const char *base, struct hm_bytes body)
{
    memset(call, 0, sizeof(*call));
    hm_buf_init(&call->reply, RECEIVED_MAX);
    snprintf(call->url, sizeof(call->url), "%s/v1/sync", base);
    ck_assert_int_eq(hm_certificate_pin(call->pin, hm_buf_bytes(&world.certificate), NULL),
                     HM_OK);
    call->request = (struct hm_net_request){.url = call->url,
                                            .pin = call->pin,
                                            .content_type = SYNC_TYPE,
                                            .body = body,
                                            .reply_max = RECEIVED_MAX,
                                            .ctx = call,
                                            .head = call_head,
                                            .bytes = call_bytes,
                                            .done = call_done};
}

static void call_fini(struct call *call)
{
    hm_buf_fini(&call->reply);
}

static void call_run(struct call *call, struct hm_net *net)
{
    ck_assert_int_eq(hm_net_start(net, &call->request, NULL), HM_OK);
    hm_net_run(net);
    ck_assert_int_eq(call->done, 1);
}

static struct hm_net *net_open(const struct hm_net_limits *limits)
{
    struct hm_net *net = NULL;
    ck_assert_int_eq(hm_net_open(&net, NULL, limits, NULL), HM_OK);
    return net;
}

START_TEST(a_body_and_a_reply_cross_whole_in_records_of_2_kib)
{
    enum { SIZE = 200001 };
    uint8_t *data = pattern_new(SIZE);
    struct hm_net *net = net_open(NULL);
    struct relay relay;
    struct call call;
    world_init(&world, true);
    world.reply_size = SIZE;
    world_start(&world);
    relay_start(&relay, hm_httpd_address(world.httpd), -1);
    call_init(&call, relay.url, (struct hm_bytes){data, SIZE});

    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_OK);
    ck_assert_int_eq(call.result.http, 200);
    ck_assert_str_eq(call.type, SYNC_TYPE);
    ck_assert_uint_eq(call.reply.size, SIZE);
    ck_assert_mem_eq(call.reply.data, data, SIZE);
    ck_assert_uint_eq(world.chunk_sum, sum_of(data, SIZE));
    hm_net_close(net);
    relay_stop(&relay);
    ck_assert_uint_eq(relay.ways[RELAY_UP].record_max, HM_NET_RECORD_BYTES + 17);
    ck_assert_uint_eq(relay.ways[RELAY_DOWN].record_max, HM_HTTPD_RECORD_BYTES + 17);
    call_fini(&call);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(both_sides_count_the_same_bytes_and_few_of_them_are_header)
{
    struct hm_net *net = net_open(NULL);
    struct relay relay;
    struct call call;
    world_init(&world, true);
    world.reply_size = 1000;
    world_start(&world);
    relay_start(&relay, hm_httpd_address(world.httpd), -1);
    call_init(&call, relay.url, hm_text("hello"));

    call_run(&call, net);

    ck_assert(world_wait(&world, &world.finished, 1));
    ck_assert_int_eq(call.result.bytes_up, world.last_in);
    ck_assert_int_eq(call.result.bytes_down, world.last_out);
    ck_assert_int_le(call.result.bytes_up - 5, 130);
    ck_assert_int_le(call.result.bytes_down - 1000, 130);
    hm_net_close(net);
    relay_stop(&relay);
    printf("header up %d, down %d; wire up %d, down %d, records %d/%d\n",
           (int)call.result.bytes_up - 5, (int)call.result.bytes_down - 1000,
           (int)relay.ways[RELAY_UP].bytes, (int)relay.ways[RELAY_DOWN].bytes,
           (int)relay.ways[RELAY_UP].records, (int)relay.ways[RELAY_DOWN].records);
    call_fini(&call);
    world_fini(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net_httpd");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_body_and_a_reply_cross_whole_in_records_of_2_kib);
    tcase_add_test(all, both_sides_count_the_same_bytes_and_few_of_them_are_header);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
