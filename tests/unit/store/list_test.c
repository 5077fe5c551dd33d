/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "builders.h"
#include "hamlet/store/records.h"
#include "run.h"
#include "site.h"

enum { LISTED_MAX = 32 };

static struct hm_site server;
static struct hm_site lan;
static struct hm_site mai;

static struct {
    struct hm_listed at[LISTED_MAX];
    size_t count;
    size_t stop_after; /* 0: never */
} list;

static void setup(void)
{
    hm_site_open_server(&server, 1);
    hm_site_open_laptop(&lan, &server, HM_LAN);
    hm_site_open_laptop(&mai, &server, HM_MAI);
    list.count = 0;
    list.stop_after = 0;
}

static void teardown(void)
{
    hm_site_close(&mai);
    hm_site_close(&lan);
    hm_site_close(&server);
}

static enum hm_status take(void *ctx, const struct hm_listed *row, struct hm_err *err)
{
    struct hm_site *site = ctx;
    ck_assert_uint_lt(list.count, LISTED_MAX);
    struct hm_listed *kept = &list.at[list.count++];
    *kept = *row;
    kept->unit = hm_arena_copy(&site->arena, row->unit);
    kept->fields = hm_arena_copy(&site->arena, row->fields);
    return list.count == list.stop_after
               ? hm_fail(err, HM_EXISTS, "record-exists", NULL, NULL, NULL)
               : HM_OK;
}

static size_t run(struct hm_site *site, struct hm_list_query query)
{
    list.count = 0;
    query.kind = query.kind.size == 0 ? hm_text("household") : query.kind;
    ck_assert_int_eq(hm_store_list(site->store, &query, take, site, &site->err), HM_OK);
    return list.count;
}

static bool holds(const struct hm_listed *row, const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i + size <= row->fields.size; i++) {
        if (memcmp(row->fields.data + i, text, size) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(records_are_listed_in_vietnamese_order_of_the_given_name)
{
    (void)a_household(&lan, "Nguyễn Văn Út");
    (void)a_household(&lan, "Trần Thị Ân");
    (void)a_household(&lan, "Lê Văn Đào");
    (void)a_household(&lan, "Lê Thị An");

    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.limit = 0}), 4);

    ck_assert(holds(&list.at[0], "Lê Thị An"));
    ck_assert(holds(&list.at[1], "Trần Thị Ân"));
    ck_assert(holds(&list.at[2], "Lê Văn Đào"));
    ck_assert(holds(&list.at[3], "Nguyễn Văn Út"));
}
END_TEST

START_TEST(a_list_is_of_a_subtree)
{
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    (void)a_household(&lan, "Út");
    struct hm_maker maker;
    hm_maker_init(&maker, &server.arena, 1);
    maker.district = server.device;
    maker.home = "30344-01";
    struct hm_change *far = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(far, &maker, "head_name", "Sáu", 0);
    hm_make_seal(far, &maker);
    const struct hm_change *all[] = {far};
    (void)hm_site_put(&server, all, 1, HM_VERDICT_ACCEPTED);
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);

    ck_assert_uint_eq(run(&server, (struct hm_list_query){.limit = 0}), 2);
    ck_assert_uint_eq(run(&server, (struct hm_list_query){.unit = hm_text("30341")}), 1);
    ck_assert(hm_bytes_are(list.at[0].unit, "30341-01"));
    ck_assert_uint_eq(run(&server, (struct hm_list_query){.unit = hm_text("30341-02")}),
                      0);
    ck_assert_uint_eq(run(&server, (struct hm_list_query){.unit = hm_text("886")}), 2);
    ck_assert_uint_eq(run(&server, (struct hm_list_query){.unit = hm_text("?")}), 0);
}
END_TEST

START_TEST(a_search_finds_without_accents_and_a_limit_ends_it)
{
    (void)a_household(&lan, "Nguyễn Thị Hoà");
    (void)a_household(&lan, "Nguyễn Văn Hòa");
    (void)a_household(&lan, "Trần Út");

    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.search = hm_text("hoa")}), 2);
    ck_assert_uint_eq(
        run(&lan, (struct hm_list_query){.search = hm_text("hoa"), .limit = 1}), 1);
    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.search = hm_text("xyz")}), 0);
}
END_TEST

START_TEST(fields_are_compared_by_their_values)
{
    struct hm_maker maker;
    hm_maker_init(&maker, &lan.arena, 1);
    struct hm_id one = a_household(&lan, "Út");
    (void)a_household(&lan, "Sáu");
    (void)an_edit(&lan, &one, "cluster", "Tổ \"9\"");
    struct hm_key_field where[] = {
        {hm_text("cluster"), hm_make_plain(&maker, "Tổ \"9\"")},
        {hm_text("head_name"), hm_make_plain(&maker, "Út")}};

    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.where = where, .where_count = 2}),
                      1);
    ck_assert(hm_id_equal(&list.at[0].id, &one));
    where[1].value = hm_make_plain(&maker, "Sáu");
    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.where = where, .where_count = 2}),
                      0);
    where[0] = (struct hm_key_field){hm_text("cluster"), hm_text("n")};
    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.where = where, .where_count = 2}),
                      1);
}
END_TEST

START_TEST(a_number_is_found_as_a_number)
{
    struct hm_maker maker;
    hm_maker_init(&maker, &lan.arena, 1);
    struct hm_id household = a_household(&lan, "Út");
    (void)a_commitment(&lan, &household);
    struct hm_key_field where = {hm_text("year"), hm_make_value(&maker, "2026")};
    struct hm_list_query query = {
        .kind = hm_text("commitment"), .where = &where, .where_count = 1};

    ck_assert_uint_eq(run(&lan, query), 1);
    where.value = hm_make_value(&maker, "\"2026\"");
    ck_assert_uint_eq(run(&lan, query), 0);
}
END_TEST

/* A note longer than what a record's row keeps. */
static const char *long_text(void)
{
    static char text[400];
    memset(text, 'x', sizeof(text) - 1);
    return text;
}

START_TEST(a_long_text_is_left_out_unless_it_is_asked_for)
{
    struct hm_maker maker;
    hm_maker_init(&maker, &lan.arena, 1);
    struct hm_id household = a_household(&lan, "Út");
    struct hm_id commitment = a_commitment(&lan, &household);
    (void)an_edit(&lan, &commitment, "note", long_text());
    struct hm_list_query query = {.kind = hm_text("commitment")};

    ck_assert_uint_eq(run(&lan, query), 1);
    ck_assert(holds(&list.at[0], "\"note\":null"));
    query.whole = true;
    ck_assert_uint_eq(run(&lan, query), 1);
    ck_assert(holds(&list.at[0], long_text()));
    struct hm_key_field where = {hm_text("note"), hm_make_plain(&maker, long_text())};
    query.where = &where;
    query.where_count = 1;
    ck_assert_uint_eq(run(&lan, query), 1);
    where.value = hm_arena_copy(&lan.arena, where.value);
    ((uint8_t *)(uintptr_t)where.value.data)[where.value.size - 1] = 'y';
    ck_assert_uint_eq(run(&lan, query), 0);
}
END_TEST

/* What another hamlet says of the same id has a row of its own. */
START_TEST(a_row_has_the_long_text_of_its_own_home)
{
    struct hm_maker tu;
    struct hm_id household = a_household(&lan, "Út");
    struct hm_id commitment = a_commitment(&lan, &household);
    (void)an_edit(&lan, &commitment, "note", "chỉ Lan biết");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    hm_maker_init(&tu, &server.arena, HM_TU);
    tu.district = server.device;
    tu.home = "30341-02";
    tu.kind = "commitment";
    struct hm_change *claim = hm_make(&tu, HM_ACT_EDIT, &commitment);
    hm_make_text(claim, &tu, "note", long_text(), 0);
    hm_make_seal(claim, &tu);
    const struct hm_change *const claims[] = {claim};
    (void)hm_site_put(&server, claims, 1, HM_VERDICT_ACCEPTED);

    ck_assert_uint_eq(run(&server, (struct hm_list_query){.kind = hm_text("commitment"),
                                                          .unit = hm_text("30341-02"),
                                                          .whole = true}),
                      1);
    ck_assert(holds(&list.at[0], long_text()));
    ck_assert(!holds(&list.at[0], "chỉ Lan biết"));
}
END_TEST

START_TEST(the_deleted_are_listed_apart)
{
    struct hm_id gone = a_household(&lan, "Út");
    (void)a_household(&lan, "Sáu");
    (void)a_delete(&lan, &gone);

    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.limit = 0}), 1);
    ck_assert(!list.at[0].deleted);
    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.deleted = true}), 1);
    ck_assert(hm_id_equal(&list.at[0].id, &gone));
    ck_assert(list.at[0].deleted);
}
END_TEST

/* By walking through the lists themselves. */
static struct hm_tally walked(struct hm_site *site)
{
    struct hm_tally made = {.deleted = 0};
    size_t count = run(site, (struct hm_list_query){.limit = 0});
    for (size_t i = 0; i < count; i++) {
        made.alive[list.at[i].state]++;
    }
    made.deleted = (int64_t)run(site, (struct hm_list_query){.deleted = true});
    return made;
}

START_TEST(a_tally_counts_what_the_lists_have)
{
    struct hm_tally told;
    struct hm_id gone = a_household(&lan, "Út");
    struct hm_id told_of = a_household(&mai, "Sáu");
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);
    (void)an_edit(&mai, &told_of, "cluster", "To9");
    hm_site_carry(&mai, &lan, HM_VERDICT_QUARANTINED);
    (void)a_household(&lan, "Bảy");
    (void)a_delete(&lan, &gone);

    struct hm_tally wanted = walked(&lan);
    ck_assert_int_eq(hm_store_tally(lan.store, hm_text("household"), &told, &lan.err),
                     HM_OK);

    ck_assert_int_eq(wanted.deleted, 1);
    ck_assert_int_eq(wanted.alive[HM_STATE_LOCAL], 1);
    ck_assert_int_eq(wanted.alive[HM_STATE_QUARANTINED], 1);
    ck_assert_int_eq(told.deleted, wanted.deleted);
    for (size_t i = 0; i < HM_STATE_COUNT; i++) {
        ck_assert_int_eq(told.alive[i], wanted.alive[i]);
    }
    ck_assert_int_eq(hm_store_tally(lan.store, hm_text("unknown"), &told, &lan.err),
                     HM_OK);
    ck_assert_int_eq(told.deleted, 0);
}
END_TEST

START_TEST(a_list_without_states_is_the_list_all_the_same)
{
    struct hm_id record = a_household(&lan, "Út");
    (void)an_edit(&lan, &record, "cluster", "To9");
    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.limit = 0}), 1);
    struct hm_listed with = list.at[0];

    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.stateless = true}), 1);

    ck_assert(hm_id_equal(&list.at[0].id, &with.id));
    ck_assert(hm_bytes_equal(list.at[0].unit, with.unit));
    ck_assert(hm_bytes_equal(list.at[0].fields, with.fields));
}
END_TEST

START_TEST(a_record_shows_the_state_of_its_worst_change)
{
    struct hm_listed listed;
    struct hm_id record = a_household(&lan, "Út");
    static const struct {
        enum hm_entry_kind kind;
        enum hm_state state;
    } steps[] = {{HM_ENTRY_ACCEPTED, HM_STATE_LOCAL},
                 {HM_ENTRY_QUARANTINED, HM_STATE_QUARANTINED},
                 {HM_ENTRY_RELEASED, HM_STATE_ACCEPTED}};
    struct hm_id edited = an_edit(&lan, &record, "cluster", "Tổ 1");
    for (size_t i = 0; i < 3; i++) {
        const struct hm_id *change = i == 0 ? &record : &edited;

        hm_site_entry(&lan, change, steps[i].kind, i == 1 ? "role" : NULL);

        ck_assert_int_eq(
            hm_store_record_show(lan.store, &record, &listed, &lan.arena, &lan.err),
            HM_OK);
        ck_assert_str_eq(hm_state_name(listed.state), hm_state_name(steps[i].state));
    }
}
END_TEST

START_TEST(a_conflict_is_named_with_its_registers)
{
    struct hm_listed listed;
    struct hm_id record = a_household(&lan, "Út");
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    (void)an_edit(&lan, &record, "cluster", "Tổ 1");
    (void)an_edit(&mai, &record, "cluster", "Tổ 2");
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(
        hm_store_record_show(lan.store, &record, &listed, &lan.arena, &lan.err), HM_OK);

    ck_assert_int_eq(listed.state, HM_STATE_CONFLICT);
    ck_assert_uint_eq(listed.conflict_count, 1);
    ck_assert(hm_bytes_are(listed.conflicts[0], "cluster"));
}
END_TEST

START_TEST(who_lists_may_stop_and_is_given_his_reason_back)
{
    struct hm_list_query query = {.kind = hm_text("household")};
    (void)a_household(&lan, "Út");
    (void)a_household(&lan, "Sáu");
    list.stop_after = 1;

    ck_assert_int_eq(hm_store_list(lan.store, &query, take, &lan, &lan.err), HM_EXISTS);

    ck_assert_uint_eq(list.count, 1);
    list.stop_after = 0;
    ck_assert_uint_eq(run(&lan, query), 2);
}
END_TEST

START_TEST(too_many_fields_and_unknown_kinds)
{
    struct hm_key_field where[9] = {{hm_text("cluster"), hm_text("n")}};
    struct hm_list_query query = {
        .kind = hm_text("household"), .where = where, .where_count = 9};

    ck_assert_int_eq(hm_store_list(lan.store, &query, take, &lan, &lan.err), HM_TOO_BIG);
    ck_assert_uint_eq(run(&lan, (struct hm_list_query){.kind = hm_text("boat")}), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("list");
    TCase *group = tcase_create("list");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, records_are_listed_in_vietnamese_order_of_the_given_name);
    tcase_add_test(group, a_list_is_of_a_subtree);
    tcase_add_test(group, a_search_finds_without_accents_and_a_limit_ends_it);
    tcase_add_test(group, fields_are_compared_by_their_values);
    tcase_add_test(group, a_number_is_found_as_a_number);
    tcase_add_test(group, a_long_text_is_left_out_unless_it_is_asked_for);
    tcase_add_test(group, a_row_has_the_long_text_of_its_own_home);
    tcase_add_test(group, the_deleted_are_listed_apart);
    tcase_add_test(group, a_tally_counts_what_the_lists_have);
    tcase_add_test(group, a_list_without_states_is_the_list_all_the_same);
    tcase_add_test(group, a_record_shows_the_state_of_its_worst_change);
    tcase_add_test(group, a_conflict_is_named_with_its_registers);
    tcase_add_test(group, who_lists_may_stop_and_is_given_his_reason_back);
    tcase_add_test(group, too_many_fields_and_unknown_kinds);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
