/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/page.h"

#include <string.h>

#include "builders.h"
#include "run.h"
#include "site.h"

static struct hm_arena arena;
static struct hm_maker maker;
static struct hm_key key;
static struct hm_secret secret;
static struct hm_digest begin;
static struct hm_page page;

static void setup(void)
{
    const struct hm_change *changes[3];
    hm_arena_init(&arena, (size_t)1024 * 1024);
    hm_maker_init(&maker, &arena, 1);
    hm_site_pair(HM_LAN, &key, &secret);
    hm_chain_begin(&begin, &maker.device, 1, NULL);
    for (size_t i = 0; i < 3; i++) {
        struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
        hm_make_seal(change, &maker);
        changes[i] = change;
    }
    page = hm_make_page(&maker, changes, 3, 1, &begin, &secret);
    ck_assert(hm_page_check(&page, &key));
}

static void teardown(void)
{
    hm_arena_fini(&arena);
}

START_TEST(the_head_after_runs_over_the_changes_in_order)
{
    struct hm_digest head = begin;
    for (size_t i = 0; i < 3; i++) {
        hm_chain_next(&head, &page.changes[i].id);
    }
    ck_assert(hm_digest_equal(&page.head_after, &head));

    struct hm_change first = page.changes[0];
    page.changes[0] = page.changes[1];
    page.changes[1] = first;
    hm_page_head(&page);

    ck_assert(!hm_digest_equal(&page.head_after, &head));
    ck_assert(!hm_page_check(&page, &key));
}
END_TEST

START_TEST(two_pages_join_where_one_ends_and_the_other_begins)
{
    const struct hm_change *changes[3] = {&page.changes[0], &page.changes[1],
                                          &page.changes[2]};
    struct hm_page one = hm_make_page(&maker, changes, 2, 1, &begin, &secret);
    struct hm_page two =
        hm_make_page(&maker, changes + 2, 1, 3, &one.head_after, &secret);

    ck_assert(hm_digest_equal(&two.head_after, &page.head_after));
    ck_assert(hm_page_check(&two, &key)); /* by itself, without the first */
}
END_TEST

/* Everything that the signature covers (PROTOCOL.md 3.5). */
static void alter(int what)
{
    switch (what) {
    case 0:
        page.device.at[0] ^= 1;
        break;
    case 1:
        page.epoch++;
        break;
    case 2:
        page.home = hm_text("30341-02");
        break;
    case 3:
        page.seq++;
        break;
    case 4:
        page.count--;
        break;
    case 5:
        page.head_before.at[31] ^= 1;
        break;
    case 6:
        page.head_after.at[0] ^= 1;
        break;
    case 7:
        page.registry_n++;
        break;
    default:
        page.signature.at[63] ^= 1;
        break;
    }
}

START_TEST(any_part_that_is_altered_breaks_the_signature)
{
    alter(_i);
    ck_assert(!hm_page_check(&page, &key));
}
END_TEST

START_TEST(another_device_cannot_have_signed_it)
{
    struct hm_key other;
    struct hm_secret other_secret;
    hm_site_pair(HM_HUNG, &other, &other_secret);
    ck_assert(!hm_page_check(&page, &other));
}
END_TEST

START_TEST(a_value_that_is_missing_does_not_break_it)
{
    struct hm_change *skeleton = hm_make_skeleton(&maker, &page.changes[1]);
    struct hm_buf scratch;
    hm_buf_init(&scratch, 4096);
    skeleton->id = hm_make_id(0);
    ck_assert_int_eq(hm_change_seal(skeleton, &scratch, NULL), HM_OK);
    page.changes[1] = *skeleton;

    hm_page_head(&page);

    ck_assert(hm_page_check(&page, &key));
    hm_buf_fini(&scratch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, the_head_after_runs_over_the_changes_in_order);
    tcase_add_test(all, two_pages_join_where_one_ends_and_the_other_begins);
    tcase_add_loop_test(all, any_part_that_is_altered_breaks_the_signature, 0, 9);
    tcase_add_test(all, another_device_cannot_have_signed_it);
    tcase_add_test(all, a_value_that_is_missing_does_not_break_it);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
