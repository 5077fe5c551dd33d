/* SPDX-License-Identifier: Apache-2.0 */
/* The next request's pages, made while the reply is on its way. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/pages.h"
#include "world.h"

/* More than the first request has room for. */
enum { CHANGES = 2000, ROUNDS_MAX = 50 };

static struct world world;
static struct world_laptop *laptop;
static struct hm_session *session;
static struct hm_err err;

static void add(int count)
{
    struct hm_author *author = NULL;
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    for (int i = 0; i < count; i++) {
        char address[160];
        struct hm_added added;
        unsigned n = (unsigned)i * 2654435761U + 1; /* texts that hardly pack */
        (void)snprintf(address, sizeof(address), "%u %u %u %u %u %u %u %u", n, n * 3U,
                       n * n, n * n * n, n * 7U, n * n * 5U, n ^ 0x5bd1e995U, n * 11U);
        const struct hm_field_input fields[] = {
            {hm_text("head_name"), hm_text("Lê Thị Út"), NULL},
            {hm_text("address_text"), hm_text(address), NULL}};
        ck_assert_int_eq(
            hm_author_add(author, hm_text("household"), fields, 2, &added, &err), HM_OK);
    }
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static void setup(void)
{
    hm_err_clear(&err);
    world_init(&world, hm_testenv_seed(11), hm_embedded_kinds, 1, 1);
    laptop = world_laptop_add(&world, "101-1", "recorder");
    ck_assert(world_sync(&world, laptop, &err));
    add(CHANGES);
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
}

static void teardown(void)
{
    hm_session_close(session);
    world_fini(&world);
}

static uint64_t sent(void)
{
    int64_t epoch = 0;
    struct hm_origin origin;
    struct hm_id device = hm_sign_device(&laptop->key);
    ck_assert_int_eq(hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &epoch, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_origin_get(laptop->store, &device, (uint32_t)epoch, false,
                                         &origin, &err),
                     HM_OK);
    return origin.sent;
}

/* One exchange in which the next one's pages are made; `seen` bytes of it arrive, and so
 * many of the reply. */
static enum hm_session_next exchange(size_t seen, size_t taken)
{
    struct hm_buf request;
    struct world_visit visit;
    hm_err_clear(&err);
    hm_buf_init(&request, HM_HEADER_MAX + HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
    world_visit_init(&visit, hm_buf_bytes(&request));
    visit.seen = seen;
    hm_session_ahead(session);
    world_serve(&world, &visit, 1);
    enum hm_session_next next = world_take(&world, session, &visit, taken, &err);
    world_visit_fini(&visit);
    hm_buf_fini(&request);
    return next;
}

static int finish(void)
{
    enum hm_session_next next = HM_SESSION_AGAIN;
    int rounds = 0;
    while (next != HM_SESSION_DONE && next != HM_SESSION_STOP && rounds < ROUNDS_MAX) {
        next = exchange(SIZE_MAX, SIZE_MAX);
        rounds++;
    }
    ck_assert_int_eq(next, HM_SESSION_DONE);
    ck_assert(world_agrees(&world, laptop, "101-1"));
    return rounds;
}

START_TEST(pages_made_ahead_arrive_like_all_others)
{
    int rounds = finish();

    ck_assert_int_ge(rounds, 2);
    ck_assert_uint_eq(hm_session_stats(session)->changes_up, CHANGES);
}
END_TEST

START_TEST(making_pages_ahead_changes_nothing_in_the_store)
{
    struct hm_buf request;
    hm_buf_init(&request, HM_HEADER_MAX + HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
    uint64_t before = sent();
    ck_assert_uint_lt(before, CHANGES);

    hm_session_ahead(session);

    ck_assert_uint_eq(sent(), before);
    hm_buf_fini(&request);
    ck_assert_int_eq(hm_session_end(session, false, NULL, 1, &err), HM_SESSION_RETRY);
    (void)finish();
}
END_TEST

START_TEST(what_is_saved_after_pages_were_made_ahead_goes_with_a_later_request)
{
    ck_assert_int_eq(exchange(SIZE_MAX, SIZE_MAX), HM_SESSION_AGAIN);
    add(3);

    (void)finish();

    ck_assert_uint_eq(hm_session_stats(session)->changes_up, CHANGES + 3);
}
END_TEST

START_TEST(pages_made_ahead_of_a_request_that_is_cut_are_made_again)
{
    ck_assert_int_eq(exchange(20000, 0), HM_SESSION_RETRY);
    ck_assert_int_eq(exchange(SIZE_MAX, 100), HM_SESSION_RETRY);

    (void)finish();

    ck_assert_uint_eq(hm_session_stats(session)->changes_up, CHANGES);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("ahead");
    TCase *t = tcase_create("upload");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, pages_made_ahead_arrive_like_all_others);
    tcase_add_test(t, making_pages_ahead_changes_nothing_in_the_store);
    tcase_add_test(t,
                   what_is_saved_after_pages_were_made_ahead_goes_with_a_later_request);
    tcase_add_test(t, pages_made_ahead_of_a_request_that_is_cut_are_made_again);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
