/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and a server without a network: what is cut, repeated, late, refused. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/registry.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

enum { BODY_MAX = 4 * 1024 * 1024, CUTS = 40 };

static struct world_laptop *a;     /* recorder of 101-1 */
static struct world_laptop *b;     /* its hamlet_head */
static struct world_laptop *other; /* recorder of 101-2 */

static void setup(void)
{
    world_init(&world, 5, hm_embedded_kinds, 1, 2);
    a = world_laptop_add(&world, "101-1", "recorder");
    b = world_laptop_add(&world, "101-1", "hamlet_head");
    other = world_laptop_add(&world, "101-2", "recorder");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

#define ACCEPTED                                                                         \
    "SELECT count(*) FROM change c WHERE c.verdict NOT IN (0, 1) AND c.id NOT IN"        \
    " (SELECT change FROM disputed UNION SELECT change FROM incomplete)"
#define OF_THIS_DEVICE                                                                   \
    " AND c.author IN (SELECT a.id FROM author a JOIN device d ON d.id = a.device"       \
    " WHERE d.device = (SELECT value FROM meta WHERE key = 'device'))"

/* What the store calls accepted is what is left of the others: here it is counted. */
static struct hm_counts counts_of(struct hm_store *store, bool own)
{
    struct hm_counts counts;
    int64_t accepted = 0;
    ck_assert_int_eq(hm_store_counts(store, own, &counts, &err), HM_OK);
    ck_assert_int_eq(hm_sql_once(store, own ? ACCEPTED OF_THIS_DEVICE : ACCEPTED,
                                 &accepted, NULL, &err),
                     HM_OK);
    ck_assert_int_eq(counts.accepted, accepted);
    ck_assert_int_eq(counts.changes, counts.local + counts.sent + counts.received +
                                         accepted + counts.conflict + counts.quarantined);
    return counts;
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

/* The laptop believes that it belongs to another unit, and writes there. */
static struct hm_id add_out_of_scope(struct world_laptop *laptop)
{
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    ck_assert_int_eq(
        hm_store_meta_put(laptop->store, HM_META_UNIT, hm_text("101-2"), &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
    struct hm_id record = add(laptop, 1);
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    ck_assert_int_eq(
        hm_store_meta_put(laptop->store, HM_META_UNIT, hm_text("101-1"), &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
    return record;
}

static bool is_there(struct hm_store *store, const struct hm_id *record)
{
    struct hm_listed listed;
    return hm_store_record_show(store, record, &listed, &arena, NULL) == HM_OK;
}

/* A request of the laptop and the server's answer to it. */
struct trip {
    struct hm_session *session;
    struct hm_buf request;
    struct world_visit visit;
};

static void go(struct trip *trip, struct world_laptop *laptop)
{
    hm_buf_init(&trip->request, BODY_MAX);
    ck_assert_int_eq(
        hm_session_open(&trip->session, laptop->store, &laptop->secret, "test", &err),
        HM_OK);
    hm_session_begin(trip->session);
    ck_assert_int_eq(hm_session_request(trip->session, &trip->request, &err), HM_OK);
    world_visit_init(&trip->visit, hm_buf_bytes(&trip->request));
    world_serve(&world, &trip->visit, 1);
}

static enum hm_session_next come(struct trip *trip, size_t size)
{
    hm_err_clear(&err);
    enum hm_session_next next =
        world_take(&world, trip->session, &trip->visit, size, &err);
    hm_session_close(trip->session);
    world_visit_fini(&trip->visit);
    hm_buf_fini(&trip->request);
    return next;
}

START_TEST(a_reply_cut_anywhere_keeps_what_arrived_and_goes_on)
{
    int64_t before = 0;
    size_t cuts = 0;
    size_t grew = 0;
    (void)add(a, 200);
    sync_with(a);
    sync_with(other);
    for (int i = 0; i < CUTS; i++) {
        struct trip trip;
        go(&trip, b);
        size_t size = trip.visit.reply.size;

        enum hm_session_next next = come(&trip, size * (size_t)(i % 8) / 8);

        int64_t now = counts_of(b->store, false).changes;
        ck_assert_int_ge(now, before);
        cuts += next == HM_SESSION_RETRY;
        grew += now > before;
        before = now;
    }

    sync_with(b);
    ck_assert(world_agrees(&world, b, "101-1"));
    int64_t more =
        counts_of(b->store, false).changes - counts_of(world.reader, false).changes;
    hm_promise("P5 replies cut: %zu places, %zu kept pages, lost %d, doubled %d", cuts,
               grew, more < 0 ? (int)-more : 0, more > 0 ? (int)more : 0);
    ck_assert_int_eq(more, 0);
    ck_assert_uint_gt(cuts, 20);
    ck_assert_uint_gt(grew, 1);
}
END_TEST

START_TEST(a_request_that_comes_twice_changes_nothing_the_second_time)
{
    struct world_visit again;
    struct trip trip;
    sync_with(a);
    (void)add(a, 5);
    go(&trip, a);
    int64_t once = counts_of(world.reader, false).changes;

    world_visit_init(&again, hm_buf_bytes(&trip.request));
    world_serve(&world, &again, 1);

    ck_assert_int_eq(again.http, 200);
    ck_assert_int_eq(counts_of(world.reader, false).changes, once);
    ck_assert_int_eq(come(&trip, SIZE_MAX), HM_SESSION_DONE);
    world_visit_fini(&again);
    sync_with(a);
    ck_assert(world_agrees(&world, a, "101-1"));
}
END_TEST

START_TEST(a_request_from_long_ago_is_stale_and_changes_nothing)
{
    struct world_visit late;
    struct trip old;
    struct hm_buf kept;
    sync_with(a);
    (void)add(a, 2);
    go(&old, a);
    hm_buf_init(&kept, BODY_MAX);
    hm_buf_put_bytes(&kept, hm_buf_bytes(&old.request));
    (void)come(&old, SIZE_MAX);
    for (int i = 0; i < 2; i++) {
        (void)add(a, 1);
        sync_with(a);
    }
    int64_t before = counts_of(world.reader, false).changes;

    world_visit_init(&late, hm_buf_bytes(&kept));
    world_serve(&world, &late, 1);

    ck_assert_int_eq(late.http, 409);
    ck_assert_int_eq(counts_of(world.reader, false).changes, before);
    world_visit_fini(&late);
    hm_buf_fini(&kept);
    sync_with(a);
}
END_TEST

START_TEST(a_reply_that_comes_after_a_newer_one_does_no_lasting_harm)
{
    struct trip old;
    sync_with(a);
    (void)add(a, 3);
    go(&old, a);
    (void)add(a, 3);
    sync_with(a);
    struct hm_counts before = counts_of(a->store, true);

    (void)come(&old, SIZE_MAX);
    sync_with(a);

    struct hm_counts after = counts_of(a->store, true);
    ck_assert_int_eq(after.accepted, before.accepted);
    ck_assert_int_eq(after.changes, before.changes);
    ck_assert(world_agrees(&world, a, "101-1"));
}
END_TEST

START_TEST(a_laptop_that_agrees_needs_one_round_and_moves_nothing)
{
    struct trip trip;
    (void)add(a, 3);
    sync_with(a);
    sync_with(a);
    int64_t before = counts_of(a->store, false).changes;
    go(&trip, a);

    ck_assert_uint_lt(trip.visit.reply.size, 600);
    ck_assert_int_eq(come(&trip, SIZE_MAX), HM_SESSION_DONE);
    ck_assert_int_eq(counts_of(a->store, false).changes, before);
}
END_TEST

/* As `restore` leaves the server. */
static void begin_incarnation(void)
{
    world.self.incarnation++;
    ck_assert_int_eq(hm_store_begin(world.store, &err), HM_OK);
    ck_assert_int_eq(hm_store_visits_forget(world.store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(world.store, HM_META_INCARNATION,
                                           (int64_t)world.self.incarnation, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(world.store, &err), HM_OK);
}

START_TEST(a_server_of_another_incarnation_is_counted_anew)
{
    (void)add(a, 20);
    sync_with(a);
    sync_with(b);
    begin_incarnation();
    (void)add(b, 3);

    sync_with(b);
    sync_with(a);

    ck_assert(world_agrees(&world, a, "101-1"));
    ck_assert(world_agrees(&world, b, "101-1"));
    ck_assert_int_eq(counts_of(a->store, true).accepted, 20);
    ck_assert_int_eq(counts_of(b->store, true).accepted, 3);
}
END_TEST

START_TEST(a_reply_of_an_older_incarnation_does_no_lasting_harm)
{
    struct trip old;
    (void)add(a, 4);
    sync_with(a);
    (void)add(a, 4);
    go(&old, a);
    begin_incarnation();
    sync_with(a);

    (void)come(&old, SIZE_MAX);

    sync_with(a);
    sync_with(b);
    ck_assert(world_agrees(&world, a, "101-1"));
    ck_assert(world_agrees(&world, b, "101-1"));
    ck_assert_int_eq(counts_of(a->store, true).accepted, 8);
}
END_TEST

START_TEST(a_laptop_holds_its_own_unit_and_nothing_of_another)
{
    struct hm_id mine = add(a, 3);
    struct hm_id theirs = add(other, 3);
    sync_with(a);
    sync_with(other);
    sync_with(a);
    sync_with(b);

    ck_assert(is_there(b->store, &mine));
    ck_assert(!is_there(b->store, &theirs));
    ck_assert(!is_there(other->store, &mine));
    ck_assert(is_there(world.reader, &mine) && is_there(world.reader, &theirs));
}
END_TEST

START_TEST(a_change_out_of_scope_is_refused_and_only_its_author_keeps_its_values)
{
    struct hm_refused *list = NULL;
    size_t count = 0;
    struct hm_held held;
    sync_with(a);
    (void)add(a, 1);
    struct hm_id record = add_out_of_scope(a);
    (void)add(a, 1);

    sync_with(a);
    sync_with(other);

    ck_assert_int_eq(counts_of(a->store, true).quarantined, 1);
    ck_assert_int_eq(counts_of(a->store, true).accepted, 2);
    ck_assert_int_eq(hm_store_quarantine(a->store, &list, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert(hm_bytes_are(list[0].reason, "scope"));
    ck_assert(!list[0].held.withheld);
    ck_assert(!is_there(a->store, &record));
    ck_assert(!is_there(world.reader, &record));
    ck_assert_int_eq(hm_store_change_find(other->store, &record, &held, &arena, &err),
                     HM_OK);
    ck_assert(held.withheld);
    ck_assert_uint_eq(held.verdict, HM_VERDICT_QUARANTINED);
}
END_TEST

START_TEST(what_is_released_stands_everywhere)
{
    sync_with(a);
    struct hm_id record = add_out_of_scope(a);
    sync_with(a);
    sync_with(other);
    ck_assert_int_eq(world_release(&world, &record, &err), HM_OK);

    sync_with(a);
    sync_with(other);

    ck_assert(is_there(world.reader, &record));
    ck_assert(is_there(other->store, &record));
    ck_assert(world_agrees(&world, other, "101-2"));
    ck_assert_int_eq(counts_of(a->store, true).quarantined, 0);
}
END_TEST

/* Clocks that jump in between: by years, a day, an hour, a second, forth and back. */
static const int64_t jumps_s[] = {
    10 * 31536000LL, -20 * 31536000LL, 31536000LL, 86400, -172800, 3600, -7200, 1, -1};
enum { JUMPS = sizeof(jumps_s) / sizeof(jumps_s[0]) };

START_TEST(a_wrong_clock_decides_nothing)
{
    unsigned clocks = 0;
    unsigned different = 0;
    (void)add(a, 1);
    sync_with(a);
    for (size_t i = 0; i < (size_t)3 * JUMPS; i++) {
        struct hm_testenv *jumping[] = {&b->env, &a->env, &world.env};
        struct hm_id record = add(a, 1);
        sync_with(a);
        sync_with(b);
        jumping[i / JUMPS]->wall_ms += jumps_s[i % JUMPS] * 1000;
        edit(a, &record, "Tổ 1");
        sync_with(a);
        sync_with(b);
        edit(b, &record, "Tổ 2"); /* over the other, and so no conflict */

        sync_with(b);
        sync_with(a);

        clocks++;
        different += !world_agrees(&world, a, "101-1") ||
                     !world_agrees(&world, b, "101-1") ||
                     counts_of(world.reader, false).conflict != 0;
    }

    hm_promise("P15 clocks that jump by up to twenty years: %u jumps, different %u",
               clocks, different);
    ck_assert_uint_eq(different, 0);
    ck_assert_int_eq(counts_of(b->store, true).accepted, (int64_t)3 * JUMPS);
}
END_TEST

START_TEST(a_revoked_device_neither_gives_nor_gets)
{
    sync_with(a);
    sync_with(b);
    (void)add(b, 2);
    sync_with(b);
    (void)add(a, 2);
    int64_t here = counts_of(a->store, false).changes;
    revoke_laptop(a);
    int64_t there = counts_of(world.reader, false).changes;

    hm_err_clear(&err);
    ck_assert(!world_sync(&world, a, &err));

    ck_assert_int_eq(err.status, HM_DENIED);
    ck_assert_str_eq(err.key, "problem-revoked");
    ck_assert_int_eq(counts_of(world.reader, false).changes, there);
    ck_assert_int_eq(counts_of(a->store, false).changes, here);
    ck_assert_int_eq(counts_of(a->store, true).accepted, 0);
}
END_TEST

START_TEST(a_conflict_made_by_two_is_seen_by_both_and_the_counts_add_up)
{
    struct hm_id record = add(a, 1);
    sync_with(a);
    sync_with(b);
    edit(a, &record, "Tổ 1");
    edit(b, &record, "Tổ 2");

    sync_with(a);
    sync_with(b);
    sync_with(a);

    ck_assert_int_eq(counts_of(a->store, true).conflict, 1);
    ck_assert_int_eq(counts_of(b->store, true).conflict, 1);
    ck_assert_int_eq(counts_of(world.reader, false).conflict, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine");
    TCase *group = tcase_create("engine");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_test(group, a_reply_cut_anywhere_keeps_what_arrived_and_goes_on);
    tcase_add_test(group, a_request_that_comes_twice_changes_nothing_the_second_time);
    tcase_add_test(group, a_request_from_long_ago_is_stale_and_changes_nothing);
    tcase_add_test(group, a_reply_that_comes_after_a_newer_one_does_no_lasting_harm);
    tcase_add_test(group, a_laptop_that_agrees_needs_one_round_and_moves_nothing);
    tcase_add_test(group, a_server_of_another_incarnation_is_counted_anew);
    tcase_add_test(group, a_reply_of_an_older_incarnation_does_no_lasting_harm);
    tcase_add_test(group, a_laptop_holds_its_own_unit_and_nothing_of_another);
    tcase_add_test(group,
                   a_change_out_of_scope_is_refused_and_only_its_author_keeps_its_values);
    tcase_add_test(group, what_is_released_stands_everywhere);
    tcase_add_test(group, a_wrong_clock_decides_nothing);
    tcase_add_test(group, a_revoked_device_neither_gives_nor_gets);
    tcase_add_test(group, a_conflict_made_by_two_is_seen_by_both_and_the_counts_add_up);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
