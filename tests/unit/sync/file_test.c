/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that travel in files: late, twice, in any order, and to the wrong ones. */
#include <string.h>

#include "files.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/stream.h"
#include "run.h"

enum { HISTORIES = 12, STEPS = 14, MANY = 1300 };

START_TEST(what_files_carry_is_what_the_network_carries)
{
    struct world network;
    struct hm_digest there;
    struct hm_digest here;
    world_init(&network, hm_testenv_seed(7), hm_embedded_kinds, 1, 2);
    struct world_laptop *c = world_laptop_add(&network, "101-1", "recorder");
    struct world_laptop *d = world_laptop_add(&network, "101-1", "hamlet_head");
    add(a, 40);
    add(b, 30);
    add(c, 40);
    add(d, 30);
    ck_assert(world_sync(&network, c, &err) && world_sync(&network, d, &err) &&
              world_sync(&network, c, &err));

    by_files(a);
    by_files(b);
    by_files(a);

    ck_assert(world_agrees(&world, a, "101-1") && world_agrees(&world, b, "101-1"));
    ck_assert_int_eq(hm_store_digest(network.store, hm_text("101-1"), &there, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_digest(world.store, hm_text("101-1"), &here, &err), HM_OK);
    ck_assert(hm_digest_equal(&here, &there));
    world_fini(&network);
}
END_TEST

/* How many pages stand in a body, none of which needs anything but itself. */
static size_t pages_alone(const struct hm_buf *body)
{
    struct hm_inflate *inflate = NULL;
    struct hm_buf text;
    size_t pages = 0;
    const uint8_t *from = memchr(body->data, '\n', body->size);
    struct hm_bytes stream = {from + 1, body->size - (size_t)(from + 1 - body->data)};
    hm_buf_init(&text, HM_INFLATE_BYTES_MAX);
    ck_assert_int_eq(hm_inflate_open(&inflate, &err), HM_OK);
    ck_assert_int_eq(hm_inflate_put(inflate, &text, stream, &err), HM_OK);
    for (uint8_t *at = text.data, *page = at, *end = NULL;
         (end = memchr(at, '\n', text.size - (size_t)(at - text.data))) != NULL;
         at = end + 1) {
        struct hm_bytes line = {at, (size_t)(end - at)};
        if (hm_line_kind(line) == HM_LINE_PAGE) {
            page = at;
        } else if (hm_line_kind(line) == HM_LINE_TAIL) {
            struct hm_page_draft *draft = NULL;
            size_t needs = 0;
            struct hm_bytes lines = {page, (size_t)(end - page) + 1};
            ck_assert_int_eq(hm_page_draft_open(&draft, lines, &err), HM_OK);
            (void)hm_page_draft_needs(draft, &needs);
            ck_assert_uint_eq(needs, 0);
            hm_page_draft_free(draft);
            pages++;
        }
    }
    hm_inflate_close(inflate);
    hm_buf_fini(&text);
    return pages;
}

START_TEST(no_page_of_a_file_points_out_of_itself)
{
    struct file up;
    struct file down;
    add(b, 60);
    by_files(b);
    by_files(a);
    add(b, 60);
    write_up(&up, b);
    take_all_up(&up);
    write_down(&down, a);

    ck_assert_uint_gt(pages_alone(&up.bodies[0]), 3);
    ck_assert_uint_gt(pages_alone(&down.bodies[0]), 3);
    drop(&down);
    drop(&up);
}
END_TEST

/*
 * What the file names by number is the chain on the server, and a branch on the laptop:
 * that was told of both ways since, and of the other one first.
 */
START_TEST(numbers_of_a_file_mean_its_own_pages_though_another_way_stands_in_the_chain)
{
    struct file up;
    struct file down;
    ck_assert(world_sync(&world, a, &err) && world_sync(&world, b, &err));
    add(a, 1);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    hm_testenv_advance(&twin->env, 1000);
    add(a, 3);
    add(twin, 1);
    ck_assert(world_sync(&world, a, &err));
    write_down(&down, b);
    write_up(&up, twin);
    (void)take_up(&up.bodies[0], up.bodies[0].size);
    ck_assert(world_sync(&world, b, &err));

    ck_assert_uint_eq(take_all_down(b, &down), 0);

    ck_assert(world_agrees(&world, b, "101-1"));
    drop(&down);
    drop(&up);
}
END_TEST

START_TEST(bodies_of_a_laptop_may_come_in_any_order_twice_and_cut)
{
    struct file up;
    add(a, MANY);
    write_up(&up, a);
    ck_assert_uint_gt(up.count, 1);

    for (size_t i = up.count; i > 0; i--) {
        struct hm_buf *body = &up.bodies[i - 1];
        ck_assert_int_eq(take_up(body, body->size * 2 / 3), HM_PROBLEM_NONE);
        ck_assert_int_eq(take_up(body, body->size), HM_PROBLEM_NONE);
        ck_assert_int_eq(take_up(body, body->size), HM_PROBLEM_NONE);
    }

    ck_assert(world_agrees(&world, a, "101-1"));
    drop(&up);
}
END_TEST

START_TEST(a_body_of_a_file_is_no_request_and_a_request_no_body_of_a_file)
{
    struct file up;
    struct world_visit visit;
    struct hm_session *session = NULL;
    struct hm_buf request;
    add(a, 3);
    write_up(&up, a);
    hm_buf_init(&request, HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_session_open(&session, a->store, &a->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);

    world_visit_init(&visit, hm_buf_bytes(&up.bodies[0]));
    world_serve(&world, &visit, 1);

    ck_assert_int_eq(visit.http, 401);
    ck_assert_int_eq(take_up(&request, request.size), HM_PROBLEM_SIGNATURE);
    ck_assert(!world_agrees(&world, a, "101-1"));
    world_visit_fini(&visit);
    hm_session_close(session);
    hm_buf_fini(&request);
    drop(&up);
}
END_TEST

/* Laptops that write, meet the network or send files, which wait, come twice or never. */
static uint64_t play(void)
{
    struct world_laptop *laptops[] = {a, b};
    struct file waiting[STEPS];
    size_t count = 0;
    uint64_t carried = 0;
    for (int step = 0; step < STEPS; step++) {
        struct world_laptop *laptop = laptops[hm_testenv_below(&world.env, 2)];
        switch (hm_testenv_below(&world.env, 5)) {
        case 0:
        case 1:
            add(laptop, 1 + (int)hm_testenv_below(&world.env, 30));
            break;
        case 2:
            write_up(&waiting[count++], laptop);
            break;
        case 3:
            by_files(laptop);
            carried++;
            break;
        default:
            ck_assert(world_sync(&world, laptop, &err));
            break;
        }
        if (count > 0 && hm_testenv_below(&world.env, 3) == 0) {
            take_all_up(&waiting[hm_testenv_below(&world.env, count)]);
            carried++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        drop(&waiting[i]);
    }
    return carried;
}

START_TEST(files_and_network_in_any_mixture_lose_and_double_nothing)
{
    uint64_t files = 0;
    for (uint64_t i = 0; i < HISTORIES; i++) {
        files += play();
        for (int round = 0; round < 2; round++) {
            ck_assert_msg(world_sync(&world, a, &err), "%s", err.key);
            ck_assert_msg(world_sync(&world, b, &err), "%s", err.key);
        }
        ck_assert(world_agrees(&world, a, "101-1"));
        ck_assert(world_agrees(&world, b, "101-1"));
    }

    ck_assert_uint_gt(files, HISTORIES);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync file");
    TCase *cases = tcase_create("files");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, what_files_carry_is_what_the_network_carries);
    tcase_add_test(cases, no_page_of_a_file_points_out_of_itself);
    tcase_add_test(
        cases,
        numbers_of_a_file_mean_its_own_pages_though_another_way_stands_in_the_chain);
    tcase_add_test(cases, bodies_of_a_laptop_may_come_in_any_order_twice_and_cut);
    tcase_add_test(cases, a_body_of_a_file_is_no_request_and_a_request_no_body_of_a_file);
    tcase_add_test(cases, files_and_network_in_any_mixture_lose_and_double_nothing);
    suite_add_tcase(suite, cases);
    return hm_run(suite);
}
