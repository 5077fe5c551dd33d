/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, facts about the replica, receipts, origins and pages. */
#include <string.h>

#include "builders.h"
#include "hamlet/store/check.h"
#include "hamlet/store/receipts.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site lan;

static void setup(void)
{
    hm_site_open_pair(&server, &lan);
}

static void teardown(void)
{
    hm_site_close(&lan);
    hm_site_close(&server);
}

static void begin(void)
{
    ck_assert_int_eq(hm_store_begin(lan.store, &lan.err), HM_OK);
}

static void commit(void)
{
    ck_assert_int_eq(hm_store_commit(lan.store, &lan.err), HM_OK);
}

static int64_t number_of(const char *name)
{
    int64_t number = 0;
    ck_assert_int_eq(hm_store_meta_get_int(lan.store, name, -1, &number, &lan.err),
                     HM_OK);
    return number;
}

START_TEST(a_fact_is_given_back_replaced_and_forgotten)
{
    struct hm_bytes value = HM_NO_BYTES;
    struct hm_id id;
    begin();
    ck_assert_int_eq(
        hm_store_meta_put(lan.store, HM_META_URLS, hm_text("[\"a\"]"), &lan.err), HM_OK);
    ck_assert_int_eq(
        hm_store_meta_put(lan.store, HM_META_URLS, hm_text("[\"b\"]"), &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(lan.store, HM_META_BUDGET, -7, &lan.err),
                     HM_OK);
    commit();

    ck_assert_int_eq(
        hm_store_meta_get(lan.store, HM_META_URLS, &lan.arena, &value, &lan.err), HM_OK);
    ck_assert(hm_bytes_are(value, "[\"b\"]"));
    ck_assert_int_eq(number_of(HM_META_BUDGET), -7);
    ck_assert_int_eq(hm_store_meta_get_id(lan.store, HM_META_DEVICE, &id, &lan.err),
                     HM_OK);
    ck_assert(hm_id_equal(&id, &lan.device));
    begin();
    ck_assert_int_eq(hm_store_meta_put(lan.store, HM_META_URLS, HM_NO_BYTES, &lan.err),
                     HM_OK);
    commit();
    ck_assert_int_eq(
        hm_store_meta_get(lan.store, HM_META_URLS, &lan.arena, &value, &lan.err), HM_OK);
    ck_assert_uint_eq(value.size, 0);
}
END_TEST

START_TEST(a_fact_that_is_not_there_gives_what_was_offered)
{
    struct hm_bytes value = hm_text("x");
    struct hm_id id = hm_make_id(1);

    ck_assert_int_eq(
        hm_store_meta_get(lan.store, "nothing", &lan.arena, &value, &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_meta_get_id(lan.store, "nothing", &id, &lan.err), HM_OK);

    ck_assert_uint_eq(value.size, 0);
    ck_assert_int_eq(number_of("nothing"), -1);
    ck_assert(hm_id_is_none(&id));
}
END_TEST

START_TEST(what_is_rolled_back_was_never_written)
{
    begin();
    ck_assert_int_eq(hm_store_meta_put_int(lan.store, HM_META_BUDGET, 5, &lan.err),
                     HM_OK);
    ck_assert_int_eq(number_of(HM_META_BUDGET), 5);

    hm_store_rollback(lan.store);
    hm_store_rollback(lan.store); /* outside of one it does nothing */

    ck_assert_int_eq(number_of(HM_META_BUDGET), -1);
    begin();
    commit();
}
END_TEST

START_TEST(two_processes_write_one_after_the_other_and_see_each_other)
{
    struct hm_store *second = NULL;
    struct hm_err err = HM_ERR_NONE;
    ck_assert_int_eq(hm_store_open(&second, "store.db", HM_STORE_LAPTOP, false, lan.kinds,
                                   &lan.env.env, hm_disk_vfs(lan.disk), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_begin(second, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(second, HM_META_BUDGET, 9, &err), HM_OK);
    ck_assert_int_eq(number_of(HM_META_BUDGET), -1);

    ck_assert_int_eq(hm_store_commit(second, &err), HM_OK);

    ck_assert_int_eq(number_of(HM_META_BUDGET), 9);
    hm_store_close(second);
    struct hm_id record = a_household(&lan, "Út");
    ck_assert_str_eq(hm_site_shown(&lan, &record, "head_name"), "Út");
}
END_TEST

START_TEST(many_reads_in_one_transaction_see_one_state)
{
    struct hm_store *reader = NULL;
    int64_t number = 0;
    struct hm_err err = HM_ERR_NONE;
    ck_assert_int_eq(hm_store_open(&reader, "store.db", HM_STORE_READER, false,
                                   server.kinds, &server.env.env,
                                   hm_disk_vfs(server.disk), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_begin_read(reader, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_get_int(reader, HM_META_BUDGET, -1, &number, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(server.store, HM_META_BUDGET, 3, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);

    ck_assert_int_eq(hm_store_meta_get_int(reader, HM_META_BUDGET, -1, &number, &err),
                     HM_OK);
    ck_assert_int_eq(number, -1);
    hm_store_rollback(reader);
    ck_assert_int_eq(hm_store_meta_get_int(reader, HM_META_BUDGET, -1, &number, &err),
                     HM_OK);

    ck_assert_int_eq(number, 3);
    hm_store_close(reader);
}
END_TEST

START_TEST(the_last_receipts_are_kept)
{
    struct hm_bytes message = hm_text("x");
    struct hm_bytes signature = HM_NO_BYTES;
    ck_assert_int_eq(
        hm_store_receipt_last(lan.store, &message, &signature, &lan.arena, &lan.err),
        HM_OK);
    ck_assert_uint_eq(message.size, 0);
    begin();
    for (int i = 0; i < HM_RECEIPTS_KEPT + 20; i++) {
        uint8_t number = (uint8_t)i;
        int64_t receipt = 0;
        ck_assert_int_eq(hm_store_receipt_put(lan.store, (struct hm_wall){number},
                                              (struct hm_bytes){&number, 1}, hm_text("s"),
                                              &receipt, &lan.err),
                         HM_OK);
    }
    commit();

    ck_assert_int_eq(
        hm_store_receipt_last(lan.store, &message, &signature, &lan.arena, &lan.err),
        HM_OK);

    ck_assert_uint_eq(message.data[0], HM_RECEIPTS_KEPT + 19);
    struct hm_kept_receipt *kept = NULL;
    size_t count = 0;
    ck_assert_int_eq(
        hm_store_receipts_kept(lan.store, &kept, &count, &lan.arena, &lan.err), HM_OK);
    ck_assert_uint_eq(count, HM_RECEIPTS_KEPT);
    ck_assert_uint_eq(kept[0].message.data[0], 20);
}
END_TEST

START_TEST(an_origin_begins_with_the_head_that_binds_it)
{
    struct hm_origin origin;
    struct hm_digest head;
    struct hm_id device = hm_make_id(0x21);
    hm_chain_begin(&head, &device, 7, NULL);
    ck_assert_int_eq(hm_store_origin_get(lan.store, &device, 7, false, &origin, &lan.err),
                     HM_OK);
    ck_assert_int_eq(origin.row, 0);
    begin();
    ck_assert_int_eq(hm_store_origin_get(lan.store, &device, 7, true, &origin, &lan.err),
                     HM_OK);
    ck_assert_int_ne(origin.row, 0);
    ck_assert(hm_digest_equal(&origin.head, &head));
    origin.seq = 4;
    origin.acked = 2;
    origin.sent = 3;

    ck_assert_int_eq(hm_store_origin_put(lan.store, &origin, &lan.err), HM_OK);
    commit();

    struct hm_origin again;
    ck_assert_int_eq(hm_store_origin_get(lan.store, &device, 7, true, &again, &lan.err),
                     HM_OK);
    ck_assert_int_eq(again.row, origin.row);
    ck_assert_uint_eq(again.seq, 4);
    ck_assert_uint_eq(again.acked, 2);
    ck_assert_uint_eq(again.sent, 3);
}
END_TEST

enum { PAGES = 4 };

/* Four pages of `sizes` changes each, of one origin; `count` are put, in this order. */
static struct hm_origin put_pages(const size_t *sizes, const size_t *order, size_t count)
{
    struct hm_maker maker;
    struct hm_digest head;
    struct hm_origin origin;
    const struct hm_change *changes[16];
    struct hm_page pages[PAGES];
    uint64_t seq = 1;
    size_t at = 0;
    hm_maker_init(&maker, &lan.arena, 0x33);
    hm_chain_begin(&head, &maker.device, 1, NULL);
    for (size_t p = 0; p < PAGES; p++) {
        for (size_t i = 0; i < sizes[p]; i++) {
            struct hm_change *made = hm_make(&maker, HM_ACT_CREATE, NULL);
            hm_make_text(made, &maker, "head_name", "Út", 0);
            hm_make_seal(made, &maker);
            changes[at + i] = made;
        }
        pages[p] = hm_make_page(&maker, changes + at, sizes[p], seq, &head, &lan.secret);
        head = pages[p].head_after;
        seq += sizes[p];
        at += sizes[p];
    }
    for (size_t o = 0; o < count; o++) {
        const struct hm_page *page = &pages[order[o]];
        int64_t row =
            hm_site_put(&lan, changes + page->seq - 1, page->count, HM_VERDICT_ACCEPTED);
        begin();
        ck_assert_int_eq(
            hm_store_origin_get(lan.store, &maker.device, 1, true, &origin, &lan.err),
            HM_OK);
        ck_assert_int_eq(hm_store_envelopes_put(lan.store, origin.row, page->seq, row,
                                                page->count, &lan.err),
                         HM_OK);
        const struct hm_stored_page stored = {.origin = origin.row,
                                              .seq = page->seq,
                                              .count = page->count,
                                              .home = page->home,
                                              .head_before = page->head_before,
                                              .head_after = page->head_after,
                                              .signature = page->signature};
        ck_assert_int_eq(hm_store_pages_put(lan.store, &stored, 1, &lan.arena, &lan.err),
                         HM_OK);
        ck_assert_int_eq(hm_store_origin_advance(lan.store, &origin, &lan.err), HM_OK);
        commit();
    }
    origin.head = head;
    return origin;
}

START_TEST(a_prefix_moves_only_as_far_as_pages_join)
{
    static const size_t sizes[] = {3, 1, 4, 2};
    static const size_t orders[][4] = {
        {0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    struct hm_origin origin;

    struct hm_origin put = put_pages(sizes, orders[_i], 4);

    ck_assert_int_eq(
        hm_store_origin_get(lan.store, &put.device, 1, false, &origin, &lan.err), HM_OK);
    ck_assert_uint_eq(origin.seq, 10);
    ck_assert(hm_digest_equal(&origin.head, &put.head));
    struct hm_held *held = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_origin_changes(lan.store, origin.row, 1, 99, &held, &count,
                                             &lan.arena, &lan.err),
                     HM_OK);
    ck_assert_uint_eq(count, 10);
}
END_TEST

START_TEST(a_gap_stops_the_prefix_and_a_page_is_found_by_any_of_its_numbers)
{
    static const size_t sizes[] = {3, 1, 4, 2};
    static const size_t order[] = {0, 2, 3}; /* the second never comes */
    struct hm_origin origin;
    struct hm_stored_page page;
    bool found = false;
    struct hm_origin put = put_pages(sizes, order, 3);

    ck_assert_int_eq(
        hm_store_origin_get(lan.store, &put.device, 1, false, &origin, &lan.err), HM_OK);
    ck_assert_uint_eq(origin.seq, 3);
    ck_assert_int_eq(
        hm_store_page_at(lan.store, origin.row, 2, &page, &found, &lan.arena, &lan.err),
        HM_OK);
    ck_assert(found);
    ck_assert_uint_eq(page.seq, 1);
    ck_assert_uint_eq(page.count, 3);
    ck_assert_int_eq(
        hm_store_page_at(lan.store, origin.row, 99, &page, &found, &lan.arena, &lan.err),
        HM_OK);
    ck_assert(!found);
}
END_TEST

START_TEST(runs_are_forgotten_when_they_are_full_and_acknowledged)
{
    struct hm_stored_run *runs = NULL;
    struct hm_origin origin;
    size_t count = 0;
    const uint8_t seeds[3][HM_SALT_SIZE] = {{1}, {2}, {3}};
    begin();
    ck_assert_int_eq(
        hm_store_origin_get(lan.store, &lan.device, lan.epoch, true, &origin, &lan.err),
        HM_OK);
    for (uint64_t i = 0; i < 3; i++) {
        ck_assert_int_eq(
            hm_store_run_put(lan.store, origin.row, 1 + 10 * i, seeds[i], &lan.err),
            HM_OK);
    }

    ck_assert_int_eq(hm_store_runs_forget(lan.store, origin.row, 9, &lan.err), HM_OK);
    ck_assert_int_eq(
        hm_store_runs(lan.store, origin.row, 1, 99, &runs, &count, &lan.arena, &lan.err),
        HM_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(hm_store_runs_forget(lan.store, origin.row, 10, &lan.err), HM_OK);
    ck_assert_int_eq(
        hm_store_runs(lan.store, origin.row, 1, 99, &runs, &count, &lan.arena, &lan.err),
        HM_OK);

    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(runs[0].seq, 11);
    ck_assert_uint_eq(runs[0].end, 21);
    ck_assert_uint_eq(runs[1].end, UINT64_MAX);
    ck_assert_int_eq(hm_store_runs_forget(lan.store, origin.row, 99, &lan.err), HM_OK);
    ck_assert_int_eq(
        hm_store_runs(lan.store, origin.row, 1, 99, &runs, &count, &lan.arena, &lan.err),
        HM_OK);
    ck_assert_uint_eq(count, 1);
    commit();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("facts");
    TCase *group = tcase_create("facts");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, a_fact_is_given_back_replaced_and_forgotten);
    tcase_add_test(group, a_fact_that_is_not_there_gives_what_was_offered);
    tcase_add_test(group, what_is_rolled_back_was_never_written);
    tcase_add_test(group, two_processes_write_one_after_the_other_and_see_each_other);
    tcase_add_test(group, many_reads_in_one_transaction_see_one_state);
    tcase_add_test(group, the_last_receipts_are_kept);
    tcase_add_test(group, an_origin_begins_with_the_head_that_binds_it);
    tcase_add_loop_test(group, a_prefix_moves_only_as_far_as_pages_join, 0, 4);
    tcase_add_test(group,
                   a_gap_stops_the_prefix_and_a_page_is_found_by_any_of_its_numbers);
    tcase_add_test(group, runs_are_forgotten_when_they_are_full_and_acknowledged);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
