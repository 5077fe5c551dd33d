/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/fleet.h"

#include "hamlet/store/server.h"
#include "world.h"

/* 5 March 2026, noon; and what is so long before it. */
static const int64_t noon = 1772711200000;
static const int64_t hour = INT64_C(3600) * 1000;
static const int64_t day = INT64_C(24) * 3600 * 1000;

static struct hm_id device_of(enum hm_person person)
{
    struct hm_key key;
    struct hm_secret secret;
    hm_site_pair(person, &key, &secret);
    return hm_sign_device(&key);
}

static struct hm_visit fresh(enum hm_person person)
{
    return (struct hm_visit){.device = device_of(person),
                             .epoch = 7,
                             .contact = {noon - hour},
                             .version = hm_text(HM_VERSION)};
}

static void put(const struct hm_visit *visit)
{
    ck_assert_int_eq(hm_store_begin(server.store, &err), HM_OK);
    ck_assert_int_eq(hm_store_visit_put(server.store, visit, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &err), HM_OK);
}

static void put_notice(enum hm_person person, int64_t time_ms)
{
    const struct hm_notice notice = {.device = device_of(person),
                                     .epoch = 8,
                                     .parent = 7,
                                     .type = HM_NOTICE_COPIED,
                                     .time = {time_ms},
                                     .moved = 2};
    ck_assert_int_eq(hm_store_begin(server.store, &err), HM_OK);
    ck_assert_int_eq(hm_store_notice_put(server.store, &notice, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &err), HM_OK);
}

static void setup(void)
{
    world_open();
    view.store = server.store;
    for (enum hm_person person = HM_LAN; person < HM_ANH; person++) {
        const struct hm_visit visit = fresh(person);
        put(&visit);
    }
}

static void show_part(const char *scope, int64_t skip, int64_t limit)
{
    const struct hm_api_fleet query = {.scope = hm_text(scope),
                                       .server = server.device,
                                       .now = {noon},
                                       .limit = limit,
                                       .skip = skip};
    world_clear();
    ck_assert_int_eq(hm_api_fleet(&view, &query, &err), HM_OK);
}

static void show_in(const char *scope)
{
    show_part(scope, 0, 0);
}

static void show(void)
{
    show_in(NULL);
}

static void expect(size_t at, enum hm_person person, const char *look)
{
    char id[HM_HEX16_SIZE];
    struct hm_id device = device_of(person);
    const struct hm_json *row = hm_json_at(shown, at);
    hm_hex_put(id, hm_id_bytes(&device));
    ck_assert_str_eq(world_member(row, "look"), look);
    ck_assert_str_eq(world_member(row, "device"), id);
}

START_TEST(the_machine_that_needs_a_person_first_stands_first)
{
    struct hm_visit silent = fresh(HM_BAY);
    struct hm_visit quiet = fresh(HM_TU);
    struct hm_visit off = fresh(HM_LAN);
    silent.contact.ms = noon - 7 * day;
    quiet.contact.ms = noon - 3 * day;
    off.offset_ms = -INT64_C(11) * 60 * 1000;
    put(&silent);
    put(&quiet);
    put(&off);
    put_notice(HM_MAI, noon - 29 * day);

    show();

    ck_assert_uint_eq(hm_json_count(world_json()), 5);
    expect(0, HM_MAI, "copied");
    expect(1, HM_BAY, "silent");
    expect(2, HM_TU, "quiet");
    expect(3, HM_LAN, "clock");
    expect(4, HM_HUNG, "none");
}
END_TEST

/* What is counted is all that there is, whichever part of it is shown. */
START_TEST(a_list_in_pieces_says_where_it_goes_on)
{
    struct hm_visit silent = fresh(HM_BAY);
    silent.contact.ms = noon - 7 * day;
    put(&silent);

    show_part(NULL, 0, 2);
    const struct hm_json *first = world_json();
    ck_assert_uint_eq(hm_json_count(hm_json_get(first, "devices")), 2);
    ck_assert_int_eq(hm_json_int_or(hm_json_get(first, "next"), 0), 2);
    ck_assert_int_eq(hm_json_int_or(hm_json_get(first, "active"), 0), 5);
    const struct hm_json *looks = hm_json_get(first, "looks");
    ck_assert_int_eq(hm_json_int_or(hm_json_get(looks, "silent"), 0), 1);
    ck_assert_int_eq(hm_json_int_or(hm_json_get(looks, "none"), 0), 4);

    show_part(NULL, 4, 2);
    const struct hm_json *last = world_json();
    ck_assert_uint_eq(hm_json_count(hm_json_get(last, "devices")), 1);
    ck_assert(hm_json_is(hm_json_get(last, "next"), HM_JSON_NULL));
}
END_TEST

START_TEST(of_equals_the_one_that_was_silent_longest_stands_first)
{
    struct hm_visit one = fresh(HM_TU);
    struct hm_visit other = fresh(HM_BAY);
    one.contact.ms = noon - 8 * day;
    other.contact.ms = noon - 9 * day;
    put(&one);
    put(&other);

    show();

    world_json();
    expect(0, HM_BAY, "silent");
    expect(1, HM_TU, "silent");
}
END_TEST

START_TEST(a_day_short_of_the_limit_is_not_yet_silent)
{
    struct hm_visit visit = fresh(HM_TU);
    visit.contact.ms = noon - 3 * day + 1;
    visit.version = hm_text("0.0.9");
    put(&visit);
    put_notice(HM_MAI, noon - 30 * day);

    show();

    world_json();
    expect(0, HM_TU, "version");
    ck_assert_str_eq(world_member(hm_json_at(shown, 1), "look"), "none");
}
END_TEST

START_TEST(what_it_failed_at_is_told_in_words_as_often_as_it_said)
{
    const struct hm_visit_error errors[] = {{hm_text("server-slow"), 12},
                                            {hm_text("of-another-version"), 1}};
    struct hm_visit visit = fresh(HM_TU);
    struct hm_buf packed;
    hm_buf_init(&packed, 256);
    hm_visit_errors_put(&packed, errors, 2);
    visit.errors = hm_buf_bytes(&packed);
    visit.waiting = 4;
    visit.late.ms = noon - 2 * hour;
    put(&visit);

    show();

    const struct hm_json *row = hm_json_at(world_json(), 0);
    const struct hm_json *told = hm_json_get(row, "errors");
    expect(0, HM_TU, "failing");
    ck_assert_int_eq(world_number(row, "pending"), 4);
    ck_assert_ptr_nonnull(hm_json_chars(hm_json_get(row, "pending_since")));
    ck_assert_uint_eq(hm_json_count(told), 2);
    ck_assert_str_eq(world_member(hm_json_at(told, 0), "key"), "server-slow");
    ck_assert_int_eq(world_number(hm_json_at(told, 0), "times"), 12);
    ck_assert_uint_gt(strlen(world_member(hm_json_at(told, 0), "title")), 10);
    ck_assert_str_eq(world_member(hm_json_at(told, 1), "key"), "of-another-version");
    hm_buf_fini(&packed);
}
END_TEST

START_TEST(what_waits_for_a_day_is_late_though_the_machine_comes)
{
    struct hm_visit visit = fresh(HM_TU);
    visit.waiting = 1;
    visit.late.ms = noon - day;
    put(&visit);

    show();

    world_json();
    expect(0, HM_TU, "late");
}
END_TEST

START_TEST(an_invitation_says_whether_it_is_over)
{
    struct hm_invited invited = {.id = {{1}},
                                 .name = hm_text("Tám"),
                                 .role = hm_text("recorder"),
                                 .home = hm_text("30341-01"),
                                 .expires = {noon}};
    struct hm_invited good = invited;
    good.id.at[0] = 2;
    good.expires.ms = noon + 1;
    ck_assert_int_eq(hm_store_begin(server.store, &err), HM_OK);
    ck_assert_int_eq(hm_store_invitation_put(server.store, &invited, &err), HM_OK);
    ck_assert_int_eq(hm_store_invitation_put(server.store, &good, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &err), HM_OK);

    show();

    ck_assert_uint_eq(hm_json_count(world_json()), 7);
    ck_assert_str_eq(world_member(hm_json_at(shown, 5), "look"), "expired");
    ck_assert_str_eq(world_member(hm_json_at(shown, 6), "look"), "invited");
    ck_assert(hm_json_is(hm_json_get(hm_json_at(shown, 6), "device"), HM_JSON_NULL));
}
END_TEST

START_TEST(who_answers_for_a_commune_sees_its_machines_alone)
{
    show_in("30341");

    ck_assert_uint_eq(hm_json_count(world_json()), 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_ptr_nonnull(
            strstr(world_member(hm_json_at(shown, i), "unit"), "30341"));
    }
}
END_TEST

START_TEST(a_person_is_told_the_same_in_words)
{
    struct hm_visit visit = fresh(HM_TU);
    visit.waiting = 3;
    visit.late.ms = noon - 2 * day;
    put(&visit);
    view.json = false;

    show();

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "3 changes not sent yet"));
    ck_assert_ptr_nonnull(strstr(text, "has had something waiting since 03/03/2026"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.fleet");
    TCase *all = tcase_create("fleet");
    tcase_add_checked_fixture(all, setup, world_close);
    tcase_add_test(all, the_machine_that_needs_a_person_first_stands_first);
    tcase_add_test(all, a_list_in_pieces_says_where_it_goes_on);
    tcase_add_test(all, of_equals_the_one_that_was_silent_longest_stands_first);
    tcase_add_test(all, a_day_short_of_the_limit_is_not_yet_silent);
    tcase_add_test(all, what_it_failed_at_is_told_in_words_as_often_as_it_said);
    tcase_add_test(all, what_waits_for_a_day_is_late_though_the_machine_comes);
    tcase_add_test(all, an_invitation_says_whether_it_is_over);
    tcase_add_test(all, who_answers_for_a_commune_sees_its_machines_alone);
    tcase_add_test(all, a_person_is_told_the_same_in_words);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
