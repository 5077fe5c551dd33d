/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole exchange, over real stores: whatever one side says, the other keeps only what
 * proves itself, and the honest exchange after it brings both to the same again. The
 * first byte chooses what the rest is:
 *
 *     0  the pages of a request, as text, under a header that the laptop signed
 *     1  a request as it stands
 *     2  the pages and entries of a reply, as text, under the server's own first line
 *     3  a reply as it stands, but for its lease: with one that the server never gave the
 *        laptop would be refused as a copy of itself. TLS alone vouches for it
 */
#include "exchange.h"

#include "hamlet/base/limits.h"
#include "hamlet/wire/reply.h"
#include "hamlet/wire/request.h"
#include "hamlet/wire/stream.h"

enum { SIDES = 4, BODY_MAX = 4 * 1024 * 1024 };

static void put_stream(struct hm_buf *body, struct hm_bytes text)
{
    struct hm_deflate *deflate = NULL;
    HM_ASSERT(hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_FAST, NULL) == HM_OK);
    HM_ASSERT(hm_deflate_put(deflate, body, text, HM_TEXTURE_ROWS, NULL) == HM_OK);
    HM_ASSERT(hm_deflate_end(deflate, body, NULL) == HM_OK);
    hm_deflate_close(deflate);
}

/* The header that `honest` begins with, signed again for another body. */
static void put_request(struct hm_buf *body,
                        const struct world *world,
                        const struct world_laptop *laptop,
                        struct hm_bytes honest,
                        struct hm_bytes text)
{
    struct hm_request request;
    struct hm_request_line parts;
    struct hm_arena arena;
    struct hm_buf stream;
    struct hm_bytes line = {honest.data, exchange_first_line(honest)};
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    hm_buf_init(&stream, BODY_MAX);
    put_stream(&stream, text);
    HM_ASSERT(hm_request_read(&request, &parts, line, &arena, NULL) == HM_OK);
    HM_ASSERT(hm_request_write(body, &request, stream.size, &world->self.server,
                               &laptop->secret, NULL) == HM_OK);
    hm_buf_put_bytes(body, hm_buf_bytes(&stream));
    hm_buf_fini(&stream);
    hm_arena_fini(&arena);
}

/* What the server is sent; `honest` is what the laptop would say. */
static void make_request(struct hm_buf *body,
                         const struct world *world,
                         const struct world_laptop *laptop,
                         struct hm_bytes honest,
                         uint8_t side,
                         struct hm_bytes input)
{
    if (side == 0) {
        put_request(body, world, laptop, honest, input);
    } else {
        hm_buf_put_bytes(body, side == 1 ? input : honest);
    }
}

/* `input` in the place of a reply, with the lease that the reply gave. */
static void put_reply(struct hm_buf *reply, struct hm_bytes input)
{
    const struct hm_id nobody = {{0}};
    struct hm_reply honest;
    struct hm_reply changed;
    struct hm_arena arena;
    const uint8_t *end = input.size == 0 ? NULL : memchr(input.data, '\n', input.size);
    struct hm_bytes line = {reply->data, exchange_first_line(hm_buf_bytes(reply))};
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    HM_ASSERT(hm_reply_read(&honest, line, &nobody, 1, &arena, NULL) == HM_OK);
    line = (struct hm_bytes){input.data, end == NULL ? 0 : (size_t)(end - input.data)};
    hm_buf_clear(reply);
    if (hm_reply_read(&changed, line, &nobody, 1, &arena, NULL) == HM_OK) {
        changed.lease = honest.lease;
        hm_reply_write(reply, &changed);
        input = (struct hm_bytes){end + 1, input.size - line.size - 1};
    }
    hm_buf_put_bytes(reply, input);
    hm_arena_fini(&arena);
}

/* What the laptop is answered, where that is not what the server said. */
static void change_reply(struct world_visit *visit, uint8_t side, struct hm_bytes input)
{
    if (side == 2) {
        visit->reply.size = exchange_first_line(hm_buf_bytes(&visit->reply)) + 1;
        put_stream(&visit->reply, input);
    } else if (side == 3) {
        put_reply(&visit->reply, input);
    }
}

static void exchange(struct world *world,
                     struct world_laptop *laptop,
                     uint8_t side,
                     struct hm_bytes input)
{
    struct hm_session *session = NULL;
    struct world_visit visit;
    struct hm_buf honest;
    struct hm_buf body;
    hm_buf_init(&honest, BODY_MAX);
    hm_buf_init(&body, BODY_MAX);
    HM_ASSERT(hm_session_open(&session, laptop->store, &laptop->secret, "test", NULL) ==
              HM_OK);
    hm_session_begin(session);
    HM_ASSERT(hm_session_request(session, &honest, NULL) == HM_OK);
    make_request(&body, world, laptop, hm_buf_bytes(&honest), side, input);
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(world, &visit, 1);
    HM_ASSERT(side < 2 ? visit.http != hm_problem_http(HM_PROBLEM_INTERNAL)
                       : visit.http == 200);
    change_reply(&visit, side, input);
    struct hm_err err = HM_ERR_NONE;
    enum hm_session_next next = world_take(world, session, &visit, SIZE_MAX, &err);
    HM_ASSERT(next == HM_SESSION_AGAIN || next == HM_SESSION_DONE || err.key != NULL);
    world_visit_fini(&visit);
    hm_session_close(session);
    hm_buf_fini(&body);
    hm_buf_fini(&honest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes input = {data, size};
    struct world world;
    uint8_t side = fuzz_choice(&input) % SIDES;
    struct world_laptop *laptop = exchange_open(&world);
    exchange(&world, laptop, side, input);
    HM_ASSERT(world_sync(&world, laptop, NULL));
    HM_ASSERT(world_agrees(&world, laptop, "101-1"));
    world_fini(&world);
    return 0;
}
