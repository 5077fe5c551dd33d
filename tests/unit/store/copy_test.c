/* SPDX-License-Identifier: Apache-2.0 */
/* A server's store copied while it is open, and the units that it knows. */
#include "server_world.h"

static void reopen_copy(void)
{
    hm_store_close(store);
    store = NULL;
    world_open("copy.db");
}

START_TEST(a_copy_is_a_store_that_holds_the_same)
{
    struct hm_id device = device_of(1);
    struct hm_fleet_row *rows = NULL;
    size_t count = 0;
    begin();
    world_device(&device, "a", "00001", NULL);
    ck_assert_int_eq(hm_store_meta_put_int(store, HM_META_INCARNATION, 77, &err), HM_OK);
    commit();

    ck_assert_int_eq(hm_store_copy(store, world_path("copy.db"), &err), HM_OK);

    int64_t incarnation = 0;
    reopen_copy();
    ck_assert_int_eq(hm_store_fleet(store, &rows, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(
        hm_store_meta_get_int(store, HM_META_INCARNATION, 0, &incarnation, &err), HM_OK);
    ck_assert_int_eq(incarnation, 77);
}
END_TEST

START_TEST(the_store_goes_on_after_it_was_copied)
{
    struct hm_id device = device_of(1);
    struct hm_id later = device_of(2);
    struct hm_fleet_row *rows = NULL;
    size_t count = 0;
    begin();
    world_device(&device, "a", "00001", NULL);
    commit();
    ck_assert_int_eq(hm_store_copy(store, world_path("copy.db"), &err), HM_OK);

    begin();
    world_device(&later, "b", "00001", NULL);
    commit();

    ck_assert_int_eq(hm_store_fleet(store, &rows, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 2);
    reopen_copy();
    ck_assert_int_eq(hm_store_fleet(store, &rows, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(where_no_file_can_be_made_the_copy_fails_and_the_store_is_whole)
{
    int64_t value = 0;

    enum hm_status status = hm_store_copy(store, world_path("none/copy.db"), &err);

    ck_assert_int_eq(status, HM_IO);
    err = HM_ERR_NONE;
    begin();
    ck_assert_int_eq(hm_store_meta_put_int(store, HM_META_EPOCH, 5, &err), HM_OK);
    commit();
    ck_assert_int_eq(hm_store_meta_get_int(store, HM_META_EPOCH, 0, &value, &err), HM_OK);
    ck_assert_int_eq(value, 5);
}
END_TEST

START_TEST(known_units_are_given_in_order_of_code_with_their_parents)
{
    const struct hm_kind *tree = hm_kinds_tree(world_kinds);
    const struct world_register codes[] = {{tree->tree->code->name, "002"},
                                           {tree->tree->code->name, "001"}};
    const struct world_register child[] = {
        {tree->tree->name->name, "x"}, {tree->tree->parent->name, "001"}, {NULL, NULL}};
    const struct world_register top[] = {{tree->tree->name->name, "y"}, {NULL, NULL}};
    struct hm_unit *units = NULL;
    size_t count = 0;
    begin();
    (void)world_record(tree->name, &codes[0], child);
    (void)world_record(tree->name, &codes[1], top);
    commit();

    ck_assert_int_eq(hm_store_units(store, &units, &count, &arena, &err), HM_OK);

    ck_assert_uint_eq(count, 2);
    ck_assert(hm_bytes_are(units[0].code, "001"));
    ck_assert_uint_eq(units[0].parent.size, 0);
    ck_assert(hm_bytes_are(units[1].code, "002"));
    ck_assert(hm_bytes_are(units[1].parent, "001"));
}
END_TEST

int main(void)
{
    TCase *groups[] = {tcase_create("copy"), tcase_create("units")};
    tcase_add_test(groups[0], a_copy_is_a_store_that_holds_the_same);
    tcase_add_test(groups[0], the_store_goes_on_after_it_was_copied);
    tcase_add_test(groups[0],
                   where_no_file_can_be_made_the_copy_fails_and_the_store_is_whole);
    tcase_add_test(groups[1], known_units_are_given_in_order_of_code_with_their_parents);
    return world_run(suite_create("store.copy"), groups, 2);
}
