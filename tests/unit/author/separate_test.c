/* SPDX-License-Identifier: Apache-2.0 */
/* What two people must write: a kind of its own says so, whoever's roles allow it. */
#include "acting.h"
#include "hamlet/author/author.h"
#include "hamlet/record/separate.h"

#define LABEL "\"label\":{\"vi\":\"a\",\"en\":\"a\"}"
static const char visit[] =
    "{\"kind\":\"visit\",\"version\":1," LABEL ",\"key\":[\"year\",\"pass\"],"
    "\"separate\":\"pass\",\"fields\":["
    "{\"name\":\"year\",\"type\":\"integer\",\"min\":2000,\"max\":2100," LABEL "},"
    "{\"name\":\"pass\",\"type\":\"enum\"," LABEL ",\"values\":["
    "{\"value\":\"own\",\"label\":{\"vi\":\"b\",\"en\":\"b\"}},"
    "{\"value\":\"second\",\"label\":{\"vi\":\"c\",\"en\":\"c\"}},"
    "{\"value\":\"third\",\"label\":{\"vi\":\"d\",\"en\":\"d\"}}]},"
    "{\"name\":\"seen\",\"type\":\"text\",\"max\":40," LABEL "}],"
    "\"roles\":{\"recorder\":[\"create\",\"edit\",\"delete\",\"withdraw\"],"
    "\"commune_officer\":[\"create\",\"edit\",\"delete\",\"resolve\",\"withdraw\"]}}";

static void setup(void)
{
    acting_start();
    ck_assert_int_eq(hm_kinds_add(lan.kinds, hm_text(visit), "visit.json", &lan.err),
                     HM_OK);
    ck_assert_int_eq(hm_kinds_add(mai.kinds, hm_text(visit), "visit.json", &mai.err),
                     HM_OK);
}

static void share(void)
{
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);
}

/* Mai's own unit is the commune: a hamlet's visit names it. */
static enum hm_status pay(struct hm_site *site, const char *year, const char *pass)
{
    return add(site, "visit", GIVEN("year", year, "pass", pass, "unit", "30341-01"));
}

START_TEST(who_wrote_one_writes_none_that_is_held_apart)
{
    ck_assert_int_eq(pay(&lan, "2026", "own"), HM_OK);

    ck_assert_int_eq(pay(&lan, "2026", "second"), HM_DENIED);
    refused(&lan, "same-person", "visit.pass");
    ck_assert_int_eq(pay(&lan, "2026", "third"), HM_DENIED);

    ck_assert_int_eq(pay(&lan, "2027", "second"), HM_OK);
}
END_TEST

START_TEST(an_edit_of_somebody_else_s_is_a_writing_too)
{
    ck_assert_int_eq(pay(&lan, "2026", "own"), HM_OK);
    struct hm_id own = added.record;
    share();
    ck_assert_int_eq(pay(&mai, "2026", "second"), HM_OK);
    struct hm_id second = added.record;
    share();

    ck_assert_int_eq(edit(&lan, &second, false, GIVEN("seen", "x")), HM_DENIED);
    refused(&lan, "same-person", "visit.pass");
    ck_assert_int_eq(edit(&mai, &own, false, GIVEN("seen", "x")), HM_DENIED);
    ck_assert_int_eq(edit(&lan, &own, false, GIVEN("seen", "x")), HM_OK);
    ck_assert_int_eq(edit(&mai, &second, false, GIVEN("seen", "x")), HM_OK);
    ck_assert_int_eq(remove_it(&mai, &own, "nhầm"), HM_OK);
}
END_TEST

START_TEST(what_waits_for_the_same_commit_counts)
{
    struct given own = GIVEN("year", "2026", "pass", "own");
    struct given second = GIVEN("year", "2026", "pass", "second");
    int64_t before = changes_of(&lan);
    act_begin(&lan);
    ck_assert_int_eq(hm_author_add(lan.author, hm_text("visit"), own.fields, own.count,
                                   &added, &lan.err),
                     HM_OK);

    enum hm_status status = hm_author_add(lan.author, hm_text("visit"), second.fields,
                                          second.count, &added, &lan.err);

    ck_assert_int_eq(status, HM_DENIED);
    refused(&lan, "same-person", "visit.pass");
    act_commit(&lan);
    ck_assert_int_eq(changes_of(&lan), before + 1);
}
END_TEST

START_TEST(what_was_refused_or_taken_back_was_not_written)
{
    ck_assert_int_eq(pay(&lan, "2026", "own"), HM_OK);
    struct hm_id own = added.change;
    ck_assert_int_eq(pay(&lan, "2027", "own"), HM_OK);
    hm_site_entry(&lan, &own, HM_ENTRY_QUARANTINED, "scope");
    act_begin(&lan);
    ck_assert_int_eq(hm_author_withdraw(lan.author, &added.change, hm_text("nhầm"),
                                        &changed, &lan.err),
                     HM_OK);
    act_commit(&lan);

    ck_assert_int_eq(pay(&lan, "2026", "second"), HM_OK);
    ck_assert_int_eq(pay(&lan, "2027", "second"), HM_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("author.separate");
    TCase *group = tcase_create("separate");
    tcase_add_test(group, who_wrote_one_writes_none_that_is_held_apart);
    tcase_add_test(group, an_edit_of_somebody_else_s_is_a_writing_too);
    tcase_add_test(group, what_waits_for_the_same_commit_counts);
    tcase_add_test(group, what_was_refused_or_taken_back_was_not_written);
    tcase_add_checked_fixture(group, setup, acting_finish);
    tcase_set_timeout(group, 60);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
