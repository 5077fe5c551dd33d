/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/replica/replica.h"

#include "hamlet/host/keyfile.h"
#include "world.h"

enum { SEED = 7 };

static struct hm_replica replica;

/* What `enrol` leaves behind: a store that names a device, and that device's key. */
static void enrol(void)
{
    uint8_t seed[HM_SEED_SIZE];
    struct hm_key key;
    struct hm_secret secret;
    struct hm_kinds *kinds = NULL;
    struct hm_store *store = NULL;
    memset(seed, SEED, sizeof(seed));
    hm_sign_pair(&key, &secret, seed);
    struct hm_id device = hm_sign_device(&key);
    world_folder("keys");
    world_file("keys/device", seed, sizeof(seed));
    ck_assert_int_eq(chmod(world_path("keys/device"), 0600), 0);
    ck_assert_int_eq(hm_replica_kinds(&kinds, folder.path, &err), HM_OK);
    ck_assert_int_eq(hm_store_open(&store, world_path("store.db"), HM_STORE_LAPTOP, true,
                                   kinds, &world.env, NULL, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_begin(store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(store, HM_META_DEVICE, hm_id_bytes(&device), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(store, &err), HM_OK);
    hm_store_close(store);
    hm_kinds_close(kinds);
}

static void setup(void)
{
    world_open();
    memset(&replica, 0, sizeof(replica));
}

static void teardown(void)
{
    hm_replica_close(&replica);
    world_close();
}

static enum hm_status open_with(bool key)
{
    return hm_replica_open(&replica, folder.path, &world.env, key, &err);
}

START_TEST(an_enrolled_folder_opens_with_and_without_its_key)
{
    enrol();

    ck_assert_int_eq(open_with(false), HM_OK);
    ck_assert_ptr_nonnull(replica.store);
    ck_assert_ptr_nonnull(replica.kinds);
    hm_replica_close(&replica);
    ck_assert_int_eq(open_with(true), HM_OK);
    struct hm_id device = hm_sign_device(&replica.key);
    struct hm_id known;

    ck_assert_int_eq(hm_store_meta_get_id(replica.store, HM_META_DEVICE, &known, &err),
                     HM_OK);
    ck_assert(hm_id_equal(&known, &device));
}
END_TEST

START_TEST(a_folder_without_a_store_was_never_enrolled)
{
    ck_assert_int_eq(open_with(false), HM_UNCONFIGURED);
    ck_assert_str_eq(err.key, "store-missing");

    ck_assert_int_ne(access(world_path("store.db"), F_OK), 0);
}
END_TEST

START_TEST(a_missing_key_matters_only_to_who_signs)
{
    enrol();
    ck_assert_int_eq(unlink(world_path("keys/device")), 0);

    ck_assert_int_eq(open_with(true), HM_UNCONFIGURED);
    ck_assert_str_eq(err.key, "key-missing");
    ck_assert_int_eq(err.status, HM_UNCONFIGURED);
    ck_assert_int_ne(access(world_path("keys/device"), F_OK), 0);
    ck_assert_int_eq(open_with(false), HM_OK);
}
END_TEST

START_TEST(the_key_of_another_device_is_refused)
{
    uint8_t seed[HM_SEED_SIZE];
    enrol();
    memset(seed, SEED + 1, sizeof(seed));
    world_file("keys/device", seed, sizeof(seed));

    ck_assert_int_eq(open_with(true), HM_UNCONFIGURED);

    ck_assert_str_eq(err.key, "key-foreign");
    ck_assert_ptr_null(replica.store);
}
END_TEST

START_TEST(a_broken_kind_keeps_the_store_closed)
{
    enrol();
    world_folder("kinds");
    world_text("kinds/sand.json", "{");

    ck_assert_int_eq(open_with(false), HM_UNCONFIGURED);
    ck_assert_ptr_null(replica.store);

    ck_assert_int_eq(unlink(world_path("kinds/sand.json")), 0);
    ck_assert_int_eq(open_with(false), HM_OK);
}
END_TEST

START_TEST(closing_what_is_not_open_does_nothing)
{
    hm_replica_close(&replica);
    hm_replica_close(&replica);

    ck_assert_ptr_null(replica.store);
}
END_TEST

START_TEST(a_path_has_its_folder_or_is_null)
{
    struct hm_arena arena;
    hm_arena_init(&arena, 64);

    ck_assert_str_eq(hm_replica_path(&arena, "/a/b", "c"), "/a/b/c");
    ck_assert_ptr_null(hm_replica_path(
        &arena, "/a/b",
        "a name that is longer than the whole arena may ever become, by far"));

    hm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replica.replica");
    TCase *all = tcase_create("replica");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, an_enrolled_folder_opens_with_and_without_its_key);
    tcase_add_test(all, a_folder_without_a_store_was_never_enrolled);
    tcase_add_test(all, a_missing_key_matters_only_to_who_signs);
    tcase_add_test(all, the_key_of_another_device_is_refused);
    tcase_add_test(all, a_broken_kind_keeps_the_store_closed);
    tcase_add_test(all, closing_what_is_not_open_does_nothing);
    tcase_add_test(all, a_path_has_its_folder_or_is_null);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
