/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules that stand do, and what they do not wait for. */
#include "../../../daemon/server/standing.h"

#include "builders.h"
#include "claim.h"
#include "hamlet/store/rules.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site laptop;
static struct hm_site other;
static struct hm_control_ctx ctx;
static struct hm_id household;

/* Two laptops of one hamlet wrote different ages; the server knows both. */
static void setup(void)
{
    hm_site_open_server(&server, 1);
    hm_site_open_laptop(&laptop, &server, HM_LAN);
    hm_site_open_laptop(&other, &server, HM_HUNG);
    household = a_household(&laptop, "Lê An");
    hm_site_carry(&laptop, &other, 0);
    (void)an_edit(&laptop, &household, "members_count", "4");
    (void)an_edit(&other, &household, "members_count", "5");
    hm_site_carry(&other, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
    ctx = (struct hm_control_ctx){.env = &server.env.env,
                                  .kinds = server.kinds,
                                  .store = server.store,
                                  .key = server.key,
                                  .secret = server.secret,
                                  .device = server.device,
                                  .unit = hm_text("886")};
}

static void teardown(void)
{
    hm_site_close(&other);
    hm_site_close(&laptop);
    hm_site_close(&server);
}

/* Of Anh's, begun so many milliseconds from now. */
static void rule(uint8_t id, const char *kind, int64_t after_ms)
{
    const struct hm_standing standing = {.rule = hm_make_id(id),
                                         .user = hm_person_user(&server, HM_ANH),
                                         .policy = hm_text("max"),
                                         .kind = hm_text(kind),
                                         .reg = hm_text("members_count"),
                                         .unit = hm_text("886"),
                                         .reason = hm_text("Rà soát"),
                                         .begun = {server.env.wall_ms + after_ms}};
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_rule_add(server.store, &standing, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
}

static void put_claim(const char *kind)
{
    static const char *const values[] = {"7", "8"};
    struct hm_id claims[2];
    hm_site_claim(&server, &server.device, kind, &household, "members_count", values,
                  claims);
}

START_TEST(a_rule_settles_what_it_is_for)
{
    rule(1, "household", 0);
    hm_standing_after(&ctx);

    ck_assert_uint_eq(hm_site_open_conflicts(&server), 0);
}
END_TEST

START_TEST(an_odd_conflict_stops_no_rule)
{
    put_claim("nonesuch");
    put_claim("household");
    rule(1, "household", 0);
    hm_standing_after(&ctx);

    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1); /* of the kind of nobody */
}
END_TEST

/* A rule that is added is followed by a round, on the order of whoever added it. */
START_TEST(a_rule_acts_for_who_gave_it_and_not_for_who_is_there)
{
    struct hm_id user = hm_person_user(&server, HM_ANH);
    size_t count = 0;
    rule(1, "household", 0);
    ctx.account = hm_text("Mai");
    hm_standing_after(&ctx);

    ck_assert(hm_bytes_are(ctx.account, "Mai"));
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 0);
    struct hm_held *held = hm_site_changes(&server, 1, &count);
    const struct hm_change *last = &held[count - 1].change;
    ck_assert_int_eq(last->act, HM_ACT_RESOLVE);
    ck_assert(hm_id_equal(&last->user, &user));
}
END_TEST

/* Either of them may be looked at first. */
START_TEST(a_rule_whose_kind_is_gone_stops_no_other)
{
    rule(1, "nonesuch", _i == 0 ? 0 : 1000);
    rule(2, "household", _i == 0 ? 1000 : 0);
    hm_standing_after(&ctx);

    ck_assert_uint_eq(hm_site_open_conflicts(&server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server.standing");
    TCase *all = tcase_create("standing");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_rule_settles_what_it_is_for);
    tcase_add_test(all, an_odd_conflict_stops_no_rule);
    tcase_add_test(all, a_rule_acts_for_who_gave_it_and_not_for_who_is_there);
    tcase_add_loop_test(all, a_rule_whose_kind_is_gone_stops_no_other, 0, 2);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
