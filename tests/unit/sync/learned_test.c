/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a laptop knew of the registry when it wrote is said of what it sends later, though
 * a file told it more by then and its disk turned out to be a restored one.
 */
#include "files.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/epoch.h"
#include "hamlet/store/learned.h"
#include "run.h"
#include "world_registry.h"

static struct hm_origin origin_of(const struct world_laptop *laptop)
{
    struct hm_id device = hm_sign_device(&laptop->key);
    struct hm_origin origin;
    int64_t epoch = 0;
    ck_assert_int_eq(hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &epoch, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_origin_get(laptop->store, &device, (uint32_t)epoch, false,
                                         &origin, &err),
                     HM_OK);
    return origin;
}

static void sync_with(struct world_laptop *laptop)
{
    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, laptop, &err), "%s: %s", laptop->name, err.key);
}

/* How many of the records that a laptop made the server refused something of. */
static unsigned count_refused(const struct world_laptop *laptop)
{
    struct hm_arena arena;
    unsigned refused = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    for (size_t i = 0; i < made_count; i++) {
        struct hm_held held;
        if (made[i].by == laptop) {
            ck_assert_int_eq(
                hm_store_change_find(world.reader, &made[i].record, &held, &arena, &err),
                HM_OK);
            refused += held.verdict <= HM_VERDICT_QUARANTINED;
        }
    }
    hm_arena_fini(&arena);
    return refused;
}

/* It brings what the registry says, that the laptop is moved among it. */
static void take_file(struct world_laptop *laptop)
{
    struct file down;
    write_down(&down, laptop);
    ck_assert_uint_gt(take_all_down(laptop, &down), 0);
    drop(&down);
}

START_TEST(what_was_written_before_a_move_was_heard_of_stands_in_a_new_epoch)
{
    add(a, 2);
    sync_with(a);
    struct hm_disk *image = world_laptop_image(a);
    sync_with(a);
    sync_with(a);
    world_laptop_restore(a, image); /* its lease is one of long ago: the next is stale */
    struct hm_origin before = origin_of(a);
    add(a, 3);
    ck_assert_int_eq(world_move(&world, a, "101-2", false, &err), HM_OK);
    take_file(a);
    ck_assert_uint_eq(origin_of(a).epoch, before.epoch);

    sync_with(a);

    ck_assert_uint_ne(origin_of(a).epoch, before.epoch);
    ck_assert_uint_eq(count_refused(a), 0);
    hm_disk_free(image);
}
END_TEST

static void check_learned(const struct hm_origin *origin,
                          uint64_t seq,
                          uint64_t wanted_end,
                          uint64_t wanted_n)
{
    uint64_t end = 0;
    uint64_t n = 0;
    ck_assert_int_eq(hm_store_learned_at(a->store, origin->row, seq, &end, &n, &err),
                     HM_OK);
    ck_assert_uint_eq(end, wanted_end);
    ck_assert_uint_eq(n, wanted_n);
}

/* As of a reply or a file that brought more of the registry than was here. */
static uint64_t learn(uint64_t known_n)
{
    struct hm_origin origin = origin_of(a);
    ck_assert_int_eq(hm_store_begin(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_learned_put(a->store, &origin, known_n, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(a->store, &err), HM_OK);
    return origin.seq;
}

START_TEST(what_moves_to_a_new_epoch_takes_along_what_its_author_knew)
{
    uint64_t moved = 0;
    add(a, 2);
    sync_with(a);
    struct hm_origin old = origin_of(a);
    ck_assert_uint_gt(old.acked, 0);
    add(a, 3);
    uint64_t first = learn(50) - old.acked;
    add(a, 1);
    uint64_t second = learn(60) - old.acked;
    add(a, 1);

    ck_assert_int_eq(hm_store_begin(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_epoch_begin(a->store, &moved, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(a->store, &err), HM_OK);

    struct hm_origin fresh = origin_of(a);
    ck_assert_uint_ne(fresh.row, old.row);
    ck_assert_uint_gt(moved, second);
    check_learned(&fresh, 1, first, 50);
    check_learned(&fresh, first, first, 50);
    check_learned(&fresh, first + 1, second, 60);
    check_learned(&fresh, second + 1, UINT64_MAX, 0);
    check_learned(&old, 1, UINT64_MAX, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("learned");
    TCase *group = tcase_create("learned");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 60);
    tcase_add_test(group,
                   what_was_written_before_a_move_was_heard_of_stands_in_a_new_epoch);
    tcase_add_test(group, what_moves_to_a_new_epoch_takes_along_what_its_author_knew);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
