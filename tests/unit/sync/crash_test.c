/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power goes at every operation of taking a reply and of the server's group commit:
 * what was acknowledged is there, a cursor at n means that all up to n is held, and the
 * next exchange goes on from there.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/check.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/pages.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

enum { PAGE = 4, ROUNDS_MAX = 400, CHECKS = 10 };
/* Where all is dropped or kept there is one outcome a place: those are swept in steps. */
enum { STRIDE = 5 };

static struct world_laptop *a;
static struct world_laptop *b;

static struct {
    uint64_t cuts;
    uint64_t lost;
    uint64_t torn;
    uint64_t rows;   /* that a cursor spoke of */
    uint64_t missed; /* and that were not there */
} sum;

static void setup(void)
{
    world_init(&world, 3, hm_embedded_kinds, 1, 1);
    a = world_laptop_add(&world, "101-1", "recorder");
    b = world_laptop_add(&world, "101-1", "hamlet_head");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    memset(&sum, 0, sizeof(sum));
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static void sync_all(void)
{
    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, b, &err), "%s %s", err.key, err.arg[0]);
    ck_assert_msg(world_sync(&world, a, &err), "%s %s", err.key, err.arg[0]);
}

/* One exchange with a session of its own. */
static enum hm_session_next exchange(struct world_laptop *laptop)
{
    struct hm_session *session = NULL;
    hm_err_clear(&err);
    enum hm_status status =
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err);
    enum hm_session_next next = HM_SESSION_STOP;
    if (status == HM_OK) {
        hm_session_begin(session);
        next = world_exchange(&world, laptop, session, &world_no_faults, &err);
    }
    hm_session_close(session);
    return next;
}

static struct hm_origin origin_of(struct hm_store *store,
                                  const struct world_laptop *laptop)
{
    struct hm_id device = hm_sign_device(&laptop->key);
    struct hm_origin origin;
    int64_t epoch = 0;
    ck_assert_int_eq(hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &epoch, &err),
                     HM_OK);
    ck_assert_int_eq(
        hm_store_origin_get(store, &device, (uint32_t)epoch, false, &origin, &err),
        HM_OK);
    return origin;
}

/* Every number up to n is an entry, and its change is here. */
static void check_cursor(struct hm_store *store)
{
    struct hm_bucket bucket;
    struct hm_entry *entries = NULL;
    struct hm_held held;
    size_t count = 0;
    uint64_t next = 1;
    ck_assert_int_eq(hm_store_bucket_get(store, hm_text("101-1"), &bucket, &err), HM_OK);
    ck_assert_int_eq(hm_store_entries_after(store, bucket.name, 0, 4096, &entries, &count,
                                            &arena, &err),
                     HM_OK);
    for (size_t i = 0; i < count; i++) {
        sum.missed += entries[i].n != next;
        sum.rows += entries[i].count;
        next += entries[i].count;
        for (uint64_t k = 0; k < entries[i].count; k++) {
            sum.missed += hm_store_changes_get(store, entries[i].change + (int64_t)k, 1,
                                               &held, &arena, NULL) != HM_OK;
        }
    }
    sum.missed += next != bucket.n + 1;
}

static void check_whole(struct hm_store *store)
{
    size_t records = 0;
    size_t different = 0;
    if (sum.cuts % CHECKS != 0) {
        return;
    }
    ck_assert_int_eq(hm_store_check_file(store, &err), HM_OK);
    ck_assert_int_eq(hm_store_check_derived(store, &records, &different, &err), HM_OK);
    ck_assert_uint_eq(different, 0);
}

static void check_agrees(struct world_laptop *laptop)
{
    if (sum.cuts % CHECKS == 0) {
        ck_assert(world_agrees(&world, laptop, "101-1"));
    }
}

static int64_t changes_of(struct hm_store *store)
{
    struct hm_counts counts;
    ck_assert_int_eq(hm_store_counts(store, false, &counts, &err), HM_OK);
    return counts.changes;
}

/* What `what` came to, which begins with its promise. */
static void show(const char *what)
{
    hm_promise("%s: %u places, lost %u, half done %u", what, (unsigned)sum.cuts,
               (unsigned)sum.lost, (unsigned)sum.torn);
    hm_promise("P11 cursors after cuts and failures: %u rows, missed %u",
               (unsigned)sum.rows, (unsigned)sum.missed);
    ck_assert_uint_gt(sum.rows, 0);
    ck_assert_uint_eq(sum.missed, 0);
}

/* A laptop that takes a page while it has work of its own that is not sent yet. */
START_TEST(a_laptop_cut_while_it_takes_a_page_goes_on_from_there)
{
    enum hm_crash crash = (enum hm_crash)_i;
    bool cut = true;
    sync_all();
    for (uint64_t n = 1; cut && n < ROUNDS_MAX; n += crash == HM_CRASH_MIX ? 1 : STRIDE) {
        add(a, PAGE);
        add(b, 1);
        hm_err_clear(&err);
        ck_assert(world_sync(&world, a, &err));
        int64_t before = changes_of(b->store);
        hm_disk_cut(b->disk, n);

        (void)exchange(b);

        cut = hm_disk_is_off(b->disk);
        sum.cuts += cut;
        world_laptop_crash(&world, b, crash);
        int64_t there = changes_of(b->store) - before;
        sum.torn += there != 0 && there != PAGE;
        sum.lost += origin_of(b->store, b).acked > origin_of(world.reader, b).seq;
        check_cursor(b->store);
        check_whole(b->store);
        sync_all();
        check_agrees(b);
    }

    show(crash == HM_CRASH_KEEP ? "P1 kills of a laptop that takes a page"
                                : "P2 power cuts of a laptop that takes a page");
    ck_assert(!cut);
    ck_assert_uint_eq(sum.lost, 0);
    ck_assert_uint_eq(sum.torn, 0);
    ck_assert_uint_ge(sum.cuts, 20);
}
END_TEST

/* What one laptop asks, and what the server says to it. */
struct asking {
    struct world_laptop *laptop;
    struct hm_session *session;
    struct hm_buf request;
};

static void ask(struct asking *asking, struct world_laptop *laptop)
{
    asking->laptop = laptop;
    hm_buf_init(&asking->request, 4 * HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(
        hm_session_open(&asking->session, laptop->store, &laptop->secret, "test", &err),
        HM_OK);
    hm_session_begin(asking->session);
    ck_assert_int_eq(hm_session_request(asking->session, &asking->request, &err), HM_OK);
}

/* Both laptops are served in one commit, whose disk is cut at its n-th operation. */
static bool commit_group(uint64_t n, bool whole_only)
{
    struct asking askings[2];
    struct world_visit visits[2];
    ask(&askings[0], a);
    ask(&askings[1], b);
    for (int i = 0; i < 2; i++) {
        world_visit_init(&visits[i], hm_buf_bytes(&askings[i].request));
    }
    int64_t before = changes_of(world.store);
    hm_disk_cut(world.disk, n);
    world_serve(&world, visits, 2);
    bool cut = hm_disk_is_off(world.disk);
    for (int i = 0; i < 2; i++) {
        hm_err_clear(&err);
        (void)world_take(&world, askings[i].session, &visits[i], SIZE_MAX, &err);
        hm_session_close(askings[i].session);
        world_visit_fini(&visits[i]);
        hm_buf_fini(&askings[i].request);
    }
    world_server_crash(&world, whole_only ? HM_CRASH_KEEP : HM_CRASH_DROP);
    int64_t there = changes_of(world.store) - before;
    sum.torn += there != 0 && there != 2 * (int64_t)PAGE;
    return cut;
}

static void sweep_group(bool whole_only)
{
    bool cut = true;
    sync_all();
    for (uint64_t n = 1; cut && n < ROUNDS_MAX; n++) {
        add(a, PAGE);
        add(b, PAGE);

        cut = commit_group(n, whole_only);

        sum.cuts += cut;
        sum.lost += origin_of(a->store, a).acked > origin_of(world.store, a).seq;
        sum.lost += origin_of(b->store, b).acked > origin_of(world.store, b).seq;
        check_cursor(world.store);
        check_whole(world.store);
        sync_all();
        check_agrees(a);
    }
}

START_TEST(a_server_cut_in_its_group_commit_loses_nothing_acknowledged)
{
    sweep_group(_i == 1);

    show(_i == 1 ? "P1 kills of a server that commits"
                 : "P2 power cuts of a server that commits");
    ck_assert_uint_eq(sum.lost, 0);
    ck_assert_uint_eq(sum.torn, 0);
    ck_assert_uint_gt(sum.cuts, 10);
}
END_TEST

START_TEST(the_sweep_sees_a_server_that_syncs_too_late)
{
    sync_all();
    add(a, PAGE);
    add(b, PAGE);
    ck_assert_int_eq(
        hm_sql_once(world.store, "PRAGMA synchronous=NORMAL", NULL, NULL, &err), HM_OK);

    (void)commit_group(SIZE_MAX / 2, false);

    sum.lost += origin_of(a->store, a).acked > origin_of(world.store, a).seq;
    sum.lost += origin_of(b->store, b).acked > origin_of(world.store, b).seq;
    unsigned told =
        (origin_of(a->store, a).acked > 0) + (origin_of(b->store, b).acked > 0);
    hm_promise("P2 a server cut with WAL and synchronous NORMAL: %u told, lost %u", told,
               (unsigned)sum.lost);
    ck_assert_uint_eq(sum.lost, 2);
}
END_TEST

START_TEST(a_server_whose_disk_is_full_answers_so_and_goes_on_when_there_is_room)
{
    enum hm_disk_op op = _i % 2 == 0 ? HM_DISK_WRITE : HM_DISK_SYNC;
    enum hm_disk_error error = _i < 2 ? HM_DISK_FULL : HM_DISK_BROKEN;
    bool failed = true;
    sync_all();
    for (uint64_t n = 1; failed && n < ROUNDS_MAX; n++) {
        add(a, PAGE);
        uint64_t before = hm_disk_count(world.disk, op);
        int64_t held = changes_of(world.store);
        hm_disk_fail(world.disk, op, n, error, false);

        enum hm_session_next next = exchange(a);

        failed = hm_disk_count(world.disk, op) - before >= n;
        sum.cuts += failed && next == HM_SESSION_RETRY;
        hm_disk_fail(world.disk, op, 0, error, false);
        sum.lost += origin_of(a->store, a).acked > origin_of(world.store, a).seq;
        world_server_crash(&world, HM_CRASH_DROP);
        sum.lost += origin_of(a->store, a).acked > origin_of(world.store, a).seq;
        int64_t there = changes_of(world.store) - held;
        sum.torn += there != 0 && there != PAGE;
        check_cursor(world.store);
        check_whole(world.store);
        sync_all();
        check_agrees(a);
    }

    show(op == HM_DISK_WRITE && error == HM_DISK_FULL ? "P3 full disks of the server"
                                                      : "P4 failing disks of the server");
    ck_assert_uint_eq(sum.lost, 0);
    ck_assert_uint_eq(sum.torn, 0);
    ck_assert_uint_ge(sum.cuts, op == HM_DISK_WRITE ? 5 : 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crash");
    TCase *group = tcase_create("crash");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 200);
    tcase_add_loop_test(group, a_laptop_cut_while_it_takes_a_page_goes_on_from_there,
                        HM_CRASH_DROP, HM_CRASH_MIX + 1);
    tcase_add_loop_test(
        group, a_server_cut_in_its_group_commit_loses_nothing_acknowledged, 0, 2);
    tcase_add_test(group, the_sweep_sees_a_server_that_syncs_too_late);
    tcase_add_loop_test(
        group, a_server_whose_disk_is_full_answers_so_and_goes_on_when_there_is_room, 0,
        4);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
