/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule decides, what it leaves to a person, and that no order of sides matters. */
#include "hamlet/record/policy.h"
#include "testenv.h"
#include "world.h"

enum { SIDES = 5, ROUNDS = 2000 };

/* Every type that a policy is for, alone, and a group. */
static const char cart_json[] =
    "{\"kind\":\"cart\",\"version\":1,\"label\":{\"vi\":\"Xe\",\"en\":\"Cart\"},"
    "\"fields\":["
    "{\"name\":\"load\",\"type\":\"integer\",\"min\":-9,\"max\":2000,"
    "\"label\":{\"vi\":\"Tải\",\"en\":\"Load\"}},"
    "{\"name\":\"seen\",\"type\":\"date\",\"label\":{\"vi\":\"Xem\",\"en\":\"Seen\"}},"
    "{\"name\":\"built\",\"type\":\"partial_date\","
    "\"label\":{\"vi\":\"Đóng\",\"en\":\"Built\"}},"
    "{\"name\":\"gear\",\"type\":\"set\",\"label\":{\"vi\":\"Đồ\",\"en\":\"Gear\"},"
    "\"values\":[{\"value\":\"net\",\"label\":{\"vi\":\"Lưới\",\"en\":\"Net\"}},"
    "{\"value\":\"lamp\",\"label\":{\"vi\":\"Đèn\",\"en\":\"Lamp\"}},"
    "{\"value\":\"line\",\"label\":{\"vi\":\"Câu\",\"en\":\"Line\"}}]},"
    "{\"name\":\"ports\",\"type\":\"list\",\"max\":3,"
    "\"label\":{\"vi\":\"Bến\",\"en\":\"Ports\"},\"item\":{\"type\":\"text\",\"max\":8}},"
    "{\"name\":\"name\",\"type\":\"text\",\"max\":10,"
    "\"label\":{\"vi\":\"Tên\",\"en\":\"Name\"}},"
    "{\"name\":\"long\",\"type\":\"integer\",\"min\":0,\"max\":9,"
    "\"label\":{\"vi\":\"Dài\",\"en\":\"Long\"}},"
    "{\"name\":\"wide\",\"type\":\"integer\",\"min\":0,\"max\":9,"
    "\"label\":{\"vi\":\"Rộng\",\"en\":\"Wide\"}}],"
    "\"groups\":{\"size\":[\"long\",\"wide\"]},\"order\":[\"name\"],"
    "\"roles\":{\"recorder\":[\"create\"]}}";

static struct hm_policy_side sides[SIDES];
static uint64_t state;

static void setup(void)
{
    world_start();
    ck_assert_msg(hm_kinds_add(kinds, hm_text(cart_json), "cart.json", &err) == HM_OK,
                  "%s %s %s", err.key, err.arg[0], err.arg[1]);
    state = hm_testenv_seed(97);
}

static size_t draw(size_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % below);
}

/* What the policy makes of these values, as JSON; "-": nothing. */
static const char *decide(enum hm_kind_policy policy, const char *reg, size_t count)
{
    struct hm_buf out;
    hm_buf_init(&out, HM_VALUE_BYTES_MAX);
    const struct hm_kind_register *known =
        hm_kind_register(kind_of("cart"), hm_text(reg));
    bool decided = hm_policy_decide(&out, policy, known, sides, count);
    ck_assert(decided ? hm_value_valid(hm_buf_bytes(&out)) : out.size == 0);
    const char *text = decided ? json_of(hm_arena_copy(&arena, hm_buf_bytes(&out))) : "-";
    hm_buf_fini(&out);
    return text;
}

static const char *of(enum hm_kind_policy policy,
                      const char *reg,
                      const char *first,
                      const char *second)
{
    sides[0] = (struct hm_policy_side){raw(first), HM_ROLE_RECORDER};
    sides[1] = (struct hm_policy_side){raw(second), HM_ROLE_RECORDER};
    return decide(policy, reg, 2);
}

START_TEST(the_greatest_and_the_least_are_of_numbers_and_dates)
{
    ck_assert_str_eq(of(HM_KIND_POLICY_MAX, "load", "-3", "1000"), "1000");
    ck_assert_str_eq(of(HM_KIND_POLICY_MIN, "load", "9", "-3"), "-3");
    ck_assert_str_eq(of(HM_KIND_POLICY_MIN, "built", "\"2025\"", "\"2026-01\""),
                     "\"2025\"");
    ck_assert_str_eq(of(HM_KIND_POLICY_MAX, "built", "\"2025-12\"", "\"2025-03\""),
                     "\"2025-12\"");
    ck_assert_str_eq(of(HM_KIND_POLICY_MAX, "seen", "\"2025-12-31\"", "\"2026-01-01\""),
                     "\"2026-01-01\"");
}
END_TEST

START_TEST(members_of_a_group_and_other_types_are_left_to_a_person)
{
    ck_assert_str_eq(of(HM_KIND_POLICY_MAX, "size", "{\"long\":1}", "{\"long\":2}"), "-");
    ck_assert_str_eq(of(HM_KIND_POLICY_MAX, "name", "\"a\"", "\"b\""), "-");
    ck_assert_str_eq(of(HM_KIND_POLICY_UNION, "name", "\"a\"", "\"b\""), "-");
    ck_assert_str_eq(of(HM_KIND_POLICY_MANUAL, "gear", "[\"net\"]", "[\"lamp\"]"), "-");
}
END_TEST

START_TEST(a_set_is_united_in_its_order_and_a_list_as_the_higher_authority_has_it)
{
    ck_assert_str_eq(of(HM_KIND_POLICY_UNION, "gear", "[\"net\"]", "[\"lamp\",\"line\"]"),
                     "[\"lamp\",\"line\",\"net\"]");
    sides[0] = (struct hm_policy_side){raw("[\"b\",\"a\"]"), HM_ROLE_COMMUNE_OFFICER};
    sides[1] = (struct hm_policy_side){raw("[\"a\",\"z\"]"), HM_ROLE_RECORDER};
    ck_assert_str_eq(decide(HM_KIND_POLICY_UNION, "ports", 2), "[\"b\",\"a\",\"z\"]");
    sides[1].value = raw("[\"x\",\"y\"]");
    ck_assert_str_eq(decide(HM_KIND_POLICY_UNION, "ports", 2), "-"); /* three at most */
}
END_TEST

START_TEST(what_is_cleared_or_withheld_is_decided_by_authority_or_not_at_all)
{
    ck_assert_str_eq(of(HM_KIND_POLICY_UNION, "gear", "[\"net\"]", "null"), "-");
    sides[0] = (struct hm_policy_side){HM_NO_BYTES, HM_ROLE_RECORDER};
    sides[1] = (struct hm_policy_side){raw("[\"net\"]"), HM_ROLE_HAMLET_HEAD};
    ck_assert_str_eq(decide(HM_KIND_POLICY_UNION, "gear", 2), "-");
    ck_assert_str_eq(decide(HM_KIND_POLICY_PREFER_AUTHORITY, "gear", 2), "[\"net\"]");
    sides[0].role = HM_ROLE_COMMUNE_OFFICER;
    ck_assert_str_eq(decide(HM_KIND_POLICY_PREFER_AUTHORITY, "gear", 2), "-");
}
END_TEST

START_TEST(two_of_the_highest_authority_who_differ_are_left_to_a_person)
{
    sides[0] = (struct hm_policy_side){raw("\"a\""), HM_ROLE_HAMLET_HEAD};
    sides[1] = (struct hm_policy_side){raw("\"b\""), HM_ROLE_RECORDER};
    sides[2] = (struct hm_policy_side){raw("\"c\""), HM_ROLE_UNIT_OFFICER}; /* as high */
    ck_assert_str_eq(decide(HM_KIND_POLICY_PREFER_AUTHORITY, "name", 2), "\"a\"");
    ck_assert_str_eq(decide(HM_KIND_POLICY_PREFER_AUTHORITY, "name", 3), "-");
    sides[2].value = raw("\"a\"");
    ck_assert_str_eq(decide(HM_KIND_POLICY_PREFER_AUTHORITY, "name", 3), "\"a\"");
}
END_TEST

START_TEST(a_date_that_only_says_less_than_another_is_neither_more_nor_less)
{
    ck_assert_str_eq(of(HM_KIND_POLICY_MAX, "built", "\"2025\"", "\"2025-03\""), "-");
    sides[2] = (struct hm_policy_side){raw("\"2026\""), HM_ROLE_RECORDER};
    ck_assert_str_eq(decide(HM_KIND_POLICY_MAX, "built", 3), "\"2026\"");
    ck_assert_str_eq(decide(HM_KIND_POLICY_MIN, "built", 3), "-");
}
END_TEST

/* Whatever the policy, the register and the order in which the sides came. */
START_TEST(the_order_of_the_sides_decides_nothing)
{
    static const char *const values[] = {"[\"net\"]", "[\"lamp\",\"net\"]", "[\"line\"]",
                                         "null", "[\"lamp\"]"};
    static const char *const dates[] = {"\"2025\"", "\"2025-03\"", "\"2024-12-31\"",
                                        "null", "\"2026-01\""};
    unsigned decided = 0;
    for (int round = 0; round < ROUNDS; round++) {
        bool dated = round % 2 == 0;
        const char *reg = dated ? "built" : "gear";
        enum hm_kind_policy policy = (enum hm_kind_policy)(round / 2 % 5);
        size_t count = 2 + draw(SIDES - 1);
        for (size_t i = 0; i < count; i++) {
            size_t at = draw(SIDES);
            enum hm_role role = (enum hm_role)draw(HM_ROLE_COUNT);
            sides[i] = (struct hm_policy_side){raw(dated ? dates[at] : values[at]), role};
        }
        const char *first = decide(policy, reg, count);
        decided += first[0] != '-';
        for (size_t i = count - 1; i > 0; i--) {
            size_t at = draw((i + 1));
            struct hm_policy_side other = sides[i];
            sides[i] = sides[at];
            sides[at] = other;
        }
        ck_assert_str_eq(decide(policy, reg, count), first);
    }
    ck_assert_uint_gt(decided, ROUNDS / 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy");
    TCase *group = tcase_create("policies");
    tcase_add_checked_fixture(group, setup, world_finish);
    tcase_add_test(group, the_greatest_and_the_least_are_of_numbers_and_dates);
    tcase_add_test(group, members_of_a_group_and_other_types_are_left_to_a_person);
    tcase_add_test(
        group, a_set_is_united_in_its_order_and_a_list_as_the_higher_authority_has_it);
    tcase_add_test(group,
                   what_is_cleared_or_withheld_is_decided_by_authority_or_not_at_all);
    tcase_add_test(group, two_of_the_highest_authority_who_differ_are_left_to_a_person);
    tcase_add_test(group,
                   a_date_that_only_says_less_than_another_is_neither_more_nor_less);
    tcase_add_test(group, the_order_of_the_sides_decides_nothing);
    suite_add_tcase(suite, group);
    return world_run(suite);
}
