/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/tries.h"

#include <string.h>

#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site lan;

static void setup(void)
{
    hm_site_open_pair(&server, &lan);
    ck_assert_int_eq(hm_store_begin(lan.store, &lan.err), HM_OK);
}

static void teardown(void)
{
    hm_store_rollback(lan.store);
    hm_site_close(&lan);
    hm_site_close(&server);
}

static struct hm_tries tries_of(const struct hm_id *user)
{
    struct hm_tries tries;
    ck_assert_int_eq(hm_store_tries_get(lan.store, user, &tries, &lan.err), HM_OK);
    return tries;
}

START_TEST(tries_are_counted_for_each_by_himself_until_they_are_forgotten)
{
    static const struct hm_tries none = {.wrong = 0};
    const struct hm_tries three = {3, {700}};
    const struct hm_tries four = {4, {900}};
    struct hm_id other = lan.device;
    other.at[0] ^= 1;
    ck_assert_int_eq(tries_of(&lan.device).wrong, 0);

    ck_assert_int_eq(hm_store_tries_put(lan.store, &lan.device, &three, &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_tries_put(lan.store, &lan.device, &four, &lan.err), HM_OK);

    ck_assert_int_eq(tries_of(&lan.device).wrong, 4);
    ck_assert_int_eq(tries_of(&lan.device).last.ms, 900);
    ck_assert_int_eq(tries_of(&other).wrong, 0);
    ck_assert_int_eq(hm_store_tries_put(lan.store, &lan.device, &none, &lan.err), HM_OK);
    ck_assert_int_eq(tries_of(&lan.device).wrong, 0);
}
END_TEST

START_TEST(an_invitation_is_spent_once)
{
    struct hm_id other = lan.device;
    other.at[0] ^= 1;
    ck_assert_int_eq(hm_store_invitation_spend(lan.store, &lan.device, &lan.err), HM_OK);

    enum hm_status status = hm_store_invitation_spend(lan.store, &lan.device, &lan.err);

    ck_assert_int_eq(status, HM_DENIED);
    ck_assert_str_eq(lan.err.key, "invitation-used");
    ck_assert_int_eq(hm_store_invitation_spend(lan.store, &other, &lan.err), HM_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tries");
    TCase *tests = tcase_create("tries");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, tries_are_counted_for_each_by_himself_until_they_are_forgotten);
    tcase_add_test(tests, an_invitation_is_spent_once);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
