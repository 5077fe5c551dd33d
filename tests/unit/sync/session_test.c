/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/embed.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/visits.h"
#include "promise.h"
#include "world.h"
#include "world_machine.h"

static struct world world;

static void setup(void)
{
    world_init(&world, hm_testenv_seed(7), hm_embedded_kinds, 2, 2);
}

static void teardown(void)
{
    world_fini(&world);
}

static struct hm_id add(struct world_laptop *laptop,
                        const char *name,
                        const char *address)
{
    struct hm_author *author = NULL;
    struct hm_err err = HM_ERR_NONE;
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {hm_text("head_name"), hm_text(name), NULL},
        {hm_text("address_text"), hm_text(address), NULL},
    };
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_add(author, hm_text("household"), fields, 2, &added, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    return added.record;
}

static void edit(struct world_laptop *laptop,
                 const struct hm_id *record,
                 const char *field,
                 const char *value)
{
    struct hm_author *author = NULL;
    struct hm_err err = HM_ERR_NONE;
    struct hm_id change;
    const struct hm_field_input fields[] = {{hm_text(field), hm_text(value), NULL}};
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_edit(author, record, fields, 1, false, &change, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static size_t open_conflicts(struct hm_store *store)
{
    struct hm_arena arena;
    struct hm_conflict *list = NULL;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    hm_arena_init(&arena, 1 << 24);
    ck_assert_int_eq(
        hm_store_conflicts(store, HM_NO_BYTES, true, &list, &count, &arena, &err), HM_OK);
    hm_arena_fini(&arena);
    return count;
}

START_TEST(what_one_laptop_adds_another_of_the_same_unit_gets)
{
    struct hm_err err = HM_ERR_NONE;
    struct world_laptop *a = world_laptop_add(&world, "101-1", "recorder");
    struct world_laptop *b = world_laptop_add(&world, "101-1", "recorder");
    for (int i = 0; i < 100; i++) {
        add(a, "Nguyễn Văn Út", "Tổ 3");
    }

    ck_assert_msg(world_sync(&world, a, &err), "%s %s", err.key, err.arg[0]);
    ck_assert_msg(world_sync(&world, b, &err), "%s %s", err.key, err.arg[0]);

    ck_assert(world_agrees(&world, a, "101-1"));
    ck_assert(world_agrees(&world, b, "101-1"));
}
END_TEST

/* It has not what it confirmed, and nothing shows it: what follows there joins nothing.
 */
START_TEST(a_server_that_confirms_nothing_is_not_asked_without_end)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_session *session = NULL;
    struct world_laptop *a = world_laptop_add(&world, "101-1", "recorder");
    struct hm_disk *image = world_server_backup(&world);
    add(a, "Nguyễn Văn Út", "Tổ 3");
    ck_assert(world_sync(&world, a, &err));
    world_server_put_back(&world, image);
    ck_assert_int_eq(hm_store_begin(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(a->store, HM_META_LEASE, HM_NO_BYTES, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(a->store, &err), HM_OK);
    add(a, "Trần Thị Bảy", "Tổ 1");
    ck_assert_int_eq(hm_session_open(&session, a->store, &a->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);

    enum hm_session_next next = HM_SESSION_AGAIN;
    for (int round = 0; next == HM_SESSION_AGAIN && round < 10; round++) {
        next = world_exchange(&world, a, session, &world_no_faults, &err);
    }

    ck_assert_int_eq(next, HM_SESSION_RETRY);
    ck_assert_str_eq(err.key, "unconfirmed");
    ck_assert_uint_eq(hm_session_stats(session)->tries_idle, 1);
    hm_session_close(session);
}
END_TEST

START_TEST(concurrent_edits_of_one_field_are_one_conflict_everywhere)
{
    struct hm_err err = HM_ERR_NONE;
    struct world_laptop *a = world_laptop_add(&world, "101-1", "recorder");
    struct world_laptop *b = world_laptop_add(&world, "101-1", "hamlet_head");
    struct hm_id record = add(a, "Trần Thị Bảy", "Tổ 1");
    ck_assert(world_sync(&world, a, &err));
    ck_assert(world_sync(&world, b, &err));
    edit(a, &record, "address_text", "Tổ 2");
    edit(b, &record, "address_text", "Tổ 5");
    edit(b, &record, "cluster", "Cụm 9");

    ck_assert(world_sync(&world, a, &err));
    ck_assert(world_sync(&world, b, &err));
    ck_assert(world_sync(&world, a, &err));

    ck_assert_uint_eq(open_conflicts(world.reader), 1);
    ck_assert_uint_eq(open_conflicts(a->store), 1);
    ck_assert_uint_eq(open_conflicts(b->store), 1);
    ck_assert(world_agrees(&world, a, "101-1"));
    ck_assert(world_agrees(&world, b, "101-1"));
}
END_TEST

static int64_t changes_of(struct hm_store *store)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_counts counts;
    ck_assert_int_eq(hm_store_counts(store, false, &counts, &err), HM_OK);
    return counts.changes;
}

START_TEST(a_request_cut_anywhere_loses_and_doubles_nothing)
{
    struct hm_err err = HM_ERR_NONE;
    struct world_laptop *a = world_laptop_add(&world, "101-1", "recorder");
    int64_t before = changes_of(world.reader);
    for (int i = 0; i < 120; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "Lê Thị %d", i * 7919);
        add(a, name, "Số 1, tổ 4, ấp Thạnh Phước");
    }
    struct hm_session *session = NULL;
    ck_assert_int_eq(hm_session_open(&session, a->store, &a->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);

    size_t broken = 0;
    size_t lost_replies = 0;
    for (size_t cut = 100; cut < 3000; cut += 97) {
        struct world_faults faults = {cut, SIZE_MAX, false};
        hm_err_clear(&err);
        broken += world_exchange(&world, a, session, &faults, &err) == HM_SESSION_RETRY;
    }
    ck_assert_uint_gt(broken, 10);
    for (size_t cut = 0; cut < 400; cut += 37) {
        struct world_faults faults = {SIZE_MAX, cut, true};
        hm_err_clear(&err);
        enum hm_session_next next = world_exchange(&world, a, session, &faults, &err);
        ck_assert_msg(next == HM_SESSION_RETRY || next == HM_SESSION_AGAIN ||
                          next == HM_SESSION_DONE,
                      "%d %s %s", next, err.key, err.arg[0]);
        lost_replies += next == HM_SESSION_RETRY;
    }
    hm_session_close(session);

    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, a, &err), "%s %s", err.key, err.arg[0]);
    ck_assert(world_agrees(&world, a, "101-1"));
    int64_t arrived = changes_of(world.reader) - before;
    hm_promise("P5 requests and replies cut: %zu places, lost %d, doubled %d",
               broken + lost_replies, arrived < 120 ? (int)(120 - arrived) : 0,
               arrived > 120 ? (int)(arrived - 120) : 0);
    ck_assert_int_eq(arrived, 120);
}
END_TEST

/* What the server keeps of the laptop. */
static struct hm_visit visit_of(const struct world_laptop *laptop)
{
    static struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    struct hm_visit visit;
    struct hm_id device = hm_sign_device(&laptop->key);
    bool found = false;
    hm_arena_init(&arena, 1 << 20);
    ck_assert_int_eq(
        hm_store_visit_last(world.store, &device, &visit, &found, &arena, &err), HM_OK);
    ck_assert(found);
    hm_arena_fini(&arena);
    return visit;
}

/* On a link where little can be sent at a time. */
START_TEST(since_when_something_waits_is_kept_until_nothing_does)
{
    enum { HOUR_MS = 3600 * 1000 };
    struct hm_err err = HM_ERR_NONE;
    struct world_laptop *a = world_laptop_add(&world, "101-1", "recorder");
    ck_assert(world_sync(&world, a, &err));
    ck_assert_int_eq(visit_of(a).late.ms, 0);
    for (int i = 0; i < 600; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "Lê Thị %d", i * 7919);
        add(a, name, "Số 1, tổ 4, ấp Thạnh Phước");
    }
    struct hm_session *session = NULL;
    ck_assert_int_eq(hm_store_begin(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(a->store, HM_META_BUDGET, 1, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_session_open(&session, a->store, &a->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    int64_t since = world.env.wall_ms;
    for (int i = 0; i < 2; i++) {
        hm_err_clear(&err);
        ck_assert_int_eq(world_exchange(&world, a, session, &world_no_faults, &err),
                         HM_SESSION_AGAIN);

        struct hm_visit visit = visit_of(a);

        ck_assert_int_gt(visit.waiting, 0);
        ck_assert_int_eq(visit.late.ms, since);
        ck_assert_int_eq(visit.contact.ms, since + (int64_t)i * HOUR_MS);
        hm_testenv_advance(&world.env, HOUR_MS);
    }
    hm_session_close(session);

    ck_assert(world_sync(&world, a, &err));

    ck_assert_int_eq(visit_of(a).waiting, 0);
    ck_assert_int_eq(visit_of(a).late.ms, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("session");
    TCase *t = tcase_create("world");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, what_one_laptop_adds_another_of_the_same_unit_gets);
    tcase_add_test(t, a_server_that_confirms_nothing_is_not_asked_without_end);
    tcase_add_test(t, concurrent_edits_of_one_field_are_one_conflict_everywhere);
    tcase_add_test(t, a_request_cut_anywhere_loses_and_doubles_nothing);
    tcase_add_test(t, since_when_something_waits_is_kept_until_nothing_does);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
