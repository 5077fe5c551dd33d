/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device changes its key, the server and its disk come back from before that, and it
 * changes its key once more: two rows of keys, of which the registry shows one. Those who
 * hold pages by both did nothing wrong.
 */
#include <string.h>

#include "files.h"
#include "hamlet/store/registry.h"
#include "run.h"
#include "world_key.h"

enum { TURNS = 6, WORK = 3 }; /* by chance either row is the one shown */

static struct hm_id first; /* by the key of the row that was lost */
static struct hm_id other; /* by that of the one that came instead */

static struct hm_id newest(void)
{
    return made[made_count - 1].record;
}

static void syncs(struct world_laptop *laptop)
{
    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, laptop, &err), "%s: %s %s", laptop->name, err.key,
                  err.arg[0]);
}

static void rotate(struct world_laptop *laptop)
{
    struct world_pair next;
    ck_assert_int_eq(world_key_change(laptop, &next, &err), HM_OK);
    ck_assert(world_key_take(laptop, &next));
}

static bool holds(struct hm_store *store, const struct hm_id *record)
{
    struct hm_arena arena;
    struct hm_loaded loaded;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    bool held = hm_store_record_load(store, record, &loaded, &arena, NULL) == HM_OK;
    hm_arena_fini(&arena);
    return held;
}

/* Both rows, each with work by its newest key; b knows the first alone. */
static void change_twice(int turn)
{
    add(a, WORK);
    syncs(a);
    syncs(b);
    struct hm_disk *backup = world_server_backup(&world);
    struct hm_disk *image = world_laptop_image(a);
    struct hm_secret secret = a->secret;
    struct hm_key key = a->newest;
    for (int i = 0; i < turn; i++) {
        (void)hm_testenv_next(&a->env);
    }
    rotate(a);
    add(a, WORK);
    first = newest();
    syncs(a);
    syncs(b);

    world_server_restore(&world, backup);
    world_laptop_restore(a, image);
    hm_disk_free(image);
    a->secret = secret;
    a->newest = key;
    rotate(a);
    hm_testenv_advance(&a->env, 1000);
    add(a, WORK);
    other = newest();
    syncs(a);
}

static void all_is_here(struct hm_store *store, const struct hm_id *own)
{
    ck_assert(holds(store, &first));
    ck_assert(holds(store, &other));
    ck_assert(holds(store, own));
}

START_TEST(who_holds_pages_by_a_key_that_was_replaced_by_another_goes_on)
{
    change_twice(_i);
    add(b, WORK);
    struct hm_id own = newest();

    syncs(b);
    struct world_laptop *later = world_laptop_add(&world, "101-1", "recorder");
    syncs(later);
    add(b, WORK);
    syncs(b);
    syncs(later);

    all_is_here(world.reader, &own);
    all_is_here(b->store, &own);
    all_is_here(later->store, &own);
    ck_assert(world_agrees(&world, b, "101-1"));
    ck_assert(world_agrees(&world, later, "101-1"));
}
END_TEST

/* It hears of the server that came back, and no more. */
static void hear(struct world_laptop *laptop)
{
    struct hm_session *session = NULL;
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(world_exchange(&world, laptop, session, &world_no_faults, &err),
                     HM_SESSION_AGAIN);
    hm_session_close(session);
}

START_TEST(by_files_he_goes_on_too)
{
    change_twice(_i);
    add(b, WORK);
    struct hm_id own = newest();

    hear(b);
    by_files(b);
    by_files(b);

    all_is_here(world.reader, &own);
    all_is_here(b->store, &own);
    ck_assert(world_agrees(&world, b, "101-1"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync keys twice");
    TCase *cases = tcase_create("twice");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(
        cases, who_holds_pages_by_a_key_that_was_replaced_by_another_goes_on, 0, TURNS);
    tcase_add_loop_test(cases, by_files_he_goes_on_too, 0, TURNS);
    suite_add_tcase(suite, cases);
    return hm_run(suite);
}
