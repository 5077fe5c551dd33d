/* SPDX-License-Identifier: Apache-2.0 */
/* Which change has which number, also after pages that came again. */
#include "hamlet/store/buckets.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/pages.h"
#include "server_world.h"

enum { TEN = 10 };

static int64_t origin;

static void make_origin(uint32_t epoch)
{
    struct hm_origin made;
    struct hm_id device = id_of(7);
    begin();
    ck_assert_int_eq(hm_store_origin_get(store, &device, epoch, true, &made, &err),
                     HM_OK);
    commit();
    origin = made.row;
}

static void put(uint64_t seq, int64_t first, size_t count)
{
    begin();
    ck_assert_int_eq(hm_store_envelopes_put(store, origin, seq, first, count, &err),
                     HM_OK);
    commit();
}

static struct hm_envelope of(int64_t change)
{
    struct hm_envelope envelope;
    ck_assert_int_eq(hm_store_envelope_of(store, change, &envelope, &err), HM_OK);
    return envelope;
}

START_TEST(pages_that_come_again_after_a_cut_leave_every_change_its_number)
{
    make_origin(1);
    put(1, 50, 5);
    put(6, 194, 12);

    for (uint64_t seq = 7; seq <= 9; seq++) { /* begun anew from there, and cut earlier */
        put(seq, 188 + (int64_t)seq, 17 - seq);
    }
    put(9, 197, 10); /* … and once one further */

    for (int64_t change = 194; change <= 206; change++) {
        ck_assert_int_eq(of(change).origin, origin);
        ck_assert_uint_eq(of(change).seq, (uint64_t)(change - 188));
        ck_assert_uint_eq(of(change).count, (uint64_t)(207 - change));
    }
    ck_assert_int_eq(of(207).origin, 0);
}
END_TEST

START_TEST(what_lies_between_known_numbers_is_filled_in)
{
    make_origin(1);
    put(3, 102, 2);
    put(7, 106, 1);

    put(1, 100, 10);

    for (int64_t change = 100; change < 110; change++) {
        ck_assert_uint_eq(of(change).seq, (uint64_t)(change - 99));
    }
}
END_TEST

START_TEST(a_number_once_given_stays_with_its_change)
{
    make_origin(1);
    put(1, 100, 3);

    put(2, 200, 3);

    ck_assert_uint_eq(of(101).seq, 2);
    ck_assert_uint_eq(of(102).seq, 3);
    ck_assert_int_eq(of(200).origin, 0);
    ck_assert_uint_eq(of(202).seq, 4);
}
END_TEST

START_TEST(a_change_in_a_longer_run_is_found_behind_a_shorter_one_of_another_epoch)
{
    make_origin(1);
    put(1, 100, 20);
    int64_t first = origin;
    make_origin(2);

    put(1, 105, 3);

    ck_assert_int_eq(of(106).origin, origin);
    ck_assert_int_eq(of(110).origin, first);
    ck_assert_uint_eq(of(110).seq, 11);
}
END_TEST

/* ---- what a server that came back is offered ---- */

/* Changes in rows 1 to 10, of which no entry speaks. */
static void put_ten(void)
{
    static const struct world_register none[] = {{NULL, NULL}};
    begin();
    for (int i = 0; i < TEN; i++) {
        (void)world_record(HM_KIND_DEVICE, NULL, none);
    }
    ck_assert_int_eq(hm_store_bucket_reset(store, hm_text(HM_HOME_REGISTRY), &err),
                     HM_OK);
    commit();
}

/* The rows that are offered, as "1 2 3 "; of `own` those up to `end`. */
static const char *offered(int64_t own, uint64_t end)
{
    static char rows[64];
    const struct hm_beyond beyond = {own, end};
    struct hm_element *elements = NULL;
    size_t count = 0;
    size_t size = 0;
    ck_assert_int_eq(hm_store_unspoken(store, hm_text(HM_HOME_REGISTRY), 0, beyond,
                                       &elements, &count, &arena, &err),
                     HM_OK);
    ck_assert_uint_le(count, TEN);
    rows[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size += (size_t)snprintf(rows + size, sizeof(rows) - size, "%d ",
                                 (int)elements[i].change);
    }
    return rows;
}

START_TEST(what_a_shorter_run_of_another_epoch_lies_on_is_offered_all_the_same)
{
    put_ten();
    make_origin(1);
    put(1, 1, TEN);
    int64_t other = origin;
    make_origin(2);
    put(1, 2, 3);

    ck_assert_str_eq(offered(0, 0), "1 2 3 4 5 6 7 8 9 10 ");
    ck_assert_str_eq(offered(origin, 0), "1 2 3 4 5 6 7 8 9 10 ");
    ck_assert_str_eq(offered(other, 0), "2 3 4 ");
    ck_assert_str_eq(offered(other, 6), "1 2 3 4 5 6 ");
}
END_TEST

START_TEST(of_runs_that_begin_with_one_change_none_hides_the_other)
{
    put_ten();
    for (uint32_t epoch = 1; epoch <= 3; epoch++) {
        make_origin(epoch);
        put(1, 1, epoch == 2 ? TEN : 3);
    }
    int64_t last = origin;

    ck_assert_str_eq(offered(0, 0), "1 2 3 4 5 6 7 8 9 10 ");
    ck_assert_str_eq(offered(last - 1, 0), "1 2 3 ");
    ck_assert_str_eq(offered(last - 1, 7), "1 2 3 4 5 6 7 ");
    ck_assert_str_eq(offered(last, 0), "1 2 3 4 5 6 7 8 9 10 ");
}
END_TEST

START_TEST(what_is_sent_as_always_or_stands_in_no_page_is_not_offered)
{
    put_ten();
    make_origin(1);
    put(1, 2, 3);
    put(4, 6, 4);
    int64_t own = origin;
    make_origin(2);
    put(5, 8, 1);

    ck_assert_str_eq(offered(0, 0), "2 3 4 6 7 8 9 ");
    ck_assert_str_eq(offered(own, 4), "2 3 4 6 8 ");
    ck_assert_str_eq(offered(own, 0), "8 ");
}
END_TEST

int main(void)
{
    TCase *group = tcase_create("envelopes");
    tcase_add_test(group,
                   pages_that_come_again_after_a_cut_leave_every_change_its_number);
    tcase_add_test(group, what_lies_between_known_numbers_is_filled_in);
    tcase_add_test(group, a_number_once_given_stays_with_its_change);
    tcase_add_test(
        group, a_change_in_a_longer_run_is_found_behind_a_shorter_one_of_another_epoch);
    TCase *offers = tcase_create("offers");
    tcase_add_test(offers,
                   what_a_shorter_run_of_another_epoch_lies_on_is_offered_all_the_same);
    tcase_add_test(offers, of_runs_that_begin_with_one_change_none_hides_the_other);
    tcase_add_test(offers, what_is_sent_as_always_or_stands_in_no_page_is_not_offered);
    TCase *const groups[] = {group, offers};
    return world_run(suite_create("store.origins"), groups, 2);
}
