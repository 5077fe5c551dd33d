/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/settle.h"

#include "builders.h"
#include "claim.h"
#include "fault.h"
#include "sweep.h"
#include "world.h"

static struct hm_site other;
static struct hm_id household;
static struct hm_settle settle;

/* Two laptops of one hamlet wrote different ages; the server knows both. */
static void setup(void)
{
    hm_fault_start();
    world_open();
    hm_site_open_laptop(&other, &server, HM_HUNG);
    household = a_household(&laptop, "Lê An");
    hm_site_carry(&laptop, &other, 0);
    (void)an_edit(&laptop, &household, "members_count", "4");
    (void)an_edit(&other, &household, "members_count", "5");
    hm_site_carry(&other, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);
    view.store = server.store;
    settle = (struct hm_settle){.rule = {.policy = HM_KIND_POLICY_MAX},
                                .reason = hm_text("Rà soát")};
}

static void teardown(void)
{
    hm_site_close(&other);
    world_close();
}

static enum hm_status decide(void)
{
    world_clear();
    return hm_api_settle(&view, server.author, &settle, &err);
}

static void is_refused(const char *key)
{
    ck_assert_int_eq(decide(), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, key);
    ck_assert_uint_eq(out.size, 0);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
}

START_TEST(a_rule_settles_what_it_can_and_says_so)
{
    ck_assert_int_eq(decide(), HM_OK);

    ck_assert_int_eq(world_number(world_json(), "settled"), 1);
    ck_assert_int_eq(world_number(hm_json_at(hm_json_get(shown, "cases"), 0), "value"),
                     5);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 0);
}
END_TEST

START_TEST(a_preview_says_the_same_and_writes_nothing)
{
    settle.preview = true;
    ck_assert_int_eq(decide(), HM_OK);

    ck_assert_int_eq(world_number(world_json(), "settled"), 1);
    ck_assert(hm_json_is(hm_json_get(shown, "bulk"), HM_JSON_NULL));
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
}
END_TEST

START_TEST(without_values_it_names_nobody)
{
    settle.bare = true;
    ck_assert_int_eq(decide(), HM_OK);

    const struct hm_json *one = hm_json_at(hm_json_get(world_json(), "cases"), 0);
    ck_assert_ptr_null(hm_json_get(one, "value"));
    ck_assert_str_eq(world_member(one, "register"), "members_count");
}
END_TEST

START_TEST(a_kind_that_nobody_knows_is_refused)
{
    settle.rule.kind = hm_text("nonesuch");
    is_refused("kind-unknown");
}
END_TEST

START_TEST(a_unit_that_nobody_knows_is_refused)
{
    settle.unit = hm_text("99999");
    is_refused("unit-unknown");
}
END_TEST

START_TEST(a_unit_narrows_the_rule_down)
{
    settle.unit = hm_text("30344");
    ck_assert_int_eq(decide(), HM_OK);
    ck_assert_int_eq(world_number(world_json(), "settled"), 0);

    settle.unit = hm_text("30341");
    ck_assert_int_eq(decide(), HM_OK);
    ck_assert_int_eq(world_number(world_json(), "settled"), 1);
}
END_TEST

/* ---- conflicts that are odd ---- */

static void put_claim(const char *kind, const struct hm_id *record)
{
    static const char *const values[] = {"7", "8"};
    struct hm_id claims[2];
    hm_site_claim(&server, &server.device, kind, record, "members_count", values, claims);
}

START_TEST(an_id_that_another_home_claims_is_settled_as_its_own)
{
    put_claim("household", &household);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 2);

    settle.unit = hm_text("30341-02");
    ck_assert_msg(decide() == HM_OK, "%s %s", err.key, err.arg[0]);
    const struct hm_json *one = hm_json_at(hm_json_get(world_json(), "cases"), 0);
    ck_assert_int_eq(world_number(shown, "settled"), 1);
    ck_assert_str_eq(world_member(one, "unit"), "30341-02");
    ck_assert_int_eq(world_number(one, "value"), 8);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);

    settle.unit = HM_NO_BYTES;
    ck_assert_int_eq(decide(), HM_OK);
    one = hm_json_at(hm_json_get(world_json(), "cases"), 0);
    ck_assert_str_eq(world_member(one, "unit"), "30341-01");
    ck_assert_int_eq(world_number(one, "value"), 5);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 0);
    hm_site_check(&server);
}
END_TEST

START_TEST(both_records_of_one_id_are_settled_at_once)
{
    put_claim("household", &household);

    ck_assert_msg(decide() == HM_OK, "%s %s", err.key, err.arg[0]);
    ck_assert_int_eq(world_number(world_json(), "settled"), 2);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 0);
}
END_TEST

START_TEST(a_conflict_of_a_kind_that_is_no_more_stops_no_other)
{
    const struct hm_id record = hm_make_id(0x42);
    put_claim("nonesuch", &record);

    ck_assert_msg(decide() == HM_OK, "%s %s", err.key, err.arg[0]);
    ck_assert_int_eq(world_number(world_json(), "settled"), 1);
    ck_assert_int_eq(world_number(shown, "left"), 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
}
END_TEST

START_TEST(a_rule_for_a_kind_does_not_look_at_others)
{
    const struct hm_id record = hm_make_id(0x42);
    put_claim("nonesuch", &record);

    settle.rule.kind = hm_text("household");
    ck_assert_msg(decide() == HM_OK, "%s %s", err.key, err.arg[0]);
    ck_assert_int_eq(world_number(world_json(), "settled"), 1);
    ck_assert_int_eq(world_number(shown, "left"), 0);
}
END_TEST

/* ---- memory ---- */

static enum hm_status act(void *ctx, struct hm_err *why)
{
    (void)ctx;
    hm_buf_clear(&out);
    return hm_api_settle(&view, server.author, &settle, why);
}

static void is_open_still(void *ctx)
{
    (void)ctx;
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
}

static void sweep(bool json)
{
    struct hm_sweep memory = {.name = json ? "settle as JSON" : "settle in words",
                              .act = act,
                              .unchanged = is_open_still};
    view.json = json;
    settle.preview = true;
    ck_assert_uint_gt(hm_sweep_memory(&memory), 10);
}

START_TEST(memory_that_runs_out_is_an_outcome)
{
    sweep(true);
    sweep(false);
}
END_TEST

START_TEST(what_cannot_be_told_is_not_done)
{
    uint64_t fired = 0;
    for (uint64_t nth = 1; hm_site_open_conflicts(&server) == 1; nth++) {
        hm_buf_clear(&out);
        err = HM_ERR_NONE;
        hm_fault_arm(nth);
        enum hm_status status = hm_api_settle(&view, server.author, &settle, &err);
        fired += hm_fault_disarm() ? 1 : 0;
        ck_assert_int_eq(status == HM_OK ? 0 : 1, (int)hm_site_open_conflicts(&server));
        ck_assert(status == HM_OK || out.size == 0);
    }
    ck_assert_uint_gt(fired, 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.settle");
    TCase *all = tcase_create("settle");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_rule_settles_what_it_can_and_says_so);
    tcase_add_test(all, a_preview_says_the_same_and_writes_nothing);
    tcase_add_test(all, without_values_it_names_nobody);
    tcase_add_test(all, a_kind_that_nobody_knows_is_refused);
    tcase_add_test(all, a_unit_that_nobody_knows_is_refused);
    tcase_add_test(all, a_unit_narrows_the_rule_down);
    tcase_add_test(all, an_id_that_another_home_claims_is_settled_as_its_own);
    tcase_add_test(all, both_records_of_one_id_are_settled_at_once);
    tcase_add_test(all, a_conflict_of_a_kind_that_is_no_more_stops_no_other);
    tcase_add_test(all, a_rule_for_a_kind_does_not_look_at_others);
    tcase_add_test(all, memory_that_runs_out_is_an_outcome);
    tcase_add_test(all, what_cannot_be_told_is_not_done);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
