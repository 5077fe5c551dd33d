/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that stand until somebody ends them, and what each of them did. */
#include "hamlet/store/rules.h"

#include "server_world.h"

static void add(uint8_t n)
{
    const struct hm_standing rule = {.rule = id_of(n),
                                     .user = id_of(100),
                                     .policy = hm_text("max"),
                                     .kind = hm_text("card"),
                                     .reg = hm_text("score"),
                                     .unit = hm_text("29182"),
                                     .reason = hm_text("so"),
                                     .begun = {n}};
    begin();
    ck_assert_int_eq(hm_store_rule_add(store, &rule, &err), HM_OK);
    commit();
}

static enum hm_status end(uint8_t n, const struct hm_id *ender)
{
    const struct hm_id rule = id_of(n);
    err = HM_ERR_NONE;
    begin();
    enum hm_status status =
        hm_store_rule_end(store, &rule, ender, (struct hm_wall){1000}, &err);
    commit();
    return status;
}

static void act(uint8_t n, int64_t time, int64_t settled)
{
    const struct hm_id rule = id_of(n);
    const struct hm_rule_act done = {
        .bulk = id_of((uint8_t)time), .time = {time}, .settled = settled};
    begin();
    ck_assert_int_eq(hm_store_rule_acted(store, &rule, &done, &err), HM_OK);
    commit();
}

static const struct hm_standing *list(bool standing, size_t count)
{
    struct hm_standing *rules = NULL;
    size_t found = 0;
    ck_assert_int_eq(hm_store_rules(store, standing, &rules, &found, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(found, count);
    return rules;
}

START_TEST(a_rule_stands_until_it_is_ended_and_is_told_of_ever_after)
{
    const struct hm_id ender = id_of(101);
    const struct hm_id second = id_of(2);
    add(1);
    add(2);

    ck_assert_int_eq(end(1, &ender), HM_OK);

    ck_assert(hm_id_equal(&list(true, 1)->rule, &second));
    const struct hm_standing *rules = list(false, 2);
    ck_assert(!rules[0].ended && rules[1].ended);
    ck_assert(hm_id_equal(&rules[1].ender, &ender));
    ck_assert_int_eq(rules[1].ended_at.ms, 1000);
    ck_assert(hm_bytes_are(rules[1].reg, "score") &&
              hm_bytes_are(rules[1].unit, "29182"));
}
END_TEST

START_TEST(what_does_not_stand_cannot_be_ended)
{
    add(1);
    ck_assert_int_eq(end(1, NULL), HM_OK);

    ck_assert_int_eq(end(1, NULL), HM_NOT_FOUND);
    ck_assert_str_eq(err.key, "rule-missing");
    ck_assert_int_eq(end(2, NULL), HM_NOT_FOUND);
    ck_assert(hm_id_is_none(&list(false, 1)->ender));
}
END_TEST

START_TEST(what_it_did_adds_up_and_the_last_is_told_first)
{
    const struct hm_id rule = id_of(1);
    struct hm_rule_act *acts = NULL;
    size_t count = 0;
    add(1);
    add(2);
    act(1, 10, 3);
    act(1, 20, 4);
    act(2, 30, 5);

    ck_assert_int_eq(hm_store_rule_acts(store, &rule, 1, &acts, &count, &arena, &err),
                     HM_OK);

    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(acts[0].time.ms, 20);
    ck_assert_int_eq(list(false, 2)[1].settled, 7);
}
END_TEST

int main(void)
{
    TCase *group = tcase_create("rules");
    tcase_add_test(group, a_rule_stands_until_it_is_ended_and_is_told_of_ever_after);
    tcase_add_test(group, what_does_not_stand_cannot_be_ended);
    tcase_add_test(group, what_it_did_adds_up_and_the_last_is_told_first);
    return world_run(suite_create("store.rules"), &group, 1);
}
