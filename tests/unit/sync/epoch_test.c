/* SPDX-License-Identifier: Apache-2.0 */
/* Disks that are copied, and disks that come back from an older image. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/epoch.h"
#include "promise.h"
#include "tests/unit/sync/acts.h"
#include "world_registry.h"

enum { HISTORIES = 60, EVENTS = 40, TYPED_MAX = 512 };

static struct world_laptop *a; /* recorder of 101-1 */
static struct world_laptop *b; /* its hamlet_head */

static void setup(void)
{
    world_init(&world, hm_testenv_seed(31), hm_embedded_kinds, 1, 2);
    a = world_laptop_add(&world, "101-1", "recorder");
    b = world_laptop_add(&world, "101-1", "hamlet_head");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static void edit(struct world_laptop *laptop,
                 const struct hm_id *record,
                 const char *cluster)
{
    struct hm_author *author = NULL;
    struct hm_id change;
    const struct hm_field_input field = {.name = hm_text("cluster"),
                                         .text = hm_text(cluster)};
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_edit(author, record, &field, 1, false, &change, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static bool is_there(struct hm_store *store, const struct hm_id *record)
{
    struct hm_listed listed;
    return hm_store_record_show(store, record, &listed, &arena, NULL) == HM_OK;
}

static int64_t once(struct hm_store *store, const char *sql)
{
    int64_t value = -1;
    ck_assert_int_eq(hm_sql_once(store, sql, &value, NULL, &err), HM_OK);
    return value;
}

static struct hm_counts counts_of(struct world_laptop *laptop)
{
    struct hm_counts counts;
    ck_assert_int_eq(hm_store_counts(laptop->store, true, &counts, &err), HM_OK);
    return counts;
}

static struct hm_notice *notices_of(size_t *count)
{
    struct hm_notice *notices = NULL;
    ck_assert_int_eq(hm_store_notices(world.reader, &notices, count, &arena, &err),
                     HM_OK);
    return notices;
}

static size_t count_notices(void)
{
    size_t count = 0;
    (void)notices_of(&count);
    return count;
}

static void ck_all_agree(void)
{
    for (size_t i = 0; i < world.laptop_count; i++) {
        sync_with(&world.laptops[i]);
    }
    for (size_t i = 0; i < world.laptop_count; i++) {
        sync_with(&world.laptops[i]);
        ck_assert_msg(world_agrees(&world, &world.laptops[i], "101-1"), "%zu", i);
        ck_assert_int_eq(counts_of(&world.laptops[i]).local, 0);
        ck_assert_int_eq(counts_of(&world.laptops[i]).sent, 0);
    }
}

START_TEST(a_copy_that_wrote_beside_the_original_keeps_what_both_wrote)
{
    size_t count = 0;
    (void)add(a, 3);
    sync_with(a);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    struct hm_id mine = add(a, 2);
    struct hm_id other = add(twin, 4);
    sync_with(a);

    sync_with(twin);

    ck_assert(is_there(world.reader, &mine));
    ck_assert(is_there(world.reader, &other));
    ck_assert_int_eq(once(world.reader,
                          "SELECT count(*) FROM record WHERE kind ="
                          " (SELECT id FROM kind WHERE name = 'household')"),
                     9);
    ck_all_agree();
    struct hm_notice *notices = notices_of(&count);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(notices[0].type, HM_NOTICE_COPIED);
    ck_assert_int_eq(notices[0].moved, 4);
}
END_TEST

START_TEST(a_copy_that_wrote_nothing_is_told_from_a_restore_when_the_original_returns)
{
    size_t count = 0;
    sync_with(a);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    (void)add(a, 1);
    sync_with(a);
    sync_with(twin);
    ck_assert_int_eq(notices_of(&count)[0].type, HM_NOTICE_RESTORED);

    sync_with(a);

    ck_assert_int_eq(notices_of(&count)[0].type, HM_NOTICE_COPIED);
    ck_assert_uint_eq(count, 1);
    ck_all_agree();
}
END_TEST

START_TEST(an_edit_on_each_of_two_copies_is_a_conflict)
{
    struct hm_id record = add(a, 1);
    sync_with(a);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    edit(a, &record, "Tổ 1");
    edit(twin, &record, "Tổ 2");
    sync_with(a);

    sync_with(twin);

    ck_assert_int_eq(once(world.reader, "SELECT count(*) FROM conflict WHERE open = 1"),
                     1);
    ck_all_agree();
}
END_TEST

START_TEST(a_restored_laptop_gets_its_later_work_back_refused_changes_too)
{
    size_t count = 0;
    (void)add(a, 2);
    sync_with(a);
    struct hm_disk *image = world_laptop_image(a);
    struct hm_id later = add(a, 3);
    ck_assert_int_eq(hm_store_begin(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(a->store, HM_META_UNIT, hm_text("101-2"), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(a->store, &err), HM_OK);
    struct hm_id refused = add(a, 1);
    sync_with(a);
    sync_with(a);

    world_laptop_restore(a, image);
    hm_disk_free(image);
    struct hm_id fresh = add(a, 1);
    sync_with(a);

    ck_assert(is_there(a->store, &later));
    ck_assert(is_there(a->store, &fresh));
    ck_assert_int_eq(once(a->store, "SELECT count(*) FROM change WHERE verdict = 1"), 1);
    ck_assert_int_eq(once(a->store, "SELECT sum(withheld) FROM change"), 0);
    (void)refused;
    ck_all_agree();
    struct hm_notice *notices = notices_of(&count);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(notices[0].moved, 1);
}
END_TEST

START_TEST(a_laptop_restored_by_one_exchange_is_noticed_though_its_lease_still_holds)
{
    size_t count = 0;
    (void)add(a, 1);
    sync_with(a);
    struct hm_disk *image = world_laptop_image(a);
    (void)add(a, 1);
    sync_with(a);

    world_laptop_restore(a, image);
    hm_disk_free(image);
    sync_with(a);

    ck_assert_int_eq(notices_of(&count)[0].type, HM_NOTICE_RESTORED);
    ck_assert_int_eq(counts_of(a).accepted, 2);
    ck_all_agree();
}
END_TEST

/* The server that the image went to first is lost, and the next never heard of it. */
START_TEST(an_image_of_before_the_first_contact_is_noticed_by_another_server_too)
{
    size_t count = 0;
    struct hm_disk *image = world_laptop_image(a);
    sync_with(a);
    world_laptop_restore(a, image);
    (void)add(a, 1);
    sync_with(a); /* another epoch, which alone goes to the next server */
    sync_with(b);
    world_server_empty(&world);
    sync_with(b);
    sync_with(a);
    sync_with(a);
    ck_assert_uint_eq(count_notices(), 0);

    world_laptop_restore(a, image);
    hm_disk_free(image);
    sync_with(a);
    sync_with(a);

    struct hm_notice *notices = notices_of(&count);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(notices[0].type, HM_NOTICE_RESTORED);
    sync_with(a); /* once is enough */
    ck_assert_uint_eq(count_notices(), 1);
    ck_all_agree();
}
END_TEST

/* Its disk was an older one once: what was sealed there is cut otherwise than the pages
 * that a server of an old backup has of the same chain. */
START_TEST(what_a_server_lost_may_begin_in_the_middle_of_a_page)
{
    sync_with(a);
    (void)add(a, 5);
    sync_with(a);
    (void)once(a->store, "UPDATE origin SET acked = 2 WHERE acked = 5");
    (void)add(a, 1);

    sync_with(a);

    ck_assert_int_eq(once(a->store, "SELECT max(acked) FROM origin"), 6);
    ck_all_agree();
}
END_TEST

START_TEST(a_store_copied_before_its_first_exchange_goes_on_twice)
{
    struct world_laptop *twin = world_laptop_copy(&world, a);
    (void)add(a, 2);
    (void)add(twin, 3);
    sync_with(a);

    sync_with(twin);

    ck_assert_int_eq(once(world.reader,
                          "SELECT count(*) FROM record WHERE kind ="
                          " (SELECT id FROM kind WHERE name = 'household')"),
                     5);
    ck_assert_uint_eq(count_notices(), 1);
    ck_all_agree();
}
END_TEST

START_TEST(what_a_copy_wrote_behind_a_gap_is_not_taken_for_the_asker_s)
{
    struct world_laptop *mai = world_laptop_add(&world, "101", "commune_officer");
    struct hm_id record = add(a, 1);
    sync_with(a);
    sync_with(mai);
    struct world_laptop *twin = world_laptop_copy(&world, mai);
    (void)add(twin, 1); /* in 101, which a does not read */
    edit(twin, &record, "Cụm 2");
    ck_assert_int_eq(world_change_role(&world, twin, "district_officer", true, &err),
                     HM_OK);
    sync_with(twin);
    sync_with(a);
    (void)add(mai, 2);

    world_server_empty(&world);
    sync_with(a);
    sync_with(mai);

    ck_assert(world_agrees(&world, mai, "101"));
    ck_all_agree();
}
END_TEST

/* One chain with two ends, of which the reader has both and the new server one. */
START_TEST(a_reader_who_knows_a_chain_otherwise_than_its_server_is_not_led_astray)
{
    sync_with(a);
    (void)add(a, 1);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    (void)add(a, 2);
    struct hm_id record = add(twin, 1);
    sync_with(twin);
    send_unheard(a);
    sync_with(b);
    (void)add(a, 1);
    sync_with(a);
    (void)add(twin, 2);
    sync_with(twin);
    sync_with(b);

    world_server_empty(&world);
    sync_with(b);

    ck_assert(world_agrees(&world, b, "101-1"));
    edit(twin, &record, "Cụm 3");
    ck_all_agree();
}
END_TEST

/* ... nor by what an earlier part of the reply brought, which stands beside his chain. */
START_TEST(numbers_mean_what_the_same_reply_brought_before_them)
{
    sync_with(a);
    (void)add(a, 1);
    sync_with(a);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    (void)add(twin, 3);
    sync_with(twin);
    sync_with(b);
    /* Skeletons of which no entry speaks: he has nothing to offer of them. */
    (void)once(b->store, "UPDATE change SET withheld = 1, verdict = 0"
                         " WHERE home = (SELECT id FROM unit WHERE code = '101-1')");
    ck_assert_int_eq(hm_store_begin(b->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_bucket_reset(b->store, hm_text("101-1"), &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(b->store, &err), HM_OK);

    world_server_empty(&world);
    struct hm_id record = add(a, 1);
    edit(a, &record, "Cụm 2");
    (void)add(a, 2500);
    edit(a, &record, "Cụm 3");
    sync_with(a);
    sync_with(b);

    ck_assert(is_there(b->store, &record));
}
END_TEST

/* What stood in a's last request, under the name of b, who may carry it. */
static void relay(struct hm_bytes body)
{
    const uint8_t *line = memchr(body.data, '\n', body.size);
    struct hm_bytes stream = {.data = line + 1,
                              .size = body.size - (size_t)(line + 1 - body.data)};
    struct hm_request request = {.device = hm_sign_device(&b->key),
                                 .epoch = 1,
                                 .id = hm_make_id(1),
                                 .incarnation = world.self.incarnation,
                                 .reply_max = 1,
                                 .version = hm_text("relay")};
    struct world_visit visit;
    struct hm_buf whole;
    hm_buf_init(&whole, HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_request_write(&whole, &request, stream.size, &world.self.server,
                                      &b->secret, &err),
                     HM_OK);
    hm_buf_put_bytes(&whole, stream);
    world_visit_init(&visit, hm_buf_bytes(&whole));
    world_serve(&world, &visit, 1);
    ck_assert_int_eq(visit.http, 200);
    world_visit_fini(&visit);
    hm_buf_fini(&whole);
}

/* The server that came back did not read the pages; another laptop brings them. */
START_TEST(pages_that_another_brought_are_acknowledged_and_no_sign_of_a_copy)
{
    struct hm_session *session = NULL;
    struct world_visit visit;
    struct hm_buf body;
    (void)add(b, 2);
    sync_with(b);
    sync_with(a);
    world_server_empty(&world);
    struct hm_id record = add(a, 1);
    hm_buf_init(&body, HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_session_open(&session, a->store, &a->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &body, &err), HM_OK);
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    ck_assert_int_eq(world_take(&world, session, &visit, SIZE_MAX, &err),
                     HM_SESSION_AGAIN);
    hm_session_close(session);

    sync_with(b);
    relay(hm_buf_bytes(&body));
    ck_assert(is_there(world.reader, &record));
    sync_with(a);

    ck_assert_uint_eq(count_notices(), 0);
    ck_all_agree();
    world_visit_fini(&visit);
    hm_buf_fini(&body);
}
END_TEST

START_TEST(what_waits_in_both_epochs_is_counted_once)
{
    (void)add(a, 600);
    sync_with(a);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    (void)add(a, 1);
    sync_with(a);
    (void)add(twin, 700);
    struct hm_counts before = counts_of(twin);
    ck_assert_int_eq(before.local, 700);

    sync_with(twin);

    struct hm_counts after = counts_of(twin);
    ck_assert_int_eq(after.accepted, 1301);
    ck_assert_int_eq(after.changes, 1301);
    ck_assert_int_eq(once(twin->store, "SELECT count(*) FROM run"), 0);
    (void)add(twin, 10);
    ck_assert_int_eq(once(twin->store, "SELECT count(*) FROM run"), 1);
    ck_all_agree();
}
END_TEST

/* ---- many of them, at any moment ---- */

struct tally {
    unsigned copies;
    unsigned restores;
    unsigned unnoticed;
    unsigned false_alarms;
    unsigned lost;
    unsigned doubled;
};

static struct hm_id typed[TYPED_MAX];
static bool gone[TYPED_MAX]; /* with a disk that was put back before it was sent */
static size_t typed_count;

static void type(struct world_laptop *laptop)
{
    if (typed_count < TYPED_MAX) {
        typed[typed_count++] = add(laptop, 1);
    }
}

static void restore(struct world_laptop *laptop, const struct hm_disk *image)
{
    bool had[TYPED_MAX] = {false};
    for (size_t i = 0; i < typed_count; i++) {
        had[i] = is_there(laptop->store, &typed[i]);
    }
    world_laptop_restore(laptop, image);
    for (size_t i = 0; i < typed_count; i++) {
        bool elsewhere = is_there(world.reader, &typed[i]);
        for (size_t k = 0; k < world.laptop_count; k++) {
            elsewhere = elsewhere || is_there(world.laptops[k].store, &typed[i]);
        }
        gone[i] = gone[i] || (had[i] && !elsewhere);
    }
}

/* An exchange, which may break off on its way. */
static void meet(struct world_laptop *laptop, struct hm_testenv *dice)
{
    struct world_faults faults = world_no_faults;
    ck_assert_int_eq(world_session(laptop, &err), HM_OK);
    if (hm_testenv_below(dice, 3) == 0) {
        faults.cut_down = (size_t)hm_testenv_below(dice, 2000);
    } else if (hm_testenv_below(dice, 3) == 0) {
        faults.cut_up = (size_t)hm_testenv_below(dice, 2000);
    }
    faults.twice = hm_testenv_below(dice, 8) == 0;
    (void)world_exchange(&world, laptop, laptop->session, &faults, &err);
}

static void count_all(struct tally *tally)
{
    size_t count = 0;
    (void)notices_of(&count);
    for (size_t i = 0; i < typed_count; i++) {
        tally->lost += !gone[i] && !is_there(world.reader, &typed[i]);
    }
    tally->doubled +=
        (unsigned)once(world.reader,
                       "SELECT count(*) FROM record WHERE kind = (SELECT id FROM kind"
                       " WHERE name = 'household')") > typed_count;
    hm_arena_clear(&arena);
}

static void run_history(uint64_t seed, bool quiet, struct tally *tally)
{
    struct hm_testenv dice;
    struct hm_disk *image = NULL;
    size_t of = 0;
    size_t count = 0;
    bool strange = false;
    hm_testenv_init(&dice, seed);
    typed_count = 0;
    memset(gone, 0, sizeof(gone));
    for (int i = 0; i < EVENTS; i++) {
        size_t who = (size_t)hm_testenv_below(&dice, world.laptop_count);
        struct world_laptop *laptop = &world.laptops[who];
        uint64_t what = hm_testenv_below(&dice, 20);
        if (what < 8) {
            type(laptop);
        } else if (what < 16 || quiet) {
            meet(laptop, &dice);
        } else if (what == 16 && world.laptop_count < 4) {
            struct world_laptop *twin = world_laptop_copy(&world, laptop);
            type(twin);
            type(laptop);
            strange = true;
            tally->copies++;
        } else if (what == 17) {
            hm_disk_free(image);
            image = world_laptop_image(laptop);
            of = who;
        } else if (what == 18 && image != NULL) {
            type(&world.laptops[of]);
            sync_with(&world.laptops[of]); /* the later self was here */
            restore(&world.laptops[of], image);
            strange = true;
            tally->restores++;
        }
    }
    hm_disk_free(image);
    ck_all_agree();
    (void)notices_of(&count);
    tally->unnoticed += strange && count == 0;
    tally->false_alarms += !strange && count > 0;
    count_all(tally);
}

START_TEST(copies_and_restores_at_any_moment_lose_and_double_nothing)
{
    struct tally tally = {.copies = 0};
    uint64_t seed = hm_testenv_seed(77);
    for (uint64_t i = 0; i < HISTORIES; i++) {
        if (i > 0) {
            teardown();
            setup();
        }
        run_history(seed + i, i % 4 == 0, &tally);
    }
    hm_promise("P12 laptops copied at any moment: %u, unnoticed %u, lost %u, doubled %u",
               tally.copies, tally.unnoticed, tally.lost, tally.doubled);
    hm_promise("P12 laptops restored at any moment: %u, false alarms in %u histories"
               " without: %u",
               tally.restores, (unsigned)HISTORIES / 4, tally.false_alarms);
    ck_assert_uint_gt(tally.copies, HISTORIES / 4);
    ck_assert_uint_gt(tally.restores, HISTORIES / 4);
    ck_assert_uint_eq(tally.unnoticed + tally.false_alarms, 0);
    ck_assert_uint_eq(tally.lost + tally.doubled, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync epoch");
    TCase *cases = tcase_create("copies and restores");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_copy_that_wrote_beside_the_original_keeps_what_both_wrote);
    tcase_add_test(
        cases,
        a_copy_that_wrote_nothing_is_told_from_a_restore_when_the_original_returns);
    tcase_add_test(cases, an_edit_on_each_of_two_copies_is_a_conflict);
    tcase_add_test(cases, a_restored_laptop_gets_its_later_work_back_refused_changes_too);
    tcase_add_test(
        cases, a_laptop_restored_by_one_exchange_is_noticed_though_its_lease_still_holds);
    tcase_add_test(cases,
                   an_image_of_before_the_first_contact_is_noticed_by_another_server_too);
    tcase_add_test(cases, what_a_server_lost_may_begin_in_the_middle_of_a_page);
    tcase_add_test(cases, a_store_copied_before_its_first_exchange_goes_on_twice);
    tcase_add_test(cases, what_a_copy_wrote_behind_a_gap_is_not_taken_for_the_asker_s);
    tcase_add_test(
        cases, a_reader_who_knows_a_chain_otherwise_than_its_server_is_not_led_astray);
    tcase_add_test(cases, numbers_mean_what_the_same_reply_brought_before_them);
    tcase_add_test(cases,
                   pages_that_another_brought_are_acknowledged_and_no_sign_of_a_copy);
    tcase_add_test(cases, what_waits_in_both_epochs_is_counted_once);
    tcase_add_test(cases, copies_and_restores_at_any_moment_lose_and_double_nothing);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
