/* SPDX-License-Identifier: Apache-2.0 */
/* The client and the server of this project, one against the other, over a relay. */
#include "hamlet/net/client.h"
#include "tests/integration/relay.h"
#include "tests/unit/httpd/world.h"

static struct world world;

/* A request, what is asked of it, and what came. */
struct call {
    struct hm_net_request request;
    char url[160];
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
    ck_assert_int_eq(
        hm_certificate_pin(call->pin, hm_buf_bytes(&world.certificate), NULL), HM_OK);
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
    /* The whole of it on the wire, handshake too: 1,000 bytes are the reply. */
    ck_assert_int_le(relay.ways[RELAY_UP].bytes, 500);
    ck_assert_int_le(relay.ways[RELAY_DOWN].bytes - 1000, 850);
    call_fini(&call);
    world_fini(&world);
}
END_TEST

START_TEST(a_server_with_another_key_sees_no_byte_of_a_request)
{
    struct hm_net *net = net_open(NULL);
    struct hm_httpd_stats stats = {0};
    struct relay relay;
    struct call call;
    world_init(&world, true);
    world_start(&world);
    relay_start(&relay, hm_httpd_address(world.httpd), -1);
    call_init(&call, relay.url, hm_text("secret"));
    call.pin[31] ^= 1;

    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_PROTOCOL);
    ck_assert_str_eq(call.result.err.key, "server-key");
    ck_assert_int_eq(call.result.bytes_up, 0);
    ck_assert_int_eq(call.result.http, 0);
    ck_assert_int_eq(call.heads, 0);
    hm_net_close(net);
    relay_stop(&relay);
    /* Its Finished, and perhaps that it closes: nothing else under the new keys. */
    ck_assert_int_le(relay.ways[RELAY_UP].data_records, 2);
    ck_assert_uint_le(relay.ways[RELAY_UP].record_max, 4 + 48 + 17);
    hm_httpd_stats(world.httpd, &stats);
    ck_assert_int_eq(stats.requests, 0);
    call_fini(&call);
    world_fini(&world);
}
END_TEST

START_TEST(a_connection_is_used_again_until_idle)
{
    struct hm_net *net = net_open(NULL);
    struct hm_httpd_stats stats = {0};
    struct call call;
    char base[128];
    world_init(&world, true);
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));

    for (int i = 0; i < 4; i++) {
        call_init(&call, base, hm_text("hello"));
        call_run(&call, net);
        ck_assert_int_eq(call.result.status, HM_OK);
        ck_assert_int_eq(call.result.reused, i == 1 || i == 2);
        call_fini(&call);
        if (i == 2) {
            hm_net_idle(net);
        }
    }

    hm_httpd_stats(world.httpd, &stats);
    ck_assert_int_eq(stats.connections, 2);
    ck_assert_int_eq(stats.requests, 4);
    hm_net_close(net);
    world_fini(&world);
}
END_TEST

START_TEST(another_pin_does_not_use_the_connection_that_is_there)
{
    struct hm_net *net = net_open(NULL);
    struct call call;
    char base[128];
    world_init(&world, true);
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, hm_text("hello"));
    call_run(&call, net);
    ck_assert_int_eq(call.result.status, HM_OK);
    call_fini(&call);

    call_init(&call, base, hm_text("hello"));
    call.pin[0] ^= 1;
    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_PROTOCOL);
    ck_assert_str_eq(call.result.err.key, "server-key");
    ck_assert_int_eq(world.begun, 1);
    call_fini(&call);
    hm_net_close(net);
    world_fini(&world);
}
END_TEST

/* The server's key changes while it serves; `known`: what the laptop was told before. */
static enum hm_status change_key(bool known, const char **key)
{
    struct hm_net *net = net_open(NULL);
    struct hm_buf certificate;
    struct hm_buf other;
    struct call call;
    uint8_t spare[HM_NET_PIN_SIZE];
    char base[128];
    world_init(&world, true);
    world_start(&world);
    hm_buf_init(&certificate, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_init(&other, HM_CERTIFICATE_BYTES_MAX);
    ck_assert_int_eq(hm_certificate_make(&certificate, &other, NULL, NULL), HM_OK);
    ck_assert_int_eq(hm_certificate_pin(spare, hm_buf_bytes(&certificate), NULL), HM_OK);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, hm_text("before"));
    call.request.spare = spare;
    call_run(&call, net);
    ck_assert_int_eq(call.result.status, HM_OK);
    call_fini(&call);

    ck_assert_int_eq(hm_httpd_certify(world.httpd, hm_buf_bytes(&certificate),
                                      hm_buf_bytes(&other), NULL),
                     HM_OK);
    call_init(&call, base, hm_text("on the connection that stands"));
    call.request.spare = spare;
    call_run(&call, net);
    ck_assert_int_eq(call.result.status, HM_OK);
    ck_assert(call.result.reused);
    call_fini(&call);
    hm_net_idle(net);
    call_init(&call, base, hm_text("on a new one"));
    call.request.spare = known ? spare : NULL;
    call_run(&call, net);

    enum hm_status status = call.result.status;
    *key = call.result.err.key;
    call_fini(&call);
    hm_net_close(net);
    hm_buf_fini(&other);
    hm_buf_fini(&certificate);
    world_fini(&world);
    return status;
}

START_TEST(a_spare_key_is_taken_in_place_of_the_first)
{
    const char *key = NULL;
    ck_assert_int_eq(change_key(true, &key), HM_OK);
    ck_assert_int_eq(change_key(false, &key), HM_PROTOCOL);
    ck_assert_str_eq(key, "server-key");
}
END_TEST

START_TEST(a_key_that_does_not_fit_leaves_what_was_there)
{
    struct hm_net *net = net_open(NULL);
    struct hm_buf certificate;
    struct hm_buf other;
    struct hm_err err = HM_ERR_NONE;
    struct call call;
    char base[128];
    world_init(&world, true);
    world_start(&world);
    hm_buf_init(&certificate, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_init(&other, HM_CERTIFICATE_BYTES_MAX);
    ck_assert_int_eq(hm_certificate_make(&certificate, &other, NULL, NULL), HM_OK);

    enum hm_status status = hm_httpd_certify(world.httpd, hm_buf_bytes(&certificate),
                                             hm_buf_bytes(&world.key), &err);

    ck_assert_int_eq(status, HM_CORRUPT);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, hm_text("hello"));
    call_run(&call, net);
    ck_assert_int_eq(call.result.status, HM_OK);
    call_fini(&call);
    hm_net_close(net);
    hm_buf_fini(&other);
    hm_buf_fini(&certificate);
    world_fini(&world);
}
END_TEST

START_TEST(a_kept_connection_that_died_is_replaced)
{
    enum { SIZE = 30000 };
    uint8_t *data = pattern_new(SIZE);
    struct hm_net *net = net_open(NULL);
    struct hm_httpd_stats stats = {0};
    struct pollfd nothing = {.fd = -1};
    struct call call;
    char base[128];
    world_init(&world, true);
    world.options.limits.idle_s = 1;
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, hm_text("hello"));
    call_run(&call, net);
    call_fini(&call);
    do { /* until the server has closed it */
        (void)poll(&nothing, 1, 20);
        hm_httpd_stats(world.httpd, &stats);
    } while (stats.open > 0);
    world.chunk_sum = 0;

    call_init(&call, base, (struct hm_bytes){data, SIZE});
    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_OK);
    ck_assert_int_eq(call.result.http, 200);
    ck_assert_uint_eq(world.chunk_sum, sum_of(data, SIZE));
    call_fini(&call);
    hm_net_close(net);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_cut_anywhere_is_no_server_and_what_arrived_was_shown)
{
    enum { SIZE = 20000, STEPS = 80 };
    uint8_t *data = pattern_new(SIZE);
    struct hm_net *net = net_open(NULL);
    int whole = 0;
    int cut = 0;
    world_init(&world, true);
    world.reply_size = SIZE;
    world_start(&world);

    for (int i = 0; i < STEPS; i++) {
        struct relay relay;
        struct call call;
        relay_start(&relay, hm_httpd_address(world.httpd), 1 + i * 43500 / STEPS);
        call_init(&call, relay.url, (struct hm_bytes){data, SIZE});
        call_run(&call, net);
        if (call.result.status == HM_OK) {
            whole++;
            ck_assert_uint_eq(call.reply.size, SIZE);
        } else {
            cut++;
            ck_assert_int_eq(call.result.status, HM_NO_SERVER);
            ck_assert_ptr_nonnull(call.result.err.key);
        }
        call_fini(&call);
        relay_stop(&relay);
    }
    hm_net_close(net);
    hm_httpd_stop(world.httpd, 1000);
    world.httpd = NULL;

    ck_assert_int_gt(cut, STEPS * 9 / 10);
    ck_assert_int_ge(whole, 0);
    ck_assert_int_eq(world.closed, world.begun);
    ck_assert_int_eq(world.broken + world.ended, world.begun);
    ck_assert_int_gt(world.broken, STEPS / 4);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(of_a_cut_body_the_server_has_every_whole_record)
{
    enum { SIZE = 60000, CUT = 40000 };
    uint8_t *data = pattern_new(SIZE);
    struct hm_net *net = net_open(NULL);
    struct relay relay;
    struct call call;
    world_init(&world, true);
    world_start(&world);
    relay_start(&relay, hm_httpd_address(world.httpd), CUT);
    call_init(&call, relay.url, (struct hm_bytes){data, SIZE});

    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_NO_SERVER);
    ck_assert_str_eq(call.result.err.key, "server-cut");
    ck_assert(world_wait(&world, &world.closed, 1));
    ck_assert_int_eq(world.broken, 1);
    ck_assert_uint_eq(world.chunk_sum, sum_of(data, (size_t)world.chunk_bytes));
    ck_assert_int_eq(world.chunk_bytes % HM_NET_RECORD_BYTES, 0);
    /* handshake and header, the framing of the records, and the one that was cut */
    ck_assert_int_ge(world.chunk_bytes, CUT - 1500 - CUT / HM_NET_RECORD_BYTES * 22 -
                                            HM_NET_RECORD_BYTES - 22);
    hm_net_close(net);
    relay_stop(&relay);
    call_fini(&call);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(an_early_refusal_stops_the_upload_and_is_read)
{
    enum { SIZE = 1 << 20 };
    uint8_t *data = pattern_new(SIZE);
    struct hm_net *net = net_open(NULL);
    struct relay relay;
    struct call call;
    world_init(&world, true);
    world.refuse_status = 503;
    world_start(&world);
    relay_start(&relay, hm_httpd_address(world.httpd), -1);
    relay.slow = true;
    call_init(&call, relay.url, (struct hm_bytes){data, SIZE});

    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_OK);
    ck_assert_int_eq(call.result.http, 503);
    ck_assert_int_eq(call.retry_after_s, 30);
    ck_assert(hm_bytes_are(hm_buf_bytes(&call.reply), "refused"));
    /* what was on the way when the refusal was read does not count against it */
    ck_assert_int_lt(call.result.bytes_up, (int64_t)SIZE * 3 / 4);
    call_fini(&call);
    hm_net_close(net);
    relay_stop(&relay);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_body_over_the_limit_is_refused_by_its_length)
{
    enum { SIZE = (1 << 20) + 1 };
    uint8_t *data = pattern_new(SIZE);
    struct hm_net *net = net_open(NULL);
    struct call call;
    char base[128];
    world_init(&world, true);
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, (struct hm_bytes){data, SIZE});

    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_OK);
    ck_assert_int_eq(call.result.http, 413);
    ck_assert_str_eq(call.type, "application/problem+json");
    ck_assert_int_eq(world.begun, 0);
    call_fini(&call);
    hm_net_close(net);
    world_fini(&world);
    free(data);
}
END_TEST

START_TEST(a_reply_over_the_cap_is_broken_off)
{
    struct hm_net *net = net_open(NULL);
    struct call call;
    char base[128];
    world_init(&world, true);
    world.reply_size = 100000;
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, hm_text("hello"));
    call.request.reply_max = _i == 0 ? 50000 : RECEIVED_MAX;
    call.stop_after = _i == 0 ? 0 : 50000;

    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_PROTOCOL);
    ck_assert_str_eq(call.result.err.key, _i == 0 ? "reply-too-big" : "server-reply");
    ck_assert_int_eq(call.result.http, 200);
    ck_assert_uint_le(call.reply.size, 50000 + 16384);
    call_fini(&call);
    hm_net_close(net);
    world_fini(&world);
}
END_TEST

START_TEST(a_server_that_falls_silent_is_given_up)
{
    const struct hm_net_limits limits = {.slow_s = 1};
    struct hm_net *net = net_open(&limits);
    struct call call;
    char base[128];
    world_init(&world, true);
    world.blocks = true;
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, hm_text("hello"));

    call_run(&call, net);

    ck_assert_int_eq(call.result.status, HM_NO_SERVER);
    ck_assert_str_eq(call.result.err.key, "server-slow");
    world_release(&world);
    call_fini(&call);
    hm_net_close(net);
    world_fini(&world);
}
END_TEST

START_TEST(a_cancelled_request_never_says_that_it_is_done)
{
    struct hm_net *net = net_open(NULL);
    struct call call;
    char base[128];
    world_init(&world, true);
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, hm_text("hello"));
    ck_assert_int_eq(hm_net_start(net, &call.request, NULL), HM_OK);

    hm_net_cancel(net);

    ck_assert(!hm_net_running(net));
    ck_assert_int_eq(call.done, 0);
    call_run(&call, net); /* and the next one goes */
    ck_assert_int_eq(call.result.http, 200);
    call_fini(&call);
    hm_net_close(net);
    world_fini(&world);
}
END_TEST

START_TEST(without_a_content_type_it_is_a_get)
{
    static const char *const lines[] = {"Cookie: a=b", NULL};
    struct hm_net *net = net_open(NULL);
    struct call call;
    char base[128];
    world_init(&world, true);
    world.reply_size = 3;
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    call_init(&call, base, HM_NO_BYTES);
    snprintf(call.url, sizeof(call.url), "%s/v1/any?x=1", base);
    call.request.content_type = NULL;
    call.request.headers = lines;

    call_run(&call, net);

    ck_assert_int_eq(call.result.http, 200);
    ck_assert_str_eq(world.last_query, "x=1");
    ck_assert_str_eq(world.last_cookie, "a=b");
    call_fini(&call);
    hm_net_close(net);
    world_fini(&world);
}
END_TEST

/* An event loop as small as one can be. */
struct loop {
    struct pollfd fds[8];
    int64_t due_ms; /* below 0: none */
    int watched;
};

static int64_t loop_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void loop_watch(void *ctx, int fd, unsigned int events)
{
    struct loop *loop = ctx;
    struct pollfd *place = NULL;
    loop->watched++;
    for (int i = 0; i < 8; i++) {
        if (loop->fds[i].fd == fd) {
            place = &loop->fds[i];
        }
    }
    for (int i = 0; i < 8 && place == NULL; i++) {
        place = loop->fds[i].fd < 0 ? &loop->fds[i] : NULL;
    }
    ck_assert_ptr_nonnull(place);
    place->fd = events == 0 ? -1 : fd;
    place->events = (short)(((events & HM_NET_READ) != 0 ? POLLIN : 0) |
                            ((events & HM_NET_WRITE) != 0 ? POLLOUT : 0));
}

static void loop_timer(void *ctx, int64_t ms)
{
    struct loop *loop = ctx;
    loop->due_ms = ms < 0 ? -1 : loop_now() + ms;
}

static void loop_round(struct loop *loop, struct hm_net *net)
{
    struct pollfd fds[8];
    int64_t wait = loop->due_ms < 0 ? -1 : loop->due_ms - loop_now();
    memcpy(fds, loop->fds, sizeof(fds));
    ck_assert_int_ge(poll(fds, 8, loop->due_ms >= 0 && wait < 0 ? 0 : (int)wait), 0);
    if (loop->due_ms >= 0 && loop_now() >= loop->due_ms) {
        loop->due_ms = -1;
        hm_net_timeout(net);
    }
    for (int i = 0; i < 8; i++) {
        if (fds[i].fd >= 0 && fds[i].revents != 0) {
            hm_net_ready(net, fds[i].fd,
                         ((fds[i].revents & POLLIN) != 0 ? HM_NET_READ : 0u) |
                             ((fds[i].revents & POLLOUT) != 0 ? HM_NET_WRITE : 0u));
        }
    }
}

START_TEST(an_event_loop_drives_it_and_is_left_with_nothing_to_watch)
{
    enum { SIZE = 100000 };
    uint8_t *data = pattern_new(SIZE);
    struct loop loop = {.due_ms = -1};
    struct hm_net_hooks hooks = {&loop, loop_watch, loop_timer};
    struct hm_net *net = NULL;
    struct call call;
    char base[128];
    for (int i = 0; i < 8; i++) {
        loop.fds[i].fd = -1;
    }
    world_init(&world, true);
    world.reply_size = SIZE;
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    ck_assert_int_eq(hm_net_open(&net, &hooks, NULL, NULL), HM_OK);

    for (int i = 0; i < 2; i++) {
        call_init(&call, base, (struct hm_bytes){data, SIZE});
        ck_assert_int_eq(hm_net_start(net, &call.request, NULL), HM_OK);
        while (call.done == 0) {
            loop_round(&loop, net);
        }
        ck_assert_int_eq(call.result.status, HM_OK);
        ck_assert_uint_eq(call.reply.size, SIZE);
        ck_assert_int_eq(call.result.reused, i == 1);
        call_fini(&call);
    }
    hm_net_idle(net);

    ck_assert_int_gt(loop.watched, 2);
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(loop.fds[i].fd, -1);
    }
    ck_assert_int_lt(loop.due_ms, 0);
    hm_net_close(net);
    world_fini(&world);
    free(data);
}
END_TEST

/* KiB that the process would not share with another one. */
static long anonymous_kib(void)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, "RssAnon:", 8) == 0) {
            kib = strtol(line + 8, NULL, 10);
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return kib;
}

/* In a process of its own (fork), so that the server's memory is not counted. */
START_TEST(an_idle_client_holds_little_memory)
{
    enum { SIZE = 300000 };
    uint8_t *data = pattern_new(SIZE);
    struct call call;
    char base[128];
    int shown[2];
    long kib[2] = {0, 0};
    world_init(&world, true);
    world.reply_size = SIZE;
    ck_assert_int_eq(pipe(shown), 0);
    int addresses[2];
    ck_assert_int_eq(pipe(addresses), 0);
    pid_t client = fork();
    if (client == 0) {
        ck_assert_int_gt(read(addresses[0], base, sizeof(base)), 0);
        struct hm_net *net = net_open(NULL);
        kib[0] = anonymous_kib();
        for (int i = 0; i < 3; i++) {
            call_init(&call, base, (struct hm_bytes){data, SIZE});
            call_run(&call, net);
            ck_assert_int_eq(call.result.http, 200);
            call_fini(&call);
        }
        hm_net_idle(net);
        kib[1] = anonymous_kib();
        _exit(write(shown[1], kib, sizeof(kib)) == (ssize_t)sizeof(kib) ? 0 : 1);
    }
    world_start(&world);
    snprintf(base, sizeof(base), "https://%s", hm_httpd_address(world.httpd));
    ck_assert_int_eq(write(addresses[1], base, sizeof(base)), sizeof(base));

    ck_assert_int_eq(read(shown[0], kib, sizeof(kib)), sizeof(kib));

    printf("client: %ld KiB anonymous when opened, %ld KiB idle after 3 requests\n",
           kib[0], kib[1]);
#ifndef __SANITIZE_ADDRESS__
    ck_assert_int_le(kib[1], 3072);
#endif
    world_fini(&world);
    free(data);
}
END_TEST

static void add_transfers(TCase *all)
{
    tcase_add_test(all, a_body_and_a_reply_cross_whole_in_records_of_2_kib);
    tcase_add_test(all, both_sides_count_the_same_bytes_and_few_of_them_are_header);
    tcase_add_test(all, a_server_with_another_key_sees_no_byte_of_a_request);
    tcase_add_test(all, a_connection_is_used_again_until_idle);
    tcase_add_test(all, another_pin_does_not_use_the_connection_that_is_there);
    tcase_add_test(all, a_spare_key_is_taken_in_place_of_the_first);
    tcase_add_test(all, a_key_that_does_not_fit_leaves_what_was_there);
    tcase_add_test(all, a_kept_connection_that_died_is_replaced);
    tcase_add_test(all, without_a_content_type_it_is_a_get);
    tcase_add_test(all, an_event_loop_drives_it_and_is_left_with_nothing_to_watch);
    tcase_add_test(all, an_idle_client_holds_little_memory);
}

static void add_failures(TCase *all)
{
    tcase_add_test(all, a_cut_anywhere_is_no_server_and_what_arrived_was_shown);
    tcase_add_test(all, of_a_cut_body_the_server_has_every_whole_record);
    tcase_add_test(all, an_early_refusal_stops_the_upload_and_is_read);
    tcase_add_test(all, a_body_over_the_limit_is_refused_by_its_length);
    tcase_add_loop_test(all, a_reply_over_the_cap_is_broken_off, 0, 2);
    tcase_add_test(all, a_server_that_falls_silent_is_given_up);
    tcase_add_test(all, a_cancelled_request_never_says_that_it_is_done);
}

int main(void)
{
    Suite *suite = suite_create("net_httpd");
    TCase *transfers = tcase_create("transfers");
    TCase *failures = tcase_create("failures");
    SRunner *runner = srunner_create(suite);
    int failed;
    add_transfers(transfers);
    add_failures(failures);
    tcase_set_timeout(transfers, 60);
    tcase_set_timeout(failures, 60);
    suite_add_tcase(suite, transfers);
    suite_add_tcase(suite, failures);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
