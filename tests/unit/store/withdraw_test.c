/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/withdraw.h"

#include <string.h>

#include "../../../proto/store/sql.h"
#include "builders.h"
#include "hamlet/store/server.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site laptop;
static struct hm_maker maker; /* writes as Lan's device */

static void setup(void)
{
    hm_site_open_pair(&server, &laptop);
    hm_maker_init(&maker, &laptop.arena, 1);
    maker.district = server.device;
    maker.device = laptop.device;
}

static void teardown(void)
{
    hm_site_check(&laptop);
    hm_site_check(&server);
    hm_site_close(&laptop);
    hm_site_close(&server);
}

static struct hm_change *create(const char *name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(change, &maker, "head_name", name, 0);
    hm_make_text(change, &maker, "address_text", "Tổ 1", 0);
    hm_make_seal(change, &maker);
    return change;
}

static struct hm_change *edit(const struct hm_change *created, const char *name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(change, &maker, "head_name", name, 1, created);
    hm_make_seal(change, &maker);
    return change;
}

static struct hm_change *withdrawal(struct hm_id name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_WITHDRAW, NULL);
    hm_make_name(change, &maker, name);
    hm_make_seal(change, &maker);
    return change;
}

static void put(struct hm_site *site, const struct hm_change *change, unsigned verdict)
{
    (void)hm_site_put(site, &change, 1, verdict);
}

static const char *name_of(struct hm_site *site, const struct hm_change *created)
{
    return hm_site_shown(site, &created->record, "head_name");
}

static bool is_there(struct hm_site *site, const struct hm_change *created)
{
    struct hm_listed listed;
    return hm_store_record_show(site->store, &created->record, &listed, &site->arena,
                                NULL) == HM_OK;
}

START_TEST(what_a_withdrawn_change_replaced_stands_again)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    put(&laptop, created, HM_VERDICT_NONE);
    put(&laptop, edited, HM_VERDICT_NONE);

    put(&laptop, withdrawal(edited->id), HM_VERDICT_NONE);

    ck_assert_str_eq(name_of(&laptop, created), "Út");
    ck_assert(hm_site_load(&laptop, &created->record).held[1].withdrawn);
}
END_TEST

START_TEST(a_withdrawal_that_comes_first_works_when_what_it_names_comes)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    put(&laptop, withdrawal(edited->id), HM_VERDICT_NONE);
    put(&laptop, created, HM_VERDICT_NONE);

    put(&laptop, edited, HM_VERDICT_NONE);

    ck_assert_str_eq(name_of(&laptop, created), "Út");
}
END_TEST

START_TEST(a_bulk_is_withdrawn_with_all_that_is_and_will_be_of_it)
{
    maker.bulk = hm_make_id(0xB0);
    struct hm_change *first = create("Út");
    struct hm_change *late = create("Sáu");
    maker.bulk = (struct hm_id){{0}};
    struct hm_change *other = create("Bảy");
    put(&laptop, first, HM_VERDICT_NONE);
    put(&laptop, other, HM_VERDICT_NONE);

    put(&laptop, withdrawal(hm_make_id(0xB0)), HM_VERDICT_NONE);
    put(&laptop, late, HM_VERDICT_NONE);

    ck_assert(!is_there(&laptop, first));
    ck_assert(!is_there(&laptop, late));
    ck_assert(is_there(&laptop, other));
}
END_TEST

START_TEST(a_withdrawal_reaches_its_own_home_only)
{
    struct hm_change *created = create("Út");
    maker.home = "30341-02";
    put(&server, created, HM_VERDICT_ACCEPTED);

    put(&server, withdrawal(created->id), HM_VERDICT_ACCEPTED);

    ck_assert(is_there(&server, created));
}
END_TEST

START_TEST(withdrawals_are_not_withdrawn)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    struct hm_change *first = withdrawal(edited->id);
    put(&laptop, created, HM_VERDICT_NONE);
    put(&laptop, edited, HM_VERDICT_NONE);
    put(&laptop, first, HM_VERDICT_NONE);

    put(&laptop, withdrawal(first->id), HM_VERDICT_NONE);

    ck_assert_str_eq(name_of(&laptop, created), "Út");
}
END_TEST

START_TEST(a_withdrawal_that_is_refused_withdraws_nothing)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, edited, HM_VERDICT_ACCEPTED);

    put(&server, withdrawal(edited->id), HM_VERDICT_QUARANTINED);

    ck_assert_str_eq(name_of(&server, created), "Sáu");
}
END_TEST

START_TEST(an_entry_that_refuses_a_withdrawal_undoes_it)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    struct hm_change *undo = withdrawal(edited->id);
    put(&laptop, created, HM_VERDICT_NONE);
    put(&laptop, edited, HM_VERDICT_NONE);
    put(&laptop, undo, HM_VERDICT_NONE);

    hm_site_entry(&laptop, &undo->id, HM_ENTRY_QUARANTINED, "role");

    ck_assert_str_eq(name_of(&laptop, created), "Sáu");
}
END_TEST

START_TEST(a_withdrawal_that_is_released_withdraws_after_all)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    struct hm_change *undo = withdrawal(edited->id);
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, edited, HM_VERDICT_ACCEPTED);
    put(&server, undo, HM_VERDICT_QUARANTINED);

    hm_site_entry(&server, &undo->id, HM_ENTRY_RELEASED, NULL);

    ck_assert_str_eq(name_of(&server, created), "Út");
}
END_TEST

static int count_step(void *steps)
{
    ++*(size_t *)steps;
    return 0;
}

/* What SQLite does, one by one, to take in one more household. */
static size_t steps_to_put(struct hm_site *site, const char *name)
{
    struct hm_change *created = create(name);
    size_t steps = 0;
    sqlite3_progress_handler(site->store->db, 1, count_step, &steps);
    put(site, created, HM_VERDICT_NONE);
    sqlite3_progress_handler(site->store->db, 0, NULL, NULL);
    return steps;
}

/* An import that was taken back is no burden for the years after it. */
START_TEST(a_change_costs_as_much_after_a_hundred_withdrawn_ones_as_after_two)
{
    enum { MORE = 100, MAY_DIFFER = 40 };
    struct hm_id bulk = hm_make_id(0xB0);
    maker.bulk = bulk;
    put(&laptop, create("Út"), HM_VERDICT_NONE);
    put(&laptop, create("Sáu"), HM_VERDICT_NONE);
    maker.bulk = (struct hm_id){{0}};
    put(&laptop, withdrawal(bulk), HM_VERDICT_NONE);
    size_t few = steps_to_put(&laptop, "Bảy");
    maker.bulk = bulk;
    for (int i = 0; i < MORE; i++) {
        put(&laptop, create("Tám"), HM_VERDICT_NONE);
    }
    maker.bulk = (struct hm_id){{0}};

    size_t many = steps_to_put(&laptop, "Chín");

    ck_assert_uint_gt(few, 0);
    ck_assert_uint_le(many, few + MAY_DIFFER);
}
END_TEST

START_TEST(two_withdrawals_of_one_change_are_one)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    struct hm_change *one = withdrawal(edited->id);
    struct hm_change *other = withdrawal(edited->id);
    put(&laptop, created, HM_VERDICT_NONE);
    put(&laptop, edited, HM_VERDICT_NONE);
    put(&laptop, one, HM_VERDICT_NONE);
    put(&laptop, other, HM_VERDICT_NONE);

    hm_site_entry(&laptop, &one->id, HM_ENTRY_QUARANTINED, "role");

    ck_assert_str_eq(name_of(&laptop, created), "Út");
}
END_TEST

START_TEST(what_overwrote_a_withdrawn_change_stays)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = edit(created, "Sáu");
    struct hm_change *later = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(later, &maker, "head_name", "Bảy", 1, edited);
    hm_make_seal(later, &maker);
    put(&laptop, created, HM_VERDICT_NONE);
    put(&laptop, edited, HM_VERDICT_NONE);
    put(&laptop, later, HM_VERDICT_NONE);

    put(&laptop, withdrawal(edited->id), HM_VERDICT_NONE);

    ck_assert_str_eq(name_of(&laptop, created), "Bảy");
    ck_assert_uint_eq(hm_site_open_conflicts(&laptop), 0);
}
END_TEST

START_TEST(a_withdrawn_permit_permits_nothing)
{
    struct hm_id user = hm_person_user(&server, HM_LAN);
    struct hm_held held;
    bool permitted = true;
    struct hm_permit *permits = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_permits(server.store, &laptop.device, &permits, &count,
                                      &server.arena, &server.err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    struct hm_loaded permit = hm_site_load(&server, &permits[0].record);
    held = permit.held[0];
    maker.home = HM_HOME_REGISTRY;

    put(&server, withdrawal(held.change.id), HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(hm_store_permitted(server.store, &laptop.device, &user,
                                        hm_text("recorder"), hm_text("30341-01"),
                                        &permitted, &server.err),
                     HM_OK);
    ck_assert(!permitted);
}
END_TEST

START_TEST(the_homes_of_a_bulk_are_those_of_its_changes)
{
    struct hm_bytes *homes = NULL;
    size_t count = 0;
    bool withdrawn = true;
    struct hm_id bulk = hm_make_id(0xB1);
    maker.bulk = bulk;
    put(&server, create("Út"), HM_VERDICT_ACCEPTED);
    put(&server, create("Sáu"), HM_VERDICT_ACCEPTED);
    maker.home = "30344-01";
    put(&server, create("Bảy"), HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(hm_store_bulk_homes(server.store, &bulk, &homes, &count, &withdrawn,
                                         &server.arena, &server.err),
                     HM_OK);

    ck_assert(!withdrawn);
    ck_assert_uint_eq(count, 2);
    ck_assert(hm_bytes_are(homes[0], "30341-01") || hm_bytes_are(homes[1], "30341-01"));
    bulk = hm_make_id(0xB2);
    ck_assert_int_eq(hm_store_bulk_homes(server.store, &bulk, &homes, &count, &withdrawn,
                                         &server.arena, &server.err),
                     HM_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert(!withdrawn);
    maker.bulk = (struct hm_id){{0}};
    bulk = hm_make_id(0xB1);
    put(&server, withdrawal(bulk), HM_VERDICT_ACCEPTED); /* in 30344-01 alone */
    ck_assert_int_eq(hm_store_bulk_homes(server.store, &bulk, &homes, &count, &withdrawn,
                                         &server.arena, &server.err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert(withdrawn && hm_bytes_are(homes[0], "30341-01"));
}
END_TEST

static bool may(const char *role, struct hm_id device, struct hm_id name)
{
    enum hm_reason answer = HM_REASON_INVALID;
    struct hm_change *change = hm_make(&maker, HM_ACT_WITHDRAW, NULL);
    change->role = hm_text(role);
    change->device = device;
    hm_make_name(change, &maker, name);
    ck_assert_int_eq(
        hm_store_may_withdraw(server.store, change, NULL, &answer, &server.err), HM_OK);
    ck_assert(answer == HM_REASON_NONE || answer == HM_REASON_ROLE);
    return answer == HM_REASON_NONE;
}

START_TEST(who_may_withdraw_is_a_matter_of_role_and_device)
{
    struct hm_change *created = create("Út");
    put(&server, created, HM_VERDICT_ACCEPTED);

    ck_assert(may("recorder", laptop.device, created->id));
    ck_assert(!may("recorder", hm_make_id(9), created->id));
    ck_assert(may("commune_officer", hm_make_id(9), created->id));
    ck_assert(!may("viewer", laptop.device, created->id));
    ck_assert(!may("emperor", laptop.device, created->id));
    ck_assert(may("recorder", laptop.device, hm_make_id(0x77)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("withdraw");
    TCase *group = tcase_create("withdraw");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_add_test(group, what_a_withdrawn_change_replaced_stands_again);
    tcase_add_test(group, a_withdrawal_that_comes_first_works_when_what_it_names_comes);
    tcase_add_test(group, a_bulk_is_withdrawn_with_all_that_is_and_will_be_of_it);
    tcase_add_test(group, a_withdrawal_reaches_its_own_home_only);
    tcase_add_test(group, withdrawals_are_not_withdrawn);
    tcase_add_test(group, a_withdrawal_that_is_refused_withdraws_nothing);
    tcase_add_test(group, an_entry_that_refuses_a_withdrawal_undoes_it);
    tcase_add_test(group, a_withdrawal_that_is_released_withdraws_after_all);
    tcase_add_test(group,
                   a_change_costs_as_much_after_a_hundred_withdrawn_ones_as_after_two);
    tcase_add_test(group, two_withdrawals_of_one_change_are_one);
    tcase_add_test(group, what_overwrote_a_withdrawn_change_stays);
    tcase_add_test(group, a_withdrawn_permit_permits_nothing);
    tcase_add_test(group, the_homes_of_a_bulk_are_those_of_its_changes);
    tcase_add_test(group, who_may_withdraw_is_a_matter_of_role_and_device);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
