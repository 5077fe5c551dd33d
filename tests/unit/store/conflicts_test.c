/* SPDX-License-Identifier: Apache-2.0 */
#include "../../../proto/store/sql.h"
#include "hamlet/store/conflicts.h"

#include "builders.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site lan;
static struct hm_site mai;
static struct hm_id household;
static struct hm_id lans;

static void share(void)
{
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);
}

static void setup(void)
{
    hm_site_open_server(&server, 1);
    hm_site_open_laptop(&lan, &server, HM_LAN);
    hm_site_open_laptop(&mai, &server, HM_MAI);
    household = a_household(&lan, "Út");
    share();
    lans = an_edit(&lan, &household, "cluster", "Tổ 1");
    (void)an_edit(&mai, &household, "cluster", "Tổ 2");
}

static void teardown(void)
{
    hm_site_check(&mai);
    hm_site_close(&mai);
    hm_site_close(&lan);
    hm_site_close(&server);
}

static size_t conflicts_of(const char *unit, bool open, struct hm_conflict **list)
{
    size_t count = 0;
    ck_assert_int_eq(hm_store_conflicts(mai.store, hm_text(unit), open, list, &count,
                                        &mai.arena, &mai.err),
                     HM_OK);
    return count;
}

/* What the store calls accepted is what is left of the others: here it is counted. */
static struct hm_counts counts_of(struct hm_site *site, bool own)
{
    static const char counted[] =
        "SELECT count(*) FROM change c JOIN author a ON a.id = c.author JOIN device d ON"
        " d.id = a.device WHERE c.verdict NOT IN (0, 1) AND c.id NOT IN (SELECT change"
        " FROM disputed UNION SELECT change FROM incomplete)";
    static const char counted_own[] =
        "SELECT count(*) FROM change c JOIN author a ON a.id = c.author JOIN device d ON"
        " d.id = a.device WHERE c.verdict NOT IN (0, 1) AND c.id NOT IN (SELECT change"
        " FROM disputed UNION SELECT change FROM incomplete) AND"
        " d.device = (SELECT value FROM meta WHERE key = 'device')";
    struct hm_counts c;
    int64_t accepted = 0;
    ck_assert_int_eq(hm_store_counts(site->store, own, &c, &site->err), HM_OK);
    ck_assert_int_eq(hm_sql_once(site->store, own ? counted_own : counted, &accepted,
                                 NULL, &site->err),
                     HM_OK);
    ck_assert_int_eq(c.accepted, accepted);
    ck_assert_int_eq(c.changes, c.local + c.sent + c.received + accepted + c.conflict +
                                    c.quarantined);
    return c;
}

START_TEST(a_conflict_is_given_with_record_register_type_and_age)
{
    struct hm_conflict *list = NULL;
    struct hm_conflict found;
    struct hm_id id;
    hm_testenv_advance(&mai.env, 60000);
    int64_t now_ms = mai.env.wall_ms;
    share();

    ck_assert_uint_eq(conflicts_of(NULL, true, &list), 1);

    hm_conflict_id(&id, &household, hm_text("cluster"));
    ck_assert(hm_id_equal(&list[0].id, &id));
    ck_assert(hm_id_equal(&list[0].record, &household));
    ck_assert(hm_bytes_are(list[0].reg, "cluster"));
    ck_assert(hm_bytes_are(list[0].type, "field"));
    ck_assert_int_eq(list[0].opened.ms, now_ms);
    ck_assert_int_eq(list[0].resolution, 0);
    ck_assert_int_eq(hm_store_conflict_find(mai.store, &id, &found, &mai.arena, &mai.err),
                     HM_OK);
    ck_assert(found.open);
}
END_TEST

START_TEST(conflicts_are_listed_by_subtree_and_state)
{
    struct hm_conflict *list = NULL;
    share();
    ck_assert_uint_eq(conflicts_of("30341", true, &list), 1);
    ck_assert_uint_eq(conflicts_of("30341-01", true, &list), 1);
    ck_assert_uint_eq(conflicts_of("30341-02", true, &list), 0);
    ck_assert_uint_eq(conflicts_of(NULL, false, &list), 0);

    struct hm_id resolution = a_resolution(&mai, &household, "\"Tổ 9\"");

    ck_assert_uint_eq(conflicts_of(NULL, true, &list), 0);
    ck_assert_uint_eq(conflicts_of("30341", false, &list), 1);
    struct hm_held held;
    ck_assert_int_eq(
        hm_store_change_find(mai.store, &resolution, &held, &mai.arena, &mai.err), HM_OK);
    ck_assert_int_eq(list[0].resolution, held.row);
}
END_TEST

START_TEST(an_edit_over_both_settles_a_conflict_too)
{
    struct hm_conflict *list = NULL;
    share();

    (void)an_edit(&mai, &household, "cluster", "Tổ 3");

    ck_assert_uint_eq(conflicts_of(NULL, true, &list), 0);
    ck_assert_uint_eq(conflicts_of(NULL, false, &list), 1);
}
END_TEST

START_TEST(a_conflict_on_a_group_and_one_on_being_alive_say_so)
{
    struct hm_conflict *list = NULL;
    struct hm_id commitment = a_commitment(&lan, &household);
    share();
    (void)an_edit(&lan, &commitment, "signed_date", "05/03/2026");
    (void)a_delete(&mai, &commitment);
    (void)an_edit(&mai, &commitment, "signer_name", "Sáu");
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);

    size_t count = conflicts_of(NULL, true, &list);

    ck_assert_uint_eq(count, 2);
    ck_assert(hm_bytes_are(list[0].type, "field") || hm_bytes_are(list[1].type, "field"));
    ck_assert(hm_bytes_are(list[0].type, "group") || hm_bytes_are(list[1].type, "group"));
    struct hm_id other = a_household(&lan, "Bảy");
    share();
    (void)a_delete(&lan, &other);
    (void)an_edit(&mai, &other, "cluster", "Tổ 5");
    share();
    bool deletes = false;
    count = conflicts_of(NULL, true, &list);
    for (size_t i = 0; i < count; i++) {
        deletes = deletes || (hm_bytes_are(list[i].type, "delete") &&
                              hm_bytes_are(list[i].reg, HM_REGISTER_LIVE));
    }
    ck_assert(deletes);
}
END_TEST

START_TEST(a_conflict_that_is_not_here_is_named)
{
    struct hm_conflict found;
    struct hm_id none = hm_make_id(0x44);
    struct hm_err err = HM_ERR_NONE;

    ck_assert_int_eq(hm_store_conflict_find(mai.store, &none, &found, &mai.arena, &err),
                     HM_NOT_FOUND);

    ck_assert_str_eq(err.key, "conflict-missing");
}
END_TEST

START_TEST(every_change_is_counted_in_one_place)
{
    struct hm_origin origin;
    struct hm_counts before = counts_of(&lan, true);
    ck_assert_int_eq(before.local, 2);
    ck_assert_int_eq(
        hm_store_origin_get(lan.store, &lan.device, lan.epoch, false, &origin, &lan.err),
        HM_OK);
    origin.sent = 1;
    ck_assert_int_eq(hm_store_begin(lan.store, &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_origin_put(lan.store, &origin, &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(lan.store, &lan.err), HM_OK);
    struct hm_counts sent = counts_of(&lan, true);
    ck_assert_int_eq(sent.sent, 1);
    ck_assert_int_eq(sent.local, 1);

    hm_site_entry(&lan, &household, HM_ENTRY_ACCEPTED, NULL);
    hm_site_entry(&lan, &lans, HM_ENTRY_QUARANTINED, "role");

    struct hm_counts after = counts_of(&lan, true);
    ck_assert_int_eq(after.changes, 2);
    ck_assert_int_eq(after.accepted, 1);
    ck_assert_int_eq(after.quarantined, 1);
    hm_site_entry(&lan, &lans, HM_ENTRY_RELEASED, NULL);
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);
    after = counts_of(&lan, true);
    ck_assert_int_eq(after.conflict, 1);
    ck_assert_int_eq(after.accepted, 1);
    ck_assert_int_eq(counts_of(&lan, false).conflict, 2);
}
END_TEST

START_TEST(a_refused_change_is_given_with_its_reason_in_order_of_arrival)
{
    struct hm_refused *list = NULL;
    size_t count = 9;
    ck_assert_int_eq(hm_store_quarantine(lan.store, &list, &count, &lan.arena, &lan.err),
                     HM_OK);
    ck_assert_uint_eq(count, 0);
    hm_site_entry(&lan, &lans, HM_ENTRY_QUARANTINED, "role");
    hm_site_entry(&lan, &household, HM_ENTRY_QUARANTINED, "scope");

    ck_assert_int_eq(hm_store_quarantine(lan.store, &list, &count, &lan.arena, &lan.err),
                     HM_OK);

    ck_assert_uint_eq(count, 2);
    ck_assert(hm_id_equal(&list[0].held.change.id, &household));
    ck_assert(hm_bytes_are(list[0].reason, "scope"));
    ck_assert(hm_bytes_are(list[1].reason, "role"));
    ck_assert(hm_id_equal(&list[1].record, &household));
}
END_TEST

static size_t refused(struct hm_refused_query query, struct hm_refused **list)
{
    size_t count = 9;
    ck_assert_int_eq(
        hm_store_refused(lan.store, &query, list, &count, &lan.arena, &lan.err), HM_OK);
    return count;
}

START_TEST(refused_changes_are_given_in_pieces_by_unit_and_by_id)
{
    struct hm_refused *list = NULL;
    hm_site_entry(&lan, &lans, HM_ENTRY_QUARANTINED, "role");
    hm_site_entry(&lan, &household, HM_ENTRY_QUARANTINED, "scope");

    ck_assert_uint_eq(refused((struct hm_refused_query){.limit = 1}, &list), 1);
    ck_assert(hm_id_equal(&list[0].held.change.id, &household));
    ck_assert_uint_eq(refused((struct hm_refused_query){.limit = 1, .skip = 1}, &list),
                      1);
    ck_assert(hm_id_equal(&list[0].held.change.id, &lans));
    ck_assert_uint_eq(refused((struct hm_refused_query){.skip = 2}, &list), 0);
    ck_assert_uint_eq(refused((struct hm_refused_query){.change = &lans}, &list), 1);
    ck_assert(hm_bytes_are(list[0].reason, "role"));
    ck_assert_uint_eq(refused((struct hm_refused_query){.unit = hm_text("30341")}, &list),
                      2);
    ck_assert_uint_eq(refused((struct hm_refused_query){.unit = hm_text("30344")}, &list),
                      0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("conflicts");
    TCase *group = tcase_create("conflicts");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, a_conflict_is_given_with_record_register_type_and_age);
    tcase_add_test(group, conflicts_are_listed_by_subtree_and_state);
    tcase_add_test(group, an_edit_over_both_settles_a_conflict_too);
    tcase_add_test(group, a_conflict_on_a_group_and_one_on_being_alive_say_so);
    tcase_add_test(group, a_conflict_that_is_not_here_is_named);
    tcase_add_test(group, every_change_is_counted_in_one_place);
    tcase_add_test(group, a_refused_change_is_given_with_its_reason_in_order_of_arrival);
    tcase_add_test(group, refused_changes_are_given_in_pieces_by_unit_and_by_id);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
