/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a server that is refilled lets in, and what it judges once more at the close. */
#include <check.h>

#include "run.h"
#include "tests/unit/sync/refill.h"
#include "world_registry.h"

START_TEST(a_device_that_was_never_known_is_refused_whatever_it_shows)
{
    work();
    struct world_laptop *out = world_laptop_add(&world, "101-1", "recorder");
    sync_with(out);
    world_server_empty(&world);
    /* Of another district: its registry and statements are signed by another key. */
    struct hm_key key;
    struct hm_secret secret;
    const uint8_t seed[32] = {9};
    hm_sign_pair(&key, &secret, seed);
    struct hm_secret own = out->secret;
    struct hm_id device = hm_sign_device(&key);
    ck_assert_int_eq(hm_store_begin(out->store, &err), HM_OK);
    ck_assert_int_eq(
        hm_store_meta_put(out->store, HM_META_DEVICE, hm_id_bytes(&device), &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(out->store, &err), HM_OK);
    out->secret = secret;

    bool done = syncs(out);

    ck_assert(!done);
    ck_assert_str_eq(err.key, "problem-unknown_device");
    out->secret = own;
}
END_TEST

START_TEST(what_a_registry_refused_that_was_not_whole_is_judged_again_at_the_close)
{
    const unsigned let = HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED;
    work();
    struct hm_disk *backup = world_server_backup(&world);
    ck_assert_int_eq(world_permit(&world, lan, "101-2", &err), HM_OK);
    sync_with(mai); /* who alone heard of it */
    struct hm_id permitted = add_elsewhere(lan, "101-2");
    struct hm_id stray = add_elsewhere(tu, "101-1");
    world_server_restore(&world, backup);
    sync_with(lan);
    sync_with(tu);
    ck_assert_uint_eq(find(world.reader, &permitted).verdict, HM_VERDICT_QUARANTINED);

    sync_with(mai);
    close_refill();

    ck_assert_uint_eq(find(world.reader, &permitted).verdict, let);
    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
    sync_all();
    agree_all();
    ck_assert_uint_eq(find(lan->store, &permitted).verdict, let);
}
END_TEST

/* What the server that was lost had judged itself is not what this one refused early. */
START_TEST(a_refusal_that_came_back_with_its_verdict_is_not_judged_again_at_the_close)
{
    work();
    struct hm_id stray = add_elsewhere(tu, "101-1");
    sync_with(tu);
    sync_with(lan); /* who has heard of the refusal and not of the permit */
    ck_assert_int_eq(world_permit(&world, tu, "101-1", &err), HM_OK);
    sync_with(mai);
    world_server_empty(&world);
    sync_with(lan);
    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);

    sync_with(mai);
    sync_with(tu);
    close_refill();

    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
}
END_TEST

START_TEST(what_was_refused_for_good_at_the_close_is_not_let_stand_by_a_later_permit)
{
    work();
    world_server_empty(&world);
    sync_with(lan);
    sync_with(mai);
    struct hm_id stray = add_elsewhere(tu, "101-1");
    sync_with(tu);
    close_refill();
    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
    ck_assert_int_eq(world_permit(&world, tu, "101-1", &err), HM_OK);

    close_refill(); /* there is none by now */

    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
}
END_TEST

START_TEST(after_the_refill_is_closed_strangers_are_strangers_again)
{
    work();
    world_server_empty(&world);
    sync_with(hung);
    close_refill();

    sync_with(tu); /* whom the registry that hung brought knows */
    world_server_empty(&world);
    close_refill();

    ck_assert(!syncs(lan));
    ck_assert_str_eq(err.key, "problem-unknown_device");
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("sync refill close");
    TCase *cases = tcase_create("refill");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_device_that_was_never_known_is_refused_whatever_it_shows);
    tcase_add_test(
        cases, what_a_registry_refused_that_was_not_whole_is_judged_again_at_the_close);
    tcase_add_test(
        cases,
        a_refusal_that_came_back_with_its_verdict_is_not_judged_again_at_the_close);
    tcase_add_test(
        cases, what_was_refused_for_good_at_the_close_is_not_let_stand_by_a_later_permit);
    tcase_add_test(cases, after_the_refill_is_closed_strangers_are_strangers_again);
    suite_add_tcase(made, cases);
    return made;
}

int main(void)
{
    return hm_run(suite());
}
