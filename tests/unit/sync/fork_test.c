/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of one body that contradict each other: nobody orders what a copied disk brings.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../../proto/sync/put_pages.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "world.h"

enum { PAGES = 3, CHANGES_MAX = 3, EPOCH = 7 };

static struct world world;
static struct hm_inbox inbox;
static struct hm_inbox_page pages[PAGES];
static struct hm_change changes[PAGES][CHANGES_MAX];
static struct hm_err err;

static void setup(void)
{
    world_init(&world, hm_testenv_seed(3), hm_embedded_kinds, 1, 1);
    inbox = (struct hm_inbox){.store = world.store, .epoch = EPOCH, .pages = pages};
    hm_arena_init(&inbox.arena, HM_REQUEST_ARENA_MAX);
    hm_err_clear(&err);
}

static void teardown(void)
{
    hm_arena_fini(&inbox.arena);
    world_fini(&world);
}

/* A page of the way that chain `way` went: its changes and heads are like no other's. */
static void put_page(size_t at, size_t way, uint64_t seq, size_t count)
{
    struct hm_page *page = &pages[at].page;
    pages[at] = (struct hm_inbox_page){.branch = 0};
    memset(page->device.at, 5, sizeof(page->device.at));
    page->epoch = EPOCH;
    page->home = hm_text("101-1");
    page->seq = seq;
    page->count = count;
    page->changes = changes[at];
    memset(page->head_before.at, (int)(way * 16 + seq - 1), sizeof(page->head_before.at));
    memset(page->head_after.at, (int)(way * 16 + seq + count - 1),
           sizeof(page->head_after.at));
    for (size_t i = 0; i < count; i++) {
        changes[at][i] = (struct hm_change){.device = page->device};
        memset(changes[at][i].id.at, (int)(way * 16 + seq + i),
               sizeof(changes[at][i].id.at));
    }
    inbox.page_count++;
    inbox.change_count += count;
}

START_TEST(pages_that_contradict_each_other_stand_apart_in_whatever_order_they_come)
{
    static const size_t orders[][PAGES] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                           {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        const size_t *at = orders[i];
        bool forked = false;
        inbox.page_count = 0;
        inbox.change_count = 0;
        put_page(at[0], 1, 1, 3); /* one disk, in one page */
        put_page(at[1], 2, 2, 1); /* the other went its own way in the middle of it */
        put_page(at[2], 2, 3, 1);

        ck_assert_int_eq(hm_inbox_find_branches(&inbox, world.store, &forked, &err),
                         HM_OK);

        ck_assert_uint_eq(inbox.page_count, PAGES);
        ck_assert_uint_ne(pages[at[0]].branch, pages[at[1]].branch);
        ck_assert_uint_ne(pages[at[0]].branch, pages[at[2]].branch);
        hm_arena_clear(&inbox.arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync fork");
    TCase *cases = tcase_create("branches");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(
        cases, pages_that_contradict_each_other_stand_apart_in_whatever_order_they_come);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
