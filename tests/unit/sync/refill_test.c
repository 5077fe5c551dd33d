/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that lost everything but its key, or all since an old backup, gets it back
 * from laptops that return one after the other, each with its own scope.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/refill.h"
#include "world_key.h"
#include "world_registry.h"

enum { CHANGES_MAX = 4096, BUCKETS_MAX = 64, IMPORT = 1300 };

/* A server as it was: what it held, how it had judged it, what its buckets said. */
static struct memory {
    struct {
        struct hm_id id;
        unsigned verdict;
    } changes[CHANGES_MAX];
    size_t change_count;
    struct hm_bucket buckets[BUCKETS_MAX];
    size_t bucket_count;
    struct hm_digest digest; /* of all units */
} before;

/* ---- what was there, and is again ---- */

static enum hm_status remember_change(void *ctx,
                                      const struct hm_held *held,
                                      struct hm_err *why)
{
    struct memory *memory = ctx;
    (void)why;
    ck_assert_uint_lt(memory->change_count, CHANGES_MAX);
    memory->changes[memory->change_count].id = held->change.id;
    memory->changes[memory->change_count++].verdict = held->verdict;
    return HM_OK;
}

static void remember(struct memory *memory)
{
    struct hm_bucket *buckets = NULL;
    memset(memory, 0, sizeof(*memory));
    ck_assert_int_eq(hm_store_changes_each(world.reader, remember_change, memory, &err),
                     HM_OK);
    ck_assert_int_eq(
        hm_store_buckets(world.reader, &buckets, &memory->bucket_count, &arena, &err),
        HM_OK);
    ck_assert_uint_le(memory->bucket_count, BUCKETS_MAX);
    memcpy(memory->buckets, buckets, memory->bucket_count * sizeof(*buckets));
    ck_assert_int_eq(hm_store_digest(world.reader, hm_text("100"), &memory->digest, &err),
                     HM_OK);
}

struct compared {
    size_t changes;
    size_t lost;
    size_t verdicts; /* that are another */
    size_t buckets;
    size_t differing;
};

/* A server of this world writes no device of its own, so its registry is the same too. */
static struct compared compare(void)
{
    struct compared sum = {.changes = before.change_count,
                           .buckets = before.bucket_count};
    struct hm_digest digest;
    for (size_t i = 0; i < before.change_count; i++) {
        struct hm_held held;
        bool here = hm_store_change_find(world.reader, &before.changes[i].id, &held,
                                         &arena, NULL) == HM_OK;
        sum.lost += !here;
        sum.verdicts += here && held.verdict != before.changes[i].verdict;
    }
    for (size_t i = 0; i < before.bucket_count; i++) {
        struct hm_bucket bucket;
        ck_assert_int_eq(
            hm_store_bucket_get(world.reader, before.buckets[i].name, &bucket, &err),
            HM_OK);
        sum.differing += !hm_digest_equal(&bucket.digest, &before.buckets[i].digest);
    }
    ck_assert_int_eq(hm_store_digest(world.reader, hm_text("100"), &digest, &err), HM_OK);
    sum.differing += !hm_digest_equal(&digest, &before.digest);
    return sum;
}

static void is_whole(const char *what)
{
    struct compared sum = compare();
    hm_promise(
        "P14 %s: %zu changes, lost %zu, other verdicts %zu, %zu buckets, differing "
        "%zu",
        what, sum.changes, sum.lost, sum.verdicts, sum.buckets, sum.differing);
    ck_assert_uint_eq(sum.lost, 0);
    ck_assert_uint_eq(sum.verdicts, 0);
    ck_assert_uint_eq(sum.differing, 0);
}

static uint64_t missing(const char *unit)
{
    struct hm_regained *rows = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_regained(world.reader, &rows, &count, &arena, &err), HM_OK);
    for (size_t i = 0; i < count; i++) {
        if (hm_bytes_are(rows[i].home, unit)) {
            return rows[i].missing;
        }
    }
    return 0;
}

START_TEST(an_empty_server_gets_everything_back_with_its_verdicts)
{
    work();
    remember(&before);

    world_server_empty(&world);
    sync_with(tu);
    sync_with(hung);
    sync_with(lan);
    sync_with(mai);

    is_whole("an empty server");
    ck_assert_uint_eq(missing("101-1"), 0);
    ck_assert_uint_eq(missing("101-2"), 0);
    sync_all();
    agree_all();
    is_whole("an empty server, later");
}
END_TEST

START_TEST(a_server_of_an_old_backup_gets_the_rest_back)
{
    work();
    struct hm_disk *backup = world_server_backup(&world);
    struct hm_id late = add_named(lan, "Bùi Thị Muộn");
    struct hm_id refused = add_elsewhere(tu, "101-1");
    work();
    remember(&before);

    world_server_restore(&world, backup);
    ck_assert_int_ne(hm_store_change_find(world.reader, &late,
                                          &(struct hm_held){.row = 0}, &arena, NULL),
                     HM_OK);
    sync_with(mai);
    sync_with(tu);
    sync_with(lan);
    sync_with(hung);

    ck_assert_uint_eq(find(world.reader, &refused).verdict, HM_VERDICT_QUARANTINED);
    is_whole("a server of an old backup");
    sync_all();
    agree_all();
}
END_TEST

START_TEST(what_only_its_author_held_back_comes_from_his_neighbour)
{
    work();
    remember(&before);

    world_server_empty(&world);
    sync_with(hung);

    /* All of 101-1 is lan's, and he did not come; 101-2 nobody has brought. */
    size_t there = 0;
    for (size_t i = 0; i < before.change_count; i++) {
        struct hm_held held;
        there += hm_store_change_find(world.reader, &before.changes[i].id, &held, &arena,
                                      NULL) == HM_OK;
    }
    ck_assert_uint_lt(there, before.change_count);
    for (size_t i = 0; i < before.bucket_count; i++) {
        struct hm_bucket bucket;
        if (!hm_bytes_are(before.buckets[i].name, "101-1")) {
            continue;
        }
        ck_assert_int_eq(
            hm_store_bucket_get(world.reader, before.buckets[i].name, &bucket, &err),
            HM_OK);
        ck_assert(hm_digest_equal(&bucket.digest, &before.buckets[i].digest));
    }
    ck_assert(world_agrees(&world, hung, "101-1"));
}
END_TEST

START_TEST(values_of_what_was_refused_come_from_who_has_them_after_a_skeleton)
{
    struct hm_id refused = add_elsewhere(lan, "101-2");
    sync_all();
    ck_assert(find(tu->store, &refused).withheld);

    world_server_empty(&world);
    sync_with(tu);
    ck_assert(find(world.reader, &refused).withheld);
    sync_with(lan);

    ck_assert(!find(world.reader, &refused).withheld);
    ck_assert_uint_eq(find(world.reader, &refused).verdict, HM_VERDICT_QUARANTINED);
    sync_all();
    agree_all();
}
END_TEST

static void rotate(struct world_laptop *laptop)
{
    struct world_pair next;
    ck_assert_int_eq(world_key_change(laptop, &next, &err), HM_OK);
    ck_assert(world_key_take(laptop, &next));
}

/* The server acknowledges it once it has what came before, which its author brings. */
static void check_values_come(bool new_key)
{
    struct hm_id record = add_named(hung, "Nguyễn Văn Út");
    (void)add_named(mai, "Trần Thị Bưởi");
    sync_all();
    if (new_key) {
        rotate(mai);
    }
    struct hm_id refused = edit(mai, &record, "Tổ 9");
    ck_assert_int_eq(world_change_role(&world, mai, "district_officer", true, &err),
                     HM_OK);
    send_unheard(mai);
    sync_with(hung);
    ck_assert(find(hung->store, &refused).withheld);

    world_server_empty(&world);
    sync_with(hung);
    ck_assert(find(world.reader, &refused).withheld);
    sync_with(mai);

    ck_assert(!find(world.reader, &refused).withheld);
    ck_assert_uint_eq(find(world.reader, &refused).verdict, HM_VERDICT_QUARANTINED);
    sync_all();
    agree_all();
}

START_TEST(values_of_what_was_never_acknowledged_come_after_a_skeleton_too)
{
    check_values_come(false);
}
END_TEST

/* It is not offered before the registry names the key, and not taken for sent by then. */
START_TEST(values_that_a_new_key_signed_come_after_a_skeleton_too)
{
    check_values_come(true);
}
END_TEST

START_TEST(work_that_was_done_meanwhile_is_judged_after_the_registry_is_back)
{
    work();
    remember(&before);
    struct hm_id record = add_named(lan, "Đỗ Văn Mới");
    struct hm_id other = add_named(tu, "Đỗ Văn Khác");

    world_server_empty(&world);
    sync_with(lan);
    sync_with(tu);

    ck_assert_uint_eq(find(world.reader, &record).verdict, HM_VERDICT_ACCEPTED);
    ck_assert_uint_eq(find(world.reader, &other).verdict, HM_VERDICT_ACCEPTED);
}
END_TEST

static size_t old_buckets(struct world_laptop *laptop)
{
    struct hm_bytes *names = NULL;
    size_t to_offer = 0;
    size_t offered = 0;
    ck_assert_int_eq(hm_store_buckets_old(laptop->store, HM_OLD_TO_OFFER, &names,
                                          &to_offer, &arena, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_buckets_old(laptop->store, HM_OLD_OFFERED, &names, &offered,
                                          &arena, &err),
                     HM_OK);
    return to_offer + offered;
}

/* What its author knew of the registry is told by the numbers that are new then. */
START_TEST(own_pages_wait_until_all_buckets_are_of_the_new_incarnation)
{
    struct hm_session *session = NULL;
    struct hm_held held;
    size_t waited = 0;
    bool here = false;
    work();
    struct hm_id record = add_named(lan, "Đỗ Văn Mới");
    world_server_empty(&world);
    ck_assert_int_eq(hm_session_open(&session, lan->store, &lan->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);

    enum hm_session_next next = HM_SESSION_AGAIN;
    for (int round = 0; next == HM_SESSION_AGAIN && !here; round++) {
        size_t old = old_buckets(lan);
        next = world_exchange(&world, lan, session, &world_no_faults, &err);
        here = hm_store_change_find(world.reader, &record, &held, &arena, NULL) == HM_OK;
        waited += old > 0;
        ck_assert_msg(!here || (round > 0 && old == 0), "round %d with %zu old buckets",
                      round, old);
    }

    hm_session_close(session);
    ck_assert(here);
    ck_assert_uint_ge(waited, 3);
}
END_TEST

/* Cuts at every place of a refill, in turn: what arrived is kept, the rest comes again.
 */
START_TEST(a_refill_that_is_cut_again_and_again_comes_to_the_same)
{
    size_t cuts = 0;
    work();
    remember(&before);
    world_server_empty(&world);

    struct world_laptop *const order[] = {tu, hung, lan, mai};
    for (size_t i = 0; i < 4; i++) {
        struct hm_session *session = NULL;
        ck_assert_int_eq(
            hm_session_open(&session, order[i]->store, &order[i]->secret, "test", &err),
            HM_OK);
        hm_session_begin(session);
        enum hm_session_next next = HM_SESSION_AGAIN;
        for (int round = 0; round < 400 && next != HM_SESSION_DONE; round++) {
            struct world_faults faults = world_no_faults;
            if (round % 3 == 1) {
                faults.cut_up = hm_testenv_below(&world.env, 6000);
                cuts++;
            } else if (round % 3 == 2) {
                faults.cut_down = hm_testenv_below(&world.env, 900);
                cuts++;
            }
            hm_err_clear(&err);
            next = world_exchange(&world, order[i], session, &faults, &err);
            ck_assert_msg(next != HM_SESSION_STOP, "%s %s", err.key, err.arg[0]);
            if (round % 7 == 6) { /* the program ends and is started again */
                hm_session_close(session);
                ck_assert_int_eq(hm_session_open(&session, order[i]->store,
                                                 &order[i]->secret, "test", &err),
                                 HM_OK);
                hm_session_begin(session);
            }
        }
        ck_assert_int_eq(next, HM_SESSION_DONE);
        hm_session_close(session);
    }

    hm_promise("P14 a refill cut short: %zu cuts", cuts);
    is_whole("a refill cut short");
    sync_all();
    agree_all();
}
END_TEST

/* One reply acknowledges a whole import as one run, of more changes than a page. */
START_TEST(what_a_long_import_brought_is_spoken_of_to_its_end)
{
    struct hm_element *unspoken = NULL;
    size_t count = 0;
    size_t different = 0;
    uint64_t n = 0;
    (void)add(lan, IMPORT);
    sync_with(lan);
    ck_assert_int_eq(hm_store_bucket_n(lan->store, hm_text("101-1"), &n, &err), HM_OK);
    ck_assert_uint_eq(n, IMPORT);
    remember(&before);

    world_server_empty(&world);
    const struct hm_beyond none = {0, 0};
    ck_assert_int_eq(hm_store_unspoken(lan->store, hm_text("101-1"), n, none, &unspoken,
                                       &count, &arena, &err),
                     HM_OK);
    sync_with(lan);

    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(hm_store_rebuild(lan->store, &different, &err), HM_OK);
    ck_assert_uint_eq(different, 0);
    is_whole("an empty server, a long import");
    ck_assert(world_agrees(&world, lan, "101-1"));
}
END_TEST

START_TEST(a_server_that_is_lost_again_during_its_refill_gets_everything_back)
{
    work();
    remember(&before);

    world_server_empty(&world);
    sync_with(hung);
    world_server_empty(&world);
    sync_with(tu);
    sync_with(hung);
    sync_with(lan);
    world_server_empty(&world);
    sync_with(mai);
    sync_with(lan);
    sync_with(hung);
    sync_with(tu);

    is_whole("a server lost three times");
    sync_all();
    agree_all();
}
END_TEST

/* ---- who may ---- */

static uint64_t n_of(struct world_laptop *laptop, const char *unit)
{
    uint64_t n = 0;
    ck_assert_int_eq(hm_store_bucket_n(laptop->store, hm_text(unit), &n, &err), HM_OK);
    return n;
}

static size_t count_changes(struct hm_store *store)
{
    static struct memory memory;
    memory.change_count = 0;
    ck_assert_int_eq(hm_store_changes_each(store, remember_change, &memory, &err), HM_OK);
    return memory.change_count;
}

START_TEST(a_revoked_laptop_brings_what_it_holds_and_gets_nothing)
{
    work();
    revoke_laptop(lan);
    sync_with(tu);
    remember(&before);
    struct hm_id after = add_named(lan, "Kẻ Trộm");
    size_t held = count_changes(lan->store);

    world_server_empty(&world);
    sync_with(tu); /* who knows of the revocation, and nothing of 101-1 */
    ck_assert_uint_gt(compare().lost, 100);
    ck_assert(!syncs(lan));

    ck_assert_str_eq(err.key, "problem-revoked");
    is_whole("a server that a revoked laptop came back to");
    ck_assert_uint_eq(count_changes(lan->store), held);
    ck_assert_uint_eq(n_of(lan, "101-1"), 0);
    ck_assert_int_ne(hm_store_change_find(world.reader, &after,
                                          &(struct hm_held){.row = 0}, &arena, NULL),
                     HM_OK);
}
END_TEST

START_TEST(a_revoked_laptop_that_comes_first_is_heard_no_more_once_the_revocation_is_back)
{
    work();
    revoke_laptop(lan);
    sync_with(hung);
    sync_with(tu);
    sync_with(mai);
    remember(&before);

    world_server_empty(&world);
    sync_with(lan); /* nobody can know yet */
    sync_with(tu);
    sync_with(hung);
    sync_with(mai);

    is_whole("a server that a revoked laptop found first");
    ck_assert(!syncs(lan));
    ck_assert_str_eq(err.key, "problem-revoked");
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("sync refill");
    TCase *cases = tcase_create("refill");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, an_empty_server_gets_everything_back_with_its_verdicts);
    tcase_add_test(cases, a_server_of_an_old_backup_gets_the_rest_back);
    tcase_add_test(cases, what_only_its_author_held_back_comes_from_his_neighbour);
    tcase_add_test(cases,
                   values_of_what_was_refused_come_from_who_has_them_after_a_skeleton);
    tcase_add_test(cases,
                   values_of_what_was_never_acknowledged_come_after_a_skeleton_too);
    tcase_add_test(cases, values_that_a_new_key_signed_come_after_a_skeleton_too);
    tcase_add_test(cases,
                   work_that_was_done_meanwhile_is_judged_after_the_registry_is_back);
    tcase_add_test(cases, own_pages_wait_until_all_buckets_are_of_the_new_incarnation);
    tcase_add_test(cases, a_refill_that_is_cut_again_and_again_comes_to_the_same);
    tcase_add_test(cases, what_a_long_import_brought_is_spoken_of_to_its_end);
    tcase_add_test(cases,
                   a_server_that_is_lost_again_during_its_refill_gets_everything_back);
    tcase_add_test(cases, a_revoked_laptop_brings_what_it_holds_and_gets_nothing);
    tcase_add_test(
        cases,
        a_revoked_laptop_that_comes_first_is_heard_no_more_once_the_revocation_is_back);
    suite_add_tcase(made, cases);
    return made;
}

int main(void)
{
    return hm_run(suite());
}
