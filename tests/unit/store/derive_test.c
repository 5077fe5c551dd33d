/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random histories on a server and two laptops. After each the tables that are kept up
 * to date are what a rebuild makes of them, and replicas that hold the same agree.
 */
#include <stdlib.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "builders.h"
#include "hamlet/base/bytes.h"
#include "hamlet/store/check.h"
#include "hamlet/store/withdraw.h"
#include "promise.h"
#include "run.h"
#include "site.h"

enum { HISTORIES = 12, STEPS = 60, RECORDS_MAX = 64, BULKS_MAX = 16 };

static struct hm_site server;
static struct hm_site laptops[2];
static struct hm_testenv dice;
static struct hm_id records[RECORDS_MAX];
static size_t record_count;
static struct hm_id bulks[BULKS_MAX];
static size_t bulk_count;

static void open_all(uint64_t seed)
{
    hm_testenv_init(&dice, seed);
    record_count = 0;
    bulk_count = 0;
    hm_site_open_server(&server, seed);
    hm_site_open_laptop(&laptops[0], &server, HM_LAN);
    hm_site_open_laptop(&laptops[1], &server, HM_HUNG);
}

static void close_all(void)
{
    hm_site_close(&laptops[1]);
    hm_site_close(&laptops[0]);
    hm_site_close(&server);
}

static uint64_t draw(uint64_t count)
{
    uint64_t number = 0;
    struct hm_err err = HM_ERR_NONE;
    ck_assert_int_eq(hm_env_random(&dice.env, (uint8_t *)&number, sizeof(number), &err),
                     HM_OK);
    return number % count;
}

static const char *a_name(void)
{
    static const char *const names[] = {"Út", "Sáu", "Bảy", "Tám", "Chín"};
    return names[draw(5)];
}

static bool is_here(struct hm_site *site, const struct hm_id *record, bool *deleted)
{
    struct hm_listed listed;
    if (hm_store_record_show(site->store, record, &listed, &site->arena, NULL) != HM_OK) {
        return false;
    }
    *deleted = listed.deleted;
    return true;
}

static void add(struct hm_site *site)
{
    if (record_count < RECORDS_MAX) {
        records[record_count++] = a_household(site, a_name());
    }
}

/* Two households that can be undone together. */
static void import(struct hm_site *site)
{
    struct hm_added added;
    struct hm_id bulk;
    struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text(a_name())},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 9")}};
    if (record_count + 2 > RECORDS_MAX || bulk_count == BULKS_MAX) {
        return;
    }
    ck_assert_int_eq(hm_author_begin(site->author, &site->err), HM_OK);
    ck_assert_int_eq(hm_author_bulk(site->author, &bulk, &site->err), HM_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(hm_author_add(site->author, hm_text("household"), fields, 2,
                                       &added, &site->err),
                         HM_OK);
        records[record_count++] = added.record;
    }
    ck_assert_int_eq(hm_author_commit(site->author, &site->err), HM_OK);
    bulks[bulk_count++] = bulk;
}

static void undo(struct hm_site *site)
{
    struct hm_id change;
    if (bulk_count == 0) {
        return;
    }
    const struct hm_id *bulk = &bulks[draw(bulk_count)];
    ck_assert_int_eq(hm_author_begin(site->author, &site->err), HM_OK);
    if (hm_author_withdraw(site->author, bulk, HM_NO_BYTES, &change, NULL) == HM_OK) {
        ck_assert_int_eq(hm_author_commit(site->author, &site->err), HM_OK);
    } else {
        hm_author_rollback(site->author);
    }
}

static void write_record(struct hm_site *site)
{
    bool deleted = false;
    if (record_count == 0) {
        return;
    }
    const struct hm_id *record = &records[draw(record_count)];
    if (!is_here(site, record, &deleted)) {
        return;
    }
    if (!deleted && draw(6) == 0) {
        (void)a_delete(site, record);
    } else {
        (void)an_edit(site, record, draw(2) == 0 ? "head_name" : "cluster", a_name());
    }
}

/* What the server thinks of one of its changes, again and again. */
static void judge(struct hm_site *site)
{
    static const enum hm_entry_kind kinds[] = {HM_ENTRY_ACCEPTED, HM_ENTRY_QUARANTINED,
                                               HM_ENTRY_RELEASED};
    size_t count = 0;
    struct hm_held *held = hm_site_changes(site, 1, &count);
    size_t at = draw(count);
    enum hm_entry_kind kind = kinds[draw(3)];
    if (held[at].change.home.data[0] != '~') {
        hm_site_entry(site, &held[at].change.id, kind,
                      kind == HM_ENTRY_QUARANTINED ? "role" : NULL);
    }
}

/* Some of what one holds, in any order, a few of it without values. */
static void carry(struct hm_site *from, struct hm_site *to)
{
    size_t count = 0;
    struct hm_held *held = hm_site_changes(from, 1, &count);
    struct hm_maker maker;
    const struct hm_change *some[32];
    size_t wanted = 1 + draw(32);
    hm_maker_init(&maker, &from->arena, 1);
    for (size_t i = 0; i < wanted; i++) {
        const struct hm_change *change = &held[draw(count)].change;
        some[i] = draw(8) == 0 ? hm_make_skeleton(&maker, change) : change;
    }
    (void)hm_site_put(to, some, wanted, HM_VERDICT_NONE);
}

static void step(void)
{
    struct hm_site *site = &laptops[draw(2)];
    struct hm_site *other = draw(2) == 0 ? &server : &laptops[draw(2)];
    switch (draw(8)) {
    case 0:
        add(site);
        break;
    case 1:
        import(site);
        break;
    case 2:
        undo(site);
        break;
    case 3:
        judge(draw(2) == 0 ? site : &server);
        break;
    case 4:
        if (other != site) {
            carry(site, other);
        }
        break;
    case 5:
        if (other != site) {
            carry(other, site);
        }
        break;
    default:
        write_record(site);
        break;
    }
}

static void check_all(void)
{
    hm_site_check(&server);
    hm_site_check(&laptops[0]);
    hm_site_check(&laptops[1]);
}

static struct hm_digest digest_of(struct hm_site *site)
{
    struct hm_digest digest;
    ck_assert_int_eq(hm_store_digest(site->store, hm_text("886"), &digest, &site->err),
                     HM_OK);
    return digest;
}

/* Everybody gets every change, and every verdict that anybody has. */
static void share(void)
{
    struct hm_site *all[] = {&server, &laptops[0], &laptops[1]};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            if (i != k) {
                hm_site_carry(all[i], all[k], HM_VERDICT_NONE);
            }
        }
    }
    for (int i = 0; i < 3; i++) {
        size_t count = 0;
        struct hm_held *held = hm_site_changes(all[i], 1, &count);
        for (size_t c = 0; c < count; c++) {
            for (int k = 0; k < 3; k++) {
                if ((held[c].verdict & HM_VERDICT_QUARANTINED) != 0) {
                    hm_site_entry(all[k], &held[c].change.id, HM_ENTRY_QUARANTINED,
                                  "role");
                }
                if ((held[c].verdict & HM_VERDICT_RELEASED) != 0) {
                    hm_site_entry(all[k], &held[c].change.id, HM_ENTRY_RELEASED, NULL);
                }
                if ((held[c].verdict & HM_VERDICT_ACCEPTED) != 0 &&
                    held[c].change.home.data[0] != '~') {
                    hm_site_entry(all[k], &held[c].change.id, HM_ENTRY_ACCEPTED, NULL);
                }
            }
        }
    }
}

START_TEST(what_is_kept_is_what_a_rebuild_makes)
{
    open_all(hm_testenv_seed(1000 + (uint64_t)_i));

    for (int i = 0; i < STEPS; i++) {
        step();
    }

    check_all();
    close_all();
}
END_TEST

START_TEST(replicas_that_hold_the_same_agree_whatever_the_order)
{
    open_all(hm_testenv_seed(2000 + (uint64_t)_i));
    for (int i = 0; i < STEPS; i++) {
        step();
    }

    share();

    check_all();
    struct hm_digest expected = digest_of(&server);
    unsigned digests = 0;
    unsigned different = 0;
    for (int i = 0; i < 2; i++) {
        struct hm_digest digest = digest_of(&laptops[i]);
        digests++;
        different += !hm_digest_equal(&digest, &expected);
        ck_assert_uint_eq(hm_site_open_conflicts(&laptops[i]),
                          hm_site_open_conflicts(&server));
    }
    hm_promise("P8 stores with the same changes: %u digests, different %u", digests,
               different);
    ck_assert_uint_eq(different, 0);
    close_all();
}
END_TEST

enum { HARMS = 16 };

START_TEST(a_row_that_rotted_is_found_and_mended)
{
    static const char *const harms[HARMS] = {
        "UPDATE record SET fields = '{}' WHERE id = (SELECT max(id) FROM record)",
        "UPDATE record SET flags = 0 WHERE id = (SELECT max(id) FROM record)",
        "UPDATE record SET heads = x'01' WHERE id = (SELECT max(id) FROM record)",
        "UPDATE conflict SET open = 0",
        "DELETE FROM conflict",
        "UPDATE change SET withdrawn = 1 WHERE id = (SELECT max(id) FROM change)",
        ("INSERT INTO withdrawal(home, name) SELECT home, change FROM change WHERE id ="
         " (SELECT max(id) FROM change)"),
        "UPDATE unit SET parent = 'elsewhere' WHERE known = 1",
        "UPDATE unit SET known = 0",
        "UPDATE device SET key = zeroblob(32) WHERE key IS NOT NULL",
        "UPDATE device SET revoked = 'no reason' WHERE key IS NOT NULL",
        "UPDATE user SET name = 'somebody'",
        "UPDATE permit SET role = 'district_admin'",
        "DELETE FROM permit",
        "INSERT INTO moved VALUES(1, '30344', 1)",
        ("INSERT INTO permit SELECT record + 1000000, user, device, role, home, NULL, 0"
         " FROM permit")};
    size_t records_seen = 0;
    size_t different = 0;
    open_all(5);
    struct hm_id record = a_household(&laptops[0], "Út");
    hm_site_carry(&laptops[0], &laptops[1], HM_VERDICT_NONE);
    (void)an_edit(&laptops[0], &record, "head_name", "Sáu");
    (void)an_edit(&laptops[1], &record, "head_name", "Bảy");
    hm_site_carry(&laptops[1], &laptops[0], HM_VERDICT_NONE);
    struct hm_site *site = &laptops[0];
    ck_assert_int_eq(hm_store_begin(site->store, &site->err), HM_OK);
    ck_assert_int_eq(hm_sql_once(site->store, harms[_i], NULL, NULL, &site->err), HM_OK);
    ck_assert_int_eq(hm_store_commit(site->store, &site->err), HM_OK);

    ck_assert_int_eq(
        hm_store_check_derived(site->store, &records_seen, &different, &site->err),
        HM_OK);
    ck_assert_uint_ge(different, 1);
    ck_assert_int_eq(hm_store_rebuild(site->store, &different, &site->err), HM_OK);

    ck_assert_uint_ge(records_seen, 1);
    hm_site_check(site);
    ck_assert_uint_eq(hm_site_open_conflicts(site), 1);
    close_all();
}
END_TEST

START_TEST(a_record_that_names_the_first_change_of_another_is_found)
{
    static const char harm[] = "UPDATE record SET first = (SELECT min(first) FROM record)"
                               " WHERE id = (SELECT max(id) FROM record)";
    size_t records_seen = 0;
    size_t different = 0;
    open_all(5);
    struct hm_site *site = &laptops[0];
    (void)a_household(site, "Út");
    ck_assert_int_eq(hm_store_begin(site->store, &site->err), HM_OK);
    ck_assert_int_eq(hm_sql_once(site->store, harm, NULL, NULL, &site->err), HM_OK);
    ck_assert_int_eq(hm_store_commit(site->store, &site->err), HM_OK);

    ck_assert_int_eq(
        hm_store_check_derived(site->store, &records_seen, &different, &site->err),
        HM_OK);

    ck_assert_uint_ge(different, 1);
    ck_assert_int_eq(hm_store_rebuild(site->store, &different, &site->err), HM_CORRUPT);
    close_all();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("derive");
    TCase *histories = tcase_create("histories");
    TCase *harms = tcase_create("harms");
    tcase_set_timeout(histories, 120);
    tcase_add_loop_test(histories, what_is_kept_is_what_a_rebuild_makes, 0, HISTORIES);
    tcase_add_loop_test(histories, replicas_that_hold_the_same_agree_whatever_the_order,
                        0, HISTORIES / 2);
    suite_add_tcase(suite, histories);
    tcase_add_test(harms, a_record_that_names_the_first_change_of_another_is_found);
    tcase_add_loop_test(harms, a_row_that_rotted_is_found_and_mended, 0, HARMS);
    suite_add_tcase(suite, harms);
    return hm_run(suite);
}
