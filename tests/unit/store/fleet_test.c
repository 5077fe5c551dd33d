/* SPDX-License-Identifier: Apache-2.0 */
#include "server_world.h"

static struct hm_fleet_row *rows;
static size_t count;

static void read_fleet(void)
{
    ck_assert_int_eq(hm_store_fleet(store, &rows, &count, &arena, &err), HM_OK);
}

static void visit(const struct hm_id *device, uint32_t epoch, int64_t contact_ms)
{
    struct hm_visit visit = {.device = *device,
                             .epoch = epoch,
                             .contact = {contact_ms},
                             .waiting = contact_ms / 10,
                             .version = hm_text("0.1.0")};
    ck_assert_int_eq(hm_store_visit_put(store, &visit, &err), HM_OK);
}

START_TEST(a_registry_without_devices_has_no_fleet)
{
    count = 7;

    read_fleet();

    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_device_stands_once_with_what_the_registry_says_of_it)
{
    struct hm_id device = device_of(1);
    struct hm_id user = id_of(0x51);
    begin();
    world_device(&device, "Ấp 3", "00001", NULL);
    (void)world_permit(&device, &user, "recorder", "00001", NULL);
    (void)world_permit(&device, &user, "hamlet_head", "00001", NULL);
    commit();

    read_fleet();

    ck_assert_uint_eq(count, 1);
    ck_assert(hm_id_equal(&rows[0].device, &device));
    ck_assert(hm_bytes_are(rows[0].name, "Ấp 3"));
    ck_assert(hm_bytes_are(rows[0].home, "00001"));
    ck_assert(!rows[0].revoked);
    ck_assert(!rows[0].visited);
}
END_TEST

START_TEST(its_role_is_the_highest_that_has_not_ended)
{
    struct hm_id device = device_of(1);
    struct hm_id user = id_of(0x51);
    begin();
    world_device(&device, "a", "00001", NULL);
    (void)world_permit(&device, &user, "recorder", "00001", NULL);
    (void)world_permit(&device, &user, "commune_officer", "00001", NULL);
    (void)world_permit(&device, &user, "viewer", "00001", NULL);
    (void)world_permit(&device, &user, "district_admin", "00001", "at once");
    commit();

    read_fleet();

    ck_assert_uint_eq(count, 1);
    ck_assert(hm_bytes_are(rows[0].role, "commune_officer"));
}
END_TEST

START_TEST(a_revoked_device_keeps_the_role_that_it_had)
{
    struct hm_id device = device_of(1);
    struct hm_id user = id_of(0x51);
    begin();
    world_device(&device, "a", "00001", "stolen");
    (void)world_permit(&device, &user, "viewer", "00001", "at once");
    (void)world_permit(&device, &user, "recorder", "00001", "at once");
    commit();

    read_fleet();

    ck_assert(rows[0].revoked);
    ck_assert(hm_bytes_are(rows[0].role, "recorder"));
}
END_TEST

START_TEST(a_device_without_a_permit_has_no_role)
{
    struct hm_id device = device_of(1);
    begin();
    world_device(&device, "a", "00001", NULL);
    commit();

    read_fleet();

    ck_assert_uint_eq(rows[0].role.size, 0);
}
END_TEST

START_TEST(devices_stand_in_order_of_their_names)
{
    static const char *const names[] = {"Ấp 10", "Bến", "Ấp 2", "ấp 1"};
    static const char *const sorted[] = {"ấp 1", "Ấp 2", "Ấp 10", "Bến"};
    begin();
    for (uint8_t i = 0; i < 4; i++) {
        struct hm_id device = device_of((uint8_t)(i + 1));
        world_device(&device, names[i], "00001", NULL);
    }
    commit();

    read_fleet();

    ck_assert_uint_eq(count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert(hm_bytes_are(rows[i].name, sorted[i]));
    }
}
END_TEST

START_TEST(of_several_epochs_the_one_seen_last_is_shown)
{
    struct hm_id device = device_of(1);
    struct hm_id user = id_of(0x51);
    begin();
    world_device(&device, "a", "00001", NULL);
    (void)world_permit(&device, &user, "recorder", "00001", NULL);
    (void)world_permit(&device, &user, "viewer", "00002", NULL);
    visit(&device, 9, 100);
    visit(&device, 5, 400);
    visit(&device, 3, 300); /* the clock was put back meanwhile */
    commit();

    read_fleet();

    ck_assert_uint_eq(count, 1);
    ck_assert(rows[0].visited);
    ck_assert_uint_eq(rows[0].visit.epoch, 3);
    ck_assert_int_eq(rows[0].visit.contact.ms, 300);
    ck_assert_int_eq(rows[0].visit.waiting, 30);
    ck_assert(hm_bytes_are(rows[0].visit.version, "0.1.0"));
}
END_TEST

START_TEST(permits_are_given_with_their_records_and_their_end)
{
    struct hm_id device = device_of(1);
    struct hm_id other = device_of(2);
    struct hm_id user = id_of(0x51);
    struct hm_permit *permits = NULL;
    begin();
    world_device(&device, "a", "00001", NULL);
    struct hm_id first = world_permit(&device, &user, "recorder", "00001", NULL);
    struct hm_id second = world_permit(&device, &user, "viewer", "00002", "at once");
    (void)world_permit(&other, &user, "viewer", "00003", NULL);
    commit();

    ck_assert_int_eq(hm_store_permits(store, &device, &permits, &count, &arena, &err),
                     HM_OK);

    ck_assert_uint_eq(count, 2);
    ck_assert(hm_id_equal(&permits[0].record, &first));
    ck_assert(hm_id_equal(&permits[0].user, &user));
    ck_assert(hm_bytes_are(permits[0].role, "recorder"));
    ck_assert(hm_bytes_are(permits[0].home, "00001"));
    ck_assert(!permits[0].ended);
    ck_assert(hm_id_equal(&permits[1].record, &second));
    ck_assert(permits[1].ended);
}
END_TEST

START_TEST(a_device_without_permits_has_none)
{
    struct hm_id device = device_of(1);
    struct hm_permit *permits = NULL;
    count = 7;

    ck_assert_int_eq(hm_store_permits(store, &device, &permits, &count, &arena, &err),
                     HM_OK);

    ck_assert_uint_eq(count, 0);
}
END_TEST

int main(void)
{
    TCase *groups[] = {tcase_create("fleet"), tcase_create("permits")};
    tcase_add_test(groups[0], a_registry_without_devices_has_no_fleet);
    tcase_add_test(groups[0], a_device_stands_once_with_what_the_registry_says_of_it);
    tcase_add_test(groups[0], its_role_is_the_highest_that_has_not_ended);
    tcase_add_test(groups[0], a_revoked_device_keeps_the_role_that_it_had);
    tcase_add_test(groups[0], a_device_without_a_permit_has_no_role);
    tcase_add_test(groups[0], devices_stand_in_order_of_their_names);
    tcase_add_test(groups[0], of_several_epochs_the_one_seen_last_is_shown);
    tcase_add_test(groups[1], permits_are_given_with_their_records_and_their_end);
    tcase_add_test(groups[1], a_device_without_permits_has_none);
    return world_run(suite_create("store.fleet"), groups, 2);
}
