/* SPDX-License-Identifier: Apache-2.0 */
/* Which disks that begin a new epoch the server calls copied, and which restored. */
#include "hamlet/base/embed.h"
#include "hamlet/store/server.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

static struct world_laptop *a;

static void setup(void)
{
    world_init(&world, hm_testenv_seed(41), hm_embedded_kinds, 1, 1);
    a = world_laptop_add(&world, "101-1", "recorder");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    (void)add(a, 5);
    sync_with(a);
    (void)add(a, 4); /* which no server has heard of */
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static enum hm_notice_type noticed(void)
{
    struct hm_notice *notices = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_notices(world.reader, &notices, &count, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    return notices[0].type;
}

/* What the server has beyond the acknowledged end is the disk's own, as it stands there.
 */
START_TEST(a_disk_that_goes_on_where_the_server_s_chain_ends_was_restored)
{
    struct hm_disk *image = world_laptop_image(a);
    sync_with(a);
    sync_with(a);
    world_laptop_restore(a, image);
    (void)add(a, 1);

    sync_with(a);

    ck_assert_int_eq(noticed(), HM_NOTICE_RESTORED);
    sync_with(a);
    ck_assert_int_eq(noticed(), HM_NOTICE_RESTORED);
    ck_assert(world_agrees(&world, a, "101-1"));
    hm_disk_free(image);
}
END_TEST

START_TEST(a_disk_that_wrote_as_much_as_the_server_has_and_no_more_was_restored)
{
    struct hm_disk *image = world_laptop_image(a);
    sync_with(a);
    sync_with(a);
    world_laptop_restore(a, image);

    sync_with(a);

    ck_assert_int_eq(noticed(), HM_NOTICE_RESTORED);
    hm_disk_free(image);
}
END_TEST

/* They have the first of what was not sent in common, and then each has its own. */
START_TEST(a_disk_that_went_another_way_further_on_was_copied)
{
    struct world_laptop *twin = world_laptop_copy(&world, a);
    (void)add(a, 1);
    sync_with(a);
    (void)add(twin, 2);

    sync_with(twin);

    ck_assert_int_eq(noticed(), HM_NOTICE_COPIED);
    ck_assert(world_agrees(&world, twin, "101-1"));
}
END_TEST

/* The next server does not read the pages of the request in which it hears of the epoch.
 */
START_TEST(a_copy_is_told_by_the_pages_that_come_after_the_first_request)
{
    struct world_laptop *twin = world_laptop_copy(&world, a);
    struct hm_session *session = NULL;
    (void)add(a, 1);
    sync_with(a);
    (void)add(twin, 2);
    ck_assert_int_eq(hm_session_open(&session, twin->store, &twin->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(world_exchange(&world, twin, session, &world_no_faults, &err),
                     HM_SESSION_AGAIN); /* it was stale */
    hm_session_close(session);
    struct hm_disk *backup = world_server_backup(&world);
    world_server_restore(&world, backup);

    sync_with(twin);

    ck_assert_int_eq(noticed(), HM_NOTICE_COPIED);
    sync_with(twin);
    ck_assert(world_agrees(&world, twin, "101-1"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync notice");
    TCase *cases = tcase_create("copied or restored");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_disk_that_goes_on_where_the_server_s_chain_ends_was_restored);
    tcase_add_test(cases,
                   a_disk_that_wrote_as_much_as_the_server_has_and_no_more_was_restored);
    tcase_add_test(cases, a_disk_that_went_another_way_further_on_was_copied);
    tcase_add_test(cases, a_copy_is_told_by_the_pages_that_come_after_the_first_request);
    suite_add_tcase(suite, cases);
    return hm_run(suite);
}
