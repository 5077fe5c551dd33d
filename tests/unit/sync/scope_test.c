/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "hamlet/base/embed.h"
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

int main(void)
{
    Suite *suite = suite_create("sync scope");
    TCase *cases = tcase_create("scope");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, an_officer_of_four_hundred_units_goes_on_synchronising);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
