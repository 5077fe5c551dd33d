/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/duplicates.h"

#include "daemon/api/pairs.h"
#include "world.h"

static const char table[] = "head_name,address_text,cluster,birth_year\n"
                            "Trần Thị Hòa,1,Tổ 2,\n"
                            "TRẦN THỊ HOÀ,2,tổ 2,\n"
                            "Lê Văn Sáu,3,Tổ 1,1960\n"
                            "Lê Văn Sáu,4,Tổ 5,1960\n"
                            "Le Van Sau,5,Tổ 7,1960\n"
                            "Lê Văn Sậu,6,Tổ 9,\n"
                            "Đặng Ơn,7,Tổ 2,\n";

static void open_table(void)
{
    world_open();
    world_import("household", table);
}

static enum hm_status ask(const char *kind, const char *unit)
{
    world_clear();
    return hm_api_duplicates(&view, kind, unit, &err);
}

static void expect_pair(size_t at, const char *level, const char *name, const char *same)
{
    const struct hm_json *pair = hm_json_at(shown, at);
    const struct hm_json *reason = hm_json_get(pair, "reason");
    ck_assert_str_eq(world_member(pair, "level"), level);
    ck_assert_str_eq(world_member(reason, "name"), name);
    ck_assert_str_eq(world_member(reason, "same"), same);
    ck_assert_uint_eq(hm_json_count(hm_json_get(pair, "records")), 2);
}

START_TEST(the_likeliest_come_first)
{
    ck_assert_int_eq(ask("household", NULL), HM_OK);

    ck_assert_uint_eq(hm_json_count(world_json()), 4);
    expect_pair(0, "certain", "exact", "birth_year");
    expect_pair(1, "probable", "tone", "cluster");
    expect_pair(2, "possible", "fold", "birth_year");
    expect_pair(3, "possible", "fold", "birth_year");
}
END_TEST

START_TEST(what_is_marked_as_not_the_same_is_left_out)
{
    char mark[64];
    struct hm_id one;
    ck_assert_int_eq(ask("household", NULL), HM_OK);
    const struct hm_json *both = hm_json_get(hm_json_at(world_json(), 0), "records");
    ck_assert(hm_id_get_hex(&one, hm_text(world_member(hm_json_at(both, 0), "id"))));
    (void)snprintf(mark, sizeof(mark), "[\"%s\"]",
                   world_member(hm_json_at(both, 1), "id"));
    an_edit(&laptop, &one, "not_same_as", mark);

    ck_assert_int_eq(ask(NULL, NULL), HM_OK);

    ck_assert_uint_eq(hm_json_count(world_json()), 3);
    expect_pair(0, "probable", "tone", "cluster");
}
END_TEST

START_TEST(a_list_for_all_eyes_names_nobody)
{
    world_clear();
    ck_assert_int_eq(hm_api_duplicates_bare(&view, "household", NULL, &err), HM_OK);

    ck_assert_uint_eq(hm_json_count(world_json()), 4);
    ck_assert_str_eq(world_member(hm_json_at(shown, 0), "kind"), "household");
    ck_assert_ptr_null(strstr(world_text(), "Lê"));
    ck_assert_ptr_null(strstr(world_text(), "Trần"));
}
END_TEST

START_TEST(more_of_one_name_than_are_compared_at_once_are_refused)
{
    const struct hm_kind *kind =
        hm_kinds_find(hm_store_kinds(view.store), hm_text("household"));
    struct hm_pairs pairs;
    ck_assert_int_eq(hm_pairs_init(&pairs, view.store, 10, HM_DUPLICATE_POSSIBLE, &err),
                     HM_OK);

    pairs.looks_max = 7; /* of two that fold alike and four that do */
    ck_assert_int_eq(hm_pairs_search(&pairs, kind, HM_NO_BYTES, &err), HM_OK);
    ck_assert_uint_eq(pairs.pair_count, 4);

    pairs.looks_max = 6;
    ck_assert_int_eq(hm_pairs_search(&pairs, kind, HM_NO_BYTES, &err), HM_TOO_BIG);
    ck_assert_str_eq(err.key, "duplicates-many");
    ck_assert_uint_eq(pairs.pair_count, 0);
    hm_pairs_fini(&pairs);
}
END_TEST

START_TEST(a_kind_or_unit_that_is_none_is_refused)
{
    ck_assert_int_eq(ask("boat", NULL), HM_BAD_INPUT);
    ck_assert_int_eq(ask("commitment", NULL), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "kind-no-duplicates");
    ck_assert_int_eq(ask("household", "no-such"), HM_BAD_INPUT);
}
END_TEST

START_TEST(a_person_sees_pairs_in_two_rows)
{
    view.json = false;

    ck_assert_int_eq(ask(NULL, NULL), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, hm_words_ui(words, "duplicates.certain")));
    ck_assert_ptr_nonnull(strstr(text, "TRẦN THỊ HOÀ"));
    ck_assert_ptr_null(strstr(text, "Đặng Ơn"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.duplicates");
    TCase *pairs = tcase_create("pairs");
    tcase_add_checked_fixture(pairs, open_table, world_close);
    tcase_add_test(pairs, the_likeliest_come_first);
    tcase_add_test(pairs, what_is_marked_as_not_the_same_is_left_out);
    tcase_add_test(pairs, more_of_one_name_than_are_compared_at_once_are_refused);
    tcase_add_test(pairs, a_kind_or_unit_that_is_none_is_refused);
    tcase_add_test(pairs, a_person_sees_pairs_in_two_rows);
    tcase_add_test(pairs, a_list_for_all_eyes_names_nobody);
    suite_add_tcase(suite, pairs);
    return hm_run(suite);
}
