/* SPDX-License-Identifier: Apache-2.0 */
/* What the server notes of disks that were copied or restored, and of which once. */
#include "server_world.h"

enum { DEVICE = 1 };

static void put(uint32_t epoch, uint32_t parent, enum hm_notice_type type, int64_t time)
{
    const struct hm_notice notice = {.device = id_of(DEVICE),
                                     .epoch = epoch,
                                     .parent = parent,
                                     .type = type,
                                     .time = {time},
                                     .moved = 3};
    begin();
    ck_assert_int_eq(hm_store_notice_put(store, &notice, &err), HM_OK);
    commit();
}

static struct hm_notice the_one(void)
{
    struct hm_notice *notices = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_notices(store, &notices, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 1);
    return notices[0];
}

/* The epoch goes on: a token that it showed, and one that it was given then. */
static void visit(uint32_t epoch)
{
    const struct hm_visit visit = {.device = id_of(DEVICE),
                                   .epoch = epoch,
                                   .current = id_of((uint8_t)epoch),
                                   .pending = id_of(0xC2)};
    begin();
    ck_assert_int_eq(hm_store_visit_put(store, &visit, &err), HM_OK);
    commit();
}

/* The epoch beside which `epoch` shows its first token; 0: there is none. */
static uint32_t beside(uint32_t epoch)
{
    const struct hm_visit visit = {.device = id_of(DEVICE), .epoch = epoch};
    uint32_t other = 0;
    bool found = false;
    ck_assert_int_eq(hm_store_visit_other(store, &visit, true, hm_text("stranger"),
                                          &other, &found, &err),
                     HM_OK);
    return found ? other : 0;
}

START_TEST(what_was_noted_is_not_noted_again)
{
    put(8, 7, HM_NOTICE_COPIED, 1000);

    put(8, 7, HM_NOTICE_COPIED, 2000);
    put(8, 7, HM_NOTICE_RESTORED, 3000);

    struct hm_notice notice = the_one();
    ck_assert_int_eq(notice.type, HM_NOTICE_COPIED);
    ck_assert_int_eq(notice.time.ms, 1000);
    ck_assert_int_eq(notice.moved, 3);
}
END_TEST

START_TEST(another_epoch_beside_the_one_that_is_noted_is_news)
{
    put(8, 7, HM_NOTICE_RESTORED, 1000);

    put(8, 6, HM_NOTICE_RESTORED, 2000);

    struct hm_notice notice = the_one();
    ck_assert_int_eq(notice.type, HM_NOTICE_RESTORED);
    ck_assert_uint_eq(notice.parent, 6);
    ck_assert_int_eq(notice.time.ms, 2000);
}
END_TEST

START_TEST(a_copy_is_news_of_a_disk_that_was_restored_and_stays)
{
    put(8, 7, HM_NOTICE_RESTORED, 1000);

    put(8, 7, HM_NOTICE_COPIED, 2000);
    ck_assert_int_eq(the_one().type, HM_NOTICE_COPIED);
    ck_assert_int_eq(the_one().time.ms, 2000);

    put(8, 6, HM_NOTICE_RESTORED, 3000);
    ck_assert_int_eq(the_one().type, HM_NOTICE_COPIED);
    ck_assert_uint_eq(the_one().parent, 6);
    ck_assert_int_eq(the_one().time.ms, 3000);
}
END_TEST

static void hear_of(uint32_t epoch, int64_t time)
{
    const struct hm_id device = id_of(DEVICE);
    begin();
    ck_assert_int_eq(
        hm_store_notice_both(store, &device, epoch, (struct hm_wall){time}, &err), HM_OK);
    commit();
}

/* The board tells of a copy for a month: of the month in which it was found to be one. */
START_TEST(the_day_on_which_the_other_disk_was_heard_of_is_that_of_the_copy)
{
    put(8, 7, HM_NOTICE_RESTORED, 1000);

    hear_of(7, 2000);
    hear_of(7, 3000);

    struct hm_notice notice = the_one();
    ck_assert_int_eq(notice.type, HM_NOTICE_COPIED);
    ck_assert_int_eq(notice.time.ms, 2000);
}
END_TEST

START_TEST(an_epoch_that_follows_another_by_notices_is_not_beside_it)
{
    put(8, 7, HM_NOTICE_RESTORED, 1000);
    put(9, 8, HM_NOTICE_RESTORED, 2000);
    visit(7);
    ck_assert_uint_eq(beside(9), 0);
    visit(9);
    ck_assert_uint_eq(beside(7), 0);
    ck_assert_uint_eq(beside(8), 0);

    visit(5);

    ck_assert_uint_eq(beside(9), 5);
    ck_assert_uint_eq(beside(5), 9);
}
END_TEST

int main(void)
{
    TCase *group = tcase_create("notice");
    tcase_add_test(group, what_was_noted_is_not_noted_again);
    tcase_add_test(group, another_epoch_beside_the_one_that_is_noted_is_news);
    tcase_add_test(group, a_copy_is_news_of_a_disk_that_was_restored_and_stays);
    tcase_add_test(group,
                   the_day_on_which_the_other_disk_was_heard_of_is_that_of_the_copy);
    tcase_add_test(group, an_epoch_that_follows_another_by_notices_is_not_beside_it);
    return world_run(suite_create("store.notice"), &group, 1);
}
