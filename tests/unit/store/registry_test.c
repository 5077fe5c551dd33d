/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/registry.h"

#include <stdio.h>
#include <string.h>

#include "builders.h"
#include "hamlet/model/value.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/records.h"
#include "hamlet/store/rights.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_id devices[HM_PERSON_COUNT];

static void setup(void)
{
    hm_site_open_server(&server, 1);
    for (int person = 0; person < HM_PERSON_COUNT; person++) {
        struct hm_key key;
        struct hm_secret secret;
        hm_site_pair((enum hm_person)person, &key, &secret);
        devices[person] = hm_sign_device(&key);
    }
}

static void teardown(void)
{
    hm_site_check(&server);
    hm_site_close(&server);
}

static bool permitted(enum hm_person person, const char *role, const char *home)
{
    struct hm_id user = hm_person_user(&server, person);
    bool answer = false;
    ck_assert_int_eq(hm_store_permitted(server.store, &devices[person], &user,
                                        hm_text(role), hm_text(home), &answer,
                                        &server.err),
                     HM_OK);
    return answer;
}

static bool within(const char *home, const char *root)
{
    bool answer = true;
    ck_assert_int_eq(hm_store_unit_within(server.store, hm_text(home), hm_text(root),
                                          &answer, &server.err),
                     HM_OK);
    return answer;
}

static int rank(enum hm_person person, const char *home)
{
    int answer = 99;
    ck_assert_int_eq(hm_store_rank(server.store, &devices[person], hm_text(home), &answer,
                                   &server.err),
                     HM_OK);
    return answer;
}

/* The buckets of the device's scope, in one line. */
static const char *scope(const struct hm_id *device)
{
    static char line[256];
    struct hm_bytes *buckets = NULL;
    size_t count = 0;
    size_t at = 0;
    ck_assert_int_eq(hm_store_scope(server.store, device, &buckets, &count, &server.arena,
                                    &server.err),
                     HM_OK);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_lt(at + buckets[i].size + 2, sizeof(line));
        memcpy(line + at, buckets[i].data, buckets[i].size);
        at += buckets[i].size;
        line[at++] = ' ';
    }
    line[at - 1] = '\0';
    return line;
}

static void add_unit(const char *code, const char *parent)
{
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {.name = hm_text("code"), .text = hm_text(code)},
        {.name = hm_text("name"), .text = hm_text(code)},
        {.name = hm_text("parent_code"), .text = hm_text(parent)}};
    ck_assert_int_eq(hm_author_begin(server.author, &server.err), HM_OK);
    ck_assert_int_eq(
        hm_author_add(server.author, hm_text("unit"), fields, 3, &added, &server.err),
        HM_OK);
    ck_assert_int_eq(hm_author_commit(server.author, &server.err), HM_OK);
}

START_TEST(a_unit_lies_in_all_that_are_above_it)
{
    ck_assert(within("30341-01", "30341-01"));
    ck_assert(within("30341-01", "30341"));
    ck_assert(within("30341-01", "886"));
    ck_assert(!within("30341", "30341-01"));
    ck_assert(!within("30341-01", "30344"));
    ck_assert(!within("99999", "886"));
}
END_TEST

static void edit_unit(const char *unit, const char *name, const char *text)
{
    struct hm_maker maker;
    struct hm_id record;
    struct hm_id change;
    hm_maker_init(&maker, &server.arena, 1);
    const struct hm_key_field key = {hm_text("code"), hm_make_plain(&maker, unit)};
    const struct hm_field_input field = {.name = hm_text(name), .text = hm_text(text)};
    hm_record_id(&record, hm_text("~"), hm_text("unit"), &key, 1);
    ck_assert_int_eq(hm_author_begin(server.author, &server.err), HM_OK);
    ck_assert_int_eq(
        hm_author_edit(server.author, &record, &field, 1, true, &change, &server.err),
        HM_OK);
    ck_assert_int_eq(hm_author_commit(server.author, &server.err), HM_OK);
}

/* `unit` became part of `into`. */
static void merge_unit(const char *unit, const char *into)
{
    edit_unit(unit, "merged_into", into);
}

static const char *name_of(const char *unit)
{
    struct hm_bytes name = HM_NO_BYTES;
    ck_assert_int_eq(hm_store_unit_name(server.store, hm_text(unit), &name, &server.arena,
                                        &server.err),
                     HM_OK);
    const char *text = hm_arena_copy_text(&server.arena, name);
    ck_assert_ptr_nonnull(text);
    return text;
}

/* 120 letters of three bytes do not stand in the record's row. */
START_TEST(a_unit_has_its_newest_name_however_long)
{
    char name[3 * 120 + 1];
    for (size_t i = 0; i < 120; i++) {
        memcpy(&name[3 * i], "ế", 4);
    }
    add_unit("30341-07", "30341");
    ck_assert_str_eq(name_of("30341-07"), "30341-07");

    edit_unit("30341-07", "name", "Ấp Bảy");
    ck_assert_str_eq(name_of("30341-07"), "Ấp Bảy");

    edit_unit("30341-07", "name", name);
    ck_assert_str_eq(name_of("30341-07"), name);

    ck_assert_str_eq(name_of("30341-08"), "");
    ck_assert_str_eq(name_of("~"), "");
}
END_TEST

static const char *successor(const char *unit)
{
    struct hm_bytes found = HM_NO_BYTES;
    ck_assert_int_eq(hm_store_unit_successor(server.store, hm_text(unit), &found,
                                             &server.arena, &server.err),
                     HM_OK);
    const char *text = hm_arena_copy_text(&server.arena, found);
    ck_assert_ptr_nonnull(text);
    return text;
}

START_TEST(a_merged_unit_lies_in_what_it_became_part_of_and_where_it_was)
{
    ck_assert_str_eq(successor("30341-01"), "");

    merge_unit("30341-01", "30344-01");

    ck_assert(within("30341-01", "30344-01"));
    ck_assert(within("30341-01", "30344"));
    ck_assert(within("30341-01", "30341"));
    ck_assert(!within("30344-01", "30341"));
    ck_assert_str_eq(successor("30341-01"), "30344-01");
    ck_assert(permitted(HM_LAN, "recorder", "30341-01"));
    ck_assert(permitted(HM_MAI, "commune_officer", "30341-01"));
    ck_assert(!permitted(HM_MAI, "commune_officer", "30344-01"));
}
END_TEST

START_TEST(mergers_follow_one_another_and_a_ring_of_them_ends)
{
    merge_unit("30341-01", "30341-02");
    merge_unit("30341-02", "30344-01");
    ck_assert_str_eq(successor("30341-01"), "30344-01");
    ck_assert(within("30341-01", "30344"));

    merge_unit("30344-01", "30341-01");

    ck_assert_str_eq(successor("30341-01"), "");
    ck_assert(within("30344-01", "30341-02"));
    ck_assert(!within("30344-01", "30999"));
}
END_TEST

START_TEST(a_unit_is_known_by_its_record_only)
{
    bool known = true;
    struct hm_maker maker;
    hm_maker_init(&maker, &server.arena, 1);
    maker.home = "77777";
    struct hm_change *stray = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(stray, &maker, "head_name", "Út", 0);
    hm_make_seal(stray, &maker);
    const struct hm_change *all[] = {stray};
    (void)hm_site_put(&server, all, 1, HM_VERDICT_QUARANTINED);

    ck_assert_int_eq(
        hm_store_unit_known(server.store, hm_text("77777"), &known, &server.err), HM_OK);

    ck_assert(!known);
    ck_assert_int_eq(
        hm_store_unit_known(server.store, hm_text("30341"), &known, &server.err), HM_OK);
    ck_assert(known);
}
END_TEST

START_TEST(a_permit_covers_its_user_device_role_and_subtree)
{
    ck_assert(permitted(HM_LAN, "recorder", "30341-01"));
    ck_assert(!permitted(HM_LAN, "recorder", "30341-02"));
    ck_assert(!permitted(HM_LAN, "hamlet_head", "30341-01"));
    ck_assert(permitted(HM_MAI, "commune_officer", "30341"));
    ck_assert(permitted(HM_MAI, "commune_officer", "30341-02"));
    ck_assert(!permitted(HM_MAI, "commune_officer", "30344-01"));
    ck_assert(!permitted(HM_MAI, "commune_officer", "886"));
    ck_assert(permitted(HM_ANH, "district_admin", "30344-01"));
}
END_TEST

START_TEST(the_registry_itself_is_for_those_of_the_server_s_own_unit)
{
    ck_assert(!permitted(HM_MAI, "commune_officer", "~"));
    ck_assert(!permitted(HM_LAN, "recorder", "~"));
}
END_TEST

START_TEST(a_device_s_rank_is_the_highest_that_covers_the_home)
{
    ck_assert_int_eq(rank(HM_LAN, "30341-01"), 1);
    ck_assert_int_eq(rank(HM_LAN, "30341-02"), -1);
    ck_assert_int_eq(rank(HM_MAI, "30341-02"), 3);
    ck_assert_int_eq(rank(HM_ANH, "30344-01"), 7);
}
END_TEST

START_TEST(a_scope_is_the_registry_and_the_subtrees_of_the_permits)
{
    struct hm_id nobody = hm_make_id(0x99);

    ck_assert_str_eq(scope(&devices[HM_LAN]), "~ 30341-01");
    ck_assert_str_eq(scope(&devices[HM_MAI]), "~ 30341 30341-01 30341-02");
    ck_assert_str_eq(scope(&devices[HM_ANH]),
                     "~ 30341 30341-01 30341-02 30344 30344-01 886");
    ck_assert_str_eq(scope(&nobody), "~");
}
END_TEST

START_TEST(a_unit_that_is_added_later_is_in_the_scope_of_those_above)
{
    add_unit("30341-03", "30341");

    ck_assert_str_eq(scope(&devices[HM_MAI]), "~ 30341 30341-01 30341-02 30341-03");
    ck_assert(permitted(HM_MAI, "commune_officer", "30341-03"));
}
END_TEST

START_TEST(a_ring_of_units_ends)
{
    add_unit("1", "2");
    add_unit("2", "1");

    ck_assert(within("1", "2"));
    ck_assert(!within("1", "886"));
    ck_assert(!permitted(HM_ANH, "district_admin", "1"));
}
END_TEST

START_TEST(a_user_is_found_by_name_on_his_device_only)
{
    struct hm_id user;
    struct hm_bytes text = HM_NO_BYTES;
    struct hm_err err = HM_ERR_NONE;
    ck_assert_int_eq(hm_store_user_find(server.store, &devices[HM_LAN], hm_text("Lan"),
                                        &user, &text, &server.arena, &err),
                     HM_OK);
    ck_assert(hm_bytes_are(text, "recorder"));
    ck_assert_int_eq(hm_store_user_name(server.store, &user, &text, &server.arena, &err),
                     HM_OK);
    ck_assert(hm_bytes_are(text, "Lan"));

    ck_assert_int_eq(hm_store_user_find(server.store, &devices[HM_HUNG], hm_text("Lan"),
                                        &user, &text, &server.arena, &err),
                     HM_NOT_FOUND);
    ck_assert_str_eq(err.arg[0], "Lan");
    user = hm_make_id(0x55);
    ck_assert_int_eq(hm_store_user_name(server.store, &user, &text, &server.arena, &err),
                     HM_OK);
    ck_assert_uint_eq(text.size, 0);
}
END_TEST

START_TEST(a_device_that_nobody_heard_of_is_not_known)
{
    struct hm_device found;
    struct hm_id nobody = hm_make_id(0x99);

    ck_assert_int_eq(
        hm_store_device_get(server.store, &nobody, &found, &server.arena, &server.err),
        HM_OK);
    ck_assert(!found.known && !found.revoked);
    ck_assert_int_eq(hm_store_device_get(server.store, &devices[HM_TU], &found,
                                         &server.arena, &server.err),
                     HM_OK);
    ck_assert(found.known && hm_bytes_are(found.name, "Tư"));
}
END_TEST

START_TEST(a_record_of_the_registry_s_kinds_in_a_unit_means_nothing)
{
    struct hm_maker maker;
    char hex[HM_HEX16_SIZE];
    struct hm_id user = hm_person_user(&server, HM_LAN);
    hm_maker_init(&maker, &server.arena, 1);
    maker.kind = HM_KIND_PERMIT;
    struct hm_change *forged = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_hex_put(hex, hm_id_bytes(&user));
    hm_make_text(forged, &maker, HM_REGISTRY_USER, hex, 0);
    hm_hex_put(hex, hm_id_bytes(&devices[HM_LAN]));
    hm_make_text(forged, &maker, HM_REGISTRY_DEVICE, hex, 0);
    hm_make_text(forged, &maker, HM_REGISTRY_ROLE, "district_admin", 0);
    hm_make_text(forged, &maker, HM_REGISTRY_HOME, "886", 0);
    hm_make_seal(forged, &maker);
    const struct hm_change *all[] = {forged};

    (void)hm_site_put(&server, all, 1, HM_VERDICT_ACCEPTED);

    ck_assert(!permitted(HM_LAN, "district_admin", "886"));
    ck_assert_str_eq(scope(&devices[HM_LAN]), "~ 30341-01");
}
END_TEST

/* ---- what servers wrote that did not know of each other ---- */

static const struct hm_change *write_about(struct hm_maker *maker,
                                           const char *kind,
                                           const struct hm_id *record,
                                           const char *reg,
                                           const char *value)
{
    maker->kind = kind;
    maker->home = HM_HOME_REGISTRY;
    maker->device = server.device;
    struct hm_change *change = hm_make(maker, HM_ACT_EDIT, record);
    hm_make_write(change, maker, reg, hm_make_value(maker, value), 0);
    hm_make_seal(change, maker);
    return change;
}

static struct hm_id device_record(struct hm_maker *maker, const struct hm_id *device)
{
    char hex[HM_HEX16_SIZE];
    struct hm_id record;
    hm_hex_put(hex, hm_id_bytes(device));
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE),
                                     hm_make_plain(maker, hex)};
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
    return record;
}

static void check_no_conflict(void)
{
    struct hm_conflict *conflicts = NULL;
    struct hm_counts counts;
    size_t count = 0;
    ck_assert_int_eq(hm_store_conflicts(server.store, HM_NO_BYTES, false, &conflicts,
                                        &count, &server.arena, &server.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_counts(server.store, false, &counts, &server.err), HM_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(counts.conflict, 0);
}

START_TEST(of_two_revocations_the_one_that_heard_more_says_where_a_chain_ended)
{
    struct hm_maker maker;
    struct hm_device found;
    hm_maker_init(&maker, &server.arena, 9);
    struct hm_id record = device_record(&maker, &devices[HM_LAN]);
    const char *head = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char one[256];
    char two[256];
    (void)snprintf(one, sizeof(one), "[[7,3,\"%s\"],[8,9,\"%s\"]]", head, head);
    (void)snprintf(two, sizeof(two), "[[7,5,\"%s\"]]", head);
    const struct hm_change *all[] = {
        write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_HEADS, one),
        write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_HEADS, two),
        write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_REVOKED, "\"lost\""),
        write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_REVOKED, "\"stolen\"")};

    (void)hm_site_put(&server, all, 4, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(hm_store_device_get(server.store, &devices[HM_LAN], &found,
                                         &server.arena, &server.err),
                     HM_OK);
    ck_assert(found.revoked);
    ck_assert(!hm_device_beyond(&found, 7, 5) && hm_device_beyond(&found, 7, 6));
    ck_assert(!hm_device_beyond(&found, 8, 9) && hm_device_beyond(&found, 8, 10));
    ck_assert(hm_device_beyond(&found, 9, 1));
    check_no_conflict();
}
END_TEST

/* In whatever order they come: the ids of the two changes are as they fall. */
START_TEST(of_two_ends_of_a_permit_the_stricter_holds)
{
    static const char *const ends[][2] = {{"\"when seen\"", "\"at once\""},
                                          {"\"at once\"", "\"when seen\""},
                                          {"\"when seen\"", "\"revoked\""},
                                          {"\"revoked\"", "\"when seen\""}};
    struct hm_maker maker;
    struct hm_permit *permits = NULL;
    size_t count = 0;
    hm_maker_init(&maker, &server.arena, 9);
    for (int i = 0; i < 4; i++) {
        const struct hm_id *device = &devices[i % HM_PERSON_COUNT];
        ck_assert_int_eq(hm_store_permits(server.store, device, &permits, &count,
                                          &server.arena, &server.err),
                         HM_OK);
        ck_assert_uint_gt(count, 0);
        const struct hm_change *all[] = {
            write_about(&maker, HM_KIND_PERMIT, &permits[0].record, HM_REGISTRY_ENDED,
                        ends[i][0]),
            write_about(&maker, HM_KIND_PERMIT, &permits[0].record, HM_REGISTRY_ENDED,
                        ends[i][1])};

        (void)hm_site_put(&server, all, 2, HM_VERDICT_ACCEPTED);

        ck_assert_int_eq(hm_store_permits(server.store, device, &permits, &count,
                                          &server.arena, &server.err),
                         HM_OK);
        ck_assert(permits[0].ended && !permits[0].when_seen);
    }
    check_no_conflict();
}
END_TEST

/* Whether what a device wrote before its end may still stand. */
static bool stands_late(const struct hm_permit *permit)
{
    const struct hm_written written = {.epoch = 1, .seq = 1, .registry_n = 0};
    bool permitted = false;
    ck_assert_int_eq(hm_store_permitted_late(server.store, &permit->device, &permit->user,
                                             permit->role, permit->home, &written,
                                             &permitted, &server.err),
                     HM_OK);
    return permitted;
}

START_TEST(an_end_at_once_is_stricter_than_that_of_a_revocation)
{
    static const char *const ends[] = {"\"revoked\"", "\"at once\"", "\"revoked\""};
    struct hm_maker maker;
    struct hm_permit *permits = NULL;
    size_t count = 0;
    hm_maker_init(&maker, &server.arena, 9);
    ck_assert_int_eq(hm_store_permits(server.store, &devices[HM_LAN], &permits, &count,
                                      &server.arena, &server.err),
                     HM_OK);
    ck_assert_uint_gt(count, 0);
    for (int i = 0; i < 3; i++) {
        const struct hm_change *change = write_about(
            &maker, HM_KIND_PERMIT, &permits[0].record, HM_REGISTRY_ENDED, ends[i]);

        (void)hm_site_put(&server, &change, 1, HM_VERDICT_ACCEPTED);

        ck_assert(stands_late(&permits[0]) == (i == 0));
    }
    check_no_conflict();
}
END_TEST

/* A server that lost a change of key may write the keys again as they were before. */
START_TEST(of_two_texts_of_keys_the_longer_holds_and_either_before_none)
{
    static const char *const keys[] = {"\"a\"", "\"a bb\"", "\"a\"", "null"};
    struct hm_maker maker;
    struct hm_id device = hm_make_id(77);
    hm_maker_init(&maker, &server.arena, 9);
    struct hm_id record = device_record(&maker, &device);
    for (int i = 0; i < 4; i++) {
        struct hm_loaded loaded;
        const struct hm_change *change =
            write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_KEY, keys[i]);

        (void)hm_site_put(&server, &change, 1, HM_VERDICT_ACCEPTED);

        loaded = hm_site_load(&server, &record);
        const struct hm_register *reg =
            hm_merged_register(&loaded.merged, hm_text(HM_REGISTRY_KEY));
        ck_assert_ptr_nonnull(reg);
        struct hm_bytes shown =
            hm_value_text_or(reg->heads[reg->shown].write->value, HM_NO_BYTES);
        ck_assert_uint_eq(shown.size, i == 0 ? 1 : 4);
    }
    check_no_conflict();
}
END_TEST

START_TEST(a_server_goes_by_the_pins_of_the_greater_turn)
{
    struct hm_maker maker;
    struct hm_bytes text;
    hm_maker_init(&maker, &server.arena, 9);
    struct hm_id record = device_record(&maker, &server.device);
    const struct hm_change *all[] = {
        write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_PINS, "\"9 x\""),
        write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_PINS, "\"10 y\""),
        write_about(&maker, HM_KIND_DEVICE, &record, HM_REGISTRY_PINS, "\"8 z\"")};

    (void)hm_site_put(&server, all, 3, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(
        hm_store_pins(server.store, &server.device, &text, &server.arena, &server.err),
        HM_OK);
    ck_assert(hm_bytes_are(text, "10 y"));
    check_no_conflict();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registry");
    TCase *group = tcase_create("registry");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, a_unit_lies_in_all_that_are_above_it);
    tcase_add_test(group, a_merged_unit_lies_in_what_it_became_part_of_and_where_it_was);
    tcase_add_test(group, mergers_follow_one_another_and_a_ring_of_them_ends);
    tcase_add_test(group, a_unit_is_known_by_its_record_only);
    tcase_add_test(group, a_unit_has_its_newest_name_however_long);
    tcase_add_test(group, a_permit_covers_its_user_device_role_and_subtree);
    tcase_add_test(group, the_registry_itself_is_for_those_of_the_server_s_own_unit);
    tcase_add_test(group, a_device_s_rank_is_the_highest_that_covers_the_home);
    tcase_add_test(group, a_scope_is_the_registry_and_the_subtrees_of_the_permits);
    tcase_add_test(group, a_unit_that_is_added_later_is_in_the_scope_of_those_above);
    tcase_add_test(group, a_ring_of_units_ends);
    tcase_add_test(group, a_user_is_found_by_name_on_his_device_only);
    tcase_add_test(group, a_device_that_nobody_heard_of_is_not_known);
    tcase_add_test(group, a_record_of_the_registry_s_kinds_in_a_unit_means_nothing);
    tcase_add_test(group,
                   of_two_revocations_the_one_that_heard_more_says_where_a_chain_ended);
    tcase_add_test(group, of_two_ends_of_a_permit_the_stricter_holds);
    tcase_add_test(group, an_end_at_once_is_stricter_than_that_of_a_revocation);
    tcase_add_test(group, of_two_texts_of_keys_the_longer_holds_and_either_before_none);
    tcase_add_test(group, a_server_goes_by_the_pins_of_the_greater_turn);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
