/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A laptop is moved to and fro between two units, and the power goes at every operation
 * of the exchange in which it leaves one: the unit is there whole or not at all, nothing
 * that was written is lost, and the next exchange finishes what was begun.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/drafts.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

enum { MATES = 6, ROUNDS_MAX = 2000, STRIDE = 9, CHECKS = 8 };

static const char *const units[2] = {"101-1", "101-2"};
static struct world_laptop *a; /* which is moved */
static struct world_laptop *b; /* which stays in the first unit */
static unsigned cuts;
static unsigned torn;
static unsigned lost;
static unsigned kept;

static void setup(void)
{
    world_init(&world, 31, hm_embedded_kinds, 2, 2);
    a = world_laptop_add(&world, "101-1", "hamlet_head");
    b = world_laptop_add(&world, "101-1", "hamlet_head");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    cuts = 0;
    torn = 0;
    lost = 0;
    kept = 0;
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static int64_t changes_in(struct hm_store *store, const char *unit)
{
    char text[160];
    int64_t count = 0;
    (void)snprintf(text, sizeof(text),
                   "SELECT count(*) FROM change c JOIN unit u ON u.id = c.home"
                   " WHERE u.code = '%s'",
                   unit);
    ck_assert_int_eq(hm_sql_once(store, text, &count, NULL, &err), HM_OK);
    return count;
}

/* The server ends so what stands, if it does, and gives the same in another unit. */
static void grant(const char *unit, const char *how)
{
    struct hm_author *author = NULL;
    struct hm_maker maker;
    struct hm_added added;
    struct hm_id device = hm_sign_device(&a->key);
    struct hm_permit *permits = NULL;
    size_t count = 0;
    char user[HM_HEX16_SIZE];
    char hex[HM_HEX16_SIZE];
    hm_maker_init(&maker, &arena, 1);
    hm_hex_put(hex, hm_id_bytes(&device));
    ck_assert_int_eq(
        hm_store_permits(world.store, &device, &permits, &count, &arena, &err), HM_OK);
    hm_hex_put(user, hm_id_bytes(&permits[0].user));
    const struct hm_registry_value ended = {HM_REGISTRY_ENDED,
                                            hm_make_plain(&maker, how)};
    const struct hm_registry_value values[] = {
        {HM_REGISTRY_USER, hm_make_plain(&maker, user)},
        {HM_REGISTRY_DEVICE, hm_make_plain(&maker, hex)},
        {HM_REGISTRY_ROLE, hm_make_plain(&maker, "hamlet_head")},
        {HM_REGISTRY_HOME, hm_make_plain(&maker, unit)}};
    ck_assert_int_eq(hm_author_open(&author, world.store, &err), HM_OK);
    hm_author_as_server(author);
    hm_author_sign_with(author, &world.secret);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(
        hm_author_registry(author, HM_KIND_PERMIT, NULL, NULL, values, 4, &added, &err),
        HM_OK);
    for (size_t i = 0; i < count; i++) {
        if (*how != 0 && !permits[i].ended) {
            ck_assert_int_eq(hm_author_registry(author, HM_KIND_PERMIT,
                                                &permits[i].record, NULL, &ended, 1,
                                                &added, &err),
                             HM_OK);
        }
    }
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static void move_to(const char *unit)
{
    grant(unit, HM_ENDED_SEEN);
}

static void check_whole(void)
{
    size_t records = 0;
    size_t different = 0;
    if (cuts % CHECKS == 0) {
        ck_assert_int_eq(hm_store_check_file(a->store, &err), HM_OK);
        ck_assert_int_eq(hm_store_check_derived(a->store, &records, &different, &err),
                         HM_OK);
        ck_assert_uint_eq(different, 0);
    }
}

START_TEST(a_laptop_cut_while_it_leaves_a_unit_has_left_it_or_not)
{
    enum hm_crash crash = (enum hm_crash)_i;
    bool cut = true;
    int at = 0;
    sync_with(b);
    add(b, MATES);
    sync_with(b);
    sync_with(a);
    for (uint64_t n = 1; cut && n < ROUNDS_MAX; n += STRIDE, at = !at) {
        add(a, 2);
        int64_t before = changes_in(a->store, units[at]);
        int64_t there = changes_in(world.reader, units[at]);
        move_to(units[!at]);
        hm_disk_cut(a->disk, n);

        (void)world_sync(&world, a, &err);

        cut = hm_disk_is_off(a->disk);
        cuts += cut;
        world_laptop_crash(&world, a, crash);
        int64_t left = changes_in(a->store, units[at]);
        torn += left != 0 && left != before;
        check_whole();
        sync_with(a);
        sync_with(a);
        kept += changes_in(a->store, units[at]) != 0;
        lost += changes_in(world.reader, units[at]) != there + 2;
        ck_assert(world_agrees(&world, a, units[!at]));
    }

    hm_promise("%s: %u places, half done %u, lost %u, kept %u",
               crash == HM_CRASH_KEEP ? "P1 kills of a laptop that leaves a unit"
                                      : "P2 power cuts of a laptop that leaves a unit",
               cuts, torn, lost, kept);
    ck_assert(!cut);
    ck_assert_uint_gt(cuts, 20);
    ck_assert_uint_eq(torn, 0);
    ck_assert_uint_eq(lost, 0);
    ck_assert_uint_eq(kept, 0);
}
END_TEST

/* What it wrote before it was restored stands in another chain of its own. */
START_TEST(a_restored_laptop_that_leaves_a_unit_has_no_torn_chain)
{
    sync_with(a);
    add(a, 3);
    sync_with(a);
    struct hm_disk *image = world_laptop_image(a);
    add(a, 2);
    sync_with(a);
    sync_with(a);
    world_laptop_restore(a, image);
    sync_with(a);
    add(a, 1);
    sync_with(a);
    ck_assert_int_eq(changes_in(a->store, units[0]), 6);
    move_to(units[1]);

    sync_with(a);
    sync_with(a);

    struct hm_origin *origins = NULL;
    size_t count = 0;
    ck_assert_int_eq(changes_in(a->store, units[0]), 0);
    ck_assert_int_eq(hm_store_origins(a->store, &origins, &count, &arena, &err), HM_OK);
    ck_assert_uint_gt(count, 2);
    for (size_t i = 0; i < count; i++) {
        struct hm_link *links = NULL;
        size_t found = 0;
        ck_assert_int_eq(
            hm_store_links(a->store, origins[i].row, &links, &found, &arena, &err),
            HM_OK);
        ck_assert_uint_le(origins[i].seq, found);
    }
    hm_disk_free(image);
}
END_TEST

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

/* Both leave the unit, each in an epoch of its own: no chain and no lease is shared then.
 */
START_TEST(a_copy_of_a_disk_that_leaves_a_unit_is_noticed)
{
    const bool both_first = _i != 0;
    add(a, 2);
    sync_with(a);
    move_to(units[1]);
    struct world_laptop *twin = world_laptop_copy(&world, a);

    sync_with(a);
    if (!both_first) {
        sync_with(a);
    }
    sync_with(twin);
    sync_with(a);
    sync_with(twin);

    ck_assert_uint_eq(count_notices(), 1);
    ck_assert_int_eq(changes_in(a->store, units[0]), 0);
    ck_assert_int_eq(changes_in(twin->store, units[0]), 0);
    add(a, 1);
    add(twin, 1);
    sync_with(a);
    sync_with(twin);
    sync_with(a);
    ck_assert(world_agrees(&world, a, units[1]));
    ck_assert(world_agrees(&world, twin, units[1]));
    ck_assert_uint_eq(count_notices(), 1);
}
END_TEST

/* It was restored once, which is noted of the epoch that the copy goes on in. */
START_TEST(a_copy_of_a_disk_that_was_restored_before_is_noticed_by_the_next_server)
{
    size_t count = 0;
    struct hm_disk *image = world_laptop_image(a);
    sync_with(a);
    sync_with(a);
    world_laptop_restore(a, image);
    sync_with(a);
    sync_with(a);
    ck_assert_uint_eq(count_notices(), 1);
    struct hm_notice before = notices_of(&count)[0];
    ck_assert_int_eq(before.type, HM_NOTICE_RESTORED);
    struct hm_disk *backup = world_server_backup(&world);
    struct world_laptop *twin = world_laptop_copy(&world, a);
    move_to(units[1]);
    sync_with(a);
    sync_with(a);
    world_server_restore(&world, backup);
    hm_testenv_advance(&world.env, 1000);
    sync_with(a);
    sync_with(a);
    ck_assert_uint_eq(count_notices(), 1);

    sync_with(twin);
    sync_with(a);

    struct hm_notice after = notices_of(&count)[0];
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(after.type, HM_NOTICE_COPIED);
    ck_assert_uint_eq(after.epoch, before.epoch);
    ck_assert_int_gt(after.time.ms, before.time.ms);
    hm_testenv_advance(&world.env, 1000);
    sync_with(twin);
    sync_with(a); /* once is enough */
    ck_assert_int_eq(notices_of(&count)[0].time.ms, after.time.ms);
    ck_assert_uint_eq(count, 1);
    hm_disk_free(image);
}
END_TEST

START_TEST(a_laptop_that_leaves_a_unit_is_no_copy_of_itself)
{
    for (int i = 0; i < 4; i++) {
        add(a, 1);
        move_to(units[i % 2 == 0]);
        sync_with(a);
        sync_with(a);
    }

    ck_assert_uint_eq(count_notices(), 0);
    ck_assert(world_agrees(&world, a, units[0]));
}
END_TEST

/* ---- what the mailbox names stays, and the unit is left once ---- */

static void withdraw(const struct hm_id *name, const char *reason, struct hm_id *change)
{
    struct hm_author *author = NULL;
    ck_assert_int_eq(hm_author_open(&author, a->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_withdraw(author, name, hm_text(reason), change, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static int64_t epoch_of(struct hm_store *store)
{
    int64_t epoch = 0;
    ck_assert_int_eq(hm_store_meta_get_int(store, HM_META_EPOCH, 0, &epoch, &err), HM_OK);
    return epoch;
}

static void begin_draft(void)
{
    const struct hm_draft draft = {
        .id = {{7}}, .kind = hm_text("household"), .form = hm_text("{}")};
    ck_assert_int_eq(hm_store_begin(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_draft_put(a->store, &draft, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(a->store, &err), HM_OK);
}

static bool has_draft(void)
{
    const struct hm_id id = {{7}};
    struct hm_draft draft;
    bool found = false;
    ck_assert_int_eq(hm_store_draft_find(a->store, &id, &draft, &found, &arena, &err),
                     HM_OK);
    return found;
}

static bool is_skeleton(const struct hm_id *change)
{
    struct hm_held held;
    bool holds = false;
    ck_assert_int_eq(hm_store_change_find(a->store, change, &held, &arena, &err), HM_OK);
    for (size_t i = 0; i < held.change.write_count; i++) {
        holds = holds || held.change.writes[i].value.size > 0;
    }
    return !holds;
}

/* The one says why, the other does not: such a withdrawal has no value to be without. */
START_TEST(a_laptop_that_left_a_unit_with_what_was_refused_there_leaves_it_once)
{
    struct hm_id change;
    sync_with(a);
    struct hm_id record = add(a, 1);
    withdraw(&record, _i == 0 ? "" : "mistaken", &change);
    grant(units[1], HM_ENDED_ONCE);
    sync_with(a);
    sync_with(a);
    int64_t epoch = epoch_of(a->store);
    ck_assert_int_eq(changes_in(a->store, units[0]), 2);
    begin_draft();

    sync_with(a);
    sync_with(a);
    bool kept_draft = has_draft();
    int64_t later = epoch_of(a->store);
    grant("102", ""); /* of which the server says with the list of all there is now */
    sync_with(a);
    sync_with(a);

    ck_assert(kept_draft);
    ck_assert_int_eq(later, epoch);
    ck_assert(has_draft());
    ck_assert_int_eq(epoch_of(a->store), epoch);
    ck_assert(is_skeleton(&change));
    ck_assert(is_skeleton(&record));
}
END_TEST

/* Written as what its author is not: refused, on one page with what is not. */
static struct hm_id add_as(const char *role)
{
    struct hm_id record;
    ck_assert_int_eq(hm_store_meta_put(a->store, HM_META_ROLE, hm_text(role), &err),
                     HM_OK);
    record = add(a, 1);
    ck_assert_int_eq(hm_store_meta_put(a->store, HM_META_ROLE, hm_text(a->role), &err),
                     HM_OK);
    return record;
}

/*
 * A server that came back gives the mailbox anew, with the pages of what was refused. On
 * them stand also changes that were forgotten with the unit, one of them without values.
 */
START_TEST(a_laptop_leaves_no_unit_again_when_its_mailbox_comes_anew)
{
    struct hm_id change;
    struct hm_counts counts;
    sync_with(a);
    struct hm_id record = add(a, 1);
    withdraw(&record, "", &change);
    struct hm_id refused = add_as("commune_officer");
    sync_with(a);
    grant(units[1], HM_ENDED_ONCE);
    struct hm_disk *backup = world_server_backup(&world);
    sync_with(a);
    sync_with(a);
    ck_assert_int_eq(changes_in(a->store, units[0]), 1);
    ck_assert(is_skeleton(&refused));
    int64_t epoch = epoch_of(a->store);
    begin_draft();

    world_server_restore(&world, backup);
    sync_with(a);
    sync_with(a);

    ck_assert_int_eq(changes_in(a->store, units[0]), 3);
    ck_assert(has_draft());
    ck_assert_int_eq(epoch_of(a->store), epoch);
    ck_assert_int_eq(hm_store_counts(a->store, true, &counts, &err), HM_OK);
    ck_assert_int_eq(counts.local + counts.sent, 0);
    ck_assert_int_eq(counts.received, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("part");
    TCase *group = tcase_create("part");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 240);
    tcase_add_loop_test(group, a_laptop_cut_while_it_leaves_a_unit_has_left_it_or_not, 0,
                        HM_CRASH_MIX + 1);
    tcase_add_test(group, a_restored_laptop_that_leaves_a_unit_has_no_torn_chain);
    tcase_add_loop_test(group, a_copy_of_a_disk_that_leaves_a_unit_is_noticed, 0, 2);
    tcase_add_test(
        group, a_copy_of_a_disk_that_was_restored_before_is_noticed_by_the_next_server);
    tcase_add_test(group, a_laptop_that_leaves_a_unit_is_no_copy_of_itself);
    tcase_add_loop_test(
        group, a_laptop_that_left_a_unit_with_what_was_refused_there_leaves_it_once, 0,
        2);
    tcase_add_test(group, a_laptop_leaves_no_unit_again_when_its_mailbox_comes_anew);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
