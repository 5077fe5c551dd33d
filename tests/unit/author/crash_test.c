/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power goes, the disk fills or fails at every single operation of a save and of an
 * import: what was acknowledged is there, all else is there as a whole or not at all.
 */
#include <stdio.h>

#include "../../../proto/store/sql.h"
#include "acting.h"
#include "hamlet/author/author.h"
#include "hamlet/store/check.h"
#include "promise.h"

enum { BATCH = 50, FILE_CHECKS = 7 };

static struct hm_disk *whole; /* before the save */
static int64_t count_before;
static struct hm_id household;
static unsigned names;

/* What the rounds came to. */
static struct {
    uint64_t rounds;
    uint64_t refused;
    uint64_t lost;
    uint64_t half;
} sum;

static struct hm_disk *copy_whole(void)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "copy-%u", names++);
    struct hm_disk *copy = hm_disk_copy(whole, name, names);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

static void setup(void)
{
    acting_start();
    household = a_household(&lan, "Út");
    hm_site_reopen(&lan);
    names = 0;
    whole = hm_disk_copy(lan.disk, "whole", 1);
    ck_assert_ptr_nonnull(whole);
    count_before = changes_of(&lan);
    sum.rounds = sum.refused = sum.lost = sum.half = 0;
}

static void teardown(void)
{
    hm_disk_free(whole);
    acting_finish();
}

/* Writes `wanted` changes in one transaction. */
static enum hm_status save(int64_t wanted)
{
    const struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text("Sáu")},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 3, ấp An Hòa")}};
    lan.err = HM_ERR_NONE;
    enum hm_status status = hm_author_begin(lan.author, &lan.err);
    if (status == HM_OK && wanted == 1) {
        status =
            hm_author_edit(lan.author, &household, fields, 1, false, &changed, &lan.err);
    }
    for (int64_t i = 0; i < wanted && wanted > 1 && status == HM_OK; i++) {
        status =
            hm_author_add(lan.author, hm_text("household"), fields, 2, &added, &lan.err);
    }
    if (status == HM_OK) {
        return hm_author_commit(lan.author, &lan.err);
    }
    hm_author_rollback(lan.author);
    return status;
}

/* After the restart: is it all there, or nothing of it, and does it fit together? */
static void judge(enum hm_status status, int64_t wanted)
{
    size_t records = 0;
    size_t different = 0;
    int64_t there = changes_of(&lan) - count_before;
    uint64_t seq = origin_of(&lan).seq;
    sum.lost += status == HM_OK && there == 0;
    sum.half += there != 0 && there != wanted;
    ck_assert_uint_eq(seq, 1 + (uint64_t)there);
    if (sum.rounds % FILE_CHECKS == 0) {
        ck_assert_int_eq(hm_store_check_file(lan.store, &lan.err), HM_OK);
        ck_assert_int_eq(
            hm_store_check_derived(lan.store, &records, &different, &lan.err), HM_OK);
        ck_assert_uint_eq(different, 0);
    }
}

static void sweep_cuts(int64_t wanted, enum hm_crash crash, const char *setting)
{
    for (uint64_t n = 1;; n++) {
        hm_site_replace_disk(&lan, copy_whole());
        if (setting != NULL) {
            ck_assert_int_eq(hm_sql_once(lan.store, setting, NULL, NULL, &lan.err),
                             HM_OK);
        }
        hm_disk_cut(lan.disk, n);
        enum hm_status status = save(wanted);
        bool cut = hm_disk_is_off(lan.disk);
        ck_assert(status == HM_OK || (cut && status == HM_IO));
        hm_disk_cut_now(lan.disk);
        hm_site_restart(&lan, crash);
        judge(status, wanted);
        if (!cut) {
            break;
        }
        sum.rounds++;
        sum.refused += status != HM_OK;
    }
    hm_promise("%s in a save of %s%s: %u places, %u refused, lost %u, half done %u",
               crash == HM_CRASH_KEEP ? "P1 kills" : "P2 power cuts",
               wanted == 1 ? "one change" : "many changes",
               setting == NULL ? "" : ", with a store that does not sync",
               (unsigned)sum.rounds, (unsigned)sum.refused, (unsigned)sum.lost,
               (unsigned)sum.half);
}

static const struct {
    int64_t wanted;
    enum hm_crash crash;
} cuts[] = {{1, HM_CRASH_DROP},    {1, HM_CRASH_KEEP},     {1, HM_CRASH_MIX},
            {1, HM_CRASH_MIX},     {BATCH, HM_CRASH_DROP}, {BATCH, HM_CRASH_KEEP},
            {BATCH, HM_CRASH_MIX}, {BATCH, HM_CRASH_MIX}};
enum { CUTS = sizeof(cuts) / sizeof(cuts[0]) };

START_TEST(a_power_cut_leaves_all_of_a_save_or_nothing)
{
    names = (unsigned)_i * 1000; /* other seeds, other pieces kept */

    sweep_cuts(cuts[_i].wanted, cuts[_i].crash, NULL);

    ck_assert_uint_eq(sum.lost, 0);
    ck_assert_uint_eq(sum.half, 0);
    ck_assert_uint_gt(sum.rounds, cuts[_i].wanted == 1 ? 12 : 30);
    ck_assert_uint_gt(sum.refused, 10);
    ck_assert_int_eq(save(1), HM_OK);
}
END_TEST

START_TEST(the_sweep_sees_a_store_that_does_not_sync)
{
    sweep_cuts(1, HM_CRASH_DROP, "PRAGMA synchronous=OFF");

    ck_assert_uint_gt(sum.lost, 0);
}
END_TEST

static const char *const op_names[] = {"write", "truncate", "sync", "name"};

/* A sync cannot say that the disk is full: it fails as a broken one does. */
static void tell_failures(enum hm_disk_op op, enum hm_disk_error error)
{
    bool full = error == HM_DISK_FULL && op != HM_DISK_SYNC;
    hm_promise("%s in a save (%s): %u places, %u refused, %s %u, half done %u",
               full ? "P3 full disks" : "P4 failing disks", op_names[op],
               (unsigned)sum.rounds, (unsigned)sum.refused,
               full ? "lost" : "false acknowledgements", (unsigned)sum.lost,
               (unsigned)sum.half);
}

/*
 * The disk works again. What was refused is seen as a whole (where only the last sync
 * failed) or not at all. After a full disk the next save goes well; after a failed sync
 * nothing is written before the store was opened anew.
 */
static void look_and_go_on(enum hm_disk_op op, enum hm_disk_error error)
{
    int64_t there = changes_of(&lan) - count_before;
    ck_assert(there == 0 || (there == BATCH && op != HM_DISK_WRITE));
    if (op == HM_DISK_WRITE && error == HM_DISK_FULL) {
        act_begin(&lan);
        hm_author_rollback(lan.author);
    } else if (op != HM_DISK_WRITE) {
        ck_assert_int_eq(save(1), HM_IO);
        refused(&lan, "store-broken", NULL);
    }
}

/* One failing operation; the power goes right after the save. */
static bool fail_one(enum hm_disk_op op, uint64_t n, enum hm_disk_error error, bool on)
{
    hm_site_replace_disk(&lan, copy_whole());
    uint64_t before = hm_disk_count(lan.disk, op);
    hm_disk_fail(lan.disk, op, n, error, on);
    enum hm_status status = save(BATCH);
    bool fired = hm_disk_count(lan.disk, op) - before >= n;
    ck_assert_msg(status == HM_OK || (fired && status == HM_IO), "%s %u: %s",
                  op_names[op], (unsigned)n, hm_status_name(status));
    sum.refused += status != HM_OK;
    if (status != HM_OK) {
        hm_disk_fail(lan.disk, op, 0, error, false);
        look_and_go_on(op, error);
    }
    hm_disk_cut_now(lan.disk);
    hm_site_restart(&lan, HM_CRASH_MIX);
    judge(status, BATCH);
    return fired;
}

START_TEST(a_disk_that_fills_or_fails_acknowledges_nothing_that_is_not_there)
{
    enum hm_disk_op op = (enum hm_disk_op)(_i % HM_DISK_NAME);
    enum hm_disk_error error = _i / HM_DISK_NAME % 2 == 0 ? HM_DISK_FULL : HM_DISK_BROKEN;
    bool on = _i >= 2 * HM_DISK_NAME;
    uint64_t n = 1;

    for (; fail_one(op, n, error, on); n++) {
        sum.rounds++;
    }

    tell_failures(op, error);
    ck_assert_uint_eq(sum.lost, 0);
    ck_assert_uint_eq(sum.half, 0);
    ck_assert_uint_ge(sum.rounds, op == HM_DISK_WRITE ? 20 : 1);
    ck_assert_uint_ge(sum.refused, op == HM_DISK_TRUNCATE ? 0 : 1);
    ck_assert_int_eq(save(1), HM_OK);
}
END_TEST

START_TEST(a_full_disk_that_has_room_again_takes_the_save)
{
    hm_site_replace_disk(&lan, copy_whole());
    hm_disk_fail(lan.disk, HM_DISK_WRITE, 1, HM_DISK_FULL, true);
    ck_assert_int_eq(save(BATCH), HM_IO);
    refused(&lan, "disk-full", NULL);
    ck_assert_str_eq(hm_site_shown(&lan, &household, "head_name"), "Út");

    hm_disk_fail(lan.disk, HM_DISK_WRITE, 0, HM_DISK_FULL, false);

    ck_assert_int_eq(save(BATCH), HM_OK);
    ck_assert_int_eq(changes_of(&lan), count_before + BATCH);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crash");
    TCase *group = tcase_create("crash");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_loop_test(group, a_power_cut_leaves_all_of_a_save_or_nothing, 0, CUTS);
    tcase_add_test(group, the_sweep_sees_a_store_that_does_not_sync);
    tcase_add_loop_test(group,
                        a_disk_that_fills_or_fails_acknowledges_nothing_that_is_not_there,
                        0, 4 * HM_DISK_NAME);
    tcase_add_test(group, a_full_disk_that_has_room_again_takes_the_save);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
