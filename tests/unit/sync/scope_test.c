/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "hamlet/base/embed.h"
#include "hamlet/store/buckets.h"
#include "world.h"

/* A large district: each of its units is a bucket that a request must name. */
enum { COMMUNES = 25, HAMLETS = 16, UNITS = 1 + COMMUNES * (1 + HAMLETS) };

static struct world world;

static void setup(void)
{
    world_init(&world, hm_testenv_seed(11), hm_embedded_kinds, COMMUNES, HAMLETS);
}

static void teardown(void)
{
    world_fini(&world);
}

/* Something in each unit, so that each has a bucket. */
static void fill_all(struct world_laptop *laptop)
{
    struct hm_author *author = NULL;
    struct hm_err err = HM_ERR_NONE;
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    for (int commune = 1; commune <= COMMUNES; commune++) {
        for (int hamlet = 1; hamlet <= HAMLETS; hamlet++) {
            char unit[32];
            struct hm_added added;
            (void)snprintf(unit, sizeof(unit), "1%02d-%d", commune, hamlet);
            const struct hm_field_input fields[] = {
                {hm_text("unit"), hm_text(unit), NULL},
                {hm_text("year"), hm_text("2026"), NULL},
                {hm_text("stage"), hm_text("tham_dinh"), NULL},
            };
            ck_assert_int_eq(
                hm_author_add(author, hm_text("evaluation"), fields, 3, &added, &err),
                HM_OK);
        }
    }
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

START_TEST(an_officer_of_four_hundred_units_goes_on_synchronising)
{
    struct hm_err err = HM_ERR_NONE;
    struct world_laptop *laptop = world_laptop_add(&world, "100", "district_officer");
    struct world_laptop *other = world_laptop_add(&world, "100", "district_officer");
    ck_assert(world_sync(&world, laptop, &err));

    fill_all(laptop);
    ck_assert(world_sync(&world, laptop, &err));
    ck_assert(world_sync(&world, other, &err));
    ck_assert(world_sync(&world, laptop, &err));

    ck_assert(world_agrees(&world, laptop, "100"));
    ck_assert(world_agrees(&world, other, "100"));
}
END_TEST

/* A row of one unit's bucket that rotted: it says more than the server ever gave. */
static void hear_too_much(struct world_laptop *laptop, const char *unit)
{
    struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    struct hm_entry *entries = NULL;
    size_t count = 0;
    hm_arena_init(&arena, 1 << 20);
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_entries_after(laptop->store, hm_text(unit), 0, 1, &entries,
                                            &count, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    struct hm_entry more = {
        .count = 1, .change = entries[0].change, .kind = HM_ENTRY_RELEASED};
    ck_assert_int_eq(
        hm_store_entries_append(laptop->store, hm_text(unit), &more, 1, &arena, &err),
        HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
    hm_arena_fini(&arena);
}

START_TEST(a_laptop_that_counts_further_than_the_server_begins_that_bucket_anew)
{
    struct hm_err err = HM_ERR_NONE;
    struct world_laptop *laptop = world_laptop_add(&world, "100", "district_officer");
    uint64_t here = 0;
    uint64_t there = 0;
    ck_assert(world_sync(&world, laptop, &err));
    fill_all(laptop);
    ck_assert(world_sync(&world, laptop, &err));
    hear_too_much(laptop, "101-1");

    ck_assert(world_sync(&world, laptop, &err));

    ck_assert_int_eq(hm_store_bucket_n(laptop->store, hm_text("101-1"), &here, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_bucket_n(world.store, hm_text("101-1"), &there, &err),
                     HM_OK);
    ck_assert_uint_eq(here, there);
    ck_assert(world_agrees(&world, laptop, "100"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync scope");
    TCase *cases = tcase_create("scope");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, an_officer_of_four_hundred_units_goes_on_synchronising);
    tcase_add_test(cases,
                   a_laptop_that_counts_further_than_the_server_begins_that_bucket_anew);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
