/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exchange in which one allocation fails, on either side: it is tried again later and
 * told so, nobody is blamed for it, and nothing is lost or doubled.
 */
#include <check.h>

#include "fault.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"
#include "hamlet/store/offers.h"
#include "run.h"
#include "sweep.h"
#include "tests/unit/sync/acts.h"

/* Every round is a whole exchange and leaves its work behind, so not every place is
 * tried. */
enum { WORK = 2, BODY_MAX = 4 * 1024 * 1024, STRIDE = 11 };
/* Of a refill: the incarnation is heard of, leaves, entries and pages of the registry,
 * the same of the units, and the first that comes down again. */
enum { OFFER_ROUNDS = 8, OFFER_STRIDE = 19, OFFER_SERVE_STRIDE = 71 };

static struct world_laptop *a;
static struct world_laptop *b;

static void setup(void)
{
    hm_fault_start();
    world_init(&world, 3, hm_embedded_kinds, 1, 1);
    a = world_laptop_add(&world, "101-1", "recorder");
    b = world_laptop_add(&world, "101-1", "hamlet_head");
    hm_err_clear(&err);
    ck_assert(world_sync(&world, a, &err));
    ck_assert(world_sync(&world, b, &err));
}

static void teardown(void)
{
    world_fini(&world);
}

/* Before each round both agree, then something is to go up and something down. */
static void before(void *ctx)
{
    (void)ctx;
    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, b, &err), "%s %s", err.key, err.arg[0]);
    (void)add(a, WORK);
    ck_assert_msg(world_sync(&world, a, &err), "%s %s", err.key, err.arg[0]);
    (void)add(b, WORK);
}

/* The whole request, served without a fault. */
static void serve(struct hm_buf *request, struct world_visit *visit)
{
    world_visit_init(visit, hm_buf_bytes(request));
    world_serve(&world, visit, 1);
}

static enum hm_status status_of(enum hm_session_next next, const struct hm_err *why)
{
    return next == HM_SESSION_DONE || next == HM_SESSION_AGAIN ? HM_OK : why->status;
}

/* The laptop's part, with the reply of a first request that went well. */
static struct hm_session *session;
static struct hm_buf request;
static struct world_visit visit;

static void before_take(void *ctx)
{
    before(ctx);
    hm_buf_clear(&request);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
    world_visit_fini(&visit);
    serve(&request, &visit);
}

static enum hm_status act_take(void *ctx, struct hm_err *why)
{
    (void)ctx;
    hm_session_answer(session, visit.http);
    (void)hm_session_put(session, hm_buf_bytes(&visit.reply));
    enum hm_session_next next = hm_session_end(session, true, NULL, 100, why);
    return status_of(next, why);
}

static enum hm_status act_request(void *ctx, struct hm_err *why)
{
    struct hm_session *mine = NULL;
    struct hm_buf body;
    (void)ctx;
    hm_buf_init(&body, BODY_MAX);
    enum hm_status status = hm_session_open(&mine, b->store, &b->secret, "test", why);
    if (status == HM_OK) {
        hm_session_begin(mine);
        status = hm_session_request(mine, &body, why);
    }
    hm_session_close(mine);
    hm_buf_fini(&body);
    return status;
}

/* The server's part; BUSY is how it says that there was no memory. */
static enum hm_status act_serve(void *ctx, struct hm_err *why)
{
    struct hm_serving *serving = NULL;
    struct hm_buf reply;
    (void)ctx;
    hm_buf_init(&reply, BODY_MAX);
    enum hm_status status = hm_serving_open(&serving, &world.self, request.size, why);
    if (status == HM_OK) {
        if (hm_serving_put(serving, world.reader, hm_buf_bytes(&request))) {
            hm_serving_end(serving);
        }
        if (hm_serving_commits(serving)) {
            status = hm_servings_commit(&serving, 1, world.store, why);
        }
        if (status == HM_OK && hm_serving_problem(serving) == HM_PROBLEM_NONE) {
            status = hm_serving_answer(serving, world.reader, &reply, why);
        }
        if (status == HM_OK && hm_serving_problem(serving) == HM_PROBLEM_BUSY) {
            status = hm_fail_memory(why);
        } else if (status == HM_OK && hm_serving_problem(serving) != HM_PROBLEM_NONE) {
            status =
                hm_fail(why, HM_PROTOCOL, hm_problem_name(hm_serving_problem(serving)),
                        NULL, NULL, NULL);
        }
    }
    hm_serving_close(serving);
    hm_buf_fini(&reply);
    return status;
}

static void before_serve(void *ctx)
{
    before(ctx);
    hm_buf_clear(&request);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
}

static void check_all(void)
{
    size_t records = 0;
    size_t different = 0;
    struct hm_store *const stores[] = {world.store, a->store, b->store};
    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, b, &err), "%s %s", err.key, err.arg[0]);
    ck_assert_msg(world_sync(&world, a, &err), "%s %s", err.key, err.arg[0]);
    ck_assert(world_agrees(&world, a, "101-1"));
    ck_assert(world_agrees(&world, b, "101-1"));
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(hm_store_check_file(stores[i], &err), HM_OK);
        ck_assert_int_eq(hm_store_check_derived(stores[i], &records, &different, &err),
                         HM_OK);
        ck_assert_uint_eq(different, 0);
    }
}

static void open_session(void)
{
    ck_assert_int_eq(hm_session_open(&session, b->store, &b->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    hm_buf_init(&request, BODY_MAX);
    world_visit_init(&visit, HM_NO_BYTES);
}

static void close_session(void)
{
    world_visit_fini(&visit);
    hm_buf_fini(&request);
    hm_session_close(session);
}

/* ---- a refill ---- */

static int offer_round;

/* The server lost everything, and this laptop has brought it so many rounds of it. */
static void before_offer(void *ctx)
{
    (void)ctx;
    hm_err_clear(&err);
    world_server_empty(&world);
    hm_session_close(session);
    session = NULL;
    ck_assert_int_eq(hm_session_open(&session, b->store, &b->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    for (int i = 0; i < offer_round; i++) {
        enum hm_session_next next =
            world_exchange(&world, b, session, &world_no_faults, &err);
        ck_assert_msg(next == HM_SESSION_AGAIN, "round %d: %d %s", i, next, err.key);
    }
}

static enum hm_status act_offer(void *ctx, struct hm_err *why)
{
    (void)ctx;
    hm_buf_clear(&request);
    return hm_session_request(session, &request, why);
}

static void before_serve_offer(void *ctx)
{
    before_offer(ctx);
    ck_assert_int_eq(act_offer(ctx, &err), HM_OK);
}

static void before_take_offer(void *ctx)
{
    before_serve_offer(ctx);
    world_visit_fini(&visit);
    serve(&request, &visit);
}

/* Nothing that came is waiting for its change, and everything is here again. */
static void check_refilled(void)
{
    bool any = true;
    check_all();
    ck_assert_int_eq(hm_store_offers_any(world.store, &any, &err), HM_OK);
    ck_assert(!any);
}

START_TEST(a_request_without_memory_is_not_sent)
{
    struct hm_sweep sweep = {.name = "request", .act = act_request};
    before(NULL);

    uint64_t failed = hm_sweep_memory(&sweep);

    ck_assert_uint_ge(failed, 60);
    check_all();
}
END_TEST

START_TEST(a_reply_without_memory_is_taken_later)
{
    struct hm_sweep sweep = {.name = "reply", .act = act_take, .before = before_take};
    open_session();

    uint64_t failed = hm_sweep_memory_some(&sweep, STRIDE);

    close_session();
    ck_assert_uint_ge(failed, 80);
    check_all();
}
END_TEST

START_TEST(a_server_without_memory_says_that_it_is_busy)
{
    struct hm_sweep sweep = {.name = "serve", .act = act_serve, .before = before_serve};
    open_session();

    uint64_t failed = hm_sweep_memory_some(&sweep, STRIDE);

    close_session();
    ck_assert_uint_ge(failed, 80);
    check_all();
}
END_TEST

static void sweep_offer(const char *name,
                        enum hm_status (*act)(void *ctx, struct hm_err *err),
                        void (*prepare)(void *ctx),
                        int round,
                        uint64_t stride)
{
    struct hm_sweep sweep = {.name = name, .act = act, .before = prepare};
    offer_round = round;
    before(NULL);
    ck_assert(world_sync(&world, b, &err));
    open_session();

    uint64_t failed = hm_sweep_memory_some(&sweep, stride);

    close_session();
    ck_assert_uint_ge(failed, 8);
    check_refilled();
}

/* ---- files ---- */

static const struct hm_id bundle = {{9}};
static struct hm_file_reader reader;
static struct hm_arena reader_arena;

/* One body of what is not acknowledged; nothing of it is noted (out.h says when). */
static enum hm_status act_file_body(void *ctx, struct hm_err *why)
{
    struct hm_session *mine = NULL;
    bool more = false;
    (void)ctx;
    hm_buf_clear(&request);
    enum hm_status status = hm_store_begin(b->store, why);
    if (status != HM_OK) {
        return status;
    }
    status = hm_session_open(&mine, b->store, &b->secret, "test", why);
    if (status == HM_OK) {
        status = hm_session_file_body(mine, &bundle, true, &request, &more, why);
    }
    hm_session_close(mine);
    hm_store_rollback(b->store);
    return status;
}

static void before_file_up(void *ctx)
{
    before(ctx);
    ck_assert_int_eq(act_file_body(ctx, &err), HM_OK);
}

static enum hm_status end_part(const struct hm_file_part *part, struct hm_err *why)
{
    enum hm_status status = hm_store_begin(world.store, why);
    if (status == HM_OK) {
        status = hm_file_part_taken(part, world.store, true, why);
    }
    if (status == HM_OK) {
        return hm_store_commit(world.store, why);
    }
    hm_store_rollback(world.store);
    return status;
}

static enum hm_status act_file_up(void *ctx, struct hm_err *why)
{
    struct hm_serving *serving = NULL;
    struct hm_file_part part = {
        .device = hm_sign_device(&b->key), .bundle = bundle, .number = 1};
    (void)ctx;
    enum hm_status status = hm_file_part_find(&part, world.store, why);
    if (status == HM_OK) {
        status = hm_serving_open(&serving, &world.self, request.size, why);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_serving_of_part(serving, &part);
    if (hm_serving_put(serving, world.reader, hm_buf_bytes(&request))) {
        hm_serving_end(serving);
    }
    if (hm_serving_commits(serving)) {
        status = hm_servings_commit(&serving, 1, world.store, why);
    }
    if (status == HM_OK && hm_serving_problem(serving) == HM_PROBLEM_BUSY) {
        status = hm_fail_memory(why);
    }
    hm_serving_close(serving);
    return status == HM_OK ? end_part(&part, why) : status;
}

/* What the server would write for b. */
static enum hm_status act_file_answer(void *ctx, struct hm_err *why)
{
    struct hm_serving *serving = NULL;
    struct hm_id device = hm_sign_device(&b->key);
    (void)ctx;
    hm_arena_clear(&reader_arena);
    hm_buf_clear(&request);
    enum hm_status status =
        hm_file_reader_get(&reader, world.store, &device, &reader_arena, why);
    if (status == HM_OK) {
        status = hm_serving_open(&serving, &world.self, 0, why);
    }
    if (status == HM_OK) {
        status = hm_serving_for_file(serving, world.store, &reader, why);
    }
    if (status == HM_OK) {
        status = hm_serving_answer(serving, world.store, &request, why);
    }
    if (status == HM_OK) {
        status = hm_file_reader_keep(&reader, &reader_arena, why);
    }
    hm_serving_close(serving);
    return status;
}

static void before_file_down(void *ctx)
{
    before(ctx);
    ck_assert_int_eq(act_file_answer(ctx, &err), HM_OK);
}

static enum hm_status act_file_down(void *ctx, struct hm_err *why)
{
    (void)ctx;
    enum hm_status status =
        hm_session_file_begin(session, reader.epoch, reader.incarnation, true, why);
    if (status == HM_OK) {
        (void)hm_session_put(session, hm_buf_bytes(&request));
        status = hm_session_file_end(session, true, why);
    }
    return status;
}

/* The same file once more, now that there is memory. */
static void again(void *ctx)
{
    enum hm_status (**act)(void *ctx, struct hm_err *err) = ctx;
    hm_err_clear(&err);
    ck_assert_msg((*act)(ctx, &err) == HM_OK, "%s %s", err.key, err.arg[0]);
}

static void sweep_file(const char *name,
                       enum hm_status (*act)(void *ctx, struct hm_err *err),
                       void (*prepare)(void *ctx))
{
    struct hm_sweep sweep = {
        .name = name, .act = act, .before = prepare, .unchanged = again, .ctx = &act};
    open_session();
    hm_arena_init(&reader_arena, HM_COMMAND_ARENA_MAX);

    uint64_t failed = hm_sweep_memory_some(&sweep, STRIDE);

    hm_arena_fini(&reader_arena);
    close_session();
    ck_assert_uint_ge(failed, 20);
    check_all();
}

START_TEST(a_body_for_a_file_without_memory_is_made_later)
{
    sweep_file("file body", act_file_body, before);
}
END_TEST

START_TEST(a_file_that_a_server_has_no_memory_for_is_taken_later)
{
    sweep_file("file up", act_file_up, before_file_up);
}
END_TEST

START_TEST(an_answer_for_a_file_without_memory_is_made_later)
{
    sweep_file("file answer", act_file_answer, before);
}
END_TEST

START_TEST(a_file_without_memory_is_taken_later)
{
    sweep_file("file down", act_file_down, before_file_down);
}
END_TEST

START_TEST(an_offer_without_memory_begins_again)
{
    sweep_offer("offer", act_offer, before_offer, _i, OFFER_STRIDE);
}
END_TEST

START_TEST(an_offer_that_a_server_has_no_memory_for_comes_again)
{
    sweep_offer("serve offer", act_serve, before_serve_offer, _i, OFFER_SERVE_STRIDE);
}
END_TEST

START_TEST(what_a_server_wants_is_asked_again_where_memory_ran_out)
{
    sweep_offer("take wants", act_take, before_take_offer, _i, OFFER_STRIDE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alloc");
    TCase *group = tcase_create("alloc");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_test(group, a_request_without_memory_is_not_sent);
    tcase_add_test(group, a_reply_without_memory_is_taken_later);
    tcase_add_test(group, a_server_without_memory_says_that_it_is_busy);
    tcase_add_test(group, a_body_for_a_file_without_memory_is_made_later);
    tcase_add_test(group, a_file_that_a_server_has_no_memory_for_is_taken_later);
    tcase_add_test(group, an_answer_for_a_file_without_memory_is_made_later);
    tcase_add_test(group, a_file_without_memory_is_taken_later);
    tcase_add_loop_test(group, an_offer_without_memory_begins_again, 1, OFFER_ROUNDS);
    tcase_add_loop_test(group, an_offer_that_a_server_has_no_memory_for_comes_again, 1,
                        OFFER_ROUNDS);
    tcase_add_loop_test(group, what_a_server_wants_is_asked_again_where_memory_ran_out, 1,
                        OFFER_ROUNDS);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
