/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/registry.h"

#include <string.h>

#include "builders.h"
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

/* `unit` became part of `into`. */
static void merge_unit(const char *unit, const char *into)
{
    struct hm_maker maker;
    struct hm_id record;
    struct hm_id change;
    hm_maker_init(&maker, &server.arena, 1);
    const struct hm_key_field key = {hm_text("code"), hm_make_plain(&maker, unit)};
    const struct hm_field_input field = {.name = hm_text("merged_into"),
                                         .text = hm_text(into)};
    hm_record_id(&record, hm_text("~"), hm_text("unit"), &key, 1);
    ck_assert_int_eq(hm_author_begin(server.author, &server.err), HM_OK);
    ck_assert_int_eq(
        hm_author_edit(server.author, &record, &field, 1, true, &change, &server.err),
        HM_OK);
    ck_assert_int_eq(hm_author_commit(server.author, &server.err), HM_OK);
}

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
    tcase_add_test(group, a_permit_covers_its_user_device_role_and_subtree);
    tcase_add_test(group, the_registry_itself_is_for_those_of_the_server_s_own_unit);
    tcase_add_test(group, a_device_s_rank_is_the_highest_that_covers_the_home);
    tcase_add_test(group, a_scope_is_the_registry_and_the_subtrees_of_the_permits);
    tcase_add_test(group, a_unit_that_is_added_later_is_in_the_scope_of_those_above);
    tcase_add_test(group, a_ring_of_units_ends);
    tcase_add_test(group, a_user_is_found_by_name_on_his_device_only);
    tcase_add_test(group, a_device_that_nobody_heard_of_is_not_known);
    tcase_add_test(group, a_record_of_the_registry_s_kinds_in_a_unit_means_nothing);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
