/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server whose folder somebody puts back to what it was, and tells nobody: a copy of
 * the folder, an image of the machine, a disk that lost what it had confirmed.
 */
#include <check.h>

#include "hamlet/store/refill.h"
#include "hamlet/store/server.h"
#include "run.h"
#include "tests/unit/sync/refill.h"

static bool refilling(void)
{
    bool open = false;
    ck_assert_int_eq(hm_store_refilling(world.reader, &open, &err), HM_OK);
    return open;
}

static bool accepted(const struct hm_id *id)
{
    return find(world.reader, id).verdict == HM_VERDICT_ACCEPTED;
}

static size_t notices(void)
{
    struct hm_notice *list = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_notices(world.reader, &list, &count, &arena, &err), HM_OK);
    return count;
}

/* What was confirmed after the image, by whom it was read; then the image is back. */
static struct hm_id lose_one(void)
{
    (void)add_named(lan, "Nguyễn Văn Út");
    sync_all();
    struct hm_disk *image = world_server_backup(&world);
    struct hm_id record = add_named(lan, "Trần Thị Bảy");
    sync_with(lan);
    sync_with(hung);
    sync_with(lan);
    world_server_put_back(&world, image);
    return record;
}

START_TEST(the_first_laptop_shows_what_the_server_has_forgotten)
{
    struct hm_id record = lose_one();

    sync_with(lan);
    sync_with(lan);

    ck_assert(refilling());
    ck_assert(accepted(&record));
    ck_assert_uint_eq(notices(), 0);
    sync_all();
    agree_all();
}
END_TEST

/* Its author is gone for good: who read it brings it. */
START_TEST(a_reader_shows_it_as_well)
{
    struct hm_id record = lose_one();

    sync_with(hung);
    sync_with(hung);

    ck_assert(refilling());
    ck_assert(accepted(&record));
    ck_assert_uint_eq(notices(), 0);
    sync_all();
    agree_all();
}
END_TEST

/* Numbers are used again for other entries meanwhile. */
START_TEST(others_may_work_on_before_anybody_shows_it)
{
    struct hm_id record = lose_one();
    struct hm_id other[3];
    for (size_t i = 0; i < 3; i++) {
        other[i] = add_named(tu, "Lê Văn Ba");
        sync_with(tu);
        sync_with(mai);
    }
    ck_assert(!refilling());

    sync_with(lan);
    ck_assert(refilling());
    sync_all();

    ck_assert(accepted(&record));
    for (size_t i = 0; i < 3; i++) {
        ck_assert(accepted(&other[i]));
    }
    ck_assert_uint_eq(notices(), 0);
    agree_all();
}
END_TEST

/* … and what they wrote then and was confirmed is forgotten in turn. */
START_TEST(a_folder_that_is_put_back_twice_loses_nothing)
{
    (void)add_named(lan, "Nguyễn Văn Út");
    sync_all();
    struct hm_disk *first = world_server_backup(&world);
    struct hm_disk *second = world_server_backup(&world);
    struct hm_id one = add_named(lan, "Trần Thị Bảy");
    sync_with(lan);
    sync_with(lan);
    world_server_put_back(&world, first);
    struct hm_id two = add_named(tu, "Lê Văn Ba");
    sync_with(tu);
    sync_with(tu);
    world_server_put_back(&world, second);

    sync_all();

    ck_assert(accepted(&one));
    ck_assert(accepted(&two));
    agree_all();
}
END_TEST

/* An older token is a copied disk's, and not the server's affair. */
START_TEST(a_copied_disk_shows_nothing_that_the_server_forgot)
{
    (void)add_named(lan, "Nguyễn Văn Út");
    sync_all();
    struct world_laptop *twin = world_laptop_copy(&world, lan);
    (void)add_named(lan, "Trần Thị Bảy");
    sync_with(lan);
    sync_with(lan);
    (void)add_named(twin, "Lê Văn Ba");

    sync_with(twin);

    ck_assert(!refilling());
    ck_assert_uint_eq(notices(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync put back");
    TCase *cases = tcase_create("put back");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, the_first_laptop_shows_what_the_server_has_forgotten);
    tcase_add_test(cases, a_reader_shows_it_as_well);
    tcase_add_test(cases, others_may_work_on_before_anybody_shows_it);
    tcase_add_test(cases, a_folder_that_is_put_back_twice_loses_nothing);
    tcase_add_test(cases, a_copied_disk_shows_nothing_that_the_server_forgot);
    suite_add_tcase(suite, cases);
    return hm_run(suite);
}
